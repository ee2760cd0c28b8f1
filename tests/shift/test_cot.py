# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Transport to labels: oracles, inequalities, thresholds, intervals, readers."""

import os
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator
from sklearn.datasets import load_digits
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, StratifiedKFold, train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC, LinearSVC

from skot.datasets import load_digit_clouds
from skot.embedding import SlicedWassersteinEmbedding
from skot.sets import PointSets
from skot.shift import COTErrorEstimator, compare_error_estimators
from skot.shift._methods import LabelTransport
from skot.solvers import exact

DATA = Path(os.environ.get("SKOT_DATA", "/nonexistent"))
seeds = st.integers(0, 2**32 - 1)


def draw(seed, n=60, k=4, sharpness=0.4):
    rng = np.random.default_rng(seed)
    return rng.dirichlet(np.full(k, sharpness), n), rng.dirichlet(np.ones(k))


def labelled(seed, n=200, k=4, sharpness=0.4):
    """Probabilities and labels drawn from them: calibrated."""
    proba, _ = draw(seed, n, k, sharpness)
    rng = np.random.default_rng(seed + 1)
    y = (proba.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)
    y[:k] = np.arange(k)  # every class is there
    return proba, y


def cot(proba, prior):
    return LabelTransport.solve(proba, prior).value


def tv(p, q):
    return abs(p - q).sum() / 2


# -- the mathematics -------------------------------------------------------------------


@given(seeds)
@settings(max_examples=200)
def test_inequalities(seed):
    proba, prior = draw(seed, n=30)
    other = np.random.default_rng(seed + 1).dirichlet(np.ones(4))
    doubt = 1 - proba.max(axis=1).mean()
    pseudo = np.bincount(proba.argmax(axis=1), minlength=4) / 30
    value = cot(proba, prior)
    distance = tv(pseudo, prior)
    assert max(doubt, distance - doubt) <= value + 1e-12
    assert value <= doubt + distance + 1e-12
    assert value >= distance / 2 - 1e-12
    assert abs(value - cot(proba, other)) <= tv(prior, other) + 1e-12
    assert_allclose(cot(proba, pseudo), doubt, atol=1e-12)
    order = np.random.default_rng(seed).permutation(30)
    assert_allclose(cot(proba[order], prior), value, atol=1e-12)
    classes = order[order < 4]
    assert_allclose(cot(proba[:, classes], prior[classes]), value, atol=1e-12)


@pytest.mark.parametrize(("n", "k"), [(12, 3), (60, 6), (300, 6)])
def test_the_program_of_as_many_labels_as_samples(n, k):
    """Whole numbers of labels: n x K and n x n are one program."""
    for seed in range(5):
        proba, prior = draw(seed, n, k)
        labels = np.random.default_rng(seed).choice(k, n, p=prior)
        one_hot = np.eye(k)[labels]
        C = abs(proba[:, None] - one_hot).max(axis=2)
        assert_allclose(C, 1 - proba[:, labels], atol=1e-14)
        u = np.full(n, 1 / n)
        shares = np.bincount(labels, minlength=k) / n
        assert_allclose(cot(proba, shares), exact(C, u, u).value, atol=1e-12)


def test_two_classes_in_closed_form():
    proba, _ = draw(0, 101, 2)
    for n_second in (0, 7, 50, 101):
        largest = np.sort(proba[:, 1])[::-1]
        value = (np.sum(1 - largest[:n_second]) + np.sum(largest[n_second:])) / 101
        shares = np.array([101 - n_second, n_second]) / 101
        assert_allclose(cot(proba, shares), value, atol=1e-12)


def test_zero_is_certainty_with_the_right_histogram():
    one_hot = np.eye(3)[[0, 0, 1, 2]]
    assert_allclose(cot(one_hot, [0.5, 0.25, 0.25]), 0, atol=1e-15)
    assert_allclose(cot(one_hot, [0.25, 0.5, 0.25]), 0.25, atol=1e-15)


@given(seeds)
@settings(max_examples=20)
def test_costs_of_samples(seed):
    proba, prior = draw(seed)
    transport = LabelTransport.solve(proba, prior)
    assert_allclose(transport.costs.mean(), transport.value, atol=1e-12)
    assert (transport.costs >= (1 - proba.max(axis=1)) - 1e-12).all()
    assert (transport.costs <= 1 + 1e-12).all()


def test_the_gradient_in_the_prior():
    proba, prior = draw(3, 400, 3, 2.0)
    prices = LabelTransport.solve(proba, prior).prices
    step = 1e-4 * np.array([1, -1, 0])
    change = cot(proba, prior + step) - cot(proba, prior - step)
    assert_allclose(change / 2e-4, prices[0] - prices[1], atol=2e-2)


# -- the estimator ---------------------------------------------------------------------


@pytest.mark.parametrize("calibration", ["temperature", "isotonic", None])
@pytest.mark.parametrize("ties", [False, True])
def test_cott_gives_back_the_validation_error(calibration, ties):
    for seed in range(5):
        proba, y = labelled(seed)
        if ties:
            proba = np.round(proba * 4) + 1
            proba /= proba.sum(axis=1, keepdims=True)
        estimator = COTErrorEstimator(calibration=calibration, n_bootstrap=None)
        estimator.fit(proba, y)
        error = np.mean(proba.argmax(axis=1) != y)
        assert estimator.validation_error_ == error
        assert_allclose(estimator.estimate(proba).error, error, atol=1e-15)
        assert_allclose(estimator.score(proba, y), 0, atol=1e-15)


def test_no_validation_error():
    y = np.arange(30) % 3
    proba = 0.7 * np.eye(3)[y] + 0.1
    estimator = COTErrorEstimator(calibration=None, n_bootstrap=None).fit(proba, y)
    assert estimator.estimate(proba).error == 0
    doubtful = np.full((6, 3), 0.3) + 0.1 * np.eye(3)[[0, 0, 1, 1, 2, 2]]
    assert estimator.estimate(doubtful).error == 1


def test_the_estimate():
    proba, y = labelled(0)
    target, _ = labelled(5, 300)
    estimator = COTErrorEstimator(method="cot", calibration=None, random_state=0)
    estimate = estimator.fit(proba, y).estimate(target)
    prior = np.bincount(y) / len(y)
    assert_allclose(estimate.error, cot(target, prior), atol=1e-12)
    assert_allclose(estimate.accuracy, 1 - estimate.error)
    assert_allclose(estimate.cot, estimate.error)
    assert_allclose(estimate.prior, prior)
    assert estimate.bounds[0] <= estimate.cot <= estimate.bounds[1]
    assert 0 <= estimate.sensitivity <= 1
    assert 0 <= estimate.gap < 1e-12
    assert estimate.interval[0] < estimate.error < estimate.interval[1]
    other = np.array([0.1, 0.2, 0.3, 0.4])
    low, high = estimate.cot_range(tv(prior, other))
    assert low <= estimator.estimate(target, prior=other).cot <= high
    uniform = estimator.estimate(target, prior="uniform")
    assert_array_equal(uniform.prior, np.full(4, 0.25))
    costs = estimator.sample_costs(target)
    assert_allclose(costs.mean(), estimate.cot, atol=1e-12)
    again = COTErrorEstimator(method="cot", calibration=None, random_state=0)
    assert again.fit(proba, y).estimate(target).interval == estimate.interval


def test_wider_levels_and_more_samples():
    proba, y = labelled(0, 3000)
    target, _ = labelled(5, 3000)
    for method in ("cot", "cott"):
        widths = {}
        for n, level in ((300, 0.9), (3000, 0.9), (3000, 0.5)):
            estimator = COTErrorEstimator(
                method=method,
                confidence_level=level,
                n_bootstrap=60,
                random_state=0,
            )
            estimate = estimator.fit(proba[:n], y[:n]).estimate(target[:n])
            widths[n, level] = np.ptp(estimate.interval)
        assert widths[3000, 0.5] < widths[3000, 0.9]
        assert 2 < widths[300, 0.9] / widths[3000, 0.9] < 5  # about the root of ten


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


def test_intervals_without_spread():
    proba, y = labelled(0)
    for n_bootstrap, target in ((1, proba), (20, proba[:1])):
        judge = COTErrorEstimator(
            method="cot", calibration=None, prior="uniform", n_bootstrap=n_bootstrap
        )
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            low, high = judge.fit(proba, y).estimate(target).interval
        assert 0 <= low <= high <= 1


def test_forms_of_a_result():
    proba, y = labelled(0)
    estimator = COTErrorEstimator(n_bootstrap=20, random_state=0).fit(proba, y)
    estimate = estimator.estimate(proba)
    assert "estimated error" in str(estimate)
    assert repr(estimate).startswith("ErrorEstimate(error=0.")
    assert "<table" in estimate._repr_html_()
    frame = estimate.to_frame()
    assert frame["accuracy"].item() == estimate.accuracy
    chunks = estimator.estimate_chunks(proba, 100)
    assert repr(chunks).startswith("ErrorEstimates(0: ")
    assert "<table" in chunks._repr_html_()
    with pytest.raises(ValueError, match="must not be negative"):
        estimate.cot_range(-0.1)


# -- calibration -----------------------------------------------------------------------


@pytest.mark.parametrize("temperature", [0.4, 1.0, 3.0])
def test_temperature_is_found(temperature):
    proba, y = labelled(0, 20_000)
    logits = np.log(proba + 1e-12) * temperature
    estimator = COTErrorEstimator(
        response_method="decision_function", n_bootstrap=None
    ).fit(logits, y)
    assert_allclose(estimator.temperature_, temperature, rtol=0.05)
    calibrated = estimator.predict_proba(logits)
    assert_array_equal(calibrated.argmax(axis=1), proba.argmax(axis=1))
    p = calibrated[np.arange(len(y)), y]
    for factor in (0.97, 1.03):  # a minimum of the negative log-likelihood
        z = calibrated**factor / (calibrated**factor).sum(axis=1, keepdims=True)
        assert np.log(z[np.arange(len(y)), y]).mean() < np.log(p).mean()


def test_isotonic_mends_a_distortion():
    proba, y = labelled(0, 5000, 2)
    bent = np.column_stack([1 - proba[:, 1] ** 3, proba[:, 1] ** 3])
    estimator = COTErrorEstimator(calibration="isotonic", n_bootstrap=None).fit(bent, y)
    assert abs(estimator.predict_proba(bent) - proba).mean() < 0.03


# -- what is read ----------------------------------------------------------------------


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


def test_grid_search_chooses_a_method():
    proba, y = labelled(0, 300)
    search = GridSearchCV(
        COTErrorEstimator(n_bootstrap=None),
        {"method": ["cot", "cott"], "calibration": [None, "temperature"]},
        cv=StratifiedKFold(3),
    ).fit(proba, y)
    assert search.best_score_ > -0.1


def test_half_precision_and_float32():
    proba, y = labelled(0, 500, 20)
    double = COTErrorEstimator(n_bootstrap=None).fit(proba, y).estimate(proba)
    half = proba.astype(np.float16)
    rough = COTErrorEstimator(n_bootstrap=None).fit(half, y).estimate(half)
    assert_allclose(rough.error, double.error, atol=5e-3)
    single = proba.astype(np.float32)
    estimator = COTErrorEstimator(n_bootstrap=None).fit(single, y)
    assert estimator.predict_proba(single).dtype == np.float32
    assert_allclose(estimator.estimate(single).error, double.error, atol=1e-6)


# -- what is refused -------------------------------------------------------------------

PROBA, Y = labelled(0, 40, 3)


def spoiled(row, values):
    proba = PROBA.copy()
    proba[row] = values
    return proba


BAD_VALIDATION = {
    "rows sum to more": (spoiled(3, [0.7, 0.7, 0.1]), Y, r"X\[3\] sums to 1.5"),
    "negative": (spoiled(5, [1.2, -0.3, 0.1]), Y, r"X\[5\] holds -0.3"),
    "NaN": (spoiled(2, np.nan), Y, "NaN"),
    "too few columns": (PROBA[:, :2] / PROBA[:, :2].sum(1, keepdims=True), Y, "classe"),
    "one column": (PROBA[:, :1], Y, "one for each class"),
    "one axis": (PROBA[:, 0], Y, "1D array"),
    "a class unseen": (PROBA, np.minimum(Y, 1), "no validation sample of class"),
    "one class": (PROBA, np.zeros(40, dtype=int), "no validation sample of class"),
    "other lengths": (PROBA, Y[:-1], "inconsistent numbers of samples"),
    "numbers for labels": (PROBA, Y + 0.5, "Unknown label type"),
    "empty": (PROBA[:0], Y[:0], "0 sample"),
}


@pytest.mark.parametrize("fault", BAD_VALIDATION)
def test_bad_validation_sets(fault):
    proba, y, message = BAD_VALIDATION[fault]
    with pytest.raises(ValueError, match=message):
        COTErrorEstimator().fit(proba, y)


BAD_PRIORS = {
    "sum": ([0.5, 0.5, 0.5], "prior sums to 1.5"),
    "length": ([0.5, 0.5], "prior has shape"),
    "negative": ([1.2, -0.2, 0.0], "negative"),
    "NaN": ([np.nan, 0.5, 0.5], "NaN"),
}


@pytest.mark.parametrize("fault", BAD_PRIORS)
def test_bad_priors(fault):
    prior, message = BAD_PRIORS[fault]
    with pytest.raises(ValueError, match=message):
        COTErrorEstimator(prior=prior).fit(PROBA, Y)
    estimator = COTErrorEstimator(n_bootstrap=None).fit(PROBA, Y)
    with pytest.raises(ValueError, match=message):
        estimator.estimate(PROBA, prior=prior)
    with pytest.raises(ValueError, match="prior must be"):
        estimator.estimate(PROBA, prior="validation")


def test_bad_targets():
    estimator = COTErrorEstimator(n_bootstrap=None).fit(PROBA, Y)
    for X, message in (
        (PROBA[:0], "0 sample"),
        (PROBA[:, :2], "2 features"),
        (spoiled(1, np.nan), "NaN"),
        (spoiled(1, [1, 1, 1]), r"X\[1\] sums to 3"),
    ):
        with pytest.raises(ValueError, match=message):
            estimator.estimate(X)


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


# -- published and promised ------------------------------------------------------------


def test_images_under_shift():
    """COTT is the nearest of all on 22 shifts of MNIST without label shift."""
    path = DATA / "softmax_mnist_shifts.npz"
    if not path.exists():
        pytest.skip("needs the shared data")
    data = np.load(path)
    targets = dict(
        zip(data["shift"], zip(data["probs"], data["y"], strict=True), strict=True)
    )
    table = compare_error_estimators(None, data["probs_val"], data["y_val"], targets)
    means = dict(zip(table.methods, table.mean_absolute_error, strict=True))
    assert min(means, key=means.get) == "cott"
    assert means["cott"] < 0.085
    assert means["ac"] > 0.13


def test_digits_under_shift():
    """18 shifts of digits: COT within 15 points of the truth, COTT within 16."""
    X, y = load_digits(return_X_y=True)
    X = X / 16
    A, Z, a, z = train_test_split(X, y, test_size=648, stratify=y, random_state=0)
    A, V, a, v = train_test_split(A, a, test_size=500, stratify=a, random_state=0)
    network = MLPClassifier((64,), max_iter=500, random_state=0).fit(A, a)
    rng = np.random.default_rng(0)
    images = Z.reshape(-1, 8, 8)
    moved = [images + s * rng.normal(size=images.shape) for s in np.arange(1, 7) / 10]
    moved += [np.roll(images, k, 2) for k in range(1, 7)]
    moved += [c * images for c in np.arange(4, 10) / 10]
    targets = {str(i): (M.reshape(-1, 64), z) for i, M in enumerate(moved)}
    table = compare_error_estimators(FrozenEstimator(network), V, v, targets)
    means = dict(zip(table.methods, table.mean_absolute_error, strict=True))
    assert means["cot"] <= 0.15
    assert means["cott"] <= 0.16
    assert means["ac"] > 0.2


def coverage(n_repetitions, n_bootstrap, **settings):
    """Share of intervals that hold the true error: calibrated, no label shift."""
    rng = np.random.default_rng(99)
    true = 1 - rng.dirichlet(np.full(4, 0.5), 500_000).max(axis=1).mean()
    held = 0
    for seed in range(n_repetitions):
        proba, y = labelled(10 * seed, 400, sharpness=0.5)
        target, _ = labelled(10 * seed + 5, 400, sharpness=0.5)
        estimator = COTErrorEstimator(
            n_bootstrap=n_bootstrap, random_state=0, **settings
        )
        low, high = estimator.fit(proba, y).estimate(target).interval
        held += low <= true <= high
    return held / n_repetitions


@pytest.mark.parametrize("method", ["cot", "cott"])
def test_coverage_is_about_right(method):
    assert coverage(15, 30, method=method) >= 0.6


@pytest.mark.slow
@pytest.mark.parametrize("method", ["cot", "cott"])
def test_coverage(method):
    """90 % plus or minus 3, beside the noise of 300 repetitions."""
    assert abs(coverage(300, 100, method=method) - 0.9) <= 0.03 + 0.017
