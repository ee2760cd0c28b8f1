# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Oracle of partial transport between points of mass 1."""

import numpy as np
from scipy.optimize import linear_sum_assignment


def assignment(C, lam):
    """Optimal value: a partner for each point, or its penalty."""
    n, m = C.shape
    whole = np.zeros((n + m, n + m))
    whole[:n, :m], whole[:n, m:], whole[n:, :m] = C, lam, lam
    return whole[linear_sum_assignment(whole)].sum()
