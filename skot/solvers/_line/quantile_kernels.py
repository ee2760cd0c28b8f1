# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Weighted quantiles: a walk along cumulated mass, which NumPy cannot vectorise."""

import numba
import numpy as np

# A level that meets a step of the distribution function up to rounding belongs to
# the lower value, however the mass was summed.
SLACK = 1e-12


@numba.njit(nogil=True, cache=True)
def weighted_step(values, order, weights, n_quantiles):
    """Step quantiles of values (n_slices, n_sets, size), order as by argsort."""
    n_slices, n_sets, size = values.shape
    out = np.empty((n_slices, n_sets, n_quantiles), dtype=values.dtype)
    for s in range(n_slices):
        for i in range(n_sets):
            k = 0
            mass = weights[i, order[s, i, 0]]
            for q in range(n_quantiles):
                level = (q + 0.5) / n_quantiles - SLACK
                while mass < level and k < size - 1:
                    k += 1
                    mass += weights[i, order[s, i, k]]
                out[s, i, q] = values[s, i, order[s, i, k]]
    return out


@numba.njit(nogil=True, cache=True)
def weighted_linear(values, order, weights, n_quantiles):
    """Linear quantiles of values (n_slices, n_sets, size), order as by argsort."""
    n_slices, n_sets, size = values.shape
    out = np.empty((n_slices, n_sets, n_quantiles), dtype=values.dtype)
    for s in range(n_slices):
        for i in range(n_sets):
            k = 0
            here = order[s, i, 0]
            middle = 0.5 * weights[i, here]  # level at the middle of its mass
            before, last = here, middle
            for q in range(n_quantiles):
                level = (q + 0.5) / n_quantiles
                while middle < level and k < size - 1:
                    before, last = here, middle
                    k += 1
                    here = order[s, i, k]
                    middle += 0.5 * (weights[i, before] + weights[i, here])
                if middle <= level or middle <= last:
                    out[s, i, q] = values[s, i, here]
                else:
                    share = max(0.0, (level - last) / (middle - last))
                    low, high = values[s, i, before], values[s, i, here]
                    out[s, i, q] = low * (1 - share) + high * share
    return out
