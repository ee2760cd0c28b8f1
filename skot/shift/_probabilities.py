# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""What a classifier says of a collection: probabilities, labels, predictions."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import StratifiedKFold, check_cv, cross_val_predict
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
)

from .._sklearn import safe_indexing
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
    def of(cls, proba: np.ndarray, labels: np.ndarray | None = None) -> Self:
        """Make outputs of probabilities: the likeliest class is predicted."""
        return cls(proba, proba.argmax(axis=1), labels)

    def __len__(self) -> int:
        return len(self.proba)

    def take(self, rows: np.ndarray | slice) -> "Outputs":
        """Return the samples of the given indices or slice."""
        labels, second = (
            None if part is None else part[rows] for part in (self.labels, self.second)
        )
        return Outputs(self.proba[rows], self.predicted[rows], labels, second)

    def calibrated(self, calibrator: Callable[[np.ndarray], np.ndarray]) -> "Outputs":
        """Return the same samples with other probabilities."""
        return replace(self, proba=calibrator(self.proba))

    @property
    def confidence(self) -> np.ndarray:
        """Probability of the predicted class."""
        return self.proba[np.arange(len(self)), self.predicted]

    @property
    def true_labels(self) -> np.ndarray:
        """True classes, which a validation set has."""
        if self.labels is None:
            raise ValueError("the true classes are not known")
        return self.labels

    @property
    def error(self) -> float:
        """Share of samples predicted wrongly."""
        return float(np.mean(self.predicted != self.true_labels))

    def shares(self, classes: np.ndarray) -> np.ndarray:
        """Histogram of classes, such as ``predicted``."""
        return np.bincount(classes, minlength=self.proba.shape[1]) / len(self)


def as_probabilities(values: ArrayLike, *, logits: bool, name: str = "X") -> np.ndarray:
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
    proba = np.asarray(values)
    if proba.dtype not in (np.float32, np.float64):
        proba = proba.astype(np.float64)
    if len(proba) == 0:
        raise ValueError("X holds 0 samples; at least 1 is required")
    if proba.ndim == 1:
        proba = np.column_stack([np.zeros_like(proba), proba])
    if not np.isfinite(proba.min() + proba.max()):
        row = np.argmin(np.isfinite(proba).all(axis=1))
        raise ValueError(f"{name}[{row}] contains NaN or infinity")
    if logits:
        return softmax(proba)
    sums = proba.sum(axis=1, dtype=np.float64)
    lows = proba.min(axis=1)
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
        proba = np.maximum(proba, 0)
        proba /= proba.sum(axis=1, dtype=np.float64)[:, None].astype(proba.dtype)
    return proba


def softmax(logits: np.ndarray, scale: float = 1.0) -> np.ndarray:
    """Softmax of the rows of ``scale * logits``, some rows at a time."""
    proba = np.empty_like(logits)
    for start in range(0, len(logits), ROWS):
        part = scale * logits[start : start + ROWS]
        part -= part.max(axis=1, keepdims=True)
        np.exp(part, out=part)
        part /= part.sum(axis=1, keepdims=True)
        proba[start : start + ROWS] = part
    return proba


def name_of(estimator: Any) -> str:
    """Name of the class of an estimator, or of what is frozen."""
    inner = estimator.estimator if isinstance(estimator, FrozenEstimator) else estimator
    return type(inner).__name__


def response_of(classifier: Any, response_method: str) -> str:
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


def respond(classifier: Any, X: ArrayLike, response_method: str) -> np.ndarray:
    """Probabilities of a fitted classifier."""
    method = response_of(classifier, response_method)
    return as_probabilities(
        getattr(classifier, method)(X),
        logits=method == "decision_function",
        name=f"{method}(X)",
    )


def read_labels(y: ArrayLike, X: ArrayLike) -> np.ndarray:
    """Read the true labels of a validation set."""
    labels = column_or_1d(y, warn=True)
    check_consistent_length(X, labels)
    check_classification_targets(labels)
    return labels


def classes_of_columns(y: np.ndarray, n_columns: int) -> np.ndarray:
    """Classes of the columns of a table of probabilities, from the labels beside it."""
    classes = np.unique(y)
    if len(classes) == n_columns:
        return classes
    if classes.dtype.kind in "iu" and classes[0] >= 0 and classes[-1] < n_columns:
        return np.arange(n_columns)
    raise ValueError(f"X has {n_columns} columns but y has {len(classes)} classes")


def check_names(X: ArrayLike, classes: np.ndarray) -> None:
    """Refuse columns that are named like the classes, but in another order."""
    columns, names = list(getattr(X, "columns", ())), classes.tolist()
    if columns != names and set(columns) == set(names):
        raise ValueError(
            f"the columns of X are {columns}, not {names}, the sorted classes"
        )


def indices_of(y: np.ndarray, classes: np.ndarray) -> np.ndarray:
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


def out_of_fold(
    estimator: Any,
    X: ArrayLike,
    y: np.ndarray,
    response_method: str,
    cv: Any,
    n_jobs: int | None,
) -> np.ndarray:
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


def is_frozen(estimator: Any) -> bool:
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


def check_decision(
    classifier: Any, X: ArrayLike, proba: np.ndarray, classes: np.ndarray
) -> None:
    """Warn where the classifier does not predict the class of highest probability."""
    if not hasattr(classifier, "predict"):
        return
    rows = np.arange(min(PROBE, len(proba)))
    predicted = classifier.predict(safe_indexing(X, rows))
    best = classes[proba[rows].argmax(axis=1)]
    share = np.mean(np.asarray(predicted) != best)
    if share > 0.02:
        warn(
            f"{name_of(classifier)} does not predict the class of highest "
            f"probability for {share:.0%} of samples; it is the error of that class "
            "that is estimated",
        )


def random_states(estimator: Any) -> list[str]:
    """Names of the parameters that a new training may draw; none of a frozen one."""
    if estimator is None or isinstance(estimator, FrozenEstimator):
        return []
    names = estimator.get_params()
    return [name for name in names if name.split("__")[-1] == "random_state"]
