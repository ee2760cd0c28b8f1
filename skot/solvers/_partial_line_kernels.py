# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Partial transport of unit points on a line, in Numba: rows enter one by one."""

import numba
import numpy as np

from ._line_kernels import _power as _any_power

LARGEST = np.finfo(np.float64).max


@numba.njit(inline="always")
def _power(gap, p):
    if p == 3.0:  # a call of pow takes longer than all the rest of a step
        return abs(gap) * gap * gap
    return _any_power(gap, p)


@numba.njit(nogil=True, cache=True)
def insert_rows(x, y, lam, p, pace, match, phi, psi):
    """Solve partial transport between sorted unit points, for one penalty.

    Points of x enter from left to right, and what was optimal for those before is
    mended. A point that wants a taken one starts a chain of neighbours, whose duals
    rise until one end of it finds a free point or one of them gives up.

    Parameters
    ----------
    x, y : ndarray of shape (n,) and (m,)
        Sorted values.
    lam : float
        Penalty of each point left unmatched, on either side.
    p : float
        Order, at least 1.
    pace : int
        Steps along chains for each row, on average, at which to give up, after a start
        of as many for a tenth of the rows; negative for never.
    match : ndarray of int of shape (n,)
        Filled in with the index in y of each point's partner, -1 where it has none.
    phi, psi : ndarray of shape (n,) and (m,)
        Filled in with optimal duals.

    Returns
    -------
    bool
        Whether the problem is solved; False where chains were too long.
    """
    n, m = len(x), len(y)
    match[:], phi[:], psi[:] = -1, lam, lam
    # Matched pairs from left to right, side by side in memory: rows, columns, values
    # and duals of both. A chain is a run of them that ends at the top.
    size = min(n, m) + 1
    rows, columns = np.empty(size, np.int64), np.empty(size, np.int64)
    xs, f, g, joined = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    top, last, near, steps = -1, -1, 0, 0
    for k in range(n):
        here = x[k]
        value, column = lam, -1
        while near < m and y[near] < here:
            near += 1
        for j in (max(near, last + 1), near - 1):  # the nearest free columns
            if last < j < m and _power(here - y[j], p) - lam < value:
                value, column = _power(here - y[j], p) - lam, j
        if last >= 0 and _power(here - y[last], p) - g[top] < value:
            value, column = _power(here - y[last], p) - g[top], last
        if column < 0:
            continue
        if column != last:
            top, last = top + 1, column
            rows[top], columns[top], xs[top], f[top], g[top] = (
                k,
                column,
                here,
                value,
                lam,
            )
            continue
        # Pairs first..top and k form the chain: rows rise, and columns fall. ``risen``
        # is how far, when the next neighbour joins or the chain ends.
        right = np.inf
        if last + 1 < m:
            right = _power(here - y[last + 1], p) - lam - value
        # finite, also for the largest lam: past the last column nothing is within it
        capped, cap = -1, min(lam - value, LARGEST)
        first, risen = top, 0.0
        while True:
            joined[first] = risen
            if risen + lam - f[first] < cap:
                capped, cap = first, risen + lam - f[first]
            left, is_free = np.inf, True
            j = columns[first] - 1
            if j >= 0:
                is_free = first == 0 or columns[first - 1] != j
                level = lam if is_free else g[first - 1]
                left = risen + _power(xs[first] - y[j], p) - f[first] - level
            if min(right, cap) < left or right == left or is_free:
                break
            risen = max(left, risen)
            first -= 1
            steps += 1
            if pace > 0 and steps > pace * (k + n // 10 + 1):
                return False
        risen = max(min(left, right, cap), risen)
        for i in range(first, top + 1):
            f[i] += risen - joined[i]
            g[i] -= risen - joined[i]
        value += risen
        if right <= left and right <= cap:  # k takes the free column at the right
            top, last = top + 1, last + 1
            rows[top], columns[top], xs[top] = k, last, here
            f[top], g[top] = value, lam
        elif left <= cap:  # all move one column to the left, and k takes the last
            top += 1
            for i in range(top, first, -1):
                g[i] = g[i - 1]
                columns[i] = columns[i - 1]
            columns[first] -= 1
            g[first] = lam
            rows[top], xs[top], f[top] = k, here, value
        elif capped >= 0:  # one gives up its column, and those after it move
            for i in range(capped, top):
                rows[i], xs[i], f[i] = rows[i + 1], xs[i + 1], f[i + 1]
            rows[top], xs[top], f[top] = k, here, value
    for i in range(top + 1):
        match[rows[i]] = columns[i]
        phi[rows[i]], psi[columns[i]] = f[i], g[i]
    return True


@numba.njit(nogil=True, cache=True)
def line_duals(x, y, lam, p, match, phi, psi):
    """Fill in optimal duals of an optimal monotone matching of sorted unit points.

    Each matched point bounds the dual of its neighbours, and free points bound those of
    the matched: two sweeps find the largest that satisfy all.
    """
    n, m = len(x), len(y)
    phi[:], psi[:] = lam, lam
    taken = np.zeros(m, np.bool_)
    for i in range(n):
        if match[i] >= 0:
            taken[match[i]] = True
    free = np.flatnonzero(~taken)
    near = 0
    for i in range(n):
        if match[i] < 0:
            continue
        while near < len(free) and y[free[near]] < x[i]:
            near += 1
        for j in (near - 1, near):
            if 0 <= j < len(free):
                phi[i] = min(phi[i], _power(x[i] - y[free[j]], p) - lam)
    before = -1
    for i in range(n):
        if match[i] >= 0:
            if before >= 0:
                j = match[before]
                step = _power(x[i] - y[j], p) - _power(x[before] - y[j], p)
                phi[i] = min(phi[i], phi[before] + step)
            before = i
    before = -1
    for i in range(n - 1, -1, -1):
        if match[i] >= 0:
            if before >= 0:
                j = match[before]
                step = _power(x[i] - y[j], p) - _power(x[before] - y[j], p)
                phi[i] = min(phi[i], phi[before] + step)
            before = i
            psi[match[i]] = _power(x[i] - y[match[i]], p) - phi[i]
