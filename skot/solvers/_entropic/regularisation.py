# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""How much entropy, where the user does not say: a share of the mean cost."""

import numpy as np
from numpy.typing import ArrayLike

from .._arrays import (
    read_order,
    read_points,
    read_positive,
    read_probabilities,
)

# Details below this share of the mean cost are hardly looked at.
SHARE = 0.05


def auto_reg(
    points: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    p: float = 2,
    share: float = SHARE,
) -> float:
    r"""Compute a regularisation that knows no unit: a share of the mean cost.

    .. math::
        \varepsilon = s \, p \sum_i w_i |x_i - \bar x|^p,
        \quad \bar x = \sum_i w_i x_i,

    which for p = 2 is the share s of the mean cost :math:`|x - x'|^2` between two of
    the points.

    Parameters
    ----------
    points : array-like of shape (n_points, n_dims)
        The points of all measures that will be compared.
    weights : array-like of shape (n_points,), default=None
        Their weights, non-negative; None for equal weights. They are scaled to sum 1.
    p : float, default=2
        Power of the distance in the cost ``|x - y|^p``.
    share : float, default=0.05
        The share.

    Returns
    -------
    float
        ``reg`` for the cost ``|x - y|^p``; 1 where all points are one.

    Raises
    ------
    ValueError
        If points, weights or parameters are out of range.

    Notes
    -----
    ``O(n_points n_dims)`` operations: no pair is looked at.

    Examples
    --------
    >>> from skot.solvers import auto_reg, sinkhorn_divergence
    >>> x, y = [[0.0], [1.0]], [[4.0], [5.0]]
    >>> reg = auto_reg(x + y)
    >>> round(reg, 4)
    0.425
    >>> round(sinkhorn_divergence(x, y, reg=reg).value, 4)
    16.0
    """
    points = read_points(points, "points")
    weights = read_probabilities(weights, len(points), "weights")
    p, share = read_order(p), read_positive(share, "share")
    distances = np.linalg.norm(points - weights @ points, axis=1)
    return share * p * float(weights @ distances**p) or 1.0
