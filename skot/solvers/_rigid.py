# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Spaces and points up to rigid motions: placed by distances, turned onto others."""

import numpy as np
from numpy.typing import ArrayLike

from ._arrays import (
    Floats,
    read_array,
    read_count,
    read_points,
    read_probabilities,
    read_square,
)


def realise_space(
    distances: ArrayLike, n_dims: int, weights: ArrayLike | None = None
) -> Floats:
    """Place points so that their distances are as given, by classical scaling.

    Parameters
    ----------
    distances : array-like of shape (n_points, n_points)
        Wanted distances, symmetric; negative ones count as zero.
    n_dims : int
        Dimension of the points.
    weights : array-like of shape (n_points,) or None, default=None
        Positive masses: the heavier points lie at their mean, and are fitted more
        closely. None means equal.

    Returns
    -------
    ndarray of shape (n_points, n_dims)
        Points, of mean zero; axes in falling order of spread, the last ones zero where
        fewer dimensions do.

    Raises
    ------
    ValueError
        If the matrix is not square, weights do not fit or are not positive, or
        ``n_dims`` is below 1.

    Notes
    -----
    ``O(n_points^3)`` operations. Distances are met exactly where they are Euclidean
    in ``n_dims`` dimensions.

    References
    ----------
    .. [1] Torgerson, "Multidimensional scaling: I. Theory and method", Psychometrika
       17, 1952. https://doi.org/10.1007/BF02288916

    Examples
    --------
    >>> import numpy as np
    >>> from skot.solvers import realise_space
    >>> line = np.abs(np.subtract.outer([0.0, 1.0, 3.0], [0.0, 1.0, 3.0]))
    >>> points = realise_space(line, 1)
    >>> np.abs(points - points.T).round(6)
    array([[0., 1., 3.],
           [1., 0., 2.],
           [3., 2., 0.]])
    """
    distances = read_square(distances, "distances")
    n, n_dims = len(distances), read_count(n_dims, "n_dims")
    mass = read_probabilities(weights, n, "weights")
    if not mass.all():
        raise ValueError("weights must be positive")
    squares = np.square(np.maximum(distances, 0))
    means = squares @ mass
    gram = (means[:, None] + means - squares - mass @ means) / 2
    root = np.sqrt(mass)
    values, vectors = np.linalg.eigh(root[:, None] * gram * root)
    kept = slice(None, -min(n_dims, n) - 1, -1)
    spread = np.sqrt(np.maximum(values[kept], 0))
    points = np.zeros((n, n_dims))
    points[:, : len(spread)] = vectors[:, kept] * spread / root[:, None]
    return points


def align_points(
    points: ArrayLike, target: ArrayLike, weights: ArrayLike | None = None
) -> Floats:
    """Turn and mirror centred points onto others, node by node, in least squares.

    Parameters
    ----------
    points, target : array-like of shape (n_points, n_dims)
        Points of mean zero, and where they should go.
    weights : array-like of shape (n_points,) or None, default=None
        Weights of the squares. None weighs all alike; where all are zero, points
        stay as they are.

    Returns
    -------
    ndarray of shape (n_points, n_dims)
        The points, turned.

    Raises
    ------
    ValueError
        If shapes do not match, or values are not finite.

    Examples
    --------
    >>> import numpy as np
    >>> from skot.solvers import align_points
    >>> points = np.array([[1.0, 0.0], [-1.0, 0.0]])
    >>> align_points(points, [[0.0, 3.0], [0.0, -3.0]]).round(6) + 0.0
    array([[ 0.,  1.],
           [ 0., -1.]])
    """
    points = read_points(points, "points")
    target = read_array(target, "target", *points.shape)
    if weights is None:
        weights = np.ones(len(points))
    weights = read_array(weights, "weights", len(points))
    left, _, right = np.linalg.svd(points.T @ (weights[:, None] * target))
    turned: Floats = points @ (left @ right)
    return turned
