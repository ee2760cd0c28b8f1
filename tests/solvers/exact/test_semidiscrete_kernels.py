# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""One pass over costs: the cheapest atoms of each row, against NumPy's sort."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skot.solvers._exact.semidiscrete_kernels import assign, lowest_slack


def cheapest(C, g):
    n = len(C)
    labels, seconds = (np.empty(n, dtype=np.int32) for _ in "12")
    best, margin = (np.empty(n) for _ in "12")
    assign(C, g, labels, seconds, best, margin)
    return labels, seconds, best, margin


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("k", [2, 5])
def test_the_two_cheapest_of_each_row(k, dtype):
    rng = np.random.default_rng(0)
    C, g = rng.normal(size=(40, k)).astype(dtype), rng.normal(size=k)
    labels, seconds, best, margin = cheapest(C, g)
    costs = C - g
    order = np.argsort(costs, axis=1)
    assert_array_equal(labels, order[:, 0])
    assert_array_equal(seconds, order[:, 1])
    ranked = np.sort(costs, axis=1)
    assert_allclose(best, ranked[:, 0], rtol=1e-6)
    assert_allclose(margin, ranked[:, 1] - ranked[:, 0], atol=1e-6)


def test_ties_and_single_atoms():
    labels, seconds, _, margin = cheapest(np.ones((3, 3)), np.zeros(3))
    assert_array_equal(labels, 0)  # the first
    assert_array_equal(seconds, 1)
    assert_array_equal(margin, 0)
    labels, _, best, margin = cheapest(np.array([[2.0], [3.0]]), np.array([1.0]))
    assert_array_equal(labels, 0)
    assert_array_equal(best, [1, 2])
    assert_array_equal(margin, np.inf)
    # an atom of price -inf serves nobody
    assert_array_equal(cheapest(np.zeros((2, 2)), np.array([-np.inf, 0.0]))[0], 1)


def test_lowest_slack_of_each_column():
    rng = np.random.default_rng(1)
    C, f, out = rng.normal(size=(30, 4)), rng.normal(size=30), np.zeros(4)
    lowest_slack(C, f, out)
    assert_allclose(out, (C - f[:, None]).min(axis=0))
