# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Gromov-Wasserstein problems in any unit, and far from 1."""

import tracemalloc

import numpy as np
import pytest
from numpy.testing import assert_allclose

from skot.solvers import (
    fused_gromov_wasserstein,
    fused_partial_gromov_wasserstein,
    gromov_wasserstein,
    partial_gromov_wasserstein,
)
from tests._data.spaces import distances


def weighted_pair():
    rng = np.random.RandomState(0)
    C1, C2 = (distances(rng.normal(size=(n, 2))) for n in (8, 9))
    return C1, C2, rng.uniform(0.5, 1, 8), rng.uniform(0.5, 1, 9)


@pytest.mark.parametrize("s", [1e-8, 1e-4, 1e6])
def test_units_of_distance_and_mass(s):
    C1, C2, a, b = weighted_pair()
    solve = partial_gromov_wasserstein
    for fixed in ({"mass": 3.0}, {"lam": 0.1}):
        one = solve(C1, C2, a, b, **fixed).value
        far = {"lam": s**2 * fixed["lam"]} if "lam" in fixed else fixed
        assert_allclose(solve(s * C1, s * C2, a, b, **far).value, s**2 * one)
        heavy = {"mass": s * fixed["mass"]} if "mass" in fixed else fixed
        assert_allclose(solve(C1, C2, s * a, s * b, **heavy).value, s**2 * one)


@pytest.mark.parametrize("lam", [1e12, 1e16, 1e290])
def test_a_huge_penalty_does_not_drown_distances(lam):
    C1, C2, _, _ = weighted_pair()
    order = np.random.RandomState(1).permutation(8)
    copy = C1[np.ix_(order, order)]
    assert partial_gromov_wasserstein(C1, copy, lam=lam).value < 1e-20
    result = partial_gromov_wasserstein(C1, C2, lam=lam)
    plain = partial_gromov_wasserstein(C1, C2, lam=1e3)
    assert_allclose(result.plan, plain.plan)
    assert_allclose(result.value, lam * 17)


def test_coincident_points_take_no_memory():
    """Product plans have many entries, and pairs of these are not looked at."""
    zeros = np.zeros((150, 150))
    tracemalloc.start()
    assert gromov_wasserstein(zeros, zeros).value == 0
    assert tracemalloc.get_traced_memory()[1] < 1e8
    tracemalloc.stop()
    C = distances(np.random.RandomState(0).normal(size=(150, 2)))
    value = gromov_wasserstein(C, zeros).value
    assert_allclose(value, (C**2).mean())


def test_features_may_cost_less_than_nothing():
    C = 1 - np.eye(2)
    assert_allclose(fused_gromov_wasserstein(C, C, -np.ones((2, 2))).value, -0.5)
    result = fused_partial_gromov_wasserstein(
        np.zeros((3, 3)), np.zeros((4, 4)), np.full((3, 4), -1e17), mass=1.0, alpha=0.0
    )
    assert_allclose(result.mass, 1.0)


def test_any_layout_of_weights_and_distances():
    C1, C2, a, b = weighted_pair()
    a, b = a / a.sum(), b / b.sum()
    expected = gromov_wasserstein(C1, C2, a, b).value
    frozen = a.copy()
    frozen.setflags(write=False)
    for weights in (a[::-1].copy()[::-1], np.stack([a, a], axis=1)[:, 0], frozen):
        other = gromov_wasserstein(np.asfortranarray(C1), C2, weights, b)
        assert_allclose(other.value, expected)
