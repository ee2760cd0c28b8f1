# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Frank-Wolfe on plans between two spaces: problems, their polytopes, the descent."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._arrays import Floats
from .._exact.exact import network_simplex
from .._partial.partial import split_penalty
from .space import QUANTILES, PreparedSpace, compiled

# Below this share of the scale of a problem, an objective is summed again from the
# entries of the plan: it is a difference of large numbers.
CANCELLATION = 1e-6

# A penalty so many times the highest cost moves all mass, and a higher one would drown
# the costs.
PLENTY = 1e4

# Masses, and differences of them, that rounding explains, relative to the largest.
ROUNDING = 1e-13


@dataclass(frozen=True, eq=False)
class Vertex:
    """A plan by its entries."""

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: Floats


class GromovProblem:
    r"""Objective over plans G, and the linear programs over all that are allowed.

    .. math:: \langle M, G \rangle + w \langle L \circ G, G \rangle - 2 \lambda |G|^2

    Parameters
    ----------
    x, y : PreparedSpace
        The spaces.
    M : ndarray of shape (n, m) or None
        Linear cost, its factor included.
    w : float
        Factor of the quadratic cost.
    lam : float or None
        Penalty: plans may leave mass on both sides. None without.
    mass : float or None
        Total of the plan, where it is fixed. Without ``lam`` and ``mass`` the plan has
        both marginals.
    """

    def __init__(
        self,
        x: PreparedSpace,
        y: PreparedSpace,
        M: Floats | None = None,
        w: float = 1.0,
        lam: float | None = None,
        mass: float | None = None,
    ) -> None:
        self.x, self.y, self.w = x, y, w
        self.M = None if M is None else compiled(M)
        self.mass = mass
        self.full = min(x.mass, y.mass) if mass is None else mass
        # what matching two pairs of points costs at most, for each unit of mass squared
        self.highest = float(w * max(x.squares.max(), y.squares.max()))
        if M is not None:
            self.highest += float(abs(M).max()) / self.full
        self.rest = 0.0
        if lam is not None:
            lam, self.rest = split_penalty(lam, PLENTY * self.highest)
        self.lam = lam
        self.constant = 0.0 if lam is None else lam * (x.mass**2 + y.mass**2)
        self.scale = float(
            w
            * (
                self.full * (x.eccentricity @ x.weights) * self.full / x.mass
                + self.full * (y.eccentricity @ y.weights) * self.full / y.mass
            )
        )
        if M is not None:
            self.scale += float(self.full * abs(M).max())
        if lam is not None:
            self.scale = min(self.scale, self.constant) or self.constant
        self.scale = self.scale or 1.0
        # what compiled code takes
        no_cost = np.empty((0, 0)) if self.M is None else self.M
        self.spaces = x.C, y.C, x.squares, y.squares
        self.costs = no_cost, float(w), 0.0 if lam is None else float(lam)
        n_pairs = self._n_pairs()
        self.pairing = None if n_pairs is None else (x.atom, n_pairs, lam is not None)

    def _n_pairs(self) -> int | None:
        """Points to match where programs are assignments, None where they are not."""
        x, y = self.x, self.y
        if x.atom is None or y.atom is None or abs(x.atom - y.atom) > 1e-14 * x.atom:
            return None
        n_pairs = min(len(x), len(y))
        if self.mass is not None:
            n_pairs = round(self.mass / x.atom)
            whole = abs(self.mass - n_pairs * x.atom) <= ROUNDING * self.mass
            return n_pairs if whole else None
        return n_pairs if self.lam is not None or len(x) == len(y) else None

    # -- linear programs ---------------------------------------------------------------

    def vertex(self, cost: Floats) -> Vertex:
        """Find the allowed plan of the least linear cost."""
        from .frank_wolfe_kernels import match

        if self.pairing is not None:
            return Vertex(*match(cost, *self.pairing))
        if self.mass is not None:
            return self._fixed_mass(cost, self.mass)
        if self.lam is None:
            plan = network_simplex(cost - cost.min(), self.x.weights, self.y.weights)[0]
            return sparse(plan)
        # Whatever stays on one side may as well go to what stays on the other, at no
        # cost: a pair that costs more than nothing is not a pair.
        capped = np.minimum(cost, 0.0)
        found = sparse(self._penalised(capped))
        kept = capped[found.rows, found.columns] < 0
        return Vertex(found.rows[kept], found.columns[kept], found.values[kept])

    def _penalised(self, capped: Floats) -> Floats:
        a, b = self.x.weights, self.y.weights
        n, m = capped.shape
        rest = self.x.mass - self.y.mass
        if rest > ROUNDING * self.x.mass:
            capped, b = np.hstack([capped, np.zeros((n, 1))]), np.append(b, rest)
        elif -rest > ROUNDING * self.x.mass:
            capped, a = np.vstack([capped, np.zeros((1, m))]), np.append(a, -rest)
        plan = network_simplex(capped - capped.min(), a, b)[0]
        return plan[:n, :m]

    def _fixed_mass(self, cost: Floats, mass: float) -> Vertex:
        x, y = self.x, self.y
        n, m = cost.shape
        left, right = x.mass - mass, y.mass - mass
        cost = cost - cost.min()
        extended = np.zeros((n + (right > 0), m + (left > 0)))
        extended[:n, :m] = cost
        extended[n:, m:] = 3 * cost.max() or 1.0  # more than two moves around it
        a = np.append(x.weights, right) if right > 0 else x.weights
        b = np.append(y.weights, left) if left > 0 else y.weights
        return sparse(network_simplex(extended, a, b)[0][:n, :m])

    # -- starts ------------------------------------------------------------------------

    def product(self) -> Floats:
        """Plan that knows nothing, as a dense array."""
        share = self.full / (self.x.mass * self.y.mass)
        plan: Floats = np.outer(self.x.weights * share, self.y.weights)
        return plan

    @cached_property
    def profile_costs(self) -> Floats:
        """Squared distances between the profiles of all points, (n, m)."""
        p, q = self.x.profiles, self.y.profiles
        costs = (p * p).sum(axis=1)[:, None] + (q * q).sum(axis=1) - 2 * (p @ q.T)
        means: Floats = np.maximum(costs, 0.0) / QUANTILES
        return means

    def gradient(self, L: Floats, mass: float) -> Floats:
        """Gradient where the marginal costs are L, and the plan moves that mass."""
        from .frank_wolfe_kernels import gradient_at

        M, w, lam = self.costs
        gradient: Floats = gradient_at(L, M, w, 4 * lam * mass)
        return gradient


class Iterate:
    """A plan on its way down, and the products of it that its gradient needs."""

    def __init__(self, problem: GromovProblem, start: Floats | Vertex) -> None:
        from .frank_wolfe_kernels import GAP, marginal_costs, measure

        x, y = problem.x, problem.y
        self.problem = problem
        if isinstance(start, Vertex):
            rows, columns, values = start.rows, start.columns, start.values
            self.plan = np.zeros((len(x), len(y)))
            self.plan[rows, columns] = values
            self.L, self.r, self.c = marginal_costs(
                *problem.spaces, rows, columns, values
            )
        else:
            self.plan = np.array(start, order="C")
            self.r, self.c = start.sum(axis=1), start.sum(axis=0)
            self.L = x.C @ start @ y.C
            self.L *= -2.0
            self.L += (x.squares @ self.r)[:, None]
            self.L += y.squares @ self.c
        self.state = np.empty(5)
        self.state[GAP] = np.inf
        measure(self.plan, self.L, self.r, *problem.costs, self.state)
        self.n_iter, self.done = 0, False

    def copy(self) -> Iterate:
        """Return another one at the same plan, from which no step has been done."""
        other = copy(self)
        for name in ("plan", "L", "r", "c", "state"):
            setattr(other, name, getattr(self, name).copy())
        other.n_iter, other.done = 0, False
        return other

    @property
    def m(self) -> float:
        """Mass of the plan."""
        return float(self.state[0])

    @property
    def objective(self) -> float:
        """Objective, less the constant of the problem."""
        return float(self.state[3])

    @property
    def gap(self) -> float:
        """What the objective may still lose, to first order."""
        return float(self.state[4])

    @property
    def entries(self) -> Vertex:
        """The entries of the plan."""
        return sparse(self.plan)

    @property
    def gradient(self) -> Floats:
        """Gradient of the objective at the plan."""
        return self.problem.gradient(self.L, self.m)

    def _and(self, *more: Any) -> tuple[Any, ...]:
        """Arguments that compiled code shares, and more."""
        pr, state = self.problem, self.state
        return *pr.spaces, *pr.costs, self.plan, self.L, self.r, self.c, state, *more

    def step(self, tol: float) -> None:
        """Move to the best plan on the way to a vertex; rest where there is none."""
        from .frank_wolfe_kernels import move

        gradient = self.gradient
        to = self.problem.vertex(gradient)
        self.n_iter += 1
        self.done = move(*self._and(
            gradient, to.rows, to.columns, to.values, tol * self.problem.scale
        ))  # fmt: skip

    def descend(self, max_iter: int, tol: float, known: float = np.inf) -> Iterate:
        """Step until the descent rests, or ``max_iter`` steps are done.

        Or until it meets the objective ``known``, that of a plan at rest: it is there,
        and no better, so that what stops here is not the best.
        """
        from .frank_wolfe_kernels import descend

        pr = self.problem
        slack = ROUNDING * pr.scale
        if pr.pairing is not None and not self.done:
            spent, self.done = descend(*self._and(
                *pr.pairing, max_iter - self.n_iter, tol * pr.scale, known, slack
            ))  # fmt: skip
            self.n_iter += spent
            return self
        while not self.done and self.n_iter < max_iter:
            if 0 <= self.objective - known <= slack:
                break
            self.step(tol)
        return self

    def exchange(self, max_moves: int, tol: float) -> int:
        """Improve the plan by up to so many moves of single pairs; return how many."""
        from .exchange_kernels import exchange

        pr = self.problem
        n_kinds = 5 if pr.lam is not None else 1 if pr.mass is None else 3
        return int(exchange(*self._and(
            pr.x.weights, pr.y.weights, n_kinds, max_moves, tol * pr.scale
        )))  # fmt: skip

    def value(self) -> float:
        """Objective, summed entry by entry where the short form has no digits left."""
        from .exchange_kernels import most_entries

        pr = self.problem
        linear = float(self.state[2])
        value = max(self.objective + pr.constant, linear)
        if value <= CANCELLATION * pr.scale:
            pairs = self.entries
            rows, columns, values = pairs.rows, pairs.columns, pairs.values
            if len(rows) <= most_entries(*self.plan.shape):
                gaps = pr.x.C[np.ix_(rows, rows)] - pr.y.C[np.ix_(columns, columns)]
                value = float(pr.w * (gaps**2 @ values) @ values + linear)
                if pr.lam is not None:
                    value += pr.lam * self._unmatched()
        return value + pr.rest * self._unmatched() if pr.rest else value

    def _unmatched(self) -> float:
        """Measure what has a price: exactly nothing where no mass is left."""
        x, y = self.problem.x, self.problem.y
        left = [(mass - self.m, mass) for mass in (x.mass, y.mass)]
        return sum(r * (m + self.m) for r, m in left if r > ROUNDING * m)


def sparse(plan: Floats) -> Vertex:
    """Entries of a plan; what weights that sum to 1 but for rounding leave is none."""
    rows, columns = np.nonzero(plan > ROUNDING * plan.max())
    return Vertex(rows, columns, plan[rows, columns])
