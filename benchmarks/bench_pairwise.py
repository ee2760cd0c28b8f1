# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Distances between all pairs of sets, against a plain loop over POT's solver.

All sides run in this process, by turns. Two workers are faster than one only where two
cores are free: the load of the machine stands below the table. The second half of the
table is `nearest_sets` on real clouds: which share of the exact problems it solves, and
that its answer is that of sorting all distances. ``--quick`` takes fewer clouds.
"""

import argparse
import os

# one thread for each side: what runs in parallel is what asks to
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import ot
from _common import alternate, duration, find_data, print_table, ratio

from skot.distance import (
    max_sliced_wasserstein_distances,
    nearest_sets,
    sinkhorn_divergences,
    sliced_wasserstein_distances,
    wasserstein_distances,
)
from skot.sets import PointSets, read_sets


def plain_loop(clouds):
    """Solve every pair once, as users of POT do."""
    D = np.zeros((len(clouds), len(clouds)))
    weights = [np.full(len(x), 1 / len(x)) for x in clouds]
    for i, x in enumerate(clouds):
        for j in range(i):
            cost = ot.emd2(weights[i], weights[j], ot.dist(x, clouds[j]))
            D[i, j] = D[j, i] = np.sqrt(max(cost, 0.0))
    return D


def bench_exact(n_clouds, n_rounds):
    rng = np.random.RandomState(0)
    clouds = [rng.normal(size=(100, 3)) for _ in range(n_clouds)]
    X = PointSets.from_list(clouds)
    seconds, values = alternate(
        lambda: plain_loop(clouds),
        lambda: wasserstein_distances(X),
        lambda: wasserstein_distances(X, n_jobs=2),
        n_rounds=n_rounds,
        warm_up=False,
    )
    names = ["loop of ot.emd2", "wasserstein_distances", "with n_jobs=2"]
    return [
        [
            f"{n_clouds} clouds x 100 points, d=3",
            name,
            duration(time),
            ratio(seconds[0], time),
            f"{abs(value - values[0]).max():.1e}",
        ]
        for name, time, value in zip(names, seconds, values, strict=True)
    ]


def bench_others(n_clouds, n_rounds):
    X = np.random.RandomState(0).normal(size=(n_clouds, 100, 3))
    sides = {
        "wasserstein_distances": wasserstein_distances,
        "sliced, 64 slices": sliced_wasserstein_distances,
        "max-sliced": max_sliced_wasserstein_distances,
        "Sinkhorn divergence": sinkhorn_divergences,
    }
    seconds, _ = alternate(
        *(lambda f=f: f(X) for f in sides.values()), n_rounds=n_rounds
    )
    task = f"{n_clouds} clouds x 100 points, d=3"
    n_pairs = n_clouds * (n_clouds - 1) / 2
    return [
        [task, name, f"{duration(time / n_pairs)} a pair", ratio(seconds[0], time), "-"]
        for name, time in zip(sides, seconds, strict=True)
    ]


def real_clouds(quick):
    """Clouds of about 100 points: shapes, digits as pixels, texts as word vectors."""
    rng = np.random.RandomState(0)
    shapes = np.load(find_data("pointclouds_capod15_train.npz"))["X"]
    yield "CAPOD shapes", read_sets([x[rng.permutation(1024)[:100]] for x in shapes])
    images = np.load(find_data("mnist_train5k_test1k.npz"))["X_train"]
    chosen = rng.permutation(len(images))[: 100 if quick else 250]
    yield "MNIST digits", read_sets(PointSets.from_images(images[chosen]))
    words = np.load(find_data("text_r8_glove25_small.npz"))
    texts = PointSets(
        words["vectors"][words["indices"]],
        words["indptr"].astype(np.int64),
        words["counts"].astype(float),
    )
    chosen = rng.permutation(len(texts))[: 150 if quick else 300]
    yield "R8 texts, GloVe-25", read_sets(texts[chosen])


def bench_nearest(quick):
    for name, X in real_clouds(quick):
        seconds, (D, found) = alternate(
            lambda X=X: wasserstein_distances(X),
            lambda X=X: nearest_sets(X, n_neighbors=5),
            n_rounds=1,
            warm_up=False,
        )
        np.fill_diagonal(D, np.inf)
        nearest = np.sort(D, axis=1)[:, :5]
        share = found.n_solved / (len(X) * (len(X) - 1) / 2)
        yield [
            f"{name}: {len(X)} sets of {X.sizes.min()} to {X.sizes.max()}",
            f"nearest_sets, k=5: {share:.1%} of problems",
            duration(seconds[1]),
            ratio(seconds[0], seconds[1]),
            f"{abs(found.distances - nearest).max():.1e}",
        ]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    rows = bench_exact(60 if quick else 200, 2 if quick else 3)
    rows += bench_others(20 if quick else 40, 2)
    rows += bench_nearest(quick)
    print_table(
        ["task", "side", "time", "first side / this", "largest difference"],
        rows,
        notes=[
            "first side: the plain loop; wasserstein_distances in all other tasks",
            "differences are of distances, in the unit of the points",
        ],
    )


if __name__ == "__main__":
    main()
