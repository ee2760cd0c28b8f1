# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Probabilities and labels as users have them, and what is refused."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.decomposition import PCA
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from skot.shift import COTErrorEstimator
from skot.shift._probabilities import (
    Outputs,
    as_probabilities,
    classes_of_columns,
    random_states,
)
from tests._data.samples import labelled

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


def test_logits_of_any_size():
    proba = as_probabilities(np.array([[1e4, 0.0], [0.0, -1e4]]), logits=True)
    assert_array_equal(proba, [[1, 0], [1, 0]])
    # one axis: the logits of the second of two classes
    proba = as_probabilities(np.log([3.0, 1.0]), logits=True)
    assert_allclose(proba, [[0.25, 0.75], [0.5, 0.5]])


def test_rows_that_sum_to_one_but_for_rounding_are_scaled():
    rough = np.array([[0.334, 0.333, 0.334]], dtype=np.float32)
    proba = as_probabilities(rough, logits=False)
    assert proba.dtype == np.float32
    assert_allclose(proba.sum(axis=1), 1, rtol=1e-6)
    exact = np.array([[0.25, 0.75]])
    assert as_probabilities(exact, logits=False) is exact


def test_outputs():
    outputs = Outputs.of(PROBA, Y)
    assert_array_equal(outputs.predicted, PROBA.argmax(axis=1))
    assert_allclose(outputs.confidence, PROBA.max(axis=1))
    assert outputs.error == np.mean(outputs.predicted != Y)
    assert_allclose(outputs.shares(Y), np.bincount(Y) / len(Y))
    part = outputs.take(slice(3, 9))
    assert len(part) == 6
    assert_array_equal(part.labels, Y[3:9])
    flipped = outputs.calibrated(lambda proba: proba[:, ::-1])
    assert_array_equal(flipped.predicted, outputs.predicted)
    assert outputs != Outputs.of(PROBA, Y)


def test_classes_of_columns():
    assert_array_equal(classes_of_columns(np.array(["b", "a"]), 2), ["a", "b"])
    assert_array_equal(classes_of_columns(np.array([0, 2]), 4), range(4))
    with pytest.raises(ValueError, match="X has 3 columns but y has 2 classes"):
        classes_of_columns(np.array(["b", "a"]), 3)


def test_states_of_a_new_training():
    pipeline = make_pipeline(PCA(), LogisticRegression())
    assert sorted(random_states(pipeline)) == [
        "logisticregression__random_state",
        "pca__random_state",
    ]
    assert random_states(None) == random_states(FrozenEstimator(PCA())) == []
