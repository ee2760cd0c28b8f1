# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Few-shot image classification by R-CDT subspaces, after Shifat-E-Rabbi et al. (2021).

Run::

    python benchmarks/repro_rcdt_ns.py curve
    python benchmarks/repro_rcdt_ns.py translation
    python benchmarks/repro_rcdt_ns.py affine --torch-python /path/to/python
    python benchmarks/repro_rcdt_ns.py digits

Tables:

- ``curve``: MNIST, 45 angles; n training images of each class, drawn with replacement
  from 500, 10 draws; accuracy on 1000 test images. Published figures are of draws from
  all 60 000 images, judged on 10 000. "as published" is their recipe: axes in [0, 1],
  translation rows stacked below the samples.
- ``translation``: 84 x 84 frames, 64 images of each class, 500 test images moved by up
  to s pixels, which no training image is.
- ``affine``: 56 x 56 frames; test images under random affine maps that no training
  image shows: turned by up to 20 degrees, each axis scaled by 0.8 to 1.25, sheared by
  up to 0.2, moved by up to 5 pixels. The convolutional net is trained by the Python
  that ``--torch-python`` names, which has torch; without, its row is left out.
- ``digits``: sign digits, 32 x 32, and USPS, 16 x 16: a third is held out, the same for
  all n, and n images of each class are drawn from the rest.

Two forms of `RadonCDTClassifier`, free translations and the rows of "scale" and
"shear", were preferred to the published ones after both had been judged on the MNIST
test images of these tables: ``digits`` is the check on images that had no part in it.

SVC and k-NN choose by stratified cross-validation within the n training images of each
class where there are two or more (C in 1, 10, 100; gamma in 5, 10, 20 over the number
of pixels; k in 1, 3, 5); `MLPClassifier` has 200 units, boosting 50 iterations, and the
library's defaults else.

Data: ``mnist_train5k_test1k.npz``, ``sign_digits_train.npz`` and ``usps_1k.npz`` in the
folder that ``SKOT_DATA`` names, or in ``../shared/data`` beside the repository.

Published: Shifat-E-Rabbi, Yin, Rubaiyat, Li, Kolouri, Aldroubi, Nichols, Rohde, "Radon
cumulative distribution transform subspace modeling for image classification", JMIV 63,
2021, https://arxiv.org/abs/2004.03669; figures of a run of their protocol, mean and
standard deviation over 10 draws (3 for 128 and more).
"""

import argparse
import os
import subprocess
import sys
import tempfile
import warnings

import numpy as np
from _common import find_data, print_table
from scipy import ndimage
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, StratifiedKFold, train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC

from skot.classification import NearestSubspaceClassifier, RadonCDTClassifier
from skot.signal import RadonCDT

PUBLISHED = {
    1: (44.25, 4.98),
    2: (56.49, 7.56),
    4: (68.64, 4.05),
    8: (79.73, 1.14),
    16: (86.87, 1.40),
    32: (91.13, 0.47),
    64: (93.71, 0.31),
    128: (94.69, 0.14),
    256: (95.34, 0.18),
}
MOVED = {0: ("92.8", "92.2"), 4: ("92.8", "60.8"), 12: ("92.6", "24.8")}
MOVED[20] = ("92.8", "17.0")
ALL = ("translation", "scale", "shear", "rotation")
SHORT = "`RadonCDTClassifier`"


def say(*words):
    print(*words, "...", file=sys.stderr, flush=True)


def read_mnist():
    data = np.load(find_data("mnist_train5k_test1k.npz"))
    X, X_new = (data[k].astype(np.float64) for k in ("X_train", "X_test"))
    return X, data["y_train"].astype(int), X_new, data["y_test"].astype(int)


def draw(y, n, seed, replace=False):
    rng = np.random.RandomState(seed)
    return np.concatenate(
        [rng.choice(np.flatnonzero(y == k), n, replace) for k in np.unique(y)]
    )


def show(scores):
    deviation = f" ({np.std(scores):.1f})" if len(scores) > 1 else ""
    return f"{np.mean(scores):.1f}{deviation}"


def as_published(side=28, n_angles=45):
    """R-CDT on axes in [0, 1], and translation rows that count as samples."""
    transformer = RadonCDT(n_angles, projection="rotation")
    transformer.fit(np.ones((1, side, side)))
    n_bins = transformer.n_quantiles_
    # pixels from the centre, over the root of the number of features
    scale = np.sqrt(n_angles * n_bins)
    rows = np.repeat(transformer.slices_.T, n_bins, axis=1)
    return make_pipeline(
        transformer,
        FunctionTransformer(lambda F: F * scale / n_bins + 0.5),
        NearestSubspaceClassifier(extra_directions=lambda samples: rows),
    )


def curve(arguments):
    X, y, X_new, y_new = read_mnist()
    n_draws = 2 if arguments.quick else 10
    counts = [n for n in PUBLISHED if n <= (16 if arguments.quick else 256)]
    sides = {
        f"{SHORT}, default": RadonCDTClassifier(),
        "as published": as_published(),
        "with scale and shear": RadonCDTClassifier(deformations=ALL[:3]),
    }
    rows = []
    for n in counts:
        say("curve", n)
        seeds = [int(f"{n}10{i}") for i in range(n_draws)]
        cells = []
        for name, classifier in sides.items():
            draws = n_draws if name != "with scale and shear" or n < 128 else 3
            scores, ranks = [], []
            for seed in seeds[:draws]:
                index = draw(y, n, seed, replace=True)
                fitted = classifier.fit(X[index], y[index])
                scores.append(100 * fitted.score(X_new, y_new))
                last = getattr(fitted, "subspaces_", None) or fitted[-1]
                ranks.append(last.n_components_)
            cells += [show(scores), f"{np.mean(ranks):.0f}"]
        mean, deviation = PUBLISHED[n]
        rows.append((n, f"{mean:.1f} ({deviation:.1f})", *cells))
    heads = [head for name in sides for head in (name, "r")]
    print_table(
        ("n", "published", *heads),
        rows,
        notes=[
            "accuracy in percent, mean (standard deviation) over draws; r is the mean "
            f"dimension of the subspaces; {len(y_new)} test images, whose own sampling "
            "error is 0.7 points at 95 %",
            "free translations are not counted in r but in the column 'as published'; "
            "3 draws of 128 and 256 with scale and shear",
        ],
    )


def frame(X, side):
    margin = (side - X.shape[1]) // 2
    return np.pad(X, ((0, 0), (margin, margin), (margin, margin)))


def translation(arguments):
    X, y, X_new, y_new = read_mnist()
    X, X_new, y_new = frame(X, 84), frame(X_new[:500], 84), y_new[:500]
    index = draw(y, 16 if arguments.quick else 64, 0)
    rows = []
    for place, chosen in enumerate([("translation",), ()]):
        say("translation", chosen)
        classifier = RadonCDTClassifier(deformations=chosen).fit(X[index], y[index])
        scores = []
        for reach in MOVED:
            rng = np.random.RandomState(reach)
            shifts = rng.randint(-reach, reach + 1, (len(X_new), 2))
            moved = np.stack(
                [np.roll(x, s, (0, 1)) for x, s in zip(X_new, shifts, strict=True)]
            )
            scores.append(f"{100 * classifier.score(moved, y_new):.1f}")
        cells = [f"{s} / {MOVED[r][place]}" for s, r in zip(scores, MOVED, strict=True)]
        rows.append((f"{SHORT}, deformations={chosen}", *cells))
    print_table(
        ("classifier", *(f"s = {reach}" for reach in MOVED)),
        rows,
        notes=["accuracy in percent, ours / published"],
    )


def warp(X, rng):
    """Random affine maps about the centre, bilinear."""
    centre = (np.array(X.shape[1:]) - 1) / 2
    out = np.empty_like(X)
    for i, image in enumerate(X):
        angle = np.deg2rad(rng.uniform(-20, 20))
        turn = np.array(
            [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
        )
        shear = np.array([[1, rng.uniform(-0.2, 0.2)], [0, 1]])
        scale = np.diag(np.exp(rng.uniform(np.log(0.8), np.log(1.25), 2)))
        back = np.linalg.inv(turn @ shear @ scale)
        offset = centre - back @ (centre + rng.uniform(-5, 5, 2))
        out[i] = ndimage.affine_transform(image, back, offset, order=1)
    return out


def flat(classifier):
    """Take images as rows, scaled to [0, 1]."""
    return make_pipeline(
        FunctionTransformer(lambda X: X.reshape(len(X), -1) / 255), classifier
    )


def searched(classifier, grid, n):
    if n < 2:
        return classifier
    cv = StratifiedKFold(min(n, 5), shuffle=True, random_state=0)
    return GridSearchCV(classifier, grid, cv=cv)


def learners(n, n_features):
    """Classifiers of pixels, by name."""
    gamma = 1 / n_features
    svc = {"C": [1, 10, 100], "gamma": [gamma * 5, gamma * 10, gamma * 20]}
    neighbours = {"n_neighbors": [k for k in (1, 3, 5) if k <= n]}
    return {
        "SVC (RBF)": flat(searched(SVC(C=10), svc, n)),
        "k-NN": flat(searched(KNeighborsClassifier(1), neighbours, n)),
        "MLP": flat(MLPClassifier(200, random_state=0)),
        "HistGradientBoosting": flat(
            HistGradientBoostingClassifier(random_state=0, max_iter=50)
        ),
    }


def score(classifier, X, y, tests):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        classifier.fit(X, y)
    return [100 * classifier.score(*test) for test in tests]


NET = """
import sys
import numpy as np
import torch
from torch import nn

torch.manual_seed(0)
torch.set_num_threads(1)
data = np.load(sys.argv[1])
X, y = (torch.tensor(data[k]) for k in ("X", "y"))
net = nn.Sequential(
    nn.Conv2d(1, 16, 5, stride=2, padding=2), nn.ReLU(),
    nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.ReLU(),
    nn.Conv2d(32, 64, 3, stride=2, padding=1), nn.ReLU(),
    nn.Flatten(), nn.Dropout(0.5), nn.LazyLinear(10),
)
optimizer = torch.optim.Adam(net.parameters(), 1e-3)
steps = int(data["steps"])
for step in range(steps):
    batch = torch.randint(len(X), (32,))
    loss = nn.functional.cross_entropy(net(X[batch, None]), y[batch])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
net.eval()
with torch.no_grad():
    for name in ("clean", "warped"):
        found = net(torch.tensor(data[name])[:, None]).argmax(1).numpy()
        print(100 * np.mean(found == data["z"]))
"""


def net_scores(python, X, y, tests, steps):
    """Accuracies of a small convolutional net, trained in another Python."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "data.npz")
        images = {"X": X, "clean": tests[0][0], "warped": tests[1][0]}
        images = {k: (v / 255).astype(np.float32) for k, v in images.items()}
        np.savez(path, **images, y=y, z=tests[0][1], steps=steps)
        done = subprocess.run(
            [python, "-c", NET, path], capture_output=True, text=True, check=True
        )
    return [float(line) for line in done.stdout.split()]


def affine(arguments):
    X, y, X_new, y_new = read_mnist()
    X, X_new, y_new = frame(X, 56), frame(X_new[:500], 56), y_new[:500]
    tests = [(X_new, y_new), (warp(X_new, np.random.RandomState(0)), y_new)]
    counts = [1, 4] if arguments.quick else arguments.counts or [1, 4, 16, 64]
    ours = {
        f"{SHORT}, default": ("translation",),
        f"{SHORT}, translation, scale, shear": ALL[:3],
        f"{SHORT}, all deformations": ALL,
    }
    table = {}
    for n in counts:
        for seed in range(arguments.draws):
            index = draw(y, n, 100 * n + seed)
            sides = {
                name: RadonCDTClassifier(deformations=chosen)
                for name, chosen in ours.items()
            }
            sides |= learners(n, X[0].size)
            del sides["k-NN"], sides["HistGradientBoosting"]
            for name, side in sides.items():
                say("affine", n, seed, name)
                cell = score(side, X[index], y[index], tests)
                table.setdefault(name, {}).setdefault(n, []).append(cell)
            if arguments.torch_python:
                steps = 100 if arguments.quick else 500
                say("affine", n, seed, "net")
                cell = net_scores(
                    arguments.torch_python, X[index], y[index], tests, steps
                )
                name = "convolutional net (3 layers)"
                table.setdefault(name, {}).setdefault(n, []).append(cell)
    rows = [
        (
            name,
            *(" / ".join(f"{s:.1f}" for s in np.mean(c, axis=0)) for c in t.values()),
        )
        for name, t in table.items()
    ]
    notes = [
        "accuracy in percent on 500 test images as they are / under affine maps unseen "
        f"in training; mean over {arguments.draws} draws",
    ]
    if not arguments.torch_python:
        notes.append("no convolutional net: --torch-python names no Python with torch")
    print_table(("classifier", *(f"n = {n}" for n in counts)), rows, notes=notes)


def digits(arguments):
    for name, key in (("sign digits", "sign_digits_train"), ("USPS", "usps_1k")):
        data = np.load(find_data(f"{key}.npz"))
        X, y = data["X"].astype(np.float64), data["y"].astype(int)
        X = X.reshape(len(X), *[round(X[0].size ** 0.5)] * 2)
        split = train_test_split(X, y, test_size=1 / 3, stratify=y, random_state=0)
        X_train, X_new, y_train, y_new = split
        most = np.bincount(y_train).min()
        counts = arguments.counts or [1, 2, 4, 8, 16, 32, 64]
        counts = [n for n in counts if n <= most][: 3 if arguments.quick else None]
        table = {}
        for n in counts:
            for seed in range(arguments.draws):
                say(name, n, seed)
                index = draw(y_train, n, 100 * n + seed)
                sides = {
                    f"{SHORT}, default": RadonCDTClassifier(),
                    f"{SHORT}, translation, scale, shear": RadonCDTClassifier(
                        deformations=ALL[:3]
                    ),
                    **learners(n, X[0].size),
                }
                del sides["MLP"]
                for row, side in sides.items():
                    tests = [(X_new, y_new)]
                    cell = score(side, X_train[index], y_train[index], tests)
                    table.setdefault(row, {}).setdefault(n, []).extend(cell)
        rows = [(row, *(show(c) for c in t.values())) for row, t in table.items()]
        print_table(
            (name, *(f"n = {n}" for n in counts)),
            rows,
            notes=[
                f"accuracy in percent on {len(y_new)} held-out images, mean (standard "
                f"deviation) over {arguments.draws} draws",
            ],
        )
        print()


TABLES = {
    "curve": curve,
    "translation": translation,
    "affine": affine,
    "digits": digits,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", choices=list(TABLES))
    parser.add_argument("--draws", type=int, default=3, help="of affine and digits")
    parser.add_argument("--counts", type=int, nargs="+", help="n, of the same")
    parser.add_argument("--torch-python", help="a Python that has torch")
    parser.add_argument("--quick", action="store_true", help="the smallest sizes")
    arguments = parser.parse_args()
    TABLES[arguments.table](arguments)


if __name__ == "__main__":
    main()
