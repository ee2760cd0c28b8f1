# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Quantiles of projected sets, against NumPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from skot.sets import PointSets
from skot.solvers import projected_quantiles, sample_slices
from skot.solvers._line import quantiles as _quantiles
from tests._data.clouds import clouds, seeds


@given(seeds, st.integers(1, 12), st.sampled_from(["step", "linear"]))
def test_equal_weights_are_no_weights(seed, n_quantiles, quantile):
    sets = PointSets.from_list(clouds(seed, 4, 1, 7))
    equal = sets.with_weights(np.ones(12)).normalized()
    slices = sample_slices(5, 3, "spiral")
    one, two = (
        projected_quantiles(s, slices, n_quantiles, quantile=quantile)
        for s in (sets, equal)
    )
    assert_allclose(one, two, atol=1e-12)


@given(seeds, st.integers(1, 12))
def test_step_quantiles_against_their_definition(seed, n_quantiles):
    rng = np.random.default_rng(seed)
    x, w = rng.normal(size=(9, 1)), rng.uniform(0.1, 1, 9)
    sets = PointSets(x, [0, 9], w / w.sum())
    (levels,) = projected_quantiles(sets, np.ones((1, 1)), n_quantiles)
    expected = np.quantile(
        x[:, 0],
        (np.arange(n_quantiles) + 0.5) / n_quantiles,
        weights=w,
        method="inverted_cdf",
    )
    assert_allclose(levels[0], expected)


@given(seeds, st.integers(1, 12), st.integers(1, 9))
def test_linear_quantiles_against_numpy(seed, n_quantiles, n):
    rng = np.random.default_rng(seed)
    x, w = rng.normal(size=(n, 1)), rng.uniform(0.1, 1, n)
    taus = (np.arange(n_quantiles) + 0.5) / n_quantiles
    for weights in (None, w / w.sum()):
        sets = PointSets(x, [0, n], weights)
        got = projected_quantiles(sets, np.ones((1, 1)), n_quantiles, quantile="linear")
        order = np.argsort(x[:, 0])
        mass = np.full(n, 1 / n) if weights is None else weights
        middle = np.cumsum(mass[order]) - mass[order] / 2
        assert_allclose(got[0, 0], np.interp(taus, middle, x[order, 0]), atol=1e-12)


@pytest.mark.parametrize("quantile", ["step", "linear"])
@pytest.mark.parametrize("weighted", [False, True])
def test_set_by_set_and_in_blocks(quantile, weighted, monkeypatch):
    rng = np.random.default_rng(0)
    sets = PointSets.from_list(clouds(0, 3, 5, 3, 1, 5))
    if weighted:
        sets = sets.with_weights(rng.uniform(0.1, 1, 17)).normalized()
    slices = sample_slices(6, 3, "spiral")
    together = projected_quantiles(sets, slices, 4, quantile=quantile)
    for i in range(len(sets)):
        alone = projected_quantiles(sets[i : i + 1], slices, 4, quantile=quantile)
        assert_allclose(alone[0], together[i], atol=1e-15)
    monkeypatch.setattr(_quantiles, "BLOCK", 7)
    small = projected_quantiles(sets, slices, 4, quantile=quantile)
    assert_allclose(small, together, atol=1e-15)


def test_levels_that_meet_a_step_take_the_lower_point():
    x = np.array([[0.0], [1.0]])
    for weights in (None, [0.5, 0.5], np.array([0.1 + 0.2, 0.3]) / 0.6):
        sets = PointSets(x, [0, 2], weights)
        assert_array_equal(projected_quantiles(sets, np.ones((1, 1)), 1), [[[0.0]]])


def test_unknown_quantiles_are_refused():
    sets = PointSets(np.eye(2), [0, 2])
    with pytest.raises(ValueError, match="quantile must be"):
        projected_quantiles(sets, np.eye(2), 3, quantile="nearest")
