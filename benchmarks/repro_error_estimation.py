# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Label-free error estimates against the truth, on real shifts, beside NannyML's CBPE.

Mean absolute error of every method, in points, on saved softmax outputs, on two tables
with the scores of production models, and on digits under 18 shifts. ``--coverage``
simulates how often intervals hold the true error instead. NannyML runs in an
interpreter of its own, named by ``--nannyml`` or the variable SKOT_NANNYML_PYTHON;
without one its column is empty. ``--quick`` takes fewer seeds and repetitions.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("NML_DISABLE_USAGE_LOGGING", "1")

import numpy as np
from _common import find_data, fresh_process, print_table

# -- data: name, validation, targets of one size ---------------------------------------


def softmax_images():
    data = np.load(find_data("softmax_mnist_shifts.npz"))
    targets = dict(
        zip(data["shift"], zip(data["probs"], data["y"], strict=True), strict=True)
    )
    yield "MNIST, 22 shifts of images", (data["probs_val"], data["y_val"]), targets
    names = {
        "cifar10_lenet_5": "CIFAR-10, LeNet",
        "cifar10_vgg16": "CIFAR-10, VGG16",
        "cifar100_lenet_5": "CIFAR-100, LeNet",
    }
    for file, name in names.items():
        data = np.load(find_data(f"softmax_{file}.npz"))
        rng = np.random.default_rng(0)
        order = rng.permutation(len(data["y"]))
        proba, y = data["probs"][order].astype(np.float64), data["y"][order].astype(int)
        proba /= proba.sum(axis=1, keepdims=True)
        validation, rest = (proba[:5000], y[:5000]), (proba[5000:], y[5000:])
        yield f"{name}, no shift", validation, chunks(*rest, 1000)
        yield f"{name}, label shift", validation, label_shifts(*rest, 1000, rng)


def chunks(proba, y, size):
    starts = range(0, len(y) - size + 1, size)
    return {str(s): (proba[s : s + size], y[s : s + size]) for s in starts}


def label_shifts(proba, y, size, rng):
    """Shares of classes from a flat Dirichlet law, drawn without replacement."""
    k = proba.shape[1]
    targets = {}
    for i in range(10):
        weights = rng.dirichlet(np.ones(k))[y]
        rows = rng.choice(len(y), size, replace=False, p=weights / weights.sum())
        targets[str(i)] = proba[rows], y[rows]
    return targets


def tables():
    data = np.load(find_data("tabular_acs_employment_MA_2015_2016.npz"))
    validation = two_columns(data["proba_2015"]), data["y_2015"].astype(int)
    target = two_columns(data["proba_2016"]), data["y_2016"].astype(int)
    yield "ACS employment, 2015 to 2016", validation, chunks(*target, 5000)
    data = np.load(find_data("tabular_california_shift.npz"))
    validation = two_columns(data["proba_ref"]), data["y_ref"].astype(int)
    target = two_columns(data["proba_shift"]), data["y_shift"].astype(int)
    yield "California housing, label shift", validation, chunks(*target, 500)


def two_columns(p):
    p = p.astype(np.float64)
    return np.column_stack([1 - p, p])


# Two readings of "noise, roll, contrast": the published check says no more.
SHIFTS = {
    "noise, roll across, X * c": [
        *(("noise", s) for s in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)),
        *(("across", k) for k in (1, 2, 3, 4, 5, 6)),
        *(("dim", c) for c in (0.9, 0.8, 0.7, 0.6, 0.5, 0.4)),
    ],
    "noise, roll both ways, contrast about 1/2": [
        *(("noise", s) for s in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)),
        *(("across", k) for k in (1, 2, 3, 4)),
        *(("down", k) for k in (1, 2, 3)),
        *(("contrast", c) for c in (0.8, 0.6, 0.4, 0.3, 0.2)),
    ],
}


def shifted(X, kind, amount, rng):
    images = X.reshape(-1, 8, 8)
    moved = {
        "noise": lambda: images + amount * rng.normal(size=images.shape),
        "across": lambda: np.roll(images, amount, 2),
        "down": lambda: np.roll(images, amount, 1),
        "dim": lambda: amount * images,
        "contrast": lambda: 0.5 + amount * (images - 0.5),
    }
    return moved[kind]().reshape(len(X), -1)


def digits(seeds):
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split
    from sklearn.neural_network import MLPClassifier

    X, y = load_digits(return_X_y=True)
    X = X / 16
    for seed in seeds:
        split = {"random_state": seed}
        A, Z, a, z = train_test_split(X, y, test_size=648, stratify=y, **split)
        A, V, a, v = train_test_split(A, a, test_size=500, stratify=a, **split)
        network = MLPClassifier((64,), max_iter=500, **split).fit(A, a)
        for name, shifts in SHIFTS.items():
            rng = np.random.default_rng(seed)
            targets = {
                f"{kind} {amount}": (
                    network.predict_proba(shifted(Z, kind, amount, rng)),
                    z,
                )
                for kind, amount in shifts
            }
            yield f"digits: {name}", (network.predict_proba(V), v), targets


# -- estimates -------------------------------------------------------------------------


def with_true_prior(validation, targets, method):
    """COT where the shares of the classes in each target are known."""
    from skot.shift import COTErrorEstimator

    estimator = COTErrorEstimator(method=method, n_bootstrap=None).fit(*validation)
    k = validation[0].shape[1]
    errors = []
    for proba, y in targets.values():
        prior = np.bincount(y, minlength=k) / len(y)
        true = np.mean(proba.argmax(axis=1) != y)
        errors.append(abs(estimator.estimate(proba, prior=prior).error - true))
    return np.mean(errors)


def nannyml(python, validation, targets):
    """Mean absolute error of NannyML's CBPE, run by an interpreter that has it."""
    if not python:
        return np.nan
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "task.npz"
        proba, y = zip(*targets.values(), strict=True)
        np.savez(
            path, P_val=validation[0], y_val=validation[1],
            P=np.concatenate(proba), y=np.concatenate(y), size=len(y[0]),
        )  # fmt: skip
        estimated = fresh_process(__file__, "--peer", path, python=python)
    true = [np.mean(p.argmax(axis=1) != t) for p, t in targets.values()]
    return np.abs(1 - np.array(estimated) - true).mean()


def peer(path):
    """Estimate accuracies by NannyML: in its own interpreter, without skot."""
    import pandas as pd
    from nannyml import CBPE

    task = np.load(path)
    k = task["P"].shape[1]
    names = [f"p{j}" for j in range(k)]

    def frame(proba, y):
        table = pd.DataFrame(proba, columns=names)
        return table.assign(guess=proba.argmax(axis=1), y=y)

    estimator = CBPE(
        metrics=["accuracy"],
        y_pred_proba="p1" if k == 2 else dict(enumerate(names)),
        y_pred="guess",
        y_true="y",
        problem_type=f"classification_{'binary' if k == 2 else 'multiclass'}",
        chunk_size=int(task["size"]),
    )
    estimator.fit(frame(task["P_val"], task["y_val"]))
    result = estimator.estimate(frame(task["P"], task["y"]).drop(columns="y"))
    values = result.filter(period="analysis").to_df()["accuracy", "value"]
    print(json.dumps([float(v) for v in values]))


def errors(python, seeds):
    from skot.shift import compare_error_estimators

    columns, found = None, {}
    for data in (softmax_images(), tables(), digits(seeds)):
        for name, validation, targets in data:
            table = compare_error_estimators(None, *validation, targets)
            row = dict(zip(table.methods, table.mean_absolute_error, strict=True))
            row["cot, true prior"] = with_true_prior(validation, targets, "cot")
            row["NannyML CBPE"] = nannyml(python, validation, targets)
            columns = list(row)
            found.setdefault(name, []).append([table.truth.mean(), *row.values()])
            print(name, file=sys.stderr, flush=True)
    rows = []
    for name, values in found.items():
        true, *means = 100 * np.mean(values, axis=0)
        best = np.nanmin(
            [m for m, c in zip(means, columns, strict=True) if "true" not in c]
        )
        cells = [f"**{m:.1f}**" if m == best else f"{m:.1f}" for m in means]
        rows.append([name, f"{true:.1f}", *cells])
    return columns, rows


# -- coverage --------------------------------------------------------------------------

# Four Gaussian classes; samples differ in noise, and the posterior is known.
DISTANCE, CLASSES = 2.2, 4
SOURCE, HARDER = (0.6, 1.6), (1.2, 2.4)
EQUAL, SKEWED = np.full(CLASSES, 0.25), np.array([0.55, 0.25, 0.15, 0.05])


def simulate(rng, n, noise, shares, believed, sharpness):
    """Logits and labels. The posterior is right where the shares are as believed."""
    y = rng.choice(CLASSES, n, p=shares)
    spread = rng.uniform(*noise, (n, 1))
    x = DISTANCE * np.eye(CLASSES)[y] + spread * rng.normal(size=(n, CLASSES))
    return sharpness * (DISTANCE * x / spread**2 + np.log(believed)), y


# name, estimator and its settings, validation, target: (noise, shares); sharpness
SCENES = [
    ("assumptions hold: COT, no shift", "cot", {}, EQUAL, (SOURCE, EQUAL), 1),
    ("assumptions hold: COT, harder samples", "cot", {}, EQUAL, (HARDER, EQUAL), 1),
    ("assumptions hold: COTT, no shift", "cott", {}, EQUAL, (SOURCE, EQUAL), 1),
    ("overconfident, temperature mends it", "cot", {}, EQUAL, (HARDER, EQUAL), 3),
    ("overconfident, calibration=None", "cot", {"calibration": None}, EQUAL,
     (HARDER, EQUAL), 3),
    ("label shift", "cot", {}, EQUAL, (SOURCE, SKEWED), 1),
    ("classes of unequal shares: COT", "cot", {}, SKEWED, (SOURCE, SKEWED), 1),
    ("classes of unequal shares: COTT", "cott", {}, SKEWED, (SOURCE, SKEWED), 1),
    ("COTT, harder samples", "cott", {}, EQUAL, (HARDER, EQUAL), 1),
]  # fmt: skip


def coverage(scene, n_repetitions, n_samples=500):
    from skot.shift import COTErrorEstimator

    name, method, settings, shares, (noise, new), sharpness = scene
    rng = np.random.default_rng(2**31)
    logits, y = simulate(rng, 1_000_000, noise, new, shares, sharpness)
    true = np.mean(logits.argmax(axis=1) != y)
    held, middle, width = 0, [], []
    for seed in range(n_repetitions):
        rng = np.random.default_rng(seed)
        estimator = COTErrorEstimator(
            method=method, response_method="decision_function",
            random_state=seed, **settings,
        )  # fmt: skip
        estimator.fit(*simulate(rng, n_samples, SOURCE, shares, shares, sharpness))
        target, _ = simulate(rng, n_samples, noise, new, shares, sharpness)
        estimate = estimator.estimate(target)
        low, high = estimate.interval
        held += low <= true <= high
        middle.append(estimate.error)
        width.append(high - low)
    return [
        name,
        f"{100 * true:.1f}",
        f"{100 * np.mean(middle):.1f}",
        f"{100 * np.mean(width):.1f}",
        f"{100 * held / n_repetitions:.1f} %",
    ]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--coverage", action="store_true")
    parser.add_argument("--scenes", nargs="*", type=int, help="of the coverage")
    parser.add_argument("--nannyml", default=os.environ.get("SKOT_NANNYML_PYTHON"))
    parser.add_argument("--peer")
    options = parser.parse_args()
    if options.peer:
        peer(options.peer)
        return
    if options.coverage:
        scenes = [SCENES[i] for i in options.scenes or range(len(SCENES))]
        repetitions = 30 if options.quick else 300
        print_table(
            ["scene", "true error", "mean estimate", "width", "coverage"],
            [coverage(scene, repetitions) for scene in scenes],
            notes=[
                f"{repetitions} repetitions, 500 samples each side, intervals of 90 %",
                "errors and widths in points",
            ],
        )
        return
    columns, rows = errors(options.nannyml, range(1 if options.quick else 3))
    print_table(
        ["data", "true error", *columns],
        rows,
        notes=[
            "mean absolute error of estimated errors over the targets, in points",
            "bold: the best that is not told the prior",
        ],
    )


if __name__ == "__main__":
    main()
