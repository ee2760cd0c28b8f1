# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Gromov-Wasserstein and its fused and partial forms: one problem in, a plan out."""

from dataclasses import dataclass

import numpy as np

from ._frank_wolfe import Problem, Space
from ._gromov_search import best_descent

MAX_ITER = 1000
TOL = 1e-9
N_STARTS = 4


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
        Which start won: "product", "profile", "anchor", "heaviest pair",
        "nothing" or "given".
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
    x, y = read_space(C1, a, "C1", "a"), read_space(C2, b, "C2", "b")
    problem = fused_problem(x, y, M, alpha, *check_penalty(lam, mass, x, y))
    return solve(problem, n_starts, init, max_iter, tol)


def fused_problem(x, y, M, alpha, lam=None, mass=None):
    """Problem between two prepared spaces; ``M`` None is the plain form."""
    if M is None:
        return Problem(x, y, None, 1.0, lam, mass)
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha must be in [0, 1], got {alpha!r}")
    M = np.asarray(M, dtype=np.float64)
    if M.shape != (len(x), len(y)):
        raise ValueError(f"M must have shape {(len(x), len(y))}, got {M.shape}")
    if not np.isfinite(M).all():
        raise ValueError("M holds NaN or infinity")
    return Problem(x, y, (1 - alpha) * M, float(alpha), lam, mass)


def check_penalty(lam, mass, x=None, y=None):
    """Return ``(lam, mass)``, exactly one of them not None."""
    if (lam is None) == (mass is None):
        raise ValueError("pass exactly one of lam, the penalty, and mass, what to move")
    if lam is not None:
        if not 0 < lam < np.inf:
            raise ValueError(f"lam must be positive and finite, got {lam!r}")
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
    if n_starts < 1 or max_iter < 1:
        raise ValueError(
            f"n_starts and max_iter must be at least 1, got {n_starts}, {max_iter}"
        )
    if init is not None:
        init = _check_plan(init, problem)
    best, start, n_iter = best_descent(problem, n_starts, init, max_iter, tol)
    return GromovResult(
        max(best.value(), 0.0), best.plan, n_iter, best.done, best.gap, start
    )


def gromov_values(x, others, costs, *, lam, alpha, n_starts, max_iter, tol):
    """Values of one prepared space against others, and whether they converged."""
    results = [
        solve(fused_problem(x, y, M, alpha, lam), n_starts, None, max_iter, tol)
        for y, M in zip(others, costs, strict=True)
    ]
    return [r.value for r in results], np.array([r.converged for r in results])


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
    return Space(C, weights)


def _check_plan(plan, problem):
    plan = np.array(plan, dtype=np.float64)
    x, y = problem.x, problem.y
    if plan.shape != (len(x), len(y)):
        raise ValueError(f"init must have shape {(len(x), len(y))}, got {plan.shape}")
    slack = 1e-7 * problem.full
    rows, columns = plan.sum(axis=1) - x.weights, plan.sum(axis=0) - y.weights
    allowed = np.isfinite(plan).all() and (plan >= 0).all()
    if problem.lam is None and problem.mass is None:
        allowed = allowed and max(abs(rows).max(), abs(columns).max()) <= slack
    else:
        allowed = allowed and max(rows.max(), columns.max()) <= slack
    if problem.mass is not None:
        allowed = allowed and abs(plan.sum() - problem.mass) <= slack
    if not allowed:
        raise ValueError("init is no plan that the problem allows")
    return plan
