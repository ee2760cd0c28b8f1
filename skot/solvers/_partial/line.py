# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Exact partial transport on a line: one penalty, or all masses at once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..._warnings import warn
from .._line.line import _values, check_order
from .partial import (
    REST,
    _masses,
    check_mass,
    check_penalty,
    left_over,
    lighter_side,
    partial_wasserstein,
    split_penalty,
)

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


@dataclass(frozen=True, eq=False, repr=False)
class PartialLineResult:
    """Partial transport on a line: who is matched with whom.

    Parameters
    ----------
    value : float
        What was minimised: with ``lam``, ``cost`` and the penalties of all that is left
        unmatched; with ``mass``, ``cost``.
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
    converged : bool
        Whether the plan is optimal.
    error : float
        Duality gap: ``value`` exceeds the optimum by at most this much.
    """

    value: float
    cost: float
    mass: float
    rows: np.ndarray
    columns: np.ndarray
    masses: np.ndarray
    potentials: tuple
    lam: float
    solver: str
    converged: bool
    error: float

    @cached_property
    def plan(self):
        """Mass moved, a sparse array of shape (n_source, n_target)."""
        from scipy.sparse import csr_array

        shape = tuple(map(len, self.potentials))
        return csr_array((self.masses, (self.rows, self.columns)), shape=shape)

    def __repr__(self):
        state = "converged" if self.converged else "NOT CONVERGED"
        return (
            f"PartialLineResult(value={self.value:.6g}, mass={self.mass:.6g}, {state}, "
            f"gap={self.error:.2g})"
        )


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

    costs: np.ndarray
    rows: np.ndarray
    columns: np.ndarray
    n_points: tuple

    def __repr__(self):
        return f"PartialPath({len(self.costs)} pairs)"

    def n_matched(self, lam):
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

    def values(self, lam):
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


def partial_path_1d(x, y, *, p=2):
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
    p = check_order(p)
    x, y = _line(x, "x"), _line(y, "y")
    x_order, y_order = np.argsort(x, kind="stable"), np.argsort(y, kind="stable")
    costs, rows, columns = _path(x[x_order], y[y_order], p)
    return PartialPath(costs, x_order[rows], y_order[columns], (len(x), len(y)))


def partial_wasserstein_1d(x, y, a=None, b=None, *, lam=None, mass=None, p=2):
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
    PartialLineResult(value=12, mass=2, converged, gap=0)
    >>> result.rows, result.columns
    (array([0, 1]), array([1, 0]))
    """
    p = check_order(p)
    x, y = _line(x, "x"), _line(y, "y")
    weighted = a is not None or b is not None
    a, b = _masses(a, len(x), "a"), _masses(b, len(y), "b")
    if (lam is None) == (mass is None):
        raise ValueError("give either lam or mass")
    if lam is not None:
        lam = check_penalty(lam)
    else:
        mass = check_mass(mass, a.sum(), b.sum())
    unit, copies = as_copies(a, b) if weighted else (1.0, None)
    k = None if mass is None or unit is None else round(mass / unit)
    if unit is None or (k is not None and abs(mass - k * unit) > REST * mass):
        return _by_program(x, y, a, b, p, lam, mass)
    if copies is None:
        i, j, f, g, lam = solve_units(x, y, p, lam, k)
        pairs, masses = (i, j), np.full(len(i), unit)
    else:
        pairs, masses, f, g, lam = _solve_copies(x, y, *copies, p, lam, k)
        masses = unit * masses
    cost = float(masses @ np.abs(x[pairs[0]] - y[pairs[1]]) ** p)
    moved = float(masses.sum())
    left = lam * sum(
        left_over(w, np.bincount(index, masses, len(w)))
        for w, index in zip((a, b), pairs, strict=True)
    )
    gap = max(float(cost + left - a @ f - b @ g), 0.0)
    value = float(cost + left) if mass is None else cost
    return PartialLineResult(
        value, cost, moved, *pairs, masses, (f, g), lam, "path", True, gap
    )


def _line(values, name):
    values = _values(values, name)
    if values.ndim != 1:
        raise ValueError(f"{name} must have 1 axis, got {values.ndim}")
    return values


def as_copies(a, b):
    """Find a unit of mass, and copies of each point of that mass, or None.

    Copies are None where every point is one.
    """
    unit = min(a[a > 0].min(), b[b > 0].min())
    counts = [w / unit for w in (a, b)]
    if any(c.sum() > 2 * COPIES * len(c) for c in counts):
        return None, None
    copies = [np.round(c).astype(np.int64) for c in counts]
    if any(
        (abs(c - r) > 1e-12 * c).any() or r.sum() > COPIES * len(r)
        for c, r in zip(counts, copies, strict=True)
    ):
        return None, None
    if all((c == 1).all() for c in copies):
        return float(unit), None
    return float(unit), copies


def _solve_copies(x, y, a, b, p, lam, k):
    """Solve for points of whole-number weights; copies of a point are one again."""
    rows, columns = (np.repeat(np.arange(len(c)), c) for c in (a, b))
    i, j, *duals, lam = solve_units(x[rows], y[columns], p, lam, k)
    f, g = np.full(len(x), -np.inf), np.full(len(y), -np.inf)
    for side, index, dual in zip((f, g), (rows, columns), duals, strict=True):
        np.maximum.at(side, index, dual)
    # points without mass take what the others leave them
    for s in np.flatnonzero(a == 0):
        f[s] = min(lam, (np.abs(x[s] - y) ** p - g).min())
    for t in np.flatnonzero(b == 0):
        g[t] = min(lam, (np.abs(x - y[t]) ** p - f).min())
    codes, counts = np.unique(rows[i] * len(y) + columns[j], return_counts=True)
    pairs = np.stack(np.divmod(codes, len(y)))
    order = np.lexsort((y[pairs[1]], x[pairs[0]]))
    return pairs[:, order], counts[order], f, g, lam


def solve_units(x, y, p, lam, k=None):
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
        lam = float(costs[-1]) / 2 if k else 0.0
    else:  # rounding of a huge penalty would drown the costs
        with np.errstate(over="ignore"):
            highest = max(xs[-1] - ys[0], ys[-1] - xs[0]) ** p
        lam, rest = split_penalty(lam, highest)
        if len(x) == len(y) and 2 * lam >= highest:  # all are matched, in line
            rows = columns = np.arange(len(x))
        else:
            costs, rows, columns = _path(xs, ys, p, limit=2 * lam)
    rows, columns = np.sort(rows), np.sort(columns)
    f, g = line_duals(xs, ys, lam, p, rows, columns)
    shift = rest * lighter_side(len(x), len(y))
    duals = np.empty_like(f), np.empty_like(g)
    duals[0][x_order], duals[1][y_order] = f - shift, g + shift
    return x_order[rows], y_order[columns], *duals, lam + rest


def _path(x, y, p, k=None, limit=np.inf):
    """Match sorted values; return what k pairs, or all, add, and their points."""
    from .line_kernels import grow_matching

    size = min(len(x), len(y)) if k is None else k
    costs = np.empty(size)
    rows, columns = np.empty(size, np.int64), np.empty(size, np.int64)
    n_pairs = grow_matching(x, y, p, limit, costs, rows, columns)
    if limit == np.inf and n_pairs < size:
        raise ValueError(f"x and y are so far apart that costs for p={p:g} overflow")
    return costs[:n_pairs], rows[:n_pairs], columns[:n_pairs]


def _by_program(x, y, a, b, p, lam, mass):
    """Solve with the dense linear program."""
    if len(x) * len(y) > LARGE:
        warn(
            f"weights that are neither equal nor small whole numbers, or a mass that "
            f"is no whole number of points, ask for a linear program with {len(x)} x "
            f"{len(y)} entries",
        )
    C = np.abs(x[:, None] - y) ** p
    result = partial_wasserstein(a, b, C, lam=lam, mass=mass)
    rows, columns = np.nonzero(result.plan)
    order = np.lexsort((y[columns], x[rows]))
    rows, columns = rows[order], columns[order]
    return PartialLineResult(
        result.value,
        result.cost,
        result.mass,
        rows,
        columns,
        result.plan[rows, columns],
        result.potentials,
        result.lam,
        "lp",
        result.converged,
        result.error,
    )
