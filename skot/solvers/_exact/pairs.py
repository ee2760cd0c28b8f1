# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Exact transport from one measure to every set of a collection."""

import numpy as np
from numpy.typing import NDArray

from ...sets import Measure, PointSets, probabilities
from .._arrays import Floats, read_order
from .._costs import Metric, metric_powers, squared_distances
from .exact import MAX_PIVOTS, network_simplex

__all__ = ["exact_costs"]

# Squared distances are differences of large numbers; where the optimum is this much
# smaller than the largest of them, it is summed again from the points themselves.
CANCELLATION = 1e-4


def exact_costs(
    measure: Measure,
    sets: PointSets,
    *,
    p: float = 2,
    metric: Metric = "euclidean",
    max_iter: int = MAX_PIVOTS,
) -> tuple[Floats, NDArray[np.bool_]]:
    """Solve the transport problems between one measure and each set, for the cost only.

    Parameters
    ----------
    measure : Measure
        The measure, of mass 1; without weights its points weigh the same.
    sets : PointSets
        The collection; weights of each set sum to 1.
    p : float, default=2
        Order: the cost of a unit of mass is ``distance ** p``.
    metric : str or callable, default="euclidean"
        Distance between points: a name in `skot.reductions.COSTS`, or a function of
        two arrays of points (n, d) and (m, d) that returns an array (n, m).
    max_iter : int, default=10_000_000
        Pivots of the network simplex, at most, for one problem.

    Returns
    -------
    values : ndarray of shape (n_sets,)
        ``W_p ** p``: the cost, not its root.
    converged : ndarray of bool of shape (n_sets,)
        Whether each plan is optimal.

    Raises
    ------
    ValueError
        If p is below 1, or the name of a metric is unknown.

    Notes
    -----
    One linear program for each set, and ``n_points * n_total`` floats of memory. For
    ``p=2`` and Euclidean distances, problems are solved about the means of both sides,
    so that no digits are lost wherever the sets lie.

    Examples
    --------
    >>> from skot.sets import PointSets
    >>> from skot.solvers import exact_costs
    >>> X = PointSets.from_list([[[0.0], [2.0]], [[1.0], [3.0]], [[5.0]]])
    >>> exact_costs(X[0], X[1:])[0]
    array([ 1., 17.])
    """
    p = read_order(p)
    x, a = _as_floats(measure.points), probabilities(measure)
    y, b = _as_floats(sets.points), probabilities(sets)
    starts, sizes = sets.offsets[:-1], sets.sizes
    values = np.zeros(len(sets))
    squared = p == 2 and isinstance(metric, str) and metric == "euclidean"
    if squared:
        # in one way for both sides, so that a set is at distance 0 from itself
        means = np.add.reduceat(y * b[:, None], starts)
        mean = np.add.reduceat(x * a[:, None], [0])[0]
        values += ((means - mean) ** 2).sum(axis=1)
        x, y = x - mean, y - np.repeat(means, sizes, axis=0)
        costs = squared_distances(y, x)
    else:
        costs = metric_powers(y, x, metric, p)
    converged = np.ones(len(sets), dtype=bool)
    for i, (start, size) in enumerate(zip(starts, sizes, strict=True)):
        part = slice(start, start + size)
        C = costs[part]
        plan, _, _, converged[i] = network_simplex(C, b[part], a, max_iter)
        value = np.vdot(plan, C)
        if squared and value < CANCELLATION * C.max():
            rows, columns = np.nonzero(plan)
            moves = ((y[part][rows] - x[columns]) ** 2).sum(axis=1)
            value = plan[rows, columns] @ moves
        values[i] += value
    return values, converged


def _as_floats(points: NDArray[np.floating]) -> Floats:
    return points.astype(np.float64, copy=False)
