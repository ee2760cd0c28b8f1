# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Frank-Wolfe between two spaces: the objective, its programs, the descent."""

import numpy as np
import ot
import pytest
from numpy.testing import assert_allclose

from skot.solvers import prepare_space
from skot.solvers._gromov.frank_wolfe import GromovProblem, Iterate
from tests._data.spaces import energy, marginal_costs, random_pair


@pytest.mark.parametrize("alpha", [0.0, 0.4, 1.0])
def test_objective_and_gradient(alpha):
    C1, C2, rng = random_pair(0)
    a, b = rng.uniform(0.5, 2, len(C1)), rng.uniform(0.5, 2, len(C2))
    cost = rng.uniform(size=(len(a), len(b)))
    lam, plan = 0.3, rng.uniform(size=cost.shape) / 20
    problem = GromovProblem(
        prepare_space(C1, a), prepare_space(C2, b), (1 - alpha) * cost, alpha, lam
    )

    def value(plan):
        linear = (1 - alpha) * (cost * plan).sum() + alpha * energy(plan, C1, C2)
        return linear - 2 * lam * plan.sum() ** 2

    iterate = Iterate(problem, plan)
    assert_allclose(iterate.objective, value(plan))
    gradient = iterate.gradient
    for i, j in [(0, 0), (2, 3), (4, 1)]:
        step = np.zeros_like(plan)
        step[i, j] = 1e-5
        slope = (value(plan + step) - value(plan - step)) / 2e-5
        assert_allclose(gradient[i, j], slope, rtol=1e-6)


@pytest.mark.parametrize("kind", ["balanced", "penalised", "mass"])
def test_descent_is_monotone_and_feasible(kind):
    C1, C2, rng = random_pair(1)
    a, b = rng.uniform(0.5, 2, len(C1)), rng.uniform(0.5, 2, len(C2))
    params = {"balanced": {}, "penalised": {"lam": 0.4}, "mass": {"mass": 3.0}}[kind]
    if kind == "balanced":
        b *= a.sum() / b.sum()
    problem = GromovProblem(prepare_space(C1, a), prepare_space(C2, b), **params)
    iterate = Iterate(problem, problem.product())
    values = [iterate.objective]
    while not iterate.done:
        iterate.step(1e-12)
        values.append(iterate.objective)
        assert_allclose(iterate.r, iterate.plan.sum(axis=1), atol=1e-12)
        assert_allclose(iterate.L, marginal_costs(iterate.plan, C1, C2), atol=1e-10)
        assert (iterate.plan >= 0).all()
        assert (iterate.plan.sum(axis=1) <= a + 1e-12).all()
        assert (iterate.plan.sum(axis=0) <= b + 1e-12).all()
    assert (np.diff(values) <= 1e-12).all()
    total = {"balanced": a.sum(), "mass": 3.0}.get(kind)
    if total:
        assert_allclose(iterate.plan.sum(), total)


@pytest.mark.parametrize("equal", [True, False])
def test_penalised_vertices_are_those_of_the_program_with_dummies(equal):
    rng = np.random.RandomState(2)
    for n, m in [(5, 5), (4, 7), (6, 3), (1, 4), (1, 1)]:
        a = np.ones(n) if equal else rng.uniform(0.2, 2, n)
        b = np.ones(m) if equal else rng.uniform(0.2, 2, m)
        problem = GromovProblem(
            prepare_space(np.ones((n, n)), a),
            prepare_space(np.ones((m, m)), b),
            lam=1.0,
        )
        for shift in (-2, -0.5, 0, 2):
            cost = rng.uniform(size=(n, m)) + shift
            extended = np.zeros((n + 1, m + 1))
            extended[:n, :m] = cost
            expected = ot.emd2(
                np.append(a, b.sum()), np.append(b, a.sum()), extended + 3
            ) - 3 * (a.sum() + b.sum())
            found = problem.vertex(cost)
            value = cost[found.rows, found.columns] @ found.values
            assert_allclose(value, expected, atol=1e-9)


def test_assignments_of_a_mass_are_the_programs_with_dummies():
    rng = np.random.RandomState(3)
    for n, m, mass in [(5, 5, 3), (4, 7, 4), (6, 3, 1), (5, 6, 2.5), (1, 1, 1)]:
        x, y = (
            prepare_space(np.ones((n, n)), np.ones(n)),
            prepare_space(np.ones((m, m)), np.ones(m)),
        )
        cost = rng.normal(size=(n, m))
        found = GromovProblem(x, y, mass=mass).vertex(cost)
        assert_allclose(found.values.sum(), mass)
        expected = ot.partial.partial_wasserstein(
            np.ones(n), np.ones(m), cost - cost.min(), m=mass
        )
        value = cost[found.rows, found.columns] @ found.values
        assert_allclose(value, np.vdot(cost, expected), atol=1e-9)
