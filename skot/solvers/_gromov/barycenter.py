# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Gromov-Wasserstein barycentres, balanced and partial."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from .._arrays import (
    Floats,
    read_count,
    read_distances,
    read_non_negative,
    read_penalty,
    read_positive,
    read_probabilities,
)
from .._result import Result
from .frank_wolfe import GromovProblem
from .gromov import MAX_ITER, N_STARTS, TOL, solve
from .space import PreparedSpace, read_space

# One space, as users write it.
SpaceLike = ArrayLike | tuple[ArrayLike, ArrayLike] | PreparedSpace


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class GromovBarycenterResult(Result):
    """A space between spaces, and how it was reached.

    Parameters
    ----------
    value : float
        Weighted mean of the objectives of all spaces; not its root.
    converged : bool
        Whether the last round gained less than ``tol``.
    error : float
        What the last round gained, relative to the objective; infinite after one.
    n_iter : int
        Rounds of plans and distances.
    distances : ndarray of shape (n_points, n_points)
        The barycentre.
    masses : ndarray of shape (n_points,)
        Its masses, all the same.
    plans : list of ndarray of shape (n_points, n_i)
        Plan between the barycentre and each space.
    history : ndarray of shape (n_iter,)
        Objective after each round; it never rises.
    """

    error_of: ClassVar[str] = "gain of the last round"

    distances: Floats
    masses: Floats
    plans: list[Floats]
    history: Floats


def gromov_barycenter(
    spaces: Sequence[SpaceLike],
    weights: ArrayLike | None = None,
    *,
    n_points: int,
    masses: float | None = None,
    lam: float | None = None,
    init: ArrayLike | None = None,
    n_starts: int = N_STARTS,
    max_iter: int = 100,
    tol: float = 1e-6,
) -> GromovBarycenterResult:
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
        Distance matrices, or what `prepare_space` makes of them. Without weights,
        points of a space weigh the same: 1 in all where ``lam`` is None, 1 each where
        it is given.
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
    lam = None if lam is None else read_penalty(lam)
    read = _read(spaces, lam)
    xi = read_probabilities(weights, len(read), "weights")
    n_points = read_count(n_points, "n_points")
    n_starts = read_count(n_starts, "n_starts")
    max_iter = read_count(max_iter, "max_iter")
    tol = read_non_negative(tol, "tol")
    if lam is None and masses is not None:
        raise ValueError("masses is for the partial form, which needs lam as well")
    if masses is not None:
        total = read_positive(masses, "masses")
    else:
        total = 1.0 if lam is None else float(xi @ [s.mass for s in read])
    a = np.full(n_points, total / n_points)
    C = _begin(read, xi, n_points) if init is None else read_distances(init, "init")
    if len(C) != n_points:
        raise ValueError(f"init has {len(C)} points, not n_points={n_points}")
    plans: list[Floats] = []
    history: list[float] = []
    converged, gain = False, np.inf
    while not converged and len(history) < max_iter:
        if plans:
            C = _average(C, read, xi, plans)
        x = PreparedSpace(C, a)
        results = [
            # from the plan of the round before: at least as good as that
            solve(GromovProblem(x, y, lam=lam), n_starts, plan, MAX_ITER, TOL)
            for y, plan in zip_longest(read, plans)
        ]
        plans = [r.plan for r in results]
        history.append(float(xi @ [r.value for r in results]))
        gain = history[-2] - history[-1] if len(history) > 1 else np.inf
        converged = gain <= tol * history[0]
    return GromovBarycenterResult(
        value=history[-1],
        converged=converged,
        error=gain / (history[-2] or 1.0) if len(history) > 1 else np.inf,
        n_iter=len(history),
        distances=x.C,
        masses=a,
        plans=plans,
        history=np.array(history),
    )


def _average(
    C: Floats, spaces: list[PreparedSpace], xi: Floats, plans: list[Floats]
) -> Floats:
    top, below = np.zeros_like(C), np.zeros_like(C)
    for share, space, plan in zip(xi, spaces, plans, strict=True):
        rows = plan.sum(axis=1)
        top += share * (plan @ space.C @ plan.T)
        below += share * np.outer(rows, rows)
    seen = below > 1e-14 * below.max(initial=0.0)
    C = np.where(seen, top / np.where(seen, below, 1.0), C)
    return (C + C.T) / 2


def _begin(spaces: list[PreparedSpace], xi: Floats, n_points: int) -> Floats:
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


def _read(spaces: Sequence[SpaceLike], lam: float | None) -> list[PreparedSpace]:
    """Read spaces, of mass 1 where there is no price for mass."""
    if len(spaces) == 0:
        raise ValueError("spaces holds 0 spaces; at least 1 is required")
    read = []
    for i, cell in enumerate(spaces):
        C, weights = cell if isinstance(cell, tuple) else (cell, None)
        total = 1.0 if lam is None else None
        name = f"spaces[{i}]"
        space = read_space(C, weights, name, f"weights of {name}", total)
        if lam is None:
            space = PreparedSpace(space.C, space.weights / space.mass, name)
        read.append(space)
    return read
