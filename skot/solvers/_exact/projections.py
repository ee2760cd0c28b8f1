# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Transport of one reference onto every set of a collection."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...sets import PointSets, probabilities
from .._arrays import Floats, read_points, read_weights, refuse_no_sets
from .._costs import squared_distances
from .exact import MAX_PIVOTS, network_simplex, scaled_simplex


@dataclass(frozen=True, eq=False)
class Projections:
    """Where the reference goes, set by set.

    Parameters
    ----------
    images : ndarray of shape (n_sets, n_reference, n_dims)
        Barycentric projection of each optimal plan: where it sends each atom of the
        reference, on average.
    values : ndarray of shape (n_sets,)
        Squared Wasserstein distance of each set to the reference.
    converged : ndarray of bool of shape (n_sets,)
        Whether each plan is optimal.
    """

    images: Floats
    values: Floats
    converged: NDArray[np.bool_]


def barycentric_projections(
    reference: ArrayLike,
    sets: PointSets,
    weights: ArrayLike | None = None,
    *,
    max_iter: int = MAX_PIVOTS,
) -> Projections:
    """Transport the reference onto each set, for the squared Euclidean cost.

    For each set, atom ``j`` of the reference goes to
    ``sum_i plan[i, j] x_i / sum_i plan[i, j]``.

    Parameters
    ----------
    reference : array-like of shape (n_reference, n_dims)
        Atoms of the reference.
    sets : PointSets
        The collection; weights of each set sum to 1.
    weights : array-like of shape (n_reference,) or None, default=None
        Weights of the atoms, positive, of sum 1. None weighs all alike.
    max_iter : int, default=10_000_000
        Pivots of the network simplex, at most, for one set.

    Returns
    -------
    Projections
        Images of the reference, squared distances, and whether plans are optimal.

    Raises
    ------
    ValueError
        If the reference does not lie in the space of the sets, or weights do not fit.

    Notes
    -----
    One linear program for each set, and three times ``n_total * n_reference`` floats of
    memory.

    Examples
    --------
    >>> from skot.sets import PointSets
    >>> from skot.solvers import barycentric_projections
    >>> sets = PointSets.from_list([[[5.0], [1.0], [2.0], [8.0]], [[3.0]]])
    >>> barycentric_projections([[0.0], [1.0]], sets).images[..., 0]
    array([[1.5, 6.5],
           [3. , 3. ]])
    """
    refuse_no_sets(sets, "barycentric_projections(reference, sets, weights)")
    reference = read_points(reference, "reference", sets.shape[1])
    weights = read_weights(weights, len(reference), "weights")
    n_sets, n_dims = sets.shape
    offsets, sizes = sets.offsets, sets.sizes
    starts = offsets[:-1]
    points = sets.points.astype(np.float64, copy=False)
    mass = probabilities(sets)
    mass = mass * np.repeat(weights.sum() / np.add.reduceat(mass, starts), sizes)
    # The optimal plan does not change when either side is translated: about their own
    # means, costs are well conditioned wherever the sets lie.
    centre = weights @ reference
    means = np.add.reduceat(points * mass[:, None], starts)
    costs = squared_distances(
        points - np.repeat(means, sizes, axis=0), reference - centre
    )
    # All that can be is done for all sets at once: a small plan takes no longer than
    # a few calls of NumPy, and other threads wait for these.
    top = np.maximum.reduceat(costs.max(axis=1), starts)
    trivial = (sizes == 1) | (top == 0) | (len(reference) == 1)
    scaled = costs / np.repeat(np.where(trivial, 1.0, top), sizes)[:, None]
    plans = np.empty_like(costs)
    images = np.empty((n_sets, len(reference), n_dims))
    converged = np.ones(n_sets, dtype=bool)
    for i in range(n_sets):
        part = slice(offsets[i], offsets[i + 1])
        solve = network_simplex if trivial[i] else scaled_simplex
        plan, _, _, converged[i] = solve(scaled[part], mass[part], weights, max_iter)
        np.matmul(plan.T, points[part], out=images[i])
        plans[part] = plan
    images /= np.add.reduceat(plans, starts)[:, :, None]
    within = np.add.reduceat(np.einsum("ij,ij->i", plans, costs), starts)
    values = ((means - centre) ** 2).sum(axis=1) + within
    return Projections(images, values, converged)
