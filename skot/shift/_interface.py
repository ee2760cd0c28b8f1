# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""What all label-free error estimators share: reading a classifier, and chunks."""

from itertools import groupby
from numbers import Integral

import numpy as np
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted, check_random_state, validate_data

from ..base import SkotEstimator
from ._bootstrap import Bootstrap
from ._estimate import ErrorEstimates
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


class LabelFreeEstimator(SkotEstimator):
    """Base of `COTErrorEstimator` and `BaselineErrorEstimator`.

    A subclass has ``_estimate(target)``, of raw `Outputs`, and ``_point(target)``, the
    estimate alone, of calibrated ones.
    """

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        if self.estimator is not None:
            tags.input_tags = get_tags(self.estimator).input_tags
        return tags

    def _read_validation(self, X, y):
        """Fit the classifier if need be; its answers for the validation set, raw."""
        y = read_labels(y, X)
        if self.estimator is None:
            proba = self._read_table(X, reset=True)
            self.classes_ = classes_of_columns(y, proba.shape[1])
            check_names(X, self.classes_)
        elif is_frozen(self.estimator):
            self.estimator_ = self.estimator
            proba = respond(self.estimator_, X, self.response_method)
            self.classes_ = np.asarray(self.estimator_.classes_)
        else:
            response_of(self.estimator, self.response_method)  # or an error
            # first on all samples: it names those at fault by their number
            self.estimator_ = clone(self.estimator).fit(X, y)
            self.classes_ = np.asarray(self.estimator_.classes_)
            args = self.response_method, self.cv, self.n_jobs
            proba = out_of_fold(self.estimator, X, y, *args)
        for name in ("n_features_in_", "feature_names_in_"):
            if hasattr(getattr(self, "estimator_", None), name):
                setattr(self, name, getattr(self.estimator_, name))
        labels = indices_of(y, self.classes_)
        if proba.shape[1] != len(self.classes_):
            raise ValueError(
                f"the classifier has {len(self.classes_)} classes but gives "
                f"{proba.shape[1]} columns of probabilities"
            )
        if isinstance(self.estimator, FrozenEstimator):
            check_decision(self.estimator_, X, proba, self.classes_)
        return Outputs(proba, proba.argmax(axis=1), labels)

    def _read_table(self, X, *, reset):
        X = validate_data(self, X, reset=reset, dtype=(np.float64, np.float32))
        if reset and X.shape[1] < 2:
            raise ValueError(
                f"X has {X.shape[1]} column, expected one for each class: for two "
                "classes pass np.column_stack([1 - p, p])"
            )
        return as_probabilities(X, logits=self.response_method == "decision_function")

    def _outputs(self, X):
        """Raw answers for a target."""
        check_is_fitted(self)
        if self.estimator is None:
            proba = self._read_table(X, reset=False)
        else:
            proba = respond(self.estimator_, X, self.response_method)
        return Outputs(proba, proba.argmax(axis=1))

    def _calibrate(self, validation, calibrator):
        """Calibrate on the validation set; the set calibrated, and replicas."""
        self._calibrator = calibrator(validation.proba, validation.labels)
        if hasattr(self._calibrator, "temperature"):
            self.temperature_ = self._calibrator.temperature
        self.validation_error_ = validation.error
        self.validation_prior_ = validation.shares(validation.labels)
        return validation.calibrated(self._calibrator)

    def _draw_replicas(self, validation, calibrator, learn):
        seed = check_random_state(self.random_state).randint(np.iinfo(np.int32).max)
        self._bootstrap = self.n_bootstrap and Bootstrap(
            validation, calibrator, learn, self._calibrator, self.n_bootstrap, seed
        )

    def _interval(self, estimate, error, target, **options):
        """Interval and bias of an estimate; None where there are no replicas."""
        if not self._bootstrap:
            return None, None
        return self._bootstrap.interval(
            estimate, error, target, self.confidence_level, **options
        )

    def predict_proba(self, X):
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

    def estimate_chunks(self, X, chunks):
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

    def true_errors(self, X, y, chunks):
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

    def score(self, X, y):
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
        true = np.mean(self.classes_[target.predicted] != read_labels(y, X))
        return -abs(self._point(target.calibrated(self._calibrator)) - float(true))


def chunks_of(n_samples, chunks):
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
