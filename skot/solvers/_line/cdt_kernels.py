# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Walks along cumulated mass, from densities to quantiles and back."""

import numba
import numpy as np

# A level that meets the end of a gap up to rounding, relative to all mass, belongs to
# the lower end of the gap, however the mass was summed.
SLACK = 1e-12
# The inverse of less mass would overflow; times a power of 2, exactly, it does not.
FAINT, GROWTH = 1e-280, 2.0**300


@numba.njit(nogil=True, cache=True)
def read_quantiles(masses, sign, edges, scale, out):
    """Write quantiles of the positive part of ``sign * masses``; return its mass.

    ``masses`` (n_cells,) lie evenly on cells between ``edges`` (n_cells + 1,);
    quantiles are multiplied by ``scale``. Without mass, or with infinite mass, they are
    zero.
    """
    n_cells, n_quantiles = len(masses), len(out)
    below = np.empty(n_cells)
    total = 0.0
    for k in range(n_cells):
        below[k] = total
        total += max(sign * masses[k], 0.0)
    found = total
    if not 0.0 < total < np.inf:
        out[:] = 0.0
        return found
    if total < FAINT:
        sign *= GROWTH
        below *= GROWTH
        total *= GROWTH
    # no branch on the data: to count the levels below each cell, and cumulate, is
    # twice as fast as to walk along levels and cells
    starts = np.zeros(n_quantiles + 1, dtype=np.int64)
    rate = n_quantiles / total
    for k in range(1, n_cells):
        starts[int(below[k] * rate + 0.5 + SLACK * n_quantiles)] += 1
    slope = np.empty(n_cells)
    for k in range(n_cells):
        mass = sign * masses[k]
        slope[k] = (edges[k + 1] - edges[k]) / mass if mass > 0.0 else 0.0
    k, step = 0, total / n_quantiles
    for q in range(n_quantiles):
        k += starts[q]
        inside = step * (q + 0.5) - below[k]
        out[q] = scale * min(edges[k] + slope[k] * inside, edges[k + 1])
    return found


@numba.njit(nogil=True, cache=True)
def quantiles_of_rows(masses, edges, out):
    """Call `read_quantiles` on each row of masses (n_rows, n_cells)."""
    for i in range(len(masses)):
        read_quantiles(masses[i], 1.0, edges, 1.0, out[i])


@numba.njit(nogil=True, cache=True)
def masses_of_rows(quantiles, edges, out):
    """Add the mass on each cell of the law that has these quantiles at mid-levels.

    Quantiles (n_rows, n_quantiles) are sorted and inside the grid. Mass lies evenly
    between neighbours, and half as far beyond the first and the last, inside the grid.
    """
    n_rows, n_quantiles = quantiles.shape
    last = len(edges) - 2
    for i in range(n_rows):
        row = quantiles[i]
        margin = 0.5 * (row[min(1, n_quantiles - 1)] - row[0])
        left, k = max(row[0] - margin, edges[0]), 0
        for j in range(n_quantiles + 1):
            share = 1.0 / n_quantiles if 0 < j < n_quantiles else 0.5 / n_quantiles
            if j < n_quantiles:
                right = row[j]
            else:
                margin = 0.5 * (row[-1] - row[max(n_quantiles - 2, 0)])
                right = min(row[-1] + margin, edges[-1])
            while k < last and edges[k + 1] <= left:
                k += 1
            if right <= edges[k + 1]:  # within a cell, as every atom is
                out[i, k] += share
            else:
                density = share / (right - left)
                while k < last and edges[k + 1] < right:
                    out[i, k] += density * (edges[k + 1] - left)
                    k += 1
                    left = edges[k]
                out[i, k] += density * (right - left)
            left = right


@numba.njit(nogil=True, cache=True)
def project(image, starts, rows, values, out):
    """Add each pixel's column of a sparse operator (by columns), times the pixel."""
    out[:] = 0.0
    for pixel in range(len(image)):
        value = image[pixel]
        if value != 0.0:
            for entry in range(starts[pixel], starts[pixel + 1]):
                out[rows[entry]] += values[entry] * value


@numba.njit(nogil=True, cache=True)
def quantiles_of_projections(images, operator, edges, scale, out):
    """Quantiles (n_images, n_directions, n_quantiles) of images (n_images, n_pixels).

    ``operator`` is a sparse matrix by columns (n_directions * n_bins, n_pixels), as a
    tuple of its three arrays; ``edges`` is (n_directions, n_bins + 1).
    """
    starts, rows, values = operator
    n_directions, n_bins = edges.shape[0], edges.shape[1] - 1
    projection = np.empty(n_directions * n_bins)
    for i in range(len(images)):
        project(images[i], starts, rows, values, projection)
        for d in range(n_directions):
            masses = projection[d * n_bins : (d + 1) * n_bins]
            read_quantiles(masses, 1.0, edges[d], scale, out[i, d])


@numba.njit(nogil=True, cache=True)
def signed_quantiles_of_projections(images, operator, edges, scale, out, totals):
    """As `quantiles_of_projections`, of the positive and of the negative part.

    ``out`` is (n_images, 2, n_directions, n_quantiles); ``totals``, without the last
    axis, receives the masses of the parts.
    """
    starts, rows, values = operator
    n_directions, n_bins = edges.shape[0], edges.shape[1] - 1
    projection = np.empty(n_directions * n_bins)
    for i in range(len(images)):
        project(images[i], starts, rows, values, projection)
        for d in range(n_directions):
            masses = projection[d * n_bins : (d + 1) * n_bins]
            for part in range(2):
                sign = 1.0 - 2.0 * part
                totals[i, part, d] = read_quantiles(
                    masses, sign, edges[d], scale, out[i, part, d]
                )
