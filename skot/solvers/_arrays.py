# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""One reader for what solvers are given: points and weights."""

import numpy as np


def read_points(points, n_dims, name):
    points = np.array(points, dtype=np.float64)
    if points.ndim != 2 or (n_dims is not None and points.shape[1] != n_dims):
        raise ValueError(
            f"{name} must have shape (n, {n_dims or 'n_dims'}), got {points.shape}"
        )
    if not np.isfinite(points).all():
        raise ValueError(f"{name} holds NaN or infinity")
    return points


def read_weights(weights, n, name):
    if weights is None:
        return np.full(n, 1.0 / n)
    weights = np.array(weights, dtype=np.float64)
    if weights.shape != (n,):
        raise ValueError(f"{name} must have shape ({n},), got {weights.shape}")
    if not np.isfinite(weights).all() or (weights < 0).any() or weights.sum() == 0:
        raise ValueError(f"{name} must be finite, non-negative, and not all zero")
    return weights / weights.sum()
