# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Spaces of distances, and Gromov-Wasserstein objectives from their definition."""

import numpy as np
from scipy.spatial.distance import cdist


def distances(x):
    return cdist(x, x)


def random_pair(seed, low=6, high=15):
    rng = np.random.RandomState(seed)
    x, y = (rng.normal(size=(rng.randint(low, high), 2)) for _ in range(2))
    return distances(x), distances(y), rng


def energy(plan, C1, C2):
    """Objective from its definition, by four sums."""
    gaps = (C1[:, None, :, None] - C2[None, :, None, :]) ** 2
    return np.einsum("ijkl,ij,kl->", gaps, plan, plan)


def marginal_costs(plan, C1, C2):
    gaps = (C1[:, None, :, None] - C2[None, :, None, :]) ** 2
    return np.einsum("ijkl,kl->ij", gaps, plan)


def penalised(plan, C1, C2, a, b, lam):
    penalty = a.sum() ** 2 + b.sum() ** 2 - 2 * plan.sum() ** 2
    return energy(plan, C1, C2) + lam * penalty
