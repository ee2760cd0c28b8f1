# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Classification of sets by the nearest class barycentre."""

from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import (
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
)

from .._random import RANDOM_STATE, RandomState, check_random_state
from .._sklearn import Interval, check_sample_weight, fit_context
from ..base import SkotEstimator
from ..distance import wasserstein_distances
from ..references import learn_barycenter
from ..sets import PointSets, validate_sets


class NearestBarycenterClassifier(ClassifierMixin, SkotEstimator):
    """Classifier of sets by the nearest Wasserstein barycentre of a class.

    The nearest-centroid rule for sets: each class is represented by the mean of its
    sets under the 2-Wasserstein distance. On a table this is
    `sklearn.neighbors.NearestCentroid`.

    Parameters
    ----------
    n_atoms : int or None, default=None
        Number of atoms of a barycentre. None takes the mean number of points of the
        training sets, rounded. Fewer where a class has fewer distinct points.
    max_iter : int, default=100
        Iterations of a barycentre, at most.
    tol : float, default=1e-7
        A barycentre rests when its atoms move less than this, squared, relative to the
        mean squared distance of pooled points to their mean.
    n_jobs : int or None, default=None
        Workers, as in joblib: one class each in ``fit``.
    random_state : int, RandomState, Generator or None, default=None
        Source of the first atoms, which are k-means centroids of the points of a class.
    verbose : int, default=0
        Progress is printed where positive.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    barycenters_ : PointSets
        Barycentres, one for each class.
    n_iter_ : int
        Iterations of the class that took most.
    n_features_in_ : int
        Dimension of the points, n_dims.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, when fitted on a table that has some.

    See Also
    --------
    skot.cluster.WassersteinBarycenter : One barycentre.
    skot.distance.PairwiseDistance : For nearest neighbours instead.

    Notes
    -----
    ``fit`` takes one linear program for each set and iteration, of n_points by n_atoms;
    prediction n_classes for each set. Where scales or shapes vary within a class, its
    barycentre is a blend, and nearest neighbours do better.

    References
    ----------
    .. [1] Agueh and Carlier, "Barycenters in the Wasserstein space", SIAM Journal on
       Mathematical Analysis 43(2), 2011. https://doi.org/10.1137/100805741
    .. [2] Tibshirani, Hastie, Narasimhan, Chu, "Diagnosis of multiple cancer types by
       shrunken centroids of gene expression", PNAS 99(10), 2002.
       https://doi.org/10.1073/pnas.082099299

    Examples
    --------
    >>> from skot.classification import NearestBarycenterClassifier
    >>> X = [[[0.0], [1.0]], [[0.0], [2.0]], [[7.0]], [[8.0], [9.0]]]
    >>> classifier = NearestBarycenterClassifier(random_state=0)
    >>> classifier.fit(X, ["low", "low", "high", "high"])
    NearestBarycenterClassifier(random_state=0)
    >>> classifier.predict([[[1.0], [3.0], [1.0]], [[6.0]]])
    array(['low', 'high'], dtype='<U4')
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
    def fit(self, X: Any, y: Any, sample_weight: ArrayLike | None = None) -> Self:
        """Compute the barycentre of each class.

        Parameters
        ----------
        X : set-like of shape (n_sets, n_dims)
            Training sets.
        y : array-like of shape (n_sets,)
            Labels of any kind; at least two classes.
        sample_weight : array-like of shape (n_sets,) or None, default=None
            Weight of each set in the barycentre of its class. None means equal.

        Returns
        -------
        self
            The fitted classifier.

        Raises
        ------
        ValueError
            If a set is empty, has NaN, infinite or no mass; if there is but one class;
            if the weights of a class are all zero.
        """
        X = validate_sets(self, X, reset=True)
        y = column_or_1d(y, warn=True)
        check_consistent_length(X, y)
        check_classification_targets(y)
        share = check_sample_weight(
            sample_weight, X, dtype=np.float64, ensure_non_negative=True
        )
        X, y, share = (
            X[share > 0].canonical(masses="probability"),
            y[share > 0],
            share[share > 0],
        )
        self.classes_, labels = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"y has {len(self.classes_)} class; at least 2 are needed")
        rng = check_random_state(self.random_state)
        n_atoms = self.n_atoms or max(1, round(np.average(X.sizes, weights=share)))
        parallel = Parallel(n_jobs=self.n_jobs, verbose=self.verbose, prefer="threads")
        results = parallel(
            delayed(learn_barycenter)(
                X[labels == k],
                n_atoms,
                set_weights=share[labels == k],
                max_iter=self.max_iter,
                tol=self.tol,
                random_state=int(seed),
            )
            for k, seed in enumerate(
                rng.randint(np.iinfo(np.int32).max, size=len(self.classes_))
            )
        )
        self.barycenters_ = PointSets.from_list([r.points for r in results])
        self.n_iter_ = max(1, *(r.n_iter for r in results))
        return self

    def decision_function(self, X: Any) -> np.ndarray:
        """Compute how near sets are to the barycentres.

        Parameters
        ----------
        X : set-like of shape (n_sets, n_dims)
            Sets of any sizes.

        Returns
        -------
        ndarray of shape (n_sets, n_classes) or (n_sets,)
            Minus the squared 2-Wasserstein distances; of two classes, that of the
            second less that of the first.

        Raises
        ------
        ValueError
            If a set is empty, has NaN, infinite or no mass, or another dimension than
            in ``fit``.
        """
        check_is_fitted(self)
        X = validate_sets(self, X, reset=False)
        D = wasserstein_distances(
            X, self.barycenters_, n_jobs=self.n_jobs, verbose=self.verbose
        )
        nearness = -np.square(D)
        return nearness[:, 1] - nearness[:, 0] if D.shape[1] == 2 else nearness

    def predict(self, X: Any) -> np.ndarray:
        """Predict the class of the nearest barycentre.

        Parameters
        ----------
        X : set-like of shape (n_sets, n_dims)
            Sets of any sizes.

        Returns
        -------
        ndarray of shape (n_sets,)
            Labels.

        Raises
        ------
        ValueError
            As in ``decision_function``.
        """
        scores = self.decision_function(X)
        best = scores > 0 if scores.ndim == 1 else scores.argmax(axis=1)
        return self.classes_[best.astype(np.intp)]
