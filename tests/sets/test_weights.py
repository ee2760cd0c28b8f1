# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Weights of points, also where none are given."""

import numpy as np
from numpy.testing import assert_array_equal

from skot.sets import PointSets, masses, probabilities


def test_weights_of_points():
    plain = PointSets.from_list([np.zeros((3, 2)), np.ones((2, 2))])
    assert_array_equal(probabilities(plain), [1 / 3] * 3 + [1 / 2] * 2)
    assert_array_equal(masses(plain), 1)
    for i, measure in enumerate(plain):
        assert_array_equal(probabilities(measure), np.full((3, 2)[i], 1 / (3, 2)[i]))
        assert_array_equal(masses(measure), 1)
    single = np.array([0.5, 0.25, 0.25, 0.75, 0.25], dtype=np.float32)
    weighted = plain.with_weights(single)
    for weights in (probabilities, masses):
        assert weights(weighted).dtype == np.float64
        assert_array_equal(weights(weighted), single)
        assert_array_equal(weights(weighted[1]), single[3:])
