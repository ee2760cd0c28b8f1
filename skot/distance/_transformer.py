# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Distances to the training sets, for learners that take them precomputed."""

from inspect import Parameter, signature
from numbers import Integral

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted, check_random_state

from .._sklearn import HasMethods, StrOptions, fit_context
from ..base import SetTransformerMixin, SkotEstimator
from ..sets import validate_sets, validate_spaces
from ..solvers import read_penalty, read_share
from ._gromov import (
    fused_gromov_wasserstein_distances,
    fused_partial_gromov_wasserstein_distances,
    gromov_wasserstein_distances,
    partial_gromov_wasserstein_distances,
)
from ._pairwise import (
    apply_metric,
    max_sliced_wasserstein_distances,
    sliced_wasserstein_distances,
    wasserstein_distances,
)
from ._partial import (
    lopt_distances,
    partial_wasserstein_distances,
    sliced_partial_distances,
)
from ._sinkhorn import sinkhorn_divergences
from ._transport_lp import ptlp_distances, tlp_distances

METRICS = {
    "wasserstein": wasserstein_distances,
    "fused_gromov_wasserstein": fused_gromov_wasserstein_distances,
    "fused_partial_gromov_wasserstein": fused_partial_gromov_wasserstein_distances,
    "gromov_wasserstein": gromov_wasserstein_distances,
    "lopt": lopt_distances,
    "max_sliced_wasserstein": max_sliced_wasserstein_distances,
    "partial_gromov_wasserstein": partial_gromov_wasserstein_distances,
    "partial_wasserstein": partial_wasserstein_distances,
    "ptlp": ptlp_distances,
    "sinkhorn_divergence": sinkhorn_divergences,
    "sliced_partial": sliced_partial_distances,
    "sliced_wasserstein": sliced_wasserstein_distances,
    "tlp": tlp_distances,
}
"""Distances by name: ``f(X, Y=None, *, n_jobs, verbose, **metric_params)``."""


# Those that compare spaces, which ``metric_params["metric"]`` may make of graphs, or of
# matrices.
OF_SPACES = {name for name in METRICS if "gromov" in name}

# What `PairwiseDistance` and kernels say themselves.
OWN = ("n_jobs", "verbose")


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
          ``metric_params``, and the last one a ``reference``. They take the masses of
          sets as they are;
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
    random_state : int, RandomState instance or None, default=None
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
    n_fit^2. The functions in ``metric`` tell what one costs.

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

    _parameter_constraints = {
        "metric": [
            StrOptions(set(METRICS)), callable,
            HasMethods(["fit", "transform", "pairwise"]),
        ],
        "metric_params": [dict, None],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }  # fmt: skip

    def __init__(
        self,
        metric="wasserstein",
        *,
        metric_params=None,
        n_jobs=None,
        random_state=None,
        verbose=0,
    ):
        self.metric = metric
        self.metric_params = metric_params
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
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
        check_params(self.metric, self.metric_params)
        rng = check_random_state(self.random_state)
        self._seed = rng.randint(np.iinfo(np.int32).max)
        if is_embedding(self.metric):
            self.metric_ = clone(self.metric)
            if self.metric_.get_params().get("random_state", 0) is None:
                self.metric_.set_params(random_state=self._seed)
            self.X_fit_ = np.asarray(self.metric_.fit(X, y).transform(X))  # no frame
            for name in ("n_features_in_", "feature_names_in_", "_fitted_on_table"):
                self.__dict__.pop(name, None)
                if hasattr(self.metric_, name):
                    setattr(self, name, getattr(self.metric_, name))
        else:
            self.X_fit_ = read_for_metric(
                self, X, reset=True, metric=self.metric, params=self.metric_params
            )
        self._n_features_out = len(self.X_fit_)
        return self

    def fit_transform(self, X, y=None):
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
        return self.fit(X, y)._distances(self.X_fit_)

    def transform(self, X):
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
        if is_embedding(self.metric):
            X = np.asarray(self.metric_.transform(X))
        else:
            X = read_for_metric(
                self, X, reset=False, metric=self.metric, params=self.metric_params
            )
        return self._distances(X, self.X_fit_)

    def _distances(self, X, Y=None):
        if is_embedding(self.metric):
            return self.metric_.pairwise(X, Y).astype(X.dtype, copy=False)
        return metric_distances(
            X,
            Y,
            metric=self.metric,
            metric_params=self.metric_params,
            seed=self._seed,
            n_jobs=self.n_jobs,
            verbose=self.verbose,
        ).astype(getattr(X, "dtype", np.float64), copy=False)


def is_embedding(metric):
    """Whether a metric is an embedding, and not a name or a function."""
    return hasattr(metric, "pairwise")


def check_params(metric, params):
    """Refuse parameters by names that a metric does not know, or lacks."""
    params = params or {}
    if is_embedding(metric) and params:
        raise ValueError(
            "metric is an embedding: set its parameters, not metric_params"
        )
    if not isinstance(metric, str):
        return
    known = {
        name: parameter.default
        for name, parameter in signature(METRICS[metric]).parameters.items()
        if parameter.kind == parameter.KEYWORD_ONLY and name not in OWN
    }
    for name in params:
        if name not in known:
            raise TypeError(
                f"{metric!r} has no parameter {name!r}; it has: {sorted(known)}"
            )
    for name, default in known.items():
        if default is Parameter.empty and name not in params:
            raise ValueError(f"{metric!r} needs {name!r} in metric_params")
    if "lam" in params:
        read_penalty(params["lam"])
    if "alpha" in params:
        read_share(params["alpha"], "alpha")


def read_for_metric(estimator, X, *, reset, metric, params):
    """Read what a metric compares: sets, or the spaces of graphs or matrices."""
    masses = metric_masses(metric, params)
    if isinstance(metric, str) and metric in OF_SPACES:
        return validate_spaces(
            estimator,
            X,
            reset=reset,
            metric=(params or {}).get("metric", "euclidean"),
            masses=masses,
            fused="fused" in metric,
        )
    return validate_sets(estimator, X, reset=reset, masses=masses)


def metric_distances(X, Y, *, metric, metric_params, seed, n_jobs, verbose):
    """Evaluate a metric by name, or a callable; ``seed`` freezes what is random."""
    params = dict(metric_params or {}, n_jobs=n_jobs, verbose=verbose)
    if callable(metric):
        return apply_metric(X, Y, metric=metric, **params)
    function = METRICS[metric]
    if "random_state" in signature(function).parameters:
        params.setdefault("random_state", seed)
    return function(X, Y, **params)


def metric_masses(metric, metric_params):
    """How a metric reads masses: as they are, "positive", or scaled, "probability"."""
    if callable(metric):
        return "probability"
    parameters = signature(METRICS[metric]).parameters
    if "masses" not in parameters:
        return "probability"
    return (metric_params or {}).get("masses", parameters["masses"].default)
