# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Gromov-Wasserstein and its fused and partial forms: one problem in, a plan out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from .._arrays import (
    Floats,
    read_array,
    read_count,
    read_floats,
    read_non_negative,
    read_price,
    read_share,
    refuse_masses,
)
from .._result import Result
from .frank_wolfe import GromovProblem
from .search import best_descent
from .space import PreparedSpace, read_space

MAX_ITER = 1000
TOL = 1e-9
N_STARTS = 4
N_PENALTIES = 8  # of a continuation


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class GromovResult(Result):
    """Best plan found between two spaces: a local minimum, as a rule a good one.

    Parameters
    ----------
    value : float
        Objective, penalty included; not its root.
    converged : bool
        Whether the descent that won came to rest.
    error : float
        Frank-Wolfe gap at the last step: what the objective may still lose to first
        order, 0 at a stationary plan.
    n_iter : int
        Linear programs solved, over all starts.
    plan : ndarray of shape (n_source, n_target)
        Mass moved between each pair of points.
    start : str
        Which start won: "product", "product of that mass", which holds the mass of the
        plan found at first, "profile", "anchor", "heaviest pair",
        "nothing", "continuation" or "given".
    """

    error_of: ClassVar[str] = "Frank-Wolfe gap"
    told: ClassVar[tuple[str, ...]] = ("mass",)

    plan: Floats
    start: str

    @property
    def mass(self) -> float:
        """Mass that the plan moves."""
        return float(self.plan.sum())


def gromov_wasserstein(
    C1: ArrayLike | PreparedSpace,
    C2: ArrayLike | PreparedSpace,
    a: ArrayLike | None = None,
    b: ArrayLike | None = None,
    *,
    n_starts: int = N_STARTS,
    init: ArrayLike | None = None,
    max_iter: int = MAX_ITER,
    tol: float = TOL,
) -> GromovResult:
    r"""Match two spaces by their distances: Gromov-Wasserstein.

    .. math::
        \min_G \sum_{ii'jj'} (C_{1,ii'} - C_{2,jj'})^2 \, G_{ij} G_{i'j'}

    Parameters
    ----------
    C1 : array-like of shape (n_source, n_source) or PreparedSpace
        Distances within the source: symmetric, non-negative. Or what `prepare_space`
        makes of them and ``a``.
    C2 : array-like of shape (n_target, n_target) or PreparedSpace
        Distances within the target.
    a : array-like of shape (n_source,) or None, default=None
        Non-negative weights of the source. None gives every point the same, 1 in all.
    b : array-like of shape (n_target,) or None, default=None
        Non-negative weights of the target, of the same total.
    n_starts : int, default=4
        Starts of the search: the product plan; a match of the local distributions of
        distances; and plans that follow from one pair of points, by the distances of
        all others to the two. Up to 20 pairs are all tried. 1 is the product plan
        alone, without what improves the best plan in the end.
    init : array-like of shape (n_source, n_target) or None, default=None
        Plan to descend from, in place of all starts.
    max_iter : int, default=1000
        Steps of a descent, at most.
    tol : float, default=1e-9
        A descent rests when a step gains less, relative to the scale of the objective.

    Returns
    -------
    GromovResult
        With the plan, and the objective as written, not its root and not its half.

    Raises
    ------
    ValueError
        If shapes, masses or values do not make a problem, or a parameter is out of
        range.

    See Also
    --------
    fused_gromov_wasserstein : With features.
    partial_gromov_wasserstein : Part of the mass.
    skot.distance.gromov_wasserstein_distances : All pairs of a collection.

    Notes
    -----
    The problem is not convex, and the plan a local minimum. Nothing is drawn at random.
    From each start, Frank-Wolfe goes to the best plan on the way to the solution of the
    linearised problem, which is an assignment where all points weigh the same and a
    transport problem otherwise. Of large problems, the worse half of the starts falls
    out before each step. Where the descents end, exchanges of pairs improve the best,
    and the best of these is built anew where it matches badly. A step costs
    ``O(n_points^3)``: 0.1 milliseconds for 50 points.

    References
    ----------
    .. [1] Mémoli, "Gromov-Wasserstein distances and the metric approach to object
       matching", Foundations of Computational Mathematics 11, 2011.
       https://doi.org/10.1007/s10208-011-9093-5

    Examples
    --------
    >>> import numpy as np
    >>> from skot.solvers import gromov_wasserstein
    >>> C = np.array([[0.0, 3.0, 4.0], [3.0, 0.0, 5.0], [4.0, 5.0, 0.0]])
    >>> order = [2, 0, 1]
    >>> gromov_wasserstein(C, C[np.ix_(order, order)]).plan.round(2)
    array([[0.  , 0.33, 0.  ],
           [0.  , 0.  , 0.33],
           [0.33, 0.  , 0.  ]])
    """
    x, y = _read_pair(C1, C2, a, b)
    return solve(GromovProblem(x, y), n_starts, init, max_iter, tol)


def fused_gromov_wasserstein(
    C1: ArrayLike | PreparedSpace,
    C2: ArrayLike | PreparedSpace,
    M: ArrayLike | None,
    a: ArrayLike | None = None,
    b: ArrayLike | None = None,
    *,
    alpha: float = 0.5,
    n_starts: int = N_STARTS,
    init: ArrayLike | None = None,
    max_iter: int = MAX_ITER,
    tol: float = TOL,
) -> GromovResult:
    r"""Match two spaces by their distances and by features.

    .. math::
        \min_G \, (1 - \alpha) \sum_{ij} M_{ij} G_{ij}
        + \alpha \sum_{ii'jj'} (C_{1,ii'} - C_{2,jj'})^2 \, G_{ij} G_{i'j'}

    Parameters
    ----------
    C1 : array-like of shape (n_source, n_source) or PreparedSpace
        Distances within the source: symmetric, non-negative. Or what `prepare_space`
        makes of them and ``a``.
    C2 : array-like of shape (n_target, n_target) or PreparedSpace
        Distances within the target.
    M : array-like of shape (n_source, n_target) or None
        Finite cost of matching points, as of their features. None compares structure
        alone, and ``alpha`` is not read.
    a : array-like of shape (n_source,) or None, default=None
        Non-negative weights of the source. None gives every point the same, 1 in all.
    b : array-like of shape (n_target,) or None, default=None
        Non-negative weights of the target, of the same total.
    alpha : float, default=0.5
        Share of the structure, in [0, 1].
    n_starts : int, default=4
        Starts of the search: the product plan; a match of the local distributions of
        distances; and plans that follow from one pair of points, by the distances of
        all others to the two. Up to 20 pairs are all tried. 1 is the product plan
        alone, without what improves the best plan in the end.
    init : array-like of shape (n_source, n_target) or None, default=None
        Plan to descend from, in place of all starts.
    max_iter : int, default=1000
        Steps of a descent, at most.
    tol : float, default=1e-9
        A descent rests when a step gains less, relative to the scale of the objective.

    Returns
    -------
    GromovResult
        With the plan, and the objective as written, not its root and not its half.

    Raises
    ------
    ValueError
        If shapes, masses or values do not make a problem, or a parameter is out of
        range.

    See Also
    --------
    gromov_wasserstein : Structure alone.
    skot.distance.fused_gromov_wasserstein_distances : All pairs of a collection.

    Notes
    -----
    The problem is not convex, and the plan a local minimum. Nothing is drawn at random.
    From each start, Frank-Wolfe goes to the best plan on the way to the solution of the
    linearised problem, which is an assignment where all points weigh the same and a
    transport problem otherwise. Of large problems, the worse half of the starts falls
    out before each step. Where the descents end, exchanges of pairs improve the best,
    and the best of these is built anew where it matches badly. A step costs
    ``O(n_points^3)``: 0.1 milliseconds for 50 points.

    References
    ----------
    .. [1] Vayer, Chapel, Flamary, Tavenard, Courty, "Optimal transport for structured
       data with application on graphs", ICML 2019. https://arxiv.org/abs/1805.09114

    Examples
    --------
    >>> import numpy as np
    >>> from skot.solvers import fused_gromov_wasserstein
    >>> C = np.array([[0.0, 1.0, 2.0], [1.0, 0.0, 1.0], [2.0, 1.0, 0.0]])
    >>> M = 1 - np.eye(3)
    >>> fused_gromov_wasserstein(C, C, M).value
    0.0
    """
    _refuse_old_order("fused_gromov_wasserstein", C1, C2, M)
    x, y = _read_pair(C1, C2, a, b)
    return solve(_fused(x, y, M, alpha), n_starts, init, max_iter, tol)


def partial_gromov_wasserstein(
    C1: ArrayLike | PreparedSpace,
    C2: ArrayLike | PreparedSpace,
    a: ArrayLike | None = None,
    b: ArrayLike | None = None,
    *,
    lam: float | None = None,
    mass: float | None = None,
    n_starts: int = N_STARTS,
    init: ArrayLike | str | None = None,
    max_iter: int = MAX_ITER,
    tol: float = TOL,
) -> GromovResult:
    r"""Match parts of two spaces by their distances.

    .. math::
        \min_G \sum_{ii'jj'} (C_{1,ii'} - C_{2,jj'})^2 \, G_{ij} G_{i'j'}
        + \lambda \left( |a|^2 + |b|^2 - 2 |G|^2 \right),

    over plans that move at most the mass there is on either side, where ``lam`` is
    given; or without the penalty over plans that move ``mass``.

    Parameters
    ----------
    C1 : array-like of shape (n_source, n_source) or PreparedSpace
        Distances within the source: symmetric, non-negative. Or what `prepare_space`
        makes of them and ``a``.
    C2 : array-like of shape (n_target, n_target) or PreparedSpace
        Distances within the target.
    a : array-like of shape (n_source,) or None, default=None
        Non-negative weights of the source. None gives every point the same, 1.
    b : array-like of shape (n_target,) or None, default=None
        Non-negative weights of the target.
    lam : float or None, default=None
        Penalty, in units of squared distance. Give this or ``mass``.
    mass : float or None, default=None
        What the plan moves in all, at most the lesser mass.
    n_starts : int, default=4
        Starts of the search: the product plan; a match of the local distributions of
        distances; and plans that follow from one pair of points, by the distances of
        all others to the two. Up to 20 pairs are all tried. 1 is the product plan
        alone, without what improves the best plan in the end.
    init : array-like of shape (n_source, n_target), str or None, default=None
        Plan to descend from, in place of all starts. "continuation" comes down from a
        penalty at which all mass moves to ``lam``, each descent from the last plan: at
        low penalties it is as often better than the starts as worse, by some per cent.
    max_iter : int, default=1000
        Steps of a descent, at most.
    tol : float, default=1e-9
        A descent rests when a step gains less, relative to the scale of the objective.

    Returns
    -------
    GromovResult
        With the plan, and the objective as written, not its root and not its half.

    Raises
    ------
    ValueError
        If shapes, masses or values do not make a problem, or a parameter is out of
        range.

    See Also
    --------
    fused_partial_gromov_wasserstein : With features.
    skot.distance.partial_gromov_wasserstein_distances : All pairs of a collection.

    Notes
    -----
    A plan that moves nothing, and one pair of points, are compared with in any case:
    the penalised value is at most :math:`\lambda (|a|^2 + |b|^2)`. Two pairs of points
    are matched together where their distances differ by less than
    :math:`\sqrt{2 \lambda}`.

    The problem is not convex, and the plan a local minimum. Nothing is drawn at random.
    From each start, Frank-Wolfe goes to the best plan on the way to the solution of the
    linearised problem, which is an assignment where all points weigh the same and a
    transport problem otherwise. Of large problems, the worse half of the starts falls
    out before each step. Where the descents end, exchanges of pairs improve the best,
    and the best of these is built anew where it matches badly. A step costs
    ``O(n_points^3)``: 0.1 milliseconds for 50 points.

    References
    ----------
    .. [1] Bai, Martin, Kothapalli, Du, Liu, Kolouri, "Partial Gromov-Wasserstein
       metric", ICLR 2025. https://arxiv.org/abs/2402.03664
    .. [2] Chapel, Alaya, Gasso, "Partial optimal transport with applications on
       positive-unlabeled learning", NeurIPS 2020. https://arxiv.org/abs/2002.08276

    Examples
    --------
    The second space is the first, and an outlier:

    >>> import numpy as np
    >>> from skot.solvers import partial_gromov_wasserstein
    >>> C = np.array([[0.0, 3.0, 90.0], [3.0, 0.0, 80.0], [90.0, 80.0, 0.0]])
    >>> partial_gromov_wasserstein(C[:2, :2], C, lam=1.0)
    GromovResult(value=5, mass=2, converged, Frank-Wolfe gap 0)
    """
    x, y = read_space(C1, a, "C1", "a"), read_space(C2, b, "C2", "b")
    lam, mass = read_price(lam, mass, x.mass, y.mass)
    problem = GromovProblem(x, y, lam=lam, mass=mass)
    return solve(problem, n_starts, init, max_iter, tol)


def fused_partial_gromov_wasserstein(
    C1: ArrayLike | PreparedSpace,
    C2: ArrayLike | PreparedSpace,
    M: ArrayLike | None,
    a: ArrayLike | None = None,
    b: ArrayLike | None = None,
    *,
    alpha: float = 0.5,
    lam: float | None = None,
    mass: float | None = None,
    n_starts: int = N_STARTS,
    init: ArrayLike | str | None = None,
    max_iter: int = MAX_ITER,
    tol: float = TOL,
) -> GromovResult:
    r"""Match parts of two spaces by their distances and by features.

    .. math::
        \min_G \, (1 - \alpha) \sum_{ij} M_{ij} G_{ij}
        + \alpha \sum_{ii'jj'} (C_{1,ii'} - C_{2,jj'})^2 \, G_{ij} G_{i'j'}
        + \lambda \left( |a|^2 + |b|^2 - 2 |G|^2 \right),

    over plans that move at most the mass there is on either side, where ``lam`` is
    given; or without the penalty over plans that move ``mass``.

    Parameters
    ----------
    C1 : array-like of shape (n_source, n_source) or PreparedSpace
        Distances within the source: symmetric, non-negative. Or what `prepare_space`
        makes of them and ``a``.
    C2 : array-like of shape (n_target, n_target) or PreparedSpace
        Distances within the target.
    M : array-like of shape (n_source, n_target) or None
        Finite cost of matching points, as of their features. None compares structure
        alone, and ``alpha`` is not read.
    a : array-like of shape (n_source,) or None, default=None
        Non-negative weights of the source. None gives every point the same, 1.
    b : array-like of shape (n_target,) or None, default=None
        Non-negative weights of the target.
    alpha : float, default=0.5
        Share of the structure, in [0, 1].
    lam : float or None, default=None
        Penalty, in units of squared distance. Give this or ``mass``.
    mass : float or None, default=None
        What the plan moves in all, at most the lesser mass.
    n_starts : int, default=4
        Starts of the search: the product plan; a match of the local distributions of
        distances; and plans that follow from one pair of points, by the distances of
        all others to the two. Up to 20 pairs are all tried. 1 is the product plan
        alone, without what improves the best plan in the end.
    init : array-like of shape (n_source, n_target), str or None, default=None
        Plan to descend from, in place of all starts. "continuation" comes down from a
        penalty at which all mass moves to ``lam``, each descent from the last plan: at
        low penalties it is as often better than the starts as worse, by some per cent.
    max_iter : int, default=1000
        Steps of a descent, at most.
    tol : float, default=1e-9
        A descent rests when a step gains less, relative to the scale of the objective.

    Returns
    -------
    GromovResult
        With the plan, and the objective as written, not its root and not its half.

    Raises
    ------
    ValueError
        If shapes, masses or values do not make a problem, or a parameter is out of
        range.

    See Also
    --------
    partial_gromov_wasserstein : Structure alone.
    skot.distance.fused_partial_gromov_wasserstein_distances : All pairs.

    Notes
    -----
    The problem is not convex, and the plan a local minimum. Nothing is drawn at random.
    From each start, Frank-Wolfe goes to the best plan on the way to the solution of the
    linearised problem, which is an assignment where all points weigh the same and a
    transport problem otherwise. Of large problems, the worse half of the starts falls
    out before each step. Where the descents end, exchanges of pairs improve the best,
    and the best of these is built anew where it matches badly. A step costs
    ``O(n_points^3)``: 0.1 milliseconds for 50 points.

    References
    ----------
    .. [1] Bai et al., "Fused partial Gromov-Wasserstein for structured objects", 2025.
       https://arxiv.org/abs/2502.09934

    Examples
    --------
    >>> import numpy as np
    >>> from skot.solvers import fused_partial_gromov_wasserstein
    >>> C = np.array([[0.0, 1.0], [1.0, 0.0]])
    >>> M = np.array([[0.0, 99.0], [99.0, 99.0]])
    >>> fused_partial_gromov_wasserstein(C, C, M, lam=1.0).plan
    array([[1., 0.],
           [0., 0.]])
    """
    _refuse_old_order("fused_partial_gromov_wasserstein", C1, C2, M)
    x, y = read_space(C1, a, "C1", "a"), read_space(C2, b, "C2", "b")
    lam, mass = read_price(lam, mass, x.mass, y.mass)
    return solve(_fused(x, y, M, alpha, lam, mass), n_starts, init, max_iter, tol)


def _read_pair(
    C1: ArrayLike | PreparedSpace,
    C2: ArrayLike | PreparedSpace,
    a: ArrayLike | None,
    b: ArrayLike | None,
) -> tuple[PreparedSpace, PreparedSpace]:
    """Read two spaces of one mass."""
    x, y = read_space(C1, a, "C1", "a", 1.0), read_space(C2, b, "C2", "b", 1.0)
    refuse_masses(x.mass, y.mass)
    return x, y


def _refuse_old_order(
    solver: str,
    C1: ArrayLike | PreparedSpace | None,
    C2: ArrayLike | PreparedSpace,
    M: ArrayLike | None,
) -> None:
    """Refuse the costs of features in the first place, where POT once had them."""
    if M is None or isinstance(C1, PreparedSpace) or isinstance(C2, PreparedSpace):
        return
    if C1 is None or _in_old_order(
        read_floats(C1, "C1"), read_floats(C2, "C2"), read_floats(M, "M")
    ):
        raise ValueError(
            f"spaces come first, the costs M of their features after them: {solver}"
            "(C1, C2, M, a, b). If C1 is right, and some of its points are not at "
            "distance 0 from themselves, pass prepare_space(C1)"
        )


def _in_old_order(C1: Floats, C2: Floats, M: Floats) -> bool:
    """Whether C2 and M are spaces, of which C1 are the costs, and is no space."""
    if C1.ndim != 2 or not len(C2.shape) == len(M.shape) == 2:
        return False
    n, m = C1.shape
    if C2.shape != (n, n) or M.shape != (m, m):
        return False
    return n != m or (not _is_hollow(C1) and _is_hollow(C2) and _is_hollow(M))


def _is_hollow(C: Floats) -> bool:
    """Whether a square matrix is symmetric, and zero on its diagonal."""
    return not C.diagonal().any() and bool((C == C.T).all())


def _fused(
    x: PreparedSpace,
    y: PreparedSpace,
    M: ArrayLike | None,
    alpha: float,
    lam: float | None = None,
    mass: float | None = None,
) -> GromovProblem:
    """Problem between two spaces with features; ``M`` None is the plain form."""
    if M is None:
        return GromovProblem(x, y, lam=lam, mass=mass)
    alpha = read_share(alpha, "alpha")
    M = read_array(M, "M", len(x), len(y))
    return GromovProblem(x, y, (1 - alpha) * M, alpha, lam, mass)


def solve(
    problem: GromovProblem,
    n_starts: int,
    init: ArrayLike | str | None,
    max_iter: int,
    tol: float,
) -> GromovResult:
    """Descend from all starts, or from ``init``; return the best plan."""
    n_starts = read_count(n_starts, "n_starts")
    max_iter = read_count(max_iter, "max_iter")
    tol = read_non_negative(tol, "tol")
    given, spent = None, 0
    if isinstance(init, str):
        plan, spent = _continuation(problem, init, max_iter, tol)
        given = init, plan
    elif init is not None:
        given = "given", _read_plan(init, problem)
    best, start, n_iter = best_descent(problem, n_starts, given, max_iter, tol)
    return GromovResult(
        value=float(best.value()),
        plan=best.plan,
        n_iter=n_iter + spent,
        converged=best.done,
        error=float(best.gap),
        start=start,
    )


def _continuation(
    problem: GromovProblem, name: str, max_iter: int, tol: float
) -> tuple[Floats, int]:
    """Plan that descents at falling penalties lead to, and how many programs."""
    if name != "continuation":
        raise ValueError(f'init must be a plan or "continuation", got {name!r}')
    if problem.lam is None:
        raise ValueError('init="continuation" needs lam')
    x, y = problem.x, problem.y
    highest = max(problem.highest / 2, problem.lam)  # all mass is worth moving
    plan, n_iter = problem.product(), 0
    for lam in np.geomspace(highest, problem.lam, N_PENALTIES)[:-1].tolist():
        stage = GromovProblem(x, y, problem.M, problem.w, lam)
        best, _, spent = best_descent(stage, 1, (name, plan), max_iter, tol)
        plan, n_iter = best.plan, n_iter + spent
    return plan, n_iter


def _read_plan(plan: ArrayLike, problem: GromovProblem) -> Floats:
    x, y = problem.x, problem.y
    plan = read_array(plan, "init", len(x), len(y))
    slack = 1e-7 * problem.full
    rows, columns = plan.sum(axis=1) - x.weights, plan.sum(axis=0) - y.weights
    allowed = plan.min() >= -slack
    plan = np.maximum(plan, 0.0)
    if problem.lam is None and problem.mass is None:
        allowed = allowed and max(abs(rows).max(), abs(columns).max()) <= slack
    else:
        allowed = allowed and max(rows.max(), columns.max()) <= slack
    if problem.mass is not None:
        allowed = allowed and abs(plan.sum() - problem.mass) <= slack
    if not allowed:
        raise ValueError("init is no plan that the problem allows")
    return plan
