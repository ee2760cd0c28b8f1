# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Distances to the training sets, for learners that take them precomputed."""

from numbers import Integral
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from .._random import RANDOM_STATE, RandomState
from .._sklearn import HasMethods, StrOptions, fit_context
from ..base import SetTransformerMixin, SkotEstimator
from ._metrics import METRICS, FittedMetric


class PairwiseDistance(SetTransformerMixin, SkotEstimator):
    """Distances of sets to the training sets, for ``metric="precomputed"`` learners.

    ``make_pipeline(PairwiseDistance(), KNeighborsClassifier(metric="precomputed"))``
    classifies sets by their nearest neighbours, and goes through cross-validation like
    any pipeline.

    Parameters
    ----------
    metric : str, callable or embedding, default="wasserstein"
        - "wasserstein": exact, `wasserstein_distances`;
        - "sliced_wasserstein": by sorting, `sliced_wasserstein_distances`;
        - "max_sliced_wasserstein": by ascent, `max_sliced_wasserstein_distances`;
        - "sinkhorn_divergence": entropic, `sinkhorn_divergences`, a cost and not a
          distance;
        - "partial_wasserstein", "sliced_partial", "lopt": what is too far to move
          stays, at a price; `partial_wasserstein_distances`,
          `sliced_partial_distances` and `lopt_distances`, which need ``lam`` in
          ``metric_params``, a number or "q50" for a quantile, and the last one a
          ``reference``. They take the masses of sets as they are;
        - "gromov_wasserstein", "fused_gromov_wasserstein",
          "partial_gromov_wasserstein", "fused_partial_gromov_wasserstein": by the
          distances within sets, which may lie in any position;
          `gromov_wasserstein_distances` and its like. The partial ones need ``lam``,
          the fused ones read the coordinates as features. With ``metric_params`` such
          as ``{"metric": "hop"}`` samples are graphs, with ``"precomputed"`` matrices;
        - "tlp", "ptlp": of signals lifted to sets by `skot.signal.SignalLift`,
          `tlp_distances` and `ptlp_distances`, which needs ``lam``;
        - an embedding with a ``pairwise`` of its own, such as
          `skot.embedding.LOPTEmbedding` or `skot.embedding.LPGWEmbedding`: a clone is
          fitted to the training sets, and its distances are those of the vectors;
        - a callable ``f(measure, measure) -> float`` of two `skot.sets.Measure` whose
          weights sum to 1.
    metric_params : dict or None, default=None
        Keyword arguments of the function behind ``metric``, such as ``{"p": 1}``. An
        embedding has its own.
    n_jobs : int or None, default=None
        Workers, as in joblib. An embedding has its own.
    random_state : int, RandomState, Generator or None, default=None
        Source of what is random in the metric, such as slices. It is drawn in ``fit``
        and the same ever after. An embedding with None of its own takes it.
    verbose : int, default=0
        Progress is printed where positive. An embedding has its own.

    Attributes
    ----------
    X_fit_ : PointSets, GraphSets, list of MetricSpace or ndarray
        The training sets; their vectors where ``metric`` is an embedding.
    metric_ : embedding
        The fitted embedding, where ``metric`` is one.
    reg_ : float
        Regularisation in use, of "sinkhorn_divergence".
    lam_ : float
        Price of unmatched mass in use, of partial metrics.
    n_features_in_ : int
        Dimension of the points, n_dims; number of features of graphs and matrices.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, when fitted on a table that has some.

    See Also
    --------
    nearest_sets : Nearest neighbours without all the distances.
    skot.kernel.TransportKernel : Kernels made of these distances.

    Notes
    -----
    ``transform`` costs as much as n_sets * n_fit distances; ``fit_transform`` half of
    n_fit^2. The functions in ``metric`` tell what one costs. Training sets are prepared
    in ``fit`` and kept so: for Gromov-Wasserstein metrics ``16 n_points^2`` bytes a
    space, for "sliced_partial" ``8 n_slices`` bytes a point, otherwise little more than
    the sets.

    References
    ----------
    .. [1] Kusner, Sun, Kolkin, Weinberger, "From word embeddings to document
       distances", ICML 2015. https://proceedings.mlr.press/v37/kusnerb15.html

    Examples
    --------
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from sklearn.pipeline import make_pipeline
    >>> from skot.distance import PairwiseDistance
    >>> X = [[[0.0], [1.0]], [[0.0], [2.0]], [[7.0]], [[8.0], [9.0]]]
    >>> knn = KNeighborsClassifier(1, metric="precomputed")
    >>> pipeline = make_pipeline(PairwiseDistance(), knn).fit(X, [0, 0, 1, 1])
    >>> pipeline.predict([[[1.0], [3.0], [1.0]]])
    array([0])
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "metric": [
            StrOptions(set(METRICS)), callable,
            HasMethods(["fit", "transform", "pairwise"]),
        ],
        "metric_params": [dict, None],
        "n_jobs": [Integral, None],
        "random_state": RANDOM_STATE,
        "verbose": ["verbose"],
    }  # fmt: skip

    def __init__(
        self,
        metric: Any = "wasserstein",
        *,
        metric_params: dict[str, Any] | None = None,
        n_jobs: int | None = None,
        random_state: RandomState = None,
        verbose: int = 0,
    ) -> None:
        self.metric = metric
        self.metric_params = metric_params
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Keep the training sets, and draw what the metric needs at random.

        Parameters
        ----------
        X : set-like of shape (n_fit, n_dims)
            Training sets.
        y : None
            Ignored.

        Returns
        -------
        self
            The fitted transformer.

        Raises
        ------
        ValueError
            If a set is empty, has NaN, infinite or no mass; or if ``metric_params``
            lack what the metric needs.
        TypeError
            If ``metric_params`` have what the metric does not know.
        """
        self._fitted = FittedMetric(
            self,
            X,
            y,
            metric=self.metric,
            params=self.metric_params,
            random_state=self.random_state,
            n_jobs=self.n_jobs,
            verbose=self.verbose,
        )
        self.X_fit_ = self._fitted.sets
        self._n_features_out = len(self.X_fit_)
        return self

    def fit_transform(self, X: Any, y: Any = None) -> np.ndarray:
        """Fit, and return the distances between the training sets.

        Parameters
        ----------
        X : set-like of shape (n_fit, n_dims)
            Training sets.
        y : None
            Ignored.

        Returns
        -------
        ndarray of shape (n_fit, n_fit)
            Distances, each pair solved once.
        """
        return self.fit(X, y)._distances()

    def transform(self, X: Any) -> np.ndarray:
        """Compute the distances to the training sets.

        Parameters
        ----------
        X : set-like of shape (n_sets, n_dims)
            Sets of any sizes.

        Returns
        -------
        ndarray of shape (n_sets, n_fit)
            Distances.

        Raises
        ------
        ValueError
            If a set is empty, has NaN, infinite or no mass, or another dimension than
            in ``fit``.
        """
        check_is_fitted(self)
        return self._distances(self._fitted.read(self, X))

    def _distances(self, sets: Any = None) -> np.ndarray:
        D = self._fitted.distances(sets, n_jobs=self.n_jobs, verbose=self.verbose)
        sets = self.X_fit_ if sets is None else sets
        return D.astype(getattr(sets, "dtype", np.float64), copy=False)
