# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Exact transport of many points onto few atoms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._arrays import (
    Floats,
    read_count,
    read_large_costs,
    read_non_negative,
    read_weights,
    refuse_masses,
)
from .._result import Result
from .exact import MAX_PIVOTS, network_simplex

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Costs = NDArray[np.float32] | NDArray[np.float64]
Flags = NDArray[np.bool_]
Index = NDArray[np.integer]

# Problems of fewer costs go to the network simplex as they are, ...
SMALL = 500_000
# ... larger ones after a sample of their rows, this many times smaller.
SHRINK = 8
# Rows left open, as a multiple of the mass that must leave its cell: at least 1.
OPEN = 2.0
# Rows left open in each cell, at least: prices of few are far from those of all.
FEWEST = 30
# Newton steps on the prices before points are left open, at most.
CORRECTIONS = 6


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class SemidiscreteResult(Result):
    """Answer of `semidiscrete`, and how far it can be trusted.

    Parameters
    ----------
    value : float
        Cost of the plan, in the unit of the cost matrix.
    converged : bool
        Whether the plan is optimal, to ``tol``.
    error : float
        Duality gap: ``value`` exceeds the optimal cost by at most this much.
    n_iter : int
        Passes over all costs.
    rows, columns : ndarray of int of shape (n_entries,)
        Where the plan is positive, rows ascending.
    masses : ndarray of shape (n_entries,)
        Mass it moves there.
    potentials : tuple of ndarray, of shapes (n_points,) and (n_atoms,)
        Dual variables f and g: ``f[i] + g[j] <= C[i, j]``, with equality where the
        plan is positive.
    """

    error_of: ClassVar[str] = "duality gap"

    rows: Index
    columns: Index
    masses: Floats
    potentials: tuple[Floats, Floats]

    @property
    def plan(self) -> csr_array:
        """The plan, as a sparse array of shape (n_points, n_atoms)."""
        from scipy.sparse import csr_array

        shape = tuple(map(len, self.potentials))
        return csr_array((self.masses, (self.rows, self.columns)), shape=shape)


def semidiscrete(
    C: ArrayLike,
    a: ArrayLike | None = None,
    b: ArrayLike | None = None,
    *,
    tol: float = 1e-12,
    max_iter: int = 30,
) -> SemidiscreteResult:
    """Solve exactly the transport of many points onto few atoms.

    Minimises ``sum(plan * C)`` over plans with row sums a and column sums b, where C
    has many rows and few columns, in memory for C and a few numbers per row.

    Parameters
    ----------
    C : array-like of shape (n_points, n_atoms)
        Finite costs, float32 or float64; they are read in place.
    a : array-like of shape (n_points,) or None, default=None
        Non-negative weights of the points. None weighs all alike, b's total in all.
    b : array-like of shape (n_atoms,) or None, default=None
        Non-negative weights of the atoms, of the same total. None weighs all alike, 1
        in total.
    tol : float, default=1e-12
        Duality gap to reach, relative to the mass and the range of the costs.
    max_iter : int, default=30
        Passes over all costs, at most.

    Returns
    -------
    SemidiscreteResult
        With a sparse plan and a duality gap; ``converged`` is False, and the gap
        tells how much is missing, where ``max_iter`` was too few.

    Raises
    ------
    ValueError
        If shapes, masses or values do not make a transport problem.

    Notes
    -----
    At prices g of the atoms every point prefers one of them, ``argmin(C[i] - g)``, and
    at the best prices all but few points are served so: those between two cells. The
    prices of a sample of points, found in the same way, are nearly right, and made
    better by Newton steps [1]_. Points near the border of their cell are left open, the
    others are fixed, and the network simplex solves the rest. A pass over all points at
    the new prices finds the fixed ones that would change; cells are drawn anew until
    none is left. The gap is that of the whole problem.

    A pass reads ``n_points * n_atoms`` costs, at about a nanosecond each. A million
    points against 100 atoms take some ten passes, and less than 0.5 GB besides C.

    The plan has at most ``n_points + n_atoms - 1`` entries. The mean cost of a point
    is ``potentials[0] + (plan @ potentials[1]) / a``.

    References
    ----------
    .. [1] Kitagawa, Merigot, Thibert, "Convergence of a Newton algorithm for
       semi-discrete optimal transport", Journal of the European Mathematical Society
       21(9), 2019. https://arxiv.org/abs/1603.05579
    .. [2] Aurenhammer, Hoffmann, Aronov, "Minkowski-type theorems and least-squares
       clustering", Algorithmica 20, 1998. https://doi.org/10.1007/PL00009187

    Examples
    --------
    >>> from skot.solvers import semidiscrete
    >>> result = semidiscrete([[0.0, 1.0], [0.2, 1.0]], b=[0.5, 0.5])
    >>> result
    SemidiscreteResult(value=0.5, converged, duality gap 0)
    >>> result.plan.toarray()
    array([[0.5, 0. ],
           [0. , 0.5]])
    """
    C, a, b, unit = _read(C, a, b)
    tol, max_iter = read_non_negative(tol, "tol"), read_count(max_iter, "max_iter")
    open_atoms = np.flatnonzero(b)
    prices = np.where(b > 0, 0.0, -np.inf)  # nobody is served by an atom of no mass
    prices = _estimate(C, a, b, prices)
    spread = float(C.max()) - float(C.min())
    state, last = _Cells(C, a, b, prices, open_atoms), np.inf
    while True:
        state.solve()
        gap, labels, margin = state.certify()
        converged = gap <= tol * spread * a.sum()
        if converged or state.n_passes >= max_iter or not state.changed.any():
            break
        # where the gap shrinks slowly, points once fixed wrongly stay open: as there
        # are fewer others each time, this ends
        if gap > 0.1 * last:
            state.sticky |= state.changed
        state.renew(labels, margin)
        last = gap
    g = _prices_of_all(C, state.best, state.prices)
    value, rows, columns, masses = state.entries()
    return SemidiscreteResult(
        value=unit * value,
        converged=bool(converged),
        error=unit * max(gap, 0.0),
        n_iter=state.n_passes,
        rows=rows,
        columns=columns,
        masses=unit * masses,
        potentials=(state.best, g),
    )


def _read(
    C: ArrayLike, a: ArrayLike | None, b: ArrayLike | None
) -> tuple[Costs, Floats, Floats, float]:
    """Read arrays, refuse what is no problem, and count mass in units of a point."""
    costs = read_large_costs(C, "semidiscrete")
    n, k = costs.shape
    points = None if a is None else read_weights(a, n, "a")
    atoms = read_weights(b, k, "b")
    if points is None:
        points = np.full(n, atoms.sum() / n)
    refuse_masses(points.sum(), atoms.sum())
    # where points weigh the same and atoms a whole number of them, numbers of points
    # are exact, and so is every sum of them
    unit = float(points.max())
    points = points / unit
    atoms = atoms * (points.sum() / atoms.sum())
    counts = np.rint(atoms)
    whole = np.abs(atoms - counts).max() < 1e-6 and counts.sum() == n
    return costs, points, counts if whole and (points == 1).all() else atoms, unit


def _estimate(C: Costs, a: Floats, b: Floats, prices: Floats) -> Floats:
    """Prices of a sample of the rows, found from those of a smaller sample."""
    n_rows = len(C) // SHRINK
    if C.size <= SMALL:
        return prices
    # a fixed draw: the answer does not depend on it
    order = np.random.default_rng(0).permutation(len(C))[:n_rows]
    some = a[np.sort(order)]
    if some.sum() == 0:
        return prices
    part = b * (some.sum() / b.sum())
    sample = C[np.sort(order)]
    prices = _estimate(sample, some, part, prices)
    state = _Cells(sample, some, part, prices, np.flatnonzero(b))
    state.solve()
    return state.prices


class _Cells:
    """Points fixed to the atom they prefer, and the open ones between.

    Parameters
    ----------
    C, a, b : ndarray
        The problem, in units of mass that make its sums exact where they can be.
    prices : ndarray of shape (n_atoms,)
        Where to start; -inf for an atom without mass.
    atoms : ndarray of int
        The atoms with mass.
    """

    def __init__(
        self, C: Costs, a: Floats, b: Floats, prices: Floats, atoms: Index
    ) -> None:
        self.a, self.b, self.C = a, b, C
        self.prices, self.atoms = prices, atoms
        self.n_passes = 0
        self.sticky = np.zeros(len(a), dtype=bool)
        self.labels, seconds, margin = self._pass()
        if C.size > SMALL:
            margin = self._correct(seconds, margin)
        self.open = self._near_a_border(margin)

    def _pass(self) -> tuple[Index, Index, Floats]:
        """Cells at the present prices, and how far each point is from leaving its."""
        from .semidiscrete_kernels import assign

        n = len(self.C)
        labels, seconds = (np.empty(n, dtype=np.int32) for _ in range(2))
        self.best, margin = (np.empty(n) for _ in range(2))
        assign(self.C, self.prices, labels, seconds, self.best, margin)
        self.n_passes += 1
        return labels, seconds, margin

    def _excess(self) -> Floats:
        excess: Floats = np.bincount(self.labels, self.a, len(self.b)) - self.b
        return excess

    def _correct(self, seconds: Index, margin: Floats) -> Floats:
        """Newton steps on the prices; the matrix is the density at the borders."""
        k = len(self.b)
        excess = self._excess()
        for _ in range(CORRECTIONS):
            amount = np.abs(excess).sum()
            n_near = min(int(2 * amount / self.a.mean()), len(margin) - 1)
            width = np.partition(margin, n_near)[n_near]
            if not 0 < width < np.inf:  # ties: borders without a density
                break
            near = margin <= width
            pairs = self.labels[near] * np.int64(k) + seconds[near]
            density = np.bincount(pairs, self.a[near], k * k).reshape(k, k) / width
            density = (density + density.T) / 2
            laplacian = np.diag(density.sum(axis=1)) - density
            step = np.linalg.lstsq(laplacian, -excess, rcond=1e-10)[0]
            before = self.prices, self.labels, self.best
            self.prices = self.prices + step
            self.labels, others, lead = self._pass()
            excess = self._excess()
            if np.abs(excess).sum() > amount:
                self.prices, self.labels, self.best = before
                break
            seconds, margin = others, lead
            if np.abs(excess).sum() > 0.7 * amount:
                break
        return margin

    def _near_a_border(self, margin: Floats) -> Flags:
        """Points to leave open: several times what overfull cells must give away."""
        a, k = self.a, len(self.b)
        if self.C.size <= SMALL:
            return a > 0
        excess = self._excess()
        wanted = OPEN * np.maximum(excess, np.abs(excess).mean())
        wanted = np.maximum(wanted, FEWEST * a.mean())
        order = np.lexsort((margin, self.labels))
        starts = np.searchsorted(self.labels[order], np.arange(k + 1))
        reach = np.zeros(k)
        for j in range(k):
            cell = order[starts[j] : starts[j + 1]]
            if len(cell):
                last = np.searchsorted(np.cumsum(a[cell]), wanted[j], side="right")
                reach[j] = margin[cell[min(last + 1, len(cell) - 1)]]
        near = (margin <= reach[self.labels]) & (a > 0)
        # to solve for nearly all points more than once is worse than for all at once
        return a > 0 if near.sum() > 0.5 * len(a) else near

    def solve(self) -> None:
        """Find the best plan of the open points, and the prices it asks for."""
        atoms = self.atoms
        fixed = np.bincount(
            self.labels[~self.open], self.a[~self.open], minlength=len(self.b)
        )
        self.open_rows = np.flatnonzero(self.open)
        C = self.C[np.ix_(self.open_rows, atoms)].astype(np.float64)
        low = C.min()
        left = np.maximum(self.b - fixed, 0.0)[atoms]
        plan, _, g, _ = network_simplex(
            C - low, self.a[self.open_rows], left, MAX_PIVOTS
        )
        rows, columns = np.nonzero(plan)
        self.sparse = self.open_rows[rows], atoms[columns], plan[rows, columns]
        self.prices = self.prices.copy()
        self.prices[atoms] = g

    def certify(self) -> tuple[float, Index, Floats]:
        """Duality gap of the whole problem, cells at the new prices and margins."""
        labels, _, margin = self._pass()
        own = self.C[np.arange(len(self.C)), self.labels] - self.prices[self.labels]
        slack = own - self.best
        self.changed = ~self.open & (labels != self.labels) & (slack > 0)
        self.changed &= self.a > 0
        rows, columns, masses = self.sparse
        gaps = self.C[rows, columns] - self.prices[columns] - self.best[rows]
        # both costs minus prices: the gap without the rounding of the values
        gap = self.a[~self.open] @ slack[~self.open] + masses @ gaps
        return float(gap), labels, margin

    def renew(self, labels: Index, margin: Floats) -> None:
        """Fix points to the cells of the new prices, but for those near a border."""
        self.labels = labels
        self.open = self._near_a_border(margin) | self.sticky

    def entries(self) -> tuple[float, Index, Index, Floats]:
        """Cost of the plan and its entries, row by row."""
        fixed = np.ones(len(self.a), dtype=bool)
        fixed[self.open_rows] = False
        fixed = np.flatnonzero(fixed & (self.a > 0))
        rows, columns, masses = self.sparse
        rows = np.concatenate([fixed, rows])
        columns = np.concatenate([self.labels[fixed], columns])
        masses = np.concatenate([self.a[fixed], masses])
        order = np.argsort(rows, kind="stable")
        rows, columns, masses = rows[order], columns[order], masses[order]
        value = float(masses @ self.C[rows, columns].astype(np.float64))
        return value, rows, columns, masses


def _prices_of_all(C: Costs, f: Floats, prices: Floats) -> Floats:
    """Give an atom without mass the highest price at which nobody wants it."""
    from .semidiscrete_kernels import lowest_slack

    if np.isfinite(prices).all():
        return prices
    slack = np.empty(len(prices))
    lowest_slack(C, f, slack)
    return np.where(np.isfinite(prices), prices, slack)
