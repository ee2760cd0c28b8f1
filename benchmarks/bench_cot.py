# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Error without labels by transport: n x K against n x n, and a million samples.

The n x n side is the program as published: as many one-hot labels as samples, in whole
numbers, solved by POT's network simplex. Both sides run in this process, by turns, and
have the same value. The million runs in a process of its own, whose peak memory counts
everything from the imports on. ``--quick`` takes fewer samples.
"""

import argparse
import json
import os
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from _common import (
    alternate,
    duration,
    fresh_process,
    peak_memory,
    print_table,
    ratio,
)


def draw(n, k, seed=0, dtype=np.float64):
    """Probabilities, some at a time, and labels drawn from them."""
    rng = np.random.default_rng(seed)
    proba = np.empty((n, k), dtype)
    y = np.empty(n, dtype=np.int64)
    for start in range(0, n, 50_000):
        part = slice(start, min(start + 50_000, n))
        raw = rng.standard_gamma(0.3, (part.stop - start, k)) + 1e-12
        raw[:, : k // 4] *= 1.5  # predicted more often than they should be
        raw /= raw.sum(axis=1, keepdims=True)
        y[part] = (raw.cumsum(axis=1) > rng.random((len(raw), 1))).argmax(axis=1)
        proba[part] = raw
    return proba, y


def against_published(n, k, n_rounds):
    import ot

    from skot.solvers import semidiscrete

    proba, _ = draw(n, k)
    labels = np.arange(n) % k
    shares = np.bincount(labels, minlength=k) / n
    weights = np.full(n, 1 / n)
    C = 1 - proba[:, labels]
    semidiscrete(-proba[:100], b=shares)  # compiled code loads on the first call
    seconds, values = alternate(
        lambda: ot.emd2(weights, weights, C, numItermax=10_000_000),
        lambda: 1 + semidiscrete(-proba, b=shares).value,
        n_rounds=n_rounds,
        warm_up=False,
    )
    for name, time_, value in zip(("n x n", "n x K"), seconds, values, strict=True):
        yield [
            f"{n} samples, {k} classes",
            name,
            duration(time_),
            ratio(seconds[0], time_),
            f"{abs(value - values[0]):.1e}",
            "-",
        ]


def sizes(cases):
    from skot.shift import COTErrorEstimator

    for n, k in cases:
        proba, _ = draw(n, k, 1)
        estimator = COTErrorEstimator(method="cot", prior="uniform", n_bootstrap=None)
        estimator.fit(*draw(5 * max(1000, k), k, 2))
        seconds, (estimate,) = alternate(
            lambda e=estimator, p=proba: e.estimate(p), n_rounds=2
        )
        yield [
            f"{n} samples, {k} classes",
            "estimate, no interval",
            duration(seconds),
            "-",
            f"{estimate.gap:.1e}",
            "-",
        ]


def a_million(n, k):
    from skot.shift import COTErrorEstimator

    estimator = COTErrorEstimator().fit(*draw(10_000, k, 2, np.float32))
    proba, _ = draw(n, k, 1, np.float32)
    start = time.perf_counter()
    estimate = estimator.estimate(proba)
    seconds = time.perf_counter() - start
    answer = {"seconds": seconds, "gap": estimate.gap, "memory": peak_memory()}
    print(json.dumps(answer))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--million", nargs=2, type=int)
    options = parser.parse_args()
    if options.million:
        a_million(*options.million)
        return
    quick = options.quick
    rows = list(against_published(1000 if quick else 5000, 10, 3))
    cases = [(10_000, 10), (10_000, 100), (10_000, 1000), (50_000, 100)]
    rows += sizes(cases[:2] if quick else cases)
    n, k = (100_000, 100) if quick else (1_000_000, 100)
    found = fresh_process(__file__, "--million", n, k, python=sys.executable)
    rows.append(
        [
            f"{n} samples, {k} classes, float32",
            "estimate, with interval",
            duration(found["seconds"]),
            "-",
            f"{found['gap']:.1e}",
            f"{found['memory'] / 2**30:.2f} GB",
        ]
    )
    print_table(
        ["task", "side", "time", "n x n / this", "error", "peak memory"],
        rows,
        notes=[
            "error: difference of values where two sides stand, duality gap elsewhere",
            "peak memory is that of the process, with the table of probabilities",
        ],
    )


if __name__ == "__main__":
    main()
