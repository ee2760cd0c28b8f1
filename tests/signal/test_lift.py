# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Signals become the points of their graphs."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from skot.distance import PairwiseDistance, tlp_distances
from skot.sets import PointSets
from skot.signal import SignalLift

RNG = np.random.default_rng(0)
TABLE = RNG.normal(size=(4, 6))
UNIT = np.linspace(0, 1, 6)


class FlatLift(SignalLift):
    """A lift that answers a table with a table, to go through scikit-learn's checks."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        return tags

    def transform(self, X):
        sets = super().transform(X)
        return self._wrap_table(sets.points.reshape(len(sets), -1), X)


@parametrize_with_checks([FlatLift(), FlatLift(beta=0.1, normalize=True)])
def test_scikit_learn_checks(estimator, check):
    check(estimator)


def same(left, right):
    assert_array_equal(left.offsets, right.offsets)
    assert_array_equal(left.points, right.points)


def test_all_forms_of_one_collection_agree():
    expected = SignalLift().fit_transform(TABLE)
    assert isinstance(expected, PointSets)
    assert expected.weights is None
    assert_array_equal(expected[1].points, np.column_stack([UNIT, TABLE[1]]))
    cells = np.empty(4, dtype=object)
    cells[:] = list(TABLE)
    forms = [
        TABLE.tolist(),
        pd.DataFrame(TABLE),
        TABLE[:, :, None],
        list(TABLE[:, :, None]),
        [(UNIT, values) for values in TABLE],
        tuple((UNIT.tolist(), values.tolist()) for values in TABLE),
        [(UNIT[:, None], values[:, None]) for values in TABLE],
        pd.Series([(UNIT, values) for values in TABLE], index=[5, 6, 7, 8]),
    ]
    for form in forms:
        same(SignalLift().fit_transform(form), expected)
    same(SignalLift(grid=UNIT).fit_transform(TABLE), expected)
    same(
        SignalLift(grid=UNIT).fit(list(TABLE[:, :, None])).transform(forms[4]), expected
    )


def test_ragged_signals_spread_over_the_unit_interval():
    X = SignalLift().fit_transform([np.arange(3.0), np.arange(5)])
    assert_array_equal(X.sizes, [3, 5])
    assert_allclose(X[0].points, [[0, 0], [0.5, 1], [1, 2]])
    assert_allclose(X[1].points[:, 0], [0, 0.25, 0.5, 0.75, 1])


def test_grids_in_the_plane_and_channels():
    grid = RNG.normal(size=(6, 2))
    X = RNG.normal(size=(4, 6, 3))
    lift = SignalLift(grid=grid, beta=8.0, p=3).fit(X)
    assert (lift.n_coords_, lift.n_channels_, lift.n_features_in_) == (2, 3, 5)
    names = ["coord0", "coord1", "value0", "value1", "value2"]
    assert list(lift.get_feature_names_out()) == names
    assert_allclose(lift.scales_, [2, 2, 1, 1, 1])
    assert_allclose(lift.transform(X)[2].points, np.hstack([grid / 2, X[2]]))


def test_normalize_learns_in_fit():
    X = np.column_stack([TABLE.ravel(), np.full(24, 3.0)]).reshape(4, 6, 2) * 50
    lift = SignalLift(normalize=True, beta=4.0).fit(X)
    assert_allclose(lift.scales_, [2 * UNIT.std(), 50 * TABLE.std(), 1])
    assert_allclose(lift.transform(X[:1]).points[:, 1], TABLE[0] / TABLE.std())


def test_lebesgue_mass_is_the_length_of_the_grid():
    x = np.array([0.0, 1.0, 4.0])
    X = [(x, x), (x[::-1], x), (np.array([1.0, 3.0]), np.zeros(2))]
    sets = SignalLift(weights="lebesgue", beta=9.0).fit_transform(X)
    assert_allclose(sets.weights, [0.5, 2, 1.5, 1.5, 2, 0.5, 1, 1])
    assert_allclose(sets.masses, [4, 4, 2])


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([TABLE[0], np.array([1.0, np.nan])], r"X\[1\] contains NaN"),
        ([(UNIT, TABLE[0]), (UNIT[:2], TABLE[0])], r"X\[1\] has 6 samples, but its"),
        ([TABLE[0], np.zeros(0)], r"X\[1\] is empty"),
        ([(UNIT, TABLE[0]), (np.eye(6), TABLE[0])], r"X\[1\] has a grid in R\^6"),
        ([np.eye(2), np.eye(3)], r"X\[1\] has 4 columns, expected 3"),
        ([np.zeros((2, 2, 2)), np.eye(2)], r"X\[0\] has shape \(2, 2, 2\)"),
        ([(UNIT, TABLE[0].astype(str))], r"X\[0\] is of type"),
        (np.zeros((2, 0, 1)), r"X\[0\] is empty"),
        (np.zeros((0, 3, 1)), "X holds 0 signals"),
        (PointSets.diracs(TABLE), "X holds PointSets, expected signals"),
        (TABLE[0], "Expected 2D array"),
    ],
)
def test_faults_are_named(X, message):
    with pytest.raises(ValueError, match=message):
        SignalLift().fit(X)


def test_other_signals_than_in_fit_are_refused():
    lift = SignalLift().fit(TABLE)
    with pytest.raises(ValueError, match="X has 5 features"):
        lift.transform(TABLE[:, :5])
    plane = [(np.zeros((6, 2)), values) for values in TABLE]
    line = [(UNIT, np.column_stack([values, values])) for values in TABLE]
    with pytest.raises(ValueError, match="X has 2 coordinates and 1 channels"):
        SignalLift().fit(line).transform(plane)
    with pytest.raises(ValueError, match=r"grids in R\^1"):
        SignalLift(weights="lebesgue").fit_transform(plane)
    with pytest.raises(ValueError, match=r"X\[1\] has a grid of one point"):
        SignalLift(weights="lebesgue").fit_transform([(UNIT, UNIT), ([2.0], [1.0])])


def test_pulses_are_told_by_place_and_shape():
    """Where L2 sees only that two pulses do not overlap."""
    rng = np.random.default_rng(1)
    t, y = np.linspace(0, 1, 40), np.arange(24) % 2
    centres = rng.uniform(0.2, 0.8, 24)[:, None]
    sign = np.where(np.arange(24) % 4 < 2, 1.0, -1.0)[:, None]
    width = np.where(y == 0, 0.01, 0.03)[:, None]
    X = sign * np.exp(-(((t - centres) / width) ** 2) / 2)
    knn = KNeighborsClassifier(1, metric="precomputed")
    model = make_pipeline(SignalLift(), PairwiseDistance("tlp"), knn)
    lifted = model.fit(X[:12], y[:12]).score(X[12:], y[12:])
    raw = KNeighborsClassifier(1).fit(X[:12], y[:12]).score(X[12:], y[12:])
    assert lifted > raw
    D = PairwiseDistance("tlp").fit_transform(SignalLift().fit_transform(X))
    assert_allclose(D, tlp_distances(SignalLift().fit_transform(X)))


def test_ragged_signals_whose_lengths_agree_by_chance():
    """A fold of ragged signals is no table, whatever its lengths."""
    rng = np.random.default_rng(0)
    signals = [rng.normal(size=50)] * 5 + [rng.normal(size=40)]
    for first, then in ((signals, signals[:3]), (signals[:3], signals)):
        for form in (list, pd.Series, lambda s: pd.DataFrame({"signal": s})):
            sets = SignalLift().fit(form(first)).transform(form(then))
            assert sets.sizes.tolist() == [len(s) for s in then]


def test_arrays_and_lists_are_the_same_signals():
    S = np.random.default_rng(0).normal(size=(5, 10))
    whole = SignalLift().fit_transform(S)
    forms = (S, S.tolist(), list(S), pd.DataFrame(S), pd.Series(list(S)))
    for first in forms:
        lift = SignalLift().fit(first)
        for then in forms:
            assert_array_equal(lift.transform(then[:2]).points, whole[:2].points)
        ragged = lift.transform([S[0], S[1][:4]])
        assert ragged.sizes.tolist() == [10, 4]
