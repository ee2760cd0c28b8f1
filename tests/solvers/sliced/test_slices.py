# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Slices: on the sphere, orthogonal or even as their names say, or refused."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skot.solvers import SLICERS, sample_slices


@pytest.mark.parametrize(
    ("n_dims", "slices", "like"),
    [(2, "auto", "angles"), (3, "auto", "spiral"), (5, "auto", "orthogonal")],
)
def test_auto(n_dims, slices, like):
    one, two = (
        sample_slices(9, n_dims, kind, np.random.RandomState(0))
        for kind in (slices, like)
    )
    assert_array_equal(one, two)
    assert_allclose(np.linalg.norm(one, axis=1), 1)


def test_orthogonal_slices_are_bases():
    slices = sample_slices(7, 3, "orthogonal", np.random.RandomState(0))
    assert_allclose(slices[:3] @ slices[:3].T, np.eye(3), atol=1e-14)
    assert_allclose(slices[3:6] @ slices[3:6].T, np.eye(3), atol=1e-14)


@pytest.mark.parametrize("kind", ["gaussian", "orthogonal", "spiral"])
def test_slices_are_even(kind):
    slices = sample_slices(3000, 3, kind, np.random.RandomState(0))
    second = (slices[:, :, None] * slices[:, None]).mean(axis=0)
    assert_allclose(second, np.eye(3) / 3, atol=0.03)


def test_slices_of_a_user():
    rows = sample_slices(1, 3, lambda n, d, rng: np.eye(d)[:n])
    assert_array_equal(rows, [[1, 0, 0]])
    assert_array_equal(sample_slices(9, 2, [[0.6, 0.8]]), [[0.6, 0.8]])


@pytest.mark.parametrize("name", sorted(SLICERS))
def test_any_number_of_slices_of_length_one(name):
    n_dims = {"angles": 2}.get(name, 3)
    for n_slices in (1, 5, 64):
        slices = sample_slices(n_slices, n_dims, name, np.random.RandomState(0))
        assert slices.shape == (n_slices, n_dims)
        assert_allclose(np.linalg.norm(slices, axis=1), 1)
        again = sample_slices(n_slices, n_dims, name, np.random.RandomState(0))
        assert_array_equal(again, slices)


def test_a_line_has_one_slice():
    assert_array_equal(sample_slices(64, 1), [[1.0]])


@pytest.mark.parametrize(
    ("n_dims", "slices", "message"),
    [
        (2, "random", "slices must be one of"),
        (2, "spiral", "needs points in R\\^3, got R\\^2"),
        (3, "angles", "needs points in R\\^2, got R\\^3"),
        (2, np.eye(3), r"slices must have shape \(n_slices, 2\)"),
        (2, np.empty((0, 2)), r"slices must have shape \(n_slices, 2\)"),
        (2, [[1.0, 1.0]], r"slices\[0\] has length 1.414, expected 1"),
        (2, [[np.nan, 1.0]], "slices holds NaN or infinity"),
    ],
)
def test_bad_slices(n_dims, slices, message):
    with pytest.raises(ValueError, match=message):
        sample_slices(3, n_dims, slices)
