# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Every kind of source of random numbers that users have."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.utils import check_random_state as of_scikit_learn

from skot._random import check_random_state


@pytest.mark.parametrize("seed", [0, np.int64(7), 2**32 - 1])
def test_seeds_are_those_of_scikit_learn(seed):
    draws = check_random_state(seed).normal(size=5)
    assert_array_equal(draws, of_scikit_learn(seed).normal(size=5))


def test_sources_are_themselves():
    source = np.random.RandomState(0)
    assert check_random_state(source) is source
    assert check_random_state(None) is of_scikit_learn(None)
    assert check_random_state(np.random) is of_scikit_learn(None)


def test_a_generator_gives_one_source_after_the_other():
    first, again = np.random.default_rng(3), np.random.default_rng(3)
    one, two = (check_random_state(first).normal(size=4) for _ in range(2))
    assert_array_equal(one, check_random_state(again).normal(size=4))
    assert (one != two).all()


@pytest.mark.parametrize("seed", ["0", 1.0, -1, 2**32, True, [1]])
def test_refusals(seed):
    with pytest.raises(ValueError, match="random_state must be"):
        check_random_state(seed)
