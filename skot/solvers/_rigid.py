# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Spaces and points up to rigid motions: placed by distances, turned onto others."""

import numpy as np


def realise_space(distances, n_dims, weights=None):
    """Place points so that their distances are as given, by classical scaling.

    Parameters
    ----------
    distances : ndarray of shape (n_points, n_points)
        Wanted distances, symmetric; negative ones count as zero.
    n_dims : int
        Dimension of the points.
    weights : ndarray of shape (n_points,) or None, default=None
        Positive masses: the heavier points lie at their mean, and are fitted more
        closely. None means equal.

    Returns
    -------
    ndarray of shape (n_points, n_dims)
        Points, of mean zero; axes in falling order of spread, the last ones zero where
        fewer dimensions do.

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
    n = len(distances)
    mass = np.full(n, 1.0 / n) if weights is None else weights / weights.sum()
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


def align_points(points, target, weights):
    """Turn and mirror centred points onto others, node by node, in least squares.

    Parameters
    ----------
    points, target : ndarray of shape (n_points, n_dims)
        Points of mean zero, and where they should go.
    weights : ndarray of shape (n_points,)
        Weights of the squares.

    Returns
    -------
    ndarray of shape (n_points, n_dims)
        The points, turned.
    """
    left, _, right = np.linalg.svd(points.T @ (weights[:, None] * target))
    return points @ (left @ right)


def pairwise_distances(points):
    """Euclidean distances (n, n) of points."""
    # differences, not products: exact where points coincide
    squares = np.zeros((len(points), len(points)))
    for column in points.T:
        squares += np.square(np.subtract.outer(column, column))
    return np.sqrt(squares)
