# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Partial transport of unit points on a line, in Numba: pairs enter one by one."""

import numba
import numpy as np

from .._line.line_kernels import matched_cost, power


@numba.njit(nogil=True, cache=True)
def grow_matching(x, y, p, limit, costs, rows, columns):
    """Match sorted unit points, pair by pair, while a pair adds less than a limit.

    Both sets stand merged in one row. Points in use form blocks, runs of as many points
    of x as of y, matched within themselves from left to right. What enters next are two
    free neighbours, or the points at both sides of a block, whose matching shifts by
    one: the pair that adds least. The least cost of k pairs is convex in k, and what is
    in use stays in use.

    Parameters
    ----------
    x, y : ndarray of shape (n,) and (m,)
        Sorted values.
    p : float
        Order, at least 1.
    limit : float
        What a pair adds to the cost is less.
    costs : ndarray of shape (n_pairs,)
        Filled in with what each pair adds, in rising order. No more of them enter.
    rows, columns : ndarray of int of shape (n_pairs,)
        Filled in with the points that enter.

    Returns
    -------
    int
        Number of pairs.
    """
    z, is_x, n_x = _merge(x, y)
    size = len(z)
    asked = size if p == 1 else 1
    levels, starts, order, sums = _lengths_by_level(z[:asked], n_x[:asked])
    used = np.zeros(size, np.bool_)
    # Of each block, at its first point: its cost, and for p=1 the lengths along which
    # more points of x, or fewer, have passed since it began. At its ends: the other.
    value, more, fewer = np.zeros(size), np.zeros(size), np.zeros(size)
    other_end = np.zeros(size, np.int64)
    heap, offers, waiting = _first_offers(z, is_x, p, limit)
    latest = np.full(size, np.inf)  # an offer that a block has outgrown is another
    n_pairs, last_cost = 0, 0.0
    while waiting > 0 and n_pairs < len(costs):
        cost, offer = heap[0], offers[0]
        waiting = _pop(heap, offers, waiting)
        first, around = offer >> 1, offer & 1
        if used[first] or (around and cost != latest[first]):
            continue
        last = (other_end[first + 1] if around else first) + 1
        if used[last]:
            continue
        used[first] = used[last] = True
        costs[n_pairs] = last_cost = max(cost, last_cost)
        one, two = (first, last) if is_x[first] else (last, first)
        rows[n_pairs], columns[n_pairs] = n_x[one], two - n_x[two]
        n_pairs += 1
        # of the block within, zero where there is none
        total = value[first + 1] + cost
        above, below = more[first + 1], fewer[first + 1]
        if p == 1:
            equal = _length_at(starts, order, sums, levels[first], first, last)
            above, below = _around(z[last] - z[first], is_x[first], above, below, equal)
        # with the blocks that it touches, this is one
        if first > 0 and used[first - 1]:
            first = other_end[first - 1]
            total += value[first]
            above += more[first]
            below += fewer[first]
        if last + 1 < size and used[last + 1]:
            total += value[last + 1]
            above += more[last + 1]
            below += fewer[last + 1]
            last = other_end[last + 1]
        other_end[first], other_end[last] = last, first
        value[first], more[first], fewer[first] = total, above, below
        left, right = first - 1, last + 1
        if left < 0:
            continue
        latest[left] = np.inf
        if right == size or is_x[left] == is_x[right]:
            continue
        if p == 1:
            cost = z[right] - z[left] - 2 * (below if is_x[left] else above)
        else:
            i, n_matched = n_x[left], (right - left + 1) // 2
            cost = matched_cost(x[i : i + n_matched], y[left - i :], p) - total
        latest[left] = cost
        if cost < limit:
            waiting = _push(heap, offers, waiting, cost, 2 * left + 1)
    return n_pairs


@numba.njit(nogil=True, cache=True)
def least_costs(u, v, p, lam):
    """Optimal value of each row of u against that of v, sorted, at a penalty."""
    n, m = u.shape[1], v.shape[1]
    size = min(n, m)
    costs = np.empty(size)
    rows, columns = np.empty(size, np.int64), np.empty(size, np.int64)
    out = np.empty(len(u))
    for s in range(len(u)):
        k = grow_matching(u[s], v[s], p, 2 * lam, costs, rows, columns)
        out[s] = costs[:k].sum() + lam * (n + m - 2 * k)
    return out


@numba.njit(nogil=True, cache=True)
def line_duals(x, y, lam, p, rows, columns):
    """Find optimal duals of an optimal monotone matching of sorted unit points.

    Each matched point bounds the dual of its neighbours, and free points bound those of
    the matched: two sweeps find the largest that satisfy all.

    Parameters
    ----------
    x, y : ndarray of shape (n,) and (m,)
        Sorted values.
    lam : float
        Penalty of each point left unmatched.
    p : float
        Order.
    rows, columns : ndarray of int of shape (n_pairs,)
        Pairs, in rising order.

    Returns
    -------
    f, g : ndarray of shape (n,) and (m,)
        Duals.
    """
    f, g = np.full(len(x), lam), np.full(len(y), lam)
    _bound_by_free(f, x, rows, y, columns, lam, p)
    for s in range(1, len(rows)):
        _bound_by(f, x, y[columns[s - 1]], p, rows[s - 1], rows[s])
    for s in range(len(rows) - 1, -1, -1):
        if s + 1 < len(rows):
            _bound_by(f, x, y[columns[s + 1]], p, rows[s + 1], rows[s])
        g[columns[s]] = min(lam, power(x[rows[s]] - y[columns[s]], p) - f[rows[s]])
    # no tighter than that where the matching is optimal; else there is a gap
    _bound_by_free(g, y, columns, x, rows, lam, p)
    return f, g


@numba.njit(nogil=True, cache=True)
def _bound_by_free(f, x, rows, y, columns, lam, p):
    """Bound the duals of matched points by what the nearest free ones cost."""
    is_free = np.ones(len(y), np.bool_)
    is_free[columns] = False
    free = np.flatnonzero(is_free)
    near = 0
    for i in rows:
        while near < len(free) and y[free[near]] < x[i]:
            near += 1
        for j in (near - 1, near):
            if 0 <= j < len(free):
                f[i] = min(f[i], power(x[i] - y[free[j]], p) - lam)


@numba.njit(inline="always")
def _bound_by(f, x, partner, p, other, i):
    """Bound a dual by that of a matched point, whose partner i could take instead."""
    step = power(x[i] - partner, p) - power(x[other] - partner, p)
    f[i] = min(f[i], f[other] + step)


@numba.njit(inline="always")
def _around(span, by_x, above, below, equal):
    """Lengths of `more` and `fewer` of a block, once a pair surrounds it.

    A point of x at its left lifts all levels within by one, a point of y lowers them:
    what was level before then has more, or fewer, and some of the rest is level.
    """
    if by_x:
        return span - below, below - equal
    return above - equal, span - above


@numba.njit(inline="always")
def _first_offers(z, is_x, p, limit):
    """Offer all neighbours of different sets.

    Offers stand in a heap, by cost. Each is known by its left point, twice, and 1 where
    it surrounds a block.
    """
    heap, offers, waiting = np.empty(len(z)), np.empty(len(z), np.int64), 0
    for k in range(len(z) - 1):
        if is_x[k] != is_x[k + 1]:
            cost = power(z[k + 1] - z[k], p)
            if cost < limit:
                waiting = _push(heap, offers, waiting, cost, 2 * k)
    return heap, offers, waiting


@numba.njit(nogil=True, cache=True)
def _merge(x, y):
    """Merge sorted values; tell whose they are, and how many of x came before."""
    n, m = len(x), len(y)
    z, is_x = np.empty(n + m), np.empty(n + m, np.bool_)
    n_x = np.empty(n + m, np.int64)
    i = 0
    for k in range(n + m):
        j = k - i
        n_x[k] = i
        is_x[k] = j == m or (i < n and x[i] <= y[j])
        z[k] = x[i] if is_x[k] else y[j]
        i += is_x[k]
    return z, is_x, n_x


# -- lengths, for p=1 ------------------------------------------------------------------


@numba.njit(nogil=True, cache=True)
def _lengths_by_level(z, n_x):
    """Sort the gaps between merged values by level, and cumulate their lengths.

    Parameters
    ----------
    z : ndarray of shape (size,)
        Sorted values.
    n_x : ndarray of int of shape (size,)
        How many points of x lie before each.

    Returns
    -------
    levels : ndarray of int of shape (size,)
        How many more points of x than of y lie before each, less the lowest of these.
    starts : ndarray of int of shape (n_levels + 1,)
        Where each level starts in the others.
    order : ndarray of int of shape (size - 1,)
        The points at the left of each gap; those of one level stay in line.
    sums : ndarray of shape (size, 2)
        Lengths of the gaps, cumulated in this order, and what rounding took from them.
    """
    levels = 2 * n_x - np.arange(len(z))
    levels -= levels.min()
    starts = np.zeros(levels.max() + 2, np.int64)
    for level in levels[1:]:
        starts[level + 1] += 1
    starts = np.cumsum(starts)
    place = starts.copy()
    order, sums = np.empty(len(z) - 1, np.int64), np.zeros((len(z), 2))
    for k in range(len(z) - 1):
        order[place[levels[k + 1]]] = k
        place[levels[k + 1]] += 1
    for k in range(len(order)):
        length, before = z[order[k] + 1] - z[order[k]], sums[k, 0]
        total = before + length
        kept = total - before
        sums[k + 1, 0] = total
        sums[k + 1, 1] = sums[k, 1] + (before - (total - kept)) + (length - kept)
    return levels, starts, order, sums


@numba.njit(nogil=True, cache=True)
def _length_at(starts, order, sums, level, first, last):
    """Length of the gaps of a level between two points."""
    low, high = starts[level], starts[level + 1]
    i = low + np.searchsorted(order[low:high], first)
    j = low + np.searchsorted(order[low:high], last)
    return (sums[j, 0] - sums[i, 0]) + (sums[j, 1] - sums[i, 1])


# -- a heap ----------------------------------------------------------------------------


@numba.njit(nogil=True, cache=True)
def _push(heap, offers, size, cost, offer):
    """Add an offer; return the new size."""
    place = size
    while place > 0 and heap[(place - 1) // 2] > cost:
        parent = (place - 1) // 2
        heap[place], offers[place] = heap[parent], offers[parent]
        place = parent
    heap[place], offers[place] = cost, offer
    return size + 1


@numba.njit(nogil=True, cache=True)
def _pop(heap, offers, size):
    """Drop the least offer; return the new size."""
    size -= 1
    cost, offer = heap[size], offers[size]
    place, child = 0, 1
    while child < size:
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= cost:
            break
        heap[place], offers[place] = heap[child], offers[child]
        place, child = child, 2 * child + 1
    heap[place], offers[place] = cost, offer
    return size
