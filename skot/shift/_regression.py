# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Loss of a regressor without targets, by transport to the validation set."""

from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import cross_val_predict
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import Tags, get_tags
from sklearn.utils.validation import (
    check_array,
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
)

from .._sklearn import HasMethods, Interval, StrOptions, fit_context
from ..base import SkotEstimator
from ._estimate import ErrorEstimates, LossEstimate
from ._interface import chunks_of
from ._probabilities import is_frozen, name_of

# Share of validation samples that no loss would be added to: the others lie at a rim.
REACH = 0.95

LOSSES = {"absolute_error": np.abs, "squared_error": np.square}


class DirectLossEstimator(SkotEstimator):
    r"""Loss of a regressor on samples without targets, by transport of known losses.

    Samples are moved to the nearest validation samples, whose losses are known: each
    spreads its mass over ``n_neighbors`` of them. This is transport whose second
    marginal is free, so that validation samples count as often as the target needs.
    Samples farther out than 95 % of validation samples are from the others have a loss
    added, in proportion to how much farther.

    Parameters
    ----------
    estimator : regressor
        The regressor whose loss is estimated. A `sklearn.frozen.FrozenEstimator` is
        used as it is. Any other is cloned: the validation set gives out-of-fold
        predictions, then it is fitted on all of it.
    loss : {"absolute_error", "squared_error"}, default="absolute_error"
        The loss whose mean is estimated.
    representation : transformer or None, default=None
        Turns samples into the vectors that are compared, such as an embedding of sets.
        It is cloned and fitted on the validation set. None takes all steps of a
        pipeline, or of the best one of a search, but the last; or X itself where the
        regressor is no pipeline.
    n_neighbors : int, default=10
        Validation samples that a sample is moved to.
    cv : int, splitter or None, default=None
        Folds of a regressor that is fitted. None takes 5.
    confidence_level : float, default=0.9
        Level of the interval.
    n_jobs : int or None, default=None
        Workers for folds and neighbours, as in joblib.

    Attributes
    ----------
    estimator_ : regressor
        The regressor, fitted.
    losses_ : ndarray of shape (n_validation,)
        Losses of the validation samples.
    validation_loss_ : float
        Their mean.
    slope_ : float
        Growth of the loss with the distance to the validation set.
    n_features_in_ : int
        Number of features seen by the regressor, where it tells.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, where the regressor has seen some.

    See Also
    --------
    COTErrorEstimator : The same question for classifiers.

    Notes
    -----
    Vectors are standardised and the prediction joins them as one more coordinate;
    distances are divided by the root of their number. The cost is that of neighbours:
    a tree in few dimensions, n_samples times n_validation distances in many.

    The law of the target given the sample must stay what it was: where it changes, the
    loss changes and no estimate without targets can know. A sample far from all
    validation samples has a loss that is a guess; ``transport_cost`` tells how far
    samples are from what was seen, and with a loss that changes by at most L a unit the
    estimate is off by L times it, at most, beside noise. In many dimensions everything
    is far: choose a representation of few.

    The interval is normal, by the spread of estimated losses over the samples, and of
    known ones over validation samples as often as they are used.

    References
    ----------
    .. [1] Loog, "Nearest neighbor-based importance weighting", IEEE Workshop on Machine
       Learning for Signal Processing, 2012. https://arxiv.org/abs/2102.02291
    .. [2] Abadie, Imbens, "Large sample properties of matching estimators for average
       treatment effects", Econometrica 74(1), 2006.
       https://doi.org/10.1111/j.1468-0262.2006.00655.x

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.frozen import FrozenEstimator
    >>> from sklearn.linear_model import LinearRegression
    >>> from skot.shift import DirectLossEstimator
    >>> rng = np.random.RandomState(0)
    >>> X = rng.uniform(-1, 1, (2000, 1))
    >>> y = X[:, 0] + rng.normal(0, 0.1 + abs(X[:, 0]), 2000)
    >>> regressor = LinearRegression().fit(X[:1000], y[:1000])
    >>> estimator = DirectLossEstimator(FrozenEstimator(regressor))
    >>> estimator = estimator.fit(X[1000:], y[1000:])
    >>> Z = rng.uniform(0.5, 1, (500, 1))
    >>> estimate = estimator.estimate(Z)
    >>> round(estimator.validation_loss_, 2), round(estimate.loss, 2)
    (0.49, 0.68)
    """

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "predict"])],
        "loss": [StrOptions(set(LOSSES))],
        "representation": [HasMethods(["fit", "transform"]), None],
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "cv": ["cv_object"],
        "confidence_level": [Interval(Real, 0, 1, closed="neither")],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        estimator: Any,
        *,
        loss: str = "absolute_error",
        representation: Any = None,
        n_neighbors: int = 10,
        cv: Any = None,
        confidence_level: float = 0.9,
        n_jobs: int | None = None,
    ) -> None:
        self.estimator = estimator
        self.loss = loss
        self.representation = representation
        self.n_neighbors = n_neighbors
        self.cv = cv
        self.confidence_level = confidence_level
        self.n_jobs = n_jobs

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.input_tags = get_tags(self.estimator).input_tags
        tags.input_tags.sparse = False
        return tags

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Record the losses of a validation set.

        Parameters
        ----------
        X : array-like or set-like of shape (n_samples, n_features)
            Validation samples, which a frozen regressor has not been trained on.
        y : array-like of shape (n_samples,)
            Their targets.

        Returns
        -------
        self
            The fitted estimator.

        Raises
        ------
        ValueError
            If there are fewer than 2 samples; if targets are not finite numbers; if
            the regressor does not predict one number for each sample.
        """
        y = read_targets(y, X)
        if is_frozen(self.estimator):
            self.estimator_ = self.estimator
            predicted = self._predict(X)
        else:
            self.estimator_ = clone(self.estimator).fit(X, y)
            if len(y) < 2:
                raise ValueError("X holds 1 sample; at least 2 are needed")
            predicted = cross_val_predict(
                clone(self.estimator), X, y, cv=self.cv, n_jobs=self.n_jobs
            )
            predicted = read_predictions(predicted, self.estimator)
        for name in ("n_features_in_", "feature_names_in_"):
            if hasattr(self.estimator_, name):
                setattr(self, name, getattr(self.estimator_, name))
        self.losses_ = LOSSES[self.loss](predicted - y)
        self.validation_loss_ = float(self.losses_.mean())
        if self.representation is not None:
            self._representation = clone(self.representation).fit(X, y)
        vectors = self._vectors(X, predicted)
        self._scaler = StandardScaler().fit(vectors)
        k = min(self.n_neighbors, len(y) - 1)
        self._neighbors = NearestNeighbors(n_neighbors=k, n_jobs=self.n_jobs)
        self._neighbors.fit(self._scale(vectors))
        # each validation sample against the others
        distances, rows = self._neighbors.kneighbors()
        costs, near = distances.mean(axis=1), self.losses_[rows].mean(axis=1)
        self._validation_cost = float(costs.mean())
        self._reach = np.quantile(costs, REACH)
        self._residuals = self.losses_ - near
        far = np.maximum(costs - np.median(costs), 0)
        slope = self._residuals @ far / (far @ far) if far.any() else 0.0
        self.slope_ = float(max(slope, 0))
        return self

    def _predict(self, X: ArrayLike) -> np.ndarray:
        return read_predictions(self.estimator_.predict(X), self.estimator_)

    def _vectors(self, X: ArrayLike, predicted: np.ndarray) -> np.ndarray:
        inner = self.estimator_
        if isinstance(inner, FrozenEstimator):
            inner = inner.estimator
        inner = getattr(inner, "best_estimator_", inner)  # of a search
        if self.representation is not None:
            vectors = self._representation.transform(X)
        elif isinstance(inner, Pipeline) and len(inner) > 1:
            vectors = inner[:-1].transform(X)
        else:
            vectors = X
        vectors = check_array(vectors, dtype=np.float64, input_name="X")
        return np.column_stack([vectors, predicted])

    def _scale(self, vectors: np.ndarray) -> np.ndarray:
        return self._scaler.transform(vectors) / np.sqrt(vectors.shape[1])

    def _moved(
        self, X: ArrayLike
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Neighbours of samples, their distance, and the losses they make."""
        check_is_fitted(self)
        vectors = self._vectors(X, self._predict(X))
        distances, rows = self._neighbors.kneighbors(self._scale(vectors))
        costs = distances.mean(axis=1)
        added = self.slope_ * np.maximum(costs - self._reach, 0)
        return rows, costs, self.losses_[rows].mean(axis=1), added

    def sample_losses(self, X: ArrayLike) -> np.ndarray:
        """Estimate the loss of each sample.

        Parameters
        ----------
        X : array-like or set-like of shape (n_samples, n_features)
            What the regressor takes.

        Returns
        -------
        ndarray of shape (n_samples,)
            Estimated losses; noisy, but for ranking and means.
        """
        _, _, near, added = self._moved(X)
        return near + added

    def _estimate(
        self,
        rows: np.ndarray,
        costs: np.ndarray,
        near: np.ndarray,
        added: np.ndarray,
    ) -> LossEstimate:
        losses = near + added
        # how often each validation sample is used, as a share of the mass
        used = np.bincount(rows.ravel(), minlength=len(self.losses_)) / rows.size
        variance = losses.var() / len(losses) + np.sum((used * self._residuals) ** 2)
        reach = norm.ppf((1 + self.confidence_level) / 2) * np.sqrt(variance)
        loss = float(losses.mean())
        return LossEstimate(
            loss=loss,
            interval=(float(max(loss - reach, 0)), float(loss + reach)),
            confidence_level=self.confidence_level,
            name=self.loss.replace("_", " "),
            n_samples=len(losses),
            validation_loss=self.validation_loss_,
            transport_cost=float(costs.mean()),
            validation_cost=self._validation_cost,
            growth=float(added.mean()),
        )

    def estimate(self, X: ArrayLike) -> LossEstimate:
        """Estimate the mean loss on samples without targets.

        Parameters
        ----------
        X : array-like or set-like of shape (n_samples, n_features)
            What the regressor takes.

        Returns
        -------
        LossEstimate
            With the loss, its interval, and how far samples are from validation ones.

        Raises
        ------
        ValueError
            If X holds no sample, or not what the regressor takes.
        """
        return self._estimate(*self._moved(X))

    def estimate_chunks(self, X: ArrayLike, chunks: int | ArrayLike) -> ErrorEstimates:
        """Estimate the mean loss of several chunks of samples.

        Parameters
        ----------
        X : array-like or set-like of shape (n_samples, n_features)
            What the regressor takes.
        chunks : int or array-like of shape (n_samples,)
            Number of consecutive samples in a chunk, the last being shorter; or the
            name of the chunk of each sample, such as its month. Chunks come in the
            order of their names.

        Returns
        -------
        ErrorEstimates
            One `LossEstimate` for each chunk.

        Raises
        ------
        ValueError
            As in ``estimate``; or if ``chunks`` is not as long as X.
        """
        moved = self._moved(X)
        names, parts = chunks_of(len(moved[0]), chunks)
        estimates = (self._estimate(*(m[rows] for m in moved)) for rows in parts)
        return ErrorEstimates(tuple(estimates), names)

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """Score the estimate by how near it is to the true loss.

        Parameters
        ----------
        X : array-like or set-like of shape (n_samples, n_features)
            What the regressor takes.
        y : array-like of shape (n_samples,)
            True targets.

        Returns
        -------
        float
            Minus the absolute difference of the estimated and the true mean loss.
        """
        estimated = self.sample_losses(X).mean()
        true = LOSSES[self.loss](self._predict(X) - read_targets(y, X)).mean()
        return -abs(float(estimated - true))


def read_targets(y: ArrayLike, X: ArrayLike) -> np.ndarray:
    """Read finite targets, one for each sample."""
    targets = check_array(
        column_or_1d(y, warn=True),
        dtype=np.float64,
        ensure_2d=False,
        ensure_min_samples=0,  # that there are none is for the reader of X to say
        input_name="y",
    )
    check_consistent_length(X, targets)
    return targets


def read_predictions(predicted: ArrayLike, regressor: Any) -> np.ndarray:
    """Read the predictions of a regressor, one number for each sample."""
    predicted = np.asarray(predicted)
    if predicted.ndim == 2 and predicted.shape[1] == 1:
        predicted = predicted[:, 0]
    if predicted.ndim != 1 or predicted.dtype.kind not in "iuf":
        raise ValueError(
            f"{name_of(regressor)} does not predict one number for each sample"
        )
    return predicted
