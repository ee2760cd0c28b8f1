# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Exchanges that improve a plan between two spaces, in Numba."""

import numba
import numpy as np

# Kinds of moves: what follows needs mass that is free, what follows that a price.
EXCHANGE, TO_COLUMN, TO_ROW, TAKE_IN, LET_GO = range(5)


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
