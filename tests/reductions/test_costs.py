# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Ground costs against plain formulas."""

import numpy as np
import pytest

from skot.reductions import cost_block
from tests._data.reductions import cloud, find

PLAIN = {
    "sqeuclidean": lambda D: (D**2).sum(-1),
    "euclidean": lambda D: np.sqrt((D**2).sum(-1)),
    "cityblock": lambda D: np.abs(D).sum(-1),
    "chebyshev": lambda D: np.abs(D).max(-1),
    "minkowski": lambda D: (np.abs(D) ** 3).sum(-1) ** (1 / 3),
}


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("d", [1, 3, 40])
def test_costs(name, d):
    x, y, _ = cloud(d=d)
    expected = PLAIN[name](x[:, None] - y[None])
    np.testing.assert_allclose(cost_block(x, y, cost=find(name)), expected, atol=1e-12)


def test_cosine():
    C = cost_block([[1.0, 0.0], [0.0, 0.0]], [[2.0, 0.0], [0.0, 3.0]], cost="cosine")
    np.testing.assert_allclose(C, [[0, 1], [1, 1]], atol=1e-15)
