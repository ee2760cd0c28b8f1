# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Costs between points: one definition, several arithmetics."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import cdist

from skot.solvers import _costs
from tests._data.clouds import clouds


@pytest.mark.parametrize("p", [1, 1.5, 2])
def test_one_value(p):
    x, y = clouds(0, 5, 7)
    expected = cdist(x, y) ** p
    assert_allclose(_costs.distance_powers(x, y, p), expected)
    assert_allclose(_costs.metric_powers(x, y, "euclidean", p), expected)
    assert_allclose(_costs.metric_powers(x, y, cdist, p), expected)
    centre = x.mean(axis=0)
    squares = _costs.squared_distances(x - centre, y - centre)
    assert_allclose(squares ** (p / 2), expected)


def test_coincident_points_are_at_distance_zero():
    (x,) = clouds(0, 5)
    x = np.vstack([x, x[:2]]) + 1e6
    D = _costs.distances_within(x)
    assert_array_equal(D[:2, 5:].diagonal(), 0)
    assert_array_equal(D, D.T)
    assert_allclose(D, cdist(x, x), rtol=1e-9)
    assert_array_equal(_costs.distance_powers(x, x, 2).diagonal(), 0)


def test_unknown_metric():
    with pytest.raises(ValueError, match="metric must be one of"):
        _costs.metric_powers(np.eye(2), np.eye(2), "foo", 1)
