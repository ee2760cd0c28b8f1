# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""What a classifier says of a collection: probabilities, labels, predictions."""

from dataclasses import dataclass, replace

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import StratifiedKFold, check_cv, cross_val_predict
from sklearn.utils import _safe_indexing
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
)

from .._warnings import warn

# Rows of a table of probabilities sum to one up to this: half precision, many classes.
SUM_TOLERANCE = 1e-2
# Rows worked on at a time where temporaries would be as large as the table.
ROWS = 2**16
# Samples on which predictions are compared with the class of highest probability.
PROBE = 200


@dataclass(frozen=True, eq=False)
class Outputs:
    """Probabilities of samples, predicted classes and, where known, true ones.

    Parameters
    ----------
    proba : ndarray of shape (n_samples, n_classes)
        Probabilities.
    predicted : ndarray of int of shape (n_samples,)
        Classes predicted. They stay when probabilities are calibrated.
    labels : ndarray of int of shape (n_samples,) or None
        True classes.
    second : ndarray of int of shape (n_samples,) or None
        Classes predicted by a second classifier.
    """

    proba: np.ndarray
    predicted: np.ndarray
    labels: np.ndarray | None = None
    second: np.ndarray | None = None

    @classmethod
    def of(cls, proba, labels=None):
        """Make outputs of probabilities: the likeliest class is predicted."""
        return cls(proba, proba.argmax(axis=1), labels)

    def __len__(self):
        return len(self.proba)

    def take(self, rows):
        """Return the samples of the given indices or slice."""
        pick = [
            None if part is None else part[rows]
            for part in (self.proba, self.predicted, self.labels, self.second)
        ]
        return Outputs(*pick)

    def calibrated(self, calibrator):
        """Return the same samples with other probabilities."""
        return replace(self, proba=calibrator(self.proba))

    @property
    def confidence(self):
        """Probability of the predicted class."""
        return self.proba[np.arange(len(self)), self.predicted]

    @property
    def error(self):
        """Share of samples predicted wrongly."""
        return float(np.mean(self.predicted != self.labels))

    def shares(self, classes):
        """Histogram of classes, such as ``predicted``."""
        return np.bincount(classes, minlength=self.proba.shape[1]) / len(self)


def as_probabilities(values, *, logits, name="X"):
    """Check rows of probabilities, or make them of logits; float32 is kept.

    Parameters
    ----------
    values : ndarray of shape (n_samples, n_classes) or (n_samples,)
        Answers of a classifier; of one axis, the logits of the second of two classes.
    logits : bool
        Whether they are logits.
    name : str
        How messages call them.

    Returns
    -------
    ndarray of shape (n_samples, n_classes)
        Non-negative, with rows that sum to one.
    """
    values = np.asarray(values)
    if values.dtype not in (np.float32, np.float64):
        values = values.astype(np.float64)
    if len(values) == 0:
        raise ValueError("X holds 0 samples; at least 1 is required")
    if values.ndim == 1:
        values = np.column_stack([np.zeros_like(values), values])
    if not np.isfinite(values.min() + values.max()):
        row = np.argmin(np.isfinite(values).all(axis=1))
        raise ValueError(f"{name}[{row}] contains NaN or infinity")
    if logits:
        return softmax(values)
    sums = values.sum(axis=1, dtype=np.float64)
    lows = values.min(axis=1)
    wrong = (np.abs(sums - 1) > SUM_TOLERANCE) | (lows < -1e-6)
    if wrong.any():
        row = np.argmax(wrong)
        fault = (
            f"sums to {sums[row]:.4g}"
            if lows[row] >= -1e-6
            else f"holds {lows[row]:.4g}"
        )
        raise ValueError(
            f"{name}[{row}] {fault}: rows must be probabilities. "
            'Set response_method="decision_function" if they are logits'
        )
    if np.abs(sums - 1).max() > 1e-6 or lows.min() < 0:
        values = np.maximum(values, 0)
        values /= values.sum(axis=1, dtype=np.float64)[:, None].astype(values.dtype)
    return values


def softmax(logits, scale=1.0):
    """Softmax of the rows of ``scale * logits``, some rows at a time."""
    proba = np.empty_like(logits)
    for start in range(0, len(logits), ROWS):
        part = scale * logits[start : start + ROWS]
        part -= part.max(axis=1, keepdims=True)
        np.exp(part, out=part)
        part /= part.sum(axis=1, keepdims=True)
        proba[start : start + ROWS] = part
    return proba


def name_of(estimator):
    """Name of the class of an estimator, or of what is frozen."""
    inner = estimator.estimator if isinstance(estimator, FrozenEstimator) else estimator
    return type(inner).__name__


def response_of(classifier, response_method):
    """Name of the method whose answers are used."""
    if response_method != "auto":
        return response_method
    for method in ("predict_proba", "decision_function"):
        if hasattr(classifier, method):
            return method
    raise ValueError(
        f"{name_of(classifier)} has neither predict_proba nor "
        "decision_function: its errors cannot be estimated"
    )


def respond(classifier, X, response_method):
    """Probabilities of a fitted classifier."""
    method = response_of(classifier, response_method)
    return as_probabilities(
        getattr(classifier, method)(X),
        logits=method == "decision_function",
        name=f"{method}(X)",
    )


def read_labels(y, X):
    """Read the true labels of a validation set."""
    y = column_or_1d(y, warn=True)
    check_consistent_length(X, y)
    check_classification_targets(y)
    return y


def classes_of_columns(y, n_columns):
    """Classes of the columns of a table of probabilities, from the labels beside it."""
    classes = np.unique(y)
    if len(classes) == n_columns:
        return classes
    if classes.dtype.kind in "iu" and classes[0] >= 0 and classes[-1] < n_columns:
        return np.arange(n_columns)
    raise ValueError(f"X has {n_columns} columns but y has {len(classes)} classes")


def check_names(X, classes):
    """Refuse columns that are named like the classes, but in another order."""
    columns, names = list(getattr(X, "columns", ())), classes.tolist()
    if columns != names and set(columns) == set(names):
        raise ValueError(
            f"the columns of X are {columns}, not {names}, the sorted classes"
        )


def indices_of(y, classes):
    """Positions of labels among the classes of a classifier."""
    if len(classes) < 2:
        raise ValueError(f"y has {len(classes)} class; at least 2 are needed")
    strange = np.setdiff1d(y, classes)
    if len(strange):
        raise ValueError(
            f"y holds labels unknown to the classifier: {strange.tolist()}; its "
            f"classes are {classes.tolist()}"
        )
    order = np.argsort(classes)  # a classifier of your own may list them as it likes
    return order[np.searchsorted(classes, y, sorter=order)]


def out_of_fold(estimator, X, y, response_method, cv, n_jobs):
    """Probabilities of each sample by a classifier that has not seen it."""
    counts = np.unique(y, return_counts=True)[1]
    if len(counts) < 2:
        raise ValueError(f"y has {len(counts)} class; at least 2 are needed")
    if cv is None:
        cv = StratifiedKFold(max(2, min(5, counts.min())))
    method = response_of(estimator, response_method)
    values = cross_val_predict(
        clone(estimator),
        X,
        y,
        cv=check_cv(cv, y, classifier=True),
        method=method,
        n_jobs=n_jobs,
    )
    return as_probabilities(
        values, logits=method == "decision_function", name=f"{method}(X)"
    )


def is_frozen(estimator):
    """Whether to use an estimator as it is; warns where that may have been meant."""
    if isinstance(estimator, FrozenEstimator):
        return True
    try:
        check_is_fitted(estimator)
    except (NotFittedError, TypeError):
        return False
    warn(
        f"{type(estimator).__name__} is fitted, and is fitted anew on the validation "
        "set. To judge it as it is, pass sklearn.frozen.FrozenEstimator(estimator)",
    )
    return False


def check_decision(classifier, X, proba, classes):
    """Warn where the classifier does not predict the class of highest probability."""
    if not hasattr(classifier, "predict"):
        return
    rows = np.arange(min(PROBE, len(proba)))
    predicted = classifier.predict(_safe_indexing(X, rows))
    best = classes[proba[rows].argmax(axis=1)]
    share = np.mean(np.asarray(predicted) != best)
    if share > 0.02:
        warn(
            f"{name_of(classifier)} does not predict the class of highest "
            f"probability for {share:.0%} of samples; it is the error of that class "
            "that is estimated",
        )


def random_states(estimator):
    """Names of the parameters that a new training may draw; none of a frozen one."""
    if estimator is None or isinstance(estimator, FrozenEstimator):
        return []
    names = estimator.get_params()
    return [name for name in names if name.split("__")[-1] == "random_state"]
