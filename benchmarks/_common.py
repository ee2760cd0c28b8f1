# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""What the benchmarks share: timing by turns, fresh processes, one table."""

import json
import os
import platform
import re
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np


def alternate(*sides, n_rounds=5, warm_up=True):
    """Run all sides by turns, so that a busy machine is busy for all of them.

    Returns seconds of shape (n_sides, n_rounds), and the last value of each side.
    """
    values = [side() for side in sides] if warm_up else [None] * len(sides)
    seconds = np.empty((len(sides), n_rounds))
    for turn in range(n_rounds):
        for i, side in enumerate(sides):
            start = time.perf_counter()
            values[i] = side()
            seconds[i, turn] = time.perf_counter() - start
    return seconds, values


def ratio(slow, fast):
    """Ratio of medians, and in brackets the range of the ratios turn by turn."""
    by_turn = np.asarray(slow) / np.asarray(fast)
    middle = np.median(slow) / np.median(fast)
    return f"{middle:.3g} ({by_turn.min():.3g} to {by_turn.max():.3g})"


def duration(seconds):
    """Median, in a unit that reads well."""
    middle = float(np.median(seconds))
    unit, scale = next(
        (u for u in (("s", 1.0), ("ms", 1e-3)) if middle >= u[1]), ("us", 1e-6)
    )
    return f"{middle / scale:.3g} {unit}"


def peak_memory():
    """Largest resident memory of this process so far, in bytes.

    ``ru_maxrss`` of a new process starts at that of its parent, on Linux; the
    high-water mark in ``/proc`` is that of the process alone.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1]) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def fresh_process(
    script, *arguments, python=sys.executable, environment=None, limit=None
):
    """Run a script in a process of its own; return the JSON on its last line.

    Raises RuntimeError if the process fails or takes more than `limit` seconds.
    """
    try:
        done = subprocess.run(
            [python, script, *map(str, arguments)],
            capture_output=True,
            text=True,
            env={**os.environ, **(environment or {})},
            timeout=limit,
        )
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"stopped after {limit:g} s") from None
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise RuntimeError(lines[-1])
    return json.loads(done.stdout.strip().splitlines()[-1])


def find_data(name):
    """Path of a file in the data folder, or the end of the program with a message."""
    beside = Path(__file__).resolve().parents[1].parent / "shared" / "data"
    folder = Path(os.environ.get("SKOT_DATA", beside))
    if not (folder / name).exists():
        sys.exit(f"{folder / name} is missing: set SKOT_DATA to the folder that has it")
    return folder / name


def print_table(columns, rows, *, packages=(), notes=()):
    """Print one markdown table, notes, and what it was run with."""
    cells = [[str(cell) for cell in row] for row in [columns, *rows]]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |"
        for row in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (w + 2) for w in widths) + "|")
    print(*lines, "", sep="\n")
    for note in notes:
        print(f"- {note}")
    print(f"- {machine(*packages)}", flush=True)


def machine(*packages):
    """Return processor, cores, load and versions, in one line."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        found = re.search(r"model name\s*:\s*(.+)", cpuinfo.read_text())
        model = found[1] if found else model
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    names = dict.fromkeys(
        ["skot", "numpy", "scipy", "scikit-learn", "numba", "POT", *packages]
    )
    versions = ", ".join(f"{name} {_version(name)}" for name in names)
    return (
        f"{model}, {os.cpu_count()} cores{load}; {platform.system()}, "
        f"Python {platform.python_version()}, {versions}"
    )


def _version(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
