# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Plans of low rank: two couplings glued along a few pivots."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ...reductions import cost_block
from .._arrays import (
    Floats,
    read_array,
    read_count,
    read_pair,
    read_points,
    read_positive,
    read_probabilities,
    uniform,
)
from .._exact.exact import exact
from .._result import Result
from .sinkhorn import sinkhorn

# Pivots lighter than this share of the mass would divide by rounding.
LIGHTEST_PIVOT = 1e-12


@dataclass(frozen=True, eq=False, repr=False)
class GluedPlan:
    """The plan ``left @ diag(1 / masses) @ right``, never formed.

    Parameters
    ----------
    left : ndarray of shape (n_source, rank)
        Plan from the source to the pivots.
    right : ndarray of shape (rank, n_target)
        Plan from the pivots to the target.
    masses : ndarray of shape (rank,)
        Masses of the pivots, positive.
    """

    left: Floats
    right: Floats
    masses: Floats

    @property
    def shape(self) -> tuple[int, int]:
        """Shape of the plan, ``(n_source, n_target)``."""
        return self.left.shape[0], self.right.shape[1]

    @property
    def T(self) -> "GluedPlan":
        """The plan from the target to the source."""
        return GluedPlan(self.right.T, self.left.T, self.masses)

    def __matmul__(self, values: ArrayLike) -> Floats:
        inner = self.right @ np.asarray(values)
        product: Floats = self.left @ (inner.T / self.masses).T
        return product

    def sum(self, axis: int | None = None) -> float | Floats:
        """Sum over one axis, or both.

        Parameters
        ----------
        axis : {0, 1}, default=None
            Axis to sum over; None for both.

        Returns
        -------
        float or ndarray
            The sums.
        """
        if axis is None:
            return float(np.sum(self.sum(axis=1)))
        return (self if axis == 1 else self.T) @ np.ones(self.shape[axis])

    def toarray(self) -> Floats:
        """Form the plan.

        Returns
        -------
        ndarray of shape (n_source, n_target)
            The plan.
        """
        return self @ np.eye(self.shape[1])

    def squared_cost(self, x: ArrayLike, y: ArrayLike) -> float:
        """Cost of the plan for squared Euclidean distances.

        Parameters
        ----------
        x : array-like of shape (n_source, n_dims)
            Atoms of the source.
        y : array-like of shape (n_target, n_dims)
            Atoms of the target.

        Returns
        -------
        float
            ``sum(plan * |x - y|**2)``, in O((n_source + n_target) * rank * n_dims).
        """
        x = read_array(x, "x", self.shape[0], "n_dims")
        y = read_array(y, "y", self.shape[1], x.shape[1])
        # about the means of both sides of each pivot: no large numbers cancel
        means_x = (self.left.T @ x) / self.masses[:, None]
        means_y = (self.right @ y) / self.masses[:, None]
        spread = np.vdot(self.left, cost_block(x, means_x))
        spread += np.vdot(self.right, cost_block(means_y, y))
        return float(spread + self.masses @ ((means_x - means_y) ** 2).sum(axis=1))

    def __repr__(self) -> str:
        return f"GluedPlan(shape={self.shape}, rank={len(self.masses)})"


def glue_plans(left: ArrayLike, right: ArrayLike) -> GluedPlan:
    """Glue a plan to pivots and a plan from pivots into one of low rank.

    Parameters
    ----------
    left : array-like of shape (n_source, n_pivots)
        Plan from the source to the pivots.
    right : array-like of shape (n_pivots, n_target)
        Plan from the pivots to the target, with row sums equal to the column sums of
        ``left``.

    Returns
    -------
    GluedPlan
        With the row sums of ``left`` and the column sums of ``right``; pivots without
        mass are dropped.

    Raises
    ------
    ValueError
        If the two do not meet in the same masses.

    Notes
    -----
    Products with it cost O((n_source + n_target) * rank) for each column.

    References
    ----------
    .. [1] Shahbazi, Thrash, Bai, Hamm, NaderiAlizadeh, Kolouri, "LOTFormer: doubly
       stochastic linear attention via low-rank optimal transport", 2025.
       https://arxiv.org/abs/2509.23436

    Examples
    --------
    >>> from skot.solvers import glue_plans
    >>> plan = glue_plans([[0.5], [0.5]], [[0.25, 0.75]])
    >>> plan
    GluedPlan(shape=(2, 2), rank=1)
    >>> plan.toarray()
    array([[0.125, 0.375],
           [0.125, 0.375]])
    """
    first = read_array(left, "left", "n_source", "n_pivots")
    second = read_array(right, "right", first.shape[1], "n_target")
    into, out = first.sum(axis=0), second.sum(axis=1)
    mass = into.sum()
    if not mass > 0 or np.abs(into - out).sum() > 1e-6 * mass:
        raise ValueError("plans do not meet in the same masses of the pivots")
    kept = np.minimum(into, out) > LIGHTEST_PIVOT * mass
    # each side is divided by what it really carries: sums stay exact on both
    second = second[kept] * (into[kept] / out[kept])[:, None]
    return GluedPlan(first[:, kept], second, into[kept])


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class FactoredResult(Result):
    """Answer of `factored`.

    Parameters
    ----------
    value : float
        Cost of the glued plan for squared distances: at least the squared Wasserstein
        distance.
    converged : bool
        Whether the objective came to rest.
    error : float
        Its relative decrease in the last iteration.
    n_iter : int
        Iterations.
    objective : float
        Sum of the squared distances of source and target to the pivots.
    plan : GluedPlan
        The plan, of rank ``n_pivots`` at most.
    pivots : ndarray of shape (rank, n_dims)
        Where mass passes.
    source_means, target_means : ndarray of shape (rank, n_dims)
        Mean of the atoms whose mass passes a pivot.
    """

    error_of = "last relative decrease"
    told = ("rank",)

    objective: float
    plan: GluedPlan
    pivots: Floats
    source_means: Floats
    target_means: Floats

    @property
    def rank(self) -> int:
        """Number of pivots."""
        return len(self.pivots)

    def __call__(self, points: ArrayLike) -> Floats:
        """Send points along with the part of the source they are nearest to.

        Parameters
        ----------
        points : array-like of shape (n_points, n_dims)
            Anywhere in space.

        Returns
        -------
        ndarray of shape (n_points, n_dims)
            Points moved by ``target_means[k] - source_means[k]``, for the nearest of
            the source means.
        """
        points = read_points(points, "points", self.pivots.shape[1])
        costs = cost_block(points, self.source_means)
        shifts = self.target_means - self.source_means
        images: Floats = points + shifts[costs.argmin(axis=1)]
        return images


def factored(
    x: ArrayLike,
    y: ArrayLike,
    a: ArrayLike | None = None,
    b: ArrayLike | None = None,
    *,
    rank: int = 10,
    init: ArrayLike | None = None,
    reg: float | None = None,
    tol: float = 1e-6,
    max_iter: int = 100,
) -> FactoredResult:
    """Transport between two point sets through a few free pivots.

    Minimises the sum of the squared Wasserstein distances of source and target to
    ``rank`` pivots of equal mass, and glues the two plans.

    Parameters
    ----------
    x : array-like of shape (n_source, n_dims)
        Atoms of the source.
    y : array-like of shape (n_target, n_dims)
        Atoms of the target.
    a : array-like of shape (n_source,), default=None
        Their weights, non-negative; None for equal weights.
    b : array-like of shape (n_target,), default=None
        As ``a``, for the target. Both are normalised to sum 1.
    rank : int, default=10
        Pivots.
    init : array-like of shape (rank, n_dims), default=None
        Pivots to start from. None takes the pooled points that lie farthest from each
        other and their cells' means: no draw is involved.
    reg : float, default=None
        Weight of the entropy of both plans, in units of the squared distance; None
        for exact plans.
    tol : float, default=1e-6
        Relative decrease of the objective that ends the descent.
    max_iter : int, default=100
        Iterations, at most.

    Returns
    -------
    FactoredResult
        Cost, plan of low rank, pivots, and a map for new points by calling it.

    Raises
    ------
    ValueError
        If points and weights do not make two measures, or a parameter is out of range.

    Notes
    -----
    An iteration solves two transport problems of n x rank and moves each pivot to the
    mean of what passes it: the objective does not increase (with ``reg``, that of the
    entropic problems). O((n_source + n_target) * rank) memory.

    References
    ----------
    .. [1] Forrow, Hutter, Nitzan, Rigollet, Schiebinger, Weed, "Statistical optimal
       transport via factored couplings", AISTATS 2019.
       https://arxiv.org/abs/1806.07348

    Examples
    --------
    >>> from skot.solvers import factored
    >>> result = factored([[0.0], [10.0]], [[1.0], [11.0]], rank=2)
    >>> result
    FactoredResult(value=1, rank=2, converged, last relative decrease 0)
    >>> result([[0.0], [9.0]])
    array([[ 1.],
           [10.]])
    """
    x, y = read_pair(x, y)
    a, b = read_probabilities(a, len(x), "a"), read_probabilities(b, len(y), "b")
    rank, tol = read_count(rank, "rank"), read_positive(tol, "tol")
    if init is None:
        pivots = _spread_out(np.concatenate([x, y]), np.concatenate([a, b]), rank)
    else:
        pivots = read_array(init, "init", rank, x.shape[1])
    masses = uniform(rank)
    last = np.inf
    for n_iter in range(1, 1 + read_count(max_iter, "max_iter")):  # noqa: B007
        into = _plan(x, pivots, a, masses, reg)
        out = _plan(pivots, y, masses, b, reg)
        objective = into.objective + out.objective
        plan = glue_plans(into.plan, out.plan)
        error = (last - objective) / abs(objective) if objective else 0.0
        if error <= tol:
            break
        last = objective
        pivots = (into.plan.T @ x + out.plan @ y) / (2.0 * masses[:, None])
    return FactoredResult(
        value=plan.squared_cost(x, y),
        converged=error <= tol and into.converged and out.converged,
        error=max(error, 0.0),
        n_iter=n_iter,
        objective=objective,
        plan=plan,
        pivots=pivots,
        source_means=plan.left.T @ x / plan.masses[:, None],
        target_means=plan.right @ y / plan.masses[:, None],
    )


class _Half(NamedTuple):
    """Plan between one side and the pivots, and the value it minimises."""

    plan: Floats
    objective: float
    converged: bool


def _plan(p: Floats, q: Floats, s: Floats, t: Floats, reg: float | None) -> _Half:
    C = cost_block(p, q)
    if reg is None:
        optimal = exact(C, s, t)
        return _Half(optimal.plan, optimal.value, optimal.converged)
    entropic = sinkhorn(C, s, t, reg=reg)
    return _Half(entropic.plan, entropic.objective, entropic.converged)


def _spread_out(points: Floats, weights: Floats, rank: int) -> Floats:
    """Means of the cells of points chosen one by one, each farthest from the others."""
    points, weights = points[weights > 0], weights[weights > 0]
    chosen = [
        int(cost_block(points, (weights @ points)[None] / weights.sum()).argmax())
    ]
    nearest = cost_block(points, points[chosen])[:, 0]
    while len(chosen) < rank:
        # weighted, so that an outlier of little mass is not a cell of its own
        chosen.append(int((nearest * weights).argmax()))
        nearest = np.minimum(nearest, cost_block(points, points[chosen[-1:]])[:, 0])
    pivots = points[chosen]
    for _ in range(5):  # a few steps of Lloyd's algorithm
        cells = cost_block(points, pivots).argmin(axis=1)
        mass = np.bincount(cells, weights, rank)
        sums = np.zeros_like(pivots)
        np.add.at(sums, cells, points * weights[:, None])
        full = mass > 0
        pivots[full] = sums[full] / mass[full, None]
    return pivots
