# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Exchanges of single pairs: each changes the objective by what it says."""

import numpy as np
from numpy.testing import assert_allclose

from skot.solvers import prepare_space
from skot.solvers._gromov.exchange_kernels import best_moves, moved_pairs
from skot.solvers._gromov.frank_wolfe import GromovProblem, Iterate
from tests._data.spaces import marginal_costs, random_pair


def test_moves_change_the_objective_by_what_they_say():
    for seed, params in enumerate([{}, {"lam": 0.3}, {"mass": 2.0}]):
        C1, C2, rng = random_pair(seed)
        np.fill_diagonal(C1, rng.uniform(size=len(C1)))
        a, b = rng.uniform(0.5, 2, len(C1)), rng.uniform(0.5, 2, len(C2))
        b *= a.sum() / b.sum()
        problem = GromovProblem(prepare_space(C1, a), prepare_space(C2, b), **params)
        plan = 0.8 * problem.product() if "lam" in params else problem.product()
        here = Iterate(problem, plan)
        rows, columns = here.entries.rows, here.entries.columns
        n_kinds = {"lam": 5, "mass": 3}.get("".join(params), 1)
        change, mass, ends = best_moves(
            here.gradient, C1, C2, rows, columns, here.entries.values,
            np.maximum(a - here.r, 0), np.maximum(b - here.c, 0),
            problem.w, params.get("lam", 0.0), n_kinds,
        )  # fmt: skip
        assert np.isfinite(change).all()
        for kind in range(n_kinds):
            i, j, signs = moved_pairs(kind, *ends[kind], rows, columns)
            there = plan.copy()
            np.add.at(there, (i, j), signs * mass[kind])
            after = Iterate(problem, there).objective
            assert_allclose(after - here.objective, change[kind], atol=1e-9)
        before = here.objective
        assert here.exchange(1, 1e-12) == (change.min() < 0)
        assert_allclose(here.objective - before, min(change.min(), 0), atol=1e-9)
        assert_allclose(here.L, marginal_costs(here.plan, C1, C2), atol=1e-9)
