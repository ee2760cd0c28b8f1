# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Inner loops of transport onto few atoms: one pass over the costs, no copy of them."""

import numba
import numpy as np


@numba.njit(nogil=True, cache=True)
def assign(C, g, labels, seconds, best, margin):
    """Write the two cheapest atoms of each row at prices g, the cost, and the lead."""
    n, k = C.shape
    for i in range(n):
        first, second, label, other = np.inf, np.inf, 0, 0
        for j in range(k):
            cost = C[i, j] - g[j]
            if cost < first:
                first, second = cost, first
                label, other = j, label
            elif cost < second:
                second, other = cost, j
        labels[i], seconds[i], best[i], margin[i] = label, other, first, second - first


@numba.njit(nogil=True, cache=True)
def lowest_slack(C, f, out):
    """Write the smallest of ``C[:, j] - f``, for each column j."""
    n, k = C.shape
    out[:] = np.inf
    for i in range(n):
        for j in range(k):
            out[j] = min(out[j], C[i, j] - f[i])
