# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Soft minimum and Sinkhorn divergence of large clouds on a GPU, against this CPU.

Where KeOps sees no GPU there is nothing to compare, and one line says so. On a GPU the
reductions are those of KeOps in float32 and float64; on the CPU the soft minimum is
timed on a sample of its rows. torch, where it is installed, holds the dense matrix as
long as that fits.

    python benchmarks/bench_gpu.py --sizes 100000 1000000
"""

import argparse
import sys
import time

import numpy as np
from _common import duration, print_table

from skot.reductions import gpu_available, softmin
from skot.solvers import sinkhorn_divergence

BLUR = 0.05
SAMPLE = 2000


def clouds(n, dtype):
    rng = np.random.default_rng(0)
    x, y = rng.random((n, 3)), 0.9 * rng.random((n, 3)) + 0.2
    return x.astype(dtype), y.astype(dtype)


def timed(function, n_rounds=3):
    function()
    seconds = []
    for _ in range(n_rounds):
        start = time.perf_counter()
        value = function()
        seconds.append(time.perf_counter() - start)
    return seconds, value


def soft_minima(n, dtype, rows):
    x, y = clouds(n, dtype)
    h = np.full(n, -np.log(n))
    exact = softmin(x[:SAMPLE].astype(float), y.astype(float), h, BLUR**2,
                    backend="numpy")  # fmt: skip

    def add(who, seconds, out, factor=1.0):
        error = np.abs(np.asarray(out[:SAMPLE], dtype=float) - exact).max()
        time_ = duration(np.asarray(seconds) * factor)
        rows.append([n, "softmin", who, np.dtype(dtype).name, time_, f"{error:.1e}"])
        print(*rows[-1], file=sys.stderr)

    add("KeOps, GPU", *timed(lambda: softmin(x, y, h, BLUR**2, backend="keops")))
    sample = x[:SAMPLE]
    found = timed(lambda: softmin(sample, y, h, BLUR**2, backend="numpy"), 1)
    add("NumPy, CPU (from a sample)", *found, factor=n / SAMPLE)
    try:
        import torch
    except ImportError:
        return
    if not torch.cuda.is_available():
        return
    X, Y, H = (torch.as_tensor(v, device="cuda") for v in (x, y, h.astype(dtype)))

    def dense():
        C = torch.cdist(X, Y) ** 2
        return (-(BLUR**2) * torch.logsumexp(H - C / BLUR**2, dim=1)).cpu().numpy()

    free = torch.cuda.mem_get_info()[0]
    if 3 * n * n * x.itemsize < free:
        add("torch, GPU, dense", *timed(dense))
    else:
        rows.append([n, "softmin", "torch, GPU, dense", np.dtype(dtype).name, "", ""])
        rows[-1][-2] = "does not fit"


def divergences(n, rows, on_cpu):
    x, y = clouds(n, np.float64)
    options = {"reg": 2 * BLUR**2, "tol": 1e-2, "solver": "multiscale"}
    backends = {"KeOps, GPU": "keops"} | ({"cells, CPU": "cells"} if on_cpu else {})
    for who, backend in backends.items():
        seconds, result = timed(
            lambda backend=backend: sinkhorn_divergence(
                x, y, backend=backend, **options
            ),
            1,
        )
        value = f"{result.value:.8g}"
        rows.append([n, "divergence", who, "float64", duration(seconds), value])
        print(*rows[-1], file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--cpu-up-to", type=int, default=100_000)
    options = parser.parse_args()
    if not gpu_available():
        print("KeOps sees no GPU on this machine: nothing was measured")
        return
    rows = []
    for n in options.sizes:
        for dtype in (np.float32, np.float64):
            soft_minima(n, dtype, rows)
        divergences(n, rows, n <= options.cpu_up_to)
    columns = ["points", "what", "who", "dtype", "time", "error, or value"]
    notes = ["arrays start and end in the memory of the CPU: copies are in the times"]
    print_table(columns, rows, packages=["pykeops", "torch"], notes=notes)


if __name__ == "__main__":
    main()
