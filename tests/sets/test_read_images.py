# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The door for signals and images: shapes, and which sample is at fault."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator

from skot.sets import PointSets, validate_images, validate_signals

X = np.arange(1.0, 25.0).reshape(2, 3, 4)


def signals(X, estimator=None, reset=True, **params):
    return validate_signals(estimator or BaseEstimator(), X, reset=reset, **params)


def images(X, estimator=None, reset=True, **params):
    return validate_images(estimator or BaseEstimator(), X, reset=reset, **params)


def test_signals_keep_their_type():
    for dtype in (np.uint8, np.float32, float):
        assert signals(X[0].astype(dtype)).dtype == dtype
    assert_array_equal(signals(list(X[0])), X[0])
    estimator = BaseEstimator()
    signals(X[0], estimator)
    assert estimator.n_features_in_ == 4
    with pytest.raises(ValueError, match="X has 3 features"):
        signals(X[0, :, :3], estimator, reset=False)


def test_images_of_every_form_read_the_same():
    for form in (X, list(X), X.tolist()):
        estimator = BaseEstimator()
        assert_array_equal(images(form, estimator), X.reshape(2, 12))
        assert estimator.image_shape_ == (3, 4)
        assert estimator.n_features_in_ == 12
        assert_array_equal(
            images(X.reshape(2, 12), estimator, reset=False), X.reshape(2, 12)
        )
        with pytest.raises(ValueError, match=r"images of shape \(4, 3\), expected"):
            images(X.reshape(2, 4, 3), estimator, reset=False)


@pytest.mark.parametrize(
    ("n_pixels", "given", "shape"),
    [
        (16, None, (4, 4)),
        (12, None, (1, 12)),
        (12, (3, 4), (3, 4)),
        (8, (2, 2, 2), (2, 2, 2)),
    ],
)
def test_shape_of_rows_of_a_table(n_pixels, given, shape):
    estimator = BaseEstimator()
    images(np.ones((2, n_pixels)), estimator, image_shape=given)
    assert estimator.image_shape_ == shape


@pytest.mark.parametrize("read", [signals, images])
def test_the_sample_at_fault_is_named(read):
    for value, fault in (
        (np.nan, "contains NaN"),
        (-np.inf, "contains infinity"),
        (1e308, "has values too large to add up"),
        (-1, "has a negative value"),
    ):
        bad = X[0].copy()
        bad[1, 2] = value
        with pytest.raises(ValueError, match=rf"X\[1\] {fault}"):
            read(bad)
    assert_array_equal(read(-X[0], signed=True), -X[0])
    with pytest.raises(ValueError, match=r"X\[1\] has shape \(2,\), expected \(3,\)"):
        read([np.ones(3), np.ones(2)])
    with pytest.raises(ValueError, match="X holds sets, expected signals or images"):
        read(PointSets.from_list([np.eye(2)]))


def test_images_that_do_not_fit():
    with pytest.raises(ValueError, match=r"12 columns, but an image .* 16 pixels"):
        images(X.reshape(2, 12), image_shape=(4, 4))
    with pytest.raises(ValueError, match="image_shape must hold positive ints"):
        images(X, image_shape=(3, -4))


def test_zeros():
    """No mass to move: a row of a table may be anything, an image is at fault."""
    empty = X[0].copy()
    empty[1] = 0
    for read in (signals, images):
        with pytest.warns(UserWarning, match=r"X\[1\] is zero: .* read as constant"):
            assert_array_equal(read(empty)[1], 1)
        assert not empty[1].any()
        assert_array_equal(read(empty, signed=True), empty)
    for params, given in (({}, empty[:, None]), ({"image_shape": (2, 2)}, empty)):
        with pytest.raises(ValueError, match=r"X\[1\] is empty: all its pixels"):
            images(given, **params)
