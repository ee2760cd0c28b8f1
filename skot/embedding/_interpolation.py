# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The way from one embedding to another, frame by frame."""

import numpy as np
from numpy.typing import ArrayLike

from ..references import SeenSpaces
from ..sets import POINT_METRICS, MetricSpace, PointSets
from ..solvers import align_points, realise_space


def check_times(times: ArrayLike, n_embeddings: int) -> np.ndarray:
    """Check times between two embeddings, and that there are two.

    Parameters
    ----------
    times : array-like of shape (n_times,)
        Shares of the second embedding, from 0 to 1.
    n_embeddings : int
        Number of embeddings given.

    Returns
    -------
    ndarray of shape (n_times,)
        The times.

    Raises
    ------
    ValueError
        If there are not two embeddings, or times are not a list of numbers in [0, 1].
    """
    if n_embeddings != 2:
        raise ValueError(
            f"X holds {n_embeddings} embeddings, expected 2: interpolate(X, times) "
            "goes from the first to the second"
        )
    found = np.asarray(times, dtype=np.float64)
    if found.ndim != 1 or len(found) == 0 or not ((found >= 0) & (found <= 1)).all():
        raise ValueError(
            f"times must be numbers from 0 to 1, a list of them, got {times!r}"
        )
    return found


def check_n_dims(n_dims: int | None, metric: str, n_features_in: int) -> int:
    """Dimension of frames: what a user asked for, or that of the training sets.

    Parameters
    ----------
    n_dims : int or None
        What the user asked for.
    metric : str
        Of the training spaces; those of graphs and matrices are drawn in the plane.
    n_features_in : int
        Dimension of the training sets.

    Returns
    -------
    int
        The dimension.

    Raises
    ------
    ValueError
        If it is less than 1.
    """
    if n_dims is None:
        return n_features_in if metric in POINT_METRICS else 2
    if n_dims < 1:
        raise ValueError(f"n_dims must be at least 1, got {n_dims}")
    return n_dims


def interpolate_spaces(
    pair: SeenSpaces, reference: MetricSpace, times: ArrayLike, n_dims: int
) -> PointSets:
    """Place points between two spaces seen from one reference.

    Distances and masses are averaged, and realised in coordinates; each frame is
    turned onto the one before. A node that only one of the two matches keeps the
    distances it has there, and fades.

    Parameters
    ----------
    pair : SeenSpaces
        The two spaces.
    reference : MetricSpace
        The reference.
    times : array-like of shape (n_times,)
        As in `check_times`.
    n_dims : int
        Dimension of the points.

    Returns
    -------
    PointSets
        One set for each time.

    Raises
    ------
    ValueError
        As `check_times`.
    """
    times = check_times(times, len(pair.structure))
    n = len(reference)
    pairs = np.triu_indices(n, 1)
    distances = np.zeros((2, n, n))
    distances[:, pairs[0], pairs[1]] = pair.structure + reference.distances[pairs]
    distances += distances.transpose(0, 2, 1)
    matched = pair.retained > 0
    known = matched[:, :, None] & matched[:, None, :]
    sets, last = [], None
    for t in times:
        share = np.array([1 - t, t])
        weight = known * share[:, None, None]
        total, blend = weight.sum(axis=0), reference.distances.copy()
        np.divide((weight * distances).sum(axis=0), total, out=blend, where=total > 0)
        mass = share @ pair.retained
        kept = mass > 0
        points = np.zeros((n, n_dims))
        points[kept] = realise_space(blend[np.ix_(kept, kept)], n_dims, mass[kept])
        if last is not None:
            both = np.where(kept & last[1], mass, 0.0)
            points[kept] = align_points(points, last[0], both)[kept]
        last = points, kept
        sets.append((points[kept], mass[kept]))
    return PointSets.from_list(sets)
