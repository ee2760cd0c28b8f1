# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Effects, and who is behind a shift."""

import numpy as np
import pytest

from skot.shift._shift_result import attribute, effect_size, p_value
from tests._data.samples import compare, two_samples


def test_interval_covers_the_translation():
    """SW_2 of a translation by t along one of d axes is t / sqrt(d)."""
    covered = 0
    for seed in range(60):
        X, Y = two_samples(80, 80, 2, shift=1.0, seed=seed)
        result = compare(
            X, Y, standardize=False, n_slices=20, n_bootstrap=100,
            confidence_level=0.9,
        )  # fmt: skip
        low, high = result.effect_interval
        covered += low <= 1 / np.sqrt(2) <= high
    assert covered >= 47  # nine in ten, less three standard deviations


def test_features_and_directions_that_moved():
    rng = np.random.RandomState(0)
    X, Y = rng.normal(size=(2, 150, 5))
    Y[:, 3] += 0.8
    result = compare(X, Y, statistic="max_sliced", n_permutations=99)
    np.testing.assert_array_equal(
        result.features.adjusted_p_values <= 0.05, np.arange(5) == 3
    )
    best = result.directions.vectors[np.argmax(result.directions.distances)]
    assert abs(best[3]) > 0.8
    assert (result.features.adjusted_p_values >= result.features.p_values).all()
    assert result.to_frame().index[0] == "x3"


def test_error_of_naming_a_feature():
    named = 0
    for seed in range(100):
        X, Y = two_samples(15, 15, 6, seed=seed)
        result = compare(X, Y, n_slices=1)
        named += (result.features.adjusted_p_values <= 0.1).any()
    assert named <= 19  # ten in a hundred, and three standard deviations


def test_attribution_by_hand():
    distances = np.array([[3.0, 1.0], [1.0, 2.0], [2.0, 1.0], [2.0, 0.0]])
    found = attribute(["a", "b"], distances)
    assert len(found) == 2
    np.testing.assert_array_equal(found.distances, [3, 1])
    np.testing.assert_array_equal(found.p_values, [0.25, 0.75])
    # the largest score of both is as large in the second split
    np.testing.assert_array_equal(found.adjusted_p_values, [0.5, 0.75])
    assert repr(found) == "Attribution(2 parts, farthest: a 3, b 1)"


def test_p_values_count_what_was_observed_and_ties():
    assert p_value(np.array([2.0, 1.0, 2.0, 3.0])) == 0.75
    assert p_value(np.array([1.0, 1.0 - 1e-14, 0.0])) == pytest.approx(2 / 3)


def test_effects_are_without_what_chance_adds():
    values = np.array([5.0, 3.0, 3.0])
    assert effect_size(values, np.empty(0), 2, 0.9)[0] == 4
    assert effect_size(values[::-1], np.empty(0), 2, 0.9)[0] == 0
    effect, (low, high) = effect_size(values, np.array([4.0, 5.0, 6.0]), 1, 0.9)
    assert low < effect < high
    assert np.isnan(effect_size(values, np.empty(0), 2, 0.9)[1]).all()


def test_results_are_equal_to_themselves_alone():
    one, other = (compare(*two_samples()) for _ in range(2))
    assert one == one
    assert one != other
    assert len({one, other, one.features}) == 3
