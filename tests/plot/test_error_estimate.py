# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pictures of error estimates."""

import numpy as np
import pytest
from matplotlib import pyplot as plt
from numpy.testing import assert_allclose

from skot.plot import ErrorEstimateDisplay
from skot.shift import COTErrorEstimator, compare_error_estimators
from tests._data.samples import labelled

PROBA, Y = labelled(0, 200)


@pytest.mark.parametrize("n_bootstrap", [None, 10])
def test_chunks(n_bootstrap):
    estimator = COTErrorEstimator(n_bootstrap=n_bootstrap, random_state=0)
    estimator.fit(PROBA, Y)
    display = ErrorEstimateDisplay.from_estimator(estimator, PROBA, Y, chunks=50)
    assert_allclose(display.truth.mean(), estimator.validation_error_)
    points = display.ax_.lines[0].get_ydata()
    assert_allclose(points, display.errors)
    assert (display.intervals is None) == (n_bootstrap is None)
    labels = [text.get_text() for text in display.ax_.get_legend().texts]
    assert labels == ["estimated", "true"]
    _, ax = plt.subplots()
    names = np.repeat(["a month of a long name", "another of those", "x", "y"], 50)
    display = ErrorEstimateDisplay.from_estimator(estimator, PROBA, chunks=names, ax=ax)
    assert display.ax_ is ax
    assert display.truth is None


def test_methods_against_the_truth():
    targets = {"all": (PROBA, Y), "some": (PROBA[:90], Y[:90]), "unknown": PROBA}
    table = compare_error_estimators(None, PROBA, Y, targets, methods=["cott", "ac"])
    display = ErrorEstimateDisplay.from_predictions(table)
    drawn = display.ax_.lines[1:]
    assert len(drawn) == 2
    assert all(len(line.get_xdata()) == 2 for line in drawn)
    unknown = compare_error_estimators(None, PROBA, Y, {1: PROBA}, methods=["ac"])
    assert "1" in repr(unknown)
    with pytest.raises(ValueError, match="no target has labels"):
        ErrorEstimateDisplay.from_predictions(unknown)
