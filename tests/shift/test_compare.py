# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The table of all error estimates."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import load_digits
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression

from skot.shift import BaselineErrorEstimator, compare_error_estimators
from tests._data.samples import labelled

PROBA, Y = labelled(0, 300)


TARGET, TRUE = labelled(7, 500)


def test_comparison():
    targets = {"with": (TARGET, TRUE), "without": PROBA}
    table = compare_error_estimators(None, PROBA, Y, targets)
    assert table.errors.shape == (2, 9)
    true = np.mean(TARGET.argmax(axis=1) != TRUE)
    assert_allclose(table.truth, [true, np.nan])
    assert_allclose(table.mean_absolute_error, abs(table.errors[0] - true))
    for j, method in enumerate(table.methods[2:], 2):
        judge = BaselineErrorEstimator(method=method, n_bootstrap=None).fit(PROBA, Y)
        found = judge.estimate(TARGET).error
        assert_allclose(table.errors[0, j], found, atol=1e-12)
    frame = table.to_frame()
    assert list(frame.columns) == ["true", *table.methods]
    assert "mean absolute error" in repr(table)
    assert "<table" in table._repr_html_()
    with pytest.raises(ValueError, match="unknown methods"):
        compare_error_estimators(None, PROBA, Y, targets, methods=["magic"])
    unlabelled = compare_error_estimators(None, PROBA, Y, {"a": PROBA})
    with pytest.raises(ValueError, match="no target has labels"):
        _ = unlabelled.mean_absolute_error


def test_comparison_with_disagreement():
    X, y = load_digits(n_class=3, return_X_y=True)
    first, second = (
        FrozenEstimator(LogisticRegression(C=c).fit(X[:100], y[:100]))
        for c in (1.0, 1e-5)
    )
    table = compare_error_estimators(
        first, X[100:300], y[100:300], {"rest": X[300:]}, methods=["ac", "gde"],
        second=second,
    )  # fmt: skip
    assert_allclose(
        table.errors[0, 1], np.mean(first.predict(X[300:]) != second.predict(X[300:]))
    )
