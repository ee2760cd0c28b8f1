# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Transport on a line, in Numba: walks along the cumulated masses of two sets."""

import numba
import numpy as np

# Sums may be reordered, which is what lets them run in vector registers.
REORDER = {"reassoc", "contract", "nsz"}

EPS = np.finfo(np.float64).eps


@numba.njit(inline="always")
def power(gap, p):
    if p == 2.0:
        return gap * gap
    if p == 1.0:
        return abs(gap)
    if p == 3.0:  # a call of pow takes longer than all the rest of a step
        return abs(gap) * gap * gap
    if p == 1.5:
        return abs(gap) * np.sqrt(abs(gap))
    return abs(gap) ** p


@numba.njit(nogil=True, cache=True)
def _uniform_plan(n, m, rows, columns, masses):
    """Fill in the monotone plan of n onto m points of one mass; return its length."""
    i = j = k = 0
    level = 0  # in units of 1 / (n m), so that steps meet exactly
    while i < n:
        rows[k], columns[k] = i, j
        up, vp = (i + 1) * m, (j + 1) * n
        masses[k] = (min(up, vp) - level) / (n * m)
        level = min(up, vp)
        i += up == level
        j += vp == level
        k += 1
    return k


@numba.njit(nogil=True, cache=True, fastmath=REORDER)
def matched_cost(u, v, p):
    """Cost of sorted values, one to one; v may go on after the end of u."""
    cost = 0.0
    if p == 2.0:  # a loop of its own runs in vector registers
        for k in range(len(u)):
            gap = u[k] - v[k]
            cost += gap * gap
    else:
        for k in range(len(u)):
            cost += power(u[k] - v[k], p)
    return cost


@numba.njit(nogil=True, cache=True, fastmath=REORDER)
def add_uniform_pairs(u, u_offsets, v, v_offsets, p, symmetric, out):
    """Add to out (n_sets_u, n_sets_v) the sum over slices of W_p^p.

    Rows of u and v are slices, along which each set is sorted. With ``symmetric``
    v is u, and the part above the diagonal is all that is filled.
    """
    longest = np.diff(u_offsets).max() + np.diff(v_offsets).max()
    rows = np.empty(longest, np.int64)
    columns = np.empty(longest, np.int64)
    masses = np.empty(longest)
    for i in range(len(u_offsets) - 1):
        first = u_offsets[i]
        n = u_offsets[i + 1] - first
        for j in range(i + 1 if symmetric else 0, len(v_offsets) - 1):
            begin = v_offsets[j]
            m = v_offsets[j + 1] - begin
            total = 0.0
            if n == m:
                for s in range(len(u)):
                    total += matched_cost(u[s, first : first + n], v[s, begin:], p)
                total /= n
            else:
                steps = _uniform_plan(n, m, rows, columns, masses)
                for s in range(len(u)):
                    here, there = u[s, first:], v[s, begin:]
                    for k in range(steps):
                        gap = here[rows[k]] - there[columns[k]]
                        total += masses[k] * power(gap, p)
            out[i, j] += total


@numba.njit(nogil=True, cache=True)
def _weighted_cost(u, u_levels, v, v_levels, p):
    """W_p^p of sorted values with cumulated masses, both of which end at 1."""
    n, m = len(u), len(v)
    slack = EPS * (n + m)  # levels that differ by the rounding of their sums are one
    i = j = 0
    level = cost = 0.0
    while i < n and j < m:
        ui, vj = u_levels[i], v_levels[j]
        step = min(ui, vj)
        if step > level:
            cost += (step - level) * power(u[i] - v[j], p)
            level = step
        i += ui <= step + slack
        j += vj <= step + slack
    return cost


@numba.njit(nogil=True, cache=True)
def add_weighted_pairs(
    u, u_levels, u_offsets, v, v_levels, v_offsets, p, symmetric, out
):
    """Add to out as `add_uniform_pairs`, for sets with cumulated masses."""
    for i in range(len(u_offsets) - 1):
        here = slice(u_offsets[i], u_offsets[i + 1])
        for j in range(i + 1 if symmetric else 0, len(v_offsets) - 1):
            there = slice(v_offsets[j], v_offsets[j + 1])
            for s in range(len(u)):
                out[i, j] += _weighted_cost(
                    u[s, here], u_levels[s, here], v[s, there], v_levels[s, there], p
                )


@numba.njit(nogil=True, cache=True)
def weighted_costs(u, u_levels, v, v_levels, p):
    """W_p^p of each row of u against that of v."""
    out = np.empty(len(u))
    for s in range(len(u)):
        out[s] = _weighted_cost(u[s], u_levels[s], v[s], v_levels[s], p)
    return out


@numba.njit(nogil=True, cache=True)
def costs_and_slopes(u, u_order, u_levels, v, v_order, v_levels, p):
    """W_p^p of each row, and its derivatives in the values before they were sorted."""
    n, m = u.shape[1], v.shape[1]
    slack = EPS * (n + m)
    costs = np.zeros(len(u))
    du, dv = np.zeros(u.shape), np.zeros(v.shape)
    for s in range(len(u)):
        i = j = 0
        level = 0.0
        while i < n and j < m:
            ui, vj = u_levels[s, i], v_levels[s, j]
            step = min(ui, vj)
            if step > level:
                gap = u[s, i] - v[s, j]
                mass = step - level
                slope = mass * p * np.sign(gap) * abs(gap) ** (p - 1)
                costs[s] += mass * power(gap, p)
                du[s, u_order[s, i]] += slope
                dv[s, v_order[s, j]] -= slope
                level = step
            i += ui <= step + slack
            j += vj <= step + slack
    return costs, du, dv
