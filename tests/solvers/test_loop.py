# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Sinkhorn's loop on soft minima of nothing in particular."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import logsumexp

from skot.solvers._loop import (
    COOLING,
    MEMORY,
    Anderson,
    Change,
    MarginalError,
    OneSide,
    Sweep,
    TwoSides,
    cool,
    damped,
    iterate,
)


def problem(n=6, m=5, seed=0):
    rng = np.random.default_rng(seed)
    return rng.random((n, m)), rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(m))


def softmins(C, a, b):
    """Soft minima of a problem whose costs are at hand, in both directions."""

    def x_of_y(g, eps, guess):
        return -eps * logsumexp((g - C) / eps + np.log(b), axis=1)

    def y_of_x(f, eps, guess):
        return -eps * logsumexp((f - C.T) / eps + np.log(a), axis=1)

    return x_of_y, y_of_x


def plan(C, a, b, f, g, eps):
    return np.outer(a, b) * np.exp((f[:, None] + g - C) / eps)


def test_two_sides_meet_their_sums():
    C, a, b = problem()
    sides = TwoSides(*softmins(C, a, b))
    found = iterate(
        sides, np.zeros(6), np.zeros(5), 0.1,
        left=MarginalError(b, sides), tol=1e-10, max_iter=10_000,
    )  # fmt: skip
    P = plan(C, a, b, found.f, found.g, 0.1)
    assert_allclose(P.sum(axis=1), a, rtol=1e-12)
    assert_allclose(np.abs(P.sum(axis=0) - b).sum(), found.error, rtol=1e-4)
    assert found.error <= 1e-10
    assert_array_equal(found.image, sides.y_of_x(found.f, 0.1, found.g))


def test_one_side_is_two_that_are_equal():
    _, a, _ = problem(6, 6)
    x = np.random.default_rng(0).random(6)
    C = (x[:, None] - x) ** 2
    softmin = softmins(C, a, a)[0]
    sides = OneSide(softmin)
    found = iterate(
        sides, np.zeros(6), np.zeros(6), 0.05,
        left=MarginalError(a, sides), tol=1e-12, max_iter=1000,
    )  # fmt: skip
    assert found.n_iter <= 60  # the average needs few sweeps, at any temperature
    assert_allclose(found.f, found.g, atol=1e-12)
    P = plan(C, a, a, found.f, found.g, 0.05)
    assert_allclose(P, P.T, rtol=1e-9)
    missed = np.abs(P.sum(axis=0) - a).sum()
    assert_allclose(missed, found.error, atol=1e-13)


def test_a_batch_is_problem_after_problem():
    C, _, _ = problem(6, 6)
    weights = np.random.default_rng(1).dirichlet(np.ones(6), size=(2, 4))

    def batched(w):
        return lambda v, *_: -np.log(np.exp(-C) @ (w.T * np.exp(v)))

    both = TwoSides(batched(weights[0]), batched(weights[1]))
    start = np.zeros((6, 4))
    many = iterate(both, start, start, max_iter=30)
    for k in range(4):
        one = TwoSides(*(batched(side[k : k + 1]) for side in weights))
        alone = iterate(one, start[:, :1], start[:, :1], max_iter=30)
        assert_allclose(many.f[:, k], alone.f[:, 0], rtol=1e-12)
        assert_allclose(many.image[:, k], alone.image[:, 0], rtol=1e-12)


def test_exponentials_pass_as_potentials_do():
    C, a, b = problem()
    K = np.exp(-C)
    scalings = TwoSides(lambda v, *_: 1 / (K @ (b * v)), lambda u, *_: 1 / (a * u @ K))
    potentials = TwoSides(*softmins(C, a, b))
    u, v, *_ = iterate(scalings, np.ones(6), np.ones(5), max_iter=7)
    f, g, *_ = iterate(potentials, np.zeros(6), np.zeros(5), max_iter=7)
    assert_allclose(np.log(u), f, atol=1e-14)
    assert_allclose(np.log(v), g, atol=1e-14)
    S = np.exp(-(C[:5] + C[:5].T))
    one = OneSide(lambda u, *_: 1 / (S @ (b * u)), lambda u, new: np.sqrt(u * new))
    found = iterate(one, np.ones(5), np.ones(5), max_iter=100)
    assert_allclose(found.f * (S @ (b * found.g)), 1)
    assert_allclose(found.f, found.g)


@pytest.mark.parametrize("reach", [0.3, 5.0])
def test_free_sums(reach):
    C, a, b = problem()
    b, eps = 3 * b, 0.2
    sides = TwoSides(*(damped(s, reach) for s in softmins(C, a, b)))
    found = iterate(sides, np.zeros(6), np.zeros(5), eps, max_iter=3000)
    P = plan(C, a, b, found.f, found.g, eps)
    assert_allclose(P.sum(axis=1), a * np.exp(-found.f / reach))
    assert_allclose(P.sum(axis=0), b * np.exp(-found.g / reach))


def test_damping_hands_the_guess_on_as_it_was():
    guesses = []

    def softmin(g, eps, guess):
        guesses.append(guess)
        return guess

    guess = np.array([1.0, 2.0])
    for reach in (1.0, np.inf):
        assert_allclose(damped(softmin, reach)(guess, 1.0, guess), guess)
    assert_allclose(guesses, [2 * guess, guess])


def test_what_settles_comes_after_each_sweep():
    sides = TwoSides(
        lambda g, *_: g, lambda f, *_: f + 1, settle=lambda f, g: g - (g - f) / 2
    )
    found = iterate(sides, np.zeros(1), np.zeros(1), max_iter=4)
    assert_allclose(found.image, 2.0)


# -- temperatures ----------------------------------------------------------------------


def test_cooling():
    C, a, b = problem()
    seen = []

    def watched(softmin):
        def call(potential, eps, guess):
            seen.append(eps)
            return softmin(potential, eps, guess)

        return call

    sides = TwoSides(*(watched(s) for s in softmins(C, a, b)))
    f, g, eps, n_iter = cool(sides, np.zeros(6), np.zeros(5), 1.0, 0.05)
    assert eps == 0.05
    assert_allclose(seen[::2], [1.0, COOLING, COOLING**2])
    assert seen[::2] == seen[1::2]
    assert n_iter == 3
    error = MarginalError(b, sides)
    cold = TwoSides(*softmins(C, a, b))
    warm, from_nought = (
        iterate(cold, *start, 0.05, left=error, tol=1e-9, max_iter=9999).n_iter
        for start in ((f, g), (np.zeros(6), np.zeros(5)))
    )
    assert warm <= from_nought


def test_nothing_to_cool():
    sides = OneSide(lambda *_: pytest.fail("was called"))
    f, _, eps, n_iter = cool(sides, np.ones(2), np.ones(2), 0.1, 0.5)
    assert (eps, n_iter) == (0.1, 0)
    assert_array_equal(f, 1)


# -- when to stop, and how to get there faster -----------------------------------------


def test_all_sweeps_where_no_one_asks():
    sides = OneSide(lambda g, *_: np.cos(g))
    found = iterate(sides, np.zeros(1), np.zeros(1), max_iter=5)
    assert found.n_iter == 5
    assert found.error == np.inf


@pytest.mark.parametrize("batch", [False, True])
def test_changes_of_a_value(batch):
    change = Change(lambda done: done.image if batch else float(done.image[0]))
    sides = OneSide(lambda g, *_: g / 4)
    found = iterate(
        sides, np.ones(2), np.array([1.0, 2.0]), left=change, tol=1e-3, max_iter=99
    )
    assert found.n_iter < 99
    assert 0 < found.error <= 1e-3
    assert_allclose(change.value, found.image if batch else found.image[0])
    # a batch waits for its last
    first = [1.0, 2.0][batch]
    before = first * (5 / 8) ** np.arange(found.n_iter + 1)
    assert_allclose(found.error, before[-2] - before[-1])


def test_marginal_errors_are_relative_to_the_mass():
    weights = np.array([1.0, 3.0])
    g, image = np.array([0.0, 1.0]), np.array([0.1, 1.0])
    for sides in (TwoSides(None, None), OneSide(None)):
        error = MarginalError(weights, sides)(Sweep(g, g, image, 0.5))
        assert_allclose(error, abs(np.expm1(-sides.gain * 0.1 / 0.5)) / 4)
    with np.errstate(all="raise"):  # lost, but not with a warning
        assert MarginalError(weights, sides)(Sweep(g, g, g - 1e6, 1.0)) == np.inf


def test_acceleration():
    C, a, b = problem(40, 30)
    sides = TwoSides(*softmins(C, a, b))
    start = np.zeros(40), np.zeros(30)
    plain, fast = (
        iterate(
            sides, *start, 0.005, left=MarginalError(b, sides), tol=1e-9,
            max_iter=10_000, anderson=anderson,
        )
        for anderson in (None, Anderson(b))
    )  # fmt: skip
    assert fast.n_iter < plain.n_iter / 3
    assert_allclose(
        plan(C, a, b, fast.f, fast.g, 0.005),
        plan(C, a, b, plain.f, plain.g, 0.005),
        atol=1e-8,
    )


def test_acceleration_solves_what_is_linear():
    rng = np.random.default_rng(0)
    A, shift = 0.9 * rng.random((MEMORY, MEMORY)) / MEMORY, rng.random(MEMORY)
    anderson, g = Anderson(np.ones(MEMORY)), np.zeros(MEMORY)
    for k in range(MEMORY + 2):
        g = anderson.after(g, A @ g + shift, 1.0 / (k + 1))
    assert_allclose(g, np.linalg.solve(np.eye(MEMORY) - A, shift), atol=1e-5)


def test_acceleration_that_went_astray_returns():
    anderson = Anderson(np.ones(2))
    first, second = np.array([1.0, 0.0]), np.array([1.5, 0.5])
    assert_array_equal(anderson.after(np.zeros(2), first, 0.5), first)
    anderson.after(first, second, 0.1)
    for worse in (0.4, np.nan):
        assert_array_equal(anderson.after(-first, -second, worse), second)
        # and starts afresh
        assert_array_equal(anderson.after(second, 2 * second, 0.1), 2 * second)
        second = 2 * second
