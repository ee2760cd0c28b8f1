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

# Slicers that spread slices evenly, by dimension.
EVEN = {2: "angles", 3: "rotated_spiral"}

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


def masses(seed, n):
    weights = np.random.default_rng(seed).dirichlet(np.ones(n))
    return weights / weights.sum()


def two_clouds(kind, n_dims, n=200, seed=1):
    """Two Gaussians with a shift; or, about one mean, a mixture and a box."""
    rng = np.random.default_rng(seed)
    if kind == "gaussians":
        A, B = rng.normal(size=(2, n_dims, n_dims)) / np.sqrt(n_dims)
        x, y = rng.normal(size=(2, n, n_dims))
        return x @ A, y @ B + rng.normal(size=n_dims) / 2
    centres = 2 * rng.normal(size=(4, n_dims))
    x = centres[rng.integers(0, 4, n)] + 0.3 * rng.normal(size=(n, n_dims))
    y = rng.uniform(-1, 1, size=(n, n_dims)) * np.linspace(0.3, 3, n_dims)
    return x - x.mean(axis=0), y - y.mean(axis=0)
