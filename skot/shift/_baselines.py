# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Error without labels, by the confidence of the classifier: what COT competes with."""

from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone

from .._random import RANDOM_STATE, RandomState, check_random_state
from .._sklearn import HasMethods, Interval, StrOptions, fit_context
from ..base import SkotEstimator
from ._bootstrap import Bootstrap
from ._calibration import CALIBRATORS, IsotonicIfBetter
from ._estimate import ErrorEstimate
from ._interface import LabelFreeMixin
from ._methods import BASELINES, total_variation
from ._probabilities import Outputs, random_states, respond


class BaselineErrorEstimator(LabelFreeMixin, SkotEstimator):
    """Error of a classifier on samples without labels, by its confidence.

    Parameters
    ----------
    estimator : classifier or None, default=None
        The classifier whose error is estimated. A `sklearn.frozen.FrozenEstimator` is
        used as it is. Any other is cloned: the validation set gives out-of-fold
        probabilities, then it is fitted on all of it. None: X holds what a classifier
        has answered, a column for each class in the order of the sorted labels.
    method : str, default="doc"
        The confidence of a sample is the probability of its predicted class.

        - "ac": one minus the mean confidence;
        - "doc": validation error, plus the fall of the mean confidence since;
        - "im": validation errors in ten bins of confidence, weighted as the samples;
        - "atc_mc": share of samples of lower confidence than a threshold, at which the
          validation set shows its true error;
        - "atc_ne": the same with the entropy in place of the confidence;
        - "pseudo_tv": validation error, plus the total variation distance of predicted
          classes and validation labels;
        - "gde": disagreement with a second classifier;
        - "cbpe": "ac" after isotonic calibration where that lowers the calibration
          error; ``calibration`` is ignored.
    second : classifier or None, default=None
        The second classifier of "gde", treated as the first. None clones the first with
        other random states, where it has some.
    calibration : {"temperature", "isotonic"} or None, default="temperature"
        How probabilities are calibrated on the validation set: by one temperature, or
        by a monotone function for each class.
    response_method : {"auto", "predict_proba", "decision_function"}, default="auto"
        Which answers of the classifier to take; "decision_function" gives logits.
        "auto" takes probabilities where there are some. Without a classifier it says
        what X holds, with "auto" probabilities.
    cv : int, splitter or None, default=None
        Folds of a classifier that is fitted. None takes 5, fewer for small classes.
    n_bootstrap : int or None, default=200
        Replicas of the interval; None or 0 for no interval.
    confidence_level : float, default=0.9
        Level of the interval.
    n_jobs : int or None, default=None
        Workers for the folds, as in joblib.
    random_state : int, RandomState, Generator or None, default=None
        Source of the replicas, and of the states of a second classifier.

    Attributes
    ----------
    estimator_, second_ : classifier
        The classifiers, fitted, where there are any.
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    validation_prior_ : ndarray of shape (n_classes,)
        Shares of the classes in the validation set.
    validation_error_ : float
        Error on the validation set.
    temperature_ : float
        Temperature found; of ``calibration="temperature"``.
    n_features_in_ : int
        Number of features seen by the classifier, where it tells.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, where the classifier has seen some.

    See Also
    --------
    COTErrorEstimator : By transport, which sees the histogram of predictions as well.
    compare_error_estimators : All of them, side by side.

    Notes
    -----
    All are linear in the number of samples and classes. All but "pseudo_tv" and "gde"
    see nothing but confidence, and are deceived by a classifier that is wrong with
    confidence; none but "pseudo_tv" assumes that classes keep their shares. "cbpe" and
    "doc" do best on binary tables with moderate shift, "atc_mc" on images where labels
    shift.

    The interval is a bootstrap of both sets, of 2000 rows each at most.

    References
    ----------
    .. [1] Hendrycks, Gimpel, "A baseline for detecting misclassified and
       out-of-distribution examples in neural networks", ICLR 2017, for "ac".
       https://arxiv.org/abs/1610.02136
    .. [2] Guillory, Shankar, Ebrahimi, Darrell, Schmidt, "Predicting with confidence on
       unseen distributions", ICCV 2021, for "doc". https://arxiv.org/abs/2107.03315
    .. [3] Garg, Balakrishnan, Lipton, Neyshabur, Sedghi, "Leveraging unlabeled data to
       predict out-of-distribution performance", ICLR 2022, for "atc_mc", "atc_ne" and
       "im". https://arxiv.org/abs/2201.04234
    .. [4] Jiang, Nagarajan, Baek, Kolter, "Assessing generalization of SGD via
       disagreement", ICLR 2022, for "gde". https://arxiv.org/abs/2106.13799
    .. [5] Lu, Wang, Zhai, Kolouri, Campbell, Sycara, "Predicting out-of-distribution
       error with confidence optimal transport", 2023. https://arxiv.org/abs/2302.05018

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.frozen import FrozenEstimator
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skot.shift import BaselineErrorEstimator
    >>> X, y = load_digits(return_X_y=True)
    >>> X = X / 16
    >>> classifier = LogisticRegression().fit(X[:600], y[:600])
    >>> estimator = BaselineErrorEstimator(FrozenEstimator(classifier), method="atc_mc")
    >>> estimator = estimator.fit(X[600:1200], y[600:1200])
    >>> round(estimator.estimate(X[1200:]).error, 2)
    0.1
    """

    _parameter_constraints = {
        "estimator": [HasMethods("fit"), None],
        "method": [StrOptions(set(BASELINES))],
        "second": [HasMethods("fit"), None],
        "calibration": [StrOptions({"temperature", "isotonic"}), None],
        "response_method": [StrOptions({"auto", "predict_proba", "decision_function"})],
        "cv": ["cv_object"],
        "n_bootstrap": [Interval(Integral, 0, None, closed="left"), None],
        "confidence_level": [Interval(Real, 0, 1, closed="neither")],
        "n_jobs": [Integral, None],
        "random_state": RANDOM_STATE,
    }

    def __init__(
        self,
        estimator: Any = None,
        *,
        method: str = "doc",
        second: Any = None,
        calibration: str | None = "temperature",
        response_method: str = "auto",
        cv: Any = None,
        n_bootstrap: int | None = 200,
        confidence_level: float = 0.9,
        n_jobs: int | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.estimator = estimator
        self.method = method
        self.second = second
        self.calibration = calibration
        self.response_method = response_method
        self.cv = cv
        self.n_bootstrap = n_bootstrap
        self.confidence_level = confidence_level
        self.n_jobs = n_jobs
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Calibrate the classifier and learn what the method needs.

        Parameters
        ----------
        X : array-like or set-like of shape (n_samples, n_features)
            Validation samples, which a frozen classifier has not been trained on;
            probabilities or logits where there is no classifier.
        y : array-like of shape (n_samples,)
            Their labels.

        Returns
        -------
        self
            The fitted estimator.

        Raises
        ------
        ValueError
            If there is but one class, or a label unknown to the classifier; if rows
            are not probabilities; if "gde" has no second classifier.
        """
        calibrate = CALIBRATORS[self.calibration]
        if self.method == "cbpe":
            calibrate = IsotonicIfBetter
        raw, validation = self._learn(X, y, calibrate)
        if self.method == "gde":
            self.second_ = self._fit_second(X, y)
        learn, self._error = BASELINES[self.method]
        self._learned = learn(validation)
        self._bootstrap = Bootstrap(
            raw, calibrate, learn, self._calibrator, self.n_bootstrap, self.random_state
        )
        return self

    def _fit_second(self, X: ArrayLike, y: ArrayLike) -> Any:
        if self.second is not None:
            second = clone(self.second).fit(X, y)
        else:
            names = random_states(self.estimator)
            if not names:
                raise ValueError(
                    'method="gde" needs a second classifier: pass second, as the first '
                    "is frozen, or has no random_state to train another with"
                )
            rng = check_random_state(self.random_state)
            seeds = rng.randint(np.iinfo(np.int32).max, size=len(names))
            states = dict(zip(names, map(int, seeds), strict=True))
            second = clone(self.estimator).set_params(**states).fit(X, y)
        if not np.array_equal(second.classes_, self.classes_):
            raise ValueError("the two classifiers do not know the same classes")
        return second

    def _outputs(self, X: ArrayLike) -> Outputs:
        outputs = super()._outputs(X)
        if self.method != "gde":
            return outputs
        other = respond(self.second_, X, self.response_method).argmax(axis=1)
        return Outputs(outputs.proba, outputs.predicted, second=other)

    def _point(self, calibrated: Outputs) -> float:
        return float(np.clip(self._error(self._learned, calibrated), 0, 1))

    def _estimate(self, raw: Outputs) -> ErrorEstimate:
        error = self._point(raw.calibrated(self._calibrator))
        smooth = not self.method.startswith("atc")
        interval, bias = self._bootstrap.interval(
            error, self._error, raw, self.confidence_level, smooth=smooth
        )
        prior = self.validation_prior_
        return ErrorEstimate(
            error=error,
            interval=interval,
            bias=bias,
            confidence_level=self.confidence_level,
            method=self.method,
            n_samples=len(raw),
            pseudo_label_tv=total_variation(raw.shares(raw.predicted), prior),
            prior=prior,
        )

    def estimate(self, X: ArrayLike) -> ErrorEstimate:
        """Estimate the error on samples without labels.

        Parameters
        ----------
        X : array-like or set-like of shape (n_samples, n_features)
            What the classifier takes; probabilities or logits where there is none.

        Returns
        -------
        ErrorEstimate
            With the error and its interval.

        Raises
        ------
        ValueError
            If X holds no sample, or rows are not probabilities.
        """
        return self._estimate(self._outputs(X))
