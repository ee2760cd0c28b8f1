# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The one door: what it reads, and how it refuses."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.sparse import csr_array

from skot.sets import GraphSets, Measure, PointSets, is_table, read_sets

A, B = np.arange(6.0).reshape(3, 2), np.ones((2, 2))


@pytest.mark.parametrize(
    "X",
    [
        [A, B],
        (A, B),
        [A.tolist(), B.tolist()],
        [Measure(A), Measure(B)],
        [Measure(A), B],
        PointSets.from_list([A, B]),
        np.asarray(PointSets.from_list([A, B])),
        np.asarray(PointSets.from_list([A, B])).reshape(2, 1),
    ],
    ids=str,
)
def test_forms(X):
    assert read_sets(X).equals(PointSets.from_list([A, B]))
    assert not is_table(X)


def test_frames():
    pd = pytest.importorskip("pandas")
    expected = PointSets.from_list([A, B])
    assert read_sets(pd.Series([A, B], index=[5, 3])).equals(expected)
    assert read_sets(pd.DataFrame({"cloud": [A, B]})).equals(expected)
    frame = pd.DataFrame({"age": [1.0, 2.0], "cloud": [A, B]})
    with pytest.raises(ValueError, match="'cloud' holds sets: choose that column"):
        read_sets(frame)
    assert read_sets(frame[["age"]]).shape == (2, 1)
    with pytest.raises(ValueError, match="minimum of 1"):
        read_sets(pd.DataFrame({"age": []}))


def test_three_axes_are_sets_of_one_size():
    X = np.arange(24.0).reshape(4, 3, 2)
    assert read_sets(X).equals(PointSets.from_list(list(X)))
    # what NumPy makes of an object array of arrays of one shape
    assert read_sets(np.array(list(X), dtype=object)).equals(read_sets(X))


def test_a_table_is_a_collection_of_diracs():
    for table in (A, A.tolist(), A.astype(object)):
        assert is_table(table)
        X = read_sets(table)
        assert X.shape == (3, 2)
        assert_array_equal(X.sizes, 1)


def test_types():
    assert read_sets([A.astype(np.float32)]).dtype == np.float32
    assert read_sets([A.astype(np.float32), B]).dtype == np.float64
    assert read_sets([A.astype(int)]).dtype == np.float64
    assert read_sets([A > 2]).dtype == np.float64
    assert read_sets(PointSets(A.astype(int), [0, 3])).dtype == np.float64


def test_probabilities_and_positive_masses():
    X = [(A, [1, 0, 3]), (B, [1, 1])]
    read = read_sets(X)
    assert_array_equal(read.weights, [0.25, 0.75, 0.5, 0.5])
    assert_array_equal(read[0].points, A[[0, 2]])
    assert_array_equal(read_sets(X, masses="positive").weights, [1, 3, 1, 1])
    assert read_sets([A, B]).weights is None
    with pytest.raises(ValueError, match="masses must be"):
        read_sets(X, masses="signed")


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([A, A[:0]], r"X\[1\] is empty"),
        ([np.ones(2), np.ones(3)], r"sets of numbers are columns"),
        ([np.zeros((2, 0))], r"X\[0\] has 0 columns"),
        ([(A, [1, 1, -1])], r"X\[0\] has a negative weight"),
        ([(A, [1, 1, np.inf])], r"X\[0\] has a weight that is NaN or infinite"),
        ([(A, [0, 0, 0])], r"X\[0\] has zero mass"),
        (Measure(A), r"X is one set, expected a collection: pass \[X\]"),
        (PointSets(A, [0, 3])[:0], "X holds 0 sets"),
        (PointSets(A, [0, 0, 3]), r"X\[0\] is empty"),
        (PointSets(A * np.nan, [0, 1, 3]), r"X\[0\] contains NaN"),
        (PointSets(A.astype(str), [0, 3]), "X is of type <U"),
        (csr_array(A), "Sparse data was passed"),
        (A * 1j, "Complex data not supported"),
        (A[0], "Expected 2D array, got 1D array"),
        (A[:0], r"0 sample\(s\)"),
        (A[:, :0], r"0 feature\(s\)"),
        (A * np.nan, "contains NaN"),
        ([["a", "b"]], "could not convert string to float"),
    ],
)
def test_refusals(X, message):
    with pytest.raises((ValueError, TypeError), match=message):
        read_sets(X)


def test_name_in_messages():
    with pytest.raises(ValueError, match=r"Y\[0\] is empty"):
        read_sets([A[:0]], name="Y")


def test_graphs_are_not_sets():
    graphs = GraphSets.from_list([(np.ones((2, 2)), B)])
    with pytest.raises(ValueError, match="GraphDiffusion"):
        read_sets(graphs)
    assert read_sets(graphs.nodes).equals(PointSets.from_list([B]))
