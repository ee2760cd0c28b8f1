# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Entropic transport: oracles, laws, scales, and how far an answer is trusted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.spatial.distance import cdist

from skot.solvers import exact, sinkhorn
from tests._data.clouds import clouds, seeds

sizes = st.integers(1, 9)
regs = st.sampled_from([0.01, 0.1, 1.0, 100.0])
METHODS = ["auto", "sinkhorn", "newton"]


def problem(seed, n, m):
    x, y = clouds(seed, n, m)
    rng = np.random.default_rng(seed)
    C = cdist(x, y, "sqeuclidean")
    return rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(m)), C


def primal(result, a, b, C, reg, reach=None):
    """Entropic value of the plan, from its definition."""

    def kl(p, q):
        return (np.where(p > 0, p * np.log(np.where(p > 0, p / q, 1)), 0) - p + q).sum()

    P = result.plan
    value = (P * C).sum() + reg * kl(P, np.outer(a, b))
    if reach is not None:
        value += reach * (kl(P.sum(axis=1), a) + kl(P.sum(axis=0), b))
    return value


# -- what is solved --------------------------------------------------------------------


@given(seeds, sizes, sizes, regs, st.sampled_from(METHODS))
@settings(max_examples=80)
def test_marginals_and_optimality(seed, n, m, reg, method):
    a, b, C = problem(seed, n, m)
    result = sinkhorn(C, a, b, reg=reg, method=method, max_iter=200_000)
    P, (f, g) = result.plan, result.potentials
    assert result.converged
    violation = np.abs(P.sum(axis=1) - a).sum() + np.abs(P.sum(axis=0) - b).sum()
    assert_allclose(violation, result.error, atol=1e-11)
    # the shape of the plan and its sums are all that optimality asks for
    assert_allclose(P, np.outer(a, b) * np.exp((f[:, None] + g - C) / reg), rtol=1e-6)
    assert_allclose(result.value, (P * C).sum(), rtol=1e-9, atol=1e-9)
    assert_allclose(result.objective, primal(result, a, b, C, reg), atol=1e-7 * C.max())
    assert_allclose(result.objective, a @ f + b @ g, atol=1e-7 * C.max())


@given(seeds, sizes, sizes)
@settings(max_examples=15)
def test_against_pot(seed, n, m):
    ot = pytest.importorskip("ot")
    a, b, C = problem(seed, n, m)
    theirs = ot.bregman.sinkhorn_log(a, b, C, 0.3, numItermax=100_000, stopThr=1e-12)
    assert_allclose(sinkhorn(C, a, b, reg=0.3).plan, theirs, atol=1e-8)


@given(seeds, sizes, sizes, st.sampled_from([0.1, 1.0, 10.0]), st.floats(0.1, 3))
@settings(max_examples=40)
def test_unbalanced(seed, n, m, reach, mass):
    a, b, C = problem(seed, n, m)
    b, reg = mass * b, 0.2
    result = sinkhorn(C, a, b, reg=reg, reg_reach=reach)
    assert result.converged
    f, g = result.potentials
    P = result.plan
    # what a plan sends is what its potentials, at that price, ask for
    assert_allclose(P.sum(axis=1), a * np.exp(-f / reach), atol=1e-9)
    assert_allclose(P.sum(axis=0), b * np.exp(-g / reach), atol=1e-9)
    assert_allclose(result.objective, primal(result, a, b, C, reg, reach), rtol=1e-6)
    sweeps = sinkhorn(C, a, b, reg=reg, reg_reach=reach, method="sinkhorn")
    assert_allclose(result.plan, sweeps.plan, atol=1e-8)


def test_unbalanced_against_pot():
    ot = pytest.importorskip("ot")
    a, b, C = problem(3, 6, 8)
    # every argument by name: POT has changed its defaults between versions
    theirs = ot.unbalanced.sinkhorn_unbalanced(
        a,
        2 * b,
        C,
        reg=0.3,
        reg_m=1.5,
        method="sinkhorn_stabilized",
        reg_type="kl",
        numItermax=100_000,
        stopThr=1e-14,
    )
    ours = sinkhorn(C, a, 2 * b, reg=0.3, reg_reach=1.5)
    assert_allclose(ours.plan, theirs, rtol=1e-5, atol=1e-9)


@given(st.floats(0.1, 5), st.floats(0.1, 5), st.floats(0, 10), st.floats(0.01, 10))
def test_two_diracs_unbalanced(a, b, cost, reach):
    """One number to find, in closed form."""
    reg = 0.7
    result = sinkhorn([[cost]], [a], [b], reg=reg, reg_reach=reach)
    logs = (reg * np.log(a * b) + reach * np.log(a) + reach * np.log(b) - cost) / (
        reg + 2 * reach
    )
    assert_allclose(result.plan, [[np.exp(logs)]], rtol=1e-7)


def test_a_long_reach_is_balanced():
    a, b, C = problem(1, 7, 5)
    far = sinkhorn(C, a, b, reg=0.1, reg_reach=1e7)
    assert_allclose(far.plan, sinkhorn(C, a, b, reg=0.1).plan, atol=1e-6)


@given(seeds, sizes, sizes)
@settings(max_examples=20)
def test_limits_of_reg(seed, n, m):
    a, b, C = problem(seed, n, m)
    wide = sinkhorn(C, a, b, reg=1e7)
    assert_allclose(wide.plan, np.outer(a, b), atol=1e-6)
    best = exact(C, a, b)
    near = sinkhorn(C, a, b, reg=1e-3 * C.max(), max_iter=100_000)
    assert near.converged
    assert near.value >= best.value - 1e-8 * C.max()
    # the entropy of a plan is at most that of its marginals
    assert near.value - best.value <= 1e-3 * C.max() * np.log(n * m + 1)


# -- invariance ------------------------------------------------------------------------


@given(seeds, st.sampled_from([1e-200, 1e-9, 1e9, 1e200]))
@settings(max_examples=15)
def test_scale_of_the_cost(seed, scale):
    a, b, C = problem(seed, 6, 8)
    base = sinkhorn(C, a, b, reg=0.05)
    scaled = sinkhorn(C * scale, a, b, reg=0.05 * scale)
    assert scaled.converged
    assert_allclose(scaled.plan, base.plan, atol=1e-8)
    assert_allclose(scaled.value / scale, base.value, rtol=1e-7)
    assert_allclose(scaled.objective / scale, base.objective, rtol=1e-7)


@given(seeds, st.sampled_from([1e-30, 1e-3, 1e3, 1e30]))
@settings(max_examples=15)
def test_scale_of_the_mass(seed, mass):
    a, b, C = problem(seed, 6, 4)
    base = sinkhorn(C, a, b, reg=0.05)
    scaled = sinkhorn(C, mass * a, mass * b, reg=0.05)
    assert_allclose(scaled.plan / mass, base.plan, atol=1e-8)
    assert_allclose(scaled.value / mass, base.value, rtol=1e-7)


@given(seeds)
@settings(max_examples=20)
def test_turned_shifted_shuffled(seed):
    a, b, C = problem(seed, 9, 4)
    base = sinkhorn(C, a, b, reg=0.05)
    turned = sinkhorn(C.T, b, a, reg=0.05)
    assert_allclose(turned.plan.T, base.plan, atol=1e-8)
    lower = sinkhorn(C - 100, a, b, reg=0.05)
    assert_allclose(lower.plan, base.plan, atol=1e-8)
    assert_allclose(lower.value, base.value - 100)
    assert_allclose(lower.objective, base.objective - 100)
    order = np.random.default_rng(seed).permutation(9)
    shuffled = sinkhorn(C[order], a[order], b, reg=0.05)
    assert_allclose(shuffled.plan, base.plan[order], atol=1e-8)


@given(seeds)
@settings(max_examples=20)
def test_zero_weights_and_duplicates(seed):
    a, b, C = problem(seed, 5, 6)
    base = sinkhorn(C, a, b, reg=0.1)
    absent = sinkhorn(np.pad(C, ((0, 2), (1, 0))), np.r_[a, 0, 0], np.r_[0, b], reg=0.1)
    assert_allclose(absent.plan[:5, 1:], base.plan, atol=1e-8)
    assert absent.plan[5:].sum() == absent.plan[:, 0].sum() == 0
    assert np.isfinite(np.concatenate(absent.potentials)).all()
    twice = sinkhorn(C[[0, *range(5)]], np.r_[a[:1] / 2, a[:1] / 2, a[1:]], b, reg=0.1)
    assert_allclose(twice.plan[:2].sum(axis=0), base.plan[0], atol=1e-8)
    assert_allclose(twice.plan[0], twice.plan[1])


@pytest.mark.parametrize("reach", [None, 2.0])
def test_potentials_of_absent_atoms_extend_the_others(reach):
    a, b, C = problem(0, 5, 6)
    a[0] = 0
    a /= a.sum()
    absent = sinkhorn(C, a, b, reg=0.1, reg_reach=reach).potentials[0]
    a[0] = 1e-12
    light = sinkhorn(C, a, b, reg=0.1, reg_reach=reach).potentials[0]
    shift = absent[1] - light[1] if reach is None else 0.0
    assert_allclose(absent, light + shift, atol=1e-6)


def test_smallest_problems():
    assert_allclose(sinkhorn([[3.0]], [1.0], [1.0], reg=0.1).plan, [[1.0]])
    assert_allclose(sinkhorn([[1.0, 3.0]], [1.0], [0.5, 0.5], reg=0.1).value, 2)
    flat = sinkhorn(np.zeros((2, 2)), [0.5, 0.5], [0.2, 0.8], reg=0.1)
    assert_allclose(flat.plan, [[0.1, 0.4], [0.1, 0.4]])
    assert_allclose(flat.objective, 0, atol=1e-15)


def test_arguments_are_left_alone():
    a, b, C = problem(0, 5, 6)
    copies = [v.copy() for v in (a, b, C)]
    for v in (a, b, C):
        v.flags.writeable = False
    _ = sinkhorn(C, a, b, reg=0.1, method="newton").plan
    for v, copy in zip((a, b, C), copies, strict=True):
        assert_allclose(v, copy, rtol=0)


# -- symmetric problems and divergences ------------------------------------------------


@given(seeds, st.integers(1, 20), regs)
@settings(max_examples=30)
def test_a_set_against_itself(seed, n, reg):
    (x,) = clouds(seed, n)
    a = np.random.default_rng(seed).dirichlet(np.ones(n))
    result = sinkhorn(cdist(x, x, "sqeuclidean"), a, a, reg=reg)
    assert result.converged
    assert_allclose(result.plan, result.plan.T, atol=1e-8)
    assert result.objective <= 1e-12 + reg * np.log(n)


def test_averaged_potentials_need_few_sweeps():
    (x,) = clouds(0, 300)
    a = np.full(300, 1 / 300)
    C = cdist(x, x, "sqeuclidean")
    for share in (0.1, 0.01, 0.001):
        result = sinkhorn(C, a, a, reg=share * C.max(), anneal=False, method="sinkhorn")
        assert result.converged
        assert result.n_iter <= 60
        f, g = result.potentials
        assert_allclose(f, g, atol=1e-7 * C.max())


def divergence(x, y, a, b, reg):
    def value(p, q, s, t):
        return sinkhorn(cdist(p, q, "sqeuclidean"), s, t, reg=reg).objective

    return value(x, y, a, b) - value(x, x, a, a) / 2 - value(y, y, b, b) / 2


@given(seeds, sizes, sizes, st.sampled_from([0.01, 0.3, 10]))
@settings(max_examples=25)
def test_divergences_are_not_negative(seed, n, m, reg):
    """What geomloss was asked to mend: issues 24, 25, 36, 51, 74, 86."""
    x, y = clouds(seed, n, m)
    a, b, _ = problem(seed, n, m)
    assert divergence(x, y, a, b, reg) >= -1e-8
    assert_allclose(divergence(x, x, a, a, reg), 0, atol=1e-12)
    one = np.ones((1, 3))
    assert divergence(one, one, np.ones(1), np.ones(1), reg) == 0
    # a translation is its own square, whatever the regularisation
    assert_allclose(divergence(x, x + 2.0, a, a, reg), 12, rtol=1e-7)


# -- what others stumble over ----------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("reg", [1e-3, 1e-6, 1e-9, 1e-12])
def test_small_reg_gives_no_nan(reg, method):
    """What POT was asked to mend: issues 54, 194, 311, 314, 552, 723."""
    a, b, C = problem(0, 20, 30)
    a[3] = b[4] = 0
    a, b = a / a.sum(), b / b.sum()
    result = sinkhorn(C, a, b, reg=reg * C.max(), method=method, max_iter=2000)
    assert np.isfinite(np.concatenate(result.potentials)).all()
    assert np.isfinite(result.plan).all()
    # trusted or not, the answer says what its plan says
    P = result.plan
    violation = np.abs(P.sum(axis=0) - b).sum() + np.abs(P.sum(axis=1) - a).sum()
    assert_allclose(violation, result.error, atol=1e-15 / reg, rtol=1e-3)
    assert result.converged == (result.error <= 1e-9)
    if reg >= 1e-6 and method != "sinkhorn":
        assert result.converged
        assert_allclose(result.value, exact(C, a, b).value, rtol=30 * reg)


def test_weights_in_float32_and_sets_of_different_size():
    """What POT was asked to mend: issues 93, 126, 190."""
    x, y = clouds(0, 700, 300)
    a, b = (np.full(n, 1 / n, dtype=np.float32) for n in (700, 300))
    assert a.astype(float).sum() != b.astype(float).sum()
    C = cdist(x, y).astype(np.float32)
    result = sinkhorn(C, a, b, reg=0.05)
    assert result.converged
    assert result.value > 0
    assert_allclose(result.plan.sum(axis=0), b, rtol=1e-6)


def test_costs_that_span_thirty_two_orders():
    """What POT and gudhi were asked to mend: issues 229 and 465."""
    a, b, C = problem(5, 8, 8)
    a = b = np.full(8, 1 / 8)
    forbidden = np.random.default_rng(0).random((8, 8)) < 0.4
    np.fill_diagonal(forbidden, False)  # the identity remains
    base = sinkhorn(np.where(forbidden, 1e3, C), a, b, reg=0.2)
    for high in (1e8, 1e32):
        far = sinkhorn(np.where(forbidden, high, C), a, b, reg=0.2)
        assert far.converged
        assert_allclose(far.plan, base.plan, atol=1e-8)
        assert far.plan[forbidden].sum() == 0


@pytest.mark.parametrize("shape", [(30, 40), (40, 30)])
@pytest.mark.parametrize("reach", [None, 1.0])
def test_points_far_out(shape, reach):
    """Atoms that no kernel of the others sees; a range of 4e8 times reg."""
    x, y = (np.random.default_rng(n).random((n, 2)) for n in shape)
    x[0] += 1e3
    y[1] -= 1e3
    a, b = (np.full(n, 1 / n) for n in shape)
    C = cdist(x, y, "sqeuclidean")
    result = sinkhorn(C, a, b, reg=0.01, reg_reach=reach)
    assert result.converged
    if reach is None:
        assert_allclose(result.value, exact(C, a, b).value, rtol=1e-6)
    else:  # too far to be worth the way
        assert result.plan[0].sum() == result.plan[:, 1].sum() == 0


@pytest.mark.parametrize("method", METHODS)
def test_nothing_is_worth_moving(method):
    C = 1e4 + np.random.default_rng(0).random((5, 7))
    a, b = np.full(5, 2.0), np.full(7, 1.0)
    result = sinkhorn(C, a, b, reg=0.1, reg_reach=0.1, method=method)
    assert result.converged
    assert result.value == result.plan.sum() == 0
    assert_allclose(result.objective, 0.1 * (10 + 7) + 0.1 * 70)


@pytest.mark.parametrize("mass", [1e-140, 1e140])
def test_unbalanced_masses_of_any_size(mass):
    a, b, C = problem(0, 5, 7)
    result = sinkhorn(C, mass * a, mass * b, reg=0.5, reg_reach=2.0)
    assert result.converged
    f, _ = result.potentials
    assert_allclose(result.plan.sum(axis=1) / mass, a * np.exp(-f / 2), rtol=1e-8)


# -- how far an answer is trusted ------------------------------------------------------


def test_an_answer_that_has_not_converged_says_so():
    a, b, C = problem(0, 40, 50)
    poor = sinkhorn(C, a, b, reg=1e-3 * C.max(), max_iter=30, method="sinkhorn")
    best = sinkhorn(C, a, b, reg=1e-3 * C.max())
    assert best.converged
    assert not poor.converged
    assert "NOT CONVERGED" in repr(poor)
    assert poor.n_iter <= 30
    assert poor.error > 1e-9
    P = poor.plan
    violation = np.abs(P.sum(axis=0) - b).sum() + np.abs(P.sum(axis=1) - a).sum()
    assert_allclose(violation, poor.error, rtol=1e-6)
    assert poor.objective <= best.objective + 1e-12  # a bound, wherever it stopped


def test_a_tolerance_is_kept():
    a, b, C = problem(0, 40, 50)
    for tol in (1e-2, 1e-5, 1e-12):
        result = sinkhorn(C, a, b, reg=1e-2 * C.max(), tol=tol)
        assert result.converged
        assert result.error <= tol


def test_a_warm_start_needs_no_work():
    for n, m in ((40, 50), (50, 40)):
        a, b, C = problem(0, n, m)
        cold = sinkhorn(C, a, b, reg=1e-2 * C.max(), tol=1e-11)
        warm = sinkhorn(C, a, b, reg=1e-2 * C.max(), init=cold.potentials, tol=1e-9)
        assert warm.n_iter <= 1
        assert_allclose(warm.plan, cold.plan, atol=1e-9)


def test_a_plan_is_computed_when_asked_for():
    result = sinkhorn([[0.0], [1.0]], [0.5, 0.5], [1.0], reg=1)
    assert "plan" not in vars(result)
    assert result.plan is result.plan


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"C": [[1.0, 2.0]]}, r"a must have shape \(1,\), got \(2,\)"),
        ({"C": [1.0, 2.0]}, r"C must have shape .*: sinkhorn\(C, a, b\)"),
        ({"C": [[1.0], [np.inf]]}, "C holds NaN or infinity"),
        ({"a": [1.5, -0.5]}, "a holds a negative weight"),
        ({"a": [0.0, 0.0]}, "a has no mass"),
        ({"a": [1.0, 1.0]}, "one mass"),
        ({"reg": 0}, "reg must be positive"),
        ({"reg": np.inf}, "reg must be positive and finite"),
        ({"reg_reach": -1}, "reg_reach must be positive"),
        ({"tol": 0}, "tol must be positive"),
        ({"max_iter": 0}, "max_iter must be an int of at least 1"),
        ({"max_iter": 10.0}, "max_iter must be an int of at least 1"),
        ({"init": ([0.0], [0.0])}, r"f must have shape \(2,\)"),
        ({"method": "magic"}, "method must be one of"),
        ({"sparsity": "none"}, "sparsity must be"),
        ({"sparsity": 2.0}, "sparsity must be"),
    ],
)
def test_refusals(changes, message):
    arguments = {"a": [0.5, 0.5], "b": [1.0], "C": [[1.0], [2.0]], "reg": 1, **changes}
    with pytest.raises(ValueError, match=message):
        sinkhorn(**arguments)


def test_the_order_of_old_is_refused_with_the_new_one():
    with pytest.raises(ValueError, match=r"costs come first, .*: sinkhorn\(C, a, b\)"):
        sinkhorn([0.5, 0.5], [1.0], [[1.0], [2.0]], reg=1)


def test_weights_that_are_not_given():
    C = np.random.default_rng(0).random((4, 5))
    uniform = sinkhorn(C, np.full(4, 1 / 4), np.full(5, 1 / 5), reg=0.1)
    assert_allclose(sinkhorn(C, reg=0.1).plan, uniform.plan, rtol=0)
    # where mass may be left, a point has mass 1
    free = sinkhorn(C, np.ones(4), np.ones(5), reg=0.1, reg_reach=1.0)
    assert_allclose(sinkhorn(C, reg=0.1, reg_reach=1.0).plan, free.plan, rtol=0)
