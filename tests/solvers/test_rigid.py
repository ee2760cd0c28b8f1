# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Points placed by their distances, and turned onto others."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.spatial.distance import cdist

from skot.solvers import (
    realise_space,
)
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
