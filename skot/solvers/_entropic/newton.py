# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Newton's method on the dual of entropic transport, with a sparse Hessian."""

from collections.abc import Callable
from functools import partial

import numpy as np

from .._arrays import Floats
from .scaling import ScaledPlan

# A dropped share of the error, below which a truncated Hessian is as good as exact.
DROPPED = 0.1
# Above this share of kept entries, rows are not worth compressing.
DENSE = 0.2
MAX_CG = 300
# Steps without half the error gone, after which nothing more is to be expected.
PATIENCE = 200
# Damping, as a share of the diagonal: where it starts when a step fails, and below
# which it is none at all.
FIRST_DAMPING, LEAST_DAMPING = 1e-4, 1e-9

# Writes the product of a matrix of some diagonal with a vector: (diagonal, x, out).
Schur = Callable[[Floats, Floats, Floats], None]


class Newton:
    """Damped Newton steps on the column potential of a `ScaledPlan`.

    Row potentials are eliminated, so that the Hessian is the Schur complement
    ``diag(c) - P.T @ diag(1 / r) @ P``: the Laplacian of a graph over the columns. It
    is applied, not formed, with the small entries of P left out, and solved by
    conjugate gradients.

    Parameters
    ----------
    plan : ScaledPlan
        The plan, which steps change in place.
    sparsity : "adaptive", "fixed" or float
        Which entries of P the Hessian keeps. ``"adaptive"`` drops the smallest that
        together hold a tenth of the marginal error; ``"fixed"`` keeps the
        ``2 * max(n, m)`` largest, and a float that share of all entries.
    """

    def __init__(self, plan: ScaledPlan, sparsity: str | float = "adaptive") -> None:
        self.plan = plan
        self.sparsity: str | float = sparsity
        self.damping = 0.0
        self.n_steps = 0

    def run(self, tol: float, max_iter: int) -> None:
        """Step until the marginal error is below tol, or progress ends."""
        best, since = np.inf, 0
        while self.plan.error > tol and self.plan.n_sweeps < max_iter:
            since = 0 if self.plan.error < 0.5 * best else since + 1
            best = min(best, self.plan.error)
            if since > PATIENCE or not self.step():
                break

    def step(self) -> bool:
        """Make one Newton step and one Sinkhorn sweep; return whether that worked."""
        plan = self.plan
        plan.absorb()
        error, target = plan.error, plan.target(plan.v)
        gradient = target - plan.c
        apply, spent = self._hessian(target)
        self.n_steps += 1
        for _ in range(40):
            # by the target where less arrives: a starved column would leap
            diagonal = plan.c + self.damping * np.maximum(plan.c, target)
            diagonal += (1.0 / plan.power - 1.0) * target
            direction = conjugate_gradients(
                partial(apply, diagonal),
                gradient,
                np.maximum(diagonal - spent, 1e-12 * diagonal),
                min(0.1, np.sqrt(error)),
            )
            gain = self._try(direction, float(gradient @ direction), error)
            if gain is not None:
                break
            self.damping = max(4.0 * self.damping, FIRST_DAMPING)
        else:
            return False
        if gain > 0.4:
            self.damping *= 0.25 if self.damping > LEAST_DAMPING else 0.0
        plan.sweep()
        return True

    def _try(self, direction: Floats, slope: float, error: float) -> float | None:
        """Gain of a step over what its slope promised; None where it was refused."""
        plan = self.plan
        if not np.abs(direction).max() < 80.0:
            return None
        v = np.exp(direction)
        u, c = plan.at(v)
        gain = self._increase(u, direction, c) / slope if slope > 0 else -np.inf
        if not (gain >= 0.05 or plan.distance(c, v) < 0.5 * error):
            return None
        plan.accept(u, v, c)
        return gain

    def _increase(self, u: Floats, direction: Floats, c: Floats) -> float:
        """Increase of the dual: from differences, so that rounding does not hide it."""
        plan, reach = self.plan, self.plan.reach / self.plan.temperature
        if plan.power == 1.0:
            return float(plan.a @ np.log(u) + plan.b @ direction)
        rows = plan.row_target @ -np.expm1(-np.log(u) / reach)
        columns = plan.column_target @ -np.expm1(-direction / reach)
        return float(reach * (rows + columns) - (c.sum() - plan.c.sum()))

    def _hessian(self, target: Floats) -> tuple[Schur, Floats]:
        """Product with the Schur complement, and what its diagonal lost to rows."""
        from . import scaling_kernels as kernels

        plan, P = self.plan, self.plan.P
        inverse = plan.power / np.maximum(plan.row_target, kernels.LIGHTEST)
        spent = kernels.weighted_squares(P, inverse)
        mass, count = kernels.mass_by_size(P, P.view(np.int64))
        if self.sparsity == "adaptive":
            allowed = DROPPED * plan.error * plan.c.sum()
            first = int(np.searchsorted(np.cumsum(mass), allowed))
        else:
            n_kept = 2.0 * max(P.shape)
            if not isinstance(self.sparsity, str):
                n_kept = self.sparsity * P.size
            first = int(np.searchsorted(np.cumsum(count), P.size - n_kept, "right"))
        first = min(first, len(count) - 1)
        kept = int(count[first:].sum())
        if kept > DENSE * P.size:
            return partial(kernels.dense_schur, P, inverse), spent
        smallest = np.int64(first << kernels.BUCKET_SHIFT).view(np.float64)
        starts, columns, values = kernels.entries_above(P, smallest, kept)
        return partial(kernels.sparse_schur, starts, columns, values, inverse), spent


def conjugate_gradients(
    apply: Callable[[Floats, Floats], None],
    rhs: Floats,
    diagonal: Floats,
    tol: float,
    max_iter: int = MAX_CG,
) -> Floats:
    """Solve a positive semidefinite system, with its diagonal as preconditioner.

    Started at zero, it stays in the range of the matrix: potentials that are free up
    to a constant need no pinning.
    """
    x, residual, product = np.zeros_like(rhs), rhs.copy(), np.empty_like(rhs)
    scaled = residual / diagonal
    direction, size = scaled.copy(), residual @ scaled
    goal = tol * tol * size
    for _ in range(max_iter):
        apply(direction, product)
        curvature = direction @ product
        if not (curvature > 0 and size > goal):
            break
        step = size / curvature
        x += step * direction
        residual -= step * product
        scaled = residual / diagonal
        size, last = residual @ scaled, size
        direction *= size / last
        direction += scaled
    return x
