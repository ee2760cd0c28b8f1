# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Partial transport to each set of a collection: that of single problems."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.spatial.distance import cdist

from skot.sets import PointSets
from skot.solvers import partial_wasserstein
from skot.solvers._partial.pairs import partial_costs
from tests._data.clouds import clouds


def cubes(x, y):
    return np.abs(x[:, None] - y).max(axis=2)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    ("p", "metric", "distance"),
    [
        (2, "euclidean", "euclidean"),
        (1, "euclidean", "euclidean"),
        (1.5, "cityblock", "cityblock"),
        (2, cubes, "chebyshev"),
    ],
)
def test_values_of_single_problems(p, metric, distance, weighted):
    x, *others = clouds(0, 6, 4, 7, 1)
    sets = PointSets.from_list([x, *others])
    if weighted:
        weights = np.random.default_rng(1).uniform(0.2, 2, len(sets.points))
        sets = sets.with_weights(weights)
    options = {"lam": 0.8, "p": p, "metric": metric}
    values, converged = partial_costs(sets[0], sets[1:], **options)
    assert converged.all()
    for value, target in zip(values, sets[1:], strict=True):
        C = cdist(x, target.points, distance) ** p
        one = partial_wasserstein(C=C, a=sets[0].weights, b=target.weights, lam=0.8)
        assert_allclose(value, one.value)


def test_a_plan_that_is_not_optimal_says_so():
    x, y = clouds(0, 40, 50)
    sets = PointSets.from_list([x, y])
    for max_iter, optimal in ((3, False), (10_000, True)):
        _, converged = partial_costs(sets[0], sets[1:], lam=5.0, max_iter=max_iter)
        assert list(converged) == [optimal]


def test_points_beyond_squares_are_left_alone():
    sets = PointSets.from_list([[[0.0, 0.0], [1e200, 0.0]], [[1.0, 0.0]]])
    values, _ = partial_costs(sets[0], sets[1:], lam=2.0)
    assert_allclose(values, 1 + 2)
