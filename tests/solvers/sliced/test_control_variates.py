# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Control variates: mean zero over the sphere, and what they know exactly."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from skot.solvers import CONTROL_VARIATES, sample_slices, sliced_wasserstein
from skot.solvers._sliced.control_variates import sphere_mean
from tests._data.clouds import EVEN


@pytest.mark.parametrize("name", sorted(CONTROL_VARIATES))
@pytest.mark.parametrize("n_dims", [2, 3, 5])
def test_control_variates_have_mean_zero(name, n_dims):
    rng = np.random.default_rng(0)
    A, B = rng.normal(size=(2, n_dims, n_dims))
    slices = sample_slices(
        100_000, n_dims, EVEN.get(n_dims, "gaussian"), np.random.RandomState(0)
    )
    functions = CONTROL_VARIATES[name](
        slices, rng.normal(size=n_dims), A @ A.T, B @ B.T
    )
    for values in functions:
        bound = 1e-6 if n_dims < 5 else 4.5 / np.sqrt(len(slices))
        assert abs(values.mean()) < bound * values.std()


@pytest.mark.parametrize(
    ("name", "n_dims", "count"),
    [("harmonic2", 3, 5), ("harmonic4", 3, 14), ("harmonic2", 10, 54),
     ("harmonic4", 10, 714), ("moments4", 7, 9), ("moments6", 7, 19)],
)  # fmt: skip
def test_number_of_control_variates(name, n_dims, count):
    eye = np.eye(n_dims)
    assert len(list(CONTROL_VARIATES[name](eye, eye[0], eye, eye))) == count


def test_harmonics_know_all_quadratic_forms():
    """Of any slices the mean comes out exactly: no other function is left."""
    rng = np.random.RandomState(0)
    slices, A = sample_slices(30, 4, "gaussian", rng), rng.normal(size=(4, 4))
    functions = list(CONTROL_VARIATES["harmonic2"](slices))
    mean, error = sphere_mean(((slices @ A) * slices).sum(axis=1), functions)
    assert_allclose(mean, np.trace(A) / 4)
    assert error < 1e-12


def test_control_variate_of_a_user():
    def first_coordinate(slices, gap, source, target):
        return [slices[:, 0] ** 2 - 1 / slices.shape[1]]

    t = np.array([2.0, 0.0, 0.0])
    x = np.zeros((1, 3))
    result = sliced_wasserstein(
        x, x + t, slices="gaussian", n_slices=10, control_variate=first_coordinate
    )
    assert_allclose(result.value**2, 4 / 3)
