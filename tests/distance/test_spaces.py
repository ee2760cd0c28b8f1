# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Metrics of spaces, in the transformer: points, graphs, matrices, in pipelines."""

import networkx as nx
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.spatial.distance import cdist
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from skot.distance import (
    PairwiseDistance,
    fused_gromov_wasserstein_distances,
    fused_partial_gromov_wasserstein_distances,
    gromov_wasserstein_distances,
    partial_gromov_wasserstein_distances,
)
from skot.sets import GraphSets

FUNCTIONS = [
    (gromov_wasserstein_distances, {}),
    (fused_gromov_wasserstein_distances, {}),
    (partial_gromov_wasserstein_distances, {"lam": 0.5}),
    (fused_partial_gromov_wasserstein_distances, {"lam": 0.5}),
]
each_function = pytest.mark.parametrize(("function", "params"), FUNCTIONS)


def clouds(n=5, seed=0):
    rng = np.random.RandomState(seed)
    return [rng.normal(size=(rng.randint(4, 9), 2)) for _ in range(n)]


def graphs_with_symmetries():
    graphs = [
        nx.cycle_graph(8),
        nx.star_graph(6),
        nx.complete_bipartite_graph(3, 4),
        nx.lollipop_graph(4, 3),
        nx.grid_2d_graph(3, 3),
        nx.path_graph(7),
    ]
    return [(nx.to_numpy_array(g), np.ones((len(g), 1))) for g in graphs]


@each_function
def test_graphs_and_matrices_in_a_pipeline(function, params):
    name = function.__name__.removesuffix("_distances")
    rng = np.random.RandomState(0)
    graphs = graphs_with_symmetries()
    matrices = [(cdist(x, x), None, x) for x in clouds(6)]
    given = GraphSets.from_list(graphs), [nx.from_numpy_array(a) for a, _ in graphs]
    for metric, X in (
        ("hop", graphs),
        ("hop", given[0]),
        ("diffusion", given[1]),
        ("precomputed", matrices),
    ):
        D = PairwiseDistance(name, metric_params={"metric": metric, **params})
        expected = function(X, metric=metric, **params)
        assert_allclose(D.fit_transform(X), expected, rtol=1e-9, atol=1e-9)
        assert_allclose(D.transform(X[:2]), expected[:2], rtol=1e-9, atol=1e-9)
        pipeline = make_pipeline(D, KNeighborsClassifier(1, metric="precomputed"))
        y = rng.permutation(6) % 2
        scores = cross_val_score(pipeline, X, y, cv=2, error_score="raise")
        assert np.isfinite(scores).all()
    with pytest.raises(ValueError, match="metric must be one of"):
        PairwiseDistance(name, metric_params={"metric": "foo", **params}).fit(clouds(2))
    if "fused" in name:
        odd = {"metric": "hop", "alpha": 3, **params}
        with pytest.raises(ValueError, match="alpha must be between 0 and 1"):
            PairwiseDistance(name, metric_params=odd).fit(graphs)
    plain = PairwiseDistance(name, metric_params=params)
    with pytest.raises(ValueError, match="X holds graphs, but metric='euclidean' is"):
        plain.fit(given[0])
    with pytest.raises(ValueError, match="Y holds graphs, but metric='euclidean' is"):
        function(clouds(2), graphs, **params)
