# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Spaces prepared once: the same answers as from matrices."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from skot.solvers import (
    fused_gromov_wasserstein,
    gromov_wasserstein,
    partial_gromov_wasserstein,
    prepare_space,
)


def test_solvers_take_prepared_spaces():
    rng = np.random.default_rng(0)
    C1, C2 = (cdist(x, x) for x in (rng.normal(size=(7, 2)), rng.normal(size=(9, 2))))
    a, b = rng.dirichlet(np.ones(7)), rng.dirichlet(np.ones(9))
    x, y = prepare_space(C1, a), prepare_space(C2, b)
    assert (len(x), repr(x)) == (7, "PreparedSpace(7 points of mass 1)")
    for solve, params in [
        (gromov_wasserstein, {}),
        (partial_gromov_wasserstein, {"lam": 0.3}),
        (partial_gromov_wasserstein, {"mass": 0.5}),
    ]:
        expected = solve(C1, C2, a, b, **params).value
        assert solve(x, y, **params).value == expected
        assert solve(x, C2, None, b, **params).value == expected
    M = cdist(rng.normal(size=(7, 3)), rng.normal(size=(9, 3)))
    expected = fused_gromov_wasserstein(C1, C2, M, a, b).value
    assert fused_gromov_wasserstein(x, y, M).value == expected
    alike = gromov_wasserstein(prepare_space(C1), C2)
    assert alike.value == gromov_wasserstein(C1, C2).value


def test_refusals():
    C = np.ones((2, 2))
    with pytest.raises(ValueError, match="C1 is prepared, with its weights: leave a"):
        gromov_wasserstein(prepare_space(C), C, [0.5, 0.5])
    with pytest.raises(ValueError, match="X is not symmetric"):
        prepare_space([[0, 1], [2, 0]], name="X")
    with pytest.raises(ValueError, match="mass of X sums to 1e-200"):
        prepare_space(C, [1e-200, 0], weights_name="mass of X")
    with pytest.raises(ValueError, match=r"X has distances of up to 1e\+160"):
        prepare_space(1e160 * C, name="X")
