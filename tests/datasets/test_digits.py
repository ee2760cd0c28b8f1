# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from sklearn.datasets import load_digits

from skot.datasets import load_digit_clouds
from skot.sets import PointSets


def test_clouds_are_the_images_upright():
    digits = load_digit_clouds()
    assert isinstance(digits.data, PointSets)
    np.testing.assert_array_equal(digits.target, load_digits().target)
    np.testing.assert_array_equal(digits.images, load_digits().images)
    for cloud, image in zip(digits.data[:50], digits.images, strict=False):
        x, y = (cloud.points - 0.5).astype(int).T
        again = np.zeros((8, 8))
        again[7 - y, x] = cloud.weights  # row 0 of an image is its top
        np.testing.assert_array_equal(again, image)
    assert "1797 handwritten digits" in digits.DESCR


def test_a_seven_is_heavy_at_the_top():
    X, y = load_digit_clouds(return_X_y=True)
    heights = [m.weights @ m.points[:, 1] / m.weights.sum() for m in X]
    assert np.mean(np.array(heights)[y == 7]) > np.mean(np.array(heights)[y == 6]) + 0.5


def test_n_class():
    X, y = load_digit_clouds(n_class=3, return_X_y=True)
    assert set(y) == {0, 1, 2}
    assert len(X) == len(y)
    with pytest.raises(ValueError, match="n_class"):
        load_digit_clouds(n_class=11)
