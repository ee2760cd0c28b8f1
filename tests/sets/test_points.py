# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""`PointSets`: what a container has to do to survive scikit-learn."""

import pickle
import sys

import joblib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone

from skot.embedding import WassersteinEmbedding
from skot.sets import PointSets

weighted_sets = st.lists(
    st.integers(1, 5).flatmap(
        lambda n: st.tuples(
            arrays(float, (n, 2), elements=st.integers(-3, 3).map(float)),
            arrays(float, n, elements=st.integers(1, 4).map(float)),
        )
    ),
    min_size=1,
    max_size=6,
)


def test_surface(X):
    assert X.shape == (4, 2)
    assert (len(X), X.ndim, X.dtype) == (4, 2, np.float64)
    assert_array_equal(X.sizes, [3, 1, 4, 2])
    assert_array_equal(X.masses, [6, 1, 10, 3])
    assert_array_equal(X.set_index, [0, 0, 0, 1, 2, 2, 2, 2, 3, 3])
    assert repr(X) == "PointSets(4 sets of 1 to 4 weighted points in R^2)"
    assert repr(X[:1]) == "PointSets(1 set of 3 weighted points in R^2)"
    assert repr(X[:0]) == "PointSets(0 sets of 0 weighted points in R^2)"
    assert [len(m) for m in X] == [3, 1, 4, 2]


def test_columns_are_coordinates(X):
    assert X[:, [1]].shape == (4, 1)
    assert X[:, 1].equals(X[:, [1]])
    assert_array_equal(X[[0], [True, False]].points, X.points[:3, :1])


def test_equality_is_identity(X):
    assert X == X
    assert X[:] != X
    assert X.equals(X[:])
    assert not X.equals(X.with_weights(None))
    assert not X.equals(X.with_points(X.points + 1))
    assert not X.equals("X")


def test_clones_as_a_parameter(X):
    estimator = WassersteinEmbedding(reference=X[0])
    assert_array_equal(clone(estimator).reference.points, X[0].points)
    assert "3 weighted points in R^2" in repr(estimator)


def test_pickle(X):
    assert pickle.loads(pickle.dumps(X)).equals(X)


def test_joblib_maps_the_arrays(X, tmp_path):
    joblib.dump(X, tmp_path / "sets.joblib")
    mapped = joblib.load(tmp_path / "sets.joblib", mmap_mode="r")
    assert isinstance(mapped.points, np.memmap)
    assert mapped.equals(X)


# -- readers ---------------------------------------------------------------------------


def test_series_there_and_back(X):
    pytest.importorskip("pandas")
    series = X.to_series(index=list("abcd"), name="cloud")
    assert list(series.index) == list("abcd")
    assert PointSets.from_list(series).equals(X)


def test_concat(X):
    assert PointSets.concat([X[:2], X[2:]]).equals(X)
    mixed = PointSets.concat([X[:1], X[1:].with_weights(None)])
    assert_array_equal(mixed.weights, [1, 2, 3, *np.ones(7)])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.zeros(3), [0, 3]), "points must be 2-D"),
        ((np.zeros((3, 1)), [0, 2]), "offsets must rise from 0"),
        ((np.zeros((3, 1)), [0, 2, 1, 3]), "offsets must rise"),
        ((np.zeros((3, 1)), [0.0, 3.0]), "integers"),
        ((np.zeros((3, 1)), [0, 3], [1, 1]), "one entry for each of the 3 points"),
    ],
)
def test_arrays_that_do_not_fit(arguments, message):
    with pytest.raises(ValueError, match=message):
        PointSets(*arguments)


# -- measures --------------------------------------------------------------------------


@given(weighted_sets)
def test_list_round_trip(sets):
    X = PointSets.from_list(sets)
    for (points, weights), measure in zip(sets, X, strict=True):
        assert_array_equal(measure.points, points)
        assert_array_equal(measure.weights, weights)
    assert PointSets.from_list(X.to_list()).equals(X)


@given(weighted_sets, st.integers(0, 1000))
def test_canonical_form_is_that_of_the_measure(sets, seed):
    rng = np.random.default_rng(seed)
    scrambled = []
    for points, weights in sets:  # split one atom in two, then permute
        i = rng.integers(len(points))
        points = np.vstack([points, points[i]])
        weights = np.append(weights, weights[i] / 2)
        weights[i] /= 2
        order = rng.permutation(len(points))
        scrambled.append((points[order], weights[order]))
    one, other = (PointSets.from_list(s).canonical() for s in (sets, scrambled))
    assert_array_equal(one.offsets, other.offsets)
    assert_array_equal(one.points, other.points)
    assert_allclose(one.weights, other.weights, rtol=1e-14)
    for measure in one:
        assert len(np.unique(measure.points, axis=0)) == len(measure)
    assert_allclose(one.masses, PointSets.from_list(sets).masses)


def test_canonical_keeps_distinct_points_apart():
    # these two tie in the sorting key at single precision
    points = np.array([[1e8, 1.0], [1e8, 2.0], [1e8, 1.0]], dtype=np.float32)
    X = PointSets(points, [0, 3]).canonical()
    assert_array_equal(X.points, [[1e8, 1.0], [1e8, 2.0]])
    assert_array_equal(X.weights, [2, 1])


def test_canonical_probabilities(X):
    scaled = X.canonical(masses="probability")
    assert_array_equal(scaled.points, X.canonical().points)
    assert_allclose(scaled.masses, 1)
    # {a, b, b} without weights is {a, b} of masses 1/3 and 2/3
    X = PointSets(np.array([[1.0], [0.0], [1.0], [5.0]]), [0, 3, 4])
    scaled = X.canonical(masses="probability")
    assert_array_equal(scaled.points.ravel(), [0, 1, 5])
    assert_array_equal(scaled.weights, [1 / 3, 2 / 3, 1])
    assert X[1:].canonical(masses="probability").weights is None
    with pytest.raises(ValueError, match="masses must be 'probability' or 'positive'"):
        X.canonical(masses="equal")


def test_normalized(X):
    assert_allclose(X.normalized().masses, 1)
    assert X.with_weights(None).normalized().weights is None
    with pytest.raises(ValueError, match=r"X\[1\] has zero mass"):
        X.with_weights(X.weights * (X.set_index != 1)).normalized()


def test_masses_of_empty_sets():
    X = PointSets(np.ones((2, 1)), [0, 0, 2, 2], np.array([1.0, 2.0]))
    assert_array_equal(X.masses, [0, 3, 0])


def count_instructions(call):
    """Count the instructions that Python itself runs."""
    count = 0

    def trace(frame, event, _):
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


def test_vectorised():
    """No Python loop over points, and none over sets where some are taken."""
    rng = np.random.default_rng(0)
    PointSets.from_list([rng.normal(size=(2, 3))])  # what is imported on the way
    few, many = ([rng.normal(size=(n, 3)) for _ in range(50)] for n in (2, 400))
    read = [count_instructions(lambda s=s: PointSets.from_list(s)) for s in (few, many)]
    assert read[0] == read[1] > 50
    collections = [
        PointSets(np.ones((3 * n, 3)), np.arange(0, 3 * n + 1, 3)) for n in (50, 5000)
    ]
    halves = [rng.permutation(len(X))[: len(X) // 2] for X in collections]
    gathered = [
        count_instructions(lambda X=X, half=half: X[half])
        for X, half in zip(collections, halves, strict=True)
    ]
    assert gathered[0] == gathered[1] > 50
