# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Transport on a line against linear programming, SciPy, POT, and its own laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from skot.solvers import wasserstein_1d
from skot.solvers._line.line import line_slopes, uniform_plan
from tests._data.clouds import seeds, w2_squared

ot = pytest.importorskip("ot")

sizes = st.integers(1, 9)
orders = st.sampled_from([1, 1.5, 2, 3])


def numbers(seed, *sizes, weighted=True):
    """Values and weights, both with ties: quarters of integers, some weights zero."""
    rng = np.random.default_rng(seed)
    for n in sizes:
        weights = rng.integers(0, 4, n) + (rng.uniform(size=n) if seed % 2 else 0)
        weights[rng.integers(n)] += 1
        yield rng.integers(-20, 20, n) / 4, weights if weighted else None


@given(seeds, sizes, sizes, st.booleans())
def test_against_linear_programming(seed, n, m, weighted):
    (u, a), (v, b) = numbers(seed, n, m, weighted=weighted)
    shares = [None if w is None else w / w.sum() for w in (a, b)]
    expected = w2_squared(u[:, None], v[:, None], *shares)
    assert_allclose(wasserstein_1d(u, v, a, b), expected, rtol=1e-6, atol=1e-9)


@given(seeds, sizes, sizes, st.booleans())
def test_against_scipy(seed, n, m, weighted):
    (u, a), (v, b) = numbers(seed, n, m, weighted=weighted)
    expected = stats.wasserstein_distance(u, v, a, b)
    assert_allclose(wasserstein_1d(u, v, a, b, p=1), expected, atol=1e-12)


@given(seeds, sizes, sizes, orders, st.booleans())
def test_against_pot(seed, n, m, p, weighted):
    rng = np.random.default_rng(seed)
    u, v = rng.normal(size=(3, n)), rng.normal(size=(3, m))
    a, b = (rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(m))) * weighted or [
        None
    ] * 2
    expected = ot.wasserstein_1d(u.T, v.T, a, b, p=p)
    assert_allclose(wasserstein_1d(u, v, a, b, p=p), expected, rtol=1e-9, atol=1e-12)


@given(seeds, sizes, sizes, sizes, orders, st.booleans())
def test_metric_axioms(seed, n, m, k, p, weighted):
    (u, a), (v, b), (w, c) = numbers(seed, n, m, k, weighted=weighted)

    def distance(*sets):
        return wasserstein_1d(*sets, p=p) ** (1 / p)

    assert wasserstein_1d(u, u, a, a, p=p) == 0
    uv, vw, uw = distance(u, v, a, b), distance(v, w, b, c), distance(u, w, a, c)
    assert_allclose(distance(v, u, b, a), uv, rtol=1e-12)
    assert uw <= uv + vw + 1e-9


@given(seeds, sizes, st.floats(-50, 50), orders, st.booleans())
def test_translation(seed, n, t, p, weighted):
    ((u, a),) = numbers(seed, n, weighted=weighted)
    assert_allclose(
        wasserstein_1d(u, u + t, a, a, p=p), abs(t) ** p, rtol=1e-9, atol=1e-12
    )


@given(seeds, sizes, sizes, orders, st.booleans())
def test_only_the_measure_counts(seed, n, m, p, weighted):
    """Order of the points, points of no mass, points split in two, scale of masses."""
    (u, a), (v, b) = numbers(seed, n, m, weighted=weighted)
    expected = wasserstein_1d(u, v, a, b, p=p)
    order = np.random.default_rng(seed).permutation(n)
    a = np.ones(n) if a is None else a
    for values, weights in [
        (u[order], a[order]),
        (np.append(u, 1e6), np.append(a, 0)),
        (np.repeat(u, 3), np.repeat(a, 3) / 3),
        (u, 7e-9 * a),
    ]:
        assert_allclose(
            wasserstein_1d(values, v, weights, b, p=p), expected, rtol=1e-9, atol=1e-12
        )


@given(st.integers(1, 40), st.integers(1, 40))
def test_plan_of_equal_masses(n, m):
    rows, columns, masses = uniform_plan(n, m)
    assert_allclose(np.bincount(rows, masses, n), 1 / n)
    assert_allclose(np.bincount(columns, masses, m), 1 / m)
    assert (masses > 0).all()
    assert len(masses) == n + m - np.gcd(n, m)


def test_a_set_and_its_double_are_one():
    """Steps meet up to rounding, and no sliver of mass is left between them."""
    u = np.random.default_rng(0).normal(size=1001)
    w = np.random.default_rng(1).uniform(size=1001)
    assert wasserstein_1d(u, np.repeat(u, 3)) == 0
    assert wasserstein_1d(u, np.repeat(u, 3), w, np.repeat(w, 3) / 3) == 0


@given(seeds, sizes, sizes, st.sampled_from([1.5, 2, 3]), st.booleans())
def test_slopes(seed, n, m, p, weighted):
    rng = np.random.default_rng(seed)
    u, v = rng.normal(size=(2, n)), rng.normal(size=(2, m))
    a, b = (rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(m))) * weighted or [
        None
    ] * 2
    costs, du, dv = line_slopes(u, v, a, b, p)
    assert_allclose(costs, wasserstein_1d(u, v, a, b, p=p), rtol=1e-9)
    assert_allclose(du.sum(axis=1), -dv.sum(axis=1), atol=1e-12)
    # homogeneous of degree p
    assert_allclose((du * u).sum(1) + (dv * v).sum(1), p * costs, rtol=1e-9)
    step = 1e-6 * rng.normal(size=u.shape)
    there, back = (wasserstein_1d(u + s, v, a, b, p=p) for s in (step, -step))
    assert_allclose((there - back) / 2, (du * step).sum(axis=1), atol=1e-9)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (([], [1.0]), r"u must have 1 or 2 axes and values, got \(0,\)"),
        (([np.nan], [1.0]), "u holds NaN"),
        (([1.0], [np.inf]), "v holds NaN or infinity"),
        ((np.ones((2, 3)), np.ones((3, 3))), "u and v must have as many rows"),
        ((np.ones((2, 3)), np.ones(3)), "u and v must have as many rows"),
        (([1.0], [1.0], [1.0, 2.0]), r"a must have shape \(1,\), got \(2,\)"),
        (([1.0], [1.0], None, [-1.0]), "b holds a negative weight"),
        (([1.0], [1.0], None, [0.0]), "b has no mass"),
        (([1.0], [1.0], [np.nan]), "a holds NaN"),
    ],
)
def test_bad_input(args, message):
    with pytest.raises(ValueError, match=message):
        wasserstein_1d(*args)


@pytest.mark.parametrize("p", [0.5, np.nan, np.inf])
def test_bad_order(p):
    with pytest.raises(ValueError, match="p must be a finite number of at least 1"):
        wasserstein_1d([0.0], [1.0], p=p)
