# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The compiled assignment against SciPy's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import linear_sum_assignment

from skot.solvers._exact.assignment_kernels import assign


def costs(kind, n, m, rng):
    if kind == "ties":
        return rng.randint(-3, 4, (n, m)).astype(float)
    if kind == "rank one":  # every row wants the same columns
        return rng.normal(size=(n, 1)) * rng.normal(size=m)
    return rng.normal(size=(n, m))


@settings(max_examples=300, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    kind=st.sampled_from(["ties", "rank one", "normal"]),
    leave=st.sampled_from([np.inf, 0.0, -0.5, 0.3]),
    exponent=st.integers(-12, 12),
)
def test_total_cost_is_the_least(seed, kind, leave, exponent):
    rng = np.random.RandomState(seed)
    n = rng.randint(1, 14)
    cost = costs(kind, n, n + rng.randint(0, 6), rng) * 10.0**exponent
    leave *= 10.0**exponent
    columns = assign(cost, leave)
    rows = np.flatnonzero(columns >= 0)
    assert len(set(columns[rows])) == len(rows)
    total = cost[rows, columns[rows]].sum()
    whole = cost
    if leave < np.inf:
        total += leave * (n - len(rows))
        whole = np.hstack([cost, np.full((n, n), leave)])
    best = whole[linear_sum_assignment(whole)].sum()
    assert_allclose(total, best, rtol=1e-9, atol=1e-12 * 10.0**exponent)


@pytest.mark.parametrize("kind", ["ties", "rank one", "normal"])
def test_large(kind):
    cost = costs(kind, 300, 310, np.random.RandomState(0))
    columns = assign(cost, np.inf)
    assert_array_equal(np.unique(columns).size, 300)
    best = cost[linear_sum_assignment(cost)].sum()
    assert_allclose(cost[np.arange(300), columns].sum(), best)


def test_rows_are_left_at_ties():
    assert_array_equal(assign(np.zeros((2, 3)), 0.0) < 0, [True, True])


def test_costs_that_are_not_finite():
    with pytest.raises(ValueError, match="not finite"):
        assign(np.full((2, 2), np.nan), np.inf)
