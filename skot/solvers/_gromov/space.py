# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Spaces prepared once, for any number of Gromov-Wasserstein problems."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from .._arrays import Floats, read_distances, read_weights

# Quantiles by which the distances from one point are compared with those from another.
QUANTILES = 16


class PreparedSpace:
    """A space prepared for many problems, by `prepare_space`.

    Parameters
    ----------
    C : ndarray of shape (n_points, n_points)
        Distances, symmetric and non-negative.
    weights : ndarray of shape (n_points,)
        Non-negative masses of the points.
    name : str, default="C"
        How messages call the distances.
    weights_name : str, default="weights"
        How messages call the weights.
    """

    def __init__(
        self,
        C: Floats,
        weights: Floats,
        name: str = "C",
        weights_name: str = "weights",
    ) -> None:
        self.C, self.weights = compiled(C), compiled(weights)
        self.mass = float(weights.sum())
        if not 1e-150 < self.mass < 1e150:  # the objective has its square
            raise ValueError(
                f"{weights_name} sums to {self.mass:.3g}, whose square is out of reach "
                "of floats: scale the weights"
            )
        with np.errstate(over="ignore"):
            self.squares = self.C * self.C
        if not np.isfinite(self.squares.max()):
            raise ValueError(
                f"{name} has distances of up to {self.C.max():.3g}, with squares "
                "beyond floats: scale them"
            )
        # of points that all weigh the same, the mass of one; None otherwise
        alike = np.ptp(weights) <= 1e-14 * weights[0]
        self.atom = float(weights[0]) if alike else None

    def __len__(self) -> int:
        return len(self.weights)

    def __repr__(self) -> str:
        return f"PreparedSpace({len(self)} points of mass {self.mass:.6g})"

    @cached_property
    def profiles(self) -> Floats:
        """Quantiles of the distances from each point, (n_points, n_quantiles)."""
        n = len(self)
        levels = (np.arange(QUANTILES) + 0.5) / QUANTILES
        if self.atom is not None:
            return np.sort(self.C, axis=1)[:, (levels * n).astype(int)]
        order = np.argsort(self.C, axis=1, kind="stable")
        ranked = np.take_along_axis(self.C, order, axis=1)
        reached = np.cumsum(self.weights[order], axis=1) / self.mass
        where = np.stack([np.searchsorted(row, levels) for row in reached])
        return np.take_along_axis(ranked, np.minimum(where, n - 1), axis=1)

    @cached_property
    def eccentricity(self) -> Floats:
        """Mean squared distance from each point, (n_points,)."""
        squares: Floats = self.squares @ self.weights / self.mass
        return squares


def prepare_space(
    C: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    name: str = "C",
    weights_name: str = "weights",
) -> PreparedSpace:
    """Read and prepare a space that many problems share.

    Solvers take what it returns wherever they take a matrix of distances, and then
    neither check it again nor compute anew what depends on that space alone.

    Parameters
    ----------
    C : array-like of shape (n_points, n_points)
        Distances: symmetric, non-negative.
    weights : array-like of shape (n_points,) or None, default=None
        Non-negative weights. None gives every point the same, 1 in all.
    name : str, default="C"
        How messages call the distances.
    weights_name : str, default="weights"
        How messages call the weights.

    Returns
    -------
    PreparedSpace
        The space, with its weights.

    Raises
    ------
    ValueError
        If the matrix is not one of distances, weights do not fit, or either is so large
        or small that squares are beyond floats.

    See Also
    --------
    gromov_wasserstein : Takes prepared spaces, and so do its partial and fused forms.

    Examples
    --------
    >>> import numpy as np
    >>> from skot.solvers import gromov_wasserstein, prepare_space
    >>> C = np.array([[0.0, 1.0], [1.0, 0.0]])
    >>> space = prepare_space(C)
    >>> [gromov_wasserstein(space, s * C).value for s in (1, 2)]
    [0.0, 0.5]
    """
    return read_space(C, weights, name, weights_name, 1.0)


def read_space(
    C: ArrayLike | PreparedSpace,
    weights: ArrayLike | None,
    name: str,
    weights_name: str,
    total: float | None = None,
) -> PreparedSpace:
    """Read distances and weights, 1 a point unless ``total``, or what is prepared."""
    if isinstance(C, PreparedSpace):
        if weights is not None:
            raise ValueError(
                f"{name} is prepared, with its weights: leave {weights_name} out"
            )
        return C
    C = read_distances(C, name)
    if weights is None:
        weights = np.full(len(C), 1.0 if total is None else total / len(C))
    else:
        weights = read_weights(weights, len(C), weights_name)
    return PreparedSpace(C, weights, name, weights_name)


def compiled(array: Floats) -> Floats:
    """One layout, writable: compiled code is compiled once."""
    return np.require(array, requirements=["C", "W"])
