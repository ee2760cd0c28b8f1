# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Entropic optimal transport: Sinkhorn in the log domain, finished by Newton."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._arrays import (
    Floats,
    as_number,
    read_array,
    read_choice,
    read_costs,
    read_count,
    read_masses,
    read_positive,
    read_problem,
)
from .._result import Result
from .newton import Newton
from .scaling import ScaledPlan

METHODS = ("auto", "sinkhorn", "newton")
# Annealing: each temperature is this share of the one before, and is left when its
# marginal error is below the last figure or after so many sweeps and a Newton step.
COOLING, STAGE_SWEEPS, STAGE_ERROR = 0.3, 5, 1e-2
# Potentials of order one would be lost to rounding beside larger ones.
HOTTEST = 1e6
# Sweeps that precede Newton, and the number of further sweeps it is worth replacing.
WARM_UP, WORTH_NEWTON = 20, 30
# Atoms lighter than this share of the mass are beyond double precision anyway.
LIGHTEST_ATOM = 1e-100


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class SinkhornResult(Result):
    """Answer of an entropic transport solver, and how far it can be trusted.

    Parameters
    ----------
    value : float
        Cost of the plan, ``sum(plan * C)``: without the entropy.
    converged : bool
        Whether ``error`` is at most the tolerance.
    error : float
        Marginal error: the sum of absolute differences between the sums of the plan
        and what they should be, over the mass of the plan.
    n_iter : int
        Sinkhorn sweeps, those inside Newton steps included.
    objective : float
        Entropic value: cost, plus reg times the divergence of the plan from the
        product of the weights, plus the price of mass not moved. Computed from the
        potentials, it is a lower bound, exact at the optimum.
    potentials : tuple of ndarray, of shapes (n_source,) and (n_target,)
        Dual variables f and g; atoms without weight have the potential that extends
        those of the others.
    n_newton : int
        Newton steps.
    problem : tuple
        ``(C, a, b, reg)``, from which the plan is computed when asked for.
    """

    error_of = "marginal error"

    n_iter: int
    objective: float
    potentials: tuple[Floats, Floats]
    n_newton: int
    problem: tuple[Floats, Floats, Floats, float]

    @cached_property
    def plan(self) -> Floats:
        """Mass moved between each pair of atoms, computed when first asked for."""
        C, a, b, reg = self.problem
        f, g = self.potentials
        rows, columns = a > 0, b > 0
        plan = np.zeros(C.shape)
        P = (f[rows, None] - C[np.ix_(rows, columns)] + g[columns]) / reg
        P += np.log(a[rows])[:, None] + np.log(b[columns])
        plan[np.ix_(rows, columns)] = np.exp(P, out=P)
        return plan


def sinkhorn(
    C: ArrayLike,
    a: ArrayLike | None = None,
    b: ArrayLike | None = None,
    *,
    reg: float,
    reg_reach: float | None = None,
    tol: float = 1e-9,
    max_iter: int = 10_000,
    anneal: bool = True,
    init: tuple[ArrayLike, ArrayLike] | None = None,
    method: str = "auto",
    sparsity: str | float = "adaptive",
) -> SinkhornResult:
    """Solve the entropic transport problem between two weighted sets.

    Minimises ``sum(plan * C) + reg * KL(plan | a x b)`` over plans with row sums a and
    column sums b, where KL is the divergence ``sum(p log(p / q) - p + q)``. With
    ``reg_reach``, sums are free and their divergence from a and b is paid instead.

    Parameters
    ----------
    C : array-like of shape (n_source, n_target)
        Finite costs.
    a : array-like of shape (n_source,), default=None
        Non-negative weights of the source. None is uniform, of sum 1; with
        ``reg_reach``, each atom has mass 1.
    b : array-like of shape (n_target,), default=None
        Non-negative weights of the target, of the same total unless ``reg_reach`` is
        given; None as for a.
    reg : float
        Weight of the entropy, in units of the cost, positive.
    reg_reach : float, default=None
        Price of creating and destroying mass, in units of the cost: the weight of
        ``KL(plan.sum(axis=1) | a) + KL(plan.sum(axis=0) | b)``. None asks for the
        sums themselves.
    tol : float, default=1e-9
        Marginal error to reach, relative to the mass.
    max_iter : int, default=10_000
        Sinkhorn sweeps, at most.
    anneal : bool, default=True
        Whether to start at a larger regularisation and lower it step by step.
    init : tuple of array-like, of shapes (n_source,) and (n_target,), default=None
        Potentials f and g to start from, without annealing.
    method : {"auto", "sinkhorn", "newton"}, default="auto"
        ``"sinkhorn"`` sweeps only; ``"newton"`` makes Newton steps after a few
        sweeps; ``"auto"`` makes them where sweeps would need many more.
    sparsity : {"adaptive", "fixed"} or float, default="adaptive"
        Entries of the plan in Newton's matrix. ``"adaptive"`` drops the smallest
        that together hold at most a tenth of the marginal error; ``"fixed"`` keeps
        the ``2 * max(n_source, n_target)`` largest, as published [1]_; a float, that
        share of all.

    Returns
    -------
    SinkhornResult
        Cost, potentials, the plan (computed on demand) and its marginal error;
        ``converged`` is False where that is above ``tol``.

    Raises
    ------
    ValueError
        If shapes, masses or values do not make a transport problem, or a parameter is
        out of range.

    Notes
    -----
    A sweep is one pass over a matrix of n_source * n_target floats, of which two are
    held besides C. Far from convergence the plan is computed from potentials, in the
    log domain, so that no regularisation is too small for the range of floats; what
    the rounding of ``C / reg`` leaves is a marginal error of about
    ``1e-16 * range(C) / reg``.

    Newton steps act on the potential of the smaller side: the other is eliminated.
    Between 300 and 2000 atoms and for ``range(C) / reg`` up to 1200, some 5 to 25 of
    them replace hundreds to hundreds of thousands of sweeps. Each is damped as in
    Levenberg and Marquardt until it increases the dual, and followed by a sweep.
    Costs with many ties (the 1-norm) and a very small reg make the problem nearly a
    linear program: there, use `exact`.

    Where source and target are the same, potentials are averaged with their updates,
    which converges in a few tens of sweeps.

    References
    ----------
    .. [1] Tang, Shavlovsky, Rahmanian, Tardini, Thekumparampil, Xiao, Ying,
       "Accelerating Sinkhorn algorithms with sparse Newton iterations", ICLR 2024.
       https://arxiv.org/abs/2401.12253
    .. [2] Schmitzer, "Stabilized sparse scaling algorithms for entropy regularized
       transport problems", SIAM Journal on Scientific Computing 41(3), 2019.
       https://doi.org/10.1137/16M1106018

    Examples
    --------
    >>> from skot.solvers import sinkhorn
    >>> result = sinkhorn([[0.0, 1.0], [1.0, 0.0]], reg=0.1)
    >>> result.plan.round(4)
    array([[0.5, 0. ],
           [0. , 0.5]])
    >>> result.converged
    True
    """
    C, a, b, mass = _read(C, a, b, reg_reach)
    reg, tol = read_positive(reg, "reg"), read_positive(tol, "tol")
    reg_reach = None if reg_reach is None else read_positive(reg_reach, "reg_reach")
    reach = np.inf if reg_reach is None else reg_reach / reg
    rows, columns = (w > LIGHTEST_ATOM * w.sum() for w in (a, b))
    weights = [a[rows] / mass, b[columns] / mass]
    cost = C if rows.all() and columns.all() else C[np.ix_(rows, columns)]
    # a balanced problem does not feel a constant; its costs are best small. To the
    # other a constant is a unit of mass: one in which the plan is of order 1
    low = float(cost.min()) if reg_reach is None else reg * float(np.log(mass))
    cost = (cost - low) / reg
    symmetric = np.array_equal(*weights) and np.array_equal(cost, cost.T)
    turned = cost.shape[0] < cost.shape[1]  # Newton's unknowns: the smaller side
    if turned:
        weights.reverse()
        cost = np.ascontiguousarray(cost.T)
    start = None
    if init is not None:
        potentials = read_array(init[0], "f", len(a)), read_array(init[1], "g", len(b))
        start = (potentials[0][rows] if turned else potentials[1][columns]) / reg
    plan = ScaledPlan(weights[0], weights[1], cost, reach, symmetric)
    newton = Newton(plan, _read_sparsity(sparsity))
    method = read_choice(method, "method", METHODS)
    _solve(plan, newton, start, tol, read_count(max_iter, "max_iter"), anneal, method)

    moved = float(plan.c.sum())
    error = plan.error
    f, g = (plan.g, plan.f) if turned else (plan.f, plan.g)
    f, g = reg * f + (low - reg * np.log(mass)), reg * g
    f, g = _extend(C, a, b, reg, reg_reach, f, g, rows, columns)
    return SinkhornResult(
        value=mass * (reg * float(np.vdot(plan.P, cost)) + low * moved),
        converged=error <= tol,
        error=error,
        n_iter=plan.n_sweeps,
        objective=_objective(a, b, f, g, reg, reg_reach, mass * moved),
        potentials=(f, g),
        n_newton=newton.n_steps,
        problem=(C, np.where(rows, a, 0.0), np.where(columns, b, 0.0), reg),
    )


def _solve(
    plan: ScaledPlan,
    newton: Newton,
    g: Floats | None,
    tol: float,
    max_iter: int,
    anneal: bool,
    method: str,
) -> None:
    """Bring the plan to temperature 1 and its marginal error below tol."""
    m = len(plan.b)
    temperature = 1.0
    if g is None:
        g = np.zeros(m)
        if anneal:
            temperature = min(max(1.0, float(plan.cost.max())), HOTTEST)
    plan.rebuild(temperature, g)
    while plan.temperature > 1.0 and plan.n_sweeps < max_iter:
        _sweep(plan, STAGE_ERROR, min(plan.n_sweeps + STAGE_SWEEPS, max_iter))
        if plan.error > STAGE_ERROR and method != "sinkhorn":
            newton.step()
        temperature, g = plan.position
        plan.rebuild(max(1.0, COOLING * temperature), g)
    if plan.temperature > 1.0:
        plan.rebuild(1.0, plan.g)
    last = np.inf
    while plan.error > tol and plan.n_sweeps < max_iter:
        if method == "sinkhorn":
            _sweep(plan, tol, max_iter)
        else:
            _sweep(plan, tol, min(plan.n_sweeps + WARM_UP, max_iter))
            if method == "newton" or not _nearly_there(plan, tol, max_iter):
                newton.run(tol, max_iter)
        reached = plan.error <= tol
        # what counts is the error of the potentials, not that of the scalings; where
        # it does not shrink, rounding is all that is left
        plan.rebuild(*plan.position)
        if not reached or plan.error > 0.5 * last:
            break
        last = plan.error


def _sweep(plan: ScaledPlan, tol: float, max_iter: int) -> None:
    """Sweep until the error is below tol or max_iter sweeps are made in all."""
    while plan.error > tol and plan.n_sweeps < max_iter:
        plan.sweep()


def _nearly_there(plan: ScaledPlan, tol: float, max_iter: int) -> bool:
    """Sweep while the rate promises to end soon; tell whether it did."""
    while plan.error > tol and plan.n_sweeps < max_iter:
        before = plan.error
        _sweep(plan, tol, min(plan.n_sweeps + 5, max_iter))
        if plan.error <= tol:
            break
        rate = np.log(before / plan.error) / 5
        if rate <= 0 or np.log(plan.error / tol) > WORTH_NEWTON * rate:
            return False
    return plan.error <= tol


def _extend(
    C: Floats,
    a: Floats,
    b: Floats,
    reg: float,
    reg_reach: float | None,
    f: Floats,
    g: Floats,
    rows: NDArray[np.bool_],
    columns: NDArray[np.bool_],
) -> tuple[Floats, Floats]:
    """Potentials of all atoms, from those of the atoms that have weight."""
    damping = 1.0 if reg_reach is None else reg_reach / (reg_reach + reg)
    full_f, full_g = np.empty(len(a)), np.empty(len(b))
    full_f[rows], full_g[columns] = f, g
    for full, missing, other, weights, cost in (
        (full_f, ~rows, g, b[columns], C[:, columns]),
        (full_g, ~columns, f, a[rows], C[rows].T),
    ):
        if missing.any():
            exponents = (other - cost[missing]) / reg + np.log(weights)
            top = exponents.max(axis=1)
            sums = np.exp(exponents - top[:, None]).sum(axis=1)
            full[missing] = -reg * damping * (top + np.log(sums))
    return full_f, full_g


def _objective(
    a: Floats,
    b: Floats,
    f: Floats,
    g: Floats,
    reg: float,
    reg_reach: float | None,
    moved: float,
) -> float:
    """Value of the dual."""
    entropy = reg * (a.sum() * b.sum() - moved)
    if reg_reach is None:
        return float(a @ f + b @ g + entropy)
    paid = a @ -np.expm1(-f / reg_reach) + b @ -np.expm1(-g / reg_reach)
    return float(reg_reach * paid + entropy)


def _read(
    C: ArrayLike, a: ArrayLike | None, b: ArrayLike | None, reg_reach: float | None
) -> tuple[Floats, Floats, Floats, float]:
    """Read costs, weights of both sides, and the mass to divide by."""
    if reg_reach is None:
        C, a, b = read_problem(C, a, b, "sinkhorn")
        mass = float(a.sum())
        return C, a, b * (mass / b.sum()), mass
    C = read_costs(C, "sinkhorn")
    a, b = read_masses(a, C.shape[0], "a"), read_masses(b, C.shape[1], "b")
    return C, a, b, float(np.sqrt(a.sum()) * np.sqrt(b.sum()))


def _read_sparsity(sparsity: str | float) -> str | float:
    if isinstance(sparsity, str) and sparsity in ("adaptive", "fixed"):
        return sparsity
    share = as_number(sparsity)
    if not 0 < share <= 1:
        raise ValueError(
            f'sparsity must be "adaptive", "fixed" or in (0, 1], got {sparsity!r}'
        )
    return share
