# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Formula-defined inputs of the golden values, and shared Hypothesis strategies."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays


def seq(n, offset):
    i = np.arange(1, n + 1)
    x = i * 0.7548776662466927 + offset
    y = i * 0.5698402909980532 + offset
    return np.column_stack([x - np.floor(x), y - np.floor(y)])


Z = seq(8, 0)
X = seq(8, 0.3) * (1.5, 0.8) + (0.2, -0.1)
X6 = seq(6, 0.3) * (1.5, 0.8) + (0.2, -0.1)
Y = seq(8, 0.6) ** 2 + (-0.3, 0.4)

seeds = st.integers(0, 2**32 - 1)
shifts = arrays(float, 3, elements=st.floats(-100, 100))
scales = st.floats(1e-3, 1e3)


def clouds(seed, *sizes, n_dims=3):
    """Random clouds in general position: no tie between plans."""
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(n, n_dims)) for n in sizes]


def w2_squared(x, y, a=None, b=None):
    """Oracle: squared Wasserstein distance by linear programming in SciPy."""
    from scipy.optimize import linprog
    from scipy.spatial.distance import cdist

    n, m = len(x), len(y)
    a = np.full(n, 1 / n) if a is None else a
    b = np.full(m, 1 / m) if b is None else b
    rows = np.kron(np.eye(n), np.ones(m))
    columns = np.kron(np.ones(n), np.eye(m))
    solution = linprog(
        cdist(x, y, "sqeuclidean").ravel(),
        A_eq=np.vstack([rows, columns]),
        b_eq=np.concatenate([a, b]),
    )
    return solution.fun


def turned(x, seed):
    """Turn and move points."""
    turn, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(x.shape[1],) * 2))
    return x @ turn + 7
