# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Exact optimal transport between two discrete measures."""

from dataclasses import dataclass
from types import EllipsisType
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._arrays import Floats, read_count, read_problem
from .._result import Result, is_closed

# Pivots after which the network simplex gives up; a plan needs a small multiple of
# n_source + n_target of them, so that only a broken problem gets here.
MAX_PIVOTS = 10_000_000

Atoms = slice | NDArray[np.intp]

# Totals of mass between which the network simplex knows mass from rounding.
LIGHT, HEAVY = 1e-6, 1e6

_OPTIMAL, _MAX_ITER = 1, 3  # result codes of POT's network simplex


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class TransportResult(Result):
    """Answer of a transport solver, and how far it can be trusted.

    Parameters
    ----------
    value : float
        Cost of the plan, in the unit of the cost matrix.
    converged : bool
        Whether the plan is optimal: whether the gap is at most a billionth of the mass
        times the range of the costs.
    error : float
        Duality gap: ``value`` exceeds the optimal cost by at most this much.
    n_iter : int or None, default=None
        Iterations, where the solver counts them.
    plan : ndarray of shape (n_source, n_target)
        Mass moved between each pair of atoms.
    potentials : tuple of ndarray, of shapes (n_source,) and (n_target,)
        Dual variables f and g, ``f[i] + g[j] <= C[i, j]``.
    """

    error_of: ClassVar[str] = "duality gap"

    plan: Floats
    potentials: tuple[Floats, Floats]


def exact(
    C: ArrayLike,
    a: ArrayLike | None = None,
    b: ArrayLike | None = None,
    *,
    max_iter: int = MAX_PIVOTS,
) -> TransportResult:
    """Solve the transport problem between two weighted sets exactly.

    Minimises ``sum(plan * C)`` over plans with row sums a and column sums b, by the
    network simplex of POT. The cost is scaled before it is solved, so that tiny and
    huge costs are one to the solver.

    Parameters
    ----------
    C : array-like of shape (n_source, n_target)
        Finite costs.
    a : array-like of shape (n_source,) or None, default=None
        Non-negative weights of the source. None weighs all alike, 1 in total.
    b : array-like of shape (n_target,) or None, default=None
        Non-negative weights of the target, of the same total.
    max_iter : int, default=10_000_000
        Pivots of the network simplex, at most.

    Returns
    -------
    TransportResult
        With the plan and a duality gap; ``converged`` is False, and the gap tells how
        much is missing, where ``max_iter`` stopped the solver.

    Raises
    ------
    ValueError
        If shapes, masses or values do not make a transport problem.

    Notes
    -----
    About O(n^3) operations in the worst case and O(n^2) memory; 1000 against 1000
    atoms take some tenths of a second.

    References
    ----------
    .. [1] Bonneel, van de Panne, Paris, Heidrich, "Displacement interpolation using
       Lagrangian mass transport", ACM Transactions on Graphics 30(6), 2011.
       https://doi.org/10.1145/2070781.2024192

    Examples
    --------
    >>> from skot.solvers import exact
    >>> exact([[0.0, 1.0], [1.0, 0.0]], [0.5, 0.5], [0.5, 0.5])
    TransportResult(value=0, converged, duality gap 0)
    """
    C, a, b = read_problem(C, a, b, "exact")
    max_iter = read_count(max_iter, "max_iter")
    low, high = float(C.min()), float(C.max())
    plan, g = np.zeros(C.shape), np.empty(len(b))
    rows, columns, block = _atoms_with_mass(a, b)
    plan[block], _, g[columns], _ = network_simplex(
        C[block] - low, a[rows], b[columns], max_iter
    )
    # The best potentials that go with these g are feasible, also where there is no
    # mass, so that their value bounds the optimum from below.
    f = (C[:, columns] - g[columns]).min(axis=1)
    g = (C - f[:, None]).min(axis=0)
    value = float(np.vdot(plan, C))
    gap = max(value - float(a @ f + b @ g), 0.0)
    mass = float(a.sum())
    closed = is_closed(gap, mass * (high - low), mass * max(abs(low), abs(high)))
    return TransportResult(
        value=value, converged=closed, error=gap, plan=plan, potentials=(f, g)
    )


def _atoms_with_mass(
    a: Floats, b: Floats
) -> tuple[Atoms, Atoms, EllipsisType | tuple[NDArray[np.intp], ...]]:
    """Index rows, columns and the block of both; where all have mass, by views."""
    if a.all() and b.all():
        return slice(None), slice(None), ...
    rows, columns = np.flatnonzero(a), np.flatnonzero(b)
    return rows, columns, np.ix_(rows, columns)


def network_simplex(
    C: Floats, a: Floats, b: Floats, max_iter: int = MAX_PIVOTS
) -> tuple[Floats, Floats, Floats, bool]:
    """Exact plan for checked float64 input: the inner loop of everything exact.

    Parameters
    ----------
    C : C-contiguous ndarray of shape (n_source, n_target)
        Non-negative costs.
    a, b : ndarray of shape (n_source,) and (n_target,)
        Positive weights of one total, up to rounding.
    max_iter : int
        Pivots, at most.

    Returns
    -------
    plan : ndarray of shape (n_source, n_target)
        Mass moved.
    f, g : ndarray of shape (n_source,) and (n_target,)
        Potentials.
    converged : bool
        Whether the plan is optimal.

    Raises
    ------
    RuntimeError
        If the solver reports anything but an optimum or an exhausted ``max_iter``.
    """
    scale = C.max()
    if scale == 0 or len(a) == 1 or len(b) == 1:
        return _only_plan(C, a, b)
    total = a.sum()
    if not LIGHT < total < HEAVY:
        unit = 2.0 ** np.frexp(total)[1]  # a power of two: no digit changes
        plan, f, g, converged = network_simplex(C, a / unit, b / unit, max_iter)
        return plan * unit, f, g, converged
    # C / scale and not C * (1 / scale): the reciprocal of a tiny scale overflows
    plan, f, g, converged = scaled_simplex(
        C / scale, a, b * (total / b.sum()), max_iter
    )
    return plan, f * scale, g * scale, converged


def scaled_simplex(
    C: Floats, a: Floats, b: Floats, max_iter: int = MAX_PIVOTS
) -> tuple[Floats, Floats, Floats, bool]:
    """Exact plan where costs have maximum 1, masses agree and no side is one atom.

    Parameters and returned values are those of `network_simplex`.
    """
    # `ot.emd` checks and copies for longer than a small problem takes to solve
    from ot.lp.emd_wrap import emd_c

    plan, _, f, g, code = emd_c(a, b, C, max_iter, 1)
    if code not in (_OPTIMAL, _MAX_ITER):
        raise RuntimeError(f"the network simplex failed with code {code}")
    if code == _MAX_ITER:  # spread the mass not yet placed, so that this is a plan
        left, wanted = a - plan.sum(axis=1), b - plan.sum(axis=0)
        if left.sum() > 0:
            plan += np.outer(left, wanted / left.sum())
    return plan, f, g, code == _OPTIMAL


def _only_plan(C: Floats, a: Floats, b: Floats) -> tuple[Floats, Floats, Floats, bool]:
    """Optimal plan where all plans cost the same, or only one exists."""
    plan = np.outer(a, b / b.sum())
    if len(a) == 1:
        return plan, np.zeros(1), C[0].copy(), True
    return plan, C[:, 0].copy(), np.zeros(len(b)), True
