# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Signals as sets of points (coordinate, value): forms, grids, faults."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator

from skot.sets import GraphSets, PointSets, coordinate_scales, validate_signal_sets

T = np.linspace(0, 1, 3)
ONE, TWO = np.array([1.0, 2, 3]), np.array([4.0, 5])


def read(X, estimator=None, reset=True, **params):
    return validate_signal_sets(estimator or BaseEstimator(), X, reset=reset, **params)


@pytest.mark.parametrize(
    "X",
    [
        [ONE, TWO],
        (ONE.tolist(), TWO.tolist()),
        [ONE[:, None], TWO[:, None]],
        [(T, ONE), (T[::2], TWO)],
        [(T[:, None], ONE), ([[0.0], [1.0]], TWO)],
        [(T, ONE), TWO],
    ],
)
def test_every_form_reads_the_same(X):
    estimator = BaseEstimator()
    sets, n_coords = read(X, estimator)
    assert n_coords == 1
    assert_array_equal(sets[0].points, np.column_stack([T, ONE]))
    assert_array_equal(sets[1].points, [[0, 4], [1, 5]])
    assert estimator.n_features_in_ == 2
    assert not estimator._fitted_on_table


def test_frames():
    pd = pytest.importorskip("pandas")
    expected, _ = read([ONE, TWO])
    for X in (pd.Series([ONE, TWO]), pd.DataFrame({"signal": [ONE, TWO]})):
        assert read(X)[0].equals(expected)


def test_rows_of_a_table():
    estimator = BaseEstimator()
    sets, n_coords = read(np.vstack([ONE, ONE + 1]), estimator)
    assert_array_equal(sets[1].points, np.column_stack([T, ONE + 1]))
    assert (n_coords, estimator.n_features_in_) == (1, 3)
    assert estimator._fitted_on_table
    with pytest.raises(ValueError, match="X has 2 features"):
        read(np.ones((2, 2)), estimator, reset=False)
    # fitted on signals of any length, rows are such
    read([ONE, TWO], estimator)
    assert read(np.ones((2, 7)), estimator, reset=False)[0].sizes.tolist() == [7, 7]


def test_channels_and_grids():
    X = np.arange(12.0).reshape(2, 3, 2)
    plane = np.arange(6.0).reshape(3, 2)
    sets, n_coords = read(X, grid=plane)
    assert n_coords == 2
    assert_array_equal(sets[1].points, np.hstack([plane, X[1]]))
    assert read(X.astype(np.float32), grid=plane)[0].dtype == np.float32


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([], "X holds 0 signals|Expected 2D array"),
        ([(T, ONE), (T, TWO)], r"X\[1\] has 2 samples, but its grid has 3 points"),
        ([ONE, (np.eye(2), TWO)], r"X\[1\] has a grid in R\^2, expected R\^1"),
        ([ONE, TWO[:0]], r"X\[1\] is empty"),
        ([ONE, TWO * np.nan], r"X\[1\] contains NaN"),
        ([ONE, np.ones((2, 2))], r"X\[1\] has 3 columns, expected 2"),
        ([ONE, np.ones((2, 2, 2))], r"X\[1\] has shape \(2, 2, 2\), expected"),
        ([ONE, (["a", "b"], TWO)], r"the grid of X\[1\] is of type"),
        (PointSets.from_list([np.eye(2)]), "X holds PointSets, expected signals"),
        (GraphSets.from_list([(np.eye(2), None)]), "X holds GraphSets, expected"),
    ],
)
def test_the_signal_at_fault_is_named(X, message):
    with pytest.raises(ValueError, match=message):
        read(X)


def test_scales_turn_tlp_into_wasserstein():
    assert_allclose(coordinate_scales(2, 3, beta=0.25, p=2), [0.5, 0.5, 1, 1, 1])
    x, y = np.array([[0.0, 1.0]]), np.array([[3.0, 5.0]])
    for p in (1, 2, 3):
        moved = (x - y) / coordinate_scales(1, 1, beta=2.0, p=p)
        assert_allclose((abs(moved) ** p).sum(), 3**p / 2 + 4**p)
