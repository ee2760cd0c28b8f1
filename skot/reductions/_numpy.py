# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The reductions in NumPy, block by block: the definition."""

import numpy as np

# Entries of a block: past the size of the caches a larger block is slower.
BLOCK = 2**18


def blocks(pairs):
    """Yield rows, columns and costs of the blocks of all pairs.

    A block fits scikit-learn's ``working_memory`` and, mostly, the caches.
    """
    from sklearn import get_config

    # a reduction holds a block and two temporaries of its size
    budget = min(BLOCK, int(get_config()["working_memory"] * 2**20 / (3 * 8)))
    for rows, columns in _bands(pairs):
        width = pairs.shape[1] if isinstance(columns, slice) else len(columns)
        step = max(1, budget // max(width, 1))
        for start in range(rows.start, rows.stop, step):
            part = slice(start, min(start + step, rows.stop))
            yield part, columns, pairs.costs(part, columns)


def _bands(pairs):
    """Yield bands of rows that meet the same columns."""
    ranges = pairs.ranges
    if ranges is None:
        yield slice(0, pairs.shape[0]), slice(None)
        return
    for k, (start, stop) in enumerate(ranges.rows.tolist()):
        spans = ranges.columns[ranges.slices[k] : ranges.slices[k + 1]].tolist()
        if len(spans) == 1:
            columns = np.arange(*spans[0])
        else:
            columns = np.concatenate([[], *(np.arange(*s) for s in spans)]).astype(int)
        yield slice(start, stop), columns


def _exponents(C, h, eps):
    """Return ``h_j - C_ij / eps`` in place of C, and its maxima by rows, finite."""
    C /= -eps
    C += h
    top = C.max(axis=1, initial=-np.inf)
    return C, np.where(np.isfinite(top), top, 0.0)


def logsumexp(pairs, h, eps):
    """Row by row, ``log sum_j exp(h_j - C_ij / eps)``."""
    out = np.full(pairs.shape[0], -np.inf)
    for rows, columns, C in blocks(pairs):
        E, top = _exponents(C, h[columns], eps)
        E -= top[:, None]
        with np.errstate(divide="ignore"):
            out[rows] = top + np.log(np.exp(E, out=E).sum(axis=1))
    return out


def weighted_sum(pairs, h, eps, v):
    """Row by row, mean of v under the weights ``exp(h_j - C_ij / eps)``."""
    out = np.full((pairs.shape[0], v.shape[1]), np.nan)
    for rows, columns, C in blocks(pairs):
        E, top = _exponents(C, h[columns], eps)
        E -= top[:, None]
        np.exp(E, out=E)
        with np.errstate(invalid="ignore"):
            out[rows] = (E @ v[columns]) / E.sum(axis=1)[:, None]
    return out


def kernel_matvec(pairs, v, eps):
    """Row by row, ``sum_j exp(-C_ij / eps) v_j``."""
    out = np.zeros((pairs.shape[0], v.shape[1]))
    for rows, columns, C in blocks(pairs):
        C /= -eps
        out[rows] = np.exp(C, out=C) @ v[columns]
    return out


def min_cost(pairs, h):
    """Row by row, ``min_j C_ij - h_j``."""
    out = np.full(pairs.shape[0], np.inf)
    for rows, columns, C in blocks(pairs):
        C -= h[columns]
        out[rows] = C.min(axis=1, initial=np.inf)
    return out


def argkmin(pairs, h, k):
    """Row by row, the k smallest ``C_ij - h_j``: columns and values, in order."""
    indices = np.full((pairs.shape[0], k), -1)
    values = np.full((pairs.shape[0], k), np.inf)
    for rows, columns, C in blocks(pairs):
        C -= h[columns]
        width = min(k, C.shape[1])
        if width == 0:
            continue
        if width == 1:
            best = C.argmin(axis=1)[:, None]
        elif width < C.shape[1]:
            best = np.sort(np.argpartition(C, width - 1, axis=1)[:, :width], axis=1)
        else:
            best = np.broadcast_to(np.arange(width), C.shape)
        found = np.take_along_axis(C, best, axis=1)
        # the columns are in order, so that a stable sort puts the first of equals first
        order = np.argsort(found, axis=1, kind="stable")
        best = np.take_along_axis(best, order, axis=1)
        values[rows, :width] = np.take_along_axis(found, order, axis=1)
        indices[rows, :width] = best if isinstance(columns, slice) else columns[best]
    return indices, values
