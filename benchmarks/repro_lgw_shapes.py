# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Linear Gromov-Wasserstein on shapes: how near, how fast, and with outliers.

``--part animals``: 73 three-dimensional animals of 50 nodes, geodesic distances divided
by their largest, as published with [1]. Linear distances against Gromov-Wasserstein
distances of all pairs: Pearson correlation, over pairs and as published over the whole
matrix with its zero diagonal; mean relative error; time of both sides by turns.

``--part mpeg7`` and ``--part capod``: nearest-neighbour accuracy on 8 classes of plane
silhouettes (50 points of the outline) and 15 classes of solids (50 points of the
surface, scaled to unit mean square), each shape turned and mirrored at random.
Stratified 3-fold cross-validation; references and ``lam`` are learnt from the training
part, never from the test part. Test shapes come

- clean;
- with 10, 30 or 50 % more points, uniform in a box of 60/28 times the side of the shape
  (the box of digit clouds in the literature);
- with 30 % of their points removed, any of them or, "cut off", those nearest to one.

Training shapes are clean, or corrupted alike with ``--corrupt all``. References are a
barycentre, or as many medoids as ``--medoids`` says, times the number of classes. The
mass-only row classifies by the number of points.

``--part speed``: 200 silhouettes of 50 points. All distances through the embedding,
``fit`` included, against partial Gromov-Wasserstein distances of all pairs: timed on a
sample of pairs and scaled, as the table says. Spearman correlation over the sample.

    python benchmarks/repro_lgw_shapes.py --part animals
    python benchmarks/repro_lgw_shapes.py --part mpeg7 --medoids 1
    python benchmarks/repro_lgw_shapes.py --quick      # every part, small

[1] Beier, Beinert, Steidl, "On a linear Gromov-Wasserstein distance", IEEE Transactions
on Image Processing 31, 2022.
"""

import argparse
import time
from itertools import combinations

import numpy as np
from _common import duration, find_data, print_table, ratio
from scipy.stats import spearmanr
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier

from skot.embedding import LGWEmbedding, LPGWEmbedding
from skot.sets import read_spaces
from skot.solvers import gromov_wasserstein, partial_gromov_wasserstein

BOX = 60 / 28
N_STARTS = 4  # of every problem, on both sides: the default of the embeddings
CORRUPTIONS = ("clean", "10 %", "30 %", "50 %", "removed", "cut off")


# -- accuracy of the distance ----------------------------------------------------------


def animals(quick, n_jobs):
    with np.load(find_data("mmspaces3d_lgw_k25_k50.npz")) as data:
        D, w = data["D50"].astype(float), data["w50"]
    D /= D.max(axis=(1, 2), keepdims=True)
    keep = slice(None, None, 4 if quick else 1)
    spaces = [(d, a / a.sum()) for d, a in zip(D[keep], w[keep], strict=True)]
    n = len(spaces)
    upper = np.triu_indices(n, 1)

    def exact():
        values = [
            gromov_wasserstein(
                *(spaces[i][0], spaces[j][0], spaces[i][1], spaces[j][1]),
                n_starts=N_STARTS,
            )
            for i, j in combinations(range(n), 2)
        ]
        return np.sqrt(np.maximum([r.value for r in values], 0))

    def linear(**settings):
        model = LGWEmbedding(
            metric="precomputed", random_state=0, n_jobs=n_jobs, **settings
        )
        return model.pairwise(model.fit_transform(spaces))

    sides = {
        "barycenter": {},
        "sample": {"reference": "sample"},
        "kmedoids, 4": {"reference": "kmedoids", "n_medoids": 4},
    }
    n_rounds = 1 if quick else 3
    seconds = {name: [] for name in [*sides, "all pairs"]}
    for _ in range(n_rounds):
        truth = timed(seconds["all pairs"], exact)
        found = {
            name: timed(seconds[name], linear, **settings)
            for name, settings in sides.items()
        }
    rows = []
    for name, E in found.items():
        e = E[upper]
        full = np.zeros((n, n))
        full[upper] = truth
        full += full.T
        rows.append(
            (
                name,
                f"{np.corrcoef(e, truth)[0, 1]:.3f}",
                f"{np.corrcoef(E.ravel(), full.ravel())[0, 1]:.3f}",
                f"{np.mean(abs(e - truth) / truth):.3f}",
                duration(seconds[name]),
                ratio(seconds["all pairs"], seconds[name]),
            )
        )
    rows.append(("published, barycentre", "", "0.954", "0.123", "5.3 s", "2.7"))
    rows.append(("published, one animal", "", "0.847", "0.211", "0.69 s", "21"))
    print_table(
        ["reference", "Pearson, pairs", "Pearson, matrix", "mean relative error",
         "fit and all distances", "times faster than all pairs"],
        rows,
        notes=[f"{n} shapes of 50 nodes; all {len(truth)} pairs: "
               f"{duration(seconds['all pairs'])}"],
    )  # fmt: skip


def timed(log, side, **settings):
    start = time.perf_counter()
    value = side(**settings)
    log.append(time.perf_counter() - start)
    return value


# -- outliers and missing points -------------------------------------------------------


def silhouettes(n_classes=8):
    """Classes of outlines; 50 points of each, the farthest first."""
    with np.load(find_data("shapes2d_mpeg7_40classes.npz")) as data:
        classes = np.arange(0, 40, 40 // n_classes)[:n_classes]
        kept = np.isin(data["y"], classes)
        return list(data["boundary"][kept, :50].astype(float)), data["y"][kept]


def solids():
    """Surfaces, 50 points of each, the farthest first, of unit mean square."""
    with np.load(find_data("pointclouds_capod15_train.npz")) as data:
        shapes = [farthest_points(x.astype(float), 50) for x in data["X"]]
        y = data["y"]
    shapes = [x - x.mean(axis=0) for x in shapes]
    return [x / np.sqrt(np.mean(np.sum(x**2, axis=1))) for x in shapes], y


def farthest_points(x, n):
    kept, gaps = [0], np.square(x - x[0]).sum(axis=1)
    while len(kept) < n:
        kept.append(int(gaps.argmax()))
        gaps = np.minimum(gaps, np.square(x - x[kept[-1]]).sum(axis=1))
    return x[kept]


def corrupt(x, how, rng):
    """Add outliers or remove points, then turn at random."""
    n, n_dims = x.shape
    if how == "removed":
        x = x[rng.permutation(n)[: round(0.7 * n)]]
    elif how == "cut off":
        gaps = np.square(x - x[rng.randint(n)]).sum(axis=1)
        x = x[np.argsort(gaps)[round(0.3 * n) :]]
    elif how != "clean":
        middle, half = (x.max(axis=0) + x.min(axis=0)) / 2, np.ptp(x, axis=0).max() / 2
        n_outliers = round(float(how[:-2]) / 100 * n)
        box = BOX * half * rng.uniform(-1, 1, (n_outliers, n_dims))
        x = np.vstack([x, middle + box])
    turn, _ = np.linalg.qr(rng.normal(size=(n_dims, n_dims)))
    return x @ turn


def robustness(name, shapes, y, medoids, corrupt_training, quick, n_jobs):
    rng = np.random.RandomState(0)
    data = {how: [corrupt(x, how, rng) for x in shapes] for how in CORRUPTIONS}
    models = {
        "LGW, barycenter": LGWEmbedding(),
        "LPGW, barycenter": LPGWEmbedding(reference="barycenter"),
    }
    for n in medoids:
        count = n * len(np.unique(y))
        models[f"LGW, {n} a class"] = LGWEmbedding("kmedoids", n_medoids=count)
        models[f"LPGW, {n} a class"] = LPGWEmbedding(n_medoids=count)
    folds = list(StratifiedKFold(3, shuffle=True, random_state=0).split(shapes, y))
    if quick:
        folds = folds[:1]
    scores = {who: {how: [] for how in CORRUPTIONS} for who in ["mass only", *models]}
    prices, clock = [], dict.fromkeys(models, 0.0)
    for train, test in folds:
        for who, model in models.items():
            start = time.perf_counter()
            model.set_params(random_state=0, n_jobs=n_jobs)
            for how in CORRUPTIONS:
                if how == "clean" or corrupt_training:
                    seen = [
                        data[how if corrupt_training else "clean"][i] for i in train
                    ]
                    Z = model.fit_transform(seen)
                met = model.transform([data[how][i] for i in test])
                D = model.pairwise(Z), model.pairwise(met, Z)
                scores[who][how].append(nearest(*D, y[train], y[test]))
            clock[who] += time.perf_counter() - start
            if who == "LPGW, barycenter":
                prices.append(model.lam_)
        for how in CORRUPTIONS:
            n_train, n_test = (
                np.array([float(len(data[kind][i])) for i in part])
                for kind, part in ((how if corrupt_training else "clean", train),
                                   (how, test))
            )  # fmt: skip
            D = [abs(np.subtract.outer(n, n_train)) for n in (n_train, n_test)]
            scores["mass only"][how].append(nearest(*D, y[train], y[test]))
    rows, losses = [], {}
    for who, by_kind in scores.items():
        mean = {how: np.mean(values) for how, values in by_kind.items()}
        rows.append((who, *(f"{100 * mean[how]:.1f}" for how in CORRUPTIONS),
                     duration([clock[who]]) if who in clock else ""))  # fmt: skip
        losses[who] = np.array([mean["clean"] - mean[how] for how in CORRUPTIONS[1:]])
    for n in medoids:
        shares = losses[f"LPGW, {n} a class"] / losses[f"LGW, {n} a class"]
        rows.append((f"LPGW loses of what LGW loses, {n} a class", "",
                     *(f"{100 * share:.0f} %" for share in shares), ""))  # fmt: skip
    print_table(
        [f"{name}, 1-NN accuracy (%)", *CORRUPTIONS, "time"],
        rows,
        notes=[
            f"{len(shapes)} shapes, {len(folds)} folds; "
            + ("training shapes corrupted alike" if corrupt_training
               else "training shapes clean"),
            f"lam='auto' gave {min(prices):.3g} to {max(prices):.3g}",
            "references: a barycentre, or so many medoids for each class there is",
        ],
    )  # fmt: skip


def nearest(D_train, D_test, y_train, y_test):
    model = KNeighborsClassifier(1, metric="precomputed").fit(D_train, y_train)
    return model.score(D_test, y_test)


# -- speed -----------------------------------------------------------------------------


def speed(quick, n_jobs):
    shapes, _ = silhouettes(10)
    shapes = shapes[:: 5 if quick else 1]
    rng = np.random.RandomState(0)
    shapes = [corrupt(x, "clean", rng) for x in shapes]
    spaces = read_spaces(shapes, masses="positive")
    pairs = np.array(list(combinations(range(len(shapes)), 2)))
    sample = pairs[np.sort(rng.permutation(len(pairs))[: 50 if quick else 400])]
    models = {
        "one sample": LPGWEmbedding(reference="sample"),
        "barycenter": LPGWEmbedding(reference="barycenter"),
        "4 medoids": LPGWEmbedding(n_medoids=4),
        "8 medoids": LPGWEmbedding(n_medoids=8),
    }
    lam = LPGWEmbedding(reference="sample", random_state=0).fit(shapes).lam_

    def linear(model):
        model.set_params(random_state=0, n_jobs=n_jobs, lam=lam)
        return model.pairwise(model.fit_transform(shapes))

    def exact():
        return [
            partial_gromov_wasserstein(
                spaces[i].distances, spaces[j].distances,
                spaces[i].weights, spaces[j].weights,
                lam=lam, n_starts=N_STARTS,
            ).value
            for i, j in sample
        ]  # fmt: skip

    seconds = {name: [] for name in [*models, "pairs"]}
    for _ in range(1 if quick else 3):
        truth = np.sqrt(np.maximum(timed(seconds["pairs"], exact), 0))
        found = {
            name: timed(seconds[name], linear, model=model)
            for name, model in models.items()
        }
    scale = len(pairs) / len(sample)
    whole = np.array(seconds["pairs"]) * scale
    rows = []
    for name, D in found.items():
        e = D[sample[:, 0], sample[:, 1]]
        rows.append(
            (
                name,
                f"{spearmanr(e, truth).statistic:.3f}",
                f"{np.corrcoef(e, truth)[0, 1]:.3f}",
                f"{np.mean((e - truth) / truth):.3f}",
                duration(seconds[name]),
                ratio(whole, seconds[name]),
            )
        )
    print_table(
        ["reference", "Spearman", "Pearson", "mean relative excess",
         "fit and all distances", "times faster than all pairs"],
        rows,
        notes=[f"{len(shapes)} shapes of 50 points, lam {lam:.3g}; {len(sample)} of "
               f"{len(pairs)} pairs: {duration(seconds['pairs'])}, times {scale:.3g} "
               f"for all: {duration(whole)}"],
    )  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parts = ("animals", "mpeg7", "capod", "speed")
    parser.add_argument("--part", choices=parts, help="one part; all by default")
    parser.add_argument(
        "--medoids", type=int, nargs="+", default=[1, 4], help="references a class"
    )
    parser.add_argument("--corrupt", choices=("test", "all"), default="test")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--n-jobs", type=int, default=1)
    options = parser.parse_args()
    quick, n_jobs = options.quick, options.n_jobs
    for part in [options.part] if options.part else parts:
        if part == "animals":
            animals(quick, n_jobs)
        elif part == "speed":
            speed(quick, n_jobs)
        else:
            load = silhouettes if part == "mpeg7" else solids
            whole = options.corrupt == "all"
            robustness(part, *load(), options.medoids, whole, quick, n_jobs)


if __name__ == "__main__":
    main()
