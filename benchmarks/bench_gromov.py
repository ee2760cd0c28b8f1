# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Partial Gromov-Wasserstein of pairs of spaces, against POT.

POT fixes the mass that a plan moves, skot its price: POT gets the mass that skot found,
and both plans are valued by the penalised objective. Each pair is timed once on each
side, by turns. "reaches POT" is what skot takes to be no worse than POT on a pair: its
single descent from the product plan where that is enough, and the full search, which
begins with that descent, where it is not. ``--all-pairs`` times all distances of 200
shapes of 50 points, from a random sample of pairs; ``--quick`` takes fewer pairs.
"""

import argparse
import os

# one thread for each side
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import time

import numpy as np
import ot
from _common import duration, find_data, print_table
from scipy.spatial.distance import cdist

from skot.distance import partial_gromov_wasserstein_distances
from skot.solvers import fused_gromov_wasserstein, partial_gromov_wasserstein

# Price of mass, as a share of the largest squared distance.
PRICES = (0.01, 0.05, 0.25)

N_SHAPES, N_POINTS = 200, 50


def shapes(name, rng):
    """Endless clouds of 35 to 60 points, part of them outliers."""
    if name == "random":
        while True:
            yield rng.normal(size=(rng.randint(35, 60), 2))
    file, key = {
        "MPEG-7": ("shapes2d_mpeg7_40classes.npz", "boundary"),
        "CAPOD": ("pointclouds_capod15_train.npz", "X"),
    }[name]
    data = np.load(find_data(file))[key].astype(float)
    while True:
        x = rng.permutation(data[rng.randint(len(data))])[: rng.randint(35, 50)]
        x = (x - x.mean(axis=0)) / x.std()
        low, high = x.min(axis=0), x.max(axis=0)
        outliers = rng.uniform(low, high, size=(rng.randint(12), x.shape[1]))
        yield np.vstack([x, outliers])


def penalised(plan, C1, C2, lam):
    """Objective of a plan, from its definition."""
    r, c = plan.sum(axis=1), plan.sum(axis=0)
    energy = r @ C1**2 @ r + c @ C2**2 @ c - 2 * np.vdot(C1 @ plan @ C2, plan)
    return energy + lam * (len(C1) ** 2 + len(C2) ** 2 - 2 * plan.sum() ** 2)


def timed(function):
    start = time.perf_counter()
    result = function()
    return result, time.perf_counter() - start


def compare(C1, C2, lam):
    """Seconds and objectives of the full search, one descent, and POT."""
    p, q = np.ones(len(C1)), np.ones(len(C2))
    full, t_full = timed(lambda: partial_gromov_wasserstein(C1, C2, lam=lam))
    one, t_one = timed(lambda: partial_gromov_wasserstein(C1, C2, lam=lam, n_starts=1))
    mass = min(full.mass, len(p), len(q))
    theirs, t_pot = timed(
        lambda: ot.gromov.partial_gromov_wasserstein(C1, C2, p, q, m=mass)
    )
    values = [
        full.value,
        one.value,
        penalised(theirs, C1, C2, lam),
    ]
    return [t_full, t_one, t_pot], values


def bench_pairs(name, price, n_pairs):
    rng = np.random.RandomState(0)
    clouds = shapes(name, rng)
    seconds, values = [], []
    for _ in range(n_pairs):
        C1, C2 = (cdist(x, x) for x in (next(clouds), next(clouds)))
        lam = price * max(C1.max(), C2.max()) ** 2
        t, v = compare(C1, C2, lam)
        seconds.append(t)
        values.append(v)
    seconds, values = np.array(seconds).T, np.array(values).T
    reach = np.where(values[1] <= values[2] * (1 + 1e-9), seconds[1], seconds[0])
    other = np.minimum(values[1], values[2])
    ahead = values[0] / other - 1
    return [
        f"{name}, lam={price:g} max d^2",
        duration(seconds[2]),
        duration(seconds[1]),
        duration(seconds[0]),
        f"{np.median(seconds[2]) / np.median(reach):.2f} "
        f"({(seconds[2] / reach).min():.2f})",
        f"{np.median(seconds[2]) / np.median(seconds[0]):.2f}",
        f"{np.median(ahead):+.1%} ({ahead.max():+.1%})",
        f"{np.count_nonzero(ahead > 1e-9)} of {n_pairs}",
    ]


def bench_fused(n_pairs):
    """Time of balanced fused problems from the product plan, to the same objective."""
    rng = np.random.RandomState(0)
    seconds, gaps = [], []
    for _ in range(n_pairs):
        x, y = (rng.normal(size=(rng.randint(35, 60), 2)) for _ in "12")
        C1, C2, M = cdist(x, x), cdist(y, y), cdist(x, y, "sqeuclidean")
        one, t_one = timed(lambda: fused_gromov_wasserstein(C1, C2, M, n_starts=1))  # noqa: B023
        full, t_full = timed(lambda: fused_gromov_wasserstein(C1, C2, M))  # noqa: B023
        theirs, t_pot = timed(lambda: ot.gromov.fused_gromov_wasserstein2(M, C1, C2))  # noqa: B023
        seconds.append([t_full, t_one, t_pot])
        gaps.append(full.value / min(theirs, one.value) - 1)
    full, one, pot = np.array(seconds).T
    return [
        "random, balanced, fused",
        duration(pot),
        duration(one),
        duration(full),
        f"{np.median(pot) / np.median(one):.2f} ({(pot / one).min():.2f})",
        f"{np.median(pot) / np.median(full):.2f}",
        f"{np.median(gaps):+.1%} ({max(gaps):+.1%})",
        f"{np.count_nonzero(np.array(gaps) > 1e-9)} of {n_pairs}",
    ]


def bench_all_pairs(n_sampled):
    rng = np.random.RandomState(0)
    data = np.load(find_data("shapes2d_mpeg7_40classes.npz"))["boundary"].astype(float)
    X = []
    for i in rng.permutation(len(data))[:N_SHAPES]:
        x = rng.permutation(data[i])[:N_POINTS]
        X.append((x - x.mean(axis=0)) / x.std())
    lam = 0.05 * max(cdist(x, x).max() for x in X) ** 2
    n_pairs = N_SHAPES * (N_SHAPES - 1) // 2
    seconds = []
    for _ in range(n_sampled):
        i, j = rng.choice(N_SHAPES, 2, replace=False)
        _, t = timed(
            lambda: partial_gromov_wasserstein_distances([X[i]], [X[j]], lam=lam)  # noqa: B023
        )
        seconds.append(t)
    print_table(
        ["task", "time a pair, median", "mean", "all pairs, scaled"],
        [
            [
                f"{N_SHAPES} shapes x {N_POINTS} points, lam={lam:.3g}",
                duration(seconds),
                f"{np.mean(seconds) * 1e3:.3g} ms",
                f"{np.mean(seconds) * n_pairs:.3g} s",
            ]
        ],
        notes=[f"{n_sampled} of {n_pairs} pairs timed, their mean times {n_pairs}"],
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--all-pairs", action="store_true")
    options = parser.parse_args()
    compare(np.zeros((3, 3)), np.zeros((3, 3)), 1.0)  # imports
    if options.all_pairs:
        bench_all_pairs(100 if options.quick else 500)
        return
    n_pairs = 20 if options.quick else 100
    rows = [
        bench_pairs(name, price, n_pairs)
        for name in ("random", "MPEG-7", "CAPOD")
        for price in PRICES
    ]
    rows.append(bench_fused(n_pairs))
    print_table(
        [
            "pairs",
            "POT",
            "skot, one descent",
            "skot, search",
            "POT / reaches POT (worst)",
            "POT / search",
            "search against best of POT, one descent (worst)",
            "above it",
        ],
        rows,
        notes=["35 to 60 points of mass 1, 100 pairs a row unless --quick"],
    )


if __name__ == "__main__":
    main()
