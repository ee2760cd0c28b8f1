# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The weights of points, also where none are given."""

import numpy as np
from numpy.typing import NDArray

from ._measure import Measure
from ._points import PointSets


def probabilities(sets: Measure | PointSets) -> NDArray[np.float64]:
    """Weigh points as given, or else alike, so that each set has mass 1.

    Parameters
    ----------
    sets : Measure or PointSets
        One set or many. Weights, where there are some, sum to 1 in each set, as
        `read_sets` makes them.

    Returns
    -------
    ndarray of float64 of shape (n_points,) or (n_total,)
        Weight of each point; without weights, 1 over the number of points of its set.

    Examples
    --------
    >>> from skot.sets import PointSets, probabilities
    >>> probabilities(PointSets.from_list([[[0.0], [1.0]], [[2.0]]]))
    array([0.5, 0.5, 1. ])
    """
    if sets.weights is not None:
        return np.asarray(sets.weights, dtype=np.float64)
    if isinstance(sets, Measure):
        return np.full(len(sets), 1.0 / len(sets))
    return np.repeat(1.0 / sets.sizes, sets.sizes)


def masses(sets: Measure | PointSets) -> NDArray[np.float64]:
    """Weigh points as given, or else by 1 each.

    Parameters
    ----------
    sets : Measure or PointSets
        One set or many.

    Returns
    -------
    ndarray of float64 of shape (n_points,) or (n_total,)
        Weight of each point, as given; 1 where there are none.

    Examples
    --------
    >>> from skot.sets import PointSets, masses
    >>> masses(PointSets.from_list([[[0.0], [1.0]], [[2.0]]]))
    array([1., 1., 1.])
    """
    if sets.weights is not None:
        return np.asarray(sets.weights, dtype=np.float64)
    return np.ones(len(sets.points))
