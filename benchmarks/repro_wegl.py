# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""WEGL on MUTAG, PROTEINS and IMDB-BINARY, against the accuracies of the paper.

Graphs become sets by `GraphDiffusion`, sets become vectors by `WassersteinEmbedding`,
and a random forest or an RBF support vector machine classifies the vectors.

Protocol: stratified 10-fold cross-validation, repeated for several shuffles. In each
fold everything is learnt from the training part alone: the reference of the embedding,
and the choice of node features, number of layers, local pooling, classifier and its
parameters, by accuracy out of bag (forest) or in 5-fold cross-validation (SVM) inside
the training part. The test part is scored once, by what was chosen.

The rows below the first of each data set repeat this with less to choose from, and say
what each part of the method is worth. "best on test" is no result but a bound: what
choosing one setting for all folds by their test scores would claim.

    python benchmarks/repro_wegl.py            # 15 minutes on two quiet cores
    python benchmarks/repro_wegl.py --quick    # one minute: MUTAG alone, one shuffle
    python benchmarks/repro_wegl.py --sizes    # sizes of the reference, on IMDB-BINARY
"""

import argparse
import os
import time
from collections import Counter, defaultdict
from itertools import product
from pathlib import Path

import numpy as np
from _common import print_table
from joblib import Parallel, delayed
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from skot.datasets import fetch_tu_graphs
from skot.embedding import PoolingEmbedding, WassersteinEmbedding
from skot.graph import GraphDiffusion

# Kolouri, Naderializadeh, Rohde, Hoffmann, ICLR 2021, arXiv:2006.09430
PUBLISHED = {"MUTAG": 88.3, "PROTEINS": 76.5, "IMDB-BINARY": 75.4}
FEATURES = {
    "MUTAG": (("labels",), ("labels", "degree")),
    "PROTEINS": (("labels",), ("labels", "degree")),
    "IMDB-BINARY": (("degree",), ("degree_onehot",)),
}
SHUFFLES = {"MUTAG": 10, "PROTEINS": 3, "IMDB-BINARY": 3}  # more where folds are small
SIZES = (5, 10, 20, 40)
LAYERS = (0, 1, 3, 6)
POOLING = ("final", "concat")
READOUTS = {
    "transport": WassersteinEmbedding(random_state=0),
    "mean": PoolingEmbedding("mean"),
}


def settings(name):
    """All that can be chosen but the classifier: readout, features, layers, pooling."""
    return [
        (readout, features, n_layers, pooling)
        for readout, features, n_layers, pooling in product(
            READOUTS, FEATURES[name], LAYERS, POOLING
        )
        # without layers there is nothing to pool; means of all layers hold the last
        if (n_layers or pooling == "final")
        and (readout == "transport" or (n_layers and pooling == "concat"))
    ]


def forest(Z, y, seed):
    """Accuracy out of bag, and a function that scores other vectors."""
    model = RandomForestClassifier(100, oob_score=True, random_state=seed).fit(Z, y)
    return model.oob_score_, model.score


def svm(Z, y, seed):
    """Accuracy in inner cross-validation, and a function that scores other vectors.

    Of the SVM with an RBF kernel of scikit-learn's default width; the kernel matrix is
    computed once for all parameters and inner folds.
    """
    gamma = 1 / (Z.shape[1] * Z.var())
    inner = StratifiedKFold(5, shuffle=True, random_state=seed)
    search = GridSearchCV(SVC(kernel="precomputed"), {"C": [1, 10, 100]}, cv=inner)
    search.fit(rbf_kernel(Z, gamma=gamma), y)
    return search.best_score_, lambda Z_new, y_new: search.score(
        rbf_kernel(Z_new, Z, gamma=gamma), y_new
    )


def run_fold(name, train, test, seed):
    """Score every setting on one fold: {(*setting, classifier): (inner, test)}.

    Comes with the processor time it took, which a busy machine does not change.
    """
    start = time.process_time()
    scores = {}
    for setting in settings(name):
        readout, features, n_layers, pooling = setting
        X, y = load(name, features)
        embed = make_pipeline(
            GraphDiffusion(n_layers, pooling=pooling), READOUTS[readout]
        )
        Z_train = embed.fit_transform(X[train])
        Z_test = embed.transform(X[test])
        for classify in (forest, svm):
            inner_score, score = classify(Z_train, y[train], seed)
            scores[(*setting, classify.__name__)] = inner_score, score(Z_test, y[test])
    return scores, time.process_time() - start


def size_fold(name, train, test, seed):
    """Score references of several sizes on one fold, all else fixed: {(...): score}."""
    scores = {}
    for features, n_reference in product(FEATURES[name], SIZES):
        X, y = load(name, features)
        embed = make_pipeline(
            GraphDiffusion(1, pooling="concat"),
            WassersteinEmbedding(n_reference=n_reference, random_state=0),
        )
        Z_train = embed.fit_transform(X[train])
        Z_test = embed.transform(X[test])
        for classify in (forest, svm):
            _, score = classify(Z_train, y[train], seed)
            scores[features, classify.__name__, n_reference] = score(Z_test, y[test])
    return scores


def outer_folds(name, n_shuffles):
    """Arguments of all folds of all shuffles."""
    X, y = load(name, FEATURES[name][0])
    for seed in range(n_shuffles):
        splits = StratifiedKFold(10, shuffle=True, random_state=seed).split(X, y)
        yield from ((name, train, test, seed) for train, test in splits)


def load(name, features):
    return fetch_tu_graphs(name, node_features=features, return_X_y=True)


def choose(folds, allowed):
    """Test score of each fold, by the allowed setting with the best inner score."""
    return np.array(
        [
            max((s for k, s in fold.items() if allowed(*k)), key=lambda s: s[0])[1]
            for fold in folds
        ]
    )


def best_on_test(folds, allowed):
    """Test scores of the one setting with the best mean of them: a bound."""
    keys = [k for k in folds[0] if allowed(*k)]
    scores = np.array([[fold[k][1] for k in keys] for fold in folds])
    return scores[:, scores.mean(axis=0).argmax()]


def rows(name, folds, n_shuffles, seconds):
    """Rows of the table for one data set."""

    def wegl(readout, features, n_layers, pooling, classifier):
        return readout == "transport" and n_layers > 0

    parts = {
        "WEGL": wegl,
        "forest alone": lambda *k: wegl(*k) and k[4] == "forest",
        "SVM alone": lambda *k: wegl(*k) and k[4] == "svm",
        "last layer alone": lambda *k: wegl(*k) and k[3] == "final",
        "all layers alone": lambda *k: wegl(*k) and k[3] == "concat",
        "without diffusion": lambda *k: k[0] == "transport" and k[2] == 0,
        "mean, not transport": lambda *k: k[0] == "mean",
    }
    for features in FEATURES[name]:
        parts["features: " + " and ".join(features)] = lambda *k, features=features: (
            wegl(*k) and k[1] == features
        )
    results = {part: choose(folds, allowed) for part, allowed in parts.items()}
    results["best on test"] = best_on_test(folds, wegl)
    for part, scores in results.items():
        by_shuffle = 100 * scores.reshape(n_shuffles, 10)
        mean, over_shuffles = by_shuffle.mean(), by_shuffle.mean(axis=1).std()
        first = part == "WEGL"
        yield [
            name if first else "",
            part,
            f"{mean:.1f} ± {over_shuffles:.1f}",
            f"{by_shuffle.std():.1f}",
            PUBLISHED[name] if first else "",
            f"{mean - PUBLISHED[name]:+.1f}",
            n_shuffles if first else "",
            f"{seconds:.0f}" if first else "",
        ]


def twins(name):
    """Count graphs that diffusion cannot tell apart, and what that costs."""
    X, y = load(name, FEATURES[name][-1])
    groups = defaultdict(Counter)
    for measure, label in zip(
        GraphDiffusion(6, pooling="concat").fit_transform(X), y, strict=True
    ):
        nodes = measure.points.round(6)
        groups[nodes[np.lexsort(nodes.T)].tobytes()][label] += 1
    ceiling = sum(max(group.values()) for group in groups.values()) / len(y)
    return (
        f"{name}: {len(groups)} of {len(y)} graphs differ after six layers; who knew "
        f"the majority in each group of twins would score {100 * ceiling:.1f}"
    )


def compare(names, shuffles, n_jobs):
    """Print the table of all data sets."""
    table = []
    for name in names:
        done = Parallel(n_jobs, inner_max_num_threads=1)(
            delayed(run_fold)(*fold) for fold in outer_folds(name, shuffles[name])
        )
        folds, seconds = zip(*done, strict=True)
        table += rows(name, folds, shuffles[name], sum(seconds))
    print_table(
        [
            "data set",
            "what",
            "accuracy, %",
            "std over folds",
            "published",
            "difference",
            "shuffles",
            "CPU seconds",
        ],
        table,
        packages=["joblib"],
        notes=[
            "stratified 10-fold cross-validation, mean ± standard deviation over the "
            "shuffles; everything chosen inside the training folds",
            "published: arXiv:2006.09430, with random forest, SVM or boosting",
            "CPU seconds: all rows of a data set together",
            *map(twins, names),
        ],
    )


def compare_sizes(name, n_shuffles, n_jobs):
    """Print the table of the sizes of the reference."""
    folds = Parallel(n_jobs, inner_max_num_threads=1)(
        delayed(size_fold)(*fold) for fold in outer_folds(name, n_shuffles)
    )
    table = []
    for features, classifier in product(FEATURES[name], ("forest", "svm")):
        scores = [
            np.mean([fold[features, classifier, size] for fold in folds])
            for size in SIZES
        ]
        table.append(
            [" and ".join(features), classifier, *(f"{100 * s:.1f}" for s in scores)]
        )
    print_table(
        ["node features", "classifier", *(f"{size} atoms" for size in SIZES)],
        table,
        notes=[
            f"{name}, accuracy in %, one layer of diffusion, input beside it; "
            f"10-fold cross-validation, {n_shuffles} shuffles"
        ],
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="MUTAG, one shuffle")
    parser.add_argument("--sizes", action="store_true", help="sizes of the reference")
    parser.add_argument("--n-jobs", type=int, default=2)
    arguments = parser.parse_args()
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    if beside.is_dir():
        os.environ.setdefault("SKOT_DATA", str(beside))
    if arguments.sizes:
        name = "IMDB-BINARY"
        compare_sizes(name, 1 if arguments.quick else SHUFFLES[name], arguments.n_jobs)
    elif arguments.quick:
        compare(["MUTAG"], {"MUTAG": 1}, arguments.n_jobs)
    else:
        compare(list(PUBLISHED), SHUFFLES, arguments.n_jobs)


if __name__ == "__main__":
    main()
