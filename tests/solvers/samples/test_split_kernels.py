# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Kernels of splits: sorted values by hand, and points that stand many times."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from skot.solvers import wasserstein_1d
from skot.solvers._line.line import uniform_plan
from skot.solvers._samples.split_kernels import resampled_costs, split_costs

VALUES = np.array([[0.0, 1.0, 5.0, 6.0]])
ORDER = np.arange(4, dtype=np.int32)[None]


def test_splits_by_hand():
    labels = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [0, 1, 1, 0]], np.uint8)
    found = np.empty((3, 1))
    split_costs(VALUES, ORDER, labels, *uniform_plan(2, 2), 2.0, found)
    assert_allclose(found[:, 0], [25, 1, 1])
    split_costs(
        VALUES[:, ::1], ORDER, labels[:, ::-1].copy(), *uniform_plan(2, 2), 1.0, found
    )
    assert_allclose(found[:, 0], [5, 1, 1])


@pytest.mark.parametrize("p", [1.0, 2.0, 3.0])
@pytest.mark.parametrize("n", [3, 4, 5])
def test_points_that_stand_many_times(n, p):
    """Up to all draws on one point, beyond what is written without a branch."""
    rng = np.random.RandomState(0)
    values = np.sort(rng.normal(size=(2, 8)), axis=1)
    order = np.array([rng.permutation(8) for _ in range(2)], dtype=np.int32)
    label = np.repeat([1, 0], [n, 8 - n]).astype(np.uint8)
    counts = np.zeros((3, 8), np.uint8)
    counts[0] = 1
    counts[1, [0, n]] = n, 8 - n
    counts[2, [1, n - 1, n]] = n - 1, 1, 8 - n
    found = np.empty((3, 2))
    resampled_costs(values, order, label, counts, *uniform_plan(n, 8 - n), p, found)
    for count, costs in zip(counts, found, strict=True):
        for line, place, cost in zip(values, order, costs, strict=True):
            times = np.repeat(line, count[place])
            first = np.repeat(label[place], count[place]) == 1
            expected = wasserstein_1d(times[first], times[~first], p=p)
            assert_allclose(cost, expected, atol=1e-12)
