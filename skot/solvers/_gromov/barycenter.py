# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Gromov-Wasserstein barycentres, balanced and partial."""

from dataclasses import dataclass

import numpy as np

from .frank_wolfe import Problem, Space
from .gromov import MAX_ITER, N_STARTS, TOL, check_penalty, read_space, solve


@dataclass(frozen=True, eq=False, repr=False)
class GromovBarycenterResult:
    """A space between spaces, and how it was reached.

    Parameters
    ----------
    value : float
        Weighted mean of the objectives of all spaces; not its root.
    distances : ndarray of shape (n_points, n_points)
        The barycentre.
    masses : ndarray of shape (n_points,)
        Its masses, all the same.
    plans : list of ndarray of shape (n_points, n_i)
        Plan between the barycentre and each space.
    n_iter : int
        Rounds of plans and distances.
    converged : bool
        Whether the last round gained less than ``tol``.
    history : ndarray of shape (n_iter,)
        Objective after each round; it never rises.
    """

    value: float
    distances: np.ndarray
    masses: np.ndarray
    plans: list
    n_iter: int
    converged: bool
    history: np.ndarray

    @property
    def error(self):
        """What the last round gained, relative to the objective."""
        if len(self.history) < 2:
            return 0.0 if self.converged else np.inf
        return float(-np.diff(self.history[-2:])[0] / (self.history[-2] or 1.0))

    def __repr__(self):
        state = "converged" if self.converged else "NOT CONVERGED"
        return f"GromovBarycenterResult(value={self.value:.6g}, {state})"


def gromov_barycenter(
    spaces,
    weights=None,
    *,
    n_points,
    masses=None,
    lam=None,
    init=None,
    n_starts=N_STARTS,
    max_iter=100,
    tol=1e-6,
):
    r"""Find a space of given size that is close to all of some spaces.

    Minimises :math:`\sum_s \xi_s GW^2(C, C_s)` over distances C between points of equal
    masses; the partial form where ``lam`` is given. Plans for fixed distances and
    distances for fixed plans are found in turns; the latter are
    :math:`C = \sum_s \xi_s G_s C_s G_s^\top / \sum_s \xi_s g_s g_s^\top`, where
    :math:`g_s` are the row sums of the plan. Pairs of points that no plan matches keep
    their distance.

    Parameters
    ----------
    spaces : list of array-like of shape (n_i, n_i), or of tuples (matrix, weights)
        Distance matrices. Without weights, points of a space weigh the same: 1 in all
        where ``lam`` is None, 1 each where it is given.
    weights : array-like of shape (n_spaces,) or None, default=None
        How much each space counts; None counts all the same. Scaled to sum 1.
    n_points : int
        Points of the barycentre.
    masses : float or None, default=None
        Total mass of the barycentre, for the partial form. None takes the weighted mean
        of the spaces.
    lam : float or None, default=None
        Penalty of the partial form, as in `partial_gromov_wasserstein`.
    init : array-like of shape (n_points, n_points) or None, default=None
        Distances to begin with. None takes points of the space nearest to all, far
        from each other, or with some of them doubled where it is smaller.
    n_starts : int, default=4
        Starts of the first search for plans; later ones begin at the last plans.
    max_iter : int, default=100
        Rounds, at most.
    tol : float, default=1e-6
        Rounds stop when one gains less than this share of the objective.

    Returns
    -------
    GromovBarycenterResult
        With distances, masses and plans.

    Raises
    ------
    ValueError
        If a matrix is no matrix of distances, or a parameter is out of range.

    See Also
    --------
    gromov_wasserstein : One of the problems solved in each round.

    Notes
    -----
    A round costs as much as one descent for each space.

    References
    ----------
    .. [1] Peyré, Cuturi, Solomon, "Gromov-Wasserstein averaging of kernel and distance
       matrices", ICML 2016. https://proceedings.mlr.press/v48/peyre16.html
    .. [2] Bai, Martin, Kothapalli, Du, Liu, Kolouri, "Partial Gromov-Wasserstein
       metric", ICLR 2025. https://arxiv.org/abs/2402.03664

    Examples
    --------
    >>> import numpy as np
    >>> from skot.solvers import gromov_barycenter
    >>> C = np.array([[0.0, 1.0], [1.0, 0.0]])
    >>> gromov_barycenter([C, 3 * C], n_points=2).distances
    array([[0., 2.],
           [2., 0.]])
    """
    spaces = _read(spaces, lam)
    xi = _shares(weights, len(spaces))
    if lam is not None:
        check_penalty(lam, None)
    elif masses is not None:
        raise ValueError("masses is for the partial form, which needs lam as well")
    if n_points < 1 or max_iter < 1:
        raise ValueError(
            f"n_points and max_iter must be at least 1, got {n_points}, {max_iter}"
        )
    total = float(xi @ [s.mass for s in spaces]) if masses is None else float(masses)
    if lam is None:
        total = 1.0
    if not 0 < total < np.inf:
        raise ValueError(f"masses must be positive and finite, got {masses!r}")
    a = np.full(n_points, total / n_points)
    C = _begin(spaces, xi, n_points, lam) if init is None else read_space(init).C
    if len(C) != n_points:
        raise ValueError(f"init has {len(C)} points, not n_points={n_points}")
    results, history, converged = [None] * len(spaces), [], False
    while not converged and len(history) < max_iter:
        x = Space(C, a)
        results = [
            _match(x, y, lam, n_starts, r) for y, r in zip(spaces, results, strict=True)
        ]
        history.append(float(xi @ [r.value for r in results]))
        gain = history[-2] - history[-1] if len(history) > 1 else np.inf
        converged = gain <= tol * history[0]
        if not converged:
            C = _average(C, spaces, xi, [r.plan for r in results])
    plans = [r.plan for r in results]
    return GromovBarycenterResult(
        history[-1], x.C, a, plans, len(history), converged, np.array(history)
    )


def _match(x, y, lam, n_starts, last):
    """Plan of a space, at least as good as that of the round before."""
    init = None if last is None else last.plan
    return solve(Problem(x, y, lam=lam), n_starts, init, MAX_ITER, TOL)


def _average(C, spaces, xi, plans):
    top, below = np.zeros_like(C), np.zeros_like(C)
    for share, space, plan in zip(xi, spaces, plans, strict=True):
        rows = plan.sum(axis=1)
        top += share * (plan @ space.C @ plan.T)
        below += share * np.outer(rows, rows)
    seen = below > 1e-14 * below.max(initial=0.0)
    C = np.where(seen, top / np.where(seen, below, 1.0), C)
    return (C + C.T) / 2


def _begin(spaces, xi, n_points, lam):
    """Points of the most central space, by their distances to all others."""
    profiles = np.array([s.profiles.T @ s.weights / s.mass for s in spaces])
    space = spaces[np.argmin(((profiles - xi @ profiles) ** 2).sum(axis=1))]
    chosen = [int(space.eccentricity.argmin())]
    nearest = space.C[chosen[0]].copy()
    while len(chosen) < n_points:
        chosen.append(int(nearest.argmax()))
        nearest = np.minimum(nearest, space.C[chosen[-1]])
        if not nearest.any():  # all are chosen: begin again
            nearest = space.C[chosen[0]].copy()
    return space.C[np.ix_(chosen, chosen)]


def _read(spaces, lam):
    if len(spaces) == 0:
        raise ValueError("spaces holds 0 spaces; at least 1 is required")
    read = []
    for i, cell in enumerate(spaces):
        C, weights = cell if isinstance(cell, tuple) else (cell, None)
        total = 1.0 if lam is None else None
        space = read_space(C, weights, f"spaces[{i}]", "its weights", total)
        if lam is None:
            space = Space(space.C, space.weights / space.mass)
        read.append(space)
    return read


def _shares(weights, n):
    if weights is None:
        return np.full(n, 1 / n)
    weights = np.asarray(weights, dtype=np.float64)
    if weights.shape != (n,) or not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError(f"weights must be {n} non-negative numbers, one a space")
    if not weights.any():
        raise ValueError("weights are all zero")
    return weights / weights.sum()
