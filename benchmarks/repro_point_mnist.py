# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Point-MNIST: retrieval of digits as point sets, after Lu et al. (SLOSH, WACV 2024).

Run::

    python benchmarks/repro_point_mnist.py

Protocol: 5000 training and 1000 test digits, 500 and 100 of each class; the points are
the pixels of value above 0, at coordinates over 28, of equal weight; 8 slices, as many
quantiles as the median digit has points; exact Euclidean neighbours in the embedding,
k = 4, 8, 16. Precision is the share of the k neighbours with the label of the query;
accuracy is that of their majority vote, the smallest label winning a tie (the rule of
``KNeighborsClassifier`` and of ``scipy.stats.mode``). What is random is run with the
seeds of the authors, 0, 1, 4, 10 and 16, and averaged.

Data: ``mnist_train5k_test1k.npz`` in the folder that ``SKOT_DATA`` names, or in
``../shared/data`` beside the repository: uint8 arrays ``X_train`` (5000, 28, 28),
``y_train``, ``X_test`` (1000, 28, 28), ``y_test``.

Rows named "binary codes" search as the authors do, by Hamming distance between the
signs of 2048 random projections of the embeddings.

Published: Lu, Liu, Soltoggio, Kolouri, "SLOSH: Set locality sensitive hashing via
sliced-Wasserstein embeddings", WACV 2024, https://arxiv.org/abs/2112.05872; figures of
the authors' notebook, which searches binary codes of the embeddings.
"""

import argparse
import sys
import time

import numpy as np
from _common import find_data, print_table
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_union

from skot.embedding import (
    PoolingEmbedding,
    SlicedWassersteinEmbedding,
    WassersteinEmbedding,
)
from skot.sets import PointSets

SEEDS = (0, 1, 4, 10, 16)
NEIGHBOURS = (4, 8, 16)
COLUMNS = (
    "embedding",
    "runs",
    *(f"k={k}{side}" for k in NEIGHBOURS for side in ("", ", published")),
    "ms a set",
    "entries",
)


def read_digits():
    data = np.load(find_data("mnist_train5k_test1k.npz"))
    sets = [
        PointSets.from_images(data[name], pixel_size=1 / 28)
        for name in ("X_train", "X_test")
    ]
    return sets, data["y_train"].astype(int), data["y_test"].astype(int)


def retrieval_scores(train, y_train, test, y_test):
    """Precision and vote accuracy at each number of neighbours."""
    scores = []
    knn = KNeighborsClassifier(max(NEIGHBOURS), algorithm="brute").fit(train, y_train)
    labels = y_train[knn.kneighbors(test, return_distance=False)]
    for k in NEIGHBOURS:
        votes = (labels[:, :k, None] == np.arange(10)).sum(axis=1)
        precision = (labels[:, :k] == y_test[:, None]).mean()
        scores.append((precision, (votes.argmax(axis=1) == y_test).mean()))
    return scores


def sign_codes(vectors, seed, n_bits=2048):
    """Signs of random projections: their Hamming distance grows with the angle."""
    rng = np.random.default_rng(seed)
    return vectors @ rng.standard_normal((vectors.shape[1], n_bits)) > 0


def gem(n_powers):
    """Join generalised means of powers 1 to n_powers, as the authors do."""
    return make_union(
        *(PoolingEmbedding("gem", power=p) for p in range(1, n_powers + 1))
    )


def methods(n_quantiles, n_jobs):
    """Rows: name, function of a seed, seeds, kind of run, published figures."""

    def sliced(n_slices=8, slices="auto"):
        return lambda seed: SlicedWassersteinEmbedding(
            n_slices,
            n_quantiles=n_quantiles,
            slices=slices,
            random_state=seed,
            n_jobs=n_jobs,
        )

    def linear(reference):
        return lambda seed: WassersteinEmbedding(
            reference, n_reference=n_quantiles, random_state=seed, n_jobs=n_jobs
        )

    def pooling(name):
        return lambda seed: PoolingEmbedding(name, n_quantiles=n_quantiles)

    swe = (".894 / .920", ".880 / .919", ".862 / .913")
    lot = (".889 / .921", ".877 / .921", ".862 / .916")
    covariance = (".247 / .265", ".248 / .276", ".248 / .281")
    one = SEEDS[:1]
    return [
        ("sliced, 8 Gaussian slices", sliced(8, "gaussian"), SEEDS, "points", swe),
        (
            "sliced, 8 Gaussian slices, binary codes",
            sliced(8, "gaussian"),
            SEEDS,
            "codes",
            swe,
        ),
        ("sliced, 8 even angles (default)", sliced(), one, "points", swe),
        ("sliced, 64 even angles", sliced(64), one, "points", None),
        (
            "sliced, 8 even angles, half of the training digits",
            sliced(),
            one,
            "half",
            None,
        ),
        (
            "sliced, 8 even angles, intensities as weights",
            sliced(),
            one,
            "weighted",
            None,
        ),
        ("Wasserstein, normal reference", linear("normal"), SEEDS, "points", lot),
        ("Wasserstein, k-means reference", linear("kmeans"), SEEDS, "points", lot),
        (
            "Wasserstein, k-means reference, intensities as weights",
            linear("kmeans"),
            one,
            "weighted",
            None,
        ),
        (
            "pooling: sort (FSPool)",
            pooling("sort"),
            one,
            "points",
            (".750 / .798", ".739 / .810", ".725 / .810"),
        ),
        ("pooling: covariance", pooling("covariance"), one, "points", covariance),
        (
            "pooling: covariance, binary codes",
            pooling("covariance"),
            SEEDS,
            "codes",
            covariance,
        ),
        ("pooling: max", pooling("max"), one, "points", None),
        (
            "pooling: mean (GeM-1)",
            pooling("mean"),
            one,
            "points",
            (".104 / .109", ".102 / .104", ".101 / .100"),
        ),
        (
            "pooling: GeM, powers 1 and 2",
            lambda seed: gem(2),
            one,
            "points",
            (".287 / .321", ".286 / .347", ".289 / .371"),
        ),
        (
            "pooling: GeM, powers 1 to 4",
            lambda seed: gem(4),
            one,
            "points",
            (".394 / .446", ".390 / .471", ".383 / .487"),
        ),
    ]


def show(score):
    return f"{score[0]:.3f} / {score[1]:.3f}".replace("0.", ".")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n-jobs", type=int, default=None)
    parser.add_argument("--seeds", type=int, default=len(SEEDS), help="runs, at most")
    arguments = parser.parse_args()
    (train, test), y_train, y_test = read_digits()
    bare = train.with_weights(None), test.with_weights(None)
    # classes are shuffled in the file; every other digit of each class is half
    rank = np.empty(len(y_train), dtype=int)
    for label in range(10):
        rank[y_train == label] = np.arange(np.count_nonzero(y_train == label))
    half = rank % 2 == 0
    kinds = {
        "points": (*bare, y_train),
        "codes": (*bare, y_train),
        "half": (bare[0][half], bare[1], y_train[half]),
        "weighted": (train, test, y_train),
    }
    n_quantiles = round(np.median(train.sizes))
    rows = []
    for name, make, seeds, kind, published in methods(n_quantiles, arguments.n_jobs):
        print(f"{name} ...", file=sys.stderr, flush=True)
        X, X_new, y = kinds[kind]
        scores, seconds = [], 0.0
        seeds = seeds[: arguments.seeds]
        for seed in seeds:
            embedding = make(seed).fit(X)
            start = time.perf_counter()
            Z, Z_new = embedding.transform(X), embedding.transform(X_new)
            seconds += time.perf_counter() - start
            if kind == "codes":
                Z, Z_new = sign_codes(Z, seed), sign_codes(Z_new, seed)
            scores.append(retrieval_scores(Z, y, Z_new, y_test))
        scores = np.array(scores)
        cells = [show(score) for score in scores.mean(axis=0)]
        if len(seeds) > 1:
            cells[0] += f" (sd {show(scores[:, 0].std(axis=0, ddof=1))})"
        pairs = zip(cells, published or ["-"] * len(cells), strict=True)
        rows.append(
            (
                name,
                len(seeds),
                *(cell for pair in pairs for cell in pair),
                f"{1e3 * seconds / len(seeds) / (len(X) + len(X_new)):.3f}",
                Z.shape[1],
            )
        )
    print_table(
        COLUMNS,
        rows,
        notes=[
            "precision / vote accuracy; published figures are of searches among binary "
            "codes of the embeddings, ours of exact neighbours but where said",
            f"{len(train)} training and {len(test)} test digits; {n_quantiles} "
            f"quantiles or reference points, the median size of a digit; n_jobs="
            f"{arguments.n_jobs}",
        ],
    )


if __name__ == "__main__":
    main()
