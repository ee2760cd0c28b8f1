# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Sliced partial transport: lines, and their mean."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from skot.solvers import (
    partial_wasserstein_1d,
    sliced_partial_wasserstein,
    sliced_scaling,
)


def test_slices_of_a_line_are_the_line():
    rng = np.random.default_rng(6)
    x, y = rng.normal(size=20), rng.normal(size=30)
    a, b = rng.uniform(size=20), rng.uniform(size=30)
    for p in (1, 1.5, 2):
        for weights in ((None, None), (a, b)):
            result = sliced_partial_wasserstein(
                x[:, None], y[:, None], *weights, lam=0.3, p=p
            )
            line = partial_wasserstein_1d(x, y, *weights, lam=0.3, p=p)
            assert_allclose(result.value**p, line.value)
            assert result.error == 0


def test_slices_are_averaged():
    rng = np.random.default_rng(7)
    x, y = rng.normal(size=(30, 3)), rng.normal(size=(25, 3)) + 0.5
    for scale, factor in (("ambient", sliced_scaling(3) ** 2), ("projected", 1.0)):
        result = sliced_partial_wasserstein(
            x, y, lam=0.6, n_slices=40, lam_scale=scale, random_state=0
        )
        lines = [
            partial_wasserstein_1d(x @ t, y @ t, lam=0.6 * factor).value
            for t in result.slices
        ]
        assert_allclose(result.per_slice**2, lines)
        assert_allclose(result.value**2, np.mean(lines))
    again = sliced_partial_wasserstein(y, x, lam=0.6, slices=result.slices)
    first = sliced_partial_wasserstein(x, y, lam=0.6, slices=result.slices)
    assert_allclose(again.value, first.value)


def test_bad_slices():
    x = np.zeros((3, 2))
    with pytest.raises(ValueError, match="lam_scale must be"):
        sliced_partial_wasserstein(x, x, lam=1.0, lam_scale="other")
    with pytest.raises(ValueError, match="lam must be"):
        sliced_partial_wasserstein(x, x, lam=0.0)
    with pytest.raises(
        ValueError, match=r"y must have shape \(n_points, 2\), got \(3, 3\)"
    ):
        sliced_partial_wasserstein(x, np.zeros((3, 3)), lam=1.0)
