# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Soft minimum between points sorted into cells: far cells are left out, and counted.

The loops are those of a KeOps reduction with ranges. They stand here because a compiler
turns this exponential, a polynomial, into vector instructions, which makes a pair of
points five times cheaper on a CPU than the call of a library's.
"""

import numba
import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

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
    """Exponential to two units in the last place, without a branch or a table."""
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


@numba.njit(nogil=True, cache=True, fastmath=ORDER_FREE)
def row_sums(
    first, last, x, x_cells, x_low, x_high, y, y_cells, y_low, y_high,
    shift, height, cell_height, cell_mass, floor, moments, out, dropped,
):  # fmt: skip
    """Sum ``exp(shift_i + height_j - |x_i - y_j|^2)`` over the columns, row by row.

    Rows are those of the cells first to last. A cell of columns is left out where no
    exponent without its weight reaches floor: ``dropped`` bounds what that leaves out.
    Column 0 of out is the sum; with moments, the others are sums times coordinates.
    Coordinates are three rows, of which those past the dimension are zero.
    """
    n_cells = len(y_cells) - 1
    begin, end = np.empty(n_cells, dtype=np.int64), np.empty(n_cells, dtype=np.int64)
    for cell in range(first, last):
        start, stop = x_cells[cell], x_cells[cell + 1]
        top = shift[start]
        for i in range(start + 1, stop):
            top = max(top, shift[i])
        n_runs = 0
        left_out = 0.0
        for other in range(n_cells):
            distance = 0.0
            for k in range(3):
                gap = max(x_low[k, cell] - y_high[k, other], 0.0)
                gap = max(gap, y_low[k, other] - x_high[k, cell])
                distance += gap * gap
            bound = top + cell_height[other] - distance
            if bound < floor:
                left_out += cell_mass[other] * np.exp(bound)
            elif n_runs > 0 and end[n_runs - 1] == y_cells[other]:
                end[n_runs - 1] = y_cells[other + 1]
            else:
                begin[n_runs], end[n_runs] = y_cells[other], y_cells[other + 1]
                n_runs += 1
        for i in range(start, stop):
            x0, x1, x2, s = x[0, i], x[1, i], x[2, i], shift[i]
            total = 0.0
            m0 = m1 = m2 = 0.0
            for run in range(n_runs):
                if moments:
                    for j in range(begin[run], end[run]):
                        d0, d1, d2 = y[0, j] - x0, y[1, j] - x1, y[2, j] - x2
                        e = _exp(s + height[j] - (d0 * d0 + d1 * d1 + d2 * d2))
                        total += e
                        m0 += e * d0
                        m1 += e * d1
                        m2 += e * d2
                else:
                    for j in range(begin[run], end[run]):
                        d0, d1, d2 = y[0, j] - x0, y[1, j] - x1, y[2, j] - x2
                        total += _exp(s + height[j] - (d0 * d0 + d1 * d1 + d2 * d2))
            out[i, 0] = total
            if moments:
                out[i, 1], out[i, 2], out[i, 3] = m0, m1, m2
            dropped[i] = left_out
