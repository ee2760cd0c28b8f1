# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pieces of a descent between two spaces, against NumPy and SciPy."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import linear_sum_assignment

from skot.solvers._gromov.frank_wolfe_kernels import gradient_at, marginal_costs, match
from tests._data import spaces


def test_marginal_costs_are_their_sums():
    C, D, rng = spaces.random_pair(0)
    plan = np.maximum(rng.uniform(-2, 1, size=(len(C), len(D))), 0)
    rows, columns = np.nonzero(plan)
    L, r, c = marginal_costs(C, D, C**2, D**2, rows, columns, plan[rows, columns])
    assert_allclose(L, spaces.marginal_costs(plan, C, D))
    assert_allclose(r, plan.sum(axis=1))
    assert_allclose(c, plan.sum(axis=0))


def test_an_empty_linear_cost_stands_for_none():
    L, M = np.arange(6.0).reshape(2, 3), np.ones((2, 3))
    assert_allclose(gradient_at(L, M, 0.5, 0.25), L + 0.75)
    assert_allclose(gradient_at(L, np.empty((0, 0)), 0.5, 0.25), L - 0.25)


@pytest.mark.parametrize(("n", "m"), [(5, 5), (4, 7), (7, 4), (1, 3)])
@pytest.mark.parametrize("shift", [-1.0, -0.4, 0.0])
def test_matchings_are_assignments(n, m, shift):
    rng = np.random.default_rng(n)
    for _ in range(20):
        cost = rng.uniform(size=(n, m)) + shift
        for n_pairs in range(1, min(n, m) + 1):
            rows, columns, values = match(cost, 0.25, n_pairs, False)
            assert len(set(rows)) == len(set(columns)) == len(rows) == n_pairs
            assert_allclose(values, 0.25)
            # others go to dummies, at a price below all costs
            wide = np.full((n + m - n_pairs, n + m - n_pairs), -10.0)
            wide[:n, :m], wide[n:, m:] = cost, 100.0
            best = wide[linear_sum_assignment(wide)].sum() + 10 * (n + m - 2 * n_pairs)
            assert_allclose(cost[rows, columns].sum(), best)
        # with a price of mass, no pair that costs more than nothing
        rows, columns, values = match(cost, 0.25, min(n, m), True)
        capped = np.minimum(cost, 0)
        assert_allclose(
            cost[rows, columns].sum(), capped[linear_sum_assignment(capped)].sum()
        )
        assert (cost[rows, columns] <= 0).all()
