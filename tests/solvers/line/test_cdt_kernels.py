# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""From densities to quantiles and back: the walks, against interpolation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csc_array

from skot.solvers._line import cdt_kernels as kernels
from tests._data.clouds import seeds


def interpolated(masses, edges, n_quantiles):
    reached = np.r_[0, np.cumsum(masses)] / masses.sum()
    return np.interp((np.arange(n_quantiles) + 0.5) / n_quantiles, reached, edges)


def problem(seed, n_cells):
    rng = np.random.default_rng(seed)
    return rng.uniform(0.1, 1, n_cells), np.sort(rng.normal(size=n_cells + 1))


@given(seeds, st.integers(1, 9), st.integers(1, 12), st.sampled_from([1.0, 1e-290]))
@settings(max_examples=30)
def test_quantiles_of_a_density(seed, n_cells, n_quantiles, unit):
    masses, edges = problem(seed, n_cells)
    out = np.empty(n_quantiles)
    total = kernels.read_quantiles(unit * masses, 1.0, edges, 2.0, out)
    assert_allclose(total, unit * masses.sum())
    assert_allclose(out, 2 * interpolated(masses, edges, n_quantiles), atol=1e-9)


def test_parts_of_one_sign_and_parts_without_mass():
    masses, edges = np.array([1.0, -2.0, 3.0]), np.arange(4.0)
    out = np.empty(3)
    assert kernels.read_quantiles(masses, 1.0, edges, 1.0, out) == 4.0
    positive = interpolated(np.array([1.0, 0.0, 3.0]), edges, 3)
    assert_allclose(out, positive)
    assert kernels.read_quantiles(masses, -1.0, edges, 1.0, out) == 2.0
    assert_allclose(out, 1 + (np.arange(3) + 0.5) / 3)
    for total in (0.0, np.inf):
        given_ = np.array([total, 0.0, 0.0])
        assert kernels.read_quantiles(given_, 1.0, edges, 1.0, out) == total
        assert_array_equal(out, 0)


@pytest.mark.parametrize("n_quantiles", [1, 2, 5, 40])
def test_masses_of_quantiles(n_quantiles):
    rng = np.random.default_rng(n_quantiles)
    edges = np.linspace(-1, 1, 8)
    rows = np.sort(rng.uniform(-0.9, 0.9, (3, n_quantiles)))
    out = np.zeros((3, 7))
    kernels.masses_of_rows(rows, edges, out)
    assert_allclose(out.sum(axis=1), 1)
    for row, masses in zip(rows, out, strict=True):
        # mass between neighbours, and half of it beyond the first and the last
        gaps = np.diff(row, prepend=row[0], append=row[-1])
        gaps[[0, -1]] = (gaps[1], gaps[-2]) if n_quantiles > 1 else (0, 0)
        ends = np.r_[row[0] - gaps[0] / 2, row, row[-1] + gaps[-1] / 2].clip(-1, 1)
        levels = np.r_[0, (np.arange(n_quantiles) + 0.5) / n_quantiles, 1]
        if n_quantiles > 1:
            expected = np.diff(np.interp(edges, ends, levels))
            assert_allclose(masses, expected, atol=1e-12)


def test_projections():
    rng = np.random.default_rng(0)
    n_directions, n_bins, n_pixels = 2, 5, 6
    matrix = csc_array(rng.uniform(size=(n_directions * n_bins, n_pixels)))
    operator = tuple(v for v in (matrix.indptr, matrix.indices, matrix.data))
    images = rng.normal(size=(3, n_pixels))
    images[:, 0] = 0.0
    out = np.empty(n_directions * n_bins)
    kernels.project(images[0], *operator, out)
    assert_allclose(out, matrix @ images[0])
    edges = np.sort(rng.normal(size=(n_directions, n_bins + 1)))
    found, expected = np.empty((3, 2, 4)), np.empty((3, 2, 4))
    kernels.quantiles_of_projections(np.abs(images), operator, edges, 1.5, found)
    signed, totals = np.empty((3, 2, 2, 4)), np.empty((3, 2, 2))
    kernels.signed_quantiles_of_projections(
        images, operator, edges, 1.5, signed, totals
    )
    for i, d in np.ndindex(3, n_directions):
        rows = (matrix @ np.abs(images[i])).reshape(n_directions, n_bins)
        kernels.read_quantiles(rows[d], 1.0, edges[d], 1.5, expected[i, d])
        rows = (matrix @ images[i]).reshape(n_directions, n_bins)
        for part, sign in enumerate((1, -1)):
            quantiles = np.empty(4)
            total = kernels.read_quantiles(rows[d], sign, edges[d], 1.5, quantiles)
            assert_allclose(signed[i, part, d], quantiles)
            assert_allclose(totals[i, part, d], total)
    assert_allclose(found, expected)
