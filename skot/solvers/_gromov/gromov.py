# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Gromov-Wasserstein and its fused and partial forms: one problem in, a plan out."""

from dataclasses import dataclass
from numbers import Real

import numpy as np

from .._partial.partial import as_number
from .frank_wolfe import Problem, Space
from .search import best_descent

MAX_ITER = 1000
TOL = 1e-9
N_STARTS = 4
N_PENALTIES = 8  # of a continuation


@dataclass(frozen=True, eq=False, repr=False)
class GromovResult:
    """Best plan found between two spaces: a local minimum, as a rule a good one.

    Parameters
    ----------
    value : float
        Objective, penalty included; not its root.
    plan : ndarray of shape (n_source, n_target)
        Mass moved between each pair of points.
    n_iter : int
        Linear programs solved, over all starts.
    converged : bool
        Whether the descent that won came to rest.
    error : float
        Frank-Wolfe gap at the last step: what the objective may still lose to first
        order, 0 at a stationary plan.
    start : str
        Which start won: "product", "product of that mass", which holds the mass of the
        plan found at first, "profile", "anchor", "heaviest pair",
        "nothing", "continuation" or "given".
    """

    value: float
    plan: np.ndarray
    n_iter: int
    converged: bool
    error: float
    start: str

    @property
    def mass(self):
        """Mass that the plan moves."""
        return float(self.plan.sum())

    def __repr__(self):
        state = "converged" if self.converged else "NOT CONVERGED"
        return (
            f"GromovResult(value={self.value:.6g}, mass={self.mass:.6g}, {state}, "
            f"gap={self.error:.2g})"
        )


def gromov_wasserstein(
    C1, C2, a=None, b=None, *, n_starts=N_STARTS, init=None, max_iter=MAX_ITER, tol=TOL
):
    r"""Match two spaces by their distances: Gromov-Wasserstein.

    .. math::
        \min_G \sum_{ii'jj'} (C_{1,ii'} - C_{2,jj'})^2 \, G_{ij} G_{i'j'}

    Parameters
    ----------
    C1 : array-like of shape (n_source, n_source)
        Distances within the source: symmetric, non-negative.
    C2 : array-like of shape (n_target, n_target)
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
    return fused_gromov_wasserstein(
        None,
        C1,
        C2,
        a,
        b,
        alpha=1.0,
        n_starts=n_starts,
        init=init,
        max_iter=max_iter,
        tol=tol,
    )


def fused_gromov_wasserstein(
    M,
    C1,
    C2,
    a=None,
    b=None,
    *,
    alpha=0.5,
    n_starts=N_STARTS,
    init=None,
    max_iter=MAX_ITER,
    tol=TOL,
):
    r"""Match two spaces by their distances and by features.

    .. math::
        \min_G \, (1 - \alpha) \sum_{ij} M_{ij} G_{ij}
        + \alpha \sum_{ii'jj'} (C_{1,ii'} - C_{2,jj'})^2 \, G_{ij} G_{i'j'}

    Parameters
    ----------
    M : array-like of shape (n_source, n_target) or None
        Finite cost of matching points, as of their features. None compares structure
        alone, and ``alpha`` is not read.
    C1 : array-like of shape (n_source, n_source)
        Distances within the source: symmetric, non-negative.
    C2 : array-like of shape (n_target, n_target)
        Distances within the target.
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
    >>> fused_gromov_wasserstein(M, C, C).value
    0.0
    """
    x, y = read_space(C1, a, "C1", "a", 1.0), read_space(C2, b, "C2", "b", 1.0)
    if abs(x.mass - y.mass) > 1e-6 * x.mass:
        raise ValueError(
            f"a and b must have one mass, got {x.mass:.6g} and {y.mass:.6g}: "
            "use the partial form for masses that differ"
        )
    problem = fused_problem(x, y, M, alpha)
    return solve(problem, n_starts, init, max_iter, tol)


def partial_gromov_wasserstein(
    C1,
    C2,
    a=None,
    b=None,
    *,
    lam=None,
    mass=None,
    n_starts=N_STARTS,
    init=None,
    max_iter=MAX_ITER,
    tol=TOL,
):
    r"""Match parts of two spaces by their distances.

    .. math::
        \min_G \sum_{ii'jj'} (C_{1,ii'} - C_{2,jj'})^2 \, G_{ij} G_{i'j'}
        + \lambda \left( |a|^2 + |b|^2 - 2 |G|^2 \right),

    over plans that move at most the mass there is on either side, where ``lam`` is
    given; or without the penalty over plans that move ``mass``.

    Parameters
    ----------
    C1 : array-like of shape (n_source, n_source)
        Distances within the source: symmetric, non-negative.
    C2 : array-like of shape (n_target, n_target)
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
    GromovResult(value=5, mass=2, converged, gap=0)
    """
    return fused_partial_gromov_wasserstein(
        None,
        C1,
        C2,
        a,
        b,
        alpha=1.0,
        lam=lam,
        mass=mass,
        n_starts=n_starts,
        init=init,
        max_iter=max_iter,
        tol=tol,
    )


def fused_partial_gromov_wasserstein(
    M,
    C1,
    C2,
    a=None,
    b=None,
    *,
    alpha=0.5,
    lam=None,
    mass=None,
    n_starts=N_STARTS,
    init=None,
    max_iter=MAX_ITER,
    tol=TOL,
):
    r"""Match parts of two spaces by their distances and by features.

    .. math::
        \min_G \, (1 - \alpha) \sum_{ij} M_{ij} G_{ij}
        + \alpha \sum_{ii'jj'} (C_{1,ii'} - C_{2,jj'})^2 \, G_{ij} G_{i'j'}
        + \lambda \left( |a|^2 + |b|^2 - 2 |G|^2 \right),

    over plans that move at most the mass there is on either side, where ``lam`` is
    given; or without the penalty over plans that move ``mass``.

    Parameters
    ----------
    M : array-like of shape (n_source, n_target) or None
        Finite cost of matching points, as of their features. None compares structure
        alone, and ``alpha`` is not read.
    C1 : array-like of shape (n_source, n_source)
        Distances within the source: symmetric, non-negative.
    C2 : array-like of shape (n_target, n_target)
        Distances within the target.
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
    >>> fused_partial_gromov_wasserstein(M, C, C, lam=1.0).plan
    array([[1., 0.],
           [0., 0.]])
    """
    x, y = read_space(C1, a, "C1", "a"), read_space(C2, b, "C2", "b")
    problem = fused_problem(x, y, M, alpha, *check_penalty(lam, mass, x, y))
    return solve(problem, n_starts, init, max_iter, tol)


def fused_problem(x, y, M, alpha, lam=None, mass=None):
    """Problem between two prepared spaces; ``M`` None is the plain form."""
    if M is None:
        return Problem(x, y, None, 1.0, lam, mass)
    check_share(alpha)
    M = np.asarray(M, dtype=np.float64)
    if M.shape != (len(x), len(y)):
        raise ValueError(f"M must have shape {(len(x), len(y))}, got {M.shape}")
    if not np.isfinite(M).all():
        raise ValueError("M holds NaN or infinity")
    return Problem(x, y, (1 - alpha) * M, float(alpha), lam, mass)


def check_share(alpha):
    """Refuse a share of the structure that is none."""
    if not isinstance(alpha, Real) or not 0 <= alpha <= 1:
        raise ValueError(f"alpha must be in [0, 1], got {alpha!r}")


def check_search(n_starts, max_iter, tol):
    """Refuse a search without starts or steps, or without a place to rest."""
    if n_starts < 1 or max_iter < 1:
        raise ValueError(
            f"n_starts and max_iter must be at least 1, got {n_starts}, {max_iter}"
        )
    if not tol >= 0:
        raise ValueError(f"tol must not be negative, got {tol}")


def check_penalty(lam, mass, x=None, y=None):
    """Return ``(lam, mass)``, exactly one of them not None."""
    if (lam is None) == (mass is None):
        raise ValueError("pass exactly one of lam, the penalty, and mass, what to move")
    for name, value in (("lam", lam), ("mass", mass)):
        if value is not None and np.isnan(as_number(value)):
            raise ValueError(f"{name} must be positive, a number, got {value!r}")
    if lam is not None:
        if not 0 < lam < 1e300:  # multiples of it are taken
            raise ValueError(f"lam must be positive and below 1e300, got {lam!r}")
        return float(lam), None
    if not 0 < mass < np.inf:
        raise ValueError(f"mass must be positive and finite, got {mass!r}")
    if x is not None:
        least = min(x.mass, y.mass)
        if mass > least * (1 + 1e-9):
            raise ValueError(f"mass={mass:.6g} is more than a space has, {least:.6g}")
        mass = min(mass, least)
    return None, float(mass)


def solve(problem, n_starts, init, max_iter, tol):
    """Descend from all starts, or from ``init``; return the best plan."""
    check_search(n_starts, max_iter, tol)
    given, spent = None, 0
    if isinstance(init, str):
        plan, spent = _continuation(problem, init, max_iter, tol)
        given = init, plan
    elif init is not None:
        given = "given", _check_plan(init, problem)
    best, start, n_iter = best_descent(problem, n_starts, given, max_iter, tol)
    return GromovResult(
        float(best.value()),
        best.plan,
        n_iter + spent,
        best.done,
        float(best.gap),
        start,
    )


def read_space(C, weights=None, name="init", weights_name="weights", total=None):
    """Check a matrix of distances and its weights, 1 a point unless ``total``."""
    C = np.asarray(C, dtype=np.float64)
    if C.ndim != 2 or C.shape[0] != C.shape[1] or len(C) == 0:
        raise ValueError(f"{name} must be a square matrix, got shape {C.shape}")
    if not np.isfinite(C).all():
        raise ValueError(f"{name} holds NaN or infinity")
    if (C < 0).any():
        raise ValueError(f"{name} holds a negative distance")
    if abs(C - C.T).max() > 1e-8 * C.max():
        raise ValueError(f"{name} is not symmetric")
    n = len(C)
    if weights is None:
        return Space(C, np.full(n, 1.0 if total is None else total / n))
    weights = np.asarray(weights, dtype=np.float64)
    if weights.shape != (n,):
        raise ValueError(
            f"{weights_name} must have shape ({n},) like {name}, got {weights.shape}"
        )
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError(f"{weights_name} holds a negative weight, NaN or infinity")
    if not weights.any():
        raise ValueError(f"{weights_name} has zero mass")
    return Space(C, weights, weights_name)


def _continuation(problem, name, max_iter, tol):
    """Plan that descents at falling penalties lead to, and how many programs."""
    if name != "continuation":
        raise ValueError(f'init must be a plan or "continuation", got {name!r}')
    if problem.lam is None:
        raise ValueError('init="continuation" needs lam')
    x, y = problem.x, problem.y
    highest = problem.highest / 2  # all mass is worth moving
    plan, n_iter = problem.product(), 0
    for lam in np.geomspace(max(highest, problem.lam), problem.lam, N_PENALTIES)[:-1]:
        stage = Problem(x, y, problem.M, problem.w, lam)
        best, _, spent = best_descent(stage, 1, (name, plan), max_iter, tol)
        plan, n_iter = best.plan, n_iter + spent
    return plan, n_iter


def _check_plan(plan, problem):
    plan = np.array(plan, dtype=np.float64)
    x, y = problem.x, problem.y
    if plan.shape != (len(x), len(y)):
        raise ValueError(f"init must have shape {(len(x), len(y))}, got {plan.shape}")
    slack = 1e-7 * problem.full
    rows, columns = plan.sum(axis=1) - x.weights, plan.sum(axis=0) - y.weights
    allowed = np.isfinite(plan).all() and plan.min() >= -slack
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
