# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Barycentres with free support: closed forms, and what is refused."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from skot.sets import PointSets
from skot.solvers import free_support_barycenter
from tests._data.clouds import Z


def test_of_translates():
    sets = PointSets.from_list([Z, Z + 2.0])
    result = free_support_barycenter(sets, Z)
    assert_allclose(result.points, Z + 1.0)
    assert_allclose(result.value, 2.0)
    assert result.converged
    assert "converged" in repr(result)
    poor = free_support_barycenter(sets, Z, max_iter=1)
    assert "NOT CONVERGED, last move of the atoms" in repr(poor)
    assert (poor.n_iter, result.n_iter) == (1, 2)
    tilted = free_support_barycenter(sets, Z, set_weights=[3, 1])
    assert_allclose(tilted.points, Z + 0.5)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"sets": Z}, r"come before weights: free_support_barycenter\(sets, init"),
        ({"init": Z[:, :1]}, r"init must have shape \(n_points, "),
        ({"weights": [1.0]}, "weights must have shape"),
        ({"set_weights": [1.0, -1.0]}, "set_weights holds a negative weight"),
        ({"set_weights": [0.0, 0.0]}, "set_weights has no mass"),
        ({"max_iter": 0}, "max_iter must be an int of at least 1"),
        ({"tol": np.nan}, "tol must be finite and not negative"),
    ],
)
def test_refusals(params, message):
    given = {"sets": PointSets.from_list([Z, Z + 2.0]), "init": Z, **params}
    with pytest.raises(ValueError, match=message):
        free_support_barycenter(**given)
