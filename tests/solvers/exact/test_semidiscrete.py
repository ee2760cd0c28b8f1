# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Many points onto few atoms: oracles, certificates, ties and memory."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from skot.solvers import exact, semidiscrete
from skot.solvers._exact import semidiscrete as _semidiscrete
from tests._data.clouds import seeds


@pytest.fixture
def tiny_sizes(monkeypatch):
    """Levels, cells and rounds, on problems an oracle can solve."""
    monkeypatch.setattr(_semidiscrete, "SMALL", 40)
    monkeypatch.setattr(_semidiscrete, "FEWEST", 2)


def problem(seed, n, k, counts=True):
    """Rows of 1 - p as in label-free error estimates, and masses of the classes."""
    rng = np.random.default_rng(seed)
    C = 1 - rng.dirichlet(np.ones(k), n)
    b = rng.dirichlet(np.ones(k))
    if counts:
        b = np.bincount(rng.choice(k, n, p=b), minlength=k) / n
    return b, C


def check(result, a, b, C):
    """All that makes a plan optimal, without an oracle."""
    plan, (f, g) = result.plan, result.potentials
    assert_allclose(plan.sum(axis=1), a, atol=1e-12)
    assert_allclose(plan.sum(axis=0), b, atol=1e-12)
    assert (result.masses > 0).all()
    assert (np.diff(result.rows) >= 0).all()
    C = C.astype(np.float64)
    scale = np.abs(C).max()
    assert (f[:, None] + g <= C + 1e-12 * scale).all()
    assert_allclose(result.value, a @ f + b @ g, atol=1e-11 * scale)
    assert_allclose(result.value, plan.multiply(C).sum(), atol=1e-12 * scale)
    assert result.converged
    assert 0 <= result.error <= 1e-11 * scale
    assert len(result.masses) <= len(a) + len(b) - 1


@given(seeds, st.integers(1, 40), st.integers(1, 6), st.booleans())
@settings(max_examples=40)
def test_small_problems(seed, n, k, counts):
    b, C = problem(seed, n, k, counts)
    result = semidiscrete(C, b=b)
    a = np.full(n, 1 / n)
    check(result, a, b, C)
    assert_allclose(result.value, exact(C, a, b).value, atol=1e-12)


@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("n", "k"), [(300, 2), (500, 5), (800, 30)])
def test_cells_and_borders(n, k, dtype, counts, tiny_sizes):
    """The whole machinery, against the network simplex."""
    for seed in range(3):
        b, C = problem(seed, n, k, counts)
        C = C.astype(dtype)
        result = semidiscrete(C, b=b)
        a = np.full(n, 1 / n)
        check(result, a, b, C)
        assert_allclose(result.value, exact(C, a, b).value, rtol=1e-9, atol=1e-12)


@given(seeds, st.integers(50, 200), st.integers(1, 6))
@settings(max_examples=25)
def test_weighted_points_and_absent_atoms(seed, n, k):
    rng = np.random.default_rng(seed)
    a = rng.dirichlet(np.ones(n)) * (rng.random(n) < 0.7)
    C = rng.normal(size=(n, k + 2)) * 10
    b = np.r_[0, rng.dirichlet(np.ones(k)) * a.sum(), 0]
    for small in (_semidiscrete.SMALL, 40):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_semidiscrete, "SMALL", small)
            patch.setattr(_semidiscrete, "FEWEST", 2)
            result = semidiscrete(C, a, b)
        check(result, a, b, C)
        assert_allclose(result.value, exact(C, a, b).value, atol=1e-10)


def test_two_classes_in_closed_form(tiny_sizes):
    """The largest probabilities go to the class, as many as it has."""
    b, C = problem(0, 501, 2)
    costs = np.sort(C[:, 0] - C[:, 1])
    n_first = round(b[0] * 501)
    value = (C[:, 1].sum() + costs[:n_first].sum()) / 501
    assert_allclose(semidiscrete(C, b=b).value, value, rtol=1e-12)


def test_ties_and_duplicates(tiny_sizes):
    """Integer costs: cells meet in whole sets of points."""
    rng = np.random.default_rng(0)
    for n, k, high in ((200, 4, 2), (300, 7, 3), (256, 3, 1)):
        C = rng.integers(0, high + 1, (n, k)).astype(float)
        b = np.bincount(rng.integers(k, size=n), minlength=k) / n
        result = semidiscrete(C, b=b)
        check(result, np.full(n, 1 / n), b, C)
        assert_allclose(result.value, exact(C, np.full(n, 1 / n), b).value, atol=1e-12)


@given(seeds, st.sampled_from([1e-30, 1e-6, 1e6, 1e30]))
@settings(max_examples=15)
def test_scales(seed, scale):
    b, C = problem(seed, 60, 4)
    base = semidiscrete(C, b=b)
    costs = semidiscrete(scale * C, b=b)
    assert costs.converged
    assert_allclose(costs.value / scale, base.value, rtol=1e-9)
    masses = semidiscrete(C, b=scale * b)
    assert masses.converged
    assert_allclose(masses.value / scale, base.value, rtol=1e-9)
    shifted = semidiscrete(C - 5, b=b)
    assert_allclose(shifted.value, base.value - 5)


def test_order_of_points_and_mean_costs(tiny_sizes):
    b, C = problem(1, 400, 6)
    result = semidiscrete(C, b=b)
    order = np.random.default_rng(0).permutation(400)
    shuffled = semidiscrete(C[order], b=b)
    assert_allclose(shuffled.value, result.value, rtol=1e-12)
    f, g = result.potentials
    costs = f + (result.plan @ g) * 400
    assert_allclose(costs, result.plan.multiply(C).sum(axis=1) * 400, atol=1e-12)
    assert_allclose(costs.mean(), result.value)


def test_an_answer_that_is_not_optimal_says_so(tiny_sizes, monkeypatch):
    for name, value in {"OPEN": 1.0, "FEWEST": 0, "CORRECTIONS": 0}.items():
        monkeypatch.setattr(_semidiscrete, name, value)
    b, C = problem(2, 800, 10)
    poor = semidiscrete(C, b=b, max_iter=2)
    best = exact(C, np.full(800, 1 / 800), b)
    assert not poor.converged
    assert "NOT CONVERGED" in repr(poor)
    assert 0 < poor.value - best.value <= poor.error + 1e-12
    assert_allclose(poor.plan.sum(axis=0), b, atol=1e-12)
    # and with patience it ends, whatever was opened at first
    assert semidiscrete(C, b=b, max_iter=500).converged


@pytest.mark.slow
def test_against_the_network_simplex_at_size():
    rng = np.random.default_rng(0)
    n, k = 50_000, 20
    C = 1 - rng.dirichlet(np.full(k, 0.3), n).astype(np.float32)
    b = np.bincount(rng.integers(k, size=n), minlength=k) / n
    a = np.full(n, 1 / n)
    result = semidiscrete(C, b=b)
    check(result, a, b, C)
    assert_allclose(result.value, exact(C, a, b).value, rtol=1e-9)


@pytest.mark.parametrize(
    ("a", "b", "C", "message"),
    [
        (None, [1.0], [[1.0, 2.0]], r"b must have shape \(2,\), got \(1,\)"),
        (None, [1.0], np.empty((0, 1)), "C must have shape"),
        ([1.0], [[1.0, 2.0]], None, r"costs come first.* semidiscrete\(C, a, b\)"),
        (1, 2, [0.5], r"costs come first.* semidiscrete\(C, a, b\)"),
        ([0.5, 0.5], [1.0], [[1.0], [np.nan]], "C holds NaN"),
        ([0.5, 0.5], [1.0], [[1.0], [np.inf]], "C holds NaN or infinity"),
        ([np.nan, 0.5], [1.0], [[1.0], [1.0]], "a holds NaN or infinity"),
        ([1.5, -0.5], [1.0], [[1.0], [1.0]], "a holds a negative weight"),
        ([1.0, 1.0], [1.0], [[1.0], [1.0]], "must have one mass, got 2 and 1"),
        ([0.0, 0.0], [0.0], [[1.0], [1.0]], "a has no mass"),
    ],
)
def test_refusals(a, b, C, message):
    with pytest.raises(ValueError, match=message):
        semidiscrete(C, a, b)
