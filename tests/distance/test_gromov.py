# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Gromov-Wasserstein distances of all pairs."""

import networkx as nx
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
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
from skot.sets import PointSets
from skot.solvers import fused_partial_gromov_wasserstein, gromov_wasserstein

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


@each_function
def test_matrix(function, params):
    X = clouds()
    D = function(X, **params)
    assert_array_equal(D, D.T)
    assert_array_equal(D.diagonal(), 0)
    both = function(X, X, **params)
    assert_allclose(both.diagonal(), 0, atol=1e-7)
    assert_allclose(np.triu(both, 1), np.triu(D, 1), rtol=1e-9, atol=1e-9)
    assert_array_equal(function(X, n_jobs=2, **params), D)
    shuffled = [
        x[np.random.RandomState(i).permutation(len(x))] for i, x in enumerate(X)
    ]
    assert_array_equal(function(shuffled, **params), D)
    matrices = [(cdist(x, x), None, x) for x in X]
    given = function(matrices, metric="precomputed", **params)
    assert_allclose(given, D, rtol=1e-7, atol=1e-7)


def shuffled(graph, rng):
    adjacency, features = graph
    order = rng.permutation(len(adjacency))
    return adjacency[np.ix_(order, order)], features[order]


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
def test_neither_sides_nor_numbers_of_nodes_matter(function, params):
    """Also where symmetries leave plans a choice."""
    X, rng = graphs_with_symmetries(), np.random.RandomState(0)
    Y = [shuffled(graph, rng) for graph in X]
    D = function(X, metric="hop", **params)
    both = function(X, Y, metric="hop", **params)
    assert_array_equal(both, D)
    assert_array_equal(function(Y, X, metric="hop", **params), D)
    X = clouds(8)
    assert_array_equal(function(X, X, **params), function(X, **params))


def test_values_are_those_of_the_solver():
    x, y = clouds(2)
    expected = gromov_wasserstein(cdist(x, x), cdist(y, y)).value
    D = gromov_wasserstein_distances([x], [y])
    assert_allclose(D, [[np.sqrt(expected)]], rtol=1e-9)
    M = cdist(x, y, "sqeuclidean")
    expected = fused_partial_gromov_wasserstein(
        cdist(x, x), cdist(y, y), M, lam=0.3, alpha=0.7
    ).value
    D = fused_partial_gromov_wasserstein_distances([x], [y], lam=0.3, alpha=0.7)
    assert_allclose(D, [[np.sqrt(expected)]], rtol=1e-9)


def test_isometries_do_not_matter():
    X = clouds()
    turned = [x @ [[0.6, -0.8], [0.8, 0.6]] * [1, -1] + 3 for x in X]
    for function, params in (FUNCTIONS[0], FUNCTIONS[2]):
        assert_allclose(
            function(X, **params), function(turned, **params), rtol=1e-6, atol=1e-6
        )


def test_masses():
    sets = clouds(3)
    X = PointSets.from_list(sets, [np.full(len(x), 1 / len(x)) for x in sets])
    relative = partial_gromov_wasserstein_distances(X, lam=0.5)
    heavy = X.with_weights(3 * X.weights)
    assert_allclose(
        partial_gromov_wasserstein_distances(heavy, lam=0.5), 3 * relative, rtol=1e-7
    )
    same = partial_gromov_wasserstein_distances(heavy, lam=0.5, masses="probability")
    assert_allclose(same, relative, rtol=1e-7)


def test_graphs():
    path = np.diag(np.ones(3), 1) + np.diag(np.ones(3), -1)
    ring = path.copy()
    ring[0, -1] = ring[-1, 0] = 1
    features = np.eye(4)
    order = [2, 0, 3, 1]
    X = [
        (path, features),
        (path[np.ix_(order, order)], features[order]),
        (ring, features),
        (path, features[::-1]),
    ]
    for metric in ("hop", "shortest_path", "diffusion"):
        D = gromov_wasserstein_distances(X, metric=metric)
        assert D[0, 1] < 1e-7 < D[0, 2]
        fused = fused_gromov_wasserstein_distances(X, metric=metric)
        assert fused[0, 1] < 1e-7 < fused[0, 3] + fused[0, 2]
    partial = partial_gromov_wasserstein_distances(
        [X[0], (path[:3, :3], features[:3])], metric="hop", lam=0.1
    )
    assert_allclose(partial[0, 1], np.sqrt(0.1 * (16 + 9 - 18)))


@pytest.mark.parametrize("name", ["gromov_wasserstein", "partial_gromov_wasserstein"])
def test_turned_shapes_are_classified(name):
    rng = np.random.RandomState(0)
    X, y = [], []
    for label in (0, 1):
        for _ in range(6):
            angle = rng.uniform(0, 2 * np.pi, 15)
            x = np.column_stack([np.cos(angle), (1 - 0.9 * label) * np.sin(angle)])
            X.append(x @ np.linalg.qr(rng.normal(size=(2, 2)))[0])
            y.append(label)
    params = {"lam": 0.5} if "partial" in name else None
    knn = KNeighborsClassifier(1, metric="precomputed")
    pipeline = make_pipeline(PairwiseDistance(name, metric_params=params), knn)
    assert cross_val_score(pipeline, X, y, cv=2).mean() > 0.9


def test_bad_input():
    x = clouds(1)[0]
    with pytest.raises(ValueError, match="lam must be a positive finite number"):
        partial_gromov_wasserstein_distances([x], lam=0)
    with pytest.raises(ValueError, match=r"X\[0\] contains NaN"):
        gromov_wasserstein_distances([np.full((2, 2), np.nan)])
    heavy = [(np.ones((2, 2)), np.full(2, 1e160))]
    with pytest.raises(ValueError, match=r"mass of X\[0\] sums to 2e\+160"):
        partial_gromov_wasserstein_distances(heavy, lam=1.0, metric="precomputed")
    with pytest.raises(ValueError, match=r"Y\[0\] is not a square matrix"):
        gromov_wasserstein_distances(
            [np.zeros((2, 2))], [np.zeros((2, 3))], metric="precomputed"
        )
    with pytest.raises(ValueError, match=r"X\[0\] has no features"):
        fused_gromov_wasserstein_distances([np.zeros((2, 2))], metric="precomputed")
    with pytest.raises(ValueError, match="X has 2 features, but Y has 1"):
        fused_gromov_wasserstein_distances([x], [x[:, :1]])
