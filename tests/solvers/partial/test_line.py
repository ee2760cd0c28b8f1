# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Partial transport on a line, and its slices, against the assignment problem."""

import numpy as np
import ot
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import linear_sum_assignment

from skot.solvers import (
    partial_path_1d,
    partial_wasserstein,
    partial_wasserstein_1d,
    wasserstein_1d,
)
from skot.solvers._partial import line
from tests._data.assignment import assignment

PENALTIES = [0.05, 0.3, 0.5, 1, 2, 5, 40]


def draw(rng, kind):
    """Draw two sets of numbers: all different, with ties in both, or in one."""
    n, m = rng.integers(1, 25, 2)
    if kind == 0:
        return rng.normal(size=n), rng.normal(size=m) + rng.normal()
    y = rng.integers(-3, 5, m).astype(float)
    return (rng.integers(-3, 5, n) if kind == 1 else rng.uniform(-3, 5, n)) * 1.0, y


def check(result, x, y, lam, p):
    C = np.abs(x[:, None] - y) ** p
    f, g = result.potentials
    assert_allclose(result.value, assignment(C, lam), rtol=1e-10, atol=1e-10)
    assert_allclose(f.sum() + g.sum(), result.value, rtol=1e-9, atol=1e-9)
    assert (C - f[:, None] - g).min() >= -1e-9
    assert max(f.max(), g.max()) <= lam + 1e-9
    i, j = result.rows, result.columns
    assert len(set(i)) == len(i)
    assert len(set(j)) == len(j)
    assert (np.diff(x[i]) >= 0).all()
    assert (np.diff(y[j]) >= 0).all()
    assert_allclose(C[i, j].sum() + lam * (len(x) + len(y) - 2 * len(i)), result.value)
    free = np.setdiff1d(np.arange(len(x)), i), np.setdiff1d(np.arange(len(y)), j)
    assert_allclose(f[free[0]], lam)
    assert_allclose(g[free[1]], lam)


def run(n_problems):
    rng = np.random.default_rng(0)
    for t in range(n_problems):
        x, y = draw(rng, t % 3)
        p, lam = [1, 1.5, 2, 3, 2.2][t % 5], rng.choice(PENALTIES)
        check(partial_wasserstein_1d(x, y, lam=lam, p=p), x, y, lam, p)


def test_against_assignment():
    """Ties included."""
    run(300)


@pytest.mark.slow
def test_3000_problems_against_assignment():
    run(3000)


@pytest.mark.parametrize("p", [1, 2, 3])
def test_the_path_of_pot(p):
    """Another implementation, on sets that overlap, lie apart, and differ in size."""
    rng = np.random.default_rng(9)
    for n, m, shift in [(200, 200, 0), (200, 300, 1), (300, 200, 1), (150, 150, 9)]:
        x, y = rng.normal(size=n), rng.normal(size=m) + shift
        path = partial_path_1d(x, y, p=p)
        rows, columns, costs = ot.partial.partial_wasserstein_1d(x, y, p=p)
        assert_allclose(path.costs, costs, rtol=1e-9, atol=1e-9)
        assert (np.diff(path.costs) >= 0).all()
        for k in (1, n // 2, min(n, m)):
            assert set(path.rows[:k]) == set(rows[:k])
            assert set(path.columns[:k]) == set(columns[:k])


@given(
    st.lists(st.integers(-6, 6), min_size=1, max_size=12),
    st.lists(st.integers(-6, 6), min_size=1, max_size=12),
    st.sampled_from([1, 1.5, 2, 3]),
    st.sampled_from(PENALTIES),
)
def test_whole_numbers(x, y, p, lam):
    """Points that coincide, and costs that are equal, in any order."""
    x, y = np.array(x, float), np.array(y, float)
    check(partial_wasserstein_1d(x, y, lam=lam, p=p), x, y, lam, p)


def test_penalties_at_ties_of_costs():
    """A pair whose cost is twice the penalty may be matched or not."""
    x, y = np.arange(8.0), np.arange(8.0) + 1
    for p in (1, 1.5, 2, 3):
        check(partial_wasserstein_1d(x, y, lam=0.5, p=p), x, y, 0.5, p)


def test_the_path_has_all_penalties_and_masses():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=12), rng.normal(size=17) + 0.5
    C = (x[:, None] - y) ** 2
    path = partial_path_1d(x, y)
    assert_allclose(path.values(PENALTIES), [assignment(C, lam) for lam in PENALTIES])
    total = np.cumsum(path.costs)
    for k in range(1, 13):
        result = partial_wasserstein_1d(x, y, mass=k)
        assert result.solver == "path"
        assert result.mass == k
        assert_allclose(result.value, total[k - 1])
        assert_allclose(result.value, partial_wasserstein(C=C, mass=k).value)
        assert result.error < 1e-9
        i, j = np.sort(path.rows[:k]), np.sort(path.columns[:k])
        assert set(result.rows) == set(i)
        assert set(result.columns) == set(j)
    for lam in (-1.0, np.nan):
        with pytest.raises(ValueError, match="lam must not be negative"):
            path.values(lam)
    with pytest.raises(ValueError, match="so far apart that costs for p=2 overflow"):
        partial_path_1d([0.0], [1e200])


@pytest.mark.parametrize("kind", ["any", "whole", "zeros", "equal", "probability"])
def test_weights(kind):
    rng = np.random.default_rng(2)
    for n, m in [(6, 9), (5, 5), (1, 4)]:
        x, y = rng.normal(size=n), rng.normal(size=m)
        a, b = {
            "any": (rng.uniform(size=n), rng.uniform(size=m)),
            "whole": (0.3 * rng.integers(1, 4, n), 0.3 * rng.integers(1, 4, m)),
            "zeros": (np.arange(n) % 3 + 0.0 ** (n - 1), np.arange(m) % 3),
            "equal": (np.full(n, 0.2), np.full(m, 0.2)),
            "probability": (np.full(n, 1 / n), np.full(m, 1 / m)),
        }[kind]
        C = np.abs(x[:, None] - y) ** 3
        for params in (
            {"lam": 0.4},
            {"lam": 1e-9},
            {"mass": 0.7 * min(a.sum(), b.sum())},
        ):
            result = partial_wasserstein_1d(x, y, a, b, p=3, **params)
            expected = partial_wasserstein(C, a, b, **params)
            assert_allclose(result.value, expected.value, atol=1e-9)
            assert result.error < 1e-8
            assert_allclose((result.plan.toarray() * C).sum(), result.cost)
            assert (result.plan.sum(axis=1) <= a + 1e-12).all()
            assert (result.plan.sum(axis=0) <= b + 1e-12).all()
            f, g = result.potentials
            assert (C - f[:, None] - g).min() >= -1e-9


def test_limits_and_symmetries():
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=300), rng.normal(size=300) + 0.3
    for p in (1, 1.5, 2):
        full = partial_wasserstein_1d(x, y, lam=1e3, p=p)
        assert_allclose(full.value, 300 * wasserstein_1d(x, y, p=p))
        one = partial_wasserstein_1d(x, y, lam=0.02, p=p)
        assert 0 < one.mass < 300
        for other in (
            partial_wasserstein_1d(y, x, lam=0.02, p=p),
            partial_wasserstein_1d(-x, -y, lam=0.02, p=p),
            partial_wasserstein_1d(x + 50, y + 50, lam=0.02, p=p),
            partial_wasserstein_1d(10 * x, 10 * y, lam=0.02 * 10**p, p=p),
        ):
            scale = other.lam / one.lam
            assert_allclose(other.value / scale, one.value, rtol=1e-9)
            assert other.mass == one.mass
    assert partial_wasserstein_1d(x, x, lam=1.0).value == 0


def test_a_distance():
    """The root is a metric on sets of any mass."""
    rng = np.random.default_rng(4)
    for _ in range(100):
        sets = [rng.normal(size=rng.integers(1, 9)) for _ in range(3)]
        lam = rng.choice([0.1, 0.5, 2])
        xy, yz, xz = (
            partial_wasserstein_1d(sets[i], sets[j], lam=lam).value ** 0.5
            for i, j in [(0, 1), (1, 2), (0, 2)]
        )
        assert xz <= xy + yz + 1e-9


@pytest.mark.parametrize("p", [1, 2])
def test_sets_that_lie_apart(p):
    """One block grows to hold all points."""
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=2000), rng.normal(size=2500) + 9
    far = partial_wasserstein_1d(x, y, lam=1e3, p=p)
    assert far.mass == 2000
    assert far.error < 1e-8
    assert partial_wasserstein_1d(x, y, lam=1e-3, p=p).mass == 0


@pytest.mark.parametrize("lam", [1e3, 1e15, 1e300])
@pytest.mark.parametrize("p", [1, 1.5, 2])
def test_a_huge_penalty_does_not_drown_costs(lam, p):
    rng = np.random.default_rng(6)
    x, y = rng.uniform(size=12), rng.uniform(size=30)
    C = np.abs(x[:, None] - y) ** p
    best = C[linear_sum_assignment(C)].sum()
    for result in (
        partial_wasserstein_1d(x, y, lam=lam, p=p),
        partial_wasserstein_1d(y, x, lam=lam, p=p),
        partial_wasserstein(C=C, lam=lam),
        partial_wasserstein(C=C.T, lam=lam),
    ):
        assert_allclose(result.cost, best, rtol=1e-12)
        assert result.lam == lam
        assert max(map(np.max, result.potentials)) <= lam
        assert result.error <= 1e-12 * result.value


def test_a_point_far_off_takes_no_digits():
    """Lengths are differences of sums, for p=1."""
    rng = np.random.default_rng(2)
    u, v = rng.normal(size=(2, 20))
    near = partial_wasserstein_1d(u, v, lam=0.3, p=1)
    for far in (-1e8, -1e15, 1e15):
        result = partial_wasserstein_1d(np.append(u, far), v, lam=0.3, p=1)
        assert_allclose(result.value, near.value + 0.3, rtol=1e-12)
        assert result.error < 1e-12


@pytest.mark.parametrize("p", [1, 2, 2.2])
def test_all_points_matched_in_line(p):
    """As many on both sides, at any penalty beyond the highest cost."""
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=50), rng.normal(size=50) + 9
    for lam in (1e3, 1e10, 1e15):
        result = partial_wasserstein_1d(x, y, lam=lam, p=p)
        f, g = result.potentials
        assert_allclose(result.value, 50 * wasserstein_1d(x, y, p=p))
        assert_allclose(f.sum() + g.sum(), result.value)
        assert (np.abs(x[:, None] - y) ** p - f[:, None] - g).min() > -1e-9


def test_masses_that_are_no_whole_number_of_points():
    x, y = [0.0, 1.0], [0.5, 3.0]
    for mass in (1e-10, 0.5, 0.9999999995, 1.5):
        result = partial_wasserstein_1d(x, y, mass=mass)
        assert_allclose(result.mass, mass, rtol=1e-6)
        C = np.subtract.outer(x, y) ** 2
        assert_allclose(result.value, partial_wasserstein(C=C, mass=mass).value)


def test_masses_that_differ_by_rounding_leave_nothing():
    rng = np.random.default_rng(8)
    for n in rng.integers(2, 9, 100):
        counts = rng.integers(1, 4, n)
        a = rng.uniform() * counts / counts.sum()
        same = np.zeros(n), np.zeros(n), a, rng.permutation(a)
        assert partial_wasserstein_1d(*same, lam=1e14).value == 0


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"lam": 0}, "lam must be"),
        ({"lam": np.nan}, "lam must be"),
        ({"lam": 1e308}, "lam must be"),
        ({"lam": 1, "p": 0.5}, "p must be"),
        ({"lam": 1, "x": []}, "x must have"),
        ({"lam": 1, "x": [np.nan]}, "x holds NaN"),
        ({"lam": 1, "x": [[1.0]]}, r"x must have shape \(n_source,\)"),
        ({"lam": 1, "a": [0.0]}, "a has no mass"),
        ({"mass": 3}, "mass must be"),
        ({}, "give either"),
    ],
)
def test_bad_input(params, message):
    with pytest.raises(ValueError, match=message):
        partial_wasserstein_1d(**{"x": [1.0], "y": [1.0, 2.0], **params})


def test_a_large_linear_program_warns(monkeypatch):
    monkeypatch.setattr(line, "LARGE", 5)
    with pytest.warns(UserWarning, match="linear program with 2 x 3 entries"):
        partial_wasserstein_1d([0.0, 1], [0.0, 1, 2], [0.1, 0.77], [1, 1, 1], lam=1.0)
