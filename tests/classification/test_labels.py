# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Labels and temperatures that classifiers by distance share."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.special import softmax

from skot.classification._labels import encode_labels, held_out_temperature


def test_labels_and_their_places():
    classes, places = encode_labels(["b", "a", "b", "c"])
    assert_array_equal(classes, ["a", "b", "c"])
    assert_array_equal(places, [1, 0, 1, 2])
    with pytest.raises(ValueError, match="y has 1 class; at least 2 are needed"):
        encode_labels([3, 3])
    with pytest.raises(ValueError, match="Unknown label type"):
        encode_labels([0.5, 1.5])


@pytest.mark.parametrize("temperature", [0.3, 1.0, 20.0])
def test_the_temperature_that_labels_were_drawn_with(temperature):
    rng = np.random.default_rng(0)
    distances = temperature * rng.uniform(0, 5, size=(4000, 3))
    odds = softmax(-distances / temperature, axis=1).cumsum(axis=1)
    labels = (rng.uniform(size=(4000, 1)) > odds[:, :2]).sum(axis=1)
    learnt = held_out_temperature(lambda train, test: distances[test], labels)
    assert learnt == pytest.approx(temperature, rel=0.1)


def test_a_sample_is_held_out_of_what_judges_it():
    labels = np.repeat([0, 1], 5)
    seen = np.zeros(10, dtype=int)

    def held_out(train, test):
        assert not set(train) & set(test)
        seen[test] += 1
        return np.ones((len(test), 2))

    held_out_temperature(held_out, labels)
    assert (seen == 1).all()
    with pytest.raises(ValueError, match="at least 2 of each, but a class has 1"):
        held_out_temperature(held_out, np.array([0, 0, 1]))
