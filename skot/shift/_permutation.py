# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Has the data moved: a permutation test of transport distances."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from numbers import Integral, Real
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from .._random import RANDOM_STATE, RandomState, check_random_state
from .._sklearn import Interval, StrOptions, fit_context
from ..base import SkotEstimator
from ..sets import MixedTable, ReadRows, validate_rows
from ..solvers import SLICERS, Splits, draw_splits
from ._pooled import Feature, Rows, feature_distances, pool
from ._shift_result import Attribution, ShiftResult, attribute, effect_size, p_value
from ._statistics import STATISTICS, Computed, Settings, Statistic, read_statistic


class TransportShiftTest(SkotEstimator):
    r"""Test whether two samples come from one law, and tell how far they are apart.

    ``fit`` keeps the reference; ``test`` compares other data with it. The statistic
    :math:`T` is computed for the two samples and for :math:`B` random labellings of
    the pooled rows,

    .. math::
        p = \frac{1 + \#\{b : T_b \ge T\}}{1 + B},

    which is exact for any sample size and any statistic: without a shift,
    :math:`P(p \le \alpha) \le \alpha`.

    Parameters
    ----------
    statistic : str or callable, default="sliced_wasserstein"
        What is compared:

        - "sliced_wasserstein": ``SW_p``, mean over ``n_slices`` directions;
        - "max_sliced": the farthest of the coordinate axes, the principal axes of the
          pooled rows and ``n_slices`` directions, for shifts along few of many;
        - "wasserstein": exact ``W_p``;
        - "sinkhorn": root of the debiased Sinkhorn divergence, near ``W_2``;
        - "energy": energy distance, ``sqrt(2 E|X-Y| - E|X-X'| - E|Y-Y'|)``;
        - "mmd": unbiased squared Gaussian kernel distance, at the median bandwidth;
        - "c2st": area under the ROC curve of a classifier that tells the samples
          apart, on rows left out of its fit;
        - a callable ``f(X, Y)`` of two tables that returns a number.
    n_permutations : int, default=199
        Random labellings B; the least p-value is ``1 / (1 + B)``.
    p : float, default=2
        Order of "sliced_wasserstein", "max_sliced" and "wasserstein", and of the
        distances of features.
    n_slices : int, default=100
        Directions.
    slices : str, callable or array-like of shape (n_slices, n_dims), default="auto"
        As in `skot.solvers.sample_slices`.
    reg : float or "auto", default="auto"
        Entropy of "sinkhorn", in units of the cost, the squared distance. "auto" is a
        tenth of the mean cost of the pooled rows, which is 2 for each standardised
        column; ``reg`` of the result says what was taken.
    classifier : estimator or None, default=None
        Classifier of "c2st", fitted 5 times for each labelling. None is kernel ridge
        regression, whose predictions for all labellings are one matrix product.
    embedding : transformer or None, default=None
        What turns sets into vectors, fitted without labels on both samples together,
        so that the test stays exact; a `sklearn.frozen.FrozenEstimator` stays as it
        is. None takes tables as they are, and a `SlicedWassersteinEmbedding` of sets.
    standardize : bool or "rank", default=True
        Whether to divide each column by its pooled standard deviation, and indicators
        of a category such that all columns spread alike; embeddings as a whole.
        "rank" takes the pooled ranks of each column of numbers first: for long tails,
        which few far rows would decide otherwise.
    alpha : float, default=0.05
        Level of ``is_shift``.
    n_bootstrap : int, default=200
        Resamples for the interval of the effect; 0 for none.
    confidence_level : float, default=0.95
        Of that interval.
    max_samples : int, "auto" or None, default="auto"
        Rows of each sample in the test at most, drawn at random; the result tells.
        "auto" is 500 for "wasserstein" and "sinkhorn", 2000 for "energy", "mmd" and
        "c2st", and all rows else, as None.
    n_jobs : int or None, default=None
        Workers, as in joblib. Results do not depend on it.
    random_state : int, RandomState, Generator or None, default=None
        Source of slices, permutations and resamples: a seed is drawn in ``fit``.

    Attributes
    ----------
    reference_ : PointSets or MixedTable
        The rows of ``fit``.
    seed_ : int
        Seed of all that is random in ``test``, which always gives one answer.
    n_features_in_ : int
        Columns of the table, or dimension of the points of sets.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, when fitted on a table that has some.

    See Also
    --------
    ShiftMonitor : A stream of chunks, with limits learned on reference chunks.
    shift_report : The answers on one page.

    Notes
    -----
    "sliced_wasserstein" and "max_sliced" sort projections once: ``O(n_slices * n * (d +
    log n))``, then ``O(n_slices * n)`` for each permutation and resample; memory for
    some slices of n values, and a byte for each row and permutation or resample, where
    d counts a column of indicators for each category. 1000 permutations of 2000 + 2000
    rows at 100 slices take 0.6 s; 200 000 + 200 000 rows of 5 columns at the defaults
    take 1.4 minutes and 0.4 GB, two thirds of the time for resamples. "energy", "mmd"
    and "c2st" hold one matrix of all pairs, and take ``O(n^2)`` for each permutation;
    "sinkhorn" some tens of times that; "wasserstein" an assignment or a linear program,
    up to ``O(n^3)``.

    All attributions follow from the same permutations and are corrected for their
    number: of features that did not move, nor their relations among themselves, the
    chance to name any is ``alpha`` at most.

    References
    ----------
    .. [1] Ramdas, García Trillos, Cuturi, "On Wasserstein two-sample testing and
       related families of nonparametric tests", Entropy 19(2), 2017.
       https://arxiv.org/abs/1509.02237
    .. [2] Gretton, Borgwardt, Rasch, Schölkopf, Smola, "A kernel two-sample test",
       Journal of Machine Learning Research 13, 2012.
    .. [3] Székely, Rizzo, "Energy statistics: a class of statistics based on
       distances", Journal of Statistical Planning and Inference 143(8), 2013.
       https://doi.org/10.1016/j.jspi.2013.03.018
    .. [4] Lopez-Paz, Oquab, "Revisiting classifier two-sample tests", ICLR 2017.
       https://arxiv.org/abs/1610.06545
    .. [5] Westfall, Young, "Resampling-based multiple testing", Wiley, 1993.

    Examples
    --------
    >>> import numpy as np
    >>> from skot.shift import TransportShiftTest
    >>> rng = np.random.RandomState(0)
    >>> reference, current = rng.normal(size=(300, 4)), rng.normal(size=(200, 4))
    >>> current[:, 2] += 0.5
    >>> result = TransportShiftTest(random_state=0).fit(reference).test(current)
    >>> result.p_value, result.is_shift
    (0.005, True)
    >>> result.features.adjusted_p_values <= 0.05
    array([False, False,  True, False])
    """

    _parameter_constraints = {
        "statistic": [StrOptions(set(STATISTICS)), callable],
        "n_permutations": [Interval(Integral, 1, None, closed="left")],
        "p": [Interval(Real, 1, None, closed="left")],
        "n_slices": [Interval(Integral, 1, None, closed="left")],
        "slices": [StrOptions(set(SLICERS)), "array-like", callable],
        "reg": [Interval(Real, 0, None, closed="neither"), StrOptions({"auto"})],
        "classifier": [BaseEstimator, None],
        "embedding": [BaseEstimator, None],
        "standardize": ["boolean", StrOptions({"rank"})],
        "alpha": [Interval(Real, 0, 1, closed="neither")],
        "n_bootstrap": [Interval(Integral, 0, None, closed="left")],
        "confidence_level": [Interval(Real, 0, 1, closed="neither")],
        "max_samples": [
            Interval(Integral, 2, None, closed="left"),
            StrOptions({"auto"}),
            None,
        ],
        "n_jobs": [Integral, None],
        "random_state": RANDOM_STATE,
    }

    def __init__(
        self,
        statistic: str | Callable[..., float] = "sliced_wasserstein",
        *,
        n_permutations: int = 199,
        p: float = 2,
        n_slices: int = 100,
        slices: str | Callable[..., Any] | ArrayLike = "auto",
        reg: float | Literal["auto"] = "auto",
        classifier: BaseEstimator | None = None,
        embedding: BaseEstimator | None = None,
        standardize: bool | str = True,
        alpha: float = 0.05,
        n_bootstrap: int = 200,
        confidence_level: float = 0.95,
        max_samples: int | Literal["auto"] | None = "auto",
        n_jobs: int | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.statistic = statistic
        self.n_permutations = n_permutations
        self.p = p
        self.n_slices = n_slices
        self.slices = slices
        self.reg = reg
        self.classifier = classifier
        self.embedding = embedding
        self.standardize = standardize
        self.alpha = alpha
        self.n_bootstrap = n_bootstrap
        self.confidence_level = confidence_level
        self.max_samples = max_samples
        self.n_jobs = n_jobs
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: ArrayLike | ReadRows, y: None = None) -> Self:
        """Keep the reference.

        Parameters
        ----------
        X : set-like, or frame of shape (n_rows, n_columns)
            A table, a frame of numbers and categories, or a collection of sets, each of
            which counts as one row.
        y : None
            Ignored.

        Returns
        -------
        self
            The fitted test.

        Raises
        ------
        ValueError
            If there are fewer than 2 rows, values are missing, NaN or infinite, or
            there are too few permutations for a p-value of ``alpha``.
        """
        if self.alpha * (1 + self.n_permutations) < 1 - 1e-9:
            raise ValueError(
                f"alpha={self.alpha} takes {ceil(1 / self.alpha - 1e-9) - 1} "
                f"permutations at least, got n_permutations={self.n_permutations}"
            )
        reference = read_sample(self, X, reset=True)
        if self.embedding is not None and isinstance(reference, MixedTable):
            raise ValueError(
                "embedding takes sets or numbers, and X has columns of categories"
            )
        self.seed_ = check_random_state(self.random_state).randint(2**31 - 1)
        self.reference_ = reference
        return self

    def test(self, X: ArrayLike | ReadRows, *, details: bool = True) -> ShiftResult:
        """Compare data with the reference.

        Parameters
        ----------
        X : set-like, or frame of shape (n_rows, n_columns)
            The current sample, of the columns of the reference, or in its dimension.
        details : bool, default=True
            Whether to compute more than the statistic and its p-value: the interval of
            the effect, and what features and directions have to do with it.

        Returns
        -------
        ShiftResult
            Statistic, p-value, effect and its interval, null distribution, and what
            features and directions have to do with it.

        Raises
        ------
        ValueError
            As in ``fit``; if columns, their kinds or dimensions differ from those of
            the reference, or a column has more than 1000 categories; or if the
            statistic is not finite.
        """
        check_is_fitted(self)
        samples = self.reference_, read_sample(self, X, reset=False)
        n_bootstrap = self.n_bootstrap if details else 0
        found = self._compute(samples, self.n_permutations, n_bootstrap)
        values, power = found.computed.values, found.statistic.power or self.p
        effect, interval = effect_size(
            values, found.computed.resampled, power, self.confidence_level
        )
        features, directions = found.attributions(self.p) if details else (None, None)
        return ShiftResult(
            name=found.statistic.name,
            statistic=float(values[0]),
            p_value=p_value(values),
            effect=effect,
            effect_interval=interval,
            null=values[1:],
            alpha=self.alpha,
            features=features,
            directions=directions,
            n_used=found.splits.sizes,
            n_given=(len(samples[0]), len(samples[1])),
            reg=found.computed.reg,
        )

    def distance(self, X: ArrayLike | ReadRows) -> float:
        """Compute the statistic alone, without permutations.

        Parameters
        ----------
        X : set-like, or frame of shape (n_rows, n_columns)
            As in ``test``.

        Returns
        -------
        float
            The statistic. Random slices are others than those of ``test``, and the
            same in each call.

        Raises
        ------
        ValueError
            As in ``test``.
        """
        check_is_fitted(self)
        samples = self.reference_, read_sample(self, X, reset=False)
        return float(self._compute(samples, 0, 0).computed.values[0])

    def score(self, X: ArrayLike | ReadRows, y: None = None) -> float:
        """Score how close data is to the reference, the higher the closer.

        A scale-free number, for searches over what comes before this step: minus the
        statistic in standard deviations of its permutation distribution, about 0
        without a shift.

        Parameters
        ----------
        X : set-like, or frame of shape (n_rows, n_columns)
            As in ``test``.
        y : None
            Ignored.

        Returns
        -------
        float
            The score.

        Raises
        ------
        ValueError
            As in ``test``.
        """
        return -self.test(X, details=False).z_score

    def _compute(
        self, samples: tuple[Rows, Rows], n_permutations: int, n_bootstrap: int
    ) -> "Comparison":
        rng = np.random.RandomState(self.seed_)
        statistic = read_statistic(self.statistic)
        most = self.max_samples
        if most == "auto":
            most = statistic.max_samples
        first, second = (draw_rows(sample, most, rng) for sample in samples)
        points, features = pool(
            first,
            second,
            rng,
            embedding=self.embedding,
            standardize=self.standardize,
            names=getattr(self, "feature_names_in_", None),
            as_table=self._fitted_on_table,
            n_jobs=self.n_jobs,
        )
        splits = draw_splits(len(first), len(second), n_permutations, n_bootstrap, rng)
        settings = Settings(
            self.p, self.n_slices, self.slices, self.reg, self.classifier, self.n_jobs
        )
        computed = statistic.compute(points, splits, settings, rng)
        if not np.isfinite(computed.values).all():
            raise ValueError(
                f"the statistic {statistic.name!r} is not a finite number; values that "
                "are too large for it may be divided, or standardised"
            )
        return Comparison(statistic, computed, splits, features)


@dataclass(frozen=True, eq=False)
class Comparison:
    """A statistic of two samples, and what else may be asked of them.

    Parameters
    ----------
    statistic : Statistic
        What was computed.
    computed : Computed
        Its values.
    splits : Splits
        Those of the pooled sample.
    features : callable
        Makes the list of `Feature` of the pooled sample.
    """

    statistic: Statistic
    computed: Computed
    splits: Splits
    features: Callable[[], list[Feature]]

    def attributions(self, p: float) -> tuple[Attribution, Attribution | None]:
        """Judge features by their distances of order p, and directions if any."""
        features = self.features()
        distances = feature_distances(features, self.splits, p)
        parts = attribute([feature.name for feature in features], distances)
        slices, per_slice = self.computed.slices, self.computed.per_slice
        if slices is None or per_slice is None:
            return parts, None
        return parts, attribute(np.arange(len(slices)), per_slice, slices)


def read_sample(
    estimator: BaseEstimator, X: ArrayLike | ReadRows, *, reset: bool
) -> Rows:
    """Read the rows of a sample, two at least."""
    rows = validate_rows(estimator, X, reset=reset)
    if len(rows) < 2:
        raise ValueError("X has n_samples = 1; a sample of at least 2 is needed")
    return rows


def draw_rows(rows: Rows, most: int | None, rng: np.random.RandomState) -> Rows:
    """Draw so many rows at most, in their order."""
    if most is None or len(rows) <= most:
        return rows
    index = np.sort(rng.choice(len(rows), most, replace=False))
    return rows.take(index)
