# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""One weighted set."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skot.sets import Measure, as_measure

A = np.arange(6.0).reshape(3, 2)


def test_a_measure_stands_for_its_points():
    measure = Measure(A.tolist(), [1, 2, 3])
    assert (len(measure), measure.shape, measure.ndim) == (3, (3, 2), 2)
    assert measure.dtype == np.float64
    assert_array_equal(np.asarray(measure), A)
    assert np.asarray(measure, dtype=np.float32).dtype == np.float32
    assert repr(measure) == "Measure(3 weighted points in R^2)"
    assert repr(Measure(A)) == "Measure(3 points in R^2)"


@pytest.mark.parametrize(
    "reference", [A, A.tolist(), (A, [1, 2, 3]), Measure(A, [1, 2, 3])]
)
def test_as_measure(reference):
    measure = as_measure(reference)
    assert_array_equal(measure.points, A)
    if measure.weights is not None:
        assert_array_equal(measure.weights, [1, 2, 3])
    # two points of a plane, not a point and its weight
    assert as_measure(([0.0, 1.0], [2.0, 3.0])).shape == (2, 2)
