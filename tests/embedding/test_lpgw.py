# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Linear partial Gromov-Wasserstein embedding: distances, outliers, the price."""

import networkx as nx
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.spatial.distance import cdist, pdist
from sklearn.base import clone

from skot.embedding import LGWEmbedding, LPGWEmbedding
from skot.sets import MetricSpace
from skot.solvers import (
    fused_partial_gromov_wasserstein,
    linear_partial_gromov,
    partial_gromov_wasserstein,
    project_space,
)
from tests._data.clouds import turned


def distances(spaces):
    return [cdist(x, x) for x in spaces]


@pytest.mark.parametrize("lam", [0.05, 0.5, 5.0])
def test_discrepancy_to_the_reference(shapes, lam):
    z = shapes[1]
    embedding = LPGWEmbedding(lam, reference=z).fit(shapes)
    vectors = embedding.transform(shapes)
    retained = embedding._read_columns(vectors)[0].retained
    D = embedding.pairwise(vectors[1:2], vectors)[0]
    for x, p, d in zip(shapes, retained, D, strict=True):
        result = partial_gromov_wasserstein(*distances([z, x]), lam=lam, n_starts=4)
        assert_allclose(p, result.plan.sum(axis=1), atol=1e-7)
        if np.isin(result.plan.round(9), (0, 1)).all():
            assert_allclose(d, np.sqrt(result.value), rtol=1e-6, atol=1e-6)


def test_large_lam_and_equal_masses_give_lgw(shapes):
    z, x, y = shapes[1], shapes[3], turned(shapes[1] + 0.2 * shapes[3], 0)
    lgw = LGWEmbedding(z, n_starts=16).fit([z])
    lpgw = LPGWEmbedding(1e3, reference=z, n_starts=16).fit([z])
    D = lgw.pairwise(lgw.transform([x, y]))
    E = lpgw.pairwise(lpgw.transform([x, y]))
    assert_allclose(E, 8 * D, rtol=1e-6, atol=1e-4)


def test_far_outliers_change_nothing_but_the_mass(shapes):
    z, x = shapes[1], turned(shapes[1], 0) * 1.05
    embedding = LPGWEmbedding(0.1, reference=z, n_starts=16).fit([z])
    spoilt = np.vstack([x, [[200.0, 0.0], [0.0, -300.0], [500.0, 500.0]]])
    vectors = embedding.transform([z, x, spoilt])
    assert_allclose(vectors[1, :-1], vectors[2, :-1], atol=1e-9)
    assert_allclose(vectors[:, -1], np.sqrt(0.1) * np.array([8, 8, 11]))
    D = embedding.pairwise(vectors)
    assert_allclose(D[0, 2] ** 2 - D[0, 1] ** 2, 0.1 * (11**2 - 8**2))
    assert_allclose(D[2, 2] ** 2, 2 * 0.1 * (11**2 - 8**2))
    assert_allclose(D[1, 1], 0, atol=1e-6)


def test_vectors_hold_what_pairwise_needs(shapes):
    """Distances from the columns are those from the projections themselves."""
    z = shapes[2]
    embedding = LPGWEmbedding(0.3, reference=z, alpha=0.7).fit(shapes)
    vectors = embedding.transform(shapes)
    rows = [[], [], [], []]
    for x in shapes:
        plan = fused_partial_gromov_wasserstein(
            *distances([z, x]), cdist(z, x, "sqeuclidean"),
            lam=0.3, alpha=0.7, n_starts=4,
        ).plan  # fmt: skip
        image = project_space(plan, np.ones(7), points=x, features=x)
        upper = np.triu_indices(7, 1)
        entries = (image.structure - cdist(z, z))[upper], image.retained, len(x)
        for row, entry in zip(rows, (*entries, image.features - z), strict=True):
            row.append(entry)
    expected = linear_partial_gromov([np.array(r) for r in rows], lam=0.3, alpha=0.7)
    assert_allclose(embedding.pairwise(vectors) ** 2, expected, rtol=1e-6, atol=1e-6)


def test_automatic_price(shapes):
    spreads = [np.mean(cdist(x, x) ** 2) for x in shapes]
    embedding = LPGWEmbedding(reference="sample", random_state=0).fit(shapes)
    assert_allclose(embedding.lam_, np.median(spreads) / 10)
    assert LPGWEmbedding().fit(np.arange(6.0).reshape(3, 2)).lam_ == 1.0


def test_price_by_quantile(shapes):
    squares = [pdist(x, "sqeuclidean") for x in shapes]
    embedding = LPGWEmbedding("q50", reference="sample", random_state=0)
    for X, scale in ((shapes, 1), ([3 * x for x in shapes], 9)):
        lam = embedding.fit(X).lam_
        # each space counts alike, whatever its size
        below = [(scale * one < 2 * lam).mean() for one in squares]
        assert abs(np.mean(below) - 0.5) < 0.02
    low = clone(embedding).set_params(lam="q10").fit(shapes).lam_
    assert low < embedding.fit(shapes).lam_
    fused = clone(embedding).set_params(alpha=0.5, masses="probability").fit(shapes)
    # features are the coordinates: their squared differences are the same once more
    assert_allclose(fused.lam_, embedding.lam_)
    assert embedding.fit(np.arange(6.0).reshape(3, 2)).lam_ == 1.0
    with pytest.raises(ValueError, match="quantile in percent"):
        LPGWEmbedding("median").fit(shapes)


@pytest.mark.parametrize("lam", [0, -1.0, np.nan, np.inf])
def test_bad_price(shapes, lam):
    with pytest.raises(ValueError, match="'lam' parameter of LPGWEmbedding"):
        LPGWEmbedding(lam).fit(shapes)


def test_automatic_price_counts_features():
    """Something is matched whatever the unit of features."""
    rng = np.random.RandomState(0)
    paths = [nx.to_numpy_array(nx.path_graph(n)) for n in (5, 6, 7)]
    graphs = [(adjacency, rng.normal(size=(len(adjacency), 1))) for adjacency in paths]
    for scale in (1.0, 1e3):
        X = [(adjacency, scale * features) for adjacency, features in graphs]
        embedding = LPGWEmbedding(metric="hop", alpha=0.5, random_state=0).fit(X)
        D = embedding.pairwise(embedding.transform(X))
        apart = np.sqrt(embedding.lam_ * (5**2 + 6**2))
        assert D[0, 1] < 0.95 * apart


def test_a_reference_of_another_mass_is_suspicious(shapes):
    heavy = MetricSpace(cdist(shapes[0], shapes[0]), np.full(len(shapes[0]), 100.0))
    with pytest.warns(UserWarning, match=r"reference\[0\] has mass"):
        LPGWEmbedding(reference=heavy).fit(shapes)
