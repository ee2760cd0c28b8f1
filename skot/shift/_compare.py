# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""All label-free error estimates, side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ..base import SkotEstimator
from ._baselines import BaselineErrorEstimator
from ._cot import COTErrorEstimator
from ._estimate import html_table
from ._interface import Asking
from ._methods import BASELINES
from ._probabilities import read_labels

if TYPE_CHECKING:
    import pandas

# "gde" stands apart: it needs two classifiers.
METHODS = ("cott", "cot", *(name for name in BASELINES if name != "gde"))


@dataclass(frozen=True, eq=False, repr=False)
class ErrorComparison:
    """Answer of `compare_error_estimators`.

    Parameters
    ----------
    targets : tuple of str
        Names of the target sets.
    methods : tuple of str
        Names of the methods.
    errors : ndarray of shape (n_targets, n_methods)
        Estimated errors.
    truth : ndarray of shape (n_targets,)
        True errors; NaN for targets without labels.
    """

    targets: tuple[Any, ...]
    methods: tuple[str, ...]
    errors: np.ndarray
    truth: np.ndarray

    @property
    def mean_absolute_error(self) -> np.ndarray:
        """Mean distance to the true errors, of each method."""
        known = np.isfinite(self.truth)
        if not known.any():
            raise ValueError("no target has labels: there is no truth to compare with")
        return np.abs(self.errors - self.truth[:, None])[known].mean(axis=0)

    def to_frame(self) -> "pandas.DataFrame":
        """Make a pandas frame of one row for each target.

        Returns
        -------
        DataFrame
            One column for each method, and "true" before them.
        """
        import pandas as pd

        frame = pd.DataFrame(
            self.errors, pd.Index(self.targets, name="target"), list(self.methods)
        )
        frame.insert(0, "true", self.truth)
        return frame

    def _table(self) -> tuple[list[str], list[list[str]]]:
        rows = [
            [str(name), *(_percent(v) for v in (true, *row))]
            for name, true, row in zip(
                self.targets, self.truth, self.errors, strict=True
            )
        ]
        if np.isfinite(self.truth).any():
            worst = [_percent(v) for v in self.mean_absolute_error]
            rows.append(["mean absolute error", "", *worst])
        return ["target", "true", *self.methods], rows

    def __repr__(self) -> str:
        columns, rows = self._table()
        rows = [columns, *rows]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join(
            "  ".join(
                [
                    row[0].ljust(widths[0]),
                    *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True)),
                ]
            )
            for row in rows
        )

    def _repr_html_(self) -> str:
        return html_table(*self._table())


def _percent(value: float) -> str:
    return f"{value:.1%}" if np.isfinite(value) else ""


def compare_error_estimators(
    estimator: Any,
    X: ArrayLike,
    y: ArrayLike,
    targets: Mapping[Any, Any],
    *,
    methods: Sequence[str] = METHODS,
    second: Any = None,
    calibration: str | None = "temperature",
    prior: str | ArrayLike = "source",
    response_method: str = "auto",
    cv: Any = None,
    n_jobs: int | None = None,
) -> ErrorComparison:
    """Estimate errors by several methods, and compare them with the truth.

    The classifier is fitted, and asked about each set, once for all methods.

    Parameters
    ----------
    estimator : classifier or None
        As in `COTErrorEstimator`.
    X : array-like or set-like of shape (n_samples, n_features)
        Validation samples.
    y : array-like of shape (n_samples,)
        Their labels.
    targets : dict
        Maps names to sets of samples without labels, or, where labels are known, to
        tuples (samples, labels).
    methods : sequence of str, default=all but "gde"
        "cott", "cot", and those of `BaselineErrorEstimator`.
    second : classifier or None, default=None
        The second classifier of "gde".
    calibration : {"temperature", "isotonic"} or None, default="temperature"
        As in `COTErrorEstimator`.
    prior : {"source", "uniform"} or array-like of shape (n_classes,), default="source"
        As in `COTErrorEstimator`.
    response_method : {"auto", "predict_proba", "decision_function"}, default="auto"
        As in `COTErrorEstimator`.
    cv : int, splitter or None, default=None
        As in `COTErrorEstimator`.
    n_jobs : int or None, default=None
        Workers for the folds, as in joblib.

    Returns
    -------
    ErrorComparison
        To print, show or make a frame of.

    Raises
    ------
    ValueError
        As in ``COTErrorEstimator.fit`` and ``estimate``; if a method is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.frozen import FrozenEstimator
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skot.shift import compare_error_estimators
    >>> X, y = load_digits(return_X_y=True)
    >>> X = X / 16
    >>> classifier = FrozenEstimator(LogisticRegression().fit(X[:600], y[:600]))
    >>> noise = np.random.RandomState(0).normal(0, 0.4, (597, 64))
    >>> targets = {"as it was": (X[1200:], y[1200:])}
    >>> targets["noisy"] = (X[1200:] + noise, y[1200:])
    >>> compare_error_estimators(
    ...     classifier, X[600:1200], y[600:1200], targets, methods=["cott", "ac"]
    ... )
    target                true   cott     ac
    as it was             9.5%  10.2%   8.1%
    noisy                24.5%  18.4%  13.4%
    mean absolute error          3.4%   6.3%
    """
    unknown = set(methods) - {*METHODS, "gde"}
    if unknown:
        raise ValueError(f"unknown methods {sorted(unknown)}; known are {METHODS}, gde")
    asking = Asking(estimator, response_method, cv, n_jobs)
    reader = SkotEstimator()  # of the names and the number of columns
    classifier, classes, validation = asking.validation(X, y, reader)
    read = {}
    for name, target in targets.items():
        samples, labels = target if isinstance(target, tuple) else (target, None)
        read[name] = samples, asking.target(samples, classifier, reader), labels
    errors = np.empty((len(read), len(methods)))
    judge: BaselineErrorEstimator | COTErrorEstimator
    for j, method in enumerate(methods):
        if method == "gde":  # the one that asks a classifier again
            asked = BaselineErrorEstimator(
                estimator, method="gde", second=second, n_bootstrap=None,
                response_method=response_method, cv=cv, n_jobs=n_jobs,
            ).fit(X, y)  # fmt: skip
            errors[:, j] = [asked.estimate(x).error for x, _, _ in read.values()]
            continue
        settings: dict[str, Any] = {"calibration": calibration, "n_bootstrap": None}
        if method in ("cott", "cot"):
            judge = COTErrorEstimator(method=method, prior=prior, **settings)
        else:
            judge = BaselineErrorEstimator(method=method, **settings)
        judge.fit(validation.proba, validation.true_labels)
        errors[:, j] = [judge.estimate(o.proba).error for _, o, _ in read.values()]
    truth = np.full(len(read), np.nan)
    for i, (samples, outputs, labels) in enumerate(read.values()):
        if labels is not None:
            labels = read_labels(labels, samples)
            truth[i] = np.mean(classes[outputs.predicted] != labels)
    return ErrorComparison(tuple(read), tuple(methods), errors, truth)
