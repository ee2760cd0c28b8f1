# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Sinkhorn divergence against closed forms, and all ways to compute it as one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skot.reductions import cost_block
from skot.solvers import exact, self_potential, sinkhorn, sinkhorn_divergence

TOL = 1e-9
COSTS = {1: "euclidean", 2: "sqeuclidean"}
WAYS = [
    ("dense", "auto"),
    ("lazy", "numpy"),
    ("lazy", "keops"),
    ("multiscale", "cells"),
    ("multiscale", "numpy"),
    ("multiscale", "keops"),
]


@pytest.fixture(params=WAYS, ids="-".join)
def way(request):
    solver, backend = request.param
    if backend == "keops":
        pytest.importorskip("pykeops", exc_type=ImportError)
    return {"solver": solver, "backend": backend}


def clouds(n=60, m=45, d=3, seed=0):
    rng = np.random.default_rng(seed)
    x, y = rng.random((n, d)), 0.5 * rng.random((m, d)) ** 2 + 0.2
    return x, y, rng.random(n) + 0.1, rng.random(m) + 0.1


def divergence(x, y, *weights, reg=0.04, tol=TOL, **options):
    if options.get("reg_reach") is None:
        weights = [w / w.sum() for w in weights]
    result = sinkhorn_divergence(x, y, *weights, reg=reg, tol=tol, **options)
    assert result.converged
    assert result.error <= tol
    return result


# -- closed forms ----------------------------------------------------------------------


def test_translation(way):
    x, _, a, _ = clouds()
    t = np.array([3.0, -4.0, 1.0])
    for reg in (0.005, 0.5):
        result = divergence(x, x + t, a, a, reg=reg, **way)
        np.testing.assert_allclose(result.value, t @ t, rtol=1e-12)
        np.testing.assert_allclose(
            result.gradient, -2 * np.outer(a / a.sum(), t), atol=2e-12
        )


def test_equals(way):
    x, _, a, _ = clouds()
    assert divergence(x, x, a, a, **way).value == 0
    # the same measure in another order is solved as if it were another
    order = np.random.default_rng(1).permutation(len(x))
    assert abs(divergence(x, x[order], a, a[order], **way).value) < 1e-10


@pytest.mark.parametrize("p", [1, 2])
def test_small_regularisation_gives_the_wasserstein_distance(p):
    x, y, a, b = clouds(30, 30)
    a, b = a / a.sum(), b / b.sum()
    expected = exact(cost_block(x, y, cost=COSTS[p]), a, b).value
    options = {"p": p, "tol": 1e-6, "max_iter": 10**5}
    errors = [
        abs(divergence(x, y, a, b, reg=reg, **options).value - expected)
        for reg in (2e-2, 2e-3, 2e-4)
    ]
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 1e-3 * expected


@pytest.mark.parametrize("p", [1, 2])
def test_large_regularisation_gives_the_quadratic_form(p):
    x, y, a, b = clouds()
    a, b = a / a.sum(), b / b.sum()
    C, own_x, own_y = (
        cost_block(*pair, cost=COSTS[p]) for pair in ((x, y), (x, x), (y, y))
    )
    expected = a @ C @ b - a @ own_x @ a / 2 - b @ own_y @ b / 2
    result = divergence(x, y, a, b, reg=1e6 * p, p=p, tol=1e-12)
    np.testing.assert_allclose(result.value, expected, rtol=1e-5)


def test_between_points(way):
    result = divergence([[0.0, 0.0]], [[3.0, 4.0]], reg=0.2, **way)
    np.testing.assert_allclose(result.value, 25)
    np.testing.assert_allclose(result.gradient, [[-6.0, -8.0]])
    # one point against many: the plan is known
    x, y, _, b = clouds()
    b = b / b.sum()
    result = divergence(x[:1], y, np.ones(1), b, **way)
    own = divergence(y, y, b, b, **way).self_potentials[0].value
    expected = b @ cost_block(x[:1], y)[0] - own / 2
    np.testing.assert_allclose(result.value, expected, atol=1e-9)


# -- all ways are one ------------------------------------------------------------------


def reference(x, y, a, b, reg, reg_reach=None, p=2):
    """By the dense solver, three times."""

    def solve(u, v, p_u, p_v):
        C = cost_block(u, v, cost=COSTS[p])
        return sinkhorn(C, p_u, p_v, reg=reg, reg_reach=reg_reach, tol=1e-12).objective

    value = solve(x, y, a, b) - solve(x, x, a, a) / 2 - solve(y, y, b, b) / 2
    return value + reg * (a.sum() - b.sum()) ** 2 / 2


@pytest.mark.parametrize("d", [1, 2, 3])
def test_all_ways_agree(way, d):
    x, y, a, b = clouds(d=d)
    a, b = a / a.sum(), b / b.sum()
    result = divergence(x, y, a, b, **way)
    np.testing.assert_allclose(result.value, reference(x, y, a, b, 0.04), atol=1e-9)
    np.testing.assert_allclose(result.plan.sum(axis=1), a, atol=1e-8)
    np.testing.assert_allclose(result.plan.sum(axis=0), b, atol=1e-8)


@pytest.mark.parametrize("solver", ["dense", "lazy"])
@pytest.mark.parametrize("p", [1, 2])
def test_powers_and_dimensions(p, solver):
    x, y, a, b = clouds(d=7)
    a, b = a / a.sum(), b / b.sum()
    result = divergence(x, y, a, b, p=p, reg=0.1 * p, solver=solver)
    expected = reference(x, y, a, b, 0.1 * p, p=p)
    np.testing.assert_allclose(result.value, expected, atol=1e-9)


@pytest.mark.parametrize("reach", [0.2, 2.0])
def test_unbalanced(way, reach):
    x, y, a, b = clouds()
    a, b = 2 * a / a.sum(), 3 * b / b.sum()
    result = divergence(x, y, a, b, reg_reach=reach, **way)
    expected = reference(x, y, a, b, 0.04, reach)
    np.testing.assert_allclose(result.value, expected, atol=1e-8 * max(1, reach))
    assert result.value > 0
    assert abs(divergence(x, x, a, a, reg_reach=reach, **way).value) < 1e-12


def test_wide_reach_between_masses(way):
    if way["solver"] == "dense":
        pytest.skip("sweeps without the best constant are slow here")
    x, y, a, b = clouds()
    a, b = 2 * a / a.sum(), 3 * b / b.sum()
    result = divergence(x, y, a, b, reg_reach=1e4, **way)
    # most of it is the price of the masses, at their geometric mean
    price = 1e4 * (np.sqrt(3) - np.sqrt(2)) ** 2
    np.testing.assert_allclose(result.value, price, rtol=1e-3)


def test_wide_reach_is_balanced():
    x, y, a, b = clouds()
    a, b = a / a.sum(), b / b.sum()
    balanced = divergence(x, y, a, b).value
    unbalanced = divergence(x, y, a, b, reg_reach=1e7).value
    np.testing.assert_allclose(unbalanced, balanced, rtol=1e-5)


def test_coarse_to_fine():
    x, y, a, b = clouds(2500, 300)  # one side has a coarse level, the other has none
    result = divergence(x, y, a, b, tol=1e-6, solver="multiscale")
    expected = divergence(x, y, a, b, tol=1e-6, solver="dense").value
    np.testing.assert_allclose(result.value, expected, rtol=1e-7)


@pytest.mark.parametrize("solver", ["dense", "multiscale"])
@pytest.mark.parametrize("reach", [None, 0.6])
def test_gradient(solver, reach):
    x, y, a, b = clouds(12, 15)
    a, b = a / a.sum(), b / b.sum()
    options = {"reg": 0.1, "reg_reach": reach, "tol": 1e-12, "solver": solver}
    gradient = divergence(x, y, a, b, **options).gradient
    step = 1e-4
    for i, k in [(0, 0), (3, 1), (11, 2)]:
        values = []
        for sign in (-1, 1):
            moved = x.copy()
            moved[i, k] += sign * step
            values.append(divergence(moved, y, a, b, **options).value)
        expected = (values[1] - values[0]) / (2 * step)
        np.testing.assert_allclose(gradient[i, k], expected, atol=2e-8)


def test_potentials_are_the_derivative_by_weights():
    x, y, a, b = clouds(12, 15)
    a, b = a / a.sum(), b / b.sum()
    f, _ = divergence(x, y, a, b, tol=1e-12).potentials
    step = 1e-5
    up, down = a.copy(), a.copy()
    up[[0, 1]] += step, -step
    down[[0, 1]] += -step, step
    values = [divergence(x, y, w, b, tol=1e-12).value for w in (up, down)]
    expected = (values[0] - values[1]) / (2 * step)
    np.testing.assert_allclose(f[0] - f[1], expected, atol=1e-7)


# -- laws ------------------------------------------------------------------------------


@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 10**6))
def test_symmetric_and_positive(n, m, seed):
    x, y, a, b = clouds(n, m, 2, seed)
    for solver in ("dense", "multiscale"):
        there = divergence(x, y, a, b, tol=1e-7, solver=solver).value
        back = divergence(y, x, b, a, tol=1e-7, solver=solver).value
        assert there >= 0
        np.testing.assert_allclose(there, back, rtol=1e-6, atol=1e-12)


def test_duplicates_are_weights(way):
    x, y, _, b = clouds()
    a = np.ones(len(x))
    a[3] = 2.0
    doubled = np.concatenate([x, x[3:4]])
    result = divergence(doubled, y, np.ones(len(doubled)), b, **way)
    expected = divergence(x, y, a, b, **way)
    np.testing.assert_allclose(result.value, expected.value, atol=1e-9)
    # where all points are one, cells have no size
    result = divergence(np.ones((70, 3)), np.zeros((90, 3)), **way)
    np.testing.assert_allclose(result.value, 3)


def test_points_without_weight(way):
    x, y, a, b = clouds()
    a[::3], b[1::2] = 0.0, 0.0
    result = divergence(x, y, a, b, **way)
    expected = divergence(x[a > 0], y[b > 0], a[a > 0], b[b > 0], **way)
    np.testing.assert_allclose(result.value, expected.value, atol=1e-9)
    assert np.isfinite(result.potentials[0]).all()
    assert (result.gradient[::3] == 0).all()
    # idle points have the potential of a point of next to no weight
    a = a / a.sum()
    light = np.where(a > 0, a, 1e-13)
    f = divergence(x, y, light / light.sum(), b, solver="dense").cross[0]
    np.testing.assert_allclose(
        result.cross[0] - result.cross[0][1], f - f[1], atol=1e-5
    )


@pytest.mark.parametrize("scale", [1e-9, 1e-3, 1e3, 1e9])
def test_scales(scale, way):
    x, y, a, b = clouds()
    expected = divergence(x, y, a, b, **way).value
    result = divergence(scale * x, scale * y, a, b, reg=0.04 * scale**2, **way)
    np.testing.assert_allclose(result.value / scale**2, expected, rtol=1e-6)


def test_far_from_the_origin():
    x, y, a, b = clouds()
    expected = divergence(x, y, a, b).value
    for solver in ("dense", "multiscale"):
        value = divergence(x + 1e6, y + 1e6, a, b, tol=1e-7, solver=solver).value
        np.testing.assert_allclose(value, expected, rtol=1e-6)


def test_far_apart_unbalanced(way):
    # exponents far below the range of floats
    x, y, a, b = clouds()
    result = divergence(x, y + 100.0, a, b, reg_reach=1.0, **way)
    own = [term.value for term in result.self_potentials]
    assert np.isfinite([result.value, *own]).all()
    assert result.value > 0


def test_self_terms_are_used():
    x, y, a, b = clouds()
    a, b = a / a.sum(), b / b.sum()
    own_x, own_y = self_potential(x, a, reg=0.04), self_potential(y, b, reg=0.04)
    result = sinkhorn_divergence(None, None, reg=0.04, self_x=own_x, self_y=own_y)
    assert result.self_potentials == (own_x, own_y)
    expected = sinkhorn_divergence(x, y, a, b, reg=0.04).value
    np.testing.assert_allclose(result.value, expected, rtol=1e-12)


def test_mass_is_a_factor():
    x, y, a, b = clouds()
    a, b = a / a.sum(), b / b.sum()
    one = sinkhorn_divergence(x, y, a, b, reg=0.04)
    two = sinkhorn_divergence(x, y, 2 * a, 2 * b, reg=0.04)
    np.testing.assert_allclose(two.value, 2 * one.value)
    np.testing.assert_allclose(two.gradient, 2 * one.gradient)
    np.testing.assert_allclose(two.plan, 2 * one.plan)


# -- trust -----------------------------------------------------------------------------


def test_non_convergence_is_told(way):
    x, y, a, b = clouds()
    a, b = a / a.sum(), b / b.sum()
    result = sinkhorn_divergence(x, y, a, b, reg=2e-4, tol=1e-12, max_iter=2, **way)
    assert not result.converged
    assert result.error > 1e-12
    assert "NOT CONVERGED" in repr(result)


def test_the_error_is_that_of_the_plan():
    x, y, a, b = clouds()
    a, b = a / a.sum(), b / b.sum()
    result = sinkhorn_divergence(x, y, a, b, reg=0.02, tol=1e-3, solver="multiscale")
    np.testing.assert_allclose(result.plan.sum(axis=1), a, rtol=1e-4)
    missed = np.abs(result.plan.sum(axis=0) - b).sum()
    assert missed <= 1.1e-3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"reg": 0.0}, "reg must be positive"),
        ({"tol": -1.0}, "tol must be positive"),
        ({"p": 3}, "p must be 1 or 2"),
        ({"max_iter": 0}, "max_iter must be an int of at least 1"),
        ({"solver": "exact"}, "solver must be one of"),
        ({"backend": "torch"}, "backend must be one of"),
        ({"solver": "multiscale", "p": 1}, "multiscale"),
        ({"solver": "lazy", "backend": "cells"}, "needs solver"),
        ({"a": np.ones(3)}, r"a must have shape \(60,\), got \(3,\)"),
        ({"a": np.full(60, -1.0)}, "a holds a negative weight"),
        ({"b": np.zeros(45)}, "b has no mass"),
        ({"a": np.full(60, 1.0)}, "one mass"),
        ({"x": np.ones((60, 2))}, r"y must have shape \(n_points, 2\), got \(45, 3\)"),
        ({"x": None}, "x is None: give points, or self_x"),
        ({"x": np.full((60, 3), np.nan)}, "x holds NaN"),
        (
            {"x": np.zeros((0, 3))},
            r"x must have shape \(n_points, n_dims\), got \(0, 3\)",
        ),
    ],
)
def test_errors(arguments, message):
    x, y, _, _ = clouds()
    with pytest.raises(ValueError, match=message):
        sinkhorn_divergence(**{"x": x, "y": y, "reg": 0.1, **arguments})


def test_gradient_of_distances():
    x, y, _, _ = clouds()
    with pytest.raises(ValueError, match="p=2"):
        sinkhorn_divergence(x, y, reg=0.1, p=1).gradient  # noqa: B018
