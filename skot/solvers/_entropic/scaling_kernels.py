# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Inner loops of entropic transport: one pass over the plan where NumPy needs several.

They stay off BLAS on purpose: a threaded matrix-vector product waits for its slowest
thread, which on a machine that has other work costs a hundred times the product.
"""

import numba
import numpy as np

# Sums may be reordered, so that they use vector units; NaN and infinity keep their
# meaning, which a broken step is known by.
ORDER_FREE = {"reassoc", "contract"}
# Bits below which two plan entries share a bucket: buckets are a quarter octave wide.
BUCKET_SHIFT = 50
N_BUCKETS = 1 << (63 - BUCKET_SHIFT)
LIGHTEST = 1e-200


@numba.njit(nogil=True, cache=True, fastmath=ORDER_FREE)
def sweep(P, v, target, power, u, c):
    """Write the row scalings that meet target, and the column sums they lead to."""
    n, m = P.shape
    c[:] = 0.0
    for i in range(n):
        total = 0.0
        for j in range(m):
            total += P[i, j] * v[j]
        # a row too light to divide by waits for the next look at its logarithms
        share = target[i] / total if total > LIGHTEST else 1.0
        if power != 1.0:
            share = share**power
        u[i] = share
        for j in range(m):
            c[j] += share * P[i, j]
    for j in range(m):
        c[j] *= v[j]


@numba.njit(nogil=True, cache=True, fastmath=ORDER_FREE)
def absorb(P, u, v):
    """Multiply rows by u and columns by v, in place."""
    n, m = P.shape
    for i in range(n):
        for j in range(m):
            P[i, j] *= u[i] * v[j]


@numba.njit(nogil=True, cache=True)
def mass_by_size(P, bits):
    """Mass and number of the entries of P in each bucket of size."""
    mass = np.zeros(N_BUCKETS)
    count = np.zeros(N_BUCKETS, dtype=np.int64)
    n, m = P.shape
    for i in range(n):
        for j in range(m):
            bucket = bits[i, j] >> BUCKET_SHIFT
            mass[bucket] += P[i, j]
            count[bucket] += 1
    return mass, count


@numba.njit(nogil=True, cache=True)
def entries_above(P, threshold, n_kept):
    """Entries of P not below threshold, as compressed rows."""
    n, m = P.shape
    starts = np.zeros(n + 1, dtype=np.int64)
    columns = np.empty(n_kept, dtype=np.int32)
    values = np.empty(n_kept)
    k = 0
    for i in range(n):
        for j in range(m):
            if P[i, j] >= threshold:
                columns[k] = j
                values[k] = P[i, j]
                k += 1
        starts[i + 1] = k
    return starts, columns, values


@numba.njit(nogil=True, cache=True, fastmath=ORDER_FREE)
def dense_schur(P, inverse_rows, diagonal, x, out):
    """Write ``diagonal * x - P.T @ (inverse_rows * (P @ x))``."""
    n, m = P.shape
    for j in range(m):
        out[j] = diagonal[j] * x[j]
    for i in range(n):
        total = 0.0
        for j in range(m):
            total += P[i, j] * x[j]
        total *= inverse_rows[i]
        for j in range(m):
            out[j] -= total * P[i, j]


@numba.njit(nogil=True, cache=True, fastmath=ORDER_FREE)
def sparse_schur(starts, columns, values, inverse_rows, diagonal, x, out):
    """Write what `dense_schur` does, for the entries of P that were kept."""
    for j in range(len(x)):
        out[j] = diagonal[j] * x[j]
    for i in range(len(starts) - 1):
        total = 0.0
        for k in range(starts[i], starts[i + 1]):
            total += values[k] * x[columns[k]]
        total *= inverse_rows[i]
        for k in range(starts[i], starts[i + 1]):
            out[columns[k]] -= total * values[k]


@numba.njit(nogil=True, cache=True, fastmath=ORDER_FREE)
def weighted_squares(P, inverse_rows):
    """Column sums of ``P**2 * inverse_rows``: what elimination takes off a diagonal."""
    n, m = P.shape
    out = np.zeros(m)
    for i in range(n):
        for j in range(m):
            out[j] += P[i, j] * P[i, j] * inverse_rows[i]
    return out
