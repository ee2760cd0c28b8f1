# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Measure the cost table of the guide: ``python doc/guide/measure_costs.py``.

One thread, its processor time, best of several runs. Rewrites ``costs.inc`` beside
this file.
"""

import os
import platform
import tracemalloc
from importlib.metadata import version
from pathlib import Path
from time import process_time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np  # noqa: E402 - after the number of threads

from skot.embedding import (  # noqa: E402
    PoolingEmbedding,
    SlicedWassersteinEmbedding,
    WassersteinEmbedding,
)
from skot.sets import PointSets  # noqa: E402

# (points in a set, dimension): word or node vectors, small clouds, large clouds
SIZES = [(20, 16), (100, 3), (500, 3)]
METHODS = {
    "Pooling: mean, covariance": PoolingEmbedding(["mean", "covariance"]),
    "Slices: 64": SlicedWassersteinEmbedding(64, random_state=0),
    'Linear transport: "normal"': WassersteinEmbedding("normal", random_state=0),
}


def measure(embedding, n_points, n_dims, n_sets=200, n_runs=7):
    """Milliseconds a set, best of runs, and the length of vectors."""
    rng = np.random.default_rng(0)
    sizes = rng.integers(n_points * 4 // 5, n_points * 6 // 5, n_sets, endpoint=True)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    X = PointSets(rng.normal(size=(offsets[-1], n_dims)), offsets)
    embedding.fit(X)
    times = []
    for _ in range(n_runs):
        start = process_time()
        vectors = embedding.transform(X)
        times.append(process_time() - start)
    return 1e3 * min(times) / n_sets, vectors.shape[1]


def peak(embedding, n_points, n_dims, n_sets=20_000):
    """Peak megabytes of a transform beyond its input and its result."""
    rng = np.random.default_rng(0)
    X = PointSets(
        rng.normal(size=(n_sets * n_points, n_dims)), np.arange(n_sets + 1) * n_points
    )
    embedding.fit(X[:100])
    tracemalloc.start()
    vectors = embedding.transform(X)
    _, top = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (top - vectors.nbytes) / 1e6


def processor():
    """Name of the processor, where the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":")[1].strip() for line in lines if "model name" in line]
    return names[0] if names else platform.machine()


def main():
    """Measure, and write the table."""
    lines = [
        ".. Written by measure_costs.py; do not edit.",
        "",
        "Measured, in milliseconds of one core for a set; reference and quantiles as",
        "many as points. In brackets the length of a vector.",
        "",
        ".. list-table::",
        "   :header-rows: 1",
        "",
        "   * - Points in a set, dimension",
        *(f"     - {m}, R\\ :sup:`{d}`" for m, d in SIZES),
    ]
    for name, embedding in METHODS.items():
        cells = [measure(embedding, m, d) for m, d in SIZES]
        lines += [f"   * - {name}"]
        lines += [f"     - {time:.2g} ({length})" for time, length in cells]
        print(name, cells, f"{peak(embedding, 20, 3):.0f} MB")
    packages = ", ".join(f"{p} {version(p)}" for p in ("numpy", "scikit-learn", "POT"))
    lines += ["", f"({processor()}, Python {platform.python_version()}, {packages}.)"]
    path = Path(__file__).with_name("costs.inc")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
