# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Baselines of label-free error estimation."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import load_digits
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from skot.shift import BaselineErrorEstimator
from skot.shift._methods import BASELINES
from tests._data.samples import labelled

PROBA, Y = labelled(0, 300)


TARGET, TRUE = labelled(7, 500)


METHODS = [m for m in BASELINES if m != "gde"]


def estimate(method, target=TARGET, **params):
    params = {"calibration": None, "n_bootstrap": None, **params}
    estimator = BaselineErrorEstimator(method=method, **params).fit(PROBA, Y)
    return estimator.estimate(target).error


@pytest.mark.parametrize("calibration", ["temperature", "isotonic", None])
@pytest.mark.parametrize("method", ["doc", "im", "atc_mc", "atc_ne", "pseudo_tv"])
def test_validation_errors_come_back(method, calibration):
    error = np.mean(PROBA.argmax(axis=1) != Y)
    found = estimate(method, PROBA, calibration=calibration)
    if method == "pseudo_tv":  # predictions need not have the shares of the labels
        shares = [np.bincount(c, minlength=4) / 300 for c in (PROBA.argmax(1), Y)]
        error += abs(shares[0] - shares[1]).sum() / 2
    assert_allclose(found, error, atol=1e-12)


def test_definitions():
    conf_val, conf = PROBA.max(axis=1), TARGET.max(axis=1)
    wrong = PROBA.argmax(axis=1) != Y
    assert_allclose(estimate("ac"), 1 - conf.mean())
    assert_allclose(estimate("doc"), wrong.mean() + conf_val.mean() - conf.mean())
    limit = np.sort(conf_val)[wrong.sum() - 1]
    assert_allclose(estimate("atc_mc"), np.mean(conf <= limit))
    entropy_val, entropy = (-(p * np.log(p)).sum(axis=1) for p in (PROBA, TARGET))
    limit = np.sort(entropy_val)[::-1][wrong.sum() - 1]
    assert_allclose(estimate("atc_ne"), np.mean(entropy >= limit))
    bins_val, bins = (np.floor(10 * c) for c in (conf_val, conf))
    weights = np.array([np.mean(bins == b) / np.mean(bins_val == b) for b in bins_val])
    # all bins of the target are seen in the validation set
    assert set(bins) <= set(bins_val)
    assert_allclose(estimate("im"), np.mean(weights * wrong), atol=1e-12)


def test_bins_unseen_in_validation():
    y = np.arange(40) % 2
    sure = np.where(y[:, None] == [0, 1], 0.95, 0.05)
    sure[:10] = sure[:10, ::-1]  # a quarter is wrong, all in one bin
    estimator = BaselineErrorEstimator(method="im", calibration=None).fit(sure, y)
    assert_allclose(estimator.estimate(np.full((5, 2), 0.5)).error, 0.25)


def test_cbpe_is_calibrated_confidence():
    rng = np.random.default_rng(0)
    p = rng.uniform(size=4000)
    y = (rng.random(4000) < p).astype(int)
    bent = np.column_stack([1 - p**3, p**3])
    estimator = BaselineErrorEstimator(method="cbpe").fit(bent[:3000], y[:3000])
    assert estimator.score(bent[3000:], y[3000:]) > -0.03
    raw = BaselineErrorEstimator(method="ac", calibration=None)
    assert raw.fit(bent[:3000], y[:3000]).score(bent[3000:], y[3000:]) < -0.08
    # where the answers are calibrated, they stay
    calibrated = np.column_stack([1 - p, p])
    fair = BaselineErrorEstimator(method="cbpe").fit(calibrated[:200], y[:200])
    assert_allclose(fair.predict_proba(calibrated).sum(axis=1), 1)


def test_disagreement():
    X, y = load_digits(return_X_y=True)
    X = X / 16
    network = MLPClassifier((16,), tol=0.02, random_state=0)
    judge = BaselineErrorEstimator(network, method="gde", n_bootstrap=5, cv=2)
    judge.set_params(random_state=0).fit(X[:600], y[:600])
    first, second = (e.predict(X[600:]) for e in (judge.estimator_, judge.second_))
    assert_allclose(judge.estimate(X[600:]).error, np.mean(first != second))
    linear = LogisticRegression().fit(X[:600], y[:600])
    judge = BaselineErrorEstimator(FrozenEstimator(linear), method="gde")
    with pytest.raises(ValueError, match="pass second"):
        judge.fit(X[600:900], y[600:900])
    judge.set_params(second=FrozenEstimator(network.fit(X[:600], y[:600])))
    judge.fit(X[600:900], y[600:900])
    disagree = linear.predict(X[900:]) != network.predict(X[900:])
    assert_allclose(judge.estimate(X[900:]).error, disagree.mean())
    with pytest.raises(ValueError, match="pass second"):
        BaselineErrorEstimator(method="gde").fit(PROBA, Y)


@pytest.mark.parametrize("method", METHODS)
def test_intervals(method):
    estimator = BaselineErrorEstimator(method=method, n_bootstrap=40, random_state=0)
    found = estimator.fit(PROBA, Y).estimate(TARGET)
    low, high = found.interval
    assert 0 <= low < high <= 1
    assert 0.01 < high - low < 0.25
    assert found.method == method
    assert found.cot is None
    with pytest.raises(ValueError, match="knows no prior"):
        found.cot_range(0.1)
    assert "cot" not in found.to_frame()


def test_ac_grows_with_the_temperature():
    errors = []
    for power in (2.0, 1.0, 0.5):
        proba = TARGET**power
        errors.append(estimate("ac", proba / proba.sum(axis=1, keepdims=True)))
    assert errors == sorted(errors)
