# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Projections of one reference onto every set: values, images, what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from skot.sets import PointSets
from skot.solvers import barycentric_projections, exact
from tests._data.clouds import X6, Z, clouds, seeds

LINE = PointSets(np.array([[0.0], [3], [6]]), [0, 3])


def test_golden_values():
    result = barycentric_projections(Z, PointSets.from_list([X6]))
    assert_allclose(result.values, [0.3821817683789377], rtol=0, atol=1e-9)
    given = barycentric_projections(Z, PointSets.from_list([X6]), np.full(8, 1 / 8))
    assert_allclose(given.images, result.images, rtol=0, atol=1e-12)


def test_hand_fixture():
    result = barycentric_projections([[0.0], [1.0]], LINE, [0.5, 0.5])
    assert_allclose(result.values, [10.5])
    assert_allclose(result.images, [[[1.0], [5.0]]])
    assert result.converged.all()


@given(seeds, st.integers(1, 6), st.integers(1, 6))
@settings(max_examples=30)
def test_each_set_is_a_problem_of_its_own(seed, n, m):
    z, x, y = clouds(seed, n, m, 3)
    rng = np.random.default_rng(seed)
    weights, a = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(m))
    sets = PointSets.from_list([(x, a), (y, np.full(3, 1 / 3))])
    result = barycentric_projections(z, sets, weights)
    for i, (points, mass) in enumerate([(x, a), (y, np.full(3, 1 / 3))]):
        C = ((points[:, None] - z) ** 2).sum(axis=2)
        best = exact(C, mass, weights)
        assert_allclose(result.values[i], best.value, rtol=1e-7, atol=1e-9)
        plan_cost = (weights * (result.images[i] ** 2).sum(axis=1)).sum()
        assert plan_cost <= mass @ (points**2).sum(axis=1) + 1e-9


@pytest.mark.parametrize(
    ("reference", "sets", "weights", "message"),
    [
        ([[0.0]], [1.0], LINE, r"come before weights: .*\(reference, sets, weights\)"),
        ([[0.0, 1.0]], LINE, None, r"reference must have shape \(n_points, 1\)"),
        ([[np.nan]], LINE, None, "reference holds NaN"),
        ([[0.0]], LINE, [1.0, 2.0], r"weights must have shape \(1,\)"),
    ],
)
def test_refusals(reference, sets, weights, message):
    with pytest.raises(ValueError, match=message):
        barycentric_projections(reference, sets, weights)
