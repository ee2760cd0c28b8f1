# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Classifiers in all ways they are given, pipelines of sets, chunks."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator
from sklearn.datasets import load_digits
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC, LinearSVC

from skot.datasets import load_digit_clouds
from skot.embedding import SlicedWassersteinEmbedding
from skot.sets import PointSets
from skot.shift import COTErrorEstimator, compare_error_estimators
from skot.shift._interface import Asking, chunks_of
from tests._data.samples import labelled

PROBA, Y = labelled(0, 40, 3)


def test_chunks():
    proba, y = labelled(0)
    target, _ = labelled(5, 100)
    estimator = COTErrorEstimator(n_bootstrap=20, random_state=0).fit(proba, y)
    chunks = estimator.estimate_chunks(target, chunks=40)
    assert [e.n_samples for e in chunks] == [40, 40, 20]
    assert chunks[1].error == estimator.estimate(target[40:80]).error
    months = np.array(["b", "a"])[np.arange(100) % 2]
    named = estimator.estimate_chunks(target, chunks=months)
    assert named.chunks == ("a", "b")
    assert named[0].error == estimator.estimate(target[1::2]).error
    frame = named.to_frame()
    assert list(frame.index) == ["a", "b"]
    assert_allclose(frame["error"], [e.error for e in named])
    true = estimator.true_errors(proba, y, 50)
    assert_allclose(true.mean(), estimator.validation_error_)
    with pytest.raises(ValueError, match="chunks must be a number or of shape"):
        estimator.estimate_chunks(target, chunks=months[:5])
    with pytest.raises(ValueError, match="chunks must be at least 1"):
        estimator.estimate_chunks(target, chunks=0)
    for gap in (np.nan, np.datetime64("NaT")):
        gaps = np.repeat(np.array([gap]), 100)
        with pytest.raises(ValueError, match=r"chunks\[0\] is missing"):
            estimator.estimate_chunks(target, chunks=gaps)
    with pytest.raises(ValueError, match="missing ones, which have no order"):
        estimator.estimate_chunks(
            target, chunks=np.array(["a", None] * 50, dtype=object)
        )
    days = np.array(["2026-01-01", "2026-02-01"] * 50, dtype="datetime64[ns]")
    assert "(2026-01-01: " in repr(estimator.estimate_chunks(target, chunks=days))


def test_three_ways_to_give_a_classifier():
    X, y = load_digits(return_X_y=True)
    X = X / 16
    classifier = LogisticRegression().fit(X[:500], y[:500])
    args = {"n_bootstrap": 10, "random_state": 0}
    frozen = COTErrorEstimator(FrozenEstimator(classifier), **args)
    frozen.fit(X[500:900], y[500:900])
    table = COTErrorEstimator(**args)
    table.fit(classifier.predict_proba(X[500:900]), y[500:900])
    target = X[900:]
    answers = classifier.predict_proba(target)
    assert frozen.estimate(target).error == table.estimate(answers).error
    assert frozen.estimate(target).interval == table.estimate(answers).interval
    assert_array_equal(frozen.sample_costs(target), table.sample_costs(answers))
    anew = COTErrorEstimator(LogisticRegression(), **args)
    anew.fit(X[:900], y[:900])
    assert anew.estimator_ is not classifier
    # out of fold: far from the training error, which is zero
    assert 0.03 < anew.validation_error_ < 0.15
    assert anew.score(target, y[900:]) > -0.04
    with pytest.warns(UserWarning, match="is fitted anew"):
        COTErrorEstimator(classifier, **args).fit(X[:900], y[:900])


def test_a_classifier_without_probabilities():
    X, y = load_digits(return_X_y=True)
    X = X / 16
    margins = FrozenEstimator(LinearSVC().fit(X[:500], y[:500]))
    estimator = COTErrorEstimator(margins, n_bootstrap=None)
    estimator.fit(X[500:1200], y[500:1200])
    assert_allclose(estimator.predict_proba(X[:9]).sum(axis=1), 1)
    assert estimator.score(X[1200:], y[1200:]) > -0.05
    two = y < 2
    margins = FrozenEstimator(LinearSVC().fit(X[two][:99], y[two][:99]))
    estimator = COTErrorEstimator(margins, n_bootstrap=None)
    estimator.fit(X[two][99:], y[two][99:])
    assert estimator.predict_proba(X[:3]).shape == (3, 2)


def test_classes_in_an_order_of_their_own():
    class Network(BaseEstimator):
        classes_ = ["c", "a", "b"]

        def fit(self, X, y): ...

        def __sklearn_is_fitted__(self):
            return True

        def predict_proba(self, X):
            return X

    names = np.array(Network.classes_)[Y]
    judge = COTErrorEstimator(FrozenEstimator(Network()), n_bootstrap=None)
    judge.fit(PROBA, names)
    plain = COTErrorEstimator(n_bootstrap=None).fit(PROBA, Y)
    assert judge.validation_error_ == plain.validation_error_
    assert_allclose(judge.prior_, plain.prior_)
    assert judge.score(PROBA, names) == plain.score(PROBA, Y)
    pd = pytest.importorskip("pandas")
    named = pd.DataFrame(PROBA, columns=Network.classes_)
    with pytest.raises(ValueError, match="the sorted classes"):
        COTErrorEstimator().fit(named, names)
    COTErrorEstimator(n_bootstrap=None).fit(named[["a", "b", "c"]], names)
    numbered = pd.DataFrame(PROBA[:, ::-1], columns=[2, 1, 0])
    with pytest.raises(ValueError, match="the sorted classes"):
        COTErrorEstimator().fit(numbered, Y)


def test_labels_of_any_kind_and_other_thresholds():
    from sklearn.model_selection import FixedThresholdClassifier

    X, y = load_digits(n_class=2, return_X_y=True)
    X, y = X + np.random.RandomState(0).normal(0, 12, X.shape), np.array(["n", "y"])[y]
    classifier = LogisticRegression(C=1e-4).fit(X[:150], y[:150])
    judge = COTErrorEstimator(FrozenEstimator(classifier), n_bootstrap=None)
    judge.fit(X[150:], y[150:])
    assert judge.classes_.tolist() == ["n", "y"]
    other = FixedThresholdClassifier(FrozenEstimator(classifier), threshold=0.9)
    judge.set_params(estimator=FrozenEstimator(other.fit(X, y)))
    with pytest.warns(UserWarning, match="does not predict the class of highest"):
        judge.fit(X[150:], y[150:])


@pytest.mark.parametrize("form", ["PointSets", "list", "tuples"])
def test_pipelines_of_sets(form):
    """Lists of clouds go through as they are, as samples of the pipeline."""
    X, y = load_digit_clouds(n_class=4, return_X_y=True)
    X = {
        "PointSets": lambda: X,
        "list": lambda: [np.asarray(m.points) for m in X],
        "tuples": lambda: X.to_list(),
    }[form]()
    pick = X.__getitem__ if form == "PointSets" else lambda s: X[s]
    pipeline = make_pipeline(
        SlicedWassersteinEmbedding(n_slices=8, random_state=0),
        LogisticRegression(max_iter=1000),
    )
    estimator = COTErrorEstimator(pipeline, cv=3, n_bootstrap=5, random_state=0)
    estimator.fit(pick(slice(0, 300)), y[:300])
    target = pick(slice(300, 500))
    assert len(estimator.sample_costs(target)) == 200
    assert estimator.score(target, y[300:500]) > -0.06
    assert estimator.n_features_in_ == 2
    chunks = estimator.estimate_chunks(target, chunks=np.arange(200) % 3)
    assert len(chunks) == 3
    judged = FrozenEstimator(pipeline.fit(pick(slice(0, 150)), y[:150]))
    targets = {"sets": (target, y[300:500])}
    table = compare_error_estimators(
        judged, pick(slice(150, 300)), y[150:300], targets, methods=["cott", "ac"]
    )
    true = 1 - pipeline.score(target, y[300:500])
    assert_allclose(table.truth, [true])
    if form == "PointSets":
        assert isinstance(target, PointSets)


def test_bad_classifiers():
    X = np.random.RandomState(0).normal(size=(60, 2))
    y = np.arange(60) % 3
    frozen = FrozenEstimator(LogisticRegression().fit(X, y))
    judge = COTErrorEstimator(frozen, n_bootstrap=None)
    with pytest.raises(ValueError, match=r"labels unknown to the classifier: \[3\]"):
        judge.fit(X, np.arange(60) % 4)
    with pytest.raises(ValueError, match="no validation sample of class"):
        judge.fit(X, y % 2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        judge.set_params(prior="uniform").fit(X, y % 2)  # known otherwise
    with pytest.raises(ValueError, match="0 sample"):
        judge.estimate(X[:0])
    pairs = SVC(decision_function_shape="ovo").fit(X, np.arange(60) % 4)
    with pytest.raises(ValueError, match="4 classes but gives 6 columns"):
        COTErrorEstimator(FrozenEstimator(pairs)).fit(X, np.arange(60) % 4)
    with pytest.raises(ValueError, match="neither predict_proba nor"):
        COTErrorEstimator(Ridge()).fit(X, y)
    with pytest.raises(ValueError, match="Ridge has neither"):
        COTErrorEstimator(FrozenEstimator(Ridge().fit(X, y))).fit(X, y)
    with pytest.raises(ValueError, match="only one class"):  # says the classifier
        COTErrorEstimator(LogisticRegression()).fit(X, np.zeros(60))


def test_consecutive_chunks_and_named_ones():
    names, parts = chunks_of(5, 2)
    assert names == (0, 1, 2)
    assert [part.tolist() for part in parts] == [[0, 1], [2, 3], [4]]
    names, parts = chunks_of(4, ["b", "a", "b", "c"])
    assert names == ("a", "b", "c")
    assert [part.tolist() for part in parts] == [[1], [0, 2], [3]]


def test_a_table_of_answers_is_asked_as_a_classifier_is():
    X = np.random.RandomState(0).normal(size=(60, 2))
    y = np.arange(60) % 3
    frozen = FrozenEstimator(LogisticRegression().fit(X, y))
    asking, reader = Asking(frozen, "auto"), BaseEstimator()
    classifier, classes, outputs = asking.validation(X, y, reader)
    assert classifier is frozen
    assert reader.n_features_in_ == 2
    table, reader = Asking(None, "auto"), BaseEstimator()
    none, same, read = table.validation(frozen.predict_proba(X), y, reader)
    assert none is None
    assert reader.n_features_in_ == 3
    assert_array_equal(same, classes)
    for name in ("proba", "predicted", "labels"):
        assert_array_equal(getattr(read, name), getattr(outputs, name))
    target = asking.target(X[:5], classifier, reader)
    assert_array_equal(target.proba, outputs.proba[:5])
    assert target.labels is None
