# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Digits as point clouds in noise: linear classes in balanced and partial embeddings.

A smaller form of the experiment of Bai et al. (ICML 2023, section 4): bright pixels of
MNIST digits are points of mass 1, a fraction of as many points again, drawn uniformly
in a box of twice the side of the image, is noise, and ``lam=20``, so that nothing moves
farther than 6.3 pixels. They show the first two principal components; here linear
discriminant analysis tells digits apart, trained and tested on clouds of one noise.
The reference, one for both, is the Wasserstein barycentre of some training clouds,
without noise or with it::

    python benchmarks/repro_lopt_noise.py
    python benchmarks/repro_lopt_noise.py --digits 0 1 3 --quick
"""

import argparse
import time
import warnings

import numpy as np
from _common import find_data, print_table
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.exceptions import ConvergenceWarning

from skot.embedding import LOPTEmbedding, WassersteinEmbedding
from skot.sets import PointSets

NOISE = (0.0, 0.3, 0.75)
LAM = 20.0
N_POINTS = 80  # bright pixels of a digit, at most; atoms of the reference
N_LEARN = 100  # clouds from which the reference is learnt


def read_clouds(digits, n_train, n_test, rng):
    """Draw clean clouds of bright pixels, training and test."""
    data = np.load(find_data("mnist_train5k_test1k.npz"))
    parts = []
    for name, size in (("train", n_train), ("test", n_test)):
        images, y = data[f"X_{name}"].reshape(-1, 28, 28), data[f"y_{name}"]
        chosen = np.concatenate([np.flatnonzero(y == d)[:size] for d in digits])
        clouds = [np.argwhere(image > 127).astype(float) for image in images[chosen]]
        clouds = [c[rng.permutation(len(c))[:N_POINTS]] for c in clouds]
        parts.append((clouds, y[chosen]))
    return parts


def add_noise(clouds, fraction, rng):
    """Add uniform points on [-20, 40]^2, a fraction of the points of each cloud."""
    sizes = [round(fraction * len(c)) for c in clouds]
    noisy = [
        np.vstack([c, rng.uniform(-20, 40, (n, 2))])
        for c, n in zip(clouds, sizes, strict=True)
    ]
    return PointSets.from_list(noisy)


def learn(sets, seed):
    """Atoms of the barycentre of sets, each to have mass 1."""
    model = WassersteinEmbedding(
        "barycenter", n_reference=N_POINTS, max_iter=30, tol=1e-3, random_state=seed
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it need not be at rest
        return model.fit(sets).reference_


def score(embedding, fold):
    """Accuracy of LDA, and seconds of embedding a cloud."""
    (train, y_train), (test, y_test) = fold
    start = time.perf_counter()
    vectors = [embedding.transform(sets) for sets in (train, test)]
    seconds = (time.perf_counter() - start) / (len(train) + len(test))
    model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
    return model.fit(vectors[0], y_train).score(vectors[1], y_test), seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--digits", type=int, nargs="+", default=list(range(10)))
    parser.add_argument("--train", type=int, default=60, help="clouds of a digit")
    parser.add_argument("--test", type=int, default=40, help="clouds of a digit")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--n-jobs", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="one seed, fewer clouds")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.train, arguments.test, arguments.seeds = 20, 10, 1
    found = {}
    for seed in range(arguments.seeds):
        rng = np.random.default_rng(seed)
        (train, y_train), (test, y_test) = read_clouds(
            arguments.digits, arguments.train, arguments.test, rng
        )
        clean = PointSets.from_list(train)
        for noise in NOISE:
            fold = (
                (add_noise(train, noise, rng), y_train),
                (add_noise(test, noise, rng), y_test),
            )
            for learnt_on, sets in (("clean", clean), ("noisy", fold[0][0])):
                some = rng.permutation(len(sets))[:N_LEARN]
                reference = learn(sets[some], seed)
                params = {"reference": reference, "n_jobs": arguments.n_jobs}
                for name, embedding in (
                    ("LOT", WassersteinEmbedding(**params)),
                    ("LOPT", LOPTEmbedding(lam=LAM, **params)),
                ):
                    result = score(embedding.fit(sets), fold)
                    found.setdefault((learnt_on, name, noise), []).append(result)
    rows = []
    for learnt_on in ("clean", "noisy"):
        for name in ("LOT", "LOPT"):
            results = [np.array(found[learnt_on, name, n]) for n in NOISE]
            accuracy = [r[:, 0].mean() for r in results]
            kept = [f"{a:.3f} ({a / accuracy[0]:.0%})" for a in accuracy]
            times = " / ".join(f"{1e3 * np.median(r[:, 1]):.1f}" for r in results)
            rows.append((learnt_on, name, *kept, times))
    columns = [f"noise {n}" for n in NOISE]
    print_table(
        ("reference from", "embedding", *columns, "ms a cloud"),
        rows,
        notes=[
            f"digits {arguments.digits}, {arguments.train} training and "
            f"{arguments.test} test clouds each, {arguments.seeds} seeds",
            "accuracy of LDA, and its share of that without noise",
        ],
    )


if __name__ == "__main__":
    main()
