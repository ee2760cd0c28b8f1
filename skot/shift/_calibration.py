# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Calibration of probabilities on a validation set."""

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.isotonic import IsotonicRegression
from sklearn.model_selection import StratifiedShuffleSplit

from ..solvers import learn_temperature
from ._probabilities import softmax

Calibrator = Callable[[np.ndarray], np.ndarray]
# ``calibrate(proba, labels, start=None)``; start is that of nearly the same set.
Calibrate = Callable[..., Calibrator]


class Identity:
    """No calibration.

    Parameters
    ----------
    proba : ndarray of shape (n_samples, n_classes)
        Ignored, as are all others.
    labels : ndarray of int of shape (n_samples,)
        True classes.
    start : calibrator or None
        Where to start.
    """

    def __init__(
        self,
        proba: np.ndarray | None = None,
        labels: np.ndarray | None = None,
        start: Calibrator | None = None,
    ) -> None:
        pass

    def __call__(self, proba: np.ndarray) -> np.ndarray:
        return proba


class Temperature:
    """Temperature scaling: ``softmax(log(proba) / temperature)``.

    Parameters
    ----------
    proba : ndarray of shape (n_samples, n_classes)
        Probabilities of the validation set.
    labels : ndarray of int of shape (n_samples,)
        True classes.
    start : Temperature or None
        That of a set of which this is a bootstrap sample.
    """

    def __init__(
        self,
        proba: np.ndarray,
        labels: np.ndarray,
        start: "Temperature | None" = None,
    ) -> None:
        near: dict[str, Any] = {}
        if start is not None:  # nearly the same data: two steps are enough
            near = {"start": start.temperature, "max_iter": 2}
        self.temperature: float = learn_temperature(_logits(proba), labels, **near)

    def __call__(self, proba: np.ndarray) -> np.ndarray:
        if self.temperature == 1:
            return proba
        return softmax(_logits(proba), 1 / self.temperature)


def _logits(proba: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(proba, np.finfo(np.float32).tiny))


class Isotonic:
    """Isotonic regression of each class on its probability, and rows scaled to one.

    Parameters
    ----------
    proba : ndarray of shape (n_samples, n_classes)
        Probabilities of the validation set.
    labels : ndarray of int of shape (n_samples,)
        True classes.
    start : object
        Ignored.
    """

    def __init__(
        self,
        proba: np.ndarray,
        labels: np.ndarray,
        start: Calibrator | None = None,
    ) -> None:
        self.steps = []
        for k, column in enumerate(proba.T):
            steps = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
            self.steps.append(steps.fit(column, (labels == k).astype(np.float64)))

    def __call__(self, proba: np.ndarray) -> np.ndarray:
        columns = [
            s.predict(p).astype(proba.dtype, copy=False)
            for s, p in zip(self.steps, proba.T, strict=True)
        ]
        calibrated = np.column_stack(columns)
        sums = calibrated.sum(axis=1)
        calibrated[sums == 0] = 1  # no class has ever been seen at such probabilities
        return calibrated / calibrated.sum(axis=1, keepdims=True)


class IsotonicIfBetter:
    """Isotonic calibration where it lowers the calibration error, as CBPE does.

    The error is that of three stratified splits, the mean over classes.

    Parameters
    ----------
    proba : ndarray of shape (n_samples, n_classes)
        Probabilities of the validation set.
    labels : ndarray of int of shape (n_samples,)
        True classes.
    start : IsotonicIfBetter or None
        Whose choice to follow instead.
    """

    def __init__(
        self,
        proba: np.ndarray,
        labels: np.ndarray,
        start: "IsotonicIfBetter | None" = None,
    ) -> None:
        better = _gains(proba, labels) if start is None else start.better
        self.better: bool = better
        self._apply: Calibrator = Isotonic(proba, labels) if better else Identity()

    def __call__(self, proba: np.ndarray) -> np.ndarray:
        return self._apply(proba)


def _gains(proba: np.ndarray, labels: np.ndarray) -> bool:
    if np.bincount(labels).min() < 2:
        return False
    splits = StratifiedShuffleSplit(3, test_size=0.3, random_state=0)
    try:
        splits = list(splits.split(proba, labels))
    except ValueError:  # fewer samples than classes on one side
        return False
    gain = 0.0
    for train, test in splits:
        after = Isotonic(proba[train], labels[train])(proba[test])
        gain += calibration_error(proba[test], labels[test])
        gain -= calibration_error(after, labels[test])
    return gain > 0


def calibration_error(proba: np.ndarray, labels: np.ndarray, n_bins: int = 10) -> float:
    """Compute the expected calibration error, in bins of equal width."""
    n, k = proba.shape
    bins = np.minimum((proba * n_bins).astype(int), n_bins - 1) + n_bins * np.arange(k)
    hits = labels[:, None] == np.arange(k)
    excess = np.bincount(bins.ravel(), (hits - proba).ravel(), n_bins * k)
    return float(np.abs(excess).sum() / (n * k))


CALIBRATORS: dict[str | None, Calibrate] = {
    None: Identity,
    "temperature": Temperature,
    "isotonic": Isotonic,
}
