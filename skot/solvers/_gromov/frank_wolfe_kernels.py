# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Steps of a descent on plans between two spaces, in Numba."""

import numba
import numpy as np

from .._exact.assignment_kernels import assign

# What a descent knows of its plan, beside arrays.
MASS, QUADRATIC, LINEAR, OBJECTIVE, GAP = range(5)


@numba.njit(nogil=True, cache=True)
def marginal_costs(C, D, C_squares, D_squares, rows, columns, values):
    """Sum the quadratic costs of each pair of points with all entries of a plan.

    Parameters
    ----------
    C, D : ndarray of shape (n, n) and (m, m)
        Distances within both spaces, symmetric.
    C_squares, D_squares : ndarray
        Their squares.
    rows, columns, values : ndarray of shape (n_entries,)
        The plan.

    Returns
    -------
    L : ndarray of shape (n, m)
        Sum over entries (k, l) of ``values * (C[i, k] - D[j, l])**2``.
    r, c : ndarray of shape (n,) and (m,)
        Marginals of the plan.
    """
    n, m, n_entries = len(C), len(D), len(rows)
    r, c = np.zeros(n), np.zeros(m)
    left, right = np.empty((n_entries, n)), np.empty((n_entries, m))
    for s in range(n_entries):
        i, j, value = rows[s], columns[s], values[s]
        r[i] += value
        c[j] += value
        left[s], right[s] = -2 * value * C[i], D[j]
    L = left.T @ right
    from_rows, from_columns = C_squares @ r, D_squares @ c
    for i in range(n):
        L[i] += from_rows[i] + from_columns
    return L, r, c


@numba.njit(nogil=True, cache=True)
def gradient_at(L, M, w, penalty):
    """Gradient where the marginal costs are L; an M of size 0 stands for none."""
    gradient = 2 * w * L - penalty
    if M.size:
        gradient += M
    return gradient


@numba.njit(nogil=True, cache=True)
def measure(plan, L, r, M, w, lam, state):
    """Fill in mass and objective of a plan."""
    state[MASS] = r.sum()
    state[QUADRATIC] = (L * plan).sum()
    state[LINEAR] = (M * plan).sum() if M.size else 0.0
    state[OBJECTIVE] = w * state[QUADRATIC] + state[LINEAR]
    state[OBJECTIVE] -= 2 * lam * state[MASS] ** 2


@numba.njit(nogil=True, cache=True)
def match(cost, atom, n_pairs, penalised):
    """Find the plan of the least linear cost between points that weigh the same.

    Parameters
    ----------
    cost : ndarray of shape (n, m)
        Cost of a unit of mass.
    atom : float
        Mass of a point.
    n_pairs : int
        Pairs of points to match.
    penalised : bool
        Whether only pairs that cost less than nothing are matched, at most so many.

    Returns
    -------
    rows, columns, values : ndarray
        Entries of the plan.
    """
    turned = cost.shape[0] > cost.shape[1]
    if turned:
        cost = np.ascontiguousarray(cost.T)
    n, m = cost.shape
    if n_pairs < n:  # the others go to dummies, which must all be taken
        least, most = cost.min(), cost.max()
        below = max(most - least, 1e-3 * abs(least)) or 1.0
        wide = np.full((n, m + n - n_pairs), least - below)
        wide[:, :m] = cost
        cost = wide
    columns = assign(cost, 0.0 if penalised else np.inf)
    rows, n_pairs = np.empty(n, np.int64), 0
    for i in range(n):
        if 0 <= columns[i] < m:
            rows[n_pairs], columns[n_pairs] = i, columns[i]
            n_pairs += 1
    rows, columns = rows[:n_pairs], columns[:n_pairs]
    values = np.full(n_pairs, atom)
    return (columns, rows, values) if turned else (rows, columns, values)


@numba.njit(nogil=True, cache=True)
def move(
    C, D, C_squares, D_squares, M, w, lam, plan, L, r, c, state,
    gradient, rows, columns, values, least,
):  # fmt: skip
    """Take a plan to the best one on the way to a vertex, in place.

    Returns
    -------
    bool
        Whether it rests: the way gains ``least`` or less.
    """
    penalty = 4 * lam * state[MASS]
    slope = -2 * w * state[QUADRATIC] - state[LINEAR] + penalty * state[MASS]
    mixed = 0.0
    for s in range(len(rows)):
        slope += gradient[rows[s], columns[s]] * values[s]
        mixed += L[rows[s], columns[s]] * values[s]
    state[GAP] = max(0.0, -slope)
    if state[GAP] <= least:
        return True
    there, r_there, c_there = marginal_costs(
        C, D, C_squares, D_squares, rows, columns, values
    )
    own = 0.0
    for s in range(len(rows)):
        own += there[rows[s], columns[s]] * values[s]
    # <L o (H - G), H - G>
    curvature = w * (own - 2 * mixed + state[QUADRATIC])
    curvature -= 2 * lam * (r_there.sum() - state[MASS]) ** 2
    share = 1.0
    if curvature > 0:
        share = min(1.0, -slope / (2 * curvature))
    plan *= 1 - share
    for s in range(len(rows)):
        plan[rows[s], columns[s]] += share * values[s]
    L[:] = there if share == 1 else (1 - share) * L + share * there
    r[:] = r_there if share == 1 else (1 - share) * r + share * r_there
    c[:] = c_there if share == 1 else (1 - share) * c + share * c_there
    before = state[OBJECTIVE]
    measure(plan, L, r, M, w, lam, state)
    return before - state[OBJECTIVE] <= least


@numba.njit(nogil=True, cache=True)
def descend(
    C, D, C_squares, D_squares, M, w, lam, plan, L, r, c, state,
    atom, n_pairs, penalised, n_steps, least, known, slack,
):  # fmt: skip
    """Step until a plan rests, where every linear program is an assignment.

    Returns
    -------
    n_iter : int
        Steps done, at most ``n_steps``.
    rests : bool
        Whether it rests; not so where it met the objective ``known``.
    """
    n_iter, rests = 0, False
    while not rests and n_iter < n_steps:
        if 0 <= state[OBJECTIVE] - known <= slack:
            break
        gradient = gradient_at(L, M, w, 4 * lam * state[MASS])
        rows, columns, values = match(gradient, atom, n_pairs, penalised)
        rests = move(
            C, D, C_squares, D_squares, M, w, lam, plan, L, r, c, state,
            gradient, rows, columns, values, least,
        )  # fmt: skip
        n_iter += 1
    return n_iter, rests
