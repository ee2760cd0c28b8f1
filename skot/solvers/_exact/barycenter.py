# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Wasserstein barycentres with free support."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from ...sets import PointSets
from .._arrays import (
    Floats,
    read_count,
    read_non_negative,
    read_points,
    read_probabilities,
    read_weights,
    refuse_no_sets,
)
from .._result import Result
from .projections import barycentric_projections


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class BarycenterResult(Result):
    """A barycentre, and how it was reached.

    Parameters
    ----------
    value : float
        Mean squared Wasserstein distance to the sets.
    converged : bool
        Whether the atoms came to rest and all plans were optimal.
    error : float
        Mean squared move of the atoms in the last iteration, relative to the mean
        squared distance of the pooled points to their mean.
    n_iter : int
        Iterations.
    points : ndarray of shape (n_atoms, n_dims)
        Atoms of the barycentre.
    weights : ndarray of shape (n_atoms,)
        Their weights.
    """

    error_of: ClassVar[str] = "last move of the atoms"

    points: Floats
    weights: Floats


def free_support_barycenter(
    sets: PointSets,
    init: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    set_weights: ArrayLike | None = None,
    max_iter: int = 100,
    tol: float = 1e-7,
) -> BarycenterResult:
    """Compute a local Wasserstein barycentre by moving the atoms of ``init``.

    Each iteration transports the atoms onto every set and moves them to the average
    of where they went; the mean squared distance to the sets never rises.

    Parameters
    ----------
    sets : PointSets
        The collection; weights of each set sum to 1.
    init : array-like of shape (n_atoms, n_dims)
        First atoms; their number is that of the barycentre.
    weights : array-like of shape (n_atoms,) or None, default=None
        Weights of the atoms, kept throughout. None means equal.
    set_weights : array-like of shape (n_sets,) or None, default=None
        Non-negative weights of the sets. None means equal.
    max_iter : int, default=100
        Iterations, at most.
    tol : float, default=1e-7
        Stop when the mean squared move of the atoms is below ``tol`` times the mean
        squared distance of the pooled points to their mean.

    Returns
    -------
    BarycenterResult
        Atoms, value, and whether they came to rest.

    Raises
    ------
    ValueError
        If the atoms do not lie in the space of the sets, weights do not fit, or a
        number is out of range.

    Notes
    -----
    One linear program for each set and iteration.

    References
    ----------
    .. [1] Cuturi and Doucet, "Fast computation of Wasserstein barycenters",
       ICML 2014. https://arxiv.org/abs/1310.4375
    .. [2] Alvarez-Esteban, del Barrio, Cuesta-Albertos, Matran, "A fixed-point
       approach to barycenters in Wasserstein space", Journal of Mathematical Analysis
       and Applications 441(2), 2016. https://doi.org/10.1016/j.jmaa.2016.04.045

    Examples
    --------
    >>> import numpy as np
    >>> from skot.sets import PointSets
    >>> from skot.solvers import free_support_barycenter
    >>> sets = PointSets.from_list([[[0.0], [1.0]], [[2.0], [5.0]]])
    >>> free_support_barycenter(sets, np.array([[0.0], [9.0]])).points
    array([[1.],
           [3.]])
    """
    refuse_no_sets(sets, "free_support_barycenter(sets, init, weights)")
    points = read_points(init, "init", sets.shape[1])
    weights = read_weights(weights, len(points), "weights")
    share = read_probabilities(set_weights, len(sets), "set_weights")
    max_iter = read_count(max_iter, "max_iter")
    tol = read_non_negative(tol, "tol")
    scale = float(np.square(sets.points - sets.points.mean(axis=0)).sum(axis=1).mean())
    n_iter, error, optimal = 0, np.inf, True
    while n_iter < max_iter and error > tol * scale:
        n_iter += 1
        result = barycentric_projections(points, sets, weights)
        moved = np.tensordot(share, result.images, axes=1)
        error = float(weights @ ((moved - points) ** 2).sum(axis=1))
        points, optimal = moved, optimal and bool(result.converged.all())
    value = float(share @ barycentric_projections(points, sets, weights).values)
    return BarycenterResult(
        value=value,
        converged=error <= tol * scale and optimal,
        error=error / scale if scale else error,
        n_iter=n_iter,
        points=points,
        weights=weights,
    )
