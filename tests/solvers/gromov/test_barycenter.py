# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Barycentres of spaces: of copies, stationary, and what is refused."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skot.solvers import gromov_barycenter, gromov_wasserstein
from tests._data.spaces import distances

SQUARE = np.ones((2, 2))


def test_barycenter_of_copies_is_the_space():
    rng = np.random.RandomState(0)
    x = rng.normal(size=(12, 2))
    orders = [rng.permutation(12) for _ in range(3)]
    spaces = [distances(x[i]) for i in orders]
    result = gromov_barycenter(spaces, n_points=12)
    assert result.converged
    assert_allclose(result.value, 0, atol=1e-8)
    assert gromov_wasserstein(result.distances, spaces[0]).value < 1e-8
    result = gromov_barycenter(spaces, n_points=12, lam=1.0)
    assert_allclose(result.value, 0, atol=1e-7)


@pytest.mark.parametrize("lam", [None, 0.5])
def test_barycenter_is_stationary_and_better_than_a_space(lam):
    rng = np.random.RandomState(1)
    spaces = [distances(rng.normal(size=(rng.randint(8, 12), 2))) for _ in range(4)]
    weights = np.array([0.1, 0.2, 0.3, 0.4])
    result = gromov_barycenter(spaces, weights, n_points=8, lam=lam)
    C = result.distances
    assert_array_equal(C, C.T)
    assert (C >= 0).all()
    assert (np.diff(result.history) <= 1e-9).all()
    top = sum(
        w * G @ D @ G.T for w, G, D in zip(weights, result.plans, spaces, strict=True)
    )
    below = sum(
        w * np.outer(G.sum(axis=1), G.sum(axis=1))
        for w, G in zip(weights, result.plans, strict=True)
    )
    seen = below > 1e-12
    assert_allclose(C[seen], (top / np.where(seen, below, 1))[seen], atol=1e-3)


def test_barycenter_bad_input():
    with pytest.raises(ValueError, match="n_points"):
        gromov_barycenter([SQUARE], n_points=0)
    with pytest.raises(ValueError, match="lam must be positive"):
        gromov_barycenter([SQUARE], n_points=2, lam=-1.0)
    with pytest.raises(ValueError, match=r"spaces\[1\] is not symmetric"):
        gromov_barycenter([SQUARE, [[0, 1], [2, 0]]], n_points=2)
    with pytest.raises(ValueError, match="weights"):
        gromov_barycenter([SQUARE], [1, 2], n_points=2)
    with pytest.raises(ValueError, match="masses is for the partial form"):
        gromov_barycenter([SQUARE], n_points=2, masses=3.0)
