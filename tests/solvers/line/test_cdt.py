# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Quantiles of densities on a grid, and densities of quantiles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from skot.solvers import density_quantiles, quantile_masses

seeds = st.integers(0, 2**32 - 1)


def draw(seed, n_rows=3):
    """Masses, some of them zero, on cells of several widths."""
    rng = np.random.RandomState(seed)
    n_cells = rng.randint(1, 30)
    masses = rng.uniform(0.1, 1, (n_rows, n_cells)) * (rng.uniform(size=n_cells) < 0.7)
    masses[:, rng.randint(n_cells)] = 1.0
    return masses, np.cumsum(rng.uniform(0.1, 2, n_cells + 1)) - 3, rng.randint(1, 40)


def distribution(masses):
    below = np.concatenate([[0], np.cumsum(masses)])
    return below / below[-1]


@given(seeds)
def test_quantiles_interpolate_the_distribution_function(seed):
    masses, edges, n_quantiles = draw(seed)
    levels = (np.arange(n_quantiles) + 0.5) / n_quantiles
    quantiles = density_quantiles(masses, edges, n_quantiles)
    for row, found in zip(masses, quantiles, strict=True):
        expected = np.interp(levels, distribution(row), edges)
        at_gap = abs(levels[:, None] - distribution(row)).min(axis=1) < 1e-9
        assert_allclose(found[~at_gap], expected[~at_gap], rtol=1e-10, atol=1e-10)
        # whatever the side of a gap, the level is met there
        assert_allclose(np.interp(found, edges, distribution(row)), levels, atol=1e-9)
    assert (np.diff(quantiles, axis=1) >= 0).all()


def test_a_level_met_along_a_gap_gives_its_lower_end():
    masses = np.array([0, 0.1, 0.2, 0, 0, 0.3, 0]) / 3  # 0.1 + 0.2 is not 0.3
    assert_allclose(density_quantiles(masses, np.arange(8.0), 1), [3.0])
    assert_allclose(density_quantiles(masses * 7, np.arange(8.0), 1), [3.0])


@pytest.mark.parametrize("scale", [1e-322, 1e-310, 1e-285, 1e300])
def test_the_unit_of_mass_does_not_count(scale):
    masses, edges = np.array([0.0, 1.0, 0.0, 3.0]), np.arange(5.0)
    found = density_quantiles(masses * scale, edges, 7)
    assert_allclose(found, density_quantiles(masses, edges, 7), rtol=0.02)


def exact_distance(u, v, edges):
    """W2 of two densities: quantile functions are linear between all levels met."""
    levels = np.union1d(distribution(u), distribution(v))
    middle, half = (levels[1:] + levels[:-1]) / 2, np.diff(levels) / 2
    total = 0.0
    for sign in (-1, 1):  # two points of Gauss are exact for a square
        at = middle + sign * half / np.sqrt(3)
        gap = np.interp(at, distribution(u), edges) - np.interp(
            at, distribution(v), edges
        )
        total += (half * gap**2).sum()
    return np.sqrt(total)


@given(seeds)
def test_distance_of_quantiles_tends_to_the_exact_one(seed):
    rng = np.random.RandomState(seed)
    masses, edges = rng.uniform(0.2, 1, (2, 12)), np.cumsum(rng.uniform(0.5, 1, 13))
    exact = exact_distance(*masses, edges)
    for n_quantiles, bound in ((100, 3e-3), (1000, 3e-5)):  # second order
        u, v = density_quantiles(masses, edges, n_quantiles) / np.sqrt(n_quantiles)
        assert abs(np.linalg.norm(u - v) - exact) < bound * (1 + exact)


def test_even_densities_come_back_exactly():
    edges = np.array([0.0, 1.0, 3.0, 4.0])
    masses = np.array([0.25, 0.5, 0.25])
    assert_allclose(
        quantile_masses(density_quantiles(masses, edges, 12), edges), masses
    )


@given(seeds)
def test_densities_come_back_up_to_the_levels(seed):
    masses, edges, _ = draw(seed)
    found = quantile_masses(density_quantiles(masses, edges, 1000), edges)
    assert_allclose(found.sum(axis=1), 1, rtol=1e-12)
    assert (found >= 0).all()
    expected = masses / masses.sum(axis=1, keepdims=True)
    # at either end of a gap half a level may slip
    assert abs(found - expected).max() <= 2.1 / 1000


@given(seeds)
def test_the_order_of_quantiles_does_not_count(seed):
    rng = np.random.RandomState(seed)
    values, edges = rng.standard_normal((2, 7)), np.linspace(-2, 2, 9)
    expected = quantile_masses(values, edges)
    assert_array_equal(quantile_masses(values[:, rng.permutation(7)], edges), expected)
    assert_allclose(expected.sum(axis=1), 1)


def test_atoms_and_values_outside():
    edges = [0.0, 1.0, 2.0, 3.0]
    assert_array_equal(quantile_masses([1.5, 1.5], edges), [0, 1, 0])
    assert_array_equal(quantile_masses([1.5], edges), [0, 1, 0])
    assert_array_equal(quantile_masses([-9.0, -7.0, 8.0, 9.0], edges)[[0, 2]] > 0, True)
    assert_array_equal(quantile_masses([-5.0, -5.0], edges), [1, 0, 0])
    assert_array_equal(quantile_masses([3.0, 7.0], edges), [0, 0, 1])


@pytest.mark.parametrize(
    ("masses", "edges", "message"),
    [
        ([1.0, 1.0], [0.0, 1.0], "must have 1 columns, one fewer than edges"),
        ([1.0], [1.0, 0.0], "increasing"),
        ([1.0], [0.0, np.inf], "edges holds NaN or infinity"),
        ([-1.0, 2.0], [0.0, 1.0, 2.0], "masses holds a negative weight"),
        ([np.nan], [0.0, 1.0], "masses holds NaN or infinity"),
        ([[1.0], [0.0]], [0.0, 1.0], "masses has no mass"),
        ([[1e308, 1e308], [1.0, 0.0]], [0.0, 1.0, 2.0], "more mass than floats hold"),
    ],
)
def test_bad_densities_are_refused(masses, edges, message):
    with pytest.raises(ValueError, match=message):
        density_quantiles(masses, edges, 3)


@pytest.mark.parametrize(
    ("quantiles", "message"), [([], "and values"), ([0.0, np.nan], "NaN or infinity")]
)
def test_bad_quantiles_are_refused(quantiles, message):
    with pytest.raises(ValueError, match=message):
        quantile_masses(quantiles, [0.0, 1.0])
