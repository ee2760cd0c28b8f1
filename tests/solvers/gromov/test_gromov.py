# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Gromov-Wasserstein plans: golden values, brute force, POT, invariants."""

from itertools import combinations, permutations

import numpy as np
import ot
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.spatial.distance import cdist

from skot.solvers import (
    fused_gromov_wasserstein,
    fused_partial_gromov_wasserstein,
    gromov_wasserstein,
    partial_gromov_wasserstein,
    prepare_space,
)
from tests._data.clouds import seq
from tests._data.spaces import distances, energy, penalised, random_pair

A, B = seq(4, 0), 1.4 * seq(5, 0.25)
B2 = seq(4, 0.55) * (1.2, 0.7)
M = cdist(A, B, "sqeuclidean")


def brute_force(C1, C2, lam, M=None, alpha=1.0):
    """Least value over all partial matchings of points of mass 1."""
    n, m = len(C1), len(C2)
    best = lam * (n**2 + m**2)
    for k in range(1, min(n, m) + 1):
        for rows in combinations(range(n), k):
            for columns in permutations(range(m), k):
                gaps = C1[np.ix_(rows, rows)] - C2[np.ix_(columns, columns)]
                value = alpha * (gaps**2).sum() + lam * (n**2 + m**2 - 2 * k**2)
                if M is not None:
                    value += (1 - alpha) * M[list(rows), list(columns)].sum()
                best = min(best, value)
    return best


# -- golden values ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lam", "value", "mass"),
    [
        (0.005, 0.168259952738407, 2),
        (0.02, 0.538454681517228, 3),
        (0.1, 1.747056571019809, 4),
        (1, 9.847056571019810, 4),
    ],
)
def test_golden_partial(lam, value, mass):
    result = partial_gromov_wasserstein(distances(A), distances(B), lam=lam)
    assert_allclose(result.value, value, rtol=0, atol=1e-8)
    assert_allclose(result.mass, mass)
    assert_allclose(brute_force(distances(A), distances(B), lam), value, atol=1e-12)
    assert result.converged


@pytest.mark.parametrize(
    ("lam", "value", "mass"),
    [
        (0.005, 0.200477925881127, 1),
        (0.02, 0.720520817872342, 2),
        (0.1, 2.145069879707224, 4),
        (1, 10.245069879707223, 4),
    ],
)
def test_golden_fused_partial(lam, value, mass):
    result = fused_partial_gromov_wasserstein(
        distances(A), distances(B), M, alpha=0.6, lam=lam
    )
    assert_allclose(result.value, value, rtol=0, atol=1e-8)
    assert_allclose(result.mass, mass)


@pytest.mark.parametrize(
    ("lam", "value"),
    [(0.02, 0.482775750149594), (0.1, 1.38928137715396), (1, 9.48928137715396)],
)
def test_golden_of_the_linear_table(lam, value):
    C, C1, C2 = distances(A), distances(B), distances(B2)
    assert_allclose(partial_gromov_wasserstein(C1, C2, lam=lam).value, value, atol=1e-8)
    assert_allclose(
        partial_gromov_wasserstein(C, C2, lam=lam).value, 0.103795969338575, atol=1e-8
    )


@pytest.mark.parametrize("lam", [0.01, 0.5, 1, 1.33, 1.34, 2, 50])
def test_two_points(lam):
    C = np.array([[0.0, 1.0], [1.0, 0.0]])
    result = partial_gromov_wasserstein(C, 3 * C, lam=lam)
    assert_allclose(result.value, min(6 * lam, 8), rtol=1e-12)
    single = partial_gromov_wasserstein(C, 3 * C, lam=lam, n_starts=1)
    assert result.value <= single.value  # which the product start leads astray


# -- invariants ------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), lam=st.floats(1e-3, 10), s=st.floats(0.1, 10))
def test_invariants(seed, lam, s):
    C1, C2, rng = random_pair(seed, 2, 8)
    a, b = rng.uniform(0.5, 2, len(C1)), rng.uniform(0.5, 2, len(C2))
    result = partial_gromov_wasserstein(C1, C2, a, b, lam=lam)
    trivial = lam * (a.sum() ** 2 + b.sum() ** 2)
    assert 0 <= result.value <= trivial * (1 + 1e-12)
    assert (result.plan >= 0).all()
    assert (result.plan.sum(axis=1) <= a + 1e-12 * a.sum()).all()
    assert (result.plan.sum(axis=0) <= b + 1e-12 * b.sum()).all()
    value = penalised(result.plan, C1, C2, a, b, lam)
    assert_allclose(result.value, value, rtol=1e-9, atol=1e-9 * trivial)
    assert result.error <= 1e-6 * trivial
    # the same problem in other units, from the plan found
    scaled = partial_gromov_wasserstein(
        s * C1, s * C2, a, b, lam=s**2 * lam, init=result.plan
    )
    assert_allclose(scaled.value, s**2 * result.value, rtol=1e-6, atol=1e-9 * s**2)
    heavier = partial_gromov_wasserstein(
        C1, C2, s * a, s * b, lam=lam, init=s * result.plan
    )
    assert_allclose(heavier.value, s**2 * result.value, rtol=1e-6, atol=1e-9 * s**2)
    turned = partial_gromov_wasserstein(C2, C1, b, a, lam=lam, init=result.plan.T)
    assert_allclose(turned.value, result.value, rtol=1e-6, atol=1e-9)


def test_large_penalty_is_balanced():
    C1, C2, rng = random_pair(3)
    n = min(len(C1), len(C2))
    C1, C2 = C1[:n, :n], C2[:n, :n]
    cost = rng.uniform(size=(n, n))
    w = np.full(n, 1 / n)
    whole = gromov_wasserstein(C1, C2)
    part = partial_gromov_wasserstein(C1, C2, w, w, lam=100.0, init=whole.plan)
    assert_allclose(part.value, whole.value, rtol=1e-6)
    whole = fused_gromov_wasserstein(C1, C2, cost, alpha=0.6)
    part = fused_partial_gromov_wasserstein(
        C1, C2, cost, w, w, alpha=0.6, lam=100.0, init=whole.plan
    )
    assert_allclose(part.value, whole.value, rtol=1e-6)


def test_one_descent_is_that_of_pot():
    for seed in range(10):
        C1, C2, rng = random_pair(seed)
        p, q = ot.unif(len(C1)), ot.unif(len(C2))
        cost = rng.uniform(size=(len(p), len(q)))
        ours = gromov_wasserstein(C1, C2, n_starts=1)
        assert_allclose(ours.value, ot.gromov.gromov_wasserstein2(C1, C2, p, q))
        ours = fused_gromov_wasserstein(C1, C2, cost, alpha=0.6, n_starts=1)
        theirs = ot.gromov.fused_gromov_wasserstein2(cost, C1, C2, p, q, alpha=0.6)
        assert_allclose(ours.value, theirs, rtol=1e-5)


def test_conventions():
    """No half in front, no root: the plain sum, whichever side is first."""
    C1, C2, _ = random_pair(5)
    plan = gromov_wasserstein(C1, C2)
    assert_allclose(plan.value, energy(plan.plan, C1, C2))
    assert_allclose(plan.plan.sum(axis=1), 1 / len(C1))
    assert_allclose(plan.plan.sum(axis=0), 1 / len(C2))
    assert plan.value >= 0


def test_mass_given_and_mass_found_agree():
    for seed in range(5):
        C1, C2, _ = random_pair(seed)
        p, q = np.ones(len(C1)), np.ones(len(C2))
        ours = partial_gromov_wasserstein(C1, C2, lam=0.2)
        if ours.mass == 0:
            continue
        again = ot.gromov.partial_gromov_wasserstein(
            C1, C2, p, q, m=min(ours.mass, min(len(p), len(q))), G0=ours.plan
        )
        found = energy(ours.plan, C1, C2)
        assert energy(again, C1, C2) >= found - 1e-7 * (1 + found)
        fixed = partial_gromov_wasserstein(C1, C2, mass=ours.mass)
        assert_allclose(fixed.mass, ours.mass)
        assert fixed.value >= 0


@pytest.mark.parametrize("mass", [1.0, 2.5, 4.0])
def test_mass_given_against_pot(mass):
    for seed in range(5):
        C1, C2, rng = random_pair(seed)
        p, q = np.ones(len(C1)), np.ones(len(C2))
        cost = rng.uniform(size=(len(p), len(q)))
        ours = partial_gromov_wasserstein(C1, C2, mass=mass)
        plan = ot.gromov.partial_gromov_wasserstein(C1, C2, p, q, m=mass)
        assert ours.value <= energy(plan, C1, C2) + 1e-9
        assert_allclose(ours.plan.sum(), mass)
        ours = fused_partial_gromov_wasserstein(C1, C2, cost, alpha=0.0, mass=mass)
        assert_allclose(ours.value, ot.partial.partial_wasserstein2(p, q, cost, m=mass))


def test_triangle_inequality_of_global_values():
    rng = np.random.RandomState(0)
    for lam in (0.05, 0.5, 5):
        for _ in range(10):
            spaces = [distances(rng.normal(size=(rng.randint(1, 4), 2))) for _ in "123"]
            D = np.zeros((3, 3))
            for i, j in combinations(range(3), 2):
                value = partial_gromov_wasserstein(spaces[i], spaces[j], lam=lam).value
                assert_allclose(value, brute_force(spaces[i], spaces[j], lam))
                D[i, j] = D[j, i] = np.sqrt(value)
            assert (D[:, [1]] + D[[1]] - D).min() >= -1e-9


def test_structure_alone_and_features_alone():
    C1, C2 = distances(A), distances(B)
    fused = fused_partial_gromov_wasserstein(C1, C2, M, alpha=1.0, lam=0.1)
    plain = partial_gromov_wasserstein(C1, C2, lam=0.1)
    assert_allclose(fused.value, plain.value)
    result = fused_partial_gromov_wasserstein(C1, C2, M, alpha=0.0, lam=0.02)
    assert_allclose(result.value, brute_force(C1, C2, 0.02, M, 0.0))
    path = np.array([[0.0, 1, 2], [1, 0, 1], [2, 1, 0]])
    same = fused_partial_gromov_wasserstein(
        path, path, 1 - np.eye(3), alpha=0.5, lam=1.0
    )
    assert same.value == 0


# -- bad input -------------------------------------------------------------------------

SQUARE = np.ones((2, 2))


@pytest.mark.parametrize(
    ("C", "weights", "message"),
    [
        (np.ones((2, 3)), None, r"C1 must have shape \(2, 2\), got \(2, 3\)"),
        (np.ones(2), None, r"C1 must have shape \(n, n\), got \(2,\)"),
        ([[0, 1], [2, 0]], None, "C1 is not symmetric"),
        ([[0, -1], [-1, 0]], None, "C1 holds a negative distance"),
        ([[0, np.nan], [np.nan, 0]], None, "C1 holds NaN"),
        (SQUARE, [0, 0], "a has no mass"),
        ([[0, 1e160], [1e160, 0]], None, "squares beyond floats"),
        (SQUARE, [1e-200, 1e-200], "a sums to 2e-200"),
        (SQUARE, [1e160, 0], r"a sums to 1e\+160"),
        (SQUARE, [1, -1], "a holds a negative weight"),
        (SQUARE, [1, np.nan], "a holds NaN or infinity"),
        (SQUARE, [1, 1, 1], "a must have shape"),
    ],
)
def test_bad_spaces(C, weights, message):
    with pytest.raises(ValueError, match=message):
        partial_gromov_wasserstein(C, SQUARE, weights, lam=1.0)
    with pytest.raises(ValueError, match=message):
        gromov_wasserstein(C, SQUARE, weights)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, "give either lam, .* or mass"),
        ({"lam": 1.0, "mass": 1.0}, "give either lam, .* or mass"),
        ({"lam": 0.0}, "lam must be positive"),
        ({"lam": -1.0}, "lam must be positive"),
        ({"lam": np.nan}, "lam must be positive"),
        ({"lam": np.inf}, "lam must be positive"),
        ({"mass": 0.0}, "mass must be positive"),
        ({"mass": 3.0}, "mass must be positive and at most 2,"),
        ({"lam": "q50"}, "lam must be positive and at most .*, got 'q50'"),
        ({"lam": 1.0, "n_starts": 0}, "at least 1"),
        ({"lam": 1.0, "tol": np.nan}, "tol must be finite and not negative"),
        ({"lam": 1.0, "init": np.ones((2, 2))}, "no plan that the problem allows"),
        ({"lam": 1.0, "init": np.ones(2)}, "init must have shape"),
    ],
)
def test_bad_parameters(params, message):
    with pytest.raises(ValueError, match=message):
        partial_gromov_wasserstein(SQUARE, SQUARE, **params)


@pytest.mark.parametrize(
    ("solve", "params"),
    [(fused_gromov_wasserstein, {}), (fused_partial_gromov_wasserstein, {"lam": 1.0})],
)
def test_features_in_the_first_place_are_told_the_order(solve, params):
    order = rf"spaces come first.*: {solve.__name__}\(C1, C2, M, a, b\)"
    C1, C2, rng = random_pair(0)
    for cost in (rng.uniform(size=(len(C1), len(C2))), None):
        with pytest.raises(ValueError, match=order):
            solve(cost, C1, C2, **params)
    C1, C2 = (distances(rng.normal(size=(5, 2))) for _ in "12")
    uneven = rng.uniform(size=(5, 5))
    for cost in (uneven, uneven + uneven.T, uneven.tolist()):
        with pytest.raises(ValueError, match=order):
            solve(cost, C1, C2, **params)
    # in their own place: taken
    assert solve(C1, C2, uneven + uneven.T, **params).value > 0
    assert solve(C1, C2, C2, **params).value > 0
    # a space that is not hollow, between one that is and costs that are
    thick = prepare_space(C1 + np.eye(5))
    assert solve(thick, C2, C1, **params).value > 0


def test_bad_fused():
    with pytest.raises(ValueError, match="M must have shape"):
        fused_gromov_wasserstein(SQUARE, SQUARE, np.ones((3, 2)))
    with pytest.raises(ValueError, match="M holds NaN"):
        fused_gromov_wasserstein(SQUARE, SQUARE, np.full((2, 2), np.nan))
    with pytest.raises(ValueError, match="alpha must be between 0 and 1"):
        fused_gromov_wasserstein(SQUARE, SQUARE, SQUARE, alpha=1.5)
    with pytest.raises(ValueError, match="one mass"):
        gromov_wasserstein(SQUARE, SQUARE, [1, 1], [1, 2])


@pytest.mark.parametrize("share", [0.0003, 0.001, 0.003, 0.01])
def test_continuation_from_large_penalties(share):
    rng = np.random.default_rng(2)
    x, y = rng.random((14, 2)), rng.random((11, 2))
    C1, C2 = cdist(x, x), cdist(y, y)
    lam = share * C1.max() ** 2
    result = partial_gromov_wasserstein(C1, C2, lam=lam, init="continuation")
    one = partial_gromov_wasserstein(C1, C2, lam=lam, n_starts=1)
    assert result.converged
    assert result.start == "continuation"
    assert result.n_iter > one.n_iter  # eight descents
    assert result.value <= one.value < lam * (14**2 + 11**2)
    assert max(result.plan.sum(axis=0).max(), result.plan.sum(axis=1).max()) <= 1 + 1e-9


def test_bad_continuations():
    with pytest.raises(ValueError, match="needs lam"):
        partial_gromov_wasserstein(SQUARE, SQUARE, mass=1.0, init="continuation")
    with pytest.raises(ValueError, match="needs lam"):
        gromov_wasserstein(SQUARE, SQUARE, init="continuation")
    with pytest.raises(ValueError, match="a plan or"):
        partial_gromov_wasserstein(SQUARE, SQUARE, lam=1.0, init="product")
