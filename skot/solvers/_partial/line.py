# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Exact partial transport on a line: one penalty, or all masses at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._warnings import warn
from .._arrays import Floats, read_array, read_masses, read_order, read_price
from .._result import Result, is_closed
from .partial import (
    REST,
    left_over,
    lighter_side,
    partial_wasserstein,
    split_penalty,
)

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Index = NDArray[np.intp]

__all__ = [
    "PartialLineResult",
    "PartialPath",
    "partial_path_1d",
    "partial_wasserstein_1d",
]

# Atoms of whole-number weights are split into points of mass 1, up to so many for each.
COPIES = 4

# Entries of the linear program of other weights beyond which a warning tells.
LARGE = 10_000_000


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class PartialLineResult(Result):
    """Partial transport on a line: who is matched with whom.

    Parameters
    ----------
    value : float
        What was minimised: with ``lam``, ``cost`` and the penalties of all that is left
        unmatched; with ``mass``, ``cost``.
    converged : bool
        Whether the plan is optimal, as in `PartialResult`.
    error : float
        Duality gap: ``value`` exceeds the optimum by at most this much.
    n_iter : None
        Not counted.
    cost : float
        Cost of what is transported.
    mass : float
        How much is transported.
    rows, columns : ndarray of int of shape (n_matched,)
        Points of the source and of the target that are matched, from left to right.
    masses : ndarray of shape (n_matched,)
        Mass moved between them.
    potentials : tuple of ndarray, of shapes (n_source,) and (n_target,)
        Dual variables f and g, with ``f[i] + g[j] <= abs(x[i] - y[j]) ** p`` and both
        at most ``lam``.
    lam : float
        Penalty in use; with ``mass``, one for which that mass is optimal.
    solver : {"path", "lp"}
        How it was solved.
    """

    error_of: ClassVar[str] = "duality gap"
    told: ClassVar[tuple[str, ...]] = ("mass",)

    cost: float
    mass: float
    rows: Index
    columns: Index
    masses: Floats
    potentials: tuple[Floats, Floats]
    lam: float
    solver: str

    @cached_property
    def plan(self) -> csr_array:
        """Mass moved, a sparse array of shape (n_source, n_target)."""
        from scipy.sparse import csr_array

        shape = tuple(map(len, self.potentials))
        return csr_array((self.masses, (self.rows, self.columns)), shape=shape)


@dataclass(frozen=True, eq=False, repr=False)
class PartialPath:
    """All partial transport problems between two sets of unit points on a line.

    The best way to match k pairs uses the points of the best way to match k - 1, and
    one more on each side.

    Parameters
    ----------
    costs : ndarray of shape (min(n_source, n_target),)
        What each further pair adds to the cost, never less than the one before.
    rows, columns : ndarray of int of shape (min(n_source, n_target),)
        Points of the source and of the target, in the order in which they enter. Who
        is matched with whom follows by sorting both.
    n_points : tuple of int
        Sizes of both sets.
    """

    costs: Floats
    rows: Index
    columns: Index
    n_points: tuple[int, int]

    def __repr__(self) -> str:
        return f"PartialPath({len(self.costs)} pairs)"

    def n_matched(self, lam: float | Floats) -> int | Index:
        """Count the pairs that are matched at each penalty.

        Parameters
        ----------
        lam : float or ndarray
            Penalty of a point left unmatched, on either side.

        Returns
        -------
        int or ndarray
            Number of pairs.
        """
        lam = np.asarray(lam, dtype=np.float64)
        if not (lam >= 0).all():
            raise ValueError(f"lam must not be negative or NaN, got {lam}")
        return np.searchsorted(self.costs, 2 * lam)

    def values(self, lam: float | Floats) -> float | Floats:
        """Compute the optimal value at each penalty.

        Parameters
        ----------
        lam : float or ndarray
            Penalty of a point left unmatched, on either side.

        Returns
        -------
        float or ndarray
            Cost and penalties.
        """
        k = self.n_matched(lam)
        total = np.concatenate([[0.0], np.cumsum(self.costs)])
        return total[k] + lam * (sum(self.n_points) - 2 * k)


def partial_path_1d(x: ArrayLike, y: ArrayLike, *, p: float = 2) -> PartialPath:
    """Solve partial transport on a line for all masses, and so for all penalties.

    Parameters
    ----------
    x : array-like of shape (n_source,)
        Values of the source, each of mass 1, in any order.
    y : array-like of shape (n_target,)
        Values of the target.
    p : float, default=2
        Order, at least 1: the cost of a pair is ``abs(x - y) ** p``.

    Returns
    -------
    PartialPath
        What each pair adds, and the points in the order in which they enter.

    Raises
    ------
    ValueError
        If values are not finite, p is below 1, or costs are beyond floats.

    Notes
    -----
    Pairs enter one by one, the cheapest first [1]_. ``O(n log n)`` operations for
    ``p=1``; otherwise as many in practice, and up to ``O(n^2)`` for sets that lie
    apart: 10 to 40 milliseconds for 20 000 points on each side and ``p=2``.

    References
    ----------
    .. [1] Chapel, Tavenard, "One for all and all for one: efficient computation of
       partial Wasserstein distances on the line", ICLR 2025.
       https://openreview.net/forum?id=kzEPsHbJDv

    Examples
    --------
    >>> from skot.solvers import partial_path_1d
    >>> path = partial_path_1d([0.0, 5.0, 90.0], [1.0, 7.0])
    >>> path.costs
    array([1., 4.])
    >>> path.values([0.4, 1.0, 10.0])
    array([ 2.,  4., 15.])
    """
    p = read_order(p)
    x, y = read_array(x, "x", "n_source"), read_array(y, "y", "n_target")
    x_order, y_order = np.argsort(x, kind="stable"), np.argsort(y, kind="stable")
    costs, rows, columns = _path(x[x_order], y[y_order], p)
    return PartialPath(costs, x_order[rows], y_order[columns], (len(x), len(y)))


def partial_wasserstein_1d(
    x: ArrayLike,
    y: ArrayLike,
    a: ArrayLike | None = None,
    b: ArrayLike | None = None,
    *,
    lam: float | None = None,
    mass: float | None = None,
    p: float = 2,
) -> PartialLineResult:
    r"""Solve partial transport between two sets of numbers exactly.

    The problem of `partial_wasserstein` for the cost :math:`|x - y|^p` [1]_: every unit
    of mass left unmatched costs ``lam``, on either side.

    Parameters
    ----------
    x : array-like of shape (n_source,)
        Values of the source, in any order.
    y : array-like of shape (n_target,)
        Values of the target.
    a : array-like of shape (n_source,) or None, default=None
        Non-negative weights of the source, of any total. None gives each point mass 1.
    b : array-like of shape (n_target,) or None, default=None
        Weights of the target.
    lam : float or None, default=None
        Penalty of a unit of mass left unmatched, in units of the cost, on either side:
        ``2 * lam`` is the largest ``abs(x - y) ** p`` at which anything moves. Give
        ``lam`` or ``mass``.
    mass : float or None, default=None
        Mass to transport, at most that of the lighter side.
    p : float, default=2
        Order, at least 1.

    Returns
    -------
    PartialLineResult
        Value, matched points, potentials and a duality gap.

    Raises
    ------
    ValueError
        If values or weights are not sound; if ``lam`` is not positive and finite; if
        ``mass`` is not positive, or more than a side has; unless exactly one of the two
        is given; if p is below 1.

    Warns
    -----
    UserWarning
        If weights ask for a linear program of more than 10 million entries.

    See Also
    --------
    partial_path_1d : All penalties and all masses at once.

    Notes
    -----
    Pairs of neighbours, and of points at both sides of what is matched, enter one by
    one, the cheapest first [2]_, while one adds less than ``2 * lam``; potentials
    follow in two sweeps. ``O(n log n)`` operations for ``p=1``; otherwise as many in
    practice, and up to ``O(n^2)`` for sets that lie apart: 10 to 40 milliseconds for
    20 000 points on each side and ``p=2``.

    Weights that are equal, or whole numbers not much larger than 1, are points of mass
    1 in another unit. Others are a linear program, O(n^2) memory.

    References
    ----------
    .. [1] Bai, Schmitzer, Thorpe, Kolouri, "Sliced optimal partial transport", CVPR
       2023. https://arxiv.org/abs/2212.08049
    .. [2] Chapel, Tavenard, "One for all and all for one: efficient computation of
       partial Wasserstein distances on the line", ICLR 2025.
       https://openreview.net/forum?id=kzEPsHbJDv

    Examples
    --------
    >>> from skot.solvers import partial_wasserstein_1d
    >>> result = partial_wasserstein_1d([0.0, 5.0, 90.0], [6.0, 1.0], lam=10.0)
    >>> result
    PartialLineResult(value=12, mass=2, converged, duality gap 0)
    >>> result.rows, result.columns
    (array([0, 1]), array([1, 0]))
    """
    p = read_order(p)
    x, y = read_array(x, "x", "n_source"), read_array(y, "y", "n_target")
    weighted = a is not None or b is not None
    a, b = read_masses(a, len(x), "a"), read_masses(b, len(y), "b")
    lam, mass = read_price(lam, mass, float(a.sum()), float(b.sum()))
    unit, copies = as_copies(a, b) if weighted else (1.0, None)
    k = None
    if unit is not None and mass is not None:
        k = round(mass / unit)
        if abs(mass - k * unit) > REST * mass:
            unit = None
    if unit is None:
        return _by_program(x, y, a, b, p, lam, mass)
    if copies is None:
        rows, columns, f, g, price = solve_units(x, y, p, lam, k)
        masses = np.full(len(rows), unit)
    else:
        rows, columns, counts, f, g, price = _solve_copies(x, y, *copies, p, lam, k)
        masses = unit * counts
    cost = float(masses @ np.abs(x[rows] - y[columns]) ** p)
    left = price * (
        left_over(a, np.bincount(rows, masses, len(a)).astype(np.float64))
        + left_over(b, np.bincount(columns, masses, len(b)).astype(np.float64))
    )
    below = float(a @ f), float(b @ g)
    gap = max(cost + left - below[0] - below[1], 0.0)
    return PartialLineResult(
        value=cost + left if mass is None else cost,
        converged=is_closed(gap, 0.0, cost + left + abs(below[0]) + abs(below[1])),
        error=gap,
        cost=cost,
        mass=float(masses.sum()),
        rows=rows,
        columns=columns,
        masses=masses,
        potentials=(f, g),
        lam=price,
        solver="path",
    )


def as_copies(
    a: Floats, b: Floats
) -> tuple[float | None, tuple[NDArray[np.int64], NDArray[np.int64]] | None]:
    """Find a unit of mass, and copies of each point of that mass, or None.

    Copies are None where every point is one.
    """
    unit = float(min(a[a > 0].min(), b[b > 0].min()))
    counts = a / unit, b / unit
    if any(c.sum() > 2 * COPIES * len(c) for c in counts):
        return None, None
    copies = tuple(np.round(c).astype(np.int64) for c in counts)
    if any(
        (abs(c - r) > 1e-12 * c).any() or r.sum() > COPIES * len(r)
        for c, r in zip(counts, copies, strict=True)
    ):
        return None, None
    if all((c == 1).all() for c in copies):
        return unit, None
    return unit, (copies[0], copies[1])


def _solve_copies(
    x: Floats,
    y: Floats,
    a: NDArray[np.int64],
    b: NDArray[np.int64],
    p: float,
    lam: float | None,
    k: int | None,
) -> tuple[Index, Index, NDArray[np.int64], Floats, Floats, float]:
    """Solve for points of whole-number weights; copies of a point are one again."""
    rows, columns = (np.repeat(np.arange(len(c)), c) for c in (a, b))
    i, j, copied_f, copied_g, price = solve_units(x[rows], y[columns], p, lam, k)
    f, g = np.full(len(x), -np.inf), np.full(len(y), -np.inf)
    np.maximum.at(f, rows, copied_f)
    np.maximum.at(g, columns, copied_g)
    # points without mass take what the others leave them
    for s in np.flatnonzero(a == 0):
        f[s] = min(price, (np.abs(x[s] - y) ** p - g).min())
    for t in np.flatnonzero(b == 0):
        g[t] = min(price, (np.abs(x - y[t]) ** p - f).min())
    codes, counts = np.unique(rows[i] * len(y) + columns[j], return_counts=True)
    i, j = np.divmod(codes, len(y))
    order = np.lexsort((y[j], x[i]))
    return i[order], j[order], counts[order], f, g, price


def solve_units(
    x: Floats, y: Floats, p: float, lam: float | None, k: int | None = None
) -> tuple[Index, Index, Floats, Floats, float]:
    """Match unit points at a penalty, or k pairs of them.

    Parameters
    ----------
    x, y : ndarray of shape (n,) and (m,)
        Values.
    p : float
        Order.
    lam : float or None
        Penalty of each point left unmatched.
    k : int or None, default=None
        Number of pairs, where there is no penalty.

    Returns
    -------
    rows, columns : ndarray of int of shape (n_matched,)
        Pairs.
    f, g : ndarray of shape (n,) and (m,)
        Optimal duals.
    lam : float
        Penalty.
    """
    from .line_kernels import line_duals

    x_order, y_order = np.argsort(x, kind="stable"), np.argsort(y, kind="stable")
    xs, ys = x[x_order], y[y_order]
    rest = 0.0
    if lam is None:
        costs, rows, columns = _path(xs, ys, p, k)
        price = float(costs[-1]) / 2 if k else 0.0
    else:  # rounding of a huge penalty would drown the costs
        with np.errstate(over="ignore"):
            highest = float(max(xs[-1] - ys[0], ys[-1] - xs[0]) ** p)
        price, rest = split_penalty(lam, highest)
        if len(x) == len(y) and 2 * price >= highest:  # all are matched, in line
            rows = columns = np.arange(len(x))
        else:
            costs, rows, columns = _path(xs, ys, p, limit=2 * price)
    rows, columns = np.sort(rows), np.sort(columns)
    f, g = line_duals(xs, ys, price, p, rows, columns)
    shift = rest * lighter_side(len(x), len(y))
    f_of_x, g_of_y = np.empty_like(f), np.empty_like(g)
    f_of_x[x_order], g_of_y[y_order] = f - shift, g + shift
    return x_order[rows], y_order[columns], f_of_x, g_of_y, price + rest


def _path(
    x: Floats, y: Floats, p: float, k: int | None = None, limit: float = np.inf
) -> tuple[Floats, Index, Index]:
    """Match sorted values; return what k pairs, or all, add, and their points."""
    from .line_kernels import grow_matching

    size = min(len(x), len(y)) if k is None else k
    costs = np.empty(size)
    rows, columns = np.empty(size, np.int64), np.empty(size, np.int64)
    n_pairs = grow_matching(x, y, p, limit, costs, rows, columns)
    if limit == np.inf and n_pairs < size:
        raise ValueError(f"x and y are so far apart that costs for p={p:g} overflow")
    return costs[:n_pairs], rows[:n_pairs], columns[:n_pairs]


def _by_program(
    x: Floats,
    y: Floats,
    a: Floats,
    b: Floats,
    p: float,
    lam: float | None,
    mass: float | None,
) -> PartialLineResult:
    """Solve with the dense linear program."""
    result = partial_wasserstein(dense_costs(x, y, p), a, b, lam=lam, mass=mass)
    rows, columns = np.nonzero(result.plan)
    order = np.lexsort((y[columns], x[rows]))
    rows, columns = rows[order], columns[order]
    return PartialLineResult(
        value=result.value,
        converged=result.converged,
        error=result.error,
        cost=result.cost,
        mass=result.mass,
        rows=rows,
        columns=columns,
        masses=result.plan[rows, columns],
        potentials=result.potentials,
        lam=result.lam,
        solver="lp",
    )


def dense_costs(x: Floats, y: Floats, p: float) -> Floats:
    """Costs of a linear program between two sides; a warning where it is large."""
    if len(x) * len(y) > LARGE:
        warn(
            f"weights that are neither equal nor small whole numbers, or a mass that "
            f"is no whole number of points, ask for a linear program with {len(x)} x "
            f"{len(y)} entries",
        )
    costs: Floats = np.abs(x[:, None] - y) ** p
    return costs
