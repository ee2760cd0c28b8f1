# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Padded arrays, long frames, histograms and images become `PointSets`."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skot.sets import PointSets


def test_padded_there_and_back(X):
    padded, mask = X.to_padded(fill=np.nan)
    assert padded.shape == (4, 4, 2)
    weights = np.zeros(mask.shape)
    weights[mask] = X.weights
    assert PointSets.from_padded(padded, mask, weights).equals(X)
    assert PointSets.from_padded(np.ones((2, 3, 1))).shape == (2, 1)
    with pytest.raises(ValueError, match="mask must be boolean"):
        PointSets.from_padded(padded, mask.astype(int))
    with pytest.raises(ValueError, match="3 axes"):
        PointSets.from_padded(mask)
    with pytest.raises(ValueError, match="weights must have shape"):
        PointSets.from_padded(padded, mask, weights[:2])


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_long_frame(X, library):
    frames = pytest.importorskip(library)
    patient = np.array(["d", "b", "c", "a"])[X.set_index]
    order = np.random.default_rng(0).permutation(len(patient))
    columns = {"who": patient, "u": X.points[:, 0], "v": X.points[:, 1], "w": X.weights}
    df = frames.DataFrame({k: v[order] for k, v in columns.items()})
    read = PointSets.from_frame(df, by="who", weights="w")
    expected = X[[3, 1, 2, 0]]
    assert read.canonical().equals(expected.canonical())
    assert PointSets.from_frame(df, by="who", columns=["v"]).shape == (4, 1)
    with pytest.raises(ValueError, match="no column 'whom'"):
        PointSets.from_frame(df, by="whom")


def test_long_frame_without_a_key():
    pd = pytest.importorskip("pandas")
    df = pd.DataFrame({"who": ["a", None], "u": [1.0, 2.0]})
    with pytest.raises(ValueError, match="row 1 has no key in 'who'"):
        PointSets.from_frame(df, by="who")


def test_histograms():
    X = PointSets.from_histograms([[0, 2, 1], [1, 0, 0]], support=[10.0, 20.0, 30.0])
    assert_array_equal(X[0].points, [[20.0], [30.0]])
    assert_array_equal(X[0].weights, [2, 1])
    assert_array_equal(X.sizes, [2, 1])
    with pytest.raises(ValueError, match=r"H\[1\] has a negative"):
        PointSets.from_histograms([[1, 0], [1, -1]])
    with pytest.raises(ValueError, match=r"H\[0\] has a negative or non-finite"):
        PointSets.from_histograms([[np.nan, 0.0]])
    with pytest.raises(ValueError, match="support has 2 bins, H has 3"):
        PointSets.from_histograms([[0, 2, 1]], support=[0, 1])


def test_images():
    image = np.zeros((2, 3))
    image[1, 2] = 5
    X = PointSets.from_images([image, np.ones((2, 3))], pixel_size=2.0)
    assert_array_equal(X[0].points, [[3.0, 5.0]])
    assert_array_equal(X[0].weights, [5.0])
    assert X.sizes[1] == 6
    assert PointSets.from_images(np.ones((1, 2, 2, 2))).shape == (1, 3)
    with pytest.raises(ValueError, match="3 axes or more"):
        PointSets.from_images(image)
