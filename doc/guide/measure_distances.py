# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Measure the table of the guide: ``python doc/guide/measure_distances.py``.

One thread, its processor time, best of several runs. Rewrites ``distance_costs.inc``
beside this file.
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

from skot.distance import (  # noqa: E402
    max_sliced_wasserstein_distances,
    sinkhorn_divergences,
    sliced_wasserstein_distances,
    wasserstein_distances,
)

# (points in a set, dimension, sets)
SIZES = [(20, 16, 30), (100, 3, 16), (500, 3, 6)]
METHODS = {
    "Sliced, 64 slices": sliced_wasserstein_distances,
    "Exact": wasserstein_distances,
    "Sinkhorn, default ``reg``": sinkhorn_divergences,
    "Max-sliced, 16 starts": max_sliced_wasserstein_distances,
}


def measure(distance, n_points, n_dims, n_sets, n_runs=4):
    """Milliseconds a pair, best of runs, and peak megabytes beyond the sets."""
    X = np.random.default_rng(0).normal(size=(n_sets, n_points, n_dims))
    times = []
    for _ in range(n_runs):
        start = process_time()
        distance(X)
        times.append(process_time() - start)
    tracemalloc.start()
    distance(X[:3])
    megabytes = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return 1e3 * min(times) / (n_sets * (n_sets - 1) / 2), megabytes


def main():
    """Write the table."""
    heads = [f"{m} points in R\\ :sup:`{d}`" for m, d, _ in SIZES]
    lines = [".. Written by measure_distances.py; do not edit.", ""]
    lines += [".. list-table::", "   :header-rows: 1", "", "   * - Time for a pair"]
    lines += [f"     - {head}" for head in [*heads, "memory for the last"]]
    for name, distance in METHODS.items():
        results = [measure(distance, *size) for size in SIZES]
        lines.append(f"   * - {name}")
        lines += [f"     - {time:.2g} ms" for time, _ in results]
        lines.append(f"     - {results[-1][1]:.1f} MB")
    lines += [
        "",
        f"One thread, {platform.machine()}, Python {platform.python_version()}, "
        f"NumPy {version('numpy')}, POT {version('POT')}; normal points.",
        "",
    ]
    Path(__file__).with_name("distance_costs.inc").write_text("\n".join(lines))


if __name__ == "__main__":
    main()
