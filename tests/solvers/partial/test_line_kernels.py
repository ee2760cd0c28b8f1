# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pairs on a line, one by one: every number of pairs, duals, and no way out."""

from itertools import combinations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from skot.solvers._partial.line_kernels import grow_matching, least_costs, line_duals
from tests._data.assignment import assignment


def sorted_sets(seed, whole):
    rng = np.random.default_rng(seed)
    n, m = rng.integers(1, 8, 2)
    x, y = rng.normal(size=n), rng.normal(size=m) + 0.5
    return (np.sort(np.round(2 * v) if whole else v) for v in (x, y))


def grow(x, y, p, limit=np.inf):
    size = min(len(x), len(y))
    rows, columns = np.empty((2, size), np.int64)
    costs = np.empty(size)
    k = grow_matching(x, y, p, limit, costs, rows, columns)
    return costs[:k], rows[:k], columns[:k]


@pytest.mark.parametrize("p", [1.0, 1.5, 2.0, 2.2])
@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("seed", range(15))
def test_every_number_of_pairs_costs_the_least(seed, whole, p):
    x, y = sorted_sets(seed, whole)
    costs, rows, columns = grow(x, y, p)
    assert len(costs) == min(len(x), len(y))
    assert (np.diff(costs) >= 0).all()
    for k in range(1, len(costs) + 1):
        least = min(
            (np.abs(x[list(i)] - y[list(j)]) ** p).sum()
            for i in combinations(range(len(x)), k)
            for j in combinations(range(len(y)), k)
        )
        assert_allclose(costs[:k].sum(), least, atol=1e-12)
        some = np.sort(x[rows[:k]]) - np.sort(y[columns[:k]])
        assert_allclose((np.abs(some) ** p).sum(), least, atol=1e-12)


@pytest.mark.parametrize("p", [1.0, 2.0, 2.2])
@pytest.mark.parametrize("lam", [0.05, 0.5, 20.0])
def test_least_costs_and_duals(lam, p):
    for seed in range(40):
        x, y = sorted_sets(seed, whole=seed % 2)
        C = np.abs(x[:, None] - y) ** p
        best = assignment(C, lam)
        assert_allclose(least_costs(x[None], y[None], p, lam), best, atol=1e-12)
        _, rows, columns = grow(x, y, p, 2 * lam)
        f, g = line_duals(x, y, lam, p, np.sort(rows), np.sort(columns))
        assert_allclose(f.sum() + g.sum(), best, atol=1e-9)
        assert (C - f[:, None] - g).min() >= -1e-9
        assert max(f.max(), g.max()) <= lam


def test_no_limit_leads_out_of_the_arrays():
    rng = np.random.default_rng(7)
    for limit in (1e308, np.finfo(float).max, np.inf, np.nan, -1.0):
        for n, m in rng.integers(1, 6, (50, 2)):
            x, y = (np.sort(rng.integers(0, 3, size)) * 1.0 for size in (n, m))
            rows, columns = np.empty((2, min(n, m)), np.int64)
            n_pairs = grow_matching(
                x, y, 1.0, limit, np.empty(len(rows)), rows, columns
            )
            assert n_pairs == (len(rows) if limit > 1e307 else 0)
            for used, size in ((rows[:n_pairs], n), (columns[:n_pairs], m)):
                assert len(set(used)) == n_pairs
                assert max(used, default=0) < size
