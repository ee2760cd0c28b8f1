# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""A script as a new user would write it: checked by mypy in lint, and run as a test."""

import numpy as np

from skot.distance import PairwiseDistance, nearest_sets, wasserstein_distances
from skot.embedding import SlicedWassersteinEmbedding, WassersteinEmbedding
from skot.sets import PointSets
from skot.shift import TransportShiftTest
from skot.solvers import exact, sinkhorn


def main() -> float:
    rng = np.random.default_rng(0)
    clouds = [rng.normal(size=(rng.integers(5, 9), 2)) + i % 2 for i in range(12)]
    X = PointSets.from_list(clouds)
    vectors = SlicedWassersteinEmbedding(n_slices=8, random_state=rng).fit_transform(X)
    embedding = WassersteinEmbedding(n_reference=6, random_state=0).fit(X)
    atoms = embedding.transform(clouds[:3])
    distances = wasserstein_distances(X, p=1)
    to_training = PairwiseDistance("sliced_wasserstein").fit(X).transform(X[:2])
    neighbors = nearest_sets(X, n_neighbors=2)
    costs = np.abs(X[0].points[:, :1] - X[1].points[:, 0])
    plan = exact(costs)
    blurred = sinkhorn(costs, reg=0.1 * float(costs.mean()))
    shift = TransportShiftTest(random_state=0).fit(vectors).test(vectors + 1)
    if not (plan.converged and blurred.converged):
        raise RuntimeError(f"{plan} {blurred}")
    sizes = [vectors.shape[1], atoms.shape[1], to_training.shape[1]]
    print(sizes, neighbors.indices[0], shift.p_value, distances.max())
    return plan.value + float(plan.plan.sum())


if __name__ == "__main__":
    main()
