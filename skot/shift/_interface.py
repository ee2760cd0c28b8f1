# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""What all label-free error estimators share: asking a classifier, and chunks."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from itertools import groupby
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, clone
from sklearn.frozen import FrozenEstimator
from sklearn.utils import Tags, get_tags
from sklearn.utils.validation import check_is_fitted, validate_data

from ._calibration import Calibrate
from ._estimate import ErrorEstimate, ErrorEstimates
from ._probabilities import (
    Outputs,
    as_probabilities,
    check_decision,
    check_names,
    classes_of_columns,
    indices_of,
    is_frozen,
    out_of_fold,
    read_labels,
    respond,
    response_of,
)


@dataclass(frozen=True, eq=False)
class Asking:
    """How a classifier is asked for probabilities.

    Parameters
    ----------
    estimator : classifier or None
        The classifier; None where X holds what one has answered.
    response_method : str
        Which answers to take.
    cv : int, splitter or None
        Folds of a classifier that is fitted.
    n_jobs : int or None
        Workers for the folds.
    """

    estimator: Any
    response_method: str
    cv: Any = None
    n_jobs: int | None = None

    def validation(
        self, X: ArrayLike, y: ArrayLike, reader: BaseEstimator
    ) -> tuple[Any, np.ndarray, Outputs]:
        """Fit the classifier if need be, and ask about the validation set.

        Parameters
        ----------
        X : array-like or set-like of shape (n_samples, n_features)
            Validation samples.
        y : array-like of shape (n_samples,)
            Their labels.
        reader : estimator
            Whose ``n_features_in_`` and ``feature_names_in_`` are set.

        Returns
        -------
        classifier : classifier or None
            The classifier, fitted.
        classes : ndarray of shape (n_classes,)
            Its classes, sorted where there is none.
        outputs : Outputs
            Raw answers, out of fold if it was fitted, and the labels.
        """
        y = read_labels(y, X)
        if self.estimator is None:
            classifier, proba = None, self._read_table(X, reader, reset=True)
            classes = classes_of_columns(y, proba.shape[1])
            check_names(X, classes)
        else:
            classifier, proba = self._fit(X, y)
            classes = np.asarray(classifier.classes_)
            for name in ("n_features_in_", "feature_names_in_"):
                if hasattr(classifier, name):
                    setattr(reader, name, getattr(classifier, name))
        labels = indices_of(y, classes)
        if proba.shape[1] != len(classes):
            raise ValueError(
                f"the classifier has {len(classes)} classes but gives "
                f"{proba.shape[1]} columns of probabilities"
            )
        if isinstance(self.estimator, FrozenEstimator):
            check_decision(classifier, X, proba, classes)
        return classifier, classes, Outputs.of(proba, labels)

    def target(self, X: ArrayLike, classifier: Any, reader: BaseEstimator) -> Outputs:
        """Ask about samples without labels; arguments as in ``validation``."""
        if classifier is None:
            return Outputs.of(self._read_table(X, reader, reset=False))
        return Outputs.of(respond(classifier, X, self.response_method))

    def _fit(self, X: ArrayLike, y: np.ndarray) -> tuple[Any, np.ndarray]:
        if is_frozen(self.estimator):
            return self.estimator, respond(self.estimator, X, self.response_method)
        response_of(self.estimator, self.response_method)  # or an error
        # first on all samples: it names those at fault by their number
        classifier = clone(self.estimator).fit(X, y)
        how = self.response_method, self.cv, self.n_jobs
        return classifier, out_of_fold(self.estimator, X, y, *how)

    def _read_table(
        self, X: ArrayLike, reader: BaseEstimator, *, reset: bool
    ) -> np.ndarray:
        table = validate_data(reader, X, reset=reset, dtype=(np.float64, np.float32))
        if reset and table.shape[1] < 2:
            raise ValueError(
                f"X has {table.shape[1]} column, expected one for each class: for two "
                "classes pass np.column_stack([1 - p, p])"
            )
        return as_probabilities(
            table, logits=self.response_method == "decision_function"
        )


class LabelFreeMixin:
    """Methods of label-free error estimators: a target, whole or in chunks.

    A class has ``_point(outputs)``, the estimate alone, of calibrated `Outputs`, and
    ``_estimate(outputs)``, with all that is known of it, of raw ones.
    """

    estimator: Any
    response_method: str
    cv: Any
    n_jobs: int | None
    _point: Callable[[Outputs], float]
    _estimate: Callable[[Outputs], ErrorEstimate]

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags.target_tags.required = True
        if self.estimator is not None:
            tags.input_tags = get_tags(self.estimator).input_tags
        return tags

    def _learn(
        self, X: ArrayLike, y: ArrayLike, calibrate: Calibrate
    ) -> tuple[Outputs, Outputs]:
        """Answers for the validation set, raw and calibrated."""
        asking = Asking(self.estimator, self.response_method, self.cv, self.n_jobs)
        classifier, self.classes_, raw = asking.validation(X, y, self)
        if classifier is not None:
            self.estimator_ = classifier
        self._calibrator = calibrate(raw.proba, raw.true_labels)
        if hasattr(self._calibrator, "temperature"):
            self.temperature_ = self._calibrator.temperature
        self.validation_error_ = raw.error
        self.validation_prior_ = raw.shares(raw.true_labels)
        return raw, raw.calibrated(self._calibrator)

    def _outputs(self, X: ArrayLike) -> Outputs:
        """Raw answers for a target."""
        check_is_fitted(self)
        classifier = None if self.estimator is None else self.estimator_
        return Asking(self.estimator, self.response_method).target(X, classifier, self)

    def predict_proba(self, X: ArrayLike) -> np.ndarray:
        """Calibrated probabilities, on which the estimates are built.

        Parameters
        ----------
        X : array-like or set-like of shape (n_samples, n_features)
            What the classifier takes; probabilities or logits where there is none.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Probabilities of ``classes_``.
        """
        return self._outputs(X).calibrated(self._calibrator).proba

    def estimate_chunks(self, X: ArrayLike, chunks: int | ArrayLike) -> ErrorEstimates:
        """Estimate the error of several chunks of samples.

        Parameters
        ----------
        X : array-like or set-like of shape (n_samples, n_features)
            What the classifier takes; probabilities or logits where there is none.
        chunks : int or array-like of shape (n_samples,)
            Number of consecutive samples in a chunk, the last being shorter; or the
            name of the chunk of each sample, such as its month. Chunks come in the
            order of their names.

        Returns
        -------
        ErrorEstimates
            One `ErrorEstimate` for each chunk.

        Raises
        ------
        ValueError
            As in ``estimate``; or if ``chunks`` is not as long as X.
        """
        target = self._outputs(X)
        names, parts = chunks_of(len(target), chunks)
        estimates = tuple(self._estimate(target.take(rows)) for rows in parts)
        return ErrorEstimates(estimates, names)

    def true_errors(
        self, X: ArrayLike, y: ArrayLike, chunks: int | ArrayLike
    ) -> np.ndarray:
        """Compute the true error of several chunks, once labels have come.

        Parameters
        ----------
        X : array-like or set-like of shape (n_samples, n_features)
            What the classifier takes; probabilities or logits where there is none.
        y : array-like of shape (n_samples,)
            True labels.
        chunks : int or array-like of shape (n_samples,)
            As in ``estimate_chunks``.

        Returns
        -------
        ndarray of shape (n_chunks,)
            Shares of samples whose most probable class is wrong.
        """
        wrong = self.classes_[self._outputs(X).predicted] != read_labels(y, X)
        return np.array(
            [wrong[rows].mean() for rows in chunks_of(len(wrong), chunks)[1]]
        )

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """Score the estimate by how near it is to the true error.

        Parameters
        ----------
        X : array-like or set-like of shape (n_samples, n_features)
            What the classifier takes; probabilities or logits where there is none.
        y : array-like of shape (n_samples,)
            True labels.

        Returns
        -------
        float
            Minus the absolute difference of the estimated and the true error.
        """
        target = self._outputs(X)
        true = float(np.mean(self.classes_[target.predicted] != read_labels(y, X)))
        return -abs(self._point(target.calibrated(self._calibrator)) - true)


def chunks_of(
    n_samples: int, chunks: int | ArrayLike
) -> tuple[tuple[Hashable, ...], list[np.ndarray]]:
    """Names of chunks and the rows of each."""
    if isinstance(chunks, Integral):
        if chunks < 1:
            raise ValueError(f"chunks must be at least 1, got {chunks}")
        starts = range(0, n_samples, int(chunks))
        parts = [np.arange(s, min(s + int(chunks), n_samples)) for s in starts]
        return tuple(range(len(parts))), parts
    chunks = np.asarray(chunks)
    if chunks.shape != (n_samples,):
        raise ValueError(
            f"chunks must be a number or of shape ({n_samples},), got {chunks.shape}"
        )
    try:
        gaps = np.flatnonzero(chunks != chunks)
        order = np.argsort(chunks, kind="stable")
    except TypeError:
        raise ValueError(
            "chunks holds names of several kinds, or missing ones, which have no order"
        ) from None
    if len(gaps):
        raise ValueError(f"chunks[{gaps[0]}] is missing: every sample needs a chunk")
    if chunks.dtype.kind == "M" and (chunks == chunks.astype("datetime64[D]")).all():
        chunks = chunks.astype("datetime64[D]")  # whose names have no hour
    groups = groupby(order, key=lambda row: chunks[row])
    parts = {name: np.array(list(rows)) for name, rows in groups}
    return tuple(parts), list(parts.values())
