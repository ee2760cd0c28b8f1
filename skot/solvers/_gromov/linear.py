# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Linear (partial) Gromov-Wasserstein: spaces seen from one reference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .._arrays import Floats, read_non_negative, read_share
from .._costs import distances_within

# Share of its mass below which a node of the reference counts as unmatched: what the
# network simplex leaves by rounding.
UNMATCHED = 1e-12

# Entries of one block of pairwise differences: 8 MB, three such arrays at a time.
BLOCK = 2**20


@dataclass(frozen=True, eq=False)
class ProjectedSpace:
    """What the nodes of a reference see of a space, through a plan.

    Parameters
    ----------
    structure : ndarray of shape (n_reference, n_reference)
        Distances between the images of the nodes; 0 at nodes that have none.
    retained : ndarray of shape (n_reference,)
        Mass each node keeps: the row sums of the plan.
    features : ndarray of shape (n_reference, n_features) or None
        Mean features of the images; 0 at nodes that have none.
    """

    structure: Floats
    retained: Floats
    features: Floats | None


def project_space(
    plan: Floats,
    a: Floats | None = None,
    *,
    distances: Floats | None = None,
    points: Floats | None = None,
    features: Floats | None = None,
) -> ProjectedSpace:
    r"""Project a space onto the nodes of a reference, through a plan.

    Node j goes to the mean :math:`T_j = \frac{1}{p_j} \sum_i G_{ji} x_i` of what it is
    matched to, where :math:`p_j = \sum_i G_{ji}` is the mass that the plan gives it,
    which a partial plan makes smaller than its own. The distances between these means
    follow from those of the space alone, where there are no coordinates:

    .. math::
        |T_j - T_k|^2 = S_{jk} - \tfrac12 S_{jj} - \tfrac12 S_{kk}, \qquad
        S_{jk} = \frac{1}{p_j p_k} \sum_{i, l} G_{ji} G_{kl} \, d(x_i, x_l)^2 .

    This holds in any Euclidean space. In other spaces it is the definition, cut off at
    zero; it gives the distances of the space itself wherever the plan is a map.

    Parameters
    ----------
    plan : ndarray of shape (n_reference, n_points)
        Plan G, balanced or partial.
    a : ndarray of shape (n_reference,) or None, default=None
        Masses of the nodes. None takes the largest that the plan gives one for each.
    distances : ndarray of shape (n_points, n_points) or None, default=None
        Distances of the space. Not needed, nor used, where points are given.
    points : ndarray of shape (n_points, n_dims) or None, default=None
        Coordinates, where distances are Euclidean: cheaper, and exact to rounding.
    features : ndarray of shape (n_points, n_features) or None, default=None
        Features of the points.

    Returns
    -------
    ProjectedSpace
        Distances, retained masses and features.

    Raises
    ------
    ValueError
        If neither distances nor points are given.

    Notes
    -----
    ``O(n_reference * n_points * (n_reference + n_points))`` operations, or
    ``O(n_reference * n_dims * (n_reference + n_points))`` from coordinates.

    References
    ----------
    .. [1] Beier, Beinert, Steidl, "On a linear Gromov-Wasserstein distance", IEEE
       Transactions on Image Processing 31, 2022. https://arxiv.org/abs/2112.11964
    .. [2] Bai, Kothapalli, Du, Martin, Kolouri, "Linear partial Gromov-Wasserstein
       embedding", ICML 2025. https://arxiv.org/abs/2410.16669

    Examples
    --------
    >>> import numpy as np
    >>> from skot.solvers import project_space
    >>> plan = np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
    >>> points = np.array([[0.0, 0.0], [0.0, 2.0], [3.0, 1.0]])
    >>> seen = project_space(plan, np.full(3, 2.0), points=points)
    >>> seen.retained
    array([2., 1., 0.])
    >>> seen.structure
    array([[0., 3., 0.],
           [3., 0., 0.],
           [0., 0., 0.]])
    """
    retained: Floats = plan.sum(axis=1)
    matched = retained > UNMATCHED * (retained.max() if a is None else a)
    share = plan[matched] / retained[matched, None]
    n = len(plan)
    structure = np.zeros((n, n))
    block = np.ix_(matched, matched)
    if points is not None:
        structure[block] = distances_within(share @ points)
    elif distances is None:
        raise ValueError("give either distances or points")
    else:
        spread = share @ np.square(distances) @ share.T
        own = spread.diagonal() / 2
        squares = np.maximum(spread - own[:, None] - own, 0)
        structure[block] = np.sqrt((squares + squares.T) / 2)
    if features is not None:
        means = np.zeros((n, features.shape[1]))
        means[matched] = share @ features
        features = means
    return ProjectedSpace(structure, np.where(matched, retained, 0.0), features)


def linear_partial_gromov(
    x: tuple[Floats, ...],
    y: tuple[Floats, ...] | None = None,
    *,
    lam: float,
    alpha: float = 1.0,
) -> Floats:
    r"""Linear partial Gromov-Wasserstein discrepancies of projected spaces, squared.

    With :math:`w = \min(p, p')` the mass that both spaces keep at each node of the
    reference, and M, M' their own masses,

    .. math::
        \sum_{jk} w_j w_k (K_{jk} - K'_{jk})^2 +
        \lambda \left( M^2 + M'^2 - 2 |w|^2 \right) .

    Parameters
    ----------
    x : tuple of ndarray
        ``(structure, retained, mass)`` or ``(structure, retained, mass, features)``,
        of shapes (n_x, n_pairs) in the order of ``np.triu_indices(n_reference, 1)``,
        (n_x, n_reference), (n_x,) and (n_x, n_reference, n_features).
    y : tuple of ndarray or None, default=None
        Alike. None takes x.
    lam : float
        Price of unmatched mass.
    alpha : float, default=1.0
        Share of the structure, where there are features: the first term times alpha,
        and ``(1 - alpha) * sum_j w_j |F_j - F'_j|^2`` added.

    Returns
    -------
    ndarray of shape (n_x, n_y)
        Squared discrepancies. That of a space to itself is
        ``2 * lam * (mass**2 - sum(retained)**2)``, not zero, where it has mass that
        the reference does not match.

    Notes
    -----
    ``O(n_reference^2)`` operations a pair, whatever the sizes of the spaces.

    References
    ----------
    .. [1] Bai, Kothapalli, Du, Martin, Kolouri, "Linear partial Gromov-Wasserstein
       embedding", ICML 2025. https://arxiv.org/abs/2410.16669

    Examples
    --------
    >>> import numpy as np
    >>> from skot.solvers import linear_partial_gromov
    >>> x = np.array([[3.0]]), np.array([[1.0, 1.0]]), np.array([2.0])
    >>> y = np.array([[4.0]]), np.array([[1.0, 1.0]]), np.array([3.0])
    >>> linear_partial_gromov(x, y, lam=0.1)
    array([[2.5]])
    """
    lam, alpha = read_non_negative(lam, "lam"), read_share(alpha, "alpha")
    y = x if y is None else y
    n_nodes = x[1].shape[1]
    first, second = np.triu_indices(n_nodes, 1)
    out = np.empty((len(x[1]), len(y[1])))
    step = max(1, BLOCK // max(n_nodes**2, 1))
    for i, (kernel, retained, mass) in enumerate(zip(*x[:3], strict=True)):
        for start in range(0, len(y[1]), step):
            part = slice(start, start + step)
            common = np.minimum(retained, y[1][part])
            gaps = np.square(y[0][part] - kernel)
            gaps *= common[:, first]
            gaps *= common[:, second]
            moved = 2 * alpha * gaps.sum(axis=1)
            if len(x) > 3:
                bends = np.square(y[3][part] - x[3][i]).sum(axis=2)
                moved += (1 - alpha) * (common * bends).sum(axis=1)
            unmatched = mass**2 + y[2][part] ** 2 - 2 * common.sum(axis=1) ** 2
            out[i, part] = moved + lam * np.maximum(unmatched, 0)
    return out
