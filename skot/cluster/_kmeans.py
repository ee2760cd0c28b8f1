# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""K-means of sets under the Wasserstein distance."""

from functools import partial
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from sklearn.base import ClusterMixin
from sklearn.cluster import kmeans_plusplus
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted

from .._parallel import chunk_bounds, map_chunks
from .._random import RANDOM_STATE, RandomState, check_random_state
from .._sklearn import Interval, StrOptions, fit_context
from .._warnings import warn
from ..base import SetTransformerMixin, SkotEstimator
from ..distance import wasserstein_distances
from ..references import learn_reference
from ..sets import PointSets, read_sets, validate_sets
from ..solvers import barycentric_projections

# Entries of the cost matrices of one chunk of sets, as in WassersteinEmbedding.
CHUNK = 2**16


class WassersteinKMeans(ClusterMixin, SetTransformerMixin, SkotEstimator):
    r"""K-means clustering of sets under the 2-Wasserstein distance.

    .. math::
        \min_{\nu_1, \ldots, \nu_K} \sum_i \min_k W_2^2(\mu_i, \nu_k),

    over centres of ``n_atoms`` equal atoms that move freely. On a table this is
    k-means.

    Parameters
    ----------
    n_clusters : int, default=8
        Number of clusters K.
    n_atoms : int or None, default=None
        Number of atoms of a centre. None takes the mean number of points of the
        training sets, rounded. Fewer where there are fewer distinct points.
    init : str or set-like of shape (n_clusters, n_dims), default="k-means++"
        First centres: training sets, with "k-means++" chosen far apart in the linear
        transport embedding, with "random" uniformly; or the sets given. Each is
        brought to n_atoms atoms by transport from the k-means centroids of all points.
    n_init : int, default=1
        Number of starts; the one of least inertia is kept.
    max_iter : int, default=100
        Iterations of a start, at most.
    tol : float, default=1e-6
        Stop when no centre's atoms move more than this, squared, relative to the mean
        squared distance of pooled points to their mean.
    n_jobs : int or None, default=None
        Workers, as in joblib.
    random_state : int, RandomState, Generator or None, default=None
        Source of the starts.
    verbose : int, default=0
        Progress is printed where positive.

    Attributes
    ----------
    cluster_centers_ : PointSets
        Centres, n_clusters sets of n_atoms points.
    labels_ : ndarray of shape (n_sets,)
        Cluster of each training set.
    inertia_ : float
        Sum of squared distances of training sets to their centres.
    n_iter_ : int
        Iterations of the start that was kept.
    n_features_in_ : int
        Dimension of the points, n_dims.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, when fitted on a table that has some.

    See Also
    --------
    WassersteinBarycenter : One centre.
    skot.embedding.WassersteinEmbedding : With KMeans, a fast approximation.

    Notes
    -----
    ``n_sets * n_clusters`` linear programs an iteration, each of n_points by n_atoms:
    the plans that tell the nearest centre also move it. Neither step raises the
    inertia, and a local minimum is reached. A cluster that loses its last set takes
    the set farthest from its centre.

    References
    ----------
    .. [1] Ye, Wu, Wang, Li, "Fast discrete distribution clustering using Wasserstein
       barycenter with sparse support", IEEE Transactions on Signal Processing 65(9),
       2017. https://arxiv.org/abs/1510.00012
    .. [2] Zhuang, Chen, Yang, "Wasserstein k-means for clustering probability
       distributions", NeurIPS 2022. https://arxiv.org/abs/2209.06975

    Examples
    --------
    >>> from skot.cluster import WassersteinKMeans
    >>> X = [[[0.0], [1.0]], [[0.0], [2.0]], [[7.0]], [[8.0], [9.0]]]
    >>> kmeans = WassersteinKMeans(2, random_state=0).fit(X)
    >>> labels = kmeans.labels_
    >>> labels[0] == labels[1] != labels[2] == labels[3]
    np.True_
    """

    _parameter_constraints = {
        "n_clusters": [Interval(Integral, 1, None, closed="left")],
        "n_atoms": [Interval(Integral, 1, None, closed="left"), None],
        "init": [StrOptions({"k-means++", "random"}), "array-like", PointSets],
        "n_init": [Interval(Integral, 1, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "n_jobs": [Integral, None],
        "random_state": RANDOM_STATE,
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        n_atoms: int | None = None,
        init: Any = "k-means++",
        n_init: int = 1,
        max_iter: int = 100,
        tol: float = 1e-6,
        n_jobs: int | None = None,
        random_state: RandomState = None,
        verbose: int = 0,
    ) -> None:
        self.n_clusters = n_clusters
        self.n_atoms = n_atoms
        self.init = init
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Compute the clusters.

        Parameters
        ----------
        X : set-like of shape (n_sets, n_dims)
            Training sets.
        y : None
            Ignored.

        Returns
        -------
        self
            The fitted estimator.

        Raises
        ------
        ValueError
            If a set is empty, has NaN, infinite or no mass; if there are fewer sets
            than clusters; or if ``init`` does not fit.
        """
        X = validate_sets(self, X, reset=True)
        if len(X) < self.n_clusters:
            raise ValueError(
                f"n_samples={len(X)} should be >= n_clusters={self.n_clusters}"
            )
        X = X.canonical(masses="probability")
        rng = check_random_state(self.random_state)
        reference, self._weights, _ = learn_reference(
            "kmeans",
            X,
            n_reference=self.n_atoms or max(1, round(X.sizes.mean())),
            max_iter=300,  # of k-means of points, which is no part of ours
            tol=self.tol,
            random_state=rng,
        )
        # every set as n_atoms atoms, where seeds and replacements come from
        atoms = self._project(X, reference)
        runs = [
            self._descend(X, atoms, self._seed(atoms, reference, rng))
            for _ in range(1 if self._given() else self.n_init)
        ]
        _, centres, self.n_iter_, move = min(runs, key=lambda run: run[0])
        if move > self.tol:
            warn(
                f"k-means stopped after max_iter={self.max_iter} iterations; its "
                f"centres still move by {move:.1e} (tol={self.tol:.1e}, relative, "
                "squared). Raise max_iter or tol.",
                ConvergenceWarning,
            )
        n_atoms, n_dims = reference.shape
        self.cluster_centers_ = PointSets(
            centres.reshape(-1, n_dims), np.arange(self.n_clusters + 1) * n_atoms
        )
        self._n_features_out = self.n_clusters
        D = self._distances(X)
        self.labels_ = D.argmin(axis=1)
        self.inertia_ = float(np.square(D.min(axis=1)).sum())
        return self

    def _given(self):
        return not isinstance(self.init, str)

    def _seed(self, atoms, reference, rng):
        """First centres, of shape (n_clusters, n_atoms, n_dims)."""
        n_clusters = self.n_clusters
        if self._given():
            init = read_sets(self.init, name="init")
            expected = (n_clusters, reference.shape[1])
            if init.shape != expected:
                raise ValueError(f"init must have shape {expected}, got {init.shape}")
            return self._project(init.canonical(masses="probability"), reference)
        if self.init == "random":
            return atoms[rng.choice(len(atoms), n_clusters, replace=False)]
        vectors = (atoms * np.sqrt(self._weights)[:, None]).reshape(len(atoms), -1)
        _, chosen = kmeans_plusplus(vectors, n_clusters, random_state=rng)
        return atoms[chosen]

    def _descend(self, X, atoms, centres):
        """Move centres until they rest; return inertia, centres, iterations, move."""
        scale = np.square(X.points - X.points.mean(axis=0)).sum(axis=1).mean() or 1.0
        n_iter, move = 0, np.inf
        while n_iter < self.max_iter and move > self.tol:
            n_iter += 1
            moved = np.zeros(centres.shape)
            counts, values = np.zeros(len(centres)), np.empty(len(X))
            for chunk, (labels, nearest, images) in self._map(X, centres):
                np.add.at(moved, labels, images)
                counts += np.bincount(labels, minlength=len(counts))
                values[chunk] = nearest
            moved /= np.maximum(counts, 1)[:, None, None]
            empty = np.flatnonzero(counts == 0)
            moved[empty] = atoms[np.argsort(-values, kind="stable")[: len(empty)]]
            move = (self._weights @ ((moved - centres) ** 2).sum(axis=2).T).max()
            move, centres = float(move / scale), moved
        # the inertia of centres that have come to rest, or of the last ones but one
        return float(values.sum()), centres, n_iter, move

    def _map(self, X, centres):
        work = partial(_nearest, centres=centres, weights=self._weights)
        chunks = chunk_bounds(X.sizes, CHUNK // centres.shape[1])
        return map_chunks(work, X, chunks, n_jobs=self.n_jobs, verbose=self.verbose)

    def _project(self, X, reference):
        """Images of the reference in every set, of shape (n_sets, n_atoms, n_dims)."""
        blocks = [images for _, (_, _, images) in self._map(X, reference[None])]
        return np.concatenate(blocks)

    def predict(self, X: Any) -> np.ndarray:
        """Tell the nearest centre of each set.

        Parameters
        ----------
        X : set-like of shape (n_sets, n_dims)
            Sets of any sizes.

        Returns
        -------
        ndarray of int of shape (n_sets,)
            Clusters.

        Raises
        ------
        ValueError
            If a set is empty, has NaN, infinite or no mass, or another dimension than
            in ``fit``.
        """
        check_is_fitted(self)
        return self._distances(validate_sets(self, X, reset=False)).argmin(axis=1)

    def transform(self, X: Any) -> np.ndarray:
        """Compute the distances of sets to the centres.

        Parameters
        ----------
        X : set-like of shape (n_sets, n_dims)
            Sets of any sizes.

        Returns
        -------
        ndarray of shape (n_sets, n_clusters)
            2-Wasserstein distances.

        Raises
        ------
        ValueError
            As in ``predict``.
        """
        check_is_fitted(self)
        X = validate_sets(self, X, reset=False)
        return self._distances(X).astype(X.dtype, copy=False)

    def score(self, X: Any, y: Any = None) -> float:
        """Return minus the sum of squared distances of sets to their centres.

        Parameters
        ----------
        X : set-like of shape (n_sets, n_dims)
            Sets of any sizes.
        y : None
            Ignored.

        Returns
        -------
        float
            The greater, the better.
        """
        check_is_fitted(self)
        D = self._distances(validate_sets(self, X, reset=False))
        return -float(np.square(D.min(axis=1)).sum())

    def _distances(self, X):
        return wasserstein_distances(
            X, self.cluster_centers_, n_jobs=self.n_jobs, verbose=self.verbose
        )


def _nearest(sets, centres, weights):
    """Nearest centre of each set, squared distance, and where its atoms go."""
    results = [barycentric_projections(centre, sets, weights) for centre in centres]
    values = np.array([result.values for result in results])
    labels = values.argmin(axis=0)
    images = np.array([results[k].images[i] for i, k in enumerate(labels)])
    return labels, values.min(axis=0), images
