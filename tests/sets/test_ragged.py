# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The surface of containers: chosen from as NumPy does, kept by scikit-learn."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.utils import _safe_indexing, shuffle

from skot.sets import Measure, PointSets, gather_index


def test_positions_of_chosen_blocks():
    offsets = np.array([0, 3, 3, 4])
    flat, cuts = gather_index(offsets, np.array([2, 0, 1, 2]))
    assert_array_equal(flat, [3, 0, 1, 2, 3])
    assert_array_equal(cuts, [0, 1, 4, 4, 5])
    flat, cuts = gather_index(offsets, np.zeros(0, dtype=int))
    assert (len(flat), cuts.tolist()) == (0, [0])


@pytest.mark.parametrize(
    "key",
    [
        slice(None),
        slice(1, 3),
        slice(None, None, 2),
        slice(None, None, -1),
        slice(3, 1),
        [2, 0, 0],
        np.array([3, -1]),
        [],
        np.array([True, False, False, True]),
        [False, True, False, True],
    ],
)
def test_keys_choose_as_in_numpy(X, key):
    chosen = np.arange(4)[key]
    expected = PointSets.from_list([X[i] for i in chosen]) if len(chosen) else X[:0]
    for part in (X[key], X[key, ...], X[key, :]):
        assert isinstance(part, PointSets)
        assert part.equals(expected)


def test_int_gives_a_measure_that_is_a_view(X):
    for i in (2, -2, np.int64(2)):
        item = X[i]
        assert isinstance(item, Measure)
        assert np.shares_memory(item.points, X.points)
        assert_array_equal(item.weights, [1, 2, 3, 4])


def test_contiguous_slices_are_views(X):
    part = X[1:3]
    assert np.shares_memory(part.points, X.points)
    assert np.shares_memory(part.weights, X.weights)


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (4, "index 4 is out of range for 4 sets"),
        ([0, -5], "index -5 is out of range"),
        (np.array([True, False]), r"mask of shape \(2,\)"),
        ("a", "sets are chosen by integers"),
        ([0.5], "sets are chosen by integers"),
        ((0, 1, 2), "one or two indices"),
    ],
)
def test_bad_keys(X, key, message):
    with pytest.raises(IndexError, match=message):
        X[key]


def test_scikit_learn_keeps_the_container(X):
    for index in ([1, 3], np.array([1, 3]), slice(1, 4), np.array([0, 1, 0, 1], bool)):
        assert isinstance(_safe_indexing(X, index), PointSets)
    assert isinstance(shuffle(X, random_state=0), PointSets)
    assert np.take(X, [1, 3], axis=0).equals(X[[1, 3]])
    assert X.__array_namespace__() is np
    for bad in ({"axis": 1}, {"mode": "clip"}):
        with pytest.raises(ValueError, match="axis 0"):
            X.take([0], **bad)


def test_array_is_of_measures(X):
    array = np.asarray(X)
    assert array.shape == (4,)
    assert array.dtype == object
    assert PointSets.from_list(array).equals(X)
    with pytest.raises(TypeError, match="embed first"):
        np.asarray(X, dtype=float)
