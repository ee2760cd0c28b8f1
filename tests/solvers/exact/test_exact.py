# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Exact transport against SciPy's linear programming, and how far it is trusted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.spatial.distance import cdist

from skot.solvers import exact
from skot.solvers._exact import exact as _exact
from tests._data.clouds import clouds, seeds, w2_squared


@given(seeds, st.integers(1, 8), st.integers(1, 8), st.sampled_from([1e-200, 1, 1e200]))
@settings(max_examples=60)
def test_against_linear_programming(seed, n, m, scale):
    x, y = clouds(seed, n, m)
    rng = np.random.default_rng(seed)
    a, b = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(m))
    C = cdist(x, y, "sqeuclidean")
    result = exact(C * scale, a, b)
    assert result.converged
    assert_allclose(result.value / scale, w2_squared(x, y, a, b), rtol=1e-6, atol=1e-9)
    assert_allclose(result.plan.sum(axis=1), a, atol=1e-12)
    assert_allclose(result.plan.sum(axis=0), b, atol=1e-12)
    assert result.error <= 1e-9 * C.max() * scale
    f, g = (p / scale for p in result.potentials)
    assert (f[:, None] + g <= C + 1e-9).all()
    assert_allclose(a @ f + b @ g, result.value / scale, atol=1e-9)


@given(seeds)
def test_negative_costs_and_shifts(seed):
    x, y = clouds(seed, 5, 6)
    a, b = np.full(5, 1 / 5), np.full(6, 1 / 6)
    C = cdist(x, y)
    base, lower = exact(C, a, b), exact(C - 100, a, b)
    assert_allclose(lower.value, base.value - 100)
    assert lower.error < 1e-9
    assert_allclose(lower.plan, base.plan, atol=1e-12)


def test_zero_weights_and_duplicates():
    C = cdist(*clouds(0, 5, 4))
    a = np.array([0.5, 0, 0.25, 0, 0.25])
    b = np.array([0.5, 0.5, 0, 0])
    result = exact(C, a, b)
    inner = exact(C[np.ix_(a > 0, b > 0)], a[a > 0], b[b > 0])
    assert_allclose(result.value, inner.value)
    assert result.error < 1e-12
    assert exact(np.zeros((2, 2)), [0.5, 0.5], [0.5, 0.5]).value == 0
    assert exact([[1.0, 3.0]], [1.0], [0.5, 0.5]).value == 2
    assert exact([[1.0], [3.0]], [0.5, 0.5], [1.0]).value == 2


def test_without_weights_all_weigh_alike():
    C = cdist(*clouds(0, 5, 4))
    given = exact(C, np.full(5, 1 / 5), np.full(4, 1 / 4))
    assert exact(C).value == exact(C, b=np.full(4, 1 / 4)).value == given.value


@pytest.mark.parametrize("mass", [1e-12, 1e8, 1e12])
def test_any_total_of_mass(mass):
    rng = np.random.default_rng(0)
    for _ in range(20):
        C = cdist(*rng.normal(size=(2, 9, 2)))
        a, b = rng.uniform(size=(2, 9))
        b *= a.sum() / b.sum()
        one = exact(C, a, b)
        heavy = exact(C, mass * a, mass * b)
        assert heavy.converged
        assert_allclose(heavy.value, mass * one.value)


def test_an_answer_that_is_not_optimal_says_so():
    C = cdist(*clouds(0, 60, 60))
    a = np.full(60, 1 / 60)
    best, poor = exact(C, a, a), exact(C, a, a, max_iter=5)
    assert best.converged
    assert not poor.converged
    assert "NOT CONVERGED" in repr(poor)
    assert poor.value - best.value <= poor.error + 1e-12
    assert_allclose(poor.plan.sum(axis=1), a, atol=1e-12)


def test_a_solver_that_fails_raises(monkeypatch):
    monkeypatch.setattr(_exact, "_OPTIMAL", -1)
    with pytest.raises(RuntimeError, match="network simplex failed"):
        exact([[0.0, 1.0], [1.0, 0.0]], [0.5, 0.5], [0.5, 0.5])


@pytest.mark.parametrize(
    ("a", "b", "C", "message"),
    [
        ([1.0], [1.0], [[1.0, 2.0]], r"b must have shape \(2,\), got \(1,\)"),
        ([1.0], [[1.0, 2.0]], [1.0], r"costs come first.* exact\(C, a, b\)"),
        ([0.5, 0.5], [1.0], [[1.0], [np.nan]], "C holds NaN"),
        ([np.inf, 0.5], [1.0], [[1.0], [1.0]], "a holds NaN or infinity"),
        ([1.5, -0.5], [1.0], [[1.0], [1.0]], "a holds a negative weight"),
        ([1.0, 1.0], [1.0], [[1.0], [1.0]], "must have one mass, got 2 and 1"),
        ([0.0, 0.0], [0.0], [[1.0], [1.0]], "a has no mass"),
    ],
)
def test_refusals(a, b, C, message):
    with pytest.raises(ValueError, match=message):
        exact(C, a, b)
