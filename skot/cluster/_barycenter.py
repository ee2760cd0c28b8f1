# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The Wasserstein barycentre of a collection of sets."""

from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from .._random import RANDOM_STATE, RandomState
from .._sklearn import Interval, check_sample_weight, fit_context
from ..base import SetTransformerMixin, SkotEstimator
from ..distance import wasserstein_distances
from ..references import learn_barycenter
from ..sets import Measure, PointSets, validate_sets


class WassersteinBarycenter(SetTransformerMixin, SkotEstimator):
    r"""Mean of sets: the measure of least mean squared Wasserstein distance to them.

    .. math::
        \min_\nu \frac{1}{n} \sum_i W_2^2(\mu_i, \nu),

    over measures of ``n_atoms`` equal atoms that move freely. ``transform`` gives the
    distance of sets to it, ``score`` how well it stands for them.

    Parameters
    ----------
    n_atoms : int or None, default=None
        Number of atoms. None takes the mean number of points of the training sets,
        rounded. Fewer where there are fewer distinct points.
    max_iter : int, default=100
        Iterations, at most.
    tol : float, default=1e-7
        Stop when atoms move less than this, squared, relative to the mean squared
        distance of pooled points to their mean.
    n_jobs : int or None, default=None
        Workers of ``transform`` and ``score``, as in joblib.
    random_state : int, RandomState, Generator or None, default=None
        Source of the first atoms, which are k-means centroids of the pooled points.
    verbose : int, default=0
        Progress of ``transform`` is printed where positive.

    Attributes
    ----------
    barycenter_ : Measure
        The barycentre.
    inertia_ : float
        Mean squared Wasserstein distance of the training sets to it.
    n_iter_ : int
        Iterations.
    n_features_in_ : int
        Dimension of the points, n_dims.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, when fitted on a table that has some.

    See Also
    --------
    WassersteinKMeans : Several barycentres.
    skot.solvers.free_support_barycenter : The solver.

    Notes
    -----
    One linear program for each set and iteration, of n_points by n_atoms. The
    objective is not convex in the atoms: the result is a local minimum, as good as its
    start. On a table it is the mean.

    References
    ----------
    .. [1] Agueh and Carlier, "Barycenters in the Wasserstein space", SIAM Journal on
       Mathematical Analysis 43(2), 2011. https://doi.org/10.1137/100805741
    .. [2] Cuturi and Doucet, "Fast computation of Wasserstein barycenters",
       ICML 2014. https://arxiv.org/abs/1310.4375

    Examples
    --------
    >>> from skot.cluster import WassersteinBarycenter
    >>> X = [[[0.0], [1.0]], [[2.0], [5.0]]]
    >>> mean = WassersteinBarycenter(random_state=0).fit(X)
    >>> sorted(mean.barycenter_.points.ravel().tolist())
    [1.0, 3.0]
    """

    _parameter_constraints = {
        "n_atoms": [Interval(Integral, 1, None, closed="left"), None],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "n_jobs": [Integral, None],
        "random_state": RANDOM_STATE,
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        n_atoms: int | None = None,
        *,
        max_iter: int = 100,
        tol: float = 1e-7,
        n_jobs: int | None = None,
        random_state: RandomState = None,
        verbose: int = 0,
    ) -> None:
        self.n_atoms = n_atoms
        self.max_iter = max_iter
        self.tol = tol
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    @fit_context(prefer_skip_nested_validation=True)
    def fit(
        self, X: Any, y: Any = None, sample_weight: ArrayLike | None = None
    ) -> Self:
        """Compute the barycentre.

        Parameters
        ----------
        X : set-like of shape (n_sets, n_dims)
            Training sets.
        y : None
            Ignored.
        sample_weight : array-like of shape (n_sets,) or None, default=None
            Weight of each set. None means equal.

        Returns
        -------
        self
            The fitted estimator.

        Raises
        ------
        ValueError
            If a set is empty, has NaN, infinite or no mass; or if weights are negative
            or all zero.
        """
        X = validate_sets(self, X, reset=True)
        share = check_sample_weight(
            sample_weight, X, dtype=np.float64, ensure_non_negative=True
        )
        result = learn_barycenter(
            X[share > 0].canonical(masses="probability"),
            self.n_atoms or max(1, round(np.average(X.sizes, weights=share))),
            set_weights=share[share > 0],
            max_iter=self.max_iter,
            tol=self.tol,
            random_state=self.random_state,
        )
        self.barycenter_ = Measure(result.points, result.weights)
        self.inertia_, self.n_iter_ = result.value, max(result.n_iter or 0, 1)
        self._n_features_out = 1
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Compute the distance of sets to the barycentre.

        Parameters
        ----------
        X : set-like of shape (n_sets, n_dims)
            Sets of any sizes.

        Returns
        -------
        ndarray of shape (n_sets, 1)
            2-Wasserstein distances.

        Raises
        ------
        ValueError
            If a set is empty, has NaN, infinite or no mass, or another dimension than
            in ``fit``.
        """
        check_is_fitted(self)
        X = validate_sets(self, X, reset=False)
        return self._distances(X).astype(X.dtype, copy=False)

    def _distances(self, X):
        centre = PointSets.from_list([self.barycenter_])
        return wasserstein_distances(
            X, centre, n_jobs=self.n_jobs, verbose=self.verbose
        )

    def score(
        self, X: Any, y: Any = None, sample_weight: ArrayLike | None = None
    ) -> float:
        """Return minus the mean squared distance of sets to the barycentre.

        Parameters
        ----------
        X : set-like of shape (n_sets, n_dims)
            Sets of any sizes.
        y : None
            Ignored.
        sample_weight : array-like of shape (n_sets,) or None, default=None
            Weight of each set. None means equal.

        Returns
        -------
        float
            The greater, the better.
        """
        check_is_fitted(self)
        squares = np.square(self._distances(validate_sets(self, X, reset=False)))
        share = None if sample_weight is None else np.asarray(sample_weight)
        return -float(np.average(squares[:, 0], weights=share))
