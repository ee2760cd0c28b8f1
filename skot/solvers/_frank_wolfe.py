# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Frank-Wolfe on plans between two spaces: the descent, its polytopes, its starts."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import linear_sum_assignment

from ._exact import network_simplex

# Quantiles by which the distances from one point are compared with those from another.
QUANTILES = 16

# Descents that are followed to the end, of all starts; the others are behind after two
# steps, and all but never catch up.
FOLLOWED = 3

# Shares of a plan, its best matched part, from which it is built anew.
TRIMMED = (0.5, 0.75, 0.25)

# Below this share of the scale of a problem, an objective is summed again from the
# entries of the plan: it is a difference of large numbers.
CANCELLATION = 1e-6


class Space:
    """A space prepared for many problems: squares, local distance distributions."""

    def __init__(self, C, weights):
        self.C, self.weights = C, weights
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
        """Allowed plan of the least linear cost."""
        if self.mass is not None:
            return self._fixed_mass(cost)
        if self.lam is None:
            if self._matched and len(self.x) == len(self.y):
                return self._assignment(cost)
            plan = network_simplex(self.x.weights, self.y.weights, cost - cost.min())[0]
            return _sparse(plan)
        # Whatever stays on one side may as well go to what stays on the other, at no
        # cost: a pair that costs more than nothing is not a pair.
        capped = np.minimum(cost, 0.0)
        if self._matched:
            found = self._assignment(capped)
        else:
            found = _sparse(self._penalised(capped))
        kept = capped[found.rows, found.columns] < 0
        return Vertex(found.rows[kept], found.columns[kept], found.values[kept])

    def _assignment(self, cost):
        rows, columns = linear_sum_assignment(cost)
        return Vertex(rows, columns, np.full(len(rows), self.x.atom))

    def _penalised(self, capped):
        a, b = self.x.weights, self.y.weights
        n, m = capped.shape
        rest = self.x.mass - self.y.mass
        if rest > 1e-14 * self.x.mass:
            capped, b = np.hstack([capped, np.zeros((n, 1))]), np.append(b, rest)
        elif -rest > 1e-14 * self.x.mass:
            capped, a = np.vstack([capped, np.zeros((1, m))]), np.append(a, -rest)
        return network_simplex(a, b, capped - capped.min())[0][:n, :m]

    def _fixed_mass(self, cost):
        x, y = self.x, self.y
        n, m = cost.shape
        left, right = x.mass - self.mass, y.mass - self.mass
        cost = cost - cost.min()
        extended = np.zeros((n + (right > 0), m + (left > 0)))
        extended[:n, :m] = cost
        extended[n:, m:] = 2 * cost.max() + 1
        a = np.append(x.weights, right) if right > 0 else x.weights
        b = np.append(y.weights, left) if left > 0 else y.weights
        return _sparse(network_simplex(a, b, extended)[0][:n, :m])

    # -- starts ------------------------------------------------------------------------

    def product(self):
        """Plan that knows nothing, as a dense array."""
        share = self.full / (self.x.mass * self.y.mass)
        return np.outer(self.x.weights * share, self.y.weights)

    def profile_costs(self):
        """Squared distances between the profiles of all points, (n, m)."""
        p, q = self.x.profiles, self.y.profiles
        costs = (p * p).sum(axis=1)[:, None] + (q * q).sum(axis=1) - 2 * (p @ q.T)
        return np.maximum(costs, 0.0) / QUANTILES

    def marginal_cost(self, squares, mass):
        """Gradient where the quadratic cost of a unit of mass is ``squares``."""
        cost = (2 * self.w * mass) * squares
        if self.M is not None:
            cost += self.M
        if self.lam is not None:
            cost -= 4 * self.lam * mass
        return cost


class Iterate:
    """A plan, and the products of it that its gradient needs; moves along vertices."""

    def __init__(self, problem, plan):
        self.problem = problem
        x, y = problem.x, problem.y
        if isinstance(plan, Vertex):
            self.plan = np.zeros((len(x), len(y)))
            self.plan[plan.rows, plan.columns] = plan.values
            self.r, self.c, self.T = self._products(plan)
        else:
            self.plan = plan
            self.r, self.c = plan.sum(axis=1), plan.sum(axis=0)
            self.T = x.C @ plan @ y.C
        self._measure()
        self.n_iter, self.gap, self.done = 0, np.inf, False

    def _products(self, vertex):
        x, y = self.problem.x, self.problem.y
        rows, columns, values = vertex.rows, vertex.columns, vertex.values
        r = np.bincount(rows, values, len(x))
        c = np.bincount(columns, values, len(y))
        return r, c, (x.C[:, rows] * values) @ y.C[columns]

    def _measure(self):
        """Fill in the marginal costs L o G, and the terms of the objective."""
        pr = self.problem
        self.L = (pr.x.squares @ self.r)[:, None] + pr.y.squares @ self.c
        self.L -= 2 * self.T
        self.m = self.r.sum()
        self.quadratic = np.vdot(self.L, self.plan)
        self.objective = pr.w * self.quadratic
        if pr.M is not None:
            self.objective += np.vdot(pr.M, self.plan)
        if pr.lam is not None:
            self.objective -= 2 * pr.lam * self.m**2

    def step(self, tol):
        """Move to the best plan on the way to a vertex; rest where there is none."""
        pr = self.problem
        gradient = pr.marginal_cost(self.L, 1.0)
        if pr.lam is not None:
            gradient -= 4 * pr.lam * (self.m - 1.0)
        to = pr.vertex(gradient)
        rows, columns, values = to.rows, to.columns, to.values
        slope = gradient[rows, columns] @ values - np.vdot(gradient, self.plan)
        self.gap = max(-slope, 0.0)
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
            self.r, self.c, self.T = r, c, T
            self.plan = np.zeros_like(self.plan)
            self.plan[rows, columns] = values
        else:
            self.r = self.r + alpha * (r - self.r)
            self.c = self.c + alpha * (c - self.c)
            self.T = self.T + alpha * (T - self.T)
            self.plan = self.plan * (1 - alpha)
            self.plan[rows, columns] += alpha * values
        self._measure()
        self.done = before - self.objective <= tol * pr.scale

    def descend(self, max_iter, tol):
        """Step until the descent rests, or ``max_iter`` steps are done."""
        while not self.done and self.n_iter < max_iter:
            self.step(tol)
        return self

    def value(self):
        """Objective, summed entry by entry where the short form has no digits left."""
        pr = self.problem
        value = self.objective + pr.constant
        if self.quadratic * pr.w > CANCELLATION * pr.scale or value < 0:
            return value
        rows, columns = np.nonzero(self.plan)
        values = self.plan[rows, columns]
        gaps = pr.x.C[np.ix_(rows, rows)] - pr.y.C[np.ix_(columns, columns)]
        return value + pr.w * ((gaps**2 @ values) @ values - self.quadratic)


# -- starts ----------------------------------------------------------------------------


def best_descent(problem, n_starts, init, max_iter, tol):
    """Best of the descents from many starts, or the one from a given plan.

    Returns
    -------
    best : Iterate
        Where the best descent ended.
    start : str
        Its start.
    n_iter : int
        Linear programs solved, over all starts.
    """
    if init is not None:
        begun = [("given", Iterate(problem, init))]
    else:
        begun = list(_starts(problem, n_starts))
    n_iter = len(begun)
    if len(begun) > FOLLOWED:
        for _, iterate in begun:
            iterate.step(tol)
        begun.sort(key=lambda pair: pair[1].objective)
    ends, seen = [], []
    for name, iterate in begun:
        if any(abs(iterate.objective - o) <= tol * problem.scale for o in seen):
            continue
        seen.append(iterate.objective)
        ends.append((name, iterate.descend(max_iter, tol)))
        if len(ends) == FOLLOWED:
            break
    start, best = min(ends, key=lambda pair: pair[1].objective)
    n_iter += sum(iterate.n_iter for _, iterate in begun)
    if init is None and n_starts > 1:
        trimmed, spent = _trim(problem, best, max_iter, tol)
        n_iter += spent
        start = start if trimmed is best else "trimmed"
        best = trimmed
    if problem.lam is not None:
        start, best = _never_worse(problem, start, best, max_iter, tol)
    return best, start, n_iter


def _starts(problem, n_starts):
    """Yield up to ``n_starts`` named starts, the same whatever the order of points."""
    yield "product", Iterate(problem, problem.product())
    if n_starts == 1:
        return
    costs = problem.profile_costs()
    cost = problem.marginal_cost(costs, problem.full)
    yield "profile", Iterate(problem, problem.vertex(cost))
    # A pair of points that are to be matched tells how far all others must be from
    # them: the gradient at the plan of that one pair. Pairs run from the rim of the
    # space to its centre, each point with the one that sees the distances most like it.
    x, y = problem.x, problem.y
    order = np.argsort(-x.eccentricity, kind="stable")
    chosen = np.linspace(0, len(x) - 1, min(n_starts - 2, len(x))).astype(int)
    for i in order[chosen]:
        j = costs[i].argmin()
        squares = (x.C[:, i][:, None] - y.C[j]) ** 2
        cost = problem.marginal_cost(squares, min(x.weights[i], y.weights[j]))
        yield "anchor", Iterate(problem, problem.vertex(cost))


def _trim(problem, best, max_iter, tol):
    """Keep what a plan matches well, and let that decide on the rest."""
    n_iter, improved = 0, True
    while improved and n_iter < max_iter:
        improved = False
        for share in TRIMMED:
            rows, columns = np.nonzero(best.plan)
            if len(rows) < 2:
                return best, n_iter
            cost = best.L[rows, columns]
            if problem.M is not None:
                cost = 2 * problem.w * cost + problem.M[rows, columns]
            kept = np.argsort(cost, kind="stable")[: int(np.ceil(share * len(rows)))]
            rows, columns = rows[kept], columns[kept]
            core = Vertex(rows, columns, best.plan[rows, columns])
            squares = Iterate(problem, core).L / core.values.sum()
            cost = problem.marginal_cost(squares, core.values.sum())
            other = Iterate(problem, problem.vertex(cost)).descend(max_iter, tol)
            n_iter += other.n_iter + 1
            if other.objective < best.objective - tol * problem.scale:
                best, improved = other, True
    return best, n_iter


def _never_worse(problem, start, best, max_iter, tol):
    """Compare with moving nothing, and with moving along the heaviest pair alone."""
    x, y = problem.x, problem.y
    i, j = x.weights.argmax(), y.weights.argmax()
    heaviest = Vertex(
        np.array([i]), np.array([j]), np.array([min(x.weights[i], y.weights[j])])
    )
    nothing = Vertex(np.array([0]), np.array([0]), np.array([0.0]))
    for name, vertex in (("heaviest pair", heaviest), ("nothing", nothing)):
        other = Iterate(problem, vertex)
        if other.objective < best.objective:
            other.descend(max_iter, tol)
            start, best = name, other
    return start, best


def _sparse(plan):
    rows, columns = np.nonzero(plan)
    return Vertex(rows, columns, plan[rows, columns])
