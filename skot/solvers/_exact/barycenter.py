# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Wasserstein barycentres with free support."""

from dataclasses import dataclass

import numpy as np

from .projections import barycentric_projections


@dataclass(frozen=True, repr=False)
class BarycenterResult:
    """A barycentre, and how it was reached.

    Parameters
    ----------
    points : ndarray of shape (n_atoms, n_dims)
        Atoms of the barycentre.
    weights : ndarray of shape (n_atoms,)
        Their weights.
    value : float
        Mean squared Wasserstein distance to the sets.
    n_iter : int
        Iterations.
    converged : bool
        Whether the atoms came to rest and all plans were optimal.
    error : float
        Mean squared move of the atoms in the last iteration, relative to the mean
        squared distance of the pooled points to their mean.
    """

    points: np.ndarray
    weights: np.ndarray
    value: float
    n_iter: int
    converged: bool
    error: float

    def __repr__(self):
        state = "converged" if self.converged else "NOT CONVERGED"
        return (
            f"BarycenterResult(value={self.value:.6g}, {state} after {self.n_iter} "
            f"iterations, move={self.error:.2g})"
        )


def free_support_barycenter(
    sets, init, weights=None, *, set_weights=None, max_iter=100, tol=1e-7
):
    """Compute a local Wasserstein barycentre by moving the atoms of ``init``.

    Each iteration transports the atoms onto every set and moves them to the average
    of where they went; the mean squared distance to the sets never rises.

    Parameters
    ----------
    sets : PointSets
        The collection; weights of each set sum to 1.
    init : ndarray of shape (n_atoms, n_dims)
        First atoms; their number is that of the barycentre.
    weights : ndarray of shape (n_atoms,) or None, default=None
        Weights of the atoms, kept throughout. None means equal.
    set_weights : ndarray of shape (n_sets,) or None, default=None
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
    points = np.array(init, dtype=np.float64)
    if weights is None:
        weights = np.full(len(points), 1.0 / len(points))
    share = np.ones(len(sets)) if set_weights is None else np.asarray(set_weights)
    share = share / share.sum()
    scale = np.square(sets.points - sets.points.mean(axis=0)).sum(axis=1).mean()
    n_iter, error, optimal = 0, np.inf, True
    while n_iter < max_iter and error > tol * scale:
        n_iter += 1
        result = barycentric_projections(points, weights, sets)
        moved = np.tensordot(share, result.images, axes=1)
        error = float(weights @ ((moved - points) ** 2).sum(axis=1))
        points, optimal = moved, optimal and result.converged.all()
    value = float(share @ barycentric_projections(points, weights, sets).values)
    converged = bool(error <= tol * scale and optimal)
    error = error / scale if scale else error
    return BarycenterResult(points, weights, value, n_iter, converged, error)
