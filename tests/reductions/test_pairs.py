# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The pairs a reduction runs over: their number, type and costs."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import cdist

from skot.reductions import block_ranges
from skot.reductions._pairs import read_pairs

x, y = np.random.default_rng(0).normal(size=(2, 5, 3))


def test_costs_of_blocks():
    pairs = read_pairs(x, y[:4], "sqeuclidean", None)
    assert pairs.shape == (5, 4)
    assert pairs.n_pairs == 20
    block = pairs.costs(slice(1, 3), np.array([0, 3]))
    assert_allclose(block, cdist(x[1:3], y[[0, 3]], "sqeuclidean"))
    assert_allclose(
        read_pairs(x, None, "euclidean", None).costs(slice(None), slice(None)),
        cdist(x, x),
        atol=1e-12,
    )


def test_a_matrix_of_costs_is_left_alone():
    C = cdist(x, y)
    pairs = read_pairs(C, None, "precomputed", None)
    block = pairs.costs(slice(0, 2), slice(None))
    assert_array_equal(block, C[:2])
    block[:] = 0  # blocks are the caller's own
    assert (C > 0).all()


def test_one_type_for_both_sides():
    single = x.astype(np.float32)
    assert read_pairs(single, single, "sqeuclidean", None).dtype == np.float32
    assert read_pairs(single, y, "sqeuclidean", None).dtype == np.float64
    assert read_pairs(x.astype(int), y, "sqeuclidean", None).x.dtype == np.float64


def test_what_is_refused():
    with pytest.raises(ValueError, match="x is the matrix"):
        read_pairs(x, y, "precomputed", None)
    with pytest.raises(ValueError, match="x must be a matrix of costs"):
        read_pairs(x[0], None, "precomputed", None)
    with pytest.raises(ValueError, match="points of one dimension"):
        read_pairs(x, y[:, :2], "sqeuclidean", None)


def test_a_pattern_counts_its_own_pairs():
    pattern = block_ranges([0, 2, 5], [0, 1, 5], [[1, 0], [1, 1]])
    assert read_pairs(x, y, "sqeuclidean", pattern).n_pairs == 2 + 15
