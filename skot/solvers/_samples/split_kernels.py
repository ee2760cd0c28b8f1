# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Transport on a line between the parts of many splits of one sorted sample."""

import numba
import numpy as np

from .._line.line_kernels import REORDER, matched_cost, power


@numba.njit(nogil=True, cache=True)
def _plan_cost(x, y, rows, columns, masses, p):
    cost = 0.0
    for k in range(len(rows)):
        cost += masses[k] * power(x[rows[k]] - y[columns[k]], p)
    return cost


@numba.njit(nogil=True, cache=True, fastmath=REORDER)
def split_costs(values, order, labels, rows, columns, masses, p, out):
    """Fill out (n_splits, n_slices) with W_p^p between the parts of each split.

    Rows of values are sorted, ``order`` holds which point stands where, and a label is
    1 for a point of the first part. A pass copies both parts, which come out sorted.
    """
    n_points = values.shape[1]
    n = int(labels[0].sum())
    # one place more: the writes below run ahead of what they keep
    x, y = np.empty(n_points + 1), np.empty(n_points + 1)
    for s in range(len(values)):
        line, place = values[s], order[s]
        for b in range(len(labels)):
            split = labels[b]
            i = 0
            for k in range(n_points):  # no branch: labels are coin tosses
                x[i] = line[k]
                y[k - i] = line[k]
                i += split[place[k]]
            if 2 * n == n_points:
                out[b, s] = matched_cost(x[:n], y, p) / n
            else:
                out[b, s] = _plan_cost(x, y, rows, columns, masses, p)


@numba.njit(nogil=True, cache=True, fastmath=REORDER)
def resampled_costs(values, order, label, counts, rows, columns, masses, p, out):
    """Fill out (n_bootstrap, n_slices) with W_p^p where points stand counts times."""
    n_points = values.shape[1]
    n = int(label.sum())
    x, y = np.empty(n_points + 2), np.empty(n_points + 2)
    for s in range(len(values)):
        line, place = values[s], order[s]
        for b in range(len(counts)):
            count = counts[b]
            i = j = 0
            for k in range(n_points):
                point = place[k]
                value, times = line[k], int(count[point])
                first = times * label[point]
                # up to two times without a branch, which is nine points of ten
                x[i] = x[i + 1] = y[j] = y[j + 1] = value
                i += first
                j += times - first
                if times > 2:
                    x[i - first : i] = value
                    y[j - times + first : j] = value
            if 2 * n == n_points:
                out[b, s] = matched_cost(x[:n], y, p) / n
            else:
                out[b, s] = _plan_cost(x, y, rows, columns, masses, p)
