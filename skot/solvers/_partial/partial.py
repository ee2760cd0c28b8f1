# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Exact partial transport: what is too far to move stays, at a price."""

from dataclasses import dataclass
from numbers import Real

import numpy as np

from .._exact.exact import MAX_PIVOTS, network_simplex
from .._line.line import check_order

__all__ = ["PartialResult", "partial_wasserstein"]

# Entries of a plan below this share of the largest weight are rounding.
DUST = 1e-14

# An atom of which a smaller share than this is left is matched in full.
REST = 1e-12


@dataclass(frozen=True, eq=False, repr=False)
class PartialResult:
    """Answer of a partial transport solver, and how far it can be trusted.

    Parameters
    ----------
    value : float
        What was minimised: with ``lam``, ``cost`` and the penalties of all that is left
        unmatched; with ``mass``, ``cost``.
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
    converged : bool
        Whether the plan is optimal.
    error : float
        Duality gap: ``value`` exceeds the optimum by at most this much.
    """

    value: float
    cost: float
    mass: float
    plan: np.ndarray
    potentials: tuple
    lam: float
    converged: bool
    error: float

    def __repr__(self):
        state = "converged" if self.converged else "NOT CONVERGED"
        return (
            f"PartialResult(value={self.value:.6g}, mass={self.mass:.6g}, {state}, "
            f"gap={self.error:.2g})"
        )


def partial_wasserstein(
    a=None,
    b=None,
    C=None,
    *,
    x=None,
    y=None,
    p=2,
    lam=None,
    mass=None,
    max_iter=MAX_PIVOTS,
):
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
    a : array-like of shape (n_source,) or None, default=None
        Non-negative weights of the source, of any total. None gives each atom mass 1.
    b : array-like of shape (n_target,) or None, default=None
        Weights of the target.
    C : array-like of shape (n_source, n_target) or None, default=None
        Finite costs of a unit of mass, not negative.
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
    PartialResult(value=12, mass=2, converged, gap=0)
    >>> result.plan.sum(axis=1)
    array([1., 1., 0.])
    """
    C = _costs(C, x, y, p)
    a, b = (_masses(w, n, s) for w, n, s in zip((a, b), C.shape, "ab", strict=True))
    if (lam is None) == (mass is None):
        raise ValueError("give either lam or mass")
    if lam is not None:
        lam = check_penalty(lam)
        plan, f, g, converged = penalised_plan(a, b, C, lam, max_iter)
    else:
        mass = check_mass(mass, a.sum(), b.sum())
        plan, f, g, lam, converged = _plan_of_mass(a, b, C, mass, max_iter)
    # The best potentials that go with these g are feasible, also where there is no
    # mass, so that their value bounds the optimum from below.
    columns = b > 0
    f = np.minimum((C[:, columns] - np.minimum(g[columns], lam)).min(axis=1), lam)
    g = np.minimum((C - f[:, None]).min(axis=0), lam)
    cost, moved = float(np.vdot(plan, C)), float(plan.sum())
    left = lam * unmatched(plan, a, b)
    gap = max(float(cost + left - a @ f - b @ g), 0.0)
    value = cost + left if mass is None else cost
    return PartialResult(float(value), cost, moved, plan, (f, g), lam, converged, gap)


def check_penalty(lam):
    """Return lam as a float, positive and finite."""
    value = as_number(lam)
    if not 0 < 4 * value < np.inf:  # multiples of it are compared with costs
        raise ValueError(f"lam must be a positive finite number, got {lam!r}")
    return value


def as_number(value):
    """Return a number as a float, and NaN for what is none."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    return float(value) if isinstance(value, Real) else np.nan


def split_penalty(lam, highest):
    """Part of a penalty that plans depend on, and the rest.

    At half the highest cost and above, all mass of the lighter side is matched.
    """
    kept = min(lam, highest or lam)
    return kept, lam - kept


def lighter_side(a_mass, b_mass):
    """Which side is matched in full at any penalty, and pays less: 1, -1 or 0.

    1 for the first, -1 for the second; 0 where nothing is left of either.
    """
    if abs(a_mass - b_mass) <= REST * a_mass:
        return 0
    return 1 if a_mass < b_mass else -1


def check_mass(mass, *sides):
    """Return mass as a float, positive and at most that of each side."""
    mass, most = float(mass), float(min(sides))
    if not 0 < mass <= most * (1 + 1e-9):
        raise ValueError(
            f"mass must be positive and at most {most}, that of the lighter side; got "
            f"{mass}"
        )
    return min(mass, most)


def unmatched(plan, a, b):
    """Mass left on both sides: exactly none where a plan leaves none but rounding."""
    return left_over(a, plan.sum(axis=1)) + left_over(b, plan.sum(axis=0))


def left_over(mass, moved):
    """Mass that is not moved, without what rounding leaves of atoms."""
    left = mass - moved
    return float(left[left > REST * mass].sum())


def penalised_plan(a, b, C, lam, max_iter=MAX_PIVOTS):
    """Partial plan and potentials for checked float64 input.

    Parameters
    ----------
    a, b : ndarray of shape (n_source,) and (n_target,)
        Non-negative weights.
    C : ndarray of shape (n_source, n_target)
        Non-negative costs.
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
        plan, f, g, converged = penalised_plan(a, b, C, lam, max_iter)
        rest *= lighter_side(a.sum(), b.sum())
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
        a, b, whole, b.sum(), a.sum(), max_iter
    )
    plan[np.ix_(rows, columns)] = inner
    return plan, f, g, converged


def _plan_of_mass(a, b, C, mass, max_iter):
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
    spare = max(b.sum() - mass, 0.0), max(a.sum() - mass, 0.0)
    plan[block], f[rows], g[columns], (f_dummy, g_dummy), converged = _with_dummies(
        a, b, whole, *spare, max_iter
    )
    # Twice the penalty is what one more unit of mass would cost at the margin.
    lam = max(-(f_dummy + g_dummy) / 2, 0.0)
    return plan, f + lam, g + lam, lam, converged


def _with_dummies(a, b, whole, spare_a, spare_b, max_iter):
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
    f_dummy = f[n] if rows > n else -g.max()
    g_dummy = g[m] if columns > m else -f[:n].max()
    return plan * unit, f[:n] + g_dummy, g[:m] + f_dummy, (f_dummy, g_dummy), converged


def _costs(C, x, y, p):
    if (C is None) == (x is None) or (x is None) != (y is None):
        raise ValueError(
            "give either costs, partial_wasserstein(a, b, C), or points by name, "
            "partial_wasserstein(x=x, y=y)"
        )
    if C is None:
        x, y = (np.asarray(v, dtype=np.float64) for v in (x, y))
        if x.ndim != 2 or y.ndim != 2 or x.shape[1] != y.shape[1]:
            raise ValueError(
                f"x and y must have shape (n_points, n_dims), got {x.shape}, {y.shape}"
            )
        for name, points in (("x", x), ("y", y)):
            if not np.isfinite(points).all():
                raise ValueError(f"{name} holds NaN or infinity")
        C = distance_powers(x, y, check_order(p))
    C = np.ascontiguousarray(C, dtype=np.float64)
    if C.ndim != 2 or 0 in C.shape:
        raise ValueError(f"C must have shape (n_source, n_target), got {C.shape}")
    if not np.isfinite(C).all():
        raise ValueError("C holds NaN or infinity")
    if (C < 0).any():
        raise ValueError("C holds a negative cost")
    return C


def distance_powers(x, y, p):
    """Euclidean distances of points to the power p.

    By differences: inner products would lose digits, of which it depends what is left
    unmatched, to a single point far off.
    """
    from scipy.spatial.distance import cdist

    if p == 2:
        return cdist(x, y, "sqeuclidean")
    D = cdist(x, y)
    return D if p == 1 else D**p


def _masses(weights, size, name):
    if weights is None:
        return np.ones(size)
    weights = np.asarray(weights, dtype=np.float64)
    if weights.shape != (size,):
        raise ValueError(f"{name} must have shape ({size},), got {weights.shape}")
    if not np.isfinite(weights).all():
        raise ValueError(f"{name} holds NaN or infinity")
    if (weights < 0).any():
        raise ValueError(f"{name} holds a negative weight")
    if weights.sum() == 0:
        raise ValueError(f"{name} has no mass")
    return weights
