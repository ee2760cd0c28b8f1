# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Costs between points, each by the arithmetic that its callers need."""

from collections.abc import Callable

import numpy as np

from ..reductions import COSTS
from ._arrays import Floats, read_choice

# Distances of points (n, d) and (m, d), as an array (n, m): a name or a function.
Metric = str | Callable[[Floats, Floats], Floats]


def squared_distances(x: Floats, y: Floats) -> Floats:
    """Squared distances (n, m) of points about a common origin, by inner products."""
    squares: Floats = (x * x).sum(axis=1)[:, None] + (y * y).sum(axis=1)
    squares -= 2 * (x @ y.T)
    return np.maximum(squares, 0.0, out=squares)


def distance_powers(x: Floats, y: Floats, p: float) -> Floats:
    """Euclidean distances of points to the power p.

    By differences: inner products would lose digits, of which it depends what is left
    unmatched, to a single point far off.
    """
    from scipy.spatial.distance import cdist

    D: Floats = cdist(x, y, "sqeuclidean" if p == 2 else "euclidean")
    return D if p in (1, 2) else D**p


def metric_powers(x: Floats, y: Floats, metric: Metric, p: float) -> Floats:
    """Distances by name, as in `skot.reductions`, or by a function, to a power."""
    if isinstance(metric, str):
        metric = COSTS[read_choice(metric, "metric", COSTS)].block
    D = np.ascontiguousarray(metric(x, y), dtype=np.float64)
    return D if p == 1 else D**p


def distances_within(points: Floats) -> Floats:
    """Euclidean distances (n, n) of points, exact where points coincide."""
    # differences, not products
    squares = np.zeros((len(points), len(points)))
    for column in points.T:
        squares += np.square(np.subtract.outer(column, column))
    return np.sqrt(squares)
