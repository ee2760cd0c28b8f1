# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Newton's finish: its matrix, its ascent, and the problems it must solve."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.spatial.distance import cdist

from skot.solvers import sinkhorn
from skot.solvers._entropic.newton import Newton, conjugate_gradients
from skot.solvers._entropic.scaling import ScaledPlan
from tests._data.clouds import seeds


def cost(kind, n, seed=0):
    """Costs of the families Newton is judged on, of maximum 1."""
    rng = np.random.default_rng(seed)
    if kind == "assignment":
        C = rng.random((n, n))
    elif kind == "clustered":
        x, y = (
            rng.random((5, 2))[rng.integers(5, size=n)] + 0.03 * rng.normal(size=(n, 2))
            for _ in range(2)
        )
        C = cdist(x, y, "sqeuclidean")
    else:
        C = cdist(rng.random((n, 2)), rng.random((n, 2)), kind)
    return C / C.max()


KINDS = ["assignment", "sqeuclidean", "cityblock", "clustered"]


@pytest.mark.parametrize("eta", [50, 300, 1200])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "n",
    [
        300,
        pytest.param(1000, marks=pytest.mark.slow),
        pytest.param(2000, marks=pytest.mark.slow),
    ],
)
def test_marginal_error_is_below_the_tolerance(kind, eta, n):
    a = np.full(n, 1 / n)
    result = sinkhorn(cost(kind, n), a, a, reg=1 / eta, tol=1e-9)
    P = result.plan
    error = np.abs(P.sum(axis=0) - a).sum() + np.abs(P.sum(axis=1) - a).sum()
    assert result.converged
    assert error <= 1.01e-9
    assert result.n_newton <= 40
    assert result.n_iter <= 200


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_answer_as_sweeps(kind):
    n = 150
    a = np.random.default_rng(0).dirichlet(np.ones(n))
    b = np.random.default_rng(1).dirichlet(np.ones(n))
    C = cost(kind, n)
    slow = sinkhorn(C, a, b, reg=1 / 50, method="sinkhorn", tol=1e-11)
    fast = sinkhorn(C, a, b, reg=1 / 50, method="newton", tol=1e-11)
    assert slow.converged
    assert fast.converged
    assert fast.n_newton > 0
    assert_allclose(fast.plan, slow.plan, atol=1e-10)
    f, g = (p - q for p, q in zip(fast.potentials, slow.potentials, strict=True))
    assert_allclose(f, f.mean(), atol=1e-9)
    assert_allclose(g, -f.mean(), atol=1e-9)


def a_plan(seed, n=12, m=9, reach=np.inf, temperature=1.0):
    rng = np.random.default_rng(seed)
    C = 5 * rng.random((n, m))
    plan = ScaledPlan(rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(m)), C, reach)
    plan.rebuild(temperature, rng.normal(size=m))
    return plan


@given(seeds, st.sampled_from([np.inf, 0.5, 3.0]), st.sampled_from([1.0, 4.0]))
@settings(max_examples=20)
def test_the_matrix_by_finite_differences(seed, reach, temperature):
    plan = a_plan(seed, reach=reach, temperature=temperature)
    gradient = plan.target(plan.v) - plan.c
    apply, spent = Newton(plan, 1.0)._hessian(plan.target(plan.v))
    diagonal = plan.c + (1 / plan.power - 1) * plan.target(plan.v)
    g, step = plan.g, 1e-6
    columns = []
    for j in range(len(g)):
        unit = np.eye(len(g))[j]
        product = np.empty(len(g))
        apply(diagonal, unit, product)
        assert_allclose(product[j], diagonal[j] - spent[j])
        plan_copy = a_plan(seed, reach=reach, temperature=temperature)
        plan_copy.rebuild(temperature, g + temperature * step * unit)
        moved = plan_copy.target(plan_copy.v) - plan_copy.c
        assert_allclose((gradient - moved) / step, product, rtol=1e-4, atol=1e-5)
        columns.append(product)
    assert_allclose(np.array(columns), np.array(columns).T, atol=1e-15)
    assert np.linalg.eigvalsh(columns).min() > -1e-12


def dual(plan):
    """Entropic dual at the best row potential, from its definition."""
    f, g, t = plan.f, plan.g, plan.temperature
    mass = plan.c.sum()
    if np.isinf(plan.reach):
        return plan.a @ f + plan.b @ g - t * mass
    paid = plan.a @ np.expm1(-f / plan.reach) + plan.b @ np.expm1(-g / plan.reach)
    return -plan.reach * paid - t * mass


@given(seeds, st.sampled_from(["adaptive", "fixed", 0.3]), st.sampled_from([np.inf, 2]))
@settings(max_examples=30)
def test_the_dual_does_not_decrease(seed, sparsity, reach):
    plan = a_plan(seed, reach=reach)
    newton = Newton(plan, sparsity)
    values = [dual(plan)]
    while plan.error > 1e-11 and newton.n_steps < 30:
        newton.step()
        plan.rebuild(*plan.position)
        values.append(dual(plan))
    assert np.diff(values).min() >= -1e-12 * np.abs(values).max()
    if sparsity == "adaptive":
        assert plan.error <= 1e-11


def test_published_rule():
    """Right on assignments, where plans are sparse; flagged where it is not."""
    n = 200
    a = np.full(n, 1 / n)
    good = sinkhorn(cost("assignment", n), a, a, reg=1 / 1200, sparsity="fixed")
    assert good.converged
    smooth = cost("sqeuclidean", n)
    poor = sinkhorn(
        smooth, a, a, reg=1 / 300, sparsity="fixed", method="newton", max_iter=150
    )
    best = sinkhorn(smooth, a, a, reg=1 / 300, method="newton", max_iter=150)
    assert best.converged
    assert not poor.converged
    assert poor.error > 1e-9


def test_keeping_all_entries_is_dense_newton():
    n = 60
    a = np.full(n, 1 / n)
    C = cost("sqeuclidean", n)
    every = sinkhorn(C, a, a, reg=1 / 300, sparsity=1.0, method="newton")
    adaptive = sinkhorn(C, a, a, reg=1 / 300, method="newton")
    assert_allclose(every.plan, adaptive.plan, atol=1e-9)


def test_a_step_that_cannot_be_made_is_told():
    plan = a_plan(0)
    newton = Newton(plan)
    newton._try = lambda *_: None
    before = plan.position[1].copy()
    assert not newton.step()
    assert_allclose(plan.position[1], before)
    newton.run(1e-12, 1000)
    assert plan.error > 1e-12


@given(seeds)
@settings(max_examples=20)
def test_conjugate_gradients(seed):
    rng = np.random.default_rng(seed)
    W = rng.random((10, 10))
    W += W.T
    laplacian = np.diag(W.sum(axis=1)) - W
    rhs = rng.normal(size=10)
    rhs -= rhs.mean()

    def apply(x, out):
        out[:] = laplacian @ x

    x = conjugate_gradients(apply, rhs, np.diag(laplacian), 1e-12)
    assert_allclose(laplacian @ x, rhs, atol=1e-9)
    assert not conjugate_gradients(apply, 0 * rhs, np.diag(laplacian), 0.1).any()
