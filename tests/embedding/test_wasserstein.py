# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Linear optimal transport: golden values, invariants, references, inverse."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.spatial.distance import pdist, squareform
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning

from skot.embedding import WassersteinEmbedding, _wasserstein
from skot.sets import Measure, PointSets
from skot.solvers import barycentric_projections
from tests._data.clouds import X6, X, Y, Z, clouds, scales, seeds, shifts, w2_squared


def embed(reference, sets):
    return WassersteinEmbedding(reference).fit(sets).transform(sets)


def uniform(n):
    return np.full(n, 1 / n)


# -- golden values ---------------------------------------------------------------------


def test_golden_values():
    vectors = embed(Z, [X, Y, X6])
    golden = [0.3369775662143845, 0.1885208515188090, 0.3626366955134884]
    assert_allclose((vectors**2).sum(axis=1), golden, rtol=0, atol=1e-9)
    distances = squareform(pdist(vectors, "sqeuclidean"))
    assert_allclose(distances[0, 1], 0.9356055223215649, rtol=0, atol=1e-9)
    assert_allclose(distances[2, 1], 0.97430563240166, rtol=0, atol=1e-9)


def test_hand_fixture():
    vectors = embed([[0.0], [1.0]], [np.array([[0.0], [3.0], [6.0]])])
    assert_allclose(vectors, np.array([[1.0, 4.0]]) / np.sqrt(2))


# -- invariants ------------------------------------------------------------------------


@given(seeds)
def test_reference_is_embedded_at_zero(seed):
    (z,) = clouds(seed, 7)
    order = np.random.default_rng(seed).permutation(7)
    assert_allclose(embed(z, [z, z[order]]), 0, atol=1e-12)


@given(seeds, st.integers(1, 9), st.integers(1, 9))
@settings(max_examples=30)
def test_pythagoras(seed, n, m):
    z, x = clouds(seed, n, m)
    w2 = w2_squared(z, x)
    result = barycentric_projections(z, PointSets.from_list([x]), uniform(n))
    assert_allclose(result.values, [w2], rtol=1e-7, atol=1e-9)
    between = (embed(z, [x]) ** 2).sum()
    # what is lost is the spread of each atom's image about its mean
    assert w2 - between >= -1e-9
    assert_allclose(w2_squared(z, result.images[0]), between, rtol=1e-7, atol=1e-9)


@given(seeds, st.integers(1, 4), st.integers(1, 5))
@settings(max_examples=30)
def test_exact_on_the_line(seed, n, k):
    """Where n divides N, the embedded distance is W2 for every pair."""
    x, y, z = clouds(seed, n, n, k * n, n_dims=1)
    u, v = embed(z, [x, y])
    expected = np.sqrt(((np.sort(x, 0) - np.sort(y, 0)) ** 2).mean())
    assert_allclose(np.linalg.norm(u - v), expected, atol=1e-9)


@given(seeds, shifts)
def test_translation(seed, t):
    z, x = clouds(seed, 5, 7)
    u, v = embed(z, [x, x + t])
    moved = np.broadcast_to(t / np.sqrt(5), (5, 3)).ravel()
    assert_allclose(v - u, moved, atol=1e-10)
    assert_allclose(np.linalg.norm(v - u), np.linalg.norm(t), rtol=1e-9, atol=1e-12)


@given(seeds, scales, shifts)
def test_positive_dilation(seed, s, t):
    z, x = clouds(seed, 5, 7)
    images = [
        (vector.reshape(5, 3) * np.sqrt(5)) + z for vector in embed(z, [x, s * x + t])
    ]
    assert_allclose(images[1], s * images[0] + t, rtol=1e-9, atol=1e-9 * (s + 100))


@given(seeds)
@settings(max_examples=30)
def test_bounds(seed):
    """LOT is above W2 for maps, and never far below it."""
    z, x, y, w = clouds(seed, 6, 6, 6, 9)
    vectors = embed(z, [x, y, w])
    lot = squareform(pdist(vectors))
    assert lot[0, 1] >= np.sqrt(w2_squared(x, y)) - 1e-6
    sets = PointSets.from_list([x, y, w])
    result = barycentric_projections(z, sets, uniform(6))
    within = result.values - (vectors**2).sum(axis=1)
    spread = np.sqrt(np.maximum(within, 0))
    assert np.sqrt(w2_squared(x, w)) <= lot[0, 2] + spread[0] + spread[2] + 1e-6
    decoded = [
        m.points for m in WassersteinEmbedding(z).fit(sets).inverse_transform(vectors)
    ]
    assert lot[0, 2] >= np.sqrt(w2_squared(decoded[0], decoded[2])) - 1e-6


@given(seeds)
def test_pseudo_metric(seed):
    z, *sets = clouds(seed, 5, 3, 6, 8)
    d = squareform(pdist(embed(z, sets)))
    assert d[0, 1] <= d[0, 2] + d[2, 1] + 1e-12
    assert_allclose(d, d.T)


@given(seeds)
def test_splitting_and_permuting_change_nothing(seed):
    z, x = clouds(seed, 5, 7)
    rng = np.random.default_rng(seed)
    weights = rng.uniform(0.1, 1, 7)
    share = rng.uniform(0.1, 0.9)
    split = np.append(weights, weights[0] * (1 - share))
    split[0] *= share
    order = rng.permutation(8)
    other = (np.vstack([x, x[:1]])[order], split[order])
    u, v = embed(z, [(x, weights), other])
    assert_allclose(u, v, atol=1e-9)


def test_ties_are_broken_alike_in_any_order():
    """On a grid plans are far from unique; the embedding is, all the same."""
    grid = np.array([[i, j] for i in range(4) for j in range(4)], dtype=float)
    reference = np.array([[0.5, 0.5], [0.5, 2.5], [2.5, 0.5], [2.5, 2.5], [1.5, 1.5]])
    rng = np.random.default_rng(0)
    vectors = embed(reference, [grid[rng.permutation(16)] for _ in range(20)])
    assert np.ptp(vectors, axis=0).max() == 0


# -- inverse ---------------------------------------------------------------------------


@given(seeds)
@settings(max_examples=30)
def test_round_trip(seed):
    z, x, y = clouds(seed, 6, 8, 5)
    embedding = WassersteinEmbedding(z).fit([x, y])
    vectors = embedding.transform([x, y])
    assert_allclose(embedding.transform(embedding.inverse_transform(vectors)), vectors,
                    atol=1e-9)  # fmt: skip


def test_inverse_keeps_the_weights_of_the_reference():
    reference = Measure(Z, np.arange(1.0, 9.0))
    embedding = WassersteinEmbedding(reference).fit([X])
    decoded = embedding.inverse_transform(embedding.transform([X, Y]))
    assert_allclose(decoded[1].weights, np.arange(1.0, 9.0) / 36)
    assert_allclose(embedding.transform([reference]), 0, atol=1e-12)
    assert (
        WassersteinEmbedding(Z).fit([X]).inverse_transform(np.zeros((2, 16))).weights
        is None
    )


def test_decoded_mean_of_translates_is_the_translate_of_the_mean():
    moved = [X, X + (2, 0), X + (0, 4)]
    embedding = WassersteinEmbedding(X).fit(moved)
    vectors = embedding.transform(moved)
    pca = PCA(2).fit(vectors)
    (mean,) = embedding.inverse_transform(pca.mean_[None])
    assert_allclose(mean.points, X + np.array([2, 4]) / 3, atol=1e-12)


def test_inverse_refuses_other_widths():
    embedding = WassersteinEmbedding(Z).fit([X])
    with pytest.raises(ValueError, match="X has 15 columns, but embeddings have 16"):
        embedding.inverse_transform(np.zeros((1, 15)))


# -- trust -----------------------------------------------------------------------------


@pytest.fixture
def collection():
    rng = np.random.default_rng(0)
    return [rng.normal(size=(n, 2)) + rng.normal(size=2) for n in (5, 9, 7, 6, 8)]


def test_scikit_learn_semantics_of_random_state(collection):
    one, two, other = (
        WassersteinEmbedding(random_state=s).fit_transform(collection)
        for s in (0, 0, 1)
    )
    assert_allclose(one, two)
    assert abs(one - other).max() > 1e-3


def test_plans_that_are_not_optimal_are_told(collection, monkeypatch):
    monkeypatch.setattr(
        _wasserstein,
        "barycentric_projections",
        lambda *args: barycentric_projections(*args, max_iter=1),
    )
    embedding = WassersteinEmbedding("normal", random_state=0).fit(collection)
    with pytest.warns(ConvergenceWarning, match="of 5 transport plans are not optimal"):
        embedding.transform(collection)


def test_far_away_sets_lose_no_precision():
    here, there = embed(Z, [X, X + 1e6])
    moved = (there - here).reshape(8, 2) * np.sqrt(8)
    assert_allclose(moved, 1e6, rtol=1e-12)


def test_scales_of_the_data():
    for s in (1e-150, 1e-8, 1e8, 1e150):
        assert_allclose(embed(s * Z, [s * X]) / s, embed(Z, [X]), rtol=1e-9)
