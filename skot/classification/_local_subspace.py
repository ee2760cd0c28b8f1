# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Classification of vectors by the nearest span of neighbours of one class."""

from collections.abc import Callable
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import (
    check_is_fitted,
    validate_data,
)

from .._random import RANDOM_STATE, RandomState, check_random_state
from .._sklearn import Interval, StrOptions, fit_context
from ..base import SkotEstimator
from ..solvers import local_squared_residuals
from ._labels import ResidualsMixin, encode_labels

MAX_NEIGHBORS = 99
MAX_ORDER = 5
PATIENCE = 10


class NearestLocalSubspaceClassifier(ResidualsMixin, SkotEstimator):
    r"""Classifier by the nearest span of a sample's neighbours in each class.

    Where a class is made of several templates, one subspace for all of it is too wide.
    Here each sample has subspaces of its own: of each class its nearest training
    samples are taken, nearest meaning that the line through the sample and the origin
    passes near, and they span the subspace whose distance counts.

    Features that are quantile functions, such as those of `SCDT`, may be enriched: with
    every neighbour :math:`g` the span also holds :math:`g` under small increasing
    changes of its values,

    .. math::
        g \pm \frac{\sin(i \pi g)}{i \pi}, \quad i = 1, \ldots, N,

    and a row of ones, which moves all values.

    Parameters
    ----------
    n_neighbors : int or "auto", default="auto"
        Neighbours of each class, at most all its samples. "auto" chooses on held-out
        training samples.
    enrichment_order : int or "auto", default="auto"
        Order :math:`N`; 0 adds the row of ones alone, -1 adds nothing. "auto" chooses
        from -1 to 5 on held-out training samples, after ``n_neighbors``.
    explained : float, default=0.99
        The first directions of a span are kept up to this share of the sum of its
        singular values, for each sample on its own. In (0, 1].
    validation_fraction : float, default=0.3
        Share of each class that is held out for "auto".
    n_jobs : int or None, default=None
        Workers, as in joblib: one class each.
    random_state : int, RandomState, Generator or None, default=None
        Which samples are held out.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    n_neighbors_ : int
        Neighbours of each class.
    enrichment_order_ : int
        Order of the enrichment.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, when fitted on a frame.

    See Also
    --------
    NearestSubspaceClassifier : One subspace for each class, and much faster.

    Notes
    -----
    For each sample and class a singular value decomposition of
    ``n_neighbors * (1 + enrichment_order)`` rows, as long as n_features or as there are
    enriched samples of the class, whichever is less. "auto" tries at most 99 numbers of
    neighbours and stops after 10 that do not improve; of equals it takes the largest.
    A larger order must improve, unless nothing is left to improve. A class with one
    sample holds none out; where all have one, there is one neighbour, not enriched. The
    sines run over the range of the training features.

    References
    ----------
    .. [1] Rubaiyat, Shifat-E-Rabbi, Zhuang, Li, Rohde, "Nearest subspace search in the
       signed cumulative distribution transform space for 1D signal classification",
       ICASSP 2022. https://arxiv.org/abs/2110.05606
    .. [2] Rubaiyat, Li, Yin, Shifat-E-Rabbi, Zhuang, Rohde, "End-to-end signal
       classification in signed cumulative distribution transform space", 2022.
       https://arxiv.org/abs/2205.00348

    Examples
    --------
    >>> from skot.classification import NearestLocalSubspaceClassifier
    >>> X = [[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0], [1.0, 1.0, 1.0]]
    >>> classifier = NearestLocalSubspaceClassifier(n_neighbors=1)
    >>> classifier.fit(X, [0, 0, 1, 1]).predict([[0.1, 2.0, 0.0], [5.0, 4.0, 4.0]])
    array([0, 1])
    """

    _parameter_constraints = {
        "n_neighbors": [
            Interval(Integral, 1, None, closed="left"),
            StrOptions({"auto"}),
        ],
        "enrichment_order": [
            Interval(Integral, -1, None, closed="left"),
            StrOptions({"auto"}),
        ],
        "explained": [Interval(Real, 0, 1, closed="right")],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_jobs": [Integral, None],
        "random_state": RANDOM_STATE,
    }

    def __init__(
        self,
        n_neighbors: int | str = "auto",
        *,
        enrichment_order: int | str = "auto",
        explained: float = 0.99,
        validation_fraction: float = 0.3,
        n_jobs: int | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.n_neighbors = n_neighbors
        self.enrichment_order = enrichment_order
        self.explained = explained
        self.validation_fraction = validation_fraction
        self.n_jobs = n_jobs
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        # as of NearestSubspaceClassifier: lines through the mean of blobs
        tags.classifier_tags.poor_score = True
        return tags

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any) -> Self:
        """Keep the samples, and choose what is to be chosen.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Training samples.
        y : array-like of shape (n_samples,)
            Labels of any kind; at least two classes.

        Returns
        -------
        self
            The fitted classifier.

        Raises
        ------
        ValueError
            If X has NaN or infinite entries, or if there is but one class.
        """
        X, y = validate_data(self, X, y, dtype=np.float64)
        self.classes_, labels = encode_labels(y)
        self._range = X.min(), np.ptp(X)
        rng = check_random_state(self.random_state)
        held = hold_out(labels, self.validation_fraction, rng)
        order = -1 if self.enrichment_order == "auto" else self.enrichment_order
        counts = np.bincount(labels[~held])

        def accuracy(n_neighbors, order):
            self._samples = split(X[~held], labels[~held])
            D = self._distances(X[held], n_neighbors, order)
            return np.mean(D.argmin(axis=1) == labels[held])

        self.n_neighbors_, self.enrichment_order_ = self.n_neighbors, order
        if self.n_neighbors == "auto":
            self.n_neighbors_ = 1
            if held.any():
                most = min(MAX_NEIGHBORS, counts.min())
                self.n_neighbors_ = choose_neighbors(lambda k: accuracy(k, order), most)
        if self.enrichment_order == "auto" and held.any():
            k = self.n_neighbors_
            self.enrichment_order_ = choose_order(lambda n: accuracy(k, n))
        self._samples = split(X, labels)
        return self

    def residuals(self, X: Any) -> np.ndarray:
        """Compute squared distances to the span of the neighbours in each class.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Squared Euclidean distances, float64.

        Raises
        ------
        ValueError
            If X has NaN or infinite entries, or another number of features than in
            ``fit``.
        """
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=np.float64)
        return self._distances(X, self.n_neighbors_, self.enrichment_order_)

    def _distances(self, X, n_neighbors, order):
        shared = np.ones((1 if order >= 0 else 0, X.shape[1]))
        parallel = Parallel(n_jobs=self.n_jobs, prefer="threads")
        distances = parallel(
            delayed(local_squared_residuals)(
                X,
                enrich(rows, order, *self._range),
                n_neighbors,
                shared=shared,
                share=self.explained,
                # nothing is far from the whole space
                max_rank=max(1, X.shape[1] - 1),
            )
            for rows in self._samples
        )
        return np.column_stack(distances)


def enrich(rows: np.ndarray, order: int, low: float, width: float) -> np.ndarray:
    """Each row, and what stands for its changes of values up to an order.

    The rows ``g``, ``g - s_i`` and ``g + s_i`` have the span and singular values of
    ``sqrt(1 + 2 order) g`` and ``sqrt(2) s_i``, which are fewer.
    """
    order = max(order, 0) if width > 0 else 0
    groups = [np.sqrt(1 + 2 * order) * rows]
    for i in range(1, order + 1):
        wave = np.sin(i * np.pi * (rows - low) / width) * width / (i * np.pi)
        groups.append(np.sqrt(2) * wave)
    return np.stack(groups, axis=1)


def split(X: np.ndarray, labels: np.ndarray) -> list[np.ndarray]:
    """List the samples of each class."""
    return [X[labels == k] for k in range(labels.max() + 1)]


def hold_out(
    labels: np.ndarray, fraction: float, rng: np.random.RandomState
) -> np.ndarray:
    """Mark a fraction of each class, and one sample at least of classes with two."""
    held = np.zeros(len(labels), dtype=bool)
    for k in range(labels.max() + 1):
        members = rng.permutation(np.flatnonzero(labels == k))
        count = round(fraction * len(members))
        held[members[: min(max(count, 1), len(members) - 1)]] = True
    return held


def choose_neighbors(accuracy: Callable[[int], float], most: int) -> int:
    """Find the number of neighbours that is best, the largest of equals."""
    best, chosen, since = -1.0, 1, 0
    for k in range(1, most + 1):
        score = accuracy(k)
        since = 0 if score > best else since + 1
        if score >= best:
            best, chosen = score, k
        if since == PATIENCE:
            break
    return chosen


def choose_order(accuracy: Callable[[int], float]) -> int:
    """Find the order that is best, the smallest of equals unless all is right."""
    best, chosen = -1.0, -1
    for order in range(-1, MAX_ORDER + 1):
        score = accuracy(order)
        if score > best or score == 1:
            best, chosen = score, order
    return chosen
