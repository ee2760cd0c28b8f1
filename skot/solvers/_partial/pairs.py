# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Exact partial transport from one measure to every set of a collection."""

import numpy as np
from numpy.typing import NDArray

from ...sets import Measure, PointSets, masses
from .._arrays import Floats, read_order, read_penalty
from .._costs import Metric, distance_powers, metric_powers
from .._exact.exact import MAX_PIVOTS
from .partial import penalised_plan, unmatched

__all__ = ["partial_costs"]


def partial_costs(
    measure: Measure,
    sets: PointSets,
    *,
    lam: float,
    p: float = 2,
    metric: Metric = "euclidean",
    max_iter: int = MAX_PIVOTS,
) -> tuple[Floats, NDArray[np.bool_]]:
    """Solve partial transport between one measure and each set, for the value only.

    Every unit of mass left unmatched costs ``lam``, on either side: nothing moves at a
    cost of ``2 * lam`` or more.

    Parameters
    ----------
    measure : Measure
        The measure; without weights each of its points has mass 1.
    sets : PointSets
        The collection.
    lam : float
        Penalty of a unit of mass left unmatched, in units of ``distance ** p``.
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
        Cost and penalties, not their root.
    converged : ndarray of bool of shape (n_sets,)
        Whether each plan is optimal.

    Raises
    ------
    ValueError
        If ``lam`` is not positive and finite, p is below 1, or the name of a metric is
        unknown.

    Notes
    -----
    One linear program for each set, as in `partial_wasserstein`.

    Examples
    --------
    >>> from skot.sets import PointSets
    >>> from skot.solvers import partial_costs
    >>> X = PointSets.from_list([[[0.0], [2.0]], [[0.0], [2.0], [900.0]]])
    >>> partial_costs(X[0], X, lam=4.0)[0]
    array([0., 4.])
    """
    lam, p = read_penalty(lam), read_order(p)
    x, a = measure.points.astype(np.float64), masses(measure)
    y, b = sets.points.astype(np.float64), masses(sets)
    euclidean = isinstance(metric, str) and metric == "euclidean"
    values, converged = np.empty(len(sets)), np.ones(len(sets), dtype=bool)
    for i, (start, stop) in enumerate(
        zip(sets.offsets[:-1], sets.offsets[1:], strict=True)
    ):
        target, mass = y[start:stop], b[start:stop]
        if euclidean:
            C = distance_powers(x, target, p)
        else:
            C = metric_powers(x, target, metric, p)
        plan, _, _, converged[i] = penalised_plan(C, a, mass, lam, max_iter)
        rows, columns = np.nonzero(plan)  # of those left alone, costs may be infinite
        cost = plan[rows, columns] @ C[rows, columns]
        values[i] = cost + lam * unmatched(plan, a, mass)
    return values, converged
