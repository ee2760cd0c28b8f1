# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Shift tests: speed of permutations, exactness, power, and false alarms.

Run all, or some parts::

    python benchmarks/bench_shift_test.py
    python benchmarks/bench_shift_test.py speed power --quick

Parts: ``speed`` (1000 permutations of the sliced distance, beside a loop over
``ot.sliced_wasserstein_distance`` with the same projections), ``uniform`` (p-values
without a shift, for every statistic), ``power`` (share of shifts found at level 0.05,
beside MMD and energy) and ``monitor`` (false alarms of `ShiftMonitor`). All in one
table each.
"""

import argparse
from functools import partial

import numpy as np
from _common import alternate, duration, print_table, ratio
from scipy.stats import kstest
from threadpoolctl import threadpool_limits

from skot.shift import ShiftMonitor, TransportShiftTest
from skot.shift._statistics import STATISTICS
from skot.solvers import draw_splits, sample_slices, sliced_splits


def speed(arguments):
    import ot

    n_permutations, n_rounds, n_naive = (
        (100, 3, 5) if arguments.quick else (1000, 5, 20)
    )
    rows = []
    for n, m, d in ((2000, 2000, 20), (2000, 1500, 20), (200, 200, 20)):
        points = np.random.RandomState(0).normal(size=(n + m, d))
        slices = sample_slices(100, d, "gaussian", 0)
        splits = draw_splits(n, m, n_permutations, random_state=0)

        def ours(points=points, slices=slices, splits=splits):
            # sorting is part of it; the first value is that of the observed labels
            return np.sqrt(sliced_splits(points, slices, splits)[0].mean(axis=1))

        def naive(points=points, slices=slices, splits=splits):
            return [
                ot.sliced_wasserstein_distance(
                    points[label == 1], points[label == 0], projections=slices.T
                )
                for label in splits.labels[:n_naive]
            ]

        seconds, (fast, slow) = alternate(ours, naive, n_rounds=n_rounds)
        per_permutation = seconds / [[n_permutations + 1], [n_naive]]
        rows.append(
            (
                f"{n} and {m} rows, d={d}",
                duration(seconds[0]),
                duration(per_permutation[0]),
                duration(per_permutation[1]),
                ratio(per_permutation[1], per_permutation[0]),
                f"{np.abs(fast[:n_naive] / slow - 1).max():.1e}",
            )
        )
    print_table(
        (
            "case",
            f"{n_permutations} permutations",
            "each",
            "POT, each",
            "POT / this",
            "largest difference",
        ),
        rows,
        notes=[
            "100 slices, W_2; one core; values and projections are the same on both "
            f"sides; POT was timed on {n_naive} permutations a turn",
        ],
    )

    if arguments.jobs > 1:
        jobs(arguments.jobs, n_permutations, n_rounds)


def jobs(n_jobs, n_permutations, n_rounds):
    """Print what workers gain, attribution included."""
    X, Y = np.random.RandomState(0).normal(size=(2, 2000, 20))

    def run(n_jobs):
        test = TransportShiftTest(
            n_permutations=n_permutations, n_bootstrap=0, n_jobs=n_jobs, random_state=0
        )
        return test.fit(X).test(Y).null

    seconds, nulls = alternate(partial(run, 1), partial(run, n_jobs), n_rounds=n_rounds)
    same = "yes" if np.array_equal(*nulls) else "no"
    print_table(
        ("workers", "time of a test", "one / this", "same values"),
        [
            (1, duration(seconds[0]), "1", ""),
            (n_jobs, duration(seconds[1]), ratio(*seconds), same),
        ],
    )


def uniform(arguments):
    n_repeats = 100 if arguments.quick else 500
    rows = []
    for name in STATISTICS:
        rng = np.random.RandomState(0)
        p_values, randomized = [], []
        for _ in range(n_repeats):
            X, Y = rng.normal(size=(20, 3)), rng.normal(size=(15, 3))
            test = TransportShiftTest(
                name, n_permutations=99, n_slices=30, n_bootstrap=0, random_state=rng
            )
            result = test.fit(X).test(Y)
            above = np.sum(result.null > result.statistic + 1e-9)
            ties = 1 + np.sum(np.abs(result.null - result.statistic) <= 1e-9)
            p_values.append(result.p_value)
            randomized.append((above + rng.uniform() * ties) / 100)
        p_values = np.array(p_values)
        rows.append(
            (
                name,
                f"{kstest(randomized, 'uniform').pvalue:.3f}",
                *(f"{np.mean(p_values <= level):.3f}" for level in (0.01, 0.05, 0.2)),
            )
        )
    print_table(
        ("statistic", "KS p-value", "p <= 0.01", "p <= 0.05", "p <= 0.20"),
        rows,
        notes=[
            f"{n_repeats} repetitions, 20 and 15 rows in R^3, 99 permutations, no "
            "shift; for the Kolmogorov-Smirnov test the steps of 1/100 and ties are "
            "broken at random, which is what makes an exact p-value uniform",
        ],
    )


def no_shift(rng, n, d):
    return rng.normal(size=(2, n, d))


def mean_shift(rng, n, d):
    X, Y = no_shift(rng, n, d)
    Y[:, 0] += 0.6
    return X, Y


def scale_shift(rng, n, d):
    X, Y = no_shift(rng, n, d)
    Y[:, 0] *= 1.8
    return X, Y


def correlation_shift(rng, n, d):
    X, Y = no_shift(rng, n, d)
    Y[:, 1] = 0.7 * Y[:, 0] + np.sqrt(0.51) * Y[:, 1]
    return X, Y


def few_far(rng, n, d):
    """One row in ten comes from elsewhere."""
    X, Y = no_shift(rng, n, d)
    Y[rng.uniform(size=n) < 0.1, 0] += 4
    return X, Y


def clumps(rng, n, d):
    """Six clumps turn by half the angle between them, in a plane."""
    X, Y = 0.15 * no_shift(rng, n, d)
    for points, offset in ((X, 0.0), (Y, 0.5)):
        angle = np.pi / 3 * (rng.randint(0, 6, n) + offset)
        points[:, 0] += np.cos(angle)
        points[:, 1] += np.sin(angle)
    return X, Y


def power(arguments):
    n_repeats = 20 if arguments.quick else 200
    n = 60
    cases = [
        ("no shift, d=5", partial(no_shift, n=n, d=5)),
        ("mean of one of 5 columns", partial(mean_shift, n=n, d=5)),
        ("mean of one of 40 columns", partial(mean_shift, n=n, d=40)),
        ("scale of one of 5 columns", partial(scale_shift, n=n, d=5)),
        ("correlation 0.7 of two of 5", partial(correlation_shift, n=n, d=5)),
        ("a tenth of the rows far off, d=5", partial(few_far, n=n, d=5)),
        ("clumps turned, d=2, 150 rows", partial(clumps, n=150, d=2)),
    ]
    rows = []
    for title, draw in cases:
        found = dict.fromkeys(STATISTICS, 0)
        rng = np.random.RandomState(0)
        for _ in range(n_repeats):
            X, Y = draw(rng)
            for name in STATISTICS:
                test = TransportShiftTest(
                    name, n_permutations=99, n_bootstrap=0, random_state=rng
                )
                found[name] += test.fit(X).test(Y).is_shift
        rows.append((title, *(f"{found[k] / n_repeats:.2f}" for k in STATISTICS)))
    print_table(
        ("shift", *STATISTICS),
        rows,
        notes=[
            f"share of {n_repeats} pairs of samples of {n} rows with p <= 0.05, 99 "
            "permutations; the first row is the level",
        ],
    )


def monitor(arguments):
    n_streams = 100 if arguments.quick else 500
    rows = []
    for title, batch in (("independent rows", 0.0), ("a mean for each chunk", 1.0)):
        for limits in ("chunks", "permutation"):
            for alpha in (0.05, 0.1):
                rate, found = alarms(limits, alpha, batch, n_streams)
                spread = 1.96 * rate.std() / np.sqrt(n_streams)
                rows.append(
                    (
                        title,
                        limits,
                        alpha,
                        f"{rate.mean():.3f} +- {spread:.3f}",
                        f"{found:.2f}",
                    )
                )
    print_table(
        ("data", "limits", "alpha", "false alarms", "shift found"),
        rows,
        notes=[
            f"{n_streams} streams of 4 chunks of 20 rows in R^3, each with a reference "
            "of its own: 78 chunks (alpha 0.05) or 38 (0.1); a shift is one of 3 "
            "standard deviations of what varies, in one column",
        ],
    )


def alarms(limits, alpha, batch, n_streams, size=20):
    rates, found = [], []
    test = TransportShiftTest(n_slices=20, n_permutations=99, random_state=0)
    n_chunks = round(4 / alpha) - 2
    for seed in range(n_streams):
        rng = np.random.RandomState(seed)

        def draw(n_chunks, rng=rng):
            X = rng.normal(size=(n_chunks * size, 3))
            return X + np.repeat(batch * rng.normal(size=(n_chunks, 3)), size, axis=0)

        watch = ShiftMonitor(test, chunk_size=size, alpha=alpha, limits=limits)
        watch.fit(draw(n_chunks))
        rates.append(np.mean([watch.test_chunk(draw(1)).is_alert for _ in range(4)]))
        shifted = draw(1) + [3 * np.sqrt(1 / size + batch**2), 0, 0]
        found.append(watch.test_chunk(shifted).is_alert)
    return np.array(rates), np.mean(found)


PARTS = {"speed": speed, "uniform": uniform, "power": power, "monitor": monitor}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=list(PARTS))
    parser.add_argument("--quick", action="store_true", help="few repetitions")
    parser.add_argument("--jobs", type=int, default=1, help="workers, for speed")
    arguments = parser.parse_args()
    with threadpool_limits(1):
        for part in arguments.parts:
            PARTS[part](arguments)


if __name__ == "__main__":
    main()
