# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Potentials coarse to fine: those of the fine problem alone."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skot.reductions import cost_block
from skot.solvers import sinkhorn
from skot.solvers._entropic.cells import COARSER, COARSEST
from skot.solvers._entropic.multiscale import Levels, Settings, solve
from skot.solvers._loop import OneSide, TwoSides

LARGE = COARSER * COARSEST


def measure(n, seed=0, sparse=True):
    rng = np.random.default_rng(seed)
    points, weights = rng.random((n, 2)), rng.dirichlet(np.ones(n))
    return points, weights, Levels.build(points, weights, sparse)


def settings(**changes):
    options = {
        "eps": 0.02, "reach": np.inf, "cost": "sqeuclidean", "tol": 1e-8,
        "max_iter": 1000, "solver": "multiscale", "backend": "cells",
    }  # fmt: skip
    return Settings(**{**options, **changes})


def test_levels():
    points, _, levels = measure(LARGE)
    assert len(levels.clouds) == 2
    cloud, way = levels.at(1, 2)
    assert_array_equal(levels.restore(cloud.points), points)
    assert len(way) == LARGE
    # with fewer levels than stages, the coarsest is there from the start
    assert levels.at(0, 4) == levels.at(1, 4) == levels.at(2, 4)
    assert levels.at(0, 4)[0] is levels.clouds[0]
    assert levels.at(0, 4)[1] is None
    flat = measure(30, sparse=False)[2]
    assert flat.clouds[0].cells is None
    assert_array_equal(flat.restore(np.arange(30)), np.arange(30))


@pytest.mark.parametrize(("n", "sparse"), [(40, True), (40, False), (LARGE, True)])
def test_two_measures(n, sparse):
    x, a, xs = measure(n, 1, sparse)
    y, b, ys = measure(50, 2, sparse)
    chosen = settings() if sparse else settings(backend="numpy")
    f, g, n_iter, error = solve(xs, ys, chosen)
    f, g = xs.restore(f), ys.restore(g)
    assert error <= 1e-8
    assert 0 < n_iter <= 1000
    dense = sinkhorn(cost_block(x, y), a, b, reg=0.02, tol=1e-10)
    assert_allclose(a @ f + b @ g, dense.objective, rtol=1e-6)
    P = np.outer(a, b) * np.exp((f[:, None] + g - cost_block(x, y)) / 0.02)
    assert_allclose(P.sum(axis=1), a, rtol=1e-7)
    assert np.abs(P.sum(axis=0) - b).sum() <= 2e-8


@pytest.mark.parametrize("n", [40, LARGE])
def test_one_measure_and_itself(n):
    x, a, xs = measure(n)
    f, g, _, error = solve(xs, xs, settings())
    assert error <= 1e-8
    assert_allclose(f, g, atol=1e-8)
    f = xs.restore(f)
    P = np.outer(a, a) * np.exp((f[:, None] + f - cost_block(x, x)) / 0.02)
    assert_allclose(P.sum(axis=1), a, rtol=1e-6)


def test_sides():
    x, y = measure(20, 0)[2].clouds[0], measure(20, 1)[2].clouds[0]
    assert isinstance(settings().sides(x, x), OneSide)
    both = settings().sides(x, y)
    assert isinstance(both, TwoSides)
    assert both.settle is None
    free = settings(reach=1.0).sides(x, y)
    # the constant between two potentials does no more than they need
    f, g = np.full(20, 0.7), np.full(20, -0.1)
    assert_allclose(free.settle(f, g), 0.3)
    # a reach that rounding does not know from infinity is infinite
    assert settings(reach=1e300).sides(x, y).settle is None


@pytest.mark.parametrize("reach", [0.05, 2.0, 1e300])
def test_free_sums(reach):
    x, a, xs = measure(30, 1)
    y, b, ys = measure(40, 2)
    f, g, _, error = solve(xs, ys, settings(reach=reach))
    assert error <= 1e-8
    f, g = xs.restore(f), ys.restore(g)
    P = np.outer(a, b) * np.exp((f[:, None] + g - cost_block(x, y)) / 0.02)
    assert_allclose(P.sum(axis=1), a * np.exp(-f / reach), rtol=1e-6)
    assert_allclose(P.sum(axis=0), b * np.exp(-g / reach), rtol=1e-5)


def test_sweeps_that_are_not_enough():
    xs, ys = measure(30, 1)[2], measure(40, 2)[2]
    _, _, n_iter, error = solve(xs, ys, settings(eps=1e-4, max_iter=3))
    assert error > 1e-8
    assert n_iter < 30  # those of annealing, and 3
