# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Error by transport to labels: the estimate, what is refused, what is promised."""

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_digits
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, StratifiedKFold, train_test_split
from sklearn.neural_network import MLPClassifier

from skot.shift import COTErrorEstimator, compare_error_estimators
from skot.shift._methods import LabelTransport
from tests._data.samples import labelled, tv

DATA = Path(os.environ.get("SKOT_DATA", "/nonexistent"))


PROBA, Y = labelled(0, 40, 3)


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
    value = LabelTransport.solve(target, prior).value
    assert_allclose(estimate.error, value, atol=1e-12)
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


def spoiled(row, values):
    proba = PROBA.copy()
    proba[row] = values
    return proba


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
