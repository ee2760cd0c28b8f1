# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Exchanges that improve a plan between two spaces, in Numba."""

import numba
import numpy as np

from .frank_wolfe_kernels import MASS, gradient_at, marginal_costs, measure

# Kinds of moves: what follows needs mass that is free, what follows that a price.
EXCHANGE, TO_COLUMN, TO_ROW, TAKE_IN, LET_GO = range(5)


# Mass that counts as none, relative to the weight of a point, or to the most of a plan.
NO_MASS, NO_ENTRY = 1e-9, 1e-13


@numba.njit(nogil=True, cache=True)
def most_entries(n, m):
    """Bound the entries of plans of which all pairs are looked at."""
    return max(1000, 4 * (n + m))


@numba.njit(nogil=True, cache=True)
def exchange(
    C, D, C_squares, D_squares, M, w, lam, plan, L, r, c, state,
    a, b, n_kinds, n_moves, least,
):  # fmt: skip
    """Take a plan where the best moves lead, one after the other, in place.

    Returns
    -------
    int
        Moves done, at most ``n_moves``; each gains more than ``least``.
    """
    for done in range(n_moves):
        gradient = gradient_at(L, M, w, 4 * lam * state[MASS])
        rows, columns = np.nonzero(plan > NO_ENTRY * plan.max())
        if len(rows) > most_entries(*plan.shape):
            return done
        values = np.empty(len(rows))
        for s in range(len(rows)):
            values[s] = plan[rows[s], columns[s]]
        left = np.where(a - r > NO_MASS * a, a - r, 0.0)
        right = np.where(b - c > NO_MASS * b, b - c, 0.0)
        change, mass, ends = best_moves(
            gradient, C, D, rows, columns, values, left, right, w, lam, n_kinds
        )
        kind = change.argmin()
        if not change[kind] < -least:
            return done
        s, t = ends[kind]
        rows, columns, signs = moved_pairs(kind, s, t, rows, columns)
        values = mass[kind] * signs
        for s in range(len(rows)):
            i, j = rows[s], columns[s]
            plan[i, j] = max(plan[i, j] + values[s], 0.0)
        L_change, r_change, c_change = marginal_costs(
            C, D, C_squares, D_squares, rows, columns, values
        )
        L += L_change
        r += r_change
        c += c_change
        measure(plan, L, r, M, w, lam, state)
    return n_moves


@numba.njit(nogil=True, cache=True)
def moved_pairs(kind, s, t, rows, columns):
    """Pairs that a move takes mass from, sign -1, and gives it to, sign 1."""
    if kind == TAKE_IN:
        return np.array([s]), np.array([t]), np.ones(1)
    i, j = rows[s], columns[s]
    if kind == EXCHANGE:
        k, h = rows[t], columns[t]
        signs = np.array([-1.0, -1.0, 1.0, 1.0])
        return np.array([i, k, i, k]), np.array([j, h, h, j]), signs
    if kind == LET_GO:
        return np.array([i]), np.array([j]), -np.ones(1)
    signs = np.array([-1.0, 1.0])
    if kind == TO_COLUMN:
        return np.array([i, i]), np.array([j, t]), signs
    return np.array([i, t]), np.array([j, j]), signs


@numba.njit(nogil=True, cache=True)
def best_moves(gradient, C, D, rows, columns, values, left, right, w, lam, n_kinds):
    """Find the move of each kind that lowers a Gromov-Wasserstein objective the most.

    Parameters
    ----------
    gradient : ndarray of shape (n, m)
        Gradient of the objective at the plan.
    C, D : ndarray of shape (n, n) and (m, m)
        Distances within both spaces.
    rows, columns, values : ndarray of shape (n_entries,)
        Entries of the plan.
    left, right : ndarray of shape (n,) and (m,)
        Mass that the plan leaves; 0 for none.
    w : float
        Factor of the quadratic cost.
    lam : float
        Penalty; not read for fewer than 5 kinds.
    n_kinds : int
        1 where plans keep both marginals, 3 where they keep their mass, and 5.

    Returns
    -------
    change, mass : ndarray of shape (n_kinds,)
        Change of the objective, infinite where there is no such move, and mass moved.
    ends : ndarray of int of shape (n_kinds, 2)
        The entries that are exchanged, the entry and the point that it moves to, the
        points of the pair taken in, or the entry let go, twice.
    """
    change, mass = np.full(n_kinds, np.inf), np.zeros(n_kinds)
    ends = np.zeros((n_kinds, 2), np.int64)
    n, m, n_entries = len(C), len(D), len(rows)
    for s in range(n_entries):
        i, j, value = rows[s], columns[s], values[s]
        own = gradient[i, j]
        for t in range(s):  # (i, j), (k, h) -> (i, h), (k, j)
            k, h = rows[t], columns[t]
            moved = min(value, values[t])
            bend = C[i, i] + C[k, k] - 2 * C[i, k]
            bend *= D[j, j] + D[h, h] - 2 * D[j, h]
            slope = gradient[i, h] + gradient[k, j] - own - gradient[k, h]
            found = moved * (slope - 2 * w * moved * bend)
            if found < change[EXCHANGE]:
                change[EXCHANGE], mass[EXCHANGE] = found, moved
                ends[EXCHANGE] = s, t
        if n_kinds == 1:
            continue
        for h in range(m):  # (i, j) -> (i, h)
            if right[h] > 0:
                moved = min(value, right[h])
                bend = _bend_of_a_move(D, j, h, C[i, i])
                found = moved * (gradient[i, h] - own + w * moved * bend)
                if found < change[TO_COLUMN]:
                    change[TO_COLUMN], mass[TO_COLUMN] = found, moved
                    ends[TO_COLUMN] = s, h
        for k in range(n):  # (i, j) -> (k, j)
            if left[k] > 0:
                moved = min(value, left[k])
                bend = _bend_of_a_move(C, i, k, D[j, j])
                found = moved * (gradient[k, j] - own + w * moved * bend)
                if found < change[TO_ROW]:
                    change[TO_ROW], mass[TO_ROW] = found, moved
                    ends[TO_ROW] = s, k
        if n_kinds == 5:  # (i, j) -> nothing
            bend = w * (C[i, i] - D[j, j]) ** 2 - 2 * lam
            found = value * (value * bend - own)
            if found < change[LET_GO]:
                change[LET_GO], mass[LET_GO] = found, value
                ends[LET_GO] = s, s
    if n_kinds == 5:
        for i in range(n):  # nothing -> (i, j)
            for j in range(m):
                if left[i] > 0 and right[j] > 0:
                    moved = min(left[i], right[j])
                    bend = w * (C[i, i] - D[j, j]) ** 2 - 2 * lam
                    found = moved * (gradient[i, j] + moved * bend)
                    if found < change[TAKE_IN]:
                        change[TAKE_IN], mass[TAKE_IN] = found, moved
                        ends[TAKE_IN] = i, j
    return change, mass, ends


@numba.njit(inline="always")
def _bend_of_a_move(D, j, h, own):
    """Second difference of the objective as one end of a pair goes from j to h."""
    squared = D[j, j] ** 2 + D[h, h] ** 2 - 2 * D[j, h] ** 2
    return squared - 2 * own * (D[j, j] + D[h, h] - 2 * D[j, h])
