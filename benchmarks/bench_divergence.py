# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Sinkhorn divergence of large clouds: time and memory, at the same measured error.

Two clouds in the unit cube, cost ``|x - y|^2``, ``reg=0.005`` (geomloss's blur 0.05).
Every side is a process of its own, timed after a first run on 5000 points, which
compiles; errors are against a solution to a marginal error of 1e-8. geomloss needs
torch: name its Python with ``--peer``, as in

    python benchmarks/bench_divergence.py --peer path/to/python
"""

import argparse
import json
import os
import sys
import time

import numpy as np
from _common import duration, fresh_process, peak_memory, print_table

BLUR = 0.05
OURS = ["tol=1e-1", "tol=1e-2", "tol=1e-3"]
GEOMLOSS = ["multiscale .5", "multiscale .9", "online .5"]
POT = ["lazy"]


def clouds(n):
    rng = np.random.default_rng(0)
    return rng.random((n, 3)), 0.9 * rng.random((n, 3)) + 0.2


def ours(x, y, what):
    from skot.solvers import sinkhorn_divergence

    tol = float(what.removeprefix("tol="))
    options = {"solver": "multiscale", "reg": 2 * BLUR**2, "tol": tol}
    return sinkhorn_divergence(x, y, **options).value


def geomloss(x, y, what):
    import torch
    from geomloss import SamplesLoss

    backend, scaling = what.split()
    loss = SamplesLoss("sinkhorn", blur=BLUR, scaling=float(scaling), backend=backend)
    x, y = (torch.tensor(v, dtype=torch.float32) for v in (x, y))
    return 2 * loss(x, y).item()  # of the cost |x - y|^2 / 2


def pot(x, y, what):
    """Three lazy solves."""
    import ot

    def solve(u, v):
        # the plan is never formed: the value is that of the dual
        f, g = ot.bregman.empirical_sinkhorn(
            u, v, 2 * BLUR**2, isLazy=True, numIterMax=100, stopThr=1e-2, log=True,
            warn=False,
        )[:2]  # fmt: skip
        return 2 * BLUR**2 * (np.mean(f) + np.mean(g) + 2 * np.log(len(u)))

    return solve(x, y) - 0.5 * solve(x, x) - 0.5 * solve(y, y)


SIDES = {"skot": ours, "geomloss": geomloss, "POT": pot}


def measure(side, n, what, n_rounds):
    """Run one side in this process, and print what was measured as JSON."""
    x, y = clouds(n)
    function = SIDES[side]
    if side != "POT":
        function(x[:5000], y[:5000], what)  # compiles
    seconds, cpu = [], []
    for _ in range(n_rounds):
        start, started = time.perf_counter(), time.process_time()
        value = function(x, y, what)
        seconds.append(time.perf_counter() - start)
        cpu.append(time.process_time() - started)
    memory = peak_memory()
    print(json.dumps({"value": value, "s": seconds, "cpu": cpu, "memory": memory}))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[5000, 20_000])
    parser.add_argument("--peer", help="a Python that has geomloss and POT")
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--limit", type=float, default=300, help="seconds of a side")
    parser.add_argument("--side", nargs=3)
    options = parser.parse_args()
    if options.side:
        side, n, what = options.side
        return measure(side, int(n), what, options.rounds)

    def run(side, n, what):
        python = options.peer if side != "skot" else sys.executable
        arguments = ["--rounds", options.rounds, "--side", side, n, what]
        environment = {"KEOPS_VERBOSE": "0", "PYTHONPATH": os.pathsep.join(sys.path)}
        if side != "skot":
            environment["PYTHONPATH"] = os.path.dirname(__file__)
        return fresh_process(
            __file__, *arguments, python=python, environment=environment,
            limit=options.limit,
        )  # fmt: skip

    rows = []
    for n in options.sizes:
        truth = run("skot", n, "tol=1e-8")["value"]
        sides = [("skot", what) for what in OURS]
        if options.peer:
            sides += [("geomloss", what) for what in GEOMLOSS]
            sides += [("POT", what) for what in POT]
        for side, what in sides:
            try:
                found = run(side, n, what)
            except RuntimeError as error:
                rows.append([n, side, what, error, "", "", ""])
                continue
            rows.append(row(n, side, what, found, truth))
            print(*rows[-1], file=sys.stderr)
    if options.large:
        found = run("skot", options.large, "tol=1e-2")
        rows.append(row(options.large, "skot", "tol=1e-2", found, None))
    notes = [
        "error: relative, against a marginal error of 1e-8; CPU time is what a busy "
        "machine leaves comparable",
        "geomloss in float32, where it is fastest; .5 and .9 are its `scaling`, of "
        "which .5 is the default; POT's lazy solver is stopped after 100 sweeps or at "
        "a marginal error of 1e-2",
    ]
    if not options.peer:
        notes.append("no --peer given: geomloss and POT were not run")
    columns = ["points", "side", "setting", "error", "time", "CPU time", "peak memory"]
    print_table(columns, rows, packages=["pykeops"], notes=notes)


def row(n, side, what, found, truth):
    error = "" if truth is None else f"{abs(found['value'] / truth - 1):.1e}"
    memory = f"{found['memory'] / 2**20:.0f} MiB"
    return [n, side, what, error, duration(found["s"]), duration(found["cpu"]), memory]


if __name__ == "__main__":
    main()
