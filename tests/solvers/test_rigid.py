# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Points placed by their distances, and turned onto others."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.spatial.distance import cdist

from skot.solvers import align_points, realise_space
from tests._data.clouds import clouds, seeds


@given(seeds, st.integers(1, 8))
@settings(max_examples=30)
def test_realised_distances(seed, n):
    (x,) = clouds(seed, n)
    weights = np.random.default_rng(seed).uniform(0.1, 1, n)
    for mass in (None, weights):
        points = realise_space(cdist(x, x), 3, mass)
        assert_allclose(
            cdist(points, points), cdist(x, x), atol=1e-5 * np.ptp(x) + 1e-6
        )
        assert_allclose(np.average(points, axis=0, weights=mass), 0, atol=1e-6)


def test_turned_points_come_back():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(6, 3))
    points -= points.mean(axis=0)
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    assert_allclose(align_points(points @ turn, points), points, atol=1e-12)
    weights = np.array([1.0, 1, 1, 1, 0, 0])
    spoilt = points.copy()
    spoilt[4:] += 100
    turned = align_points(points @ turn, spoilt, weights)
    assert_allclose(turned, points, atol=1e-12)
    # nothing to go by
    assert_allclose(align_points(points, points @ turn, np.zeros(6)), points)


def test_refusals():
    with pytest.raises(ValueError, match=r"target must have shape \(2, 1\)"):
        align_points([[1.0], [2.0]], [[1.0]])
    with pytest.raises(ValueError, match=r"weights must have shape \(2,\)"):
        align_points([[1.0], [2.0]], [[1.0], [2.0]], [[1.0], [2.0]])
    with pytest.raises(ValueError, match=r"distances must have shape \(2, 2\)"):
        realise_space(np.ones((2, 3)), 1)
    with pytest.raises(ValueError, match="weights must be positive"):
        realise_space(np.eye(2), 1, [0, 1])
    with pytest.raises(ValueError, match="n_dims must be an int of at least 1"):
        realise_space(np.eye(2), 0)
