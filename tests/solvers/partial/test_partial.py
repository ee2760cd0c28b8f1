# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Partial transport against SciPy's linear programming."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import linprog
from scipy.spatial.distance import cdist

from skot.solvers import exact, partial_wasserstein

seeds = st.integers(0, 2**32 - 1)


def program(C, a, b, *, lam=None, mass=None):
    """Optimal value by a linear program without dummies."""
    n, m = C.shape
    rows = np.kron(np.eye(n), np.ones(m))
    columns = np.kron(np.ones(n), np.eye(m))
    bounds = np.vstack([rows, columns]), np.concatenate([a, b])
    if lam is None:
        return linprog(C.ravel(), *bounds, np.ones((1, n * m)), [mass]).fun
    return linprog((C - 2 * lam).ravel(), *bounds).fun + lam * (a.sum() + b.sum())


def problem(seed, n, m):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(n, 2)), rng.normal(size=(m, 2)) + rng.normal()
    return x, y, rng.uniform(0.1, 2, n), rng.uniform(0.1, 3, m)


def check_certificate(result, C, a, b):
    """Plan and potentials are feasible, complementary, and prove the value."""
    f, g = result.potentials
    tol = 1e-9 * max(C.max(), 1)
    assert result.converged
    assert result.error <= tol * 10
    assert (result.plan >= 0).all()
    assert (result.plan.sum(axis=1) <= a * (1 + 1e-12)).all()
    assert (result.plan.sum(axis=0) <= b * (1 + 1e-12)).all()
    assert (f[:, None] + g <= C + tol).all()
    assert max(f.max(), g.max()) <= result.lam + tol
    assert_allclose(np.vdot(result.plan, C), result.cost)
    assert_allclose(result.plan.sum(), result.mass)
    assert (C[result.plan > 0] <= 2 * result.lam + tol).all()


@given(seeds, st.integers(1, 7), st.integers(1, 7), st.sampled_from([0.05, 0.3, 1, 50]))
@settings(max_examples=30, deadline=None)
def test_a_penalty_against_linear_programming(seed, n, m, lam):
    x, y, a, b = problem(seed, n, m)
    C = cdist(x, y, "sqeuclidean")
    result = partial_wasserstein(x=x, y=y, a=a, b=b, lam=lam)
    check_certificate(result, C, a, b)
    assert_allclose(result.value, program(C, a, b, lam=lam), rtol=1e-8, atol=1e-8)


@given(seeds, st.integers(1, 7), st.integers(1, 7), st.sampled_from([0.1, 0.6, 1]))
@settings(max_examples=30, deadline=None)
def test_a_mass_against_linear_programming(seed, n, m, share):
    """No dummy takes mass from a dummy, as once in another library."""
    x, y, a, b = problem(seed, n, m)
    C = cdist(x, y)
    mass = share * min(a.sum(), b.sum())
    result = partial_wasserstein(x=x, y=y, a=a, b=b, p=1, mass=mass)
    check_certificate(result, C, a, b)
    assert_allclose(result.mass, mass)
    assert_allclose(result.value, program(C, a, b, mass=mass), rtol=1e-8, atol=1e-8)
    if result.lam > 1e-9:  # the penalty it implies has the same plan
        value = result.value + result.lam * (a.sum() + b.sum() - 2 * mass)
        again = partial_wasserstein(C, a, b, lam=result.lam)
        assert_allclose(again.value, value, rtol=1e-8)


def test_limits():
    x, y, a, b = problem(0, 6, 6)
    a, b = a / a.sum(), b / b.sum()
    C = cdist(x, y, "sqeuclidean")
    assert_allclose(partial_wasserstein(C, a, b, lam=1e4).value, exact(C, a, b).value)
    assert_allclose(partial_wasserstein(C, a, b, mass=1).value, exact(C, a, b).value)
    tiny = partial_wasserstein(C, a, b, lam=1e-9)
    assert tiny.mass == 0
    assert tiny.cost == 0
    assert_allclose(tiny.value, 2e-9)
    assert partial_wasserstein(x=x, y=x, a=a, b=a, lam=1.0).value < 1e-12


def test_value_is_concave_in_the_penalty_and_mass_grows():
    C = cdist(*problem(1, 8, 11)[:2], "sqeuclidean")
    lams = np.linspace(0.01, 6, 40)
    results = [partial_wasserstein(C=C, lam=lam) for lam in lams]
    values, masses = np.array([(r.value, r.mass) for r in results]).T
    assert (np.diff(values) >= -1e-12).all()
    assert (np.diff(values, 2) <= 1e-9).all()
    assert (np.diff(masses) >= 0).all()
    assert set(masses) <= set(range(9))  # unit points are matched or not


def test_scale_and_translation():
    x, y, a, b = problem(2, 7, 5)
    base = partial_wasserstein(x=x, y=y, a=a, b=b, lam=0.7)
    scaled = partial_wasserstein(a=a, b=b, x=1e3 * x, y=1e3 * y, lam=0.7e6)
    moved = partial_wasserstein(a=a, b=b, x=x + 1e4, y=y + 1e4, lam=0.7)
    heavy = partial_wasserstein(a=1e5 * a, b=1e5 * b, x=x, y=y, lam=0.7)
    for other, factor in ((scaled, 1e6), (moved, 1), (heavy, 1e5)):
        assert_allclose(other.value / factor, base.value, rtol=1e-7)
    assert_allclose(partial_wasserstein(x=y, y=x, a=b, b=a, lam=0.7).value, base.value)


def test_huge_costs_do_not_drown_small_ones():
    C = np.array([[1e-3, 2e-3], [1e12, 1e-3]])
    result = partial_wasserstein(C=C, lam=1.0)
    assert_allclose(result.value, 2e-3, rtol=1e-12)


@pytest.mark.parametrize("p", [1, 1.5, 2])
@pytest.mark.parametrize("far", [1e6, 1e9])
def test_a_point_far_off_does_not_spoil_the_others(p, far):
    rng = np.random.default_rng(0)
    x = 0.1 * rng.normal(size=(15, 40))
    y = x + 1e-3 * rng.normal(size=x.shape)
    near = partial_wasserstein(x=x, y=y, lam=0.01, p=p).value
    z = np.vstack([y, np.full(40, far)])
    for params in ({"x": x, "y": z}, {"x": z, "y": x}):
        result = partial_wasserstein(**params, lam=0.01, p=p)
        assert_allclose(result.value, near + 0.01)


@pytest.mark.parametrize("lam", [1e10, 1e15])
def test_potentials_at_a_huge_penalty(lam):
    """Where no mass is left, they have the digits of the costs."""
    C = cdist(*np.random.default_rng(0).uniform(size=(2, 12, 2)))
    result = partial_wasserstein(C=C, lam=lam)
    f, g = result.potentials
    assert_allclose(f.sum() + g.sum(), result.value)
    assert (C - f[:, None] - g).min() > -1e-12


def test_zero_weights():
    x, y, a, b = problem(3, 6, 5)
    a[2] = b[0] = 0
    C = cdist(x, y, "sqeuclidean")
    keep = np.ix_(a > 0, b > 0)
    inner = partial_wasserstein(C[keep], a[a > 0], b[b > 0], lam=0.5)
    result = partial_wasserstein(C, a, b, lam=0.5)
    check_certificate(result, C, a, b)
    assert_allclose(result.value, inner.value)
    assert result.plan[2].sum() == result.plan[:, 0].sum() == 0


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"lam": 0}, "lam must be positive and at most .*, got 0"),
        ({"lam": -1}, "lam must be"),
        ({"lam": np.nan}, "lam must be"),
        ({"lam": np.inf}, "lam must be"),
        ({"lam": "q50"}, "lam must be positive and at most .*, got 'q50'"),
        ({}, "give either lam, .* or mass"),
        ({"lam": 1, "mass": 1}, "give either lam, .* or mass"),
        ({"mass": 0}, "mass must be positive and at most 2"),
        ({"mass": 2.1}, "mass must be positive and at most 2"),
        ({"lam": 1, "a": [0, 0, 0]}, "a has no mass"),
        ({"lam": 1, "b": [1, -1]}, "b holds a negative weight"),
        ({"lam": 1, "a": [1, np.nan, 1]}, "a holds NaN"),
        ({"lam": 1, "a": [1, 1]}, "a must have shape"),
        ({"lam": 1, "C": [[np.nan]]}, "C holds NaN"),
        ({"lam": 1, "C": [[-1.0]]}, "negative cost"),
        ({"lam": 1, "x": [[1.0]]}, "give either costs"),
    ],
)
def test_bad_input(params, message):
    params = {"C": np.ones((3, 2)), **params}
    with pytest.raises(ValueError, match=message):
        partial_wasserstein(**params)


@pytest.mark.parametrize(
    ("args", "points"),
    [
        (([1.0], [1.0], [[2.0]]), {}),
        ((None, None, [[2.0]]), {}),
        (([1.0], [1.0]), {"x": [[0.0]], "y": [[1.0]]}),
    ],
)
def test_weights_in_the_first_place_are_told_the_order(args, points):
    order = r"partial_wasserstein\(C, a, b\)"
    with pytest.raises(ValueError, match=order):
        partial_wasserstein(*args, **points, lam=1.0)


def test_an_answer_that_is_not_optimal_says_so():
    rng = np.random.default_rng(0)
    C = cdist(*rng.normal(size=(2, 60, 2)))
    result = partial_wasserstein(C=C, lam=5.0, max_iter=3)
    assert not result.converged
    best = partial_wasserstein(C=C, lam=5.0).value
    assert best <= result.value + 1e-9 <= best + result.error + 2e-9
    assert "NOT CONVERGED" in repr(result)


def test_plans_hold_no_dust():
    """Masses that are sums of others leave entries of rounding: these pair nothing."""
    for seed in range(30):
        rng = np.random.default_rng(seed)
        n, m = rng.integers(3, 9, 2)
        a, b = 0.1 * rng.integers(1, 5, n), 0.1 * rng.integers(1, 5, m)
        x, y = rng.normal(size=(n, 2)), rng.normal(size=(m, 2))
        plan = partial_wasserstein(x=x, y=y, a=a, b=b, lam=5.0).plan
        assert plan[plan != 0].min() > 0.099
