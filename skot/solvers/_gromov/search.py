# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The search for a good local minimum of a Gromov-Wasserstein problem."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from .._arrays import Floats
from .frank_wolfe import ROUNDING, GromovProblem, Iterate, Vertex
from .space import PreparedSpace

# A plan to descend from, and its name; and where descents have led, by their starts.
Start = tuple[str, Floats | Vertex]
End = tuple[str, Iterate]

# Shares of a plan, its best matched part, from which it is built anew.
KEPT = (0.5, 0.9)

# Pairs of points up to which each is a start: where a search through all is cheap.
ALL_PAIRS = 20

# Pairs of points up to which all descents are followed and their ends improved, and how
# many beyond.
SMALL, N_IMPROVED = 1000, 2

# Mass that counts as none, relative to the weight of a point.
NO_MASS = 1e-9


def best_descent(
    problem: GromovProblem,
    n_starts: int,
    init: Start | None,
    max_iter: int,
    tol: float,
) -> tuple[Iterate, str, int]:
    """Find the best of the plans that several searches end at.

    Where descents from all starts end, the best are improved by exchanges, and the best
    of these by building anew what it matches badly; where mass has a price, it is
    compared with where a descent leads that holds its mass. An ``init``, a name and a
    plan, is followed to where the descent leads, and no farther.

    Returns
    -------
    best : Iterate
        Where the best descent ended.
    start : str
        Its start.
    n_iter : int
        Linear programs solved, over all starts.
    """
    starts = [init] if init is not None else _starts(problem, n_starts)
    ends, n_iter = _descend(problem, starts, max_iter, tol)
    name, best = ends[0]
    if init is not None or n_starts == 1 or best.plan.size == 1:
        return best, name, n_iter
    improved = []
    for name, end in ends if best.plan.size <= SMALL else ends[:N_IMPROVED]:
        end, spent = _exchange(problem, end, max_iter, tol)
        improved.append((name, end))
        n_iter += spent
    name, best = min(improved, key=_objective)
    rebuilt, spent = _rebuild(problem, best, max_iter, tol)
    n_iter += spent
    if rebuilt is not best:
        best, spent = _exchange(problem, rebuilt, max_iter, tol)
        n_iter += spent
    if problem.lam is not None:
        other, spent = _at_its_mass(problem, problem.lam, best, max_iter, tol)
        n_iter += spent
        if other is not best:
            best, name = other, "product of that mass"
    return best, name, n_iter


def _descend(
    problem: GromovProblem, starts: Iterable[Start], max_iter: int, tol: float
) -> tuple[list[End], int]:
    """Descend from named starts; return the ends, the best first, each of them once.

    Between large spaces, the worse half of all starts but the first falls out before
    each step, until few are left.
    """
    begun = [(name, Iterate(problem, start)) for name, start in starts]
    first, *others = begun
    while len(others) > N_IMPROVED and first[1].plan.size > SMALL:
        others.sort(key=_objective)
        others = others[: (len(others) + 1) // 2]
        for _, iterate in others:
            iterate.descend(min(iterate.n_iter + 1, max_iter), tol)
    known = np.inf
    for _, iterate in (first, *others):
        iterate.descend(max_iter, tol, known)
        known = min(known, iterate.objective)
    # one program for each start but the first, which is given
    n_iter = len(begun) - 1 + sum(iterate.n_iter for _, iterate in begun)
    ends = [first, *others]
    if problem.lam is not None:
        better, spent = _never_worse(problem, problem.lam, first, max_iter, tol)
        ends.append(better)
        n_iter += spent
    ends.sort(key=_objective)
    gaps = np.diff([_objective(end) for end in ends], prepend=-np.inf)
    once = gaps > ROUNDING * problem.scale
    return [ends[i] for i in np.flatnonzero(once)], n_iter


def _objective(named: End) -> float:
    return named[1].objective


# -- starts ----------------------------------------------------------------------------


def _starts(problem: GromovProblem, n_starts: int) -> Iterator[Start]:
    """Yield named starts, the same whatever the order of points."""
    yield "product", problem.product()
    if n_starts == 1 or len(problem.x) * len(problem.y) == 1:
        return
    costs = problem.profile_costs
    cost = problem.gradient(problem.full * costs, problem.full)
    yield "profile", problem.vertex(cost)
    # A pair of points that are to be matched tells how far all others must be from
    # them: the gradient at the plan of that one pair.
    x, y = problem.x, problem.y
    for i, j in _anchors(x, costs, n_starts - 2):
        squares = (x.C[i][:, None] - y.C[j]) ** 2
        mass = min(x.weights[i], y.weights[j])
        cost = problem.gradient(mass * squares, mass)
        yield "anchor", problem.vertex(cost)


def _anchors(
    x: PreparedSpace, costs: Floats, n_anchors: int
) -> Iterator[tuple[int, int]]:
    """Yield pairs: from rim to centre, each with who sees the most like distances."""
    n, m = costs.shape
    order = np.argsort(-x.eccentricity, kind="stable")
    n_anchors = n * m if n * m <= ALL_PAIRS else min(n_anchors, n * m)
    for rank in range(m):
        if n_anchors <= 0:
            return
        chosen = np.linspace(0, n - 1, min(n_anchors, n)).astype(int)
        for i in order[chosen]:
            yield int(i), int(np.argsort(costs[i], kind="stable")[rank])
        n_anchors -= len(chosen)


def _never_worse(
    problem: GromovProblem, lam: float, first: End, max_iter: int, tol: float
) -> tuple[End, int]:
    """Where the descent led, or where it leads from what is better than that.

    That is to move nothing, or along the heaviest pair alone, which distorts nothing.
    Also how many programs that took.
    """
    n_iter = 0
    x, y = problem.x, problem.y
    mass = np.minimum.outer(x.weights, y.weights)
    heaviest = mass >= (1 - NO_MASS) * mass.max()
    i, j = _least(np.where(heaviest, problem.profile_costs, np.inf))
    for name, moved in (("heaviest pair", mass[i, j]), ("nothing", 0.0)):
        gap = x.C[i, i] - y.C[j, j]
        objective = (problem.w * gap**2 - 2 * lam) * moved**2
        if problem.M is not None:
            objective += problem.M[i, j] * moved
        if objective < first[1].objective:
            pair = Vertex(np.array([i]), np.array([j]), np.array([moved]))
            first = name, Iterate(problem, pair).descend(max_iter, tol)
            n_iter += first[1].n_iter
    return first, n_iter


# -- improvements ----------------------------------------------------------------------


def _rebuild(
    problem: GromovProblem, best: Iterate, max_iter: int, tol: float
) -> tuple[Iterate, int]:
    """Keep what a plan matches well, and let that decide on the rest."""
    n_iter, improved = 0, True
    while improved and n_iter < max_iter:
        improved = False
        for share in KEPT:
            pairs = best.entries
            if len(pairs.rows) < 2:
                return best, n_iter
            cost = problem.gradient(best.L, 0.0)[pairs.rows, pairs.columns]
            kept = np.argsort(cost, kind="stable")
            kept = kept[: int(np.ceil(share * len(kept)))]
            core = Vertex(pairs.rows[kept], pairs.columns[kept], pairs.values[kept])
            mass = core.values.sum()
            cost = problem.gradient(Iterate(problem, core).L, mass)
            other = Iterate(problem, problem.vertex(cost))
            other.descend(max_iter, tol, known=best.objective)
            n_iter += other.n_iter + 1
            if other.objective < best.objective - tol * problem.scale:
                best, improved = other, True
    return best, n_iter


def _exchange(
    problem: GromovProblem, best: Iterate, max_iter: int, tol: float
) -> tuple[Iterate, int]:
    """Exchange the ends of pairs, take one in or let one go, while that helps.

    How such a move changes the objective is known exactly, for all of them at once. It
    bends down along most, where a linear program sees no way down.
    """
    n_iter = 0
    while n_iter < max_iter:
        moved = best.copy()
        if not moved.exchange(max_iter, tol):
            break
        best = moved.descend(max_iter, tol)
        n_iter += best.n_iter
        if best.n_iter == 1:  # at rest where the moves had led
            break
    return best, n_iter


def _at_its_mass(
    problem: GromovProblem, lam: float, best: Iterate, max_iter: int, tol: float
) -> tuple[Iterate, int]:
    """Improve on a plan from the product plan of its mass, while that helps.

    While its mass is held, that is; then at its price. In the end there is no descent
    at the mass of the plan that leads lower from the product plan.
    """
    n_iter, tried = 0, set()
    while best.m > NO_MASS * problem.full and best.m not in tried:
        tried.add(best.m)
        mass = min(best.m, problem.full)
        held = GromovProblem(problem.x, problem.y, problem.M, problem.w, mass=mass)
        price = 2 * lam * mass**2
        other = Iterate(held, held.product())
        other.descend(max_iter, tol, known=best.objective + price)
        n_iter += other.n_iter
        if other.objective - price < best.objective - tol * problem.scale:
            other = Iterate(problem, other.plan).descend(max_iter, tol)
            best, spent = _exchange(problem, other, max_iter, tol)
            n_iter += other.n_iter + spent
    return best, n_iter


def _least(values: Floats) -> tuple[int, int]:
    i, j = divmod(int(values.argmin()), values.shape[1])
    return i, j
