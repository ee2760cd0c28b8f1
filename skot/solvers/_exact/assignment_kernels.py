# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Assignment in Numba, for compiled loops that solve one after the other."""

import numba
import numpy as np

# Rounds in which rows bid for columns, before paths are searched.
ROUNDS = 2

# No column: not yet, and for good.
FREE, LEFT = -1, -2

# Minima over a row in any order, so that they vectorise.
REORDER = {"nnan", "nsz", "reassoc"}


@numba.njit(nogil=True, cache=True)
def assign(cost, leave):
    r"""Give each row a column of its own, or leave it, at the least total cost.

    As `scipy.optimize.linear_sum_assignment`, for compiled code, and with a price at
    which rows stay without a column.

    Parameters
    ----------
    cost : ndarray of shape (n, m)
        Finite costs, in rows that lie in one piece. At least as many columns as rows.
    leave : float
        Cost of a row that is left; infinite where none is.

    Returns
    -------
    ndarray of int of shape (n,)
        Column of each row, negative for none.

    Raises
    ------
    ValueError
        If costs are not finite.

    Notes
    -----
    ``O(n^2 m)`` operations at worst. Rows are left at ties.

    References
    ----------
    .. [1] Jonker, Volgenant, "A shortest augmenting path algorithm for dense and sparse
       linear assignment problems", Computing 38, 1987.
       https://doi.org/10.1007/BF02278710
    """
    n, m = cost.shape
    prices = np.zeros(m)  # no row has a column cheaper, at these, than its own
    column_of, row_of = np.full(n, FREE), np.full(m, FREE)
    free, n_free = np.arange(n), n
    for _ in range(ROUNDS):
        n_free = _bid(cost, leave, prices, column_of, row_of, free, n_free)
    lengths, unpaid, paid = np.empty(m), np.empty(m), np.empty(m)
    before, closed = np.empty(m, np.int64), np.empty(m, np.int64)
    for i in free[:n_free]:
        lengths[:], unpaid[:] = np.inf, prices
        j, leaver = _shortest_path(
            cost, leave, prices, row_of, i, lengths, unpaid, paid, before, closed
        )
        if leaver >= 0:
            j = column_of[leaver]
            column_of[leaver] = LEFT
        row = leaver if leaver == i else -1
        while row != i:  # every row on the path takes the column it led to
            row = before[j]
            row_of[j] = row
            column_of[row], j = j, column_of[row]
    return column_of


@numba.njit(nogil=True, cache=True)
def _bid(cost, leave, prices, column_of, row_of, free, n_free):
    """Let each free row take its cheapest column, and pay what no other is worth."""
    n_bidders, n_free = n_free, 0
    for i in free[:n_bidders]:
        least, second, j = leave, np.inf, -1
        for k in range(len(prices)):
            value = cost[i, k] - prices[k]
            tied = value == least and j >= 0 and row_of[j] >= 0 and row_of[k] < 0
            if value < least or tied:
                second, least, j = least, value, k
            elif value < second:
                second = value
        if j < 0:
            if leave == np.inf:
                raise ValueError("costs of an assignment are not finite")
            column_of[i] = LEFT
            continue
        ousted = row_of[j]
        if ousted >= 0:
            free[n_free] = ousted if second > least else i
            n_free += 1
            if second <= least:
                continue
            column_of[ousted] = FREE
            prices[j] -= second - least
        row_of[j], column_of[i] = i, j
    return n_free


@numba.njit(nogil=True, cache=True)
def _shortest_path(
    cost, leave, prices, row_of, start, lengths, unpaid, paid, before, closed
):
    """Find the nearest free column or row to leave; lower the prices on the way."""
    i, base, n_closed = start, 0.0, 0
    leaving, leaver = leave, start
    while True:
        least = _relax(cost[i], unpaid, base, i, lengths, before)
        if leaving <= least:
            least, j = leaving, -1
            break
        j = -1
        for k in range(len(prices)):
            if lengths[k] <= least:
                j = k
                if row_of[k] < 0:
                    break
        if row_of[j] < 0:
            leaver = -1
            break
        i = row_of[j]
        base = least - (cost[i, j] - prices[j])
        if base + leave < leaving:
            leaving, leaver = base + leave, i
        lengths[j], unpaid[j] = np.inf, -np.inf
        closed[n_closed], paid[n_closed] = j, least
        n_closed += 1
    for s in range(n_closed):
        prices[closed[s]] += paid[s] - least
    return j, leaver


@numba.njit(cache=True, fastmath=REORDER)
def _relax(row, unpaid, base, i, lengths, before):
    """Shorten the open paths by way of a row; return the least length."""
    least = np.inf
    for k in range(len(row)):
        length = base + (row[k] - unpaid[k])
        shorter = length < lengths[k]
        lengths[k] = length if shorter else lengths[k]
        before[k] = i if shorter else before[k]
        least = min(least, lengths[k])
    return least
