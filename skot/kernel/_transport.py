# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Kernels of transport distances, and what to do where they are not positive."""

from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
from scipy.linalg import eigh
from sklearn.utils.validation import check_is_fitted

from .._random import RANDOM_STATE, RandomState
from .._sklearn import HasMethods, Interval, StrOptions, fit_context
from ..base import SetTransformerMixin, SkotEstimator
from ..distance import METRICS, FittedMetric
from ..sets import PointSets

# Eigenvalues are zero below this share of the largest: of rounding, or of duplicates.
ROUNDING = 1e-10

# Sets are one below this share of the mean distance: the root of rounding errors.
ZERO = 1e-6


class TransportKernel(SetTransformerMixin, SkotEstimator):
    r"""Exponential kernel of a transport distance, against the training sets.

    .. math::
        k(\mu, \nu) = \exp(-\gamma \, D(\mu, \nu)^q),

    for ``kernel="precomputed"`` learners. Unlike that of the sliced distance, this
    kernel need **not be positive semi-definite**: with the 2-Wasserstein distance in
    two dimensions or more some Gram matrices have negative eigenvalues, on which such
    learners are not defined. ``psd`` says what happens to them.

    Parameters
    ----------
    metric : str, callable or embedding, default="wasserstein"
        Distance D: a name, a callable, or an embedding with a ``pairwise`` of its own,
        as in `skot.distance.PairwiseDistance`.
    metric_params : dict or None, default=None
        Keyword arguments of the function behind ``metric``, such as ``{"p": 1}``. An
        embedding has its own.
    gamma : float or "scale", default="scale"
        Width. "scale" takes the inverse of the mean of D^q over pairs of training
        sets, which makes the kernel the same in any unit.
    power : float, default=2.0
        Exponent q.
    psd : {"clip", "shift", "check", None}, default="clip"
        What to do with negative eigenvalues of the training Gram matrix K, beyond
        rounding:

        - "clip": project on the eigenvectors of the others; test rows too, so that
          both are inner products in one space;
        - "shift": add the most negative, as a positive number, to the kernel of each
          set with itself; the kernel of different sets stays as it is;
        - "check": refuse with a ValueError;
        - None: pass them on, knowingly.
    n_jobs : int or None, default=None
        Workers, as in joblib.
    random_state : int, RandomState, Generator or None, default=None
        Source of what is random in the metric, drawn in ``fit``. An embedding with None
        of its own takes it.
    verbose : int, default=0
        Progress is printed where positive.

    Attributes
    ----------
    gamma_ : float
        Width in use.
    min_eigenvalue_ : float or None
        Least eigenvalue of the training Gram matrix, before anything was done about
        it; the largest is at most n_fit. None where ``psd`` is None.
    X_fit_ : PointSets, GraphSets, list of MetricSpace or ndarray
        The training sets; their vectors where ``metric`` is an embedding.
    metric_ : embedding
        The fitted embedding, where ``metric`` is one.
    reg_ : float
        Regularisation in use, of "sinkhorn_divergence".
    lam_ : float
        Price of unmatched mass in use, of partial metrics.
    n_features_in_ : int
        Dimension of the points, n_dims.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, when fitted on a table that has some.

    See Also
    --------
    SlicedWassersteinKernel : Positive by construction, and far cheaper.

    Notes
    -----
    ``fit`` costs n_fit^2 / 2 distances and, unless ``psd`` is None, ``O(n_fit^3)`` for
    the eigenvalues; ``transform`` costs n_sets * n_fit distances. Learners are trained
    on ``fit_transform``, which solves every pair once. "shift" tells a set by its
    distance of zero to itself.

    References
    ----------
    .. [1] Chen, Garcia, Gupta, Rahimi, Cazzanti, "Similarity-based classification:
       concepts and algorithms", JMLR 10, 2009.
       https://www.jmlr.org/papers/v10/chen09a.html
    .. [2] De Plaen, Fanuel, Suykens, "Wasserstein exponential kernels", IJCNN 2020.
       https://arxiv.org/abs/2002.01878

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.svm import SVC
    >>> from skot.kernel import TransportKernel
    >>> X = [[[0.0], [1.0]], [[0.0], [2.0]], [[7.0]], [[8.0], [9.0]]]
    >>> svc = make_pipeline(TransportKernel(), SVC(kernel="precomputed"))
    >>> svc.fit(X, [0, 0, 1, 1]).predict([[[1.0], [3.0], [1.0]]])
    array([0])
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "metric": [
            StrOptions(set(METRICS)), callable,
            HasMethods(["fit", "transform", "pairwise"]),
        ],
        "metric_params": [dict, None],
        "gamma": [StrOptions({"scale"}), Interval(Real, 0, None, closed="neither")],
        "power": [Interval(Real, 0, None, closed="neither")],
        "psd": [StrOptions({"check", "clip", "shift"}), None],
        "n_jobs": [Integral, None],
        "random_state": RANDOM_STATE,
        "verbose": ["verbose"],
    }  # fmt: skip

    def __init__(
        self,
        metric: Any = "wasserstein",
        *,
        metric_params: dict[str, Any] | None = None,
        gamma: float | str = "scale",
        power: float = 2.0,
        psd: str | None = "clip",
        n_jobs: int | None = None,
        random_state: RandomState = None,
        verbose: int = 0,
    ) -> None:
        self.metric = metric
        self.metric_params = metric_params
        self.gamma = gamma
        self.power = power
        self.psd = psd
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X: Any, y: Any = None) -> Self:
        """Choose gamma, and look at the eigenvalues of the training Gram matrix.

        Parameters
        ----------
        X : set-like of shape (n_fit, n_dims)
            Training sets.
        y : None
            Ignored.

        Returns
        -------
        self
            The fitted kernel.

        Raises
        ------
        ValueError
            If a set is empty, has NaN, infinite or no mass; if the metric is not
            symmetric; or if there are negative eigenvalues under ``psd="check"``.
        """
        self.fit_transform(X, y)
        return self

    @fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, X: Any, y: Any = None) -> np.ndarray:
        """Fit, and return the Gram matrix of the training sets.

        Parameters
        ----------
        X : set-like of shape (n_fit, n_dims)
            Training sets.
        y : None
            Ignored.

        Returns
        -------
        ndarray of shape (n_fit, n_fit)
            Gram matrix, after what ``psd`` asks for.

        Raises
        ------
        ValueError
            As in ``fit``.
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
        D = self._fitted.distances(n_jobs=self.n_jobs, verbose=self.verbose)
        size = 0.0
        if isinstance(self.X_fit_, PointSets):
            points = self.X_fit_.points
            size = np.abs(points - points.mean(axis=0)).max()
        typical = D[np.triu_indices(len(D), 1)].mean() if len(D) > 1 else 0.0
        if abs(D - D.T).max() > 1e-6 * typical:
            raise ValueError("metric is not symmetric: no kernel can be made of it")
        self._zero = ZERO * typical
        if self.gamma == "scale":
            powers = np.maximum(D, 0)[np.triu_indices(len(D), 1)] ** self.power
            # sets that are all the same have no scale
            self.gamma_ = float(1 / powers.mean()) if typical > 1e-12 * size else 1.0
        else:
            self.gamma_ = float(self.gamma)
        self._mend(self._exponential(D), D.diagonal())
        self._n_features_out = len(D)
        dtype = getattr(self.X_fit_, "dtype", np.float64)
        return self._mended(D).astype(dtype, copy=False)

    def transform(self, X: Any) -> np.ndarray:
        """Compute the kernel between sets and the training sets.

        Parameters
        ----------
        X : set-like of shape (n_sets, n_dims)
            Sets of any sizes.

        Returns
        -------
        ndarray of shape (n_sets, n_fit)
            Kernel values, after what ``psd`` asks for.

        Raises
        ------
        ValueError
            If a set is empty, has NaN, infinite or no mass, or another dimension than
            in ``fit``.
        """
        check_is_fitted(self)
        sets = self._fitted.read(self, X)
        D = self._fitted.distances(sets, n_jobs=self.n_jobs, verbose=self.verbose)
        return self._mended(D).astype(getattr(sets, "dtype", np.float64), copy=False)

    def _exponential(self, D: np.ndarray) -> np.ndarray:
        # rounding may leave a divergence just below zero
        powers = np.maximum(D, 0) ** self.power
        return np.asarray(np.exp(-self.gamma_ * powers))

    def _mend(self, K: np.ndarray, own: np.ndarray) -> None:
        """Learn from the Gram matrix what `_mended` does."""
        self.min_eigenvalue_, self._projection, self._shift = None, None, 0.0
        if self.psd is None:
            return
        values, vectors = eigh(K)
        self.min_eigenvalue_ = float(values[0])
        if values[0] >= -ROUNDING * values[-1]:
            return
        if self.psd == "check":
            raise ValueError(
                f"the Gram matrix of the {len(K)} training sets is not positive "
                f"semi-definite: its eigenvalues run from {values[0]:.2g} to "
                f"{values[-1]:.3g}. Set psd='clip' or psd='shift', raise gamma, or use "
                "SlicedWassersteinKernel, which is positive by construction."
            )
        if self.psd == "clip":
            kept = vectors[:, values > 0]
            self._projection = kept @ kept.T
            return
        if own.max() > self._zero:
            raise ValueError(
                "psd='shift' knows a set by its distance of zero to itself, and with "
                "this metric some have another: set psd='clip'"
            )
        self._shift = -self.min_eigenvalue_

    def _mended(self, D: np.ndarray) -> np.ndarray:
        K = self._exponential(D)
        if self._projection is not None:
            return np.asarray(K @ self._projection)
        return np.where(self._zero < D, K, K + self._shift)
