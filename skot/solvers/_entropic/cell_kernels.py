# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Soft minimum between points sorted into cells: what is far is left out.

The loops are those of a KeOps reduction with ranges. They stand here because a compiler
turns this exponential, a polynomial, into vector instructions, which makes a pair of
points five times cheaper on a CPU than the call of a library's.
"""

import numba
import numpy as np
from llvmlite import ir
from numba import get_num_threads
from numba.core import types
from numba.extending import intrinsic

__all__ = ["get_num_threads", "row_sums"]

ORDER_FREE = {"reassoc", "contract", "nsz", "arcp"}
LOG2_E = 1.4426950408889634
# log(2) in two parts, the first exact in few bits, so that its multiples are exact
LOG2_HIGH, LOG2_LOW = 6.93145751953125e-1, 1.42860682030941723212e-6
# Past these exponents a sum is out of range: the caller then improves its guess.
LOWEST, HIGHEST = -708.0, 690.0


@intrinsic
def _power_of_two(_, k):
    """2 ** k for an integer k, by writing the exponent of a float."""

    def codegen(context, builder, signature, arguments):
        biased = builder.add(arguments[0], ir.Constant(ir.IntType(64), 1023))
        bits = builder.shl(biased, ir.Constant(ir.IntType(64), 52))
        return builder.bitcast(bits, ir.DoubleType())

    return types.float64(types.int64), codegen


@numba.njit(fastmath=ORDER_FREE, inline="always")
def _exp(t):
    """Exponential to the rounding of its exponent, without a branch or a table."""
    t = min(max(t, LOWEST), HIGHEST)
    k = np.floor(t * LOG2_E + 0.5)
    r = (t - k * LOG2_HIGH) - k * LOG2_LOW
    p = 2.08767569878681e-09
    p = p * r + 2.505210838544172e-08
    p = p * r + 2.755731922398589e-07
    p = p * r + 2.7557319223985893e-06
    p = p * r + 2.48015873015873e-05
    p = p * r + 1.984126984126984e-04
    p = p * r + 1.388888888888889e-03
    p = p * r + 8.333333333333333e-03
    p = p * r + 4.1666666666666664e-02
    p = p * r + 1.6666666666666666e-01
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    return p * _power_of_two(np.int64(k))


@numba.njit(fastmath=ORDER_FREE, nogil=True, cache=True)
def _cells_near_cell(
    start, stop, p0, p1, p2, x, shift, y, y_cells, y_low, y_high, tilt, floor, top, near
):
    """List the cells of columns that some row may need, and their terms of the bound.

    Fills in near and top; returns how many there are.
    """
    square = p0 * p0 + p1 * p1 + p2 * p2
    low0 = low1 = low2 = np.inf
    high0 = high1 = high2 = highest = -np.inf
    for i in range(start, stop):
        q0, q1, q2 = x[0, i] - p0, x[1, i] - p1, x[2, i] - p2
        low0, high0 = min(low0, q0), max(high0, q0)
        low1, high1 = min(low1, q1), max(high1, q1)
        low2, high2 = min(low2, q2), max(high2, q2)
        level = shift[i] - 2 * (p0 * x[0, i] + p1 * x[1, i] + p2 * x[2, i])
        highest = max(highest, level)
    n_near = 0
    for cell in range(len(y_cells) - 1):
        best = -np.inf
        for j in range(y_cells[cell], y_cells[cell + 1]):
            best = max(best, tilt[j] + 2 * (p0 * y[0, j] + p1 * y[1, j] + p2 * y[2, j]))
        gap0 = max(max(low0 - y_high[0, cell], y_low[0, cell] - high0), 0.0)
        gap1 = max(max(low1 - y_high[1, cell], y_low[1, cell] - high1), 0.0)
        gap2 = max(max(low2 - y_high[2, cell], y_low[2, cell] - high2), 0.0)
        best += square
        if highest + best - (gap0 * gap0 + gap1 * gap1 + gap2 * gap2) >= floor:
            top[n_near], near[n_near] = best, cell
            n_near += 1
    return n_near


@numba.njit(nogil=True, cache=True, fastmath=ORDER_FREE)
def row_sums(
    first, last, x, x_cells, slope, y, y_cells, y_low, y_high,
    shift, tilt, height, floor, moments, out,
):  # fmt: skip
    """Sum ``exp(shift_i + height_j - |x_i - y_j|^2)`` over j, row by row.

    Rows are those of the cells first to last. A cell of columns is left out of a row
    where ``shift_i + tilt_j - |x_i - y_j|^2`` cannot reach floor. For any p this is
    ``(shift_i - 2 p.x_i) + (tilt_j + 2 p.y_j) - |x_i - p - y_j|^2 + |p|^2``, of which
    the terms are bounded one by one: with p the slope of the shift, they vary little.

    Column 0 of out is the sum; with moments, the others are sums times ``y_j - x_i``.
    Coordinates are three rows, of which those past the dimension are zero.
    """
    n_cells = len(y_cells) - 1
    top = np.empty(n_cells)
    near = np.empty(n_cells, dtype=np.int64)
    for cell in range(first, last):
        start, stop = x_cells[cell], x_cells[cell + 1]
        p0, p1, p2 = slope[0, cell], slope[1, cell], slope[2, cell]
        n_near = _cells_near_cell(
            start, stop, p0, p1, p2, x, shift,
            y, y_cells, y_low, y_high, tilt, floor, top, near,
        )  # fmt: skip
        for i in range(start, stop):
            x0, x1, x2, s = x[0, i], x[1, i], x[2, i], shift[i]
            q0, q1, q2 = x0 - p0, x1 - p1, x2 - p2
            level = s - 2 * (p0 * x0 + p1 * x1 + p2 * x2)
            total = 0.0
            m0 = m1 = m2 = 0.0
            k = 0
            while k < n_near:
                # a run of neighbouring cells that are near this row
                other = near[k]
                begin = end = y_cells[other]
                while k < n_near and y_cells[near[k]] == end:
                    other = near[k]
                    gap0 = max(max(q0 - y_high[0, other], y_low[0, other] - q0), 0.0)
                    gap1 = max(max(q1 - y_high[1, other], y_low[1, other] - q1), 0.0)
                    gap2 = max(max(q2 - y_high[2, other], y_low[2, other] - q2), 0.0)
                    gap = gap0 * gap0 + gap1 * gap1 + gap2 * gap2
                    if level + top[k] - gap < floor:
                        break
                    end = y_cells[other + 1]
                    k += 1
                if end == begin:
                    k += 1
                    continue
                if moments:
                    for j in range(begin, end):
                        d0, d1, d2 = y[0, j] - x0, y[1, j] - x1, y[2, j] - x2
                        e = _exp(s + height[j] - (d0 * d0 + d1 * d1 + d2 * d2))
                        total += e
                        m0 += e * d0
                        m1 += e * d1
                        m2 += e * d2
                else:
                    for j in range(begin, end):
                        d0, d1, d2 = y[0, j] - x0, y[1, j] - x1, y[2, j] - x2
                        total += _exp(s + height[j] - (d0 * d0 + d1 * d1 + d2 * d2))
            out[i, 0] = total
            if moments:
                out[i, 1], out[i, 2], out[i, 3] = m0, m1, m2
