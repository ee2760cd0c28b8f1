# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Our own run times before and after a change, one row for each benchmark.

    python benchmarks/bench_versions.py PATH_OF_ANOTHER_CHECKOUT

Both checkouts run the same work in processes of their own, by turns. What each row does
is what the benchmark it is named after times on our side, at a size of some tenths of a
second. The figure is processor time of this process and its threads, the least of
several runs in a process: on a shared machine that varies less than time on the wall.
"""

import argparse
import inspect
import json
import os
import sys
import time
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("NUMBA_NUM_THREADS", "1")

import numpy as np
from _common import duration, fresh_process, print_table

CASES = {}

# A run repeats its work for about so many seconds.
LEAST = 0.2


def case(benchmark, what):
    """Register a case: a function that prepares, and returns what is timed."""

    def register(prepare):
        CASES[f"{benchmark}: {what}"] = prepare
        return prepare

    return register


def clouds(n, size=40, d=3, seed=0):
    rng = np.random.RandomState(seed)
    return [
        rng.normal(size=(rng.randint(size // 2, size + 1), d)) + rng.normal(size=d)
        for _ in range(n)
    ]


def in_order(solver, C, a, b, **params):
    """Call a solver of costs and weights, which stood in another order once."""
    if next(iter(inspect.signature(solver).parameters)) == "a":
        return solver(a, b, C, **params)
    return solver(C, a, b, **params)


def per_unit_cost(reg):
    """Regularisation of the divergence, of which the cost was once halved."""
    from skot.solvers import sinkhorn_divergence

    value = sinkhorn_divergence([[0.0]], [[1.0]], reg=1.0).value
    return reg if value > 0.75 else reg / 2


def spaces(n, size=25, seed=0):
    rng = np.random.RandomState(seed)
    out = []
    for _ in range(n):
        x = rng.normal(size=(rng.randint(size // 2, size + 1), 2))
        out.append(np.sqrt(((x[:, None] - x) ** 2).sum(axis=2)))
    return out


@case("bench_embedding", "SlicedWassersteinEmbedding, 400 clouds")
def sliced_embedding():
    from skot.embedding import SlicedWassersteinEmbedding

    X = clouds(400)
    embedding = SlicedWassersteinEmbedding(32, n_quantiles=40, random_state=0).fit(X)
    return lambda: embedding.transform(X)


@case("bench_embedding", "WassersteinEmbedding, 600 sets in R^16")
def wasserstein_embedding():
    from skot.embedding import WassersteinEmbedding

    X = clouds(600, 30, 16)
    embedding = WassersteinEmbedding(random_state=0).fit(X)
    return lambda: embedding.transform(X)


@case("repro_lopt_noise", "LOPTEmbedding, 200 clouds")
def lopt():
    from skot.embedding import LOPTEmbedding

    X = clouds(200)
    embedding = LOPTEmbedding(lam=2.0, reference="kmeans", random_state=0).fit(X)
    return lambda: embedding.transform(X)


@case("repro_point_mnist", "sliced distances, 150 clouds")
def sliced_distances():
    from skot.distance import sliced_wasserstein_distances

    X = clouds(150, 60)
    return lambda: sliced_wasserstein_distances(X, n_slices=64, random_state=0)


@case("bench_pairwise", "wasserstein_distances, 60 clouds")
def exact_distances():
    from skot.distance import wasserstein_distances

    X = clouds(60)
    return lambda: wasserstein_distances(X)


@case("bench_pairwise", "wasserstein_distances of a table, 800 rows")
def distances_of_rows():
    from skot.distance import wasserstein_distances

    X = np.random.RandomState(0).normal(size=(800, 5))
    return lambda: wasserstein_distances(X)


@case("bench_pairwise", "nearest_sets, 120 clouds")
def nearest():
    from skot.distance import nearest_sets

    X = clouds(120)
    return lambda: nearest_sets(X, n_neighbors=3)


@case("bench_pairwise", "sinkhorn_divergences, 14 clouds")
def divergences():
    from skot.distance import sinkhorn_divergences

    X, reg = clouds(14, 50), per_unit_cost(0.5)
    return lambda: sinkhorn_divergences(X, reg=reg)


@case("bench_pairwise", "exact, 30 x 30, 400 times")
def small_exact():
    from skot.solvers import exact

    rng = np.random.RandomState(0)
    C, a = rng.uniform(size=(30, 30)), np.full(30, 1 / 30)
    return lambda: [in_order(exact, C, a, a) for _ in range(400)]


@case("bench_sinkhorn", "sinkhorn, 300 x 300, reg .005")
def entropic():
    from skot.solvers import sinkhorn

    x, y = clouds(2, 300)
    C = ((x[:, None] - y) ** 2).sum(axis=2)
    a, b = (np.full(n, 1 / n) for n in C.shape)
    return lambda: in_order(sinkhorn, C, a, b, reg=0.005 * C.max())


@case("bench_divergence", "two clouds of 4000 points, cells")
def large_divergence():
    from skot.solvers import sinkhorn_divergence

    rng = np.random.RandomState(0)
    x, y = rng.uniform(size=(2, 4000, 3))
    reg = per_unit_cost(0.005)
    return lambda: sinkhorn_divergence(x, y, reg=reg, solver="multiscale")


@case("bench_divergence", "two clouds of 1500 points, lazy")
def lazy_divergence():
    from skot.solvers import sinkhorn_divergence

    rng = np.random.RandomState(0)
    x, y = rng.uniform(size=(2, 1500, 3))
    reg = per_unit_cost(0.05)
    return lambda: sinkhorn_divergence(
        x, y, reg=reg, solver="lazy", backend="numpy", tol=1e-4
    )


@case("bench_sliced", "sliced_wasserstein, 4000 points in R^10")
def sliced():
    from skot.solvers import sliced_wasserstein

    x, y = np.random.RandomState(0).normal(size=(2, 4000, 10))
    return lambda: sliced_wasserstein(x, y, n_slices=128, random_state=0)


@case("bench_sliced", "max_sliced_wasserstein, 300 points in R^20")
def max_sliced():
    from skot.solvers import max_sliced_wasserstein

    x, y = np.random.RandomState(0).normal(size=(2, 300, 20))
    return lambda: max_sliced_wasserstein(x, y, random_state=0)


@case("bench_partial", "partial_wasserstein_1d, 20 000 points")
def partial_line():
    from skot.solvers import partial_wasserstein_1d

    x, y = np.random.RandomState(0).uniform(-20, 20, size=(2, 20_000))
    return lambda: partial_wasserstein_1d(x, y, lam=1.0)


@case("bench_partial", "partial_wasserstein_distances, 40 clouds")
def partial_distances():
    from skot.distance import partial_wasserstein_distances

    X = clouds(40)
    return lambda: partial_wasserstein_distances(X, lam=1.0)


@case("bench_gromov", "partial_gromov_wasserstein, 12 pairs")
def partial_gromov():
    from skot.solvers import partial_gromov_wasserstein

    X = spaces(13)
    return lambda: [partial_gromov_wasserstein(u, v, lam=0.5) for u, v in pairwise(X)]


@case("bench_gromov", "gromov_wasserstein_distances, 12 spaces")
def gromov_distances():
    from skot.distance import gromov_wasserstein_distances

    X = spaces(12)
    return lambda: gromov_wasserstein_distances(X, metric="precomputed")


@case("repro_lgw_shapes", "LGWEmbedding and LPGWEmbedding, 60 clouds")
def linear_gromov():
    from skot.embedding import LGWEmbedding, LPGWEmbedding

    X = clouds(60, 30, 2)
    embeddings = [
        cls(reference="sample", random_state=0).fit(X)
        for cls in (LGWEmbedding, LPGWEmbedding)
    ]
    return lambda: [embedding.transform(X) for embedding in embeddings]


@case("bench_radon_cdt", "RadonCDT, 1500 images of 28 x 28")
def radon():
    from skot.signal import RadonCDT

    images = np.random.RandomState(0).uniform(size=(1500, 28, 28)) ** 4
    transform = RadonCDT().fit(images)
    return lambda: transform.transform(images)


@case("repro_rcdt_ns", "RadonCDTClassifier, 20 images a class")
def radon_classifier():
    from sklearn.datasets import load_digits

    from skot.classification import RadonCDTClassifier

    X, y = load_digits(return_X_y=True)
    classifier = RadonCDTClassifier().fit(X[:200].reshape(-1, 8, 8), y[:200])
    return lambda: classifier.predict(X[200:1200].reshape(-1, 8, 8))


@case("repro_scdt_ucr", "SCDT, 2000 signals of 200 samples")
def signed():
    from skot.signal import SCDT

    X = np.random.RandomState(0).normal(size=(2000, 200)).cumsum(axis=1)
    transform = SCDT().fit(X)
    return lambda: transform.transform(X)


@case("repro_wegl", "GraphDiffusion and WassersteinEmbedding, 200 graphs")
def wegl():
    import networkx as nx
    from sklearn.pipeline import make_pipeline

    from skot.embedding import WassersteinEmbedding
    from skot.graph import GraphDiffusion

    graphs = [nx.gnp_random_graph(20, 0.2, seed=seed) for seed in range(200)]
    pipeline = make_pipeline(GraphDiffusion(), WassersteinEmbedding(random_state=0))
    return lambda: pipeline.fit_transform(graphs)


@case("bench_shift_test", "TransportShiftTest, sliced, 300 + 300 rows")
def shift_sliced():
    return shift_test("sliced_wasserstein")


@case("bench_shift_test", "TransportShiftTest, sinkhorn, 100 + 100 rows")
def shift_sinkhorn():
    return shift_test("sinkhorn", 100, 50)


@case("bench_shift_test", "TransportShiftTest, wasserstein, 100 + 100 rows")
def shift_exact():
    return shift_test("wasserstein", 100, 50)


def shift_test(statistic, n=300, n_permutations=200):
    from skot.shift import TransportShiftTest

    X, Y = np.random.RandomState(0).normal(size=(2, n, 6))
    test = TransportShiftTest(
        statistic, n_permutations=n_permutations, random_state=0
    ).fit(X)
    return lambda: test.test(Y)


@case("bench_cot", "COTErrorEstimator, 6000 rows of 10 classes")
def cot():
    from skot.shift import COTErrorEstimator

    rng = np.random.RandomState(0)
    P = rng.dirichlet(np.full(10, 0.3), size=6000)
    y = np.array([rng.choice(10, p=row) for row in P])
    estimator = COTErrorEstimator(random_state=0, n_bootstrap=0).fit(P[:3000], y[:3000])
    return lambda: estimator.estimate(P[3000:])


@case("repro_error_estimation", "BaselineErrorEstimator, 3000 rows")
def baselines():
    from skot.shift import BaselineErrorEstimator

    rng = np.random.RandomState(0)
    P = rng.dirichlet(np.full(5, 0.3), size=3000)
    y = np.array([rng.choice(5, p=row) for row in P])
    estimator = BaselineErrorEstimator(random_state=0).fit(P[:1500], y[:1500])
    return lambda: estimator.estimate(P[1500:])


@case("plot_transport_dependence", "wasserstein_dependence, 300 rows")
def dependence():
    from skot.shift import wasserstein_dependence

    X = np.random.RandomState(0).normal(size=(300, 4))
    return lambda: wasserstein_dependence(X, X[:, 0] ** 2, random_state=0)


@case("plot_quickstart", "WassersteinKMeans, 60 clouds")
def kmeans():
    from skot.cluster import WassersteinKMeans

    X = clouds(60, 20, 2)
    return lambda: WassersteinKMeans(3, n_init=1, max_iter=5, random_state=0).fit(X)


@case("plot_kernels", "TransportKernel, 50 clouds")
def kernel():
    from skot.kernel import TransportKernel

    X = clouds(50)
    return lambda: TransportKernel().fit_transform(X)


def seconds(work, n_times=1):
    start = time.process_time()
    for _ in range(n_times):
        work()
    return max(time.process_time() - start, 1e-9)


def run(chosen, n_runs):
    """Time all cases in this process; print a JSON object on the last line."""
    import warnings

    warnings.simplefilter("ignore")
    out = {}
    for name, prepare in CASES.items():
        if chosen and not any(word in name for word in chosen):
            continue
        work = prepare()
        work()
        n_times, times = 1 + int(LEAST / seconds(work)), []
        for _ in range(n_runs):
            times.append(seconds(work, n_times) / n_times)
        out[name] = min(times)
    print(json.dumps(out))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("other", nargs="?", help="the checkout to compare with")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--here", action="store_true", help="time, and print JSON")
    options = parser.parse_args()
    if options.here:
        run(options.only, options.runs)
        return
    if options.other is None:
        print("nothing to compare with: name another checkout of skot")
        return
    here = Path(__file__).resolve().parents[1]
    trees = [Path(options.other).resolve(), here]
    words = ["--here", "--runs", options.runs]
    words += ["--only", *options.only] if options.only else []
    times = [{}, {}]
    for turn in range(options.rounds):
        for side in (0, 1) if turn % 2 == 0 else (1, 0):
            done = fresh_process(
                __file__, *words, environment={"PYTHONPATH": str(trees[side])}
            )
            for name, seconds in done.items():
                times[side].setdefault(name, []).append(seconds)
        print(f"round {turn + 1} of {options.rounds}", file=sys.stderr)
    rows = []
    for name, before in times[0].items():
        after = times[1][name]
        middle = min(after) / min(before)
        by_turn = np.divide(after, before)
        rows.append(
            [
                name,
                duration(min(before)),
                duration(min(after)),
                f"{middle:.2f}",
                f"{by_turn.min():.2f} to {by_turn.max():.2f}",
            ]
        )
    print_table(["work", "before", "after", "after / before", "turn by turn"], rows)


if __name__ == "__main__":
    main()
