# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Collections of small sets, drawn by a seed."""

import numpy as np

from skot.sets import PointSets


def few_points(seed, n_sets=8, n_dims=2, ties=False):
    rng = np.random.RandomState(seed)
    sizes = rng.randint(1, 7, n_sets)
    points = rng.randint(0, 3, (sizes.sum(), n_dims)) if ties else None
    points = rng.normal(size=(sizes.sum(), n_dims)) if points is None else points
    weights = rng.uniform(0.01, 1, len(points)) if rng.rand() < 0.5 else None
    return PointSets(points * 1.0, np.concatenate([[0], sizes.cumsum()]), weights)
