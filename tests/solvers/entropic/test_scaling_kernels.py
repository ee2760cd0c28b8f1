# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Passes over a plan, against what NumPy says."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skot.solvers._entropic import scaling_kernels as kernels


def arrays(n=9, m=6, seed=0):
    rng = np.random.default_rng(seed)
    P = np.exp(5 * rng.normal(size=(n, m)))
    return P, rng.random(n) + 0.1, rng.random(m) + 0.1


@pytest.mark.parametrize("power", [1.0, 0.6])
def test_sweep(power):
    P, target, v = arrays()
    u, c = np.empty(9), np.empty(6)
    kernels.sweep(P, v, target, power, u, c)
    assert_allclose(u, (target / (P @ v)) ** power)
    assert_allclose(c, (u @ P) * v)
    P[3] = 0.0  # no mass to divide by
    kernels.sweep(P, v, target, power, u, c)
    assert u[3] == 1
    assert np.isfinite(c).all()


def test_absorb():
    P, u, v = arrays()
    expected = u[:, None] * P * v
    kernels.absorb(P, u, v)
    assert_allclose(P, expected)


def test_entries_by_size():
    P, _, _ = arrays()
    P[0, 0] = 0.0
    mass, count = kernels.mass_by_size(P, P.view(np.int64))
    assert count.sum() == P.size
    assert_allclose(mass.sum(), P.sum())
    # buckets are a quarter of an octave wide, in order
    for first in (0, *np.flatnonzero(count)):
        smallest = np.int64(first << kernels.BUCKET_SHIFT).view(np.float64)
        kept = int(count[first:].sum())
        assert kept == (smallest <= P).sum()
        assert_allclose(mass[first:].sum(), P[smallest <= P].sum())
        starts, columns, values = kernels.entries_above(P, smallest, kept)
        again = np.zeros_like(P)
        for i in range(len(P)):
            part = slice(starts[i], starts[i + 1])
            again[i, columns[part]] = values[part]
        assert_array_equal(again, np.where(smallest <= P, P, 0))


def test_schur_complements():
    P, inverse, x = arrays()
    diagonal = np.arange(1.0, 7.0)
    expected = diagonal * x - P.T @ (inverse * (P @ x))
    dense, sparse = np.empty(6), np.empty(6)
    kernels.dense_schur(P, inverse, diagonal, x, dense)
    rows = kernels.entries_above(P, 0.0, P.size)
    kernels.sparse_schur(*rows, inverse, diagonal, x, sparse)
    assert_allclose(dense, expected)
    assert_allclose(sparse, expected)


def test_what_elimination_takes():
    P, inverse, _ = arrays()
    found = kernels.weighted_squares(P, inverse)
    assert_allclose(found, (P**2 * inverse[:, None]).sum(axis=0))
