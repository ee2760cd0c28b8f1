# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Clouds and costs that tests of reductions share."""

import numpy as np

from skot.reductions import COSTS, Cost, minkowski

N, M, EPS = 40, 53, 0.3
NAMES = [*COSTS, "minkowski"]
CONSTANT = Cost("constant", lambda x, y: np.ones((len(x), len(y))))


def cloud(n=N, m=M, d=3, dtype=np.float64):
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((n, d)), rng.standard_normal((m, d))
    return x.astype(dtype), y.astype(dtype), rng.standard_normal(m)


def find(name):
    return minkowski(3) if name == "minkowski" else COSTS[name]
