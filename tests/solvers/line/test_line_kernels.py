# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Walks along two sorted sets: powers, matched values, and masses of any kind."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from skot.solvers._line.line_kernels import (
    add_uniform_pairs,
    add_weighted_pairs,
    costs_and_slopes,
    matched_cost,
    power,
    weighted_costs,
)

ORDERS = [1.0, 1.5, 2.0, 2.7, 3.0]


@pytest.mark.parametrize("p", ORDERS)
def test_powers(p):
    gaps = np.array([-2.5, -1.0, 0.0, 0.3, 7.0])
    assert_allclose([power(gap, p) for gap in gaps], np.abs(gaps) ** p)
    u, v = np.random.default_rng(0).normal(size=(2, 9))
    assert_allclose(matched_cost(u, v, p), (np.abs(u - v) ** p).sum())
    assert_allclose(matched_cost(u[:4], v, p), (np.abs(u[:4] - v[:4]) ** p).sum())


def collection(seed, sizes, n_slices=3):
    """Sorted sets side by side, their equal masses cumulated, and offsets."""
    rng = np.random.default_rng(seed)
    sets = [np.sort(rng.normal(size=(n_slices, n))) for n in sizes]
    levels = [np.tile(np.arange(1.0, n + 1) / n, (n_slices, 1)) for n in sizes]
    return np.hstack(sets), np.hstack(levels), np.cumsum([0, *sizes])


@pytest.mark.parametrize("p", ORDERS)
def test_equal_masses_are_no_masses(p):
    u, u_levels, u_offsets = collection(0, [4, 6, 1])
    v, v_levels, v_offsets = collection(1, [6, 4])
    plain, weighted, symmetric = np.zeros((3, 2)), np.zeros((3, 2)), np.zeros((3, 3))
    add_uniform_pairs(u, u_offsets, v, v_offsets, p, False, plain)
    add_weighted_pairs(
        u, u_levels, u_offsets, v, v_levels, v_offsets, p, False, weighted
    )
    assert_allclose(weighted, plain)
    # twelve copies of each point of one are met by those of the other
    fine = [
        np.repeat(w[:, slice(*ends)], 12 // (ends[1] - ends[0]), axis=1)
        for w, ends in ((u, u_offsets[1:3]), (v, v_offsets[1:3]))
    ]
    assert_allclose(plain[1, 1], (np.abs(fine[0] - fine[1]) ** p).sum() / 12)
    add_uniform_pairs(u, u_offsets, u, u_offsets, p, True, symmetric)
    assert (np.tril(symmetric) == 0).all()
    twice = np.zeros((3, 3))
    add_uniform_pairs(u, u_offsets, u, u_offsets, p, False, twice)
    assert_allclose(symmetric, np.triu(twice, 1))


def test_levels_that_differ_by_rounding_are_one():
    thirds = np.cumsum(np.full(3, 1 / 3))[None]
    sixths = np.cumsum(np.full(6, 1 / 6))[None]
    thirds[:, -1] = sixths[:, -1] = 1.0
    u = np.array([[0.0, 1e8, 2e8]])
    v = np.repeat(u, 2, axis=1)
    # a sliver of mass between two levels would pay for a long way
    assert_allclose(weighted_costs(u, thirds, v, sixths, 2.0), 0, atol=1e-12)


@pytest.mark.parametrize("p", ORDERS)
def test_slopes_by_finite_differences(p):
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(2, 5)), rng.normal(size=(2, 4))
    a, b = rng.dirichlet(np.ones(5)), rng.dirichlet(np.ones(4))

    def solve(x, y):
        sides = []
        for values, mass in ((x, a), (y, b)):
            order = values.argsort(axis=1)
            levels = mass[order].cumsum(axis=1)
            levels[:, -1] = 1.0
            sides += [np.take_along_axis(values, order, 1), order, levels]
        return costs_and_slopes(*sides, p)

    _, dx, dy = solve(x, y)
    step = 1e-6
    for moved, slopes in ((x, dx), (y, dy)):
        for k in range(moved.shape[1]):
            moved[:, k] += step
            above = solve(x, y)[0]
            moved[:, k] -= 2 * step
            below = solve(x, y)[0]
            moved[:, k] += step
            assert_allclose((above - below) / (2 * step), slopes[:, k], atol=1e-6)
    assert_allclose(dx.sum(axis=1), -dy.sum(axis=1), atol=1e-12)
