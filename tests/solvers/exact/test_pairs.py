# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Exact costs of one measure to every set of a collection, against one at a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import cdist

from skot.sets import PointSets
from skot.solvers import exact, exact_costs
from tests._data.clouds import clouds, seeds, w2_squared


def collection(seed, weighted):
    sets = clouds(seed, 4, 1, 6)
    rng = np.random.default_rng(seed)
    weights = [rng.dirichlet(np.ones(len(x))) for x in sets] if weighted else None
    return PointSets.from_list(sets, weights)


@given(seeds, st.booleans())
def test_squares_about_the_means(seed, weighted):
    X = collection(seed, weighted)
    for x in X:
        values, converged = exact_costs(x, X)
        assert converged.all()
        expected = [w2_squared(x.points, y.points, x.weights, y.weights) for y in X]
        assert_allclose(values, expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("metric", ["euclidean", "cityblock", "chebyshev", "callable"])
@pytest.mark.parametrize("p", [1, 1.5, 2])
def test_metrics_and_orders(p, metric):
    X = collection(0, True)
    block = (lambda x, y: cdist(x, y, "canberra")) if metric == "callable" else metric
    values, _ = exact_costs(X[0], X, p=p, metric=block)
    for value, y in zip(values, X, strict=True):
        name = "canberra" if metric == "callable" else metric
        C = cdist(y.points, X[0].points, name) ** p
        assert_allclose(value, exact(C, y.weights, X[0].weights).value, atol=1e-9)


def test_far_sets_lose_no_digits():
    x, y = clouds(1, 5, 7)
    near = PointSets.from_list([x, y])
    far = PointSets.from_list([x + 1e6, y + 1e6])
    assert_allclose(exact_costs(far[0], far)[0], exact_costs(near[0], near)[0], 1e-6)
    copies = PointSets.from_list([x + 1e6, x + 1e6])
    assert exact_costs(copies[0], copies)[0].max() < 1e-18


def test_what_was_stopped_is_told():
    X = PointSets.from_list(clouds(0, 60, 60, 1))
    assert_array_equal(exact_costs(X[0], X[1:], max_iter=5)[1], [False, True])


def test_refusals():
    X = collection(0, False)
    with pytest.raises(ValueError, match="p must be a finite number of at least 1"):
        exact_costs(X[0], X, p=0.5)
    with pytest.raises(ValueError, match=r"metric must be one of .*, got 'foo'"):
        exact_costs(X[0], X, metric="foo")
