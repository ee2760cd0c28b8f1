# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Walks along cumulated mass, against NumPy's search and interpolation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from skot.solvers._line.quantile_kernels import weighted_linear, weighted_step
from tests._data.clouds import seeds


def problem(seed, size):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(2, 3, size))
    weights = rng.dirichlet(np.ones(size), 3)
    return values, np.argsort(values, axis=2), weights


def each_row(values, order, weights):
    for s, i in np.ndindex(values.shape[:2]):
        ranked = order[s, i]
        yield (s, i), values[s, i, ranked], weights[i, ranked]


@given(seeds, st.integers(1, 9), st.integers(1, 12))
@settings(max_examples=30)
def test_steps(seed, size, n_quantiles):
    values, order, weights = problem(seed, size)
    out = weighted_step(values, order, weights, n_quantiles)
    levels = (np.arange(n_quantiles) + 0.5) / n_quantiles
    for at, row, mass in each_row(values, order, weights):
        reached = mass.cumsum()
        rank = np.searchsorted(reached, levels - 1e-12)
        assert_array_equal(out[at], row[np.minimum(rank, size - 1)])


@given(seeds, st.integers(1, 9), st.integers(1, 12))
@settings(max_examples=30)
def test_lines(seed, size, n_quantiles):
    values, order, weights = problem(seed, size)
    out = weighted_linear(values, order, weights, n_quantiles)
    levels = (np.arange(n_quantiles) + 0.5) / n_quantiles
    for at, row, mass in each_row(values, order, weights):
        middles = mass.cumsum() - mass / 2
        assert_allclose(out[at], np.interp(levels, middles, row), atol=1e-9)


def test_a_level_that_meets_a_step_belongs_to_the_lower_value():
    values = np.array([[[1.0, 2.0, 3.0]]])
    order = np.array([[[0, 1, 2]]])
    weights = np.array([[0.1, 0.2, 0.7]])  # 0.1 + 0.2 is not 0.3
    assert weighted_step(values, order, weights, 5)[0, 0, 1] == 2.0


@pytest.mark.parametrize(
    ("kernel", "expected"),
    # lines pass through the middles of masses, also where there is none
    [(weighted_step, [5, 5, 5, 5]), (weighted_linear, [2, 4, 6, 8])],
)
def test_points_without_mass_and_the_type(kernel, expected):
    values = np.array([[[5.0, 1.0, 9.0]]], dtype=np.float32)
    order = np.argsort(values, axis=2)
    weights = np.array([[1.0, 0.0, 0.0]])
    out = kernel(values, order, weights, 4)
    assert out.dtype == np.float32
    assert_array_equal(out[0, 0], expected)
