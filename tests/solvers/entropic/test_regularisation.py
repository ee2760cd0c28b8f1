# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""A regularisation that knows no unit."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.spatial.distance import cdist

from skot.solvers import auto_reg


def points():
    rng = np.random.default_rng(0)
    return rng.normal(size=(30, 3)), rng.random(30)


def test_a_share_of_the_mean_cost_between_two_points():
    x, w = points()
    C, a = cdist(x, x, "sqeuclidean"), w / w.sum()
    assert_allclose(auto_reg(x), 0.05 * C.mean())
    assert_allclose(auto_reg(x, w), 0.05 * a @ C @ a)
    assert_allclose(auto_reg(x, w, share=0.2), 0.2 * a @ C @ a)


def test_a_share_of_the_mean_distance_to_the_centre():
    x, w = points()
    a = w / w.sum()
    distances = np.linalg.norm(x - a @ x, axis=1)
    assert_allclose(auto_reg(x, w, p=1), 0.05 * a @ distances)


@pytest.mark.parametrize("p", [1, 2])
@pytest.mark.parametrize("scale", [1e-100, 1e100])
def test_units(p, scale):
    x, w = points()
    assert_allclose(auto_reg(scale * x, p=p), scale**p * auto_reg(x, p=p))
    assert_allclose(auto_reg(x + 7.0, w, p=p), auto_reg(x, w, p=p))
    assert_allclose(auto_reg(np.r_[x, x], p=p), auto_reg(x, p=p))


def test_a_single_place_has_no_unit():
    assert auto_reg([[3.0, 4.0]]) == 1.0
    assert auto_reg(np.ones((5, 2)), p=1) == 1.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"points": [1.0]}, "points must have shape"),
        ({"weights": [1.0]}, r"weights must have shape \(2,\)"),
        ({"p": 0.5}, "p must be"),
        ({"share": 0}, "share must be positive"),
    ],
)
def test_refusals(arguments, message):
    with pytest.raises(ValueError, match=message):
        auto_reg(**{"points": [[0.0], [1.0]], **arguments})
