# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Frank-Wolfe on plans between two spaces: problems, their polytopes, the descent."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import linear_sum_assignment

from ._exact import network_simplex

# Quantiles by which the distances from one point are compared with those from another.
QUANTILES = 16

# Below this share of the scale of a problem, an objective is summed again from the
# entries of the plan: it is a difference of large numbers.
CANCELLATION = 1e-6

# Masses, and differences of them, that rounding explains, relative to the largest.
ROUNDING = 1e-13


class Space:
    """A space prepared for many problems: squares, local distance distributions."""

    def __init__(self, C, weights):
        # one layout, writable: compiled code is compiled once
        self.C, self.weights = np.require(C, requirements=["C", "W"]), weights
        self.mass = float(weights.sum())
        self.squares = C * C
        # of points that all weigh the same, the mass of one; None otherwise
        self.atom = weights[0] if np.ptp(weights) <= 1e-14 * weights[0] else None

    def __len__(self):
        return len(self.weights)

    @cached_property
    def profiles(self):
        """Quantiles of the distances from each point, (n_points, n_quantiles)."""
        n = len(self)
        levels = (np.arange(QUANTILES) + 0.5) / QUANTILES
        order = np.argsort(self.C, axis=1, kind="stable")
        ranked = np.take_along_axis(self.C, order, axis=1)
        if self.atom is not None:
            return np.ascontiguousarray(ranked[:, (levels * n).astype(int)])
        reached = np.cumsum(self.weights[order], axis=1) / self.mass
        where = np.stack([np.searchsorted(row, levels) for row in reached])
        return np.take_along_axis(ranked, np.minimum(where, n - 1), axis=1)

    @cached_property
    def eccentricity(self):
        """Mean squared distance from each point, (n_points,)."""
        return self.squares @ self.weights / self.mass


@dataclass(frozen=True, eq=False)
class Vertex:
    """A sparse plan, and the products of it that the objective needs."""

    rows: np.ndarray
    columns: np.ndarray
    values: np.ndarray


class Problem:
    r"""Objective over plans G, and the linear programs over all that are allowed.

    .. math:: \langle M, G \rangle + w \langle L \circ G, G \rangle - 2 \lambda |G|^2

    Parameters
    ----------
    x, y : Space
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

    def __init__(self, x, y, M=None, w=1.0, lam=None, mass=None):
        self.x, self.y, self.M, self.w = x, y, M, w
        self.lam, self.mass = lam, mass
        self.constant = 0.0 if lam is None else lam * (x.mass**2 + y.mass**2)
        least = min(x.mass, y.mass)
        self.full = least if mass is None else mass
        self.scale = w * (
            self.full * (x.eccentricity @ x.weights) * self.full / x.mass
            + self.full * (y.eccentricity @ y.weights) * self.full / y.mass
        )
        if M is not None:
            self.scale += self.full * abs(M).max()
        if lam is not None:
            self.scale = min(self.scale, self.constant) or self.constant
        self.scale = self.scale or 1.0
        self._matched = x.atom is not None and y.atom is not None
        self._matched = self._matched and abs(x.atom - y.atom) <= 1e-14 * x.atom

    # -- linear programs ---------------------------------------------------------------

    def vertex(self, cost):
        """Find the allowed plan of the least linear cost."""
        if self.mass is not None:
            return self._fixed_mass(cost)
        if self.lam is None:
            if self._matched and len(self.x) == len(self.y):
                return self._assignment(cost)
            plan = network_simplex(self.x.weights, self.y.weights, cost - cost.min())[0]
            return sparse(plan)
        # Whatever stays on one side may as well go to what stays on the other, at no
        # cost: a pair that costs more than nothing is not a pair.
        capped = np.minimum(cost, 0.0)
        if self._matched:
            found = self._assignment(capped)
        else:
            found = sparse(self._penalised(capped))
        kept = capped[found.rows, found.columns] < 0
        return Vertex(found.rows[kept], found.columns[kept], found.values[kept])

    def _assignment(self, cost):
        rows, columns = linear_sum_assignment(cost)
        return Vertex(rows, columns, np.full(len(rows), self.x.atom))

    def _penalised(self, capped):
        a, b = self.x.weights, self.y.weights
        n, m = capped.shape
        rest = self.x.mass - self.y.mass
        if rest > ROUNDING * self.x.mass:
            capped, b = np.hstack([capped, np.zeros((n, 1))]), np.append(b, rest)
        elif -rest > ROUNDING * self.x.mass:
            capped, a = np.vstack([capped, np.zeros((1, m))]), np.append(a, -rest)
        return network_simplex(a, b, capped - capped.min())[0][:n, :m]

    def _fixed_mass(self, cost):
        x, y = self.x, self.y
        n, m = cost.shape
        left, right = x.mass - self.mass, y.mass - self.mass
        cost = cost - cost.min()
        if self._matched:
            pairs = round(self.mass / x.atom)
            if abs(self.mass - pairs * x.atom) <= ROUNDING * self.mass:
                return self._pairs(cost, pairs)
        extended = np.zeros((n + (right > 0), m + (left > 0)))
        extended[:n, :m] = cost
        extended[n:, m:] = 2 * cost.max() + 1
        a = np.append(x.weights, right) if right > 0 else x.weights
        b = np.append(y.weights, left) if left > 0 else y.weights
        return sparse(network_simplex(a, b, extended)[0][:n, :m])

    def _pairs(self, cost, pairs):
        """Assign so many points: all others go to dummies, which are not assigned."""
        n, m = cost.shape
        if pairs == min(n, m):
            return self._assignment(cost)
        extended = np.zeros((n + m - pairs, n + m - pairs))
        extended[:n, :m] = cost
        extended[n:, m:] = 2 * cost.max() + 1
        rows, columns = linear_sum_assignment(extended)
        kept = (rows < n) & (columns < m)
        return Vertex(rows[kept], columns[kept], np.full(kept.sum(), self.x.atom))

    # -- starts ------------------------------------------------------------------------

    def product(self):
        """Plan that knows nothing, as a dense array."""
        share = self.full / (self.x.mass * self.y.mass)
        return np.outer(self.x.weights * share, self.y.weights)

    @cached_property
    def profile_costs(self):
        """Squared distances between the profiles of all points, (n, m)."""
        p, q = self.x.profiles, self.y.profiles
        costs = (p * p).sum(axis=1)[:, None] + (q * q).sum(axis=1) - 2 * (p @ q.T)
        return np.maximum(costs, 0.0) / QUANTILES

    def linearised(self, L, penalty):
        """Gradient where the marginal quadratic costs are L."""
        cost = (2 * self.w) * L
        if self.M is not None:
            cost += self.M
        if penalty:
            cost -= penalty
        return cost

    def marginal_cost(self, squares, mass):
        """Gradient where the quadratic cost of a unit of mass is ``squares``."""
        return self.linearised(
            mass * squares, 0.0 if self.lam is None else 4 * self.lam * mass
        )


class Iterate:
    """A plan, and the products of it that its gradient needs; moves along vertices.

    Most steps go all the way to a vertex, so that plans stay sparse as a rule.
    """

    def __init__(self, problem, start):
        self.problem = problem
        if isinstance(start, Vertex):
            self._go_to(start, *self._products(start))
        else:
            x, y = problem.x, problem.y
            self.vertex, self.dense = None, start
            self.r, self.c = start.sum(axis=1), start.sum(axis=0)
            self.T = x.C @ start @ y.C
        self._measure()
        self.n_iter, self.gap, self.done = 0, np.inf, False

    @property
    def plan(self):
        """The plan as a dense array."""
        if self.vertex is None:
            return self.dense
        plan = np.zeros((len(self.problem.x), len(self.problem.y)))
        plan[self.vertex.rows, self.vertex.columns] = self.vertex.values
        return plan

    @property
    def entries(self):
        """The entries of the plan."""
        return sparse(self.dense) if self.vertex is None else self.vertex

    def _go_to(self, vertex, r, c, T):
        self.vertex, self.dense = vertex, None
        self.r, self.c, self.T = r, c, T

    def _products(self, vertex):
        x, y = self.problem.x, self.problem.y
        rows, columns, values = vertex.rows, vertex.columns, vertex.values
        r = np.bincount(rows, values, len(x))
        c = np.bincount(columns, values, len(y))
        # rows of symmetric matrices, which lie in one piece
        left = x.C.take(rows, axis=0)
        left *= values[:, None]
        return r, c, left.T @ y.C.take(columns, axis=0)

    def _dot(self, cost):
        if self.vertex is None:
            return np.vdot(cost, self.dense)
        return cost[self.vertex.rows, self.vertex.columns] @ self.vertex.values

    def _measure(self):
        """Fill in the marginal costs L o G, and the terms of the objective."""
        pr = self.problem
        self.L = self.T * -2.0
        self.L += (pr.x.squares @ self.r)[:, None]
        self.L += pr.y.squares @ self.c
        self.m = self.r.sum()
        self.quadratic = self._dot(self.L)
        self.linear = 0.0 if pr.M is None else self._dot(pr.M)
        self.objective = pr.w * self.quadratic + self.linear
        if pr.lam is not None:
            self.objective -= 2 * pr.lam * self.m**2

    def step(self, tol):
        """Move to the best plan on the way to a vertex; rest where there is none."""
        pr = self.problem
        penalty = 0.0 if pr.lam is None else 4 * pr.lam * self.m
        gradient = pr.linearised(self.L, penalty)
        to = pr.vertex(gradient)
        rows, columns, values = to.rows, to.columns, to.values
        here = 2 * pr.w * self.quadratic + self.linear - penalty * self.m
        slope = gradient[rows, columns] @ values - here
        self.gap = max(0.0, -slope)
        self.n_iter += 1
        if self.gap <= tol * pr.scale:
            self.done = True
            return
        r, c, T = self._products(to)
        # <L o (H - G), H - G>
        own = pr.x.squares @ r @ r + pr.y.squares @ c @ c
        own -= 2 * (T[rows, columns] @ values)
        mixed = self.L[rows, columns] @ values
        curvature = pr.w * (own - 2 * mixed + self.quadratic)
        if pr.lam is not None:
            curvature -= 2 * pr.lam * (r.sum() - self.m) ** 2
        alpha = 1.0
        if curvature > 0:
            alpha = min(1.0, -slope / (2 * curvature))
        before = self.objective
        if alpha == 1.0:
            self._go_to(to, r, c, T)
        else:
            self.dense = self.plan * (1 - alpha)
            self.dense[rows, columns] += alpha * values
            self.vertex = None
            self.r = self.r + alpha * (r - self.r)
            self.c = self.c + alpha * (c - self.c)
            self.T = self.T + alpha * (T - self.T)
        self._measure()
        self.done = before - self.objective <= tol * pr.scale

    def descend(self, max_iter, tol, known=np.inf):
        """Step until the descent rests, or ``max_iter`` steps are done.

        Or until it meets the objective ``known``, that of a plan at rest: it is there,
        and no better, so that what stops here is not the best.
        """
        while not self.done and self.n_iter < max_iter:
            if 0 <= self.objective - known <= ROUNDING * self.problem.scale:
                break
            self.step(tol)
        return self

    def value(self):
        """Objective, summed entry by entry where the short form has no digits left."""
        pr = self.problem
        value = self.objective + pr.constant
        if value > CANCELLATION * pr.scale:
            return value
        entries = self.entries
        rows, columns, values = entries.rows, entries.columns, entries.values
        gaps = pr.x.C[np.ix_(rows, rows)] - pr.y.C[np.ix_(columns, columns)]
        value = pr.w * (gaps**2 @ values) @ values + self.linear
        if pr.lam is not None:
            for mass in (pr.x.mass, pr.y.mass):
                left = mass - self.m
                if left > ROUNDING * mass:
                    value += pr.lam * left * (mass + self.m)
        return value


def sparse(plan):
    """Entries of a plan; what weights that sum to 1 but for rounding leave is none."""
    rows, columns = np.nonzero(plan > ROUNDING * plan.max())
    return Vertex(rows, columns, plan[rows, columns])
