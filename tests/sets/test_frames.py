# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Frames of numbers and categories: what is read as what, and put together."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator

from skot.sets import MixedTable, PointSets, ReadRows, concat_rows, validate_rows

pd = pytest.importorskip("pandas")


def frame(**columns):
    known = {"age": [1, 2, 3], "town": ["a", "b", "a"], "ill": [True, False, True]}
    return pd.DataFrame({**known, **columns})


def read(X, estimator=None, reset=True):
    return validate_rows(estimator or BaseEstimator(), X, reset=reset)


def test_numbers_and_categories():
    estimator = BaseEstimator()
    rows = read(frame(sex=pd.Categorical(["f", "m", "m"])), estimator)
    assert isinstance(rows, MixedTable)
    assert rows.names == ("age", "town", "ill", "sex")
    assert_array_equal(rows.numbers["age"], [1, 2, 3])
    assert_array_equal(rows.numbers["ill"], [1, 0, 1])
    assert_array_equal(rows.categories["town"], ["a", "b", "a"])
    assert_array_equal(rows.categories["sex"], ["f", "m", "m"])
    assert len(rows) == 3
    assert_array_equal(estimator.feature_names_in_, rows.names)
    assert estimator._fitted_on_table
    with pytest.raises(ValueError, match="feature names"):
        read(frame().rename(columns={"age": "years"}), estimator, reset=False)


def test_polars():
    pl = pytest.importorskip("polars")
    rows = read(pl.DataFrame({"age": [1, 2], "town": ["a", "b"]}))
    assert_array_equal(rows.numbers["age"], [1, 2])
    assert_array_equal(rows.categories["town"], ["a", "b"])
    with pytest.raises(ValueError, match="missing values in column 'town'"):
        read(pl.DataFrame({"age": [1, 2], "town": ["a", None]}))


@pytest.mark.parametrize(
    "X",
    [
        [np.eye(2), np.ones((3, 2))],
        np.eye(3),
        pd.DataFrame({"a": [1.0, 2.0], "b": [3, 4]}),
        pd.DataFrame({"cloud": [np.eye(2), np.ones((3, 2))]}),
    ],
)
def test_sets_and_numbers_are_read_as_sets(X):
    assert isinstance(read(X), PointSets)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (frame(town=pd.Categorical(["a", "b", "a"]))[:0], "X has 0 rows"),
        (frame(age=[1, np.nan, 3]), "X contains NaN in column 'age'"),
        (frame(age=[1, np.inf, 3]), "X contains infinity in column 'age'"),
        (frame(age=[1, 2j, 3]), "X has complex numbers in column 'age'"),
        (frame(town=["a", None, "b"]), "missing values in column 'town'; give them"),
        (frame(day=pd.to_datetime(["2020-01-01"] * 3)), "X has dates in column 'day'"),
        (frame(age=[1, {}, 3]), "X has neither numbers nor strings in column 'age'"),
    ],
)
def test_columns_that_cannot_be_read(X, message):
    with pytest.raises(ValueError, match=message):
        read(X)


def test_two_columns_of_one_name():
    twice = frame()
    twice.columns = ["age", "town", "age"]
    with pytest.raises(ValueError, match="more than one column named 'age'"):
        read(twice)


def test_rows_are_taken_and_put_together():
    rows = read(frame())
    assert_array_equal(rows.take([2, 0]).categories["town"], ["a", "a"])
    assert_array_equal(rows.take(slice(1, 3)).numbers["age"], [2, 3])
    both = concat_rows([rows, rows.take([1])])
    assert_array_equal(both.numbers["age"], [1, 2, 3, 2])
    assert_array_equal(both.categories["town"], ["a", "b", "a", "b"])
    sets = PointSets.diracs(np.eye(2))
    assert concat_rows([sets, sets]).equals(PointSets.concat([sets, sets]))


def test_rows_that_do_not_fit_together():
    rows = read(frame())
    with pytest.raises(ValueError, match="columns of reference and X differ"):
        concat_rows([rows, read(frame().drop(columns="age"))])
    changed = read(frame(age=["x", "y", "z"]))
    fault = r"columns \['age'\] hold numbers in one .* and categories in the other"
    with pytest.raises(ValueError, match=fault):
        concat_rows([rows, changed])
    with pytest.raises(ValueError, match=r"columns \['town'\] hold numbers in one"):
        concat_rows([rows, PointSets.diracs(np.ones((2, 3)))])


@pytest.mark.parametrize(
    "X",
    [
        frame(),
        pd.DataFrame({"a": [1.0, 2.0, 5.0], "b": [3, 4, 6]}),
        np.eye(3),
        [np.eye(2), np.ones((3, 2)), np.zeros((1, 2))],
    ],
)
def test_what_was_read_is_handed_on(X):
    """Another estimator takes it without a warning, as if it had read it itself."""
    reader, other, itself = BaseEstimator(), BaseEstimator(), BaseEstimator()
    handed = ReadRows.by(reader, read(X, reader))
    assert read(handed, other) is handed.rows
    read(X, itself)
    assert vars(other).keys() == vars(itself).keys()
    assert other.n_features_in_ == itself.n_features_in_
    assert other._fitted_on_table == itself._fitted_on_table
    part = handed.take([2, 0])
    assert len(part) == 2
    assert read(part, other, reset=False) is part.rows
    # names of an earlier fit are forgotten
    other.feature_names_in_ = np.array(["u", "v", "w"], dtype=object)
    reader = BaseEstimator()
    read(ReadRows.by(reader, read(np.eye(4), reader)), other)
    assert not hasattr(other, "feature_names_in_")


def test_what_was_read_with_other_features_is_refused():
    first, second = BaseEstimator(), BaseEstimator()
    read(frame(), first)
    handed = ReadRows.by(second, read(frame().rename(columns={"age": "years"}), second))
    with pytest.raises(ValueError, match="years"):
        read(handed, first, reset=False)
    handed = ReadRows.by(second, read(np.eye(2), second))
    with pytest.raises(ValueError, match="is expecting 3"):
        read(handed, first, reset=False)
