# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Calibration of probabilities."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skot.shift import COTErrorEstimator
from skot.shift._calibration import (
    Identity,
    Isotonic,
    IsotonicIfBetter,
    Temperature,
    calibration_error,
)
from tests._data.samples import labelled


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


def test_what_is_calibrated_already_stays():
    proba, y = labelled(0, 300)
    assert_array_equal(Identity()(proba), proba)
    warm = Temperature(proba, y)
    unit = Temperature(proba, y)
    unit.temperature = 1.0
    assert unit(proba) is proba
    again = Temperature(proba, y, warm)
    assert_allclose(again.temperature, warm.temperature, rtol=1e-6)


def test_isotonic_rows_sum_to_one_even_where_no_class_was_seen():
    proba = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9]])
    fitted = Isotonic(proba, np.array([1, 1, 0]))  # all wrong
    found = fitted(np.array([[0.9, 0.1], [0.5, 0.5], [0.1, 0.9]]))
    assert_allclose(found.sum(axis=1), 1)


def test_isotonic_is_taken_where_it_helps():
    proba, y = labelled(0, 3000, 2)
    bent = np.column_stack([1 - proba[:, 1] ** 3, proba[:, 1] ** 3])
    assert IsotonicIfBetter(bent, y).better
    assert calibration_error(bent, y) > 3 * calibration_error(proba, y)
    choice = IsotonicIfBetter(bent, y)
    choice.better = False
    assert_array_equal(IsotonicIfBetter(bent, y, choice)(bent), bent)
    alone = np.append(np.zeros(9, dtype=int), 1)  # a class of one sample
    assert not IsotonicIfBetter(proba[:10], alone).better
