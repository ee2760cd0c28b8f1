# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""What one set looks like, and which faults are named."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.sparse import csr_array

from skot.sets import PointSets, read_sets

A, B = np.arange(6.0).reshape(3, 2), np.ones((2, 2))


def test_polars():
    pl = pytest.importorskip("polars")
    column = pl.Series("cloud", [A.tolist(), B.tolist()])
    assert read_sets(column).equals(PointSets.from_list([A, B]))
    assert read_sets(column.to_frame()).equals(PointSets.from_list([A, B]))


def test_lists_of_weights():
    weights = [[1, 2, 3], [1, 1]]
    assert_array_equal(PointSets.from_list([A, B], weights).masses, [6, 2])
    with pytest.raises(ValueError, match="1 arrays of weights for 2 sets"):
        PointSets.from_list([A, B], weights[:1])


def test_a_set_without_weights_among_weighted_ones():
    assert_array_equal(read_sets([(B, [1, 3]), B]).weights, [0.25, 0.75, 0.5, 0.5])


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([A, B[:, :1]], r"X\[1\] has 1 column, expected 2"),
        ([A, A[0]], r"X\[1\] has 1 axis, expected shape"),
        ([A, A[None]], r"X\[1\] has 3 axes"),
        ([A, [[1.0], [1.0, 2.0]]], r"X\[1\] is not an array"),
        ([A, "cloud"], r"X\[1\] is of type <U5"),
        ([A, None], r"X\[1\] has 0 axes|X\[1\] is not numeric"),
        ([A, csr_array(B)], r"X\[1\] is sparse"),
        ([A, B * 1j], r"X\[1\] is complex"),
        ([(A, [1, 1])], r"X\[0\] has 3 points but weights of shape \(2,\)"),
        ([(A, ["a", "b", "c"])], r"the weights of X\[0\]"),
        ([], "X holds 0 sets"),
        ([np.ma.masked_greater(A, 2)], r"X\[0\] is a masked array"),
    ],
)
def test_sets_that_cannot_be_read(X, message):
    for read in (read_sets, PointSets.from_list):
        with pytest.raises(ValueError, match=message):
            read(X)
