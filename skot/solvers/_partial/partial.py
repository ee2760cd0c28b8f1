# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Exact partial transport: what is too far to move stays, at a price."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from .._arrays import (
    Floats,
    read_costs,
    read_count,
    read_masses,
    read_order,
    read_pair,
    read_price,
)
from .._costs import distance_powers
from .._exact.exact import MAX_PIVOTS, network_simplex
from .._result import Result, is_closed

__all__ = ["PartialResult", "partial_wasserstein"]

# Entries of a plan below this share of the largest weight are rounding.
DUST = 1e-14

# An atom of which a smaller share than this is left is matched in full.
REST = 1e-12


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class PartialResult(Result):
    """Answer of a partial transport solver, and how far it can be trusted.

    Parameters
    ----------
    value : float
        What was minimised: with ``lam``, ``cost`` and the penalties of all that is left
        unmatched; with ``mass``, ``cost``.
    converged : bool
        Whether the plan is optimal: whether the gap is at most a billionth of what it
        costs at most to move, or not to move, all mass.
    error : float
        Duality gap: ``value`` exceeds the optimum by at most this much.
    n_iter : None
        Not counted.
    cost : float
        Cost of what is transported, ``sum(plan * C)``.
    mass : float
        How much is transported.
    plan : ndarray of shape (n_source, n_target)
        Mass moved between each pair of atoms; row and column sums are at most a and b.
    potentials : tuple of ndarray, of shapes (n_source,) and (n_target,)
        Dual variables f and g, with ``f[i] + g[j] <= C[i, j]`` and both at most
        ``lam``: it is ``lam`` where an atom is not matched in full.
    lam : float
        Penalty in use; with ``mass``, one for which that mass is optimal.
    """

    error_of: ClassVar[str] = "duality gap"
    told: ClassVar[tuple[str, ...]] = ("mass",)

    cost: float
    mass: float
    plan: Floats
    potentials: tuple[Floats, Floats]
    lam: float


def partial_wasserstein(
    C: ArrayLike | None = None,
    a: ArrayLike | None = None,
    b: ArrayLike | None = None,
    *,
    x: ArrayLike | None = None,
    y: ArrayLike | None = None,
    p: float = 2,
    lam: float | None = None,
    mass: float | None = None,
    max_iter: int = MAX_PIVOTS,
) -> PartialResult:
    r"""Solve partial transport between two sets of positive measure exactly.

    Masses need not agree, and what is too far need not move. With a penalty ``lam``,
    this is

    .. math::
        \min_{G \ge 0} \sum_{ij} C_{ij} G_{ij} + \lambda \left( |a| + |b| - 2 |G|
        \right), \quad G 1 \le a, \; G^\top 1 \le b:

    every unit of mass left unmatched costs ``lam``, on either side, so that a unit
    moves only if that costs less than ``2 * lam``. With ``mass``, so much is
    transported, and as cheaply as possible.

    Parameters
    ----------
    C : array-like of shape (n_source, n_target) or None, default=None
        Finite costs of a unit of mass, not negative.
    a : array-like of shape (n_source,) or None, default=None
        Non-negative weights of the source, of any total. None gives each atom mass 1.
    b : array-like of shape (n_target,) or None, default=None
        Weights of the target.
    x : array-like of shape (n_source, n_dims) or None, default=None
        Points of the source, in place of ``C``: the cost is the Euclidean distance to
        the power ``p``.
    y : array-like of shape (n_target, n_dims) or None, default=None
        Points of the target.
    p : float, default=2
        Power of the distance, at least 1. Not used with ``C``.
    lam : float or None, default=None
        Penalty of a unit of mass left unmatched, in units of the cost, on either side:
        ``2 * lam`` is the largest cost at which anything moves. Give ``lam`` or
        ``mass``.
    mass : float or None, default=None
        Mass to transport, at most that of the lighter side.
    max_iter : int, default=10_000_000
        Pivots of the network simplex, at most.

    Returns
    -------
    PartialResult
        Value, plan, potentials, and a duality gap, which tells how much is missing
        where ``max_iter`` stopped the solver.

    Raises
    ------
    ValueError
        If weights, costs or points do not make a problem; if ``lam`` is not positive
        and finite; if ``mass`` is not positive, or more than a side has; unless exactly
        one of the two is given, and one of ``C`` and ``x, y``.

    See Also
    --------
    partial_wasserstein_1d : On a line, for tens of thousands of points.

    Notes
    -----
    One balanced problem with a dummy atom on each side [1]_, which takes what is left;
    exact, with no constant to be chosen large. Atoms that have nothing within reach of
    ``2 * lam`` are set aside first, so that small penalties are cheap. Otherwise about
    O(n^3) operations in the worst case and O(n^2) memory, as `exact`.

    References
    ----------
    .. [1] Chapel, Alaya, Gasso, "Partial optimal transport with applications on
       positive-unlabeled learning", NeurIPS 2020. https://arxiv.org/abs/2002.08276
    .. [2] Bai, Schmitzer, Thorpe, Kolouri, "Sliced optimal partial transport", CVPR
       2023. https://arxiv.org/abs/2212.08049

    Examples
    --------
    Two points are near a partner, at squared distance 1; the third is left out:

    >>> from skot.solvers import partial_wasserstein
    >>> x, y = [[0.0], [5.0], [90.0]], [[1.0], [6.0]]
    >>> result = partial_wasserstein(x=x, y=y, lam=10.0)
    >>> result
    PartialResult(value=12, mass=2, converged, duality gap 0)
    >>> result.plan.sum(axis=1)
    array([1., 1., 0.])
    """
    C = _costs(C, x, y, p)
    a, b = read_masses(a, len(C), "a"), read_masses(b, C.shape[1], "b")
    a_mass, b_mass = float(a.sum()), float(b.sum())
    lam, mass = read_price(lam, mass, a_mass, b_mass)
    max_iter = read_count(max_iter, "max_iter")
    if lam is not None:
        plan, f, g, _ = penalised_plan(C, a, b, lam, max_iter)
        price = lam
    elif mass is not None:
        plan, f, g, price, _ = _plan_of_mass(C, a, b, mass, max_iter)
    # The best potentials that go with these g are feasible, also where there is no
    # mass, so that their value bounds the optimum from below.
    columns = b > 0
    f = np.minimum((C[:, columns] - np.minimum(g[columns], price)).min(axis=1), price)
    g = np.minimum((C - f[:, None]).min(axis=0), price)
    cost, moved = float(np.vdot(plan, C)), float(plan.sum())
    left = price * unmatched(plan, a, b)
    below = float(a @ f), float(b @ g)
    gap = max(float(cost + left - below[0] - below[1]), 0.0)
    scale = min(a_mass, b_mass) * min(float(C.max()), 2 * price)
    return PartialResult(
        value=float(cost + left if mass is None else cost),
        converged=is_closed(gap, scale, cost + left + abs(below[0]) + abs(below[1])),
        error=gap,
        cost=cost,
        mass=moved,
        plan=plan,
        potentials=(f, g),
        lam=price,
    )


def split_penalty(lam: float, highest: float) -> tuple[float, float]:
    """Part of a penalty that plans depend on, and the rest.

    At half the highest cost and above, all mass of the lighter side is matched.
    """
    kept = min(lam, highest or lam)
    return kept, lam - kept


def lighter_side(a_mass: float, b_mass: float) -> int:
    """Which side is matched in full at any penalty, and pays less: 1, -1 or 0.

    1 for the first, -1 for the second; 0 where nothing is left of either.
    """
    if abs(a_mass - b_mass) <= REST * a_mass:
        return 0
    return 1 if a_mass < b_mass else -1


def unmatched(plan: Floats, a: Floats, b: Floats) -> float:
    """Mass left on both sides: exactly none where a plan leaves none but rounding."""
    return left_over(a, plan.sum(axis=1)) + left_over(b, plan.sum(axis=0))


def left_over(mass: Floats, moved: Floats) -> float:
    """Mass that is not moved, without what rounding leaves of atoms."""
    left = mass - moved
    return float(left[left > REST * mass].sum())


def penalised_plan(
    C: Floats, a: Floats, b: Floats, lam: float, max_iter: int = MAX_PIVOTS
) -> tuple[Floats, Floats, Floats, bool]:
    """Partial plan and potentials for checked float64 input.

    Parameters
    ----------
    C : ndarray of shape (n_source, n_target)
        Non-negative costs.
    a, b : ndarray of shape (n_source,) and (n_target,)
        Non-negative weights.
    lam : float
        Penalty of a unit of mass left unmatched, on either side.
    max_iter : int, default=10_000_000
        Pivots, at most.

    Returns
    -------
    plan : ndarray of shape (n_source, n_target)
        Mass moved.
    f, g : ndarray of shape (n_source,) and (n_target,)
        Potentials, up to rounding.
    converged : bool
        Whether the plan is optimal.
    """
    lam, rest = split_penalty(float(lam), float(C.max()))
    if rest > 0:
        plan, f, g, converged = penalised_plan(C, a, b, lam, max_iter)
        rest *= lighter_side(float(a.sum()), float(b.sum()))
        return plan, f - rest, g + rest, converged
    plan, f, g = np.zeros(C.shape), np.full(len(a), lam), np.full(len(b), lam)
    near = 2 * lam > C
    rows = np.flatnonzero(near.any(axis=1) & (a > 0))
    columns = np.flatnonzero(near.any(axis=0) & (b > 0))
    if len(rows) == 0 or len(columns) == 0:
        return plan, f, g, True
    n, m = len(rows), len(columns)
    a, b = a[rows], b[columns]
    whole = np.full((n + 1, m + 1), lam)
    # what is beyond reach is cut off, lest huge costs drown small ones; not at
    # 2 * lam, where to move and not to move would be one to the solver
    whole[:n, :m] = np.minimum(C[np.ix_(rows, columns)], 4 * lam)
    whole[n, m] = 0.0
    inner, f[rows], g[columns], _, converged = _with_dummies(
        whole, a, b, float(b.sum()), float(a.sum()), max_iter
    )
    plan[np.ix_(rows, columns)] = inner
    return plan, f, g, converged


def _plan_of_mass(
    C: Floats, a: Floats, b: Floats, mass: float, max_iter: int
) -> tuple[Floats, Floats, Floats, float, bool]:
    """Cheapest plan that moves a given mass, potentials and the penalty it implies."""
    plan, f, g = np.zeros(C.shape), np.zeros(len(a)), np.zeros(len(b))
    rows, columns = a > 0, b > 0
    block = np.ix_(rows, columns)
    a, b = a[rows], b[columns]
    n, m = len(a), len(b)
    # Nothing goes from dummy to dummy at any positive price: two moves through dummies
    # are free, and one in their place costs as much as this and another.
    whole = np.zeros((n + 1, m + 1))
    whole[:n, :m] = C[block]
    whole[n, m] = whole.max() or 1.0
    spare = max(float(b.sum()) - mass, 0.0), max(float(a.sum()) - mass, 0.0)
    plan[block], f[rows], g[columns], (f_dummy, g_dummy), converged = _with_dummies(
        whole, a, b, *spare, max_iter
    )
    # Twice the penalty is what one more unit of mass would cost at the margin.
    lam = max(-(f_dummy + g_dummy) / 2, 0.0)
    return plan, f + lam, g + lam, lam, converged


def _with_dummies(
    whole: Floats, a: Floats, b: Floats, spare_a: float, spare_b: float, max_iter: int
) -> tuple[Floats, Floats, Floats, tuple[float, float], bool]:
    """Solve with one more atom on each side, to which potentials are relative."""
    n, m = len(a), len(b)
    unit = max(a.max(), b.max())  # masses of 1 stay whole numbers
    rows, columns = n + (spare_a > 0), m + (spare_b > 0)
    plan, f, g, converged = network_simplex(
        np.ascontiguousarray(whole[:rows, :columns]),
        np.append(a, spare_a)[:rows] / unit,
        np.append(b, spare_b)[:columns] / unit,
        max_iter,
    )
    plan = plan[:n, :m]
    plan[plan < DUST] = 0.0
    f_dummy = float(f[n] if rows > n else -g.max())
    g_dummy = float(g[m] if columns > m else -f[:n].max())
    return plan * unit, f[:n] + g_dummy, g[:m] + f_dummy, (f_dummy, g_dummy), converged


def _costs(
    C: ArrayLike | None, x: ArrayLike | None, y: ArrayLike | None, p: float
) -> Floats:
    """Read costs, or points between which they are distances to the power p."""
    if (C is None) == (x is None) or (x is None) != (y is None):
        raise ValueError(
            "give either costs, partial_wasserstein(C, a, b), or points by name, "
            "partial_wasserstein(x=x, y=y, a=a, b=b)"
        )
    if x is not None and y is not None:
        C = distance_powers(*read_pair(x, y), read_order(p))
    return read_costs(C, "partial_wasserstein", non_negative=True)
