# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""`Measure`, one weighted point set."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike


class Measure:
    """One weighted point set: atoms and their weights.

    Items of a `PointSets` are measures whose arrays are views. ``np.asarray`` of a
    measure is its points.

    Parameters
    ----------
    points : array-like of shape (n_points, n_dims)
        The atoms.
    weights : array-like of shape (n_points,) or None, default=None
        Their weights, non-negative. None where all points weigh the same.

    Examples
    --------
    >>> from skot.sets import Measure
    >>> Measure([[0.0, 0.0], [1.0, 0.0]], weights=[0.25, 0.75])
    Measure(2 weighted points in R^2)
    """

    __slots__ = ("points", "weights")

    def __init__(self, points: ArrayLike, weights: ArrayLike | None = None) -> None:
        self.points = np.asarray(points)
        self.weights = None if weights is None else np.asarray(weights)

    def __len__(self) -> int:
        return len(self.points)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the points."""
        return self.points.shape

    @property
    def ndim(self) -> int:
        """Number of axes of the points, 2."""
        return self.points.ndim

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the coordinates."""
        return self.points.dtype

    def __array__(
        self, dtype: DTypeLike | None = None, copy: bool | None = None
    ) -> np.ndarray:
        return np.array(self.points, dtype=dtype, copy=copy)

    def __repr__(self) -> str:
        kind = "" if self.weights is None else "weighted "
        return f"Measure({len(self)} {kind}points in R^{self.points.shape[-1]})"


def as_measure(reference: Any) -> Measure:
    """Read a measure as users give one.

    Parameters
    ----------
    reference : array-like of shape (n_points, n_dims), Measure or tuple
        Points, a measure, or (points, weights).

    Returns
    -------
    Measure
        Values are not checked.
    """
    if isinstance(reference, Measure):
        return reference
    if isinstance(reference, tuple) and len(reference) == 2:
        points, weights = reference
        if np.ndim(points) == 2:
            return Measure(points, weights)
    return Measure(reference)


def check_masses(masses: str) -> None:
    """Refuse what is no convention of masses.

    Parameters
    ----------
    masses : {"probability", "positive"}
        What weights mean, as in `read_sets`.

    Raises
    ------
    ValueError
        If it is neither.
    """
    if masses not in ("probability", "positive"):
        raise ValueError(f"masses must be 'probability' or 'positive', got {masses!r}")
