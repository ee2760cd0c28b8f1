# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pooling: sets as summary statistics, the baseline for every other embedding."""

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from .._sklearn import Interval, StrOptions, fit_context
from ..base import SetTransformerMixin, SkotEstimator
from ..sets import PointSets, validate_sets
from ..solvers import projected_quantiles


def _sum(values: np.ndarray, sets: PointSets) -> np.ndarray:
    return np.add.reduceat(values, sets.offsets[:-1])


def _mean_of(values: np.ndarray, sets: PointSets) -> np.ndarray:
    """Weighted mean over each set of values given point by point."""
    if sets.weights is None:
        return _sum(values, sets) / sets.sizes[:, None]
    return _sum(values * sets.weights[:, None], sets)


def _mean(sets: PointSets, power: float, n_quantiles: int) -> np.ndarray:
    return _mean_of(sets.points, sets)


def _max(sets: PointSets, power: float, n_quantiles: int) -> np.ndarray:
    return np.maximum.reduceat(sets.points, sets.offsets[:-1])


def _gem(sets: PointSets, power: float, n_quantiles: int) -> np.ndarray:
    """Generalised mean (mean x^p)^(1/p), from the largest value against overflow."""
    negative = (sets.points < 0).any(axis=1)
    if negative.any():
        culprit = sets.set_index[np.argmax(negative)]
        raise ValueError(f"'gem' needs non-negative points; X[{culprit}] has negative")
    top = _max(sets, power, n_quantiles)
    top[top == 0] = 1
    ratio = sets.points / np.repeat(top, sets.sizes, axis=0)
    return top * _mean_of(ratio**power, sets) ** (1 / power)


def _covariance(sets: PointSets, power: float, n_quantiles: int) -> np.ndarray:
    """Upper triangle; off-diagonal entries times sqrt(2), as the matrix has two."""
    n_sets, n_dims = sets.shape
    centred = sets.points - np.repeat(_mean_of(sets.points, sets), sets.sizes, axis=0)
    rows, columns = np.triu_indices(n_dims)
    out = np.empty((n_sets, len(rows)), dtype=sets.dtype)
    for row in range(n_dims):  # one row of the matrix at a time bounds memory
        products = centred[:, row:] * centred[:, row, None]
        out[:, rows == row] = _mean_of(products, sets)
    out[:, rows != columns] *= np.sqrt(2)
    return out


def _sort(sets: PointSets, power: float, n_quantiles: int) -> np.ndarray:
    """Quantiles of each coordinate by itself."""
    axes = np.eye(sets.shape[1])
    return projected_quantiles(sets, axes, n_quantiles).reshape(len(sets), -1)


POOLINGS = {
    "mean": _mean,
    "max": _max,
    "gem": _gem,
    "covariance": _covariance,
    "sort": _sort,
}


class PoolingEmbedding(SetTransformerMixin, SkotEstimator):
    """Embedding of weighted sets by summary statistics of their coordinates.

    No transport, and the baseline that transport has to beat.

    Parameters
    ----------
    pooling : {"mean", "max", "gem", "covariance", "sort"} or list of these, \
default=("mean", "covariance")
        What is computed of each set, one after the other:

        - "mean", "max": of each coordinate, n_dims numbers;
        - "gem": generalised mean ``(mean x^p)^(1/p)`` of each coordinate, n_dims
          numbers; for non-negative points;
        - "covariance": of the points, of population type; its upper triangle, whose
          Euclidean distance is the Frobenius distance of the matrices,
          ``n_dims (n_dims + 1) / 2`` numbers;
        - "sort": quantiles of each coordinate by itself, ``n_dims * n_quantiles``
          numbers.
    power : float, default=3.0
        Exponent p of "gem"; 1 is the mean, large values tend to the maximum.
    n_quantiles : int or None, default=None
        Levels of "sort". None takes the median number of points of the training sets.

    Attributes
    ----------
    n_quantiles_ : int
        Levels of "sort".
    n_features_in_ : int
        Dimension of the points, n_dims.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, when fitted on a table that has some.

    See Also
    --------
    SlicedWassersteinEmbedding : Quantiles along many directions, not only the axes.

    Notes
    -----
    ``O(n_total * n_dims)`` time, times n_dims for "covariance".

    References
    ----------
    .. [1] Radenovic, Tolias, Chum, "Fine-tuning CNN image retrieval with no human
       annotation", TPAMI 41(7), 2019 (GeM). https://arxiv.org/abs/1711.02512
    .. [2] Zhang, Hare, Prugel-Bennett, "FSPool: Learning set representations with
       featurewise sort pooling", ICLR 2020. https://arxiv.org/abs/1906.02795

    Examples
    --------
    >>> import numpy as np
    >>> from skot.embedding import PoolingEmbedding
    >>> X = [np.array([[0.0], [2.0]]), np.array([[1.0], [1.0], [1.0]])]
    >>> PoolingEmbedding(["mean", "covariance"]).fit_transform(X)
    array([[1., 1.],
           [1., 0.]])
    """

    _parameter_constraints = {
        "pooling": [StrOptions(set(POOLINGS)), list, tuple],
        "power": [Interval(Real, 0, None, closed="neither")],
        "n_quantiles": [Interval(Integral, 1, None, closed="left"), None],
    }

    def __init__(
        self,
        pooling: str | Sequence[str] = ("mean", "covariance"),
        *,
        power: float = 3.0,
        n_quantiles: int | None = None,
    ) -> None:
        self.pooling = pooling
        self.power = power
        self.n_quantiles = n_quantiles

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Check the sets; note their dimension and size.

        Parameters
        ----------
        X : set-like of shape (n_sets, n_dims)
            Training sets.
        y : None
            Ignored.

        Returns
        -------
        self
            The fitted embedding.

        Raises
        ------
        ValueError
            If a pooling is unknown; if a set is empty, has NaN, infinite or no mass,
            or negative points under "gem".
        """
        X = validate_sets(self, X, reset=True)
        self.n_quantiles_ = self.n_quantiles or max(1, round(np.median(X.sizes)))
        self._n_features_out = self._pool(X[:1]).shape[1]
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Embed sets.

        Parameters
        ----------
        X : set-like of shape (n_sets, n_dims)
            Sets of any sizes.

        Returns
        -------
        ndarray of shape (n_sets, n_features_out)
            Statistics, in the order of ``pooling``.

        Raises
        ------
        ValueError
            If a set is empty, has NaN, infinite or no mass, or another dimension than
            in ``fit``, or negative points under "gem".
        """
        check_is_fitted(self)
        return self._pool(validate_sets(self, X, reset=False))

    def _pool(self, X: PointSets) -> np.ndarray:
        names = [self.pooling] if isinstance(self.pooling, str) else self.pooling
        unknown = [name for name in names if name not in POOLINGS]
        if unknown or not names:
            raise ValueError(
                f"pooling must hold some of {sorted(POOLINGS)}, got {self.pooling!r}"
            )
        blocks = [POOLINGS[name](X, self.power, self.n_quantiles_) for name in names]
        return np.hstack(blocks).astype(X.dtype, copy=False)
