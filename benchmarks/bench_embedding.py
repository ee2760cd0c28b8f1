# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Speed and memory of the embeddings, beside what one would write without them.

Run all, or some parts::

    python benchmarks/bench_embedding.py
    python benchmarks/bench_embedding.py pairs sets --rounds 9

Parts: ``pairs`` (all sliced distances of a collection, against POT pair by pair),
``sets`` (embedding of many small sets, against a loop over POT), ``vectorizers``
(against ``vectorizers.WassersteinVectorizer``), ``sizes`` (cost of each embedding by
set size) and ``memory`` (a large collection read from a memory map). All in one table.
"""

import argparse
import importlib
import json
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path

import numpy as np
from _common import (
    alternate,
    duration,
    fresh_process,
    peak_memory,
    print_table,
    ratio,
)
from threadpoolctl import threadpool_limits

COLUMNS = (
    "case",
    "other",
    "skot",
    "of other",
    "other / skot",
    "max difference",
    "note",
)
NONE = "-"


# -- all sliced distances of a collection ----------------------------------------------


def make_clouds(n_sets, n_points, rng):
    """Gaussian clouds in space, each of its own place and shape."""
    shape = rng.uniform(0.5, 1.5, (n_sets, 1, 3))
    place = rng.standard_normal((n_sets, 1, 3))
    return list(rng.standard_normal((n_sets, n_points, 3)) * shape + place)


def all_sliced_distances(clouds, slices):
    """Distances of all pairs, through one embedding of each."""
    from sklearn.metrics import euclidean_distances

    from skot.embedding import SlicedWassersteinEmbedding

    embedding = SlicedWassersteinEmbedding(slices=slices)
    return euclidean_distances(embedding.fit_transform(clouds))


def pot_sliced_distances(clouds, slices, pairs):
    """Distances of some pairs, one by one."""
    import ot

    return np.array(
        [
            ot.sliced_wasserstein_distance(clouds[i], clouds[j], projections=slices.T)
            for i, j in pairs
        ]
    )


def bench_pairs(n_rounds):
    n_sets, n_points, n_slices, n_sampled = 100, 1000, 128, 300
    rng = np.random.default_rng(0)
    clouds = make_clouds(n_sets, n_points, rng)
    slices = rng.standard_normal((n_slices, 3))
    slices /= np.linalg.norm(slices, axis=1, keepdims=True)
    rows, columns = np.triu_indices(n_sets, 1)
    some = rng.choice(len(rows), n_sampled, replace=False)
    pairs = np.column_stack([rows, columns])[some]
    with threadpool_limits(1):
        (ours, theirs), (D, d) = alternate(
            lambda: all_sliced_distances(clouds, slices),
            lambda: pot_sliced_distances(clouds, slices, pairs),
            n_rounds=n_rounds,
        )
    theirs *= len(rows) / n_sampled
    yield (
        f"{len(rows)} sliced distances, {n_sets} clouds of {n_points} points in R^3, "
        f"{n_slices} slices",
        "loop over ot.sliced_wasserstein_distance",
        duration(ours),
        duration(theirs),
        ratio(theirs, ours),
        f"{abs(D[tuple(pairs.T)] - d).max():.1e}",
        f"one core; the loop timed on {n_sampled} random pairs and scaled to all",
    )


# -- many small sets -------------------------------------------------------------------


def make_node_sets(n_sets, rng):
    """Make sets of 10 to 30 points in 16 dimensions, and a reference of 20."""
    sizes = rng.integers(10, 31, n_sets)
    sets = [rng.standard_normal((n, 16)) + rng.standard_normal(16) for n in sizes]
    return sets, rng.standard_normal((20, 16))


def pot_embedding(sets, reference):
    """Linear optimal transport as one would write it with POT."""
    import ot

    a = np.full(len(reference), 1 / len(reference))
    out = []
    for x in sets:
        b = np.full(len(x), 1 / len(x))
        plan = ot.emd(a, b, ot.dist(reference, x))
        image = (plan @ x) / a[:, None]
        out.append((np.sqrt(a)[:, None] * (image - reference)).ravel())
    return np.array(out)


def bench_sets(n_rounds):
    from skot.embedding import WassersteinEmbedding

    rng = np.random.default_rng(0)
    for n_sets, n_turns in ((1000, 4 * n_rounds), (10_000, n_rounds)):
        sets, reference = make_node_sets(n_sets, rng)
        serial, parallel = (
            WassersteinEmbedding(reference=reference, n_jobs=n_jobs).fit(sets)
            for n_jobs in (1, 2)
        )
        with threadpool_limits(1):
            (one, two, theirs), (z, z2, z0) = alternate(
                lambda serial=serial, sets=sets: serial.transform(sets),
                lambda parallel=parallel, sets=sets: parallel.transform(sets),
                lambda sets=sets, reference=reference: pot_embedding(sets, reference),
                n_rounds=n_turns,
            )
        case = f"WassersteinEmbedding of {n_sets} node sets, 10 to 30 points in R^16"
        for n_jobs, other, t, t0, v, v0 in (
            (1, "loop over ot.dist and ot.emd", one, theirs, z, z0),
            (2, "skot with n_jobs=1", two, one, z2, z),
        ):
            yield (
                f"{case}, n_jobs={n_jobs}",
                other,
                duration(t),
                duration(t0),
                ratio(t0, t),
                f"{abs(v - v0).max():.1e}",
                "transform of a list of arrays; BLAS on one thread",
            )
    values = rng.standard_normal((2, 200, 20_000))
    one, two = alternate(
        lambda: [np.sort(half) for half in values],
        lambda: run_together(np.sort, values),
        n_rounds=4 * n_rounds,
    )[0]
    yield (
        "control: np.sort of two arrays in two threads",
        "one after the other",
        duration(two),
        duration(one),
        ratio(one, two),
        NONE,
        "what two threads are worth on this machine, as busy as it is",
    )


def run_together(func, arguments):
    """Call a function once for each argument, each in a thread of its own."""
    threads = [threading.Thread(target=func, args=(a,)) for a in arguments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# -- the other LOT embedding that is released ------------------------------------------


def load_labelled(n_sets):
    """Digits as histograms on a grid, the grid, and labels."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    row, column = np.divmod(np.arange(64), 8)
    grid = np.column_stack([column + 0.5, 7.5 - row])
    return digits.data[:n_sets], grid, digits.target[:n_sets]


def embed_with_skot(n_sets, method):
    """Time a first and a second use in this process; keep the vectors."""
    start = time.perf_counter()
    from skot.embedding import WassersteinEmbedding
    from skot.sets import PointSets

    histograms, grid, _ = load_labelled(n_sets)
    clouds = PointSets.from_histograms(histograms, grid)
    seconds = []
    for _ in range(2):
        vectors = WassersteinEmbedding(random_state=0).fit_transform(clouds)
        seconds.append(time.perf_counter() - start)
        start = time.perf_counter()
    return seconds, vectors


def embed_with_vectorizers(n_sets, method):
    """Likewise; its default settings but for the metric of W2."""
    start = time.perf_counter()
    from vectorizers import WassersteinVectorizer

    histograms, grid, _ = load_labelled(n_sets)
    X, vectors = histograms, grid
    if method == "lil":
        X = [h[h > 0] / h.sum() for h in histograms]
        vectors = [grid[h > 0] for h in histograms]
    seconds = []
    for _ in range(2):
        model = WassersteinVectorizer(
            input_method=method, metric="sqeuclidean", random_state=0
        )
        embedded = model.fit_transform(X, vectors=vectors)
        seconds.append(time.perf_counter() - start)
        start = time.perf_counter()
    if method == "lil":
        model.transform(X, vectors=vectors)  # as a pipeline would call it
    return seconds, embedded


def score_embedding(vectors, n_sets, n_pairs=500):
    """Correlation of distances with exact W2, and leave-one-out 1-NN accuracy."""
    import ot
    from sklearn.metrics import euclidean_distances

    histograms, grid, labels = load_labelled(n_sets)
    cost = ot.dist(grid, grid)
    pairs = np.random.default_rng(0).integers(n_sets, size=(n_pairs, 2))
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    mass = histograms / histograms.sum(axis=1, keepdims=True)
    exact = [np.sqrt(ot.emd2(mass[i], mass[j], cost)) for i, j in pairs]
    D = euclidean_distances(vectors)
    correlation = np.corrcoef(exact, D[tuple(pairs.T)])[0, 1]
    np.fill_diagonal(D, np.inf)
    return correlation, (labels[D.argmin(axis=1)] == labels).mean()


def bench_vectorizers(n_rounds):
    n_sets = 1000
    case = f"LOT embedding of {n_sets} digits as weighted 2-D clouds"
    peer = "vectorizers.WassersteinVectorizer"
    seconds = {"skot": [], "vectorizers": []}
    vectors = {}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(min(n_rounds, 3)):
            for side in seconds:
                file = Path(folder) / f"{side}.npy"
                try:
                    times = fresh_process(
                        __file__, "child", side, n_sets, "spmatrix", file
                    )
                except RuntimeError as error:
                    yield case, peer, *4 * [NONE], f"{side} failed: {error}"
                    return
                seconds[side].append(times)
                vectors[side] = np.load(file)
    ours, theirs = (np.array(seconds[side]).T for side in seconds)
    quality = [score_embedding(vectors[side], n_sets) for side in seconds]
    note = "fresh processes; fit_transform of all, default settings"
    for use, t, t0 in zip(
        ("first use, with imports", "second use"), ours, theirs, strict=True
    ):
        yield (
            f"{case}, {use}",
            peer,
            duration(t),
            duration(t0),
            ratio(t0, t),
            NONE,
            note,
        )
    for name, q, q0 in zip(
        ("correlation of distances with exact W2", "1-NN accuracy, leave-one-out"),
        *quality,
        strict=True,
    ):
        yield (
            f"{case}, {name}",
            peer,
            f"{q:.3f}",
            f"{q0:.3f}",
            NONE,
            NONE,
            f"vectors of {vectors['skot'].shape[1]} against "
            f"{vectors['vectorizers'].shape[1]} entries",
        )
    yield try_ragged(100, peer)


def try_ragged(n_sets, peer):
    """Try the other library on sets that share no grid, by its method for these."""
    case = f"LOT embedding of {n_sets} digits as ragged sets, fit, then transform"
    peer += "(input_method='lil')"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "vectors.npy"
        ours = fresh_process(__file__, "child", "skot", n_sets, "lil", file)
        try:
            theirs = fresh_process(
                __file__, "child", "vectorizers", n_sets, "lil", file
            )
        except RuntimeError as error:
            return case, peer, duration(ours[0]), "fails", NONE, NONE, str(error)
    times = duration(ours[0]), duration(theirs[0])
    ratios = ratio(theirs[:1], ours[:1])
    return case, peer, *times, ratios, NONE, "first use, one run"


# -- cost by set size ------------------------------------------------------------------


def bench_sizes(n_rounds):
    from skot.embedding import (
        PoolingEmbedding,
        SlicedWassersteinEmbedding,
        WassersteinEmbedding,
    )
    from skot.sets import PointSets

    rng = np.random.default_rng(0)
    for n_points, n_sets in ((20, 2000), (100, 500), (500, 40)):
        X = PointSets.from_padded(rng.standard_normal((n_sets, n_points, 3)))
        for embedding in (
            PoolingEmbedding(),
            SlicedWassersteinEmbedding(),
            WassersteinEmbedding(reference="normal", random_state=0),
        ):
            embedding.fit(X)
            with threadpool_limits(1):
                times, (vectors,) = alternate(
                    lambda e=embedding, X=X: e.transform(X), n_rounds=n_rounds
                )
            yield (
                f"{type(embedding).__name__}, sets of {n_points} points in R^3, "
                "time of one set",
                NONE,
                duration(times / n_sets),
                NONE,
                NONE,
                NONE,
                f"one core; default settings; vectors of {vectors.shape[1]} entries",
            )


# -- memory ----------------------------------------------------------------------------


def write_sets(path, n_sets, n_points, dtype, weighted):
    from skot.sets import PointSets

    rng = np.random.default_rng(0)
    n_total = n_sets * n_points
    points = rng.standard_normal((n_total, 3), dtype=dtype)
    weights = rng.uniform(0.5, 1.5, n_total) if weighted else None
    PointSets(points, np.arange(n_sets + 1) * n_points, weights).save(path)


def plain_quantiles(measure, slices, n_quantiles):
    """Sliced embedding of one set, straight from its definition."""
    weights = np.ones(len(measure)) if measure.weights is None else measure.weights
    levels = (np.arange(n_quantiles) + 0.5) / n_quantiles
    out = []
    for values in slices @ measure.points.T.astype(np.float64):
        order = values.argsort()
        reached = np.cumsum(weights[order]) / weights.sum()
        # a level met by a step, up to rounding, belongs to the lower value
        out.append(values[order][np.searchsorted(reached, levels - 1e-12)])
    return np.ravel(out) / np.sqrt(len(slices) * n_quantiles)


def embed_mapped(path, n_jobs):
    """Embed a collection from a file; report memory before and at the peak."""
    from skot.embedding import SlicedWassersteinEmbedding
    from skot.sets import PointSets

    before = peak_memory()
    X = PointSets.load(path, mmap_mode="r")
    embedding = SlicedWassersteinEmbedding(
        n_slices=16, n_quantiles=32, n_jobs=int(n_jobs)
    )
    start = time.perf_counter()
    vectors = embedding.fit_transform(X)
    seconds = time.perf_counter() - start
    peak = peak_memory()
    some = np.random.default_rng(0).integers(len(X), size=200)
    plain = np.array([plain_quantiles(X[i], embedding.slices_, 32) for i in some])
    return {
        "before": before,
        "peak": peak,
        "output": vectors.nbytes,
        "seconds": seconds,
        "difference": float(abs(vectors[some] - plain).max()),
    }


def bench_memory(n_rounds):
    n_sets, n_points = 100_000, 100
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sets.npz"
        for dtype, weighted, n_jobs in (
            ("float64", False, 1),
            ("float64", False, 2),
            ("float64", True, 1),
            ("float64", True, 2),
            ("float32", False, 1),
            ("float32", True, 1),
        ):
            if n_jobs == 1:
                write_sets(path, n_sets, n_points, dtype, weighted)
            seen = fresh_process(__file__, "child", "memory", path, n_jobs)
            limit = seen["output"] + 500e6
            kind = "weighted" if weighted else "unweighted"
            yield (
                f"peak memory, {n_sets} sets of {n_points} {kind} points in R^3, "
                f"{dtype}, memory-mapped, 16 slices, 32 quantiles, n_jobs={n_jobs}",
                "limit: output + 500 MB",
                f"{seen['peak'] / 1e6:.0f} MB",
                f"{limit / 1e6:.0f} MB",
                f"{limit / seen['peak']:.2f}",
                f"{seen['difference']:.1e}",
                f"{seen['before'] / 1e6:.0f} MB after imports, output "
                f"{seen['output'] / 1e6:.0f} MB, file "
                f"{path.stat().st_size / 1e6:.0f} MB; {seen['seconds']:.1f} s",
            )


# --------------------------------------------------------------------------------------

PARTS = {
    "pairs": bench_pairs,
    "sets": bench_sets,
    "vectorizers": bench_vectorizers,
    "sizes": bench_sizes,
    "memory": bench_memory,
}


def run_child(task, *arguments):
    if task == "memory":
        return embed_mapped(*arguments)
    n_sets, method, path = arguments
    embed = {"skot": embed_with_skot, "vectorizers": embed_with_vectorizers}[task]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        seconds, vectors = embed(int(n_sets), method)
    np.save(path, vectors)
    return seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", choices=list(PARTS), help="default: all")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    for module in ("ot", "sklearn.metrics", "skot.embedding"):
        importlib.import_module(module)
    rows, parts = [], arguments.parts or list(PARTS)
    for part in parts:
        print(f"{part} ...", file=sys.stderr, flush=True)
        rows += PARTS[part](arguments.rounds)
    print_table(
        COLUMNS,
        rows,
        packages=("vectorizers",) if "vectorizers" in parts else (),
        notes=[
            "times are medians of runs by turns; ratios are of medians, in brackets "
            "the range of the ratios turn by turn",
            "memory is the high-water mark of resident memory of a process of its "
            "own, interpreter, imports and mapped pages included",
        ],
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        print(json.dumps(run_child(*sys.argv[2:])))
    else:
        main()
