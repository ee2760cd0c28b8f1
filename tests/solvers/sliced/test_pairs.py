# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Sliced distances of pairs of sets: those of single problems, and a metric."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from skot.sets import PointSets
from skot.solvers import sample_slices, sliced_wasserstein, sliced_wasserstein_pairs
from tests._data.clouds import clouds, masses, seeds

orders = st.sampled_from([1, 1.5, 2, 3])


def collections(seed, sizes, weighted):
    sets = clouds(seed, *sizes)
    weights = [masses(seed + i, n) for i, n in enumerate(sizes)] if weighted else None
    return PointSets.from_list(sets, weights)


@given(
    seeds,
    st.lists(st.integers(1, 6), min_size=1, max_size=4),
    st.lists(st.integers(1, 6), min_size=1, max_size=4),
    orders,
    st.booleans(),
    st.booleans(),
)
def test_pairs_are_single_distances(seed, sizes, others, p, weighted, also):
    X, Y = collections(seed, sizes, weighted), collections(seed + 99, others, also)
    slices = sample_slices(7, 3, "gaussian", seed)

    def one(x, y):
        return sliced_wasserstein(
            x.points, y.points, x.weights, y.weights,
            p=p, slices=slices, control_variate=None,
        ).value  # fmt: skip

    for other in (X, Y):
        got = sliced_wasserstein_pairs(X, other, slices, p=p)
        expected = [[one(x, y) for y in other] for x in X]
        assert_allclose(got, expected, rtol=1e-9, atol=1e-7)
    half = sliced_wasserstein_pairs(X, None, slices, p=p)
    assert_allclose(half, sliced_wasserstein_pairs(X, X, slices, p=p), atol=1e-7)
    assert_array_equal(half, half.T)
    assert_array_equal(np.diag(half), 0)


@given(seeds, orders, st.booleans())
@settings(max_examples=30)
def test_pairs_are_a_metric(seed, p, weighted):
    X = collections(seed, [3, 3, 5, 1, 8], weighted)
    D = sliced_wasserstein_pairs(X, None, sample_slices(5, 3, "gaussian", seed), p=p)
    assert (D[:, None] <= D[:, :, None] + D[None] + 1e-9).all()
    if p == 2:  # Euclidean: of negative type
        centre = np.eye(5) - 1 / 5
        assert np.linalg.eigvalsh(-centre @ D**2 @ centre).min() > -1e-9


def test_pairs_in_blocks(monkeypatch):
    X, slices = collections(0, [4, 4, 7, 2], True), sample_slices(40, 3, "spiral")
    expected = sliced_wasserstein_pairs(X, None, slices)
    monkeypatch.setattr("skot.solvers._sliced.pairs.BLOCK", 50)
    monkeypatch.setattr("skot.solvers._sliced.sliced.BLOCK", 50)
    assert_allclose(sliced_wasserstein_pairs(X, None, slices), expected, rtol=1e-12)
    x, y = clouds(0, 4, 5)
    one = sliced_wasserstein(x, y, slices=slices, control_variate=None).value
    monkeypatch.undo()
    two = sliced_wasserstein(x, y, slices=slices, control_variate=None).value
    assert_allclose(one, two, rtol=1e-12)


@pytest.mark.parametrize("weighted", [False, True])
def test_pairs_of_sets_and_their_doubles(weighted):
    X = collections(0, [5, 7], weighted)
    twice = PointSets.from_list(
        [np.repeat(m.points, 2, axis=0) for m in X],
        [np.repeat(m.weights, 2) / 2 for m in X] if weighted else None,
    )
    D = sliced_wasserstein_pairs(X, twice, sample_slices(20, 3, "spiral"))
    assert_allclose(np.diag(D), 0, atol=1e-12)


def test_pairs_far_away_and_large():
    X, slices = collections(0, [5, 7, 5], False), sample_slices(20, 3, "spiral")
    expected = sliced_wasserstein_pairs(X, None, slices)
    far = X.with_points(1e150 * (X.points + 1e6))
    got = sliced_wasserstein_pairs(far, None, slices)
    assert_allclose(got, 1e150 * expected, rtol=1e-8)
    single = X.astype(np.float32)
    assert_allclose(sliced_wasserstein_pairs(single, None, slices), expected, rtol=1e-5)


def test_no_sets():
    X = collections(0, [3, 2], False)
    assert sliced_wasserstein_pairs(X[:0], X, np.eye(3)).shape == (0, 2)


def test_bad_pairs():
    X = collections(0, [3, 2], False)
    with pytest.raises(ValueError, match="X has 3 columns, Y has 2"):
        sliced_wasserstein_pairs(X, PointSets.from_list([np.eye(2)]), np.eye(3))
    with pytest.raises(ValueError, match=r"X\[1\] has no mass"):
        sliced_wasserstein_pairs(X.with_weights([1, 1, 1, 0, 0]), None, np.eye(3))
    with pytest.raises(ValueError, match="slices must have shape"):
        sliced_wasserstein_pairs(X, None, np.eye(2))
