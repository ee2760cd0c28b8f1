# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Every kind of source of random numbers that users have."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.utils import check_random_state as of_scikit_learn

from skot._random import check_random_state
from skot.cluster import WassersteinBarycenter
from skot.embedding import (
    LGWEmbedding,
    LOPTEmbedding,
    LPGWEmbedding,
    SlicedWassersteinEmbedding,
    WassersteinEmbedding,
)


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


@pytest.mark.parametrize(
    "estimator",
    [
        WassersteinEmbedding(),
        SlicedWassersteinEmbedding(n_slices=4, slices="gaussian"),
        LGWEmbedding("sample"),
        LPGWEmbedding(),
        LOPTEmbedding(),
        WassersteinBarycenter(),
    ],
)
def test_a_generator_gives_one_fit_after_the_other(estimator):
    X = np.random.default_rng(0).normal(size=(12, 5, 3))
    X *= np.arange(1, 13)[:, None, None]
    one, other = (
        clone(estimator).set_params(random_state=np.random.default_rng(1))
        for _ in range(2)
    )
    first = one.fit_transform(X)
    assert_array_equal(first, other.fit_transform(X))
    assert one.random_state is not other.random_state
    assert (one.fit_transform(X) != first).any()  # drawn anew
