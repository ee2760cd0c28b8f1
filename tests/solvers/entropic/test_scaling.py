# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The plan that sweeps act on: what it holds, whatever was absorbed or rebuilt."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from skot.solvers._entropic.scaling import LARGEST, ScaledPlan


def a_plan(n=7, m=5, reach=np.inf, temperature=1.0, spread=3.0, seed=0):
    rng = np.random.default_rng(seed)
    C = spread * rng.random((n, m))
    a, b = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(m))
    plan = ScaledPlan(a, b, C, reach)
    plan.rebuild(temperature, rng.normal(size=m))
    return plan


def dense(plan):
    """The plan from its potentials, by definition."""
    t = plan.temperature
    f, (_, g) = plan.f + t * np.log(plan.u), plan.position
    return np.outer(plan.a, plan.b) * np.exp((f[:, None] + g - plan.cost) / t)


def held(plan):
    return plan.u[:, None] * plan.P * plan.v


each_kind = pytest.mark.parametrize(
    ("reach", "temperature"), [(np.inf, 1.0), (np.inf, 5.0), (0.7, 1.0), (3.0, 2.0)]
)


@each_kind
def test_rows_meet_their_sums(reach, temperature):
    plan = a_plan(reach=reach, temperature=temperature)
    P = dense(plan)
    assert_allclose(held(plan), P)
    assert_allclose(P.sum(axis=1), plan.a * np.exp(-plan.f / reach))
    assert_allclose(P.sum(axis=0), plan.c)
    wanted = plan.b * np.exp(-plan.g / reach)
    assert_allclose(plan.error, np.abs(plan.c - wanted).sum() / P.sum())


@each_kind
def test_sweeps(reach, temperature):
    plan = a_plan(reach=reach, temperature=temperature)
    errors = [plan.error]
    for _ in range(30):
        plan.sweep()
        assert_allclose(held(plan), dense(plan), rtol=1e-9)
        assert_allclose(held(plan).sum(axis=0), plan.c)
        errors.append(plan.error)
    assert plan.n_sweeps == 30
    assert (np.diff(errors) <= 1e-15).all()
    assert errors[-1] < 1e-3 * errors[0]


@each_kind
def test_absorbing_changes_nothing(reach, temperature):
    plan = a_plan(reach=reach, temperature=temperature)
    plan.sweep()
    before, (_, g), error = held(plan), plan.position, plan.error
    plan.absorb()
    assert_allclose(held(plan), before)
    assert_allclose(plan.position[1], g)
    assert_allclose(plan.error, error)
    assert (plan.u == 1).all()
    assert (plan.v == 1).all()
    assert plan.drift > 0
    plan.drift = 2 * LARGEST  # too much of what was raised: from logarithms again
    plan.absorb()
    assert plan.drift == 0
    assert_allclose(held(plan), before)


def test_symmetric_sweeps_average():
    rng = np.random.default_rng(0)
    x, a = rng.random(8), rng.dirichlet(np.ones(8))
    plan = ScaledPlan(a, a, 20 * (x[:, None] - x) ** 2, symmetric=True)
    plan.rebuild(1.0, np.zeros(8))
    for _ in range(60):
        plan.sweep()
    assert plan.error < 1e-12
    f = plan.f + np.log(plan.u)
    assert_allclose(f, plan.position[1], atol=1e-11)


@pytest.mark.parametrize("symmetric", [False, True])
def test_leaps_are_taken_by_logarithms(symmetric):
    """Columns that no row sees: scalings out of the range of floats."""
    rng = np.random.default_rng(0)
    x = rng.random(6)
    x[0] = 100.0
    a = np.full(6, 1 / 6)
    plan = ScaledPlan(a, a, (x[:, None] - x) ** 2, symmetric=symmetric)
    plan.rebuild(1.0, np.zeros(6) if symmetric else rng.normal(size=6))
    for _ in range(3000):
        plan.sweep()
    assert np.isfinite(plan.P).all()
    assert plan.error < 1e-9
    assert_allclose(plan.c, a, atol=1e-9)


def test_accepting_what_is_far():
    plan = a_plan()
    v = np.exp(np.linspace(-150, 150, 5))
    u, c = plan.at(v)
    plan.accept(u, v, c)
    assert (plan.v == 1).all()  # put into the potentials
    assert np.isfinite(plan.c).all()
    assert_allclose(held(plan).sum(axis=1), plan.a)
    v = np.full(5, 2.0)
    u, c = plan.at(v)
    plan.accept(u, v, c)
    assert (plan.v == 2).all()


def test_nothing_is_moved():
    plan = ScaledPlan(np.ones(2), np.ones(3), np.full((2, 3), 1e5), reach=1.0)
    plan.rebuild(1.0, np.zeros(3))
    assert plan.c.sum() == 0
    assert plan.error == 0
