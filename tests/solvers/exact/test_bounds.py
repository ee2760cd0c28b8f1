# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Lower bounds of Wasserstein distances are lower, and not by much."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from skot.distance import wasserstein_distances
from skot.sets import PointSets, read_sets
from skot.solvers import DualBound, SlicedBound
from tests._data.sets import few_points


@given(
    seed=st.integers(0, 10**6),
    n_dims=st.sampled_from([1, 2, 3, 30]),
    ties=st.booleans(),
    scale=st.sampled_from([1e-100, 1.0, 1e100]),
)
def test_bounds_are_bounds(seed, n_dims, ties, scale):
    X = few_points(seed, n_dims=n_dims, ties=ties)
    X = X.with_points(X.points * scale)
    X = read_sets(X)
    squares = wasserstein_distances(X) ** 2
    sliced, dual = SlicedBound(X), DualBound(X)
    slack = 1e-12 * max(np.square(X.points).sum(axis=1).max(), 1e-300)
    for i in range(len(X)):
        assert (sliced(sliced.features[:, i]) <= squares[i] + slack).all()
        everything = np.arange(len(X))
        assert (dual.quick(i, dual, everything) <= squares[i] + slack).all()
        for j in everything:
            assert dual(i, dual, j) <= squares[i, j] + slack


def test_bounds_of_what_is_easy():
    """Single points, a set and itself, a translation: the distance itself."""
    rng = np.random.RandomState(0)
    x = rng.normal(size=(7, 3))
    X = PointSets.from_list([x, x + [3.0, 0.0, 4.0], rng.normal(size=(1, 3)), x[:1]])
    squares = wasserstein_distances(X) ** 2
    sliced, dual = SlicedBound(X), DualBound(X)
    easy = [(0, 0), (0, 1), (2, 3), (0, 2)]
    for i, j in easy:
        assert_allclose(dual(i, dual, j), squares[i, j], atol=1e-9)
        bounds = dual.quick(i, dual, np.array([j, i]))
        assert_allclose(bounds, [squares[i, j], 0], atol=1e-9)
    assert_allclose(sliced(sliced.features[:, 0])[:2], squares[0, :2], atol=1e-12)


def test_sweeps_tighten_the_bound():
    rng = np.random.RandomState(0)
    X = PointSets.from_list([rng.normal(size=(30, 3)) for _ in range(8)])
    dual, squares = DualBound(X), wasserstein_distances(X) ** 2
    others = np.arange(1, 8)
    quick = dual.quick(0, dual, others)
    tight = np.array([dual(0, dual, j) for j in others])
    assert (tight >= quick - 1e-12).all()
    assert (tight > 0.8 * squares[0, 1:]).all()
