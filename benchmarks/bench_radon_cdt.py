# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Speed and memory of `RadonCDT`, beside a loop over ``skimage.transform.radon``.

Run all, or some parts::

    python benchmarks/bench_radon_cdt.py
    python benchmarks/bench_radon_cdt.py speed --rounds 3
    python benchmarks/bench_radon_cdt.py --quick
    python benchmarks/bench_radon_cdt.py memory --jobs 2

Parts: ``speed`` (5000 handwritten digits, 45 angles, against scikit-image's projections
and NumPy's interpolation, image by image), ``sizes`` (cost by size of the image, and of
volumes) and ``memory`` (60 000 images, high-water mark by ``working_memory``).

Data: ``mnist_train5k_test1k.npz`` in the folder that ``SKOT_DATA`` names, or in
``../shared/data`` beside the repository.
"""

import argparse
import json
import re
import sys
import time
import warnings
from pathlib import Path

import numpy as np
from _common import (
    alternate,
    duration,
    find_data,
    fresh_process,
    peak_memory,
    print_table,
    ratio,
)

COLUMNS = ("case", "other", "skot", "other / skot", "max difference", "note")
NONE = "-"
N_ANGLES, N_QUANTILES = 45, 40


def load_images(n=None):
    return np.load(find_data("mnist_train5k_test1k.npz"))["X_train"][:n]


# -- speed -----------------------------------------------------------------------------


def loop_over_images(images, angles, n_quantiles):
    """Transform as one writes it down: project, cumulate, interpolate."""
    from skimage.transform import radon

    levels = (np.arange(n_quantiles) + 0.5) / n_quantiles
    height, width = images.shape[1:]
    # scikit-image turns about a pixel; ours are distances from the centre
    angle = np.deg2rad(angles)
    right, down = width // 2 - (width - 1) / 2, height // 2 - (height - 1) / 2
    off = right * np.cos(angle) - down * np.sin(angle)
    out = np.empty((len(images), len(angles), n_quantiles))
    for i, image in enumerate(images):
        projections = radon(image, theta=angles, circle=False)
        below = np.zeros((len(projections) + 1, len(angles)))
        np.cumsum(projections, axis=0, out=below[1:])
        below /= below[-1]
        ends = np.arange(len(below)) - len(projections) // 2 - 0.5
        for a in range(len(angles)):
            out[i, a] = np.interp(levels, below[:, a], ends + off[a])
    return out.reshape(len(images), -1) / np.sqrt(len(angles) * n_quantiles)


def bench_speed(n_rounds, quick, n_jobs):
    from skot.signal import RadonCDT

    images = load_images(500 if quick else None)
    floats = images.astype(np.float64)
    kinds = {
        f"projection={kind!r}, {name}": (
            RadonCDT(N_ANGLES, n_quantiles=N_QUANTILES, projection=kind, n_jobs=n_jobs),
            given,
        )
        for kind in ("rotation", "linear")
        for name, given in (
            ("float64", floats),
            ("uint8", images),
            ("float32", images.astype(np.float32)),
        )
    }
    angles = 180 * np.arange(N_ANGLES) / N_ANGLES
    sides = [lambda: loop_over_images(floats, angles, N_QUANTILES)]
    sides += [
        lambda radon=radon, given=given: radon.fit(given).transform(given)
        for radon, given in kinds.values()
    ]
    seconds, (expected, *found) = alternate(*sides, n_rounds=n_rounds)
    for name, spent, values in zip(kinds, seconds[1:], found, strict=True):
        yield (
            f"fit and transform {len(images)} digits of 28 x 28, {N_ANGLES} angles, "
            f"{N_QUANTILES} levels; {name}",
            f"loop over skimage.transform.radon: {duration(seconds[0])}",
            duration(spent),
            ratio(seconds[0], spent),
            f"{abs(values - expected).max():.1e}",
            "another projection: the difference is of methods"
            if "linear" in name
            else "",
        )


def bench_sizes(n_rounds, quick, n_jobs):
    from skot.signal import RadonCDT

    rng = np.random.default_rng(0)
    cases = [((28, 28), 45, 1000), ((84, 84), 45, 200), ((128, 128), 180, 50)]
    cases += [((32, 32, 32), 500, 10)]
    for shape, n_angles, n_images in cases[:2] if quick else cases:
        images = rng.uniform(size=(n_images, *shape))
        radon = RadonCDT(n_angles, n_jobs=n_jobs)
        seconds, _ = alternate(
            lambda radon=radon, images=images: radon.fit(images[:1]),
            lambda radon=radon, images=images: radon.transform(images),
            n_rounds=n_rounds,
        )
        matrix = radon.projection_operator_
        held = matrix.data.nbytes + matrix.indices.nbytes + matrix.indptr.nbytes
        yield (
            f"{' x '.join(map(str, shape))}, no pixel zero, {n_angles} directions, "
            f"{radon.n_quantiles_} levels",
            NONE,
            f"{duration(seconds[1] / n_images)} an image",
            NONE,
            NONE,
            f"fit {duration(seconds[0])}, operator {held / 1e6:.3g} MB",
        )


# -- memory ----------------------------------------------------------------------------


def resident_memory():
    """Resident memory of this process now, in bytes."""
    status = Path("/proc/self/status")
    if not status.exists():
        return peak_memory()
    return int(re.search(r"VmRSS:\s+(\d+)", status.read_text())[1]) * 1024


def transform_many(n_images, megabytes, dtype, n_jobs):
    """Transform many images; report memory before and at the peak."""
    from sklearn import config_context

    from skot.signal import RadonCDT

    some = load_images()
    images = np.empty((n_images, *some.shape[1:]), dtype=dtype)
    for first in range(0, n_images, len(some)):
        images[first : first + len(some)] = some[: n_images - first]
    radon = RadonCDT(N_ANGLES, n_quantiles=N_QUANTILES, n_jobs=n_jobs).fit(some)
    radon.transform(some[:2].astype(dtype))
    before = resident_memory()
    with config_context(working_memory=megabytes):
        start = time.perf_counter()
        found = radon.transform(images)
        seconds = time.perf_counter() - start
    return {
        "before": before,
        "peak": peak_memory(),
        "output": found.nbytes,
        "seconds": seconds,
        "same": bool((found[-len(some) :] == found[: len(some)]).all()),
    }


def bench_memory(n_rounds, quick, n_jobs):
    n_images = 10_000 if quick else 60_000
    for megabytes, dtype in ((1024, "uint8"), (16, "uint8"), (16, "float32")):
        seen = fresh_process(
            __file__, "child", n_images, megabytes, dtype, json.dumps(n_jobs)
        )
        extra = seen["peak"] - seen["before"] - seen["output"]
        limit = megabytes * 2**20
        yield (
            f"memory beside input and output, {n_images} digits in {dtype}, "
            f"working_memory={megabytes}, n_jobs={n_jobs}",
            f"limit: {limit / 1e6:.0f} MB",
            f"{extra / 1e6:.1f} MB",
            f"{limit / max(extra, 1):.3g}",
            NONE,
            f"output {seen['output'] / 1e6:.0f} MB, peak {seen['peak'] / 1e6:.0f} MB; "
            f"{seen['seconds']:.1f} s",
        )


# --------------------------------------------------------------------------------------

PARTS = {"speed": bench_speed, "sizes": bench_sizes, "memory": bench_memory}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=1, help="workers of transform")
    parser.add_argument("--quick", action="store_true", help="small, a minute in all")
    arguments = parser.parse_args()
    parts = arguments.parts or list(PARTS)
    if not set(parts) <= set(PARTS):
        parser.error(f"parts are {', '.join(PARTS)}; got {', '.join(parts)}")
    warnings.simplefilter("ignore")
    rows = []
    for part in parts:
        print(f"{part} ...", file=sys.stderr, flush=True)
        rows += PARTS[part](
            min(arguments.rounds, 2) if arguments.quick else arguments.rounds,
            arguments.quick,
            arguments.jobs,
        )
    print_table(
        COLUMNS,
        rows,
        packages=("scikit-image",),
        notes=[
            f"n_jobs={arguments.jobs}; times are medians of runs by turns; ratios are "
            "of medians, in brackets the range of the ratios turn by turn",
            "the loop makes what projection='rotation' makes; differences are of "
            "features, whose Euclidean distance is in pixels",
            "memory is the high-water mark of resident memory, less what was resident "
            "before and the output, in a process of its own",
        ],
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        n_images, megabytes, dtype, n_jobs = sys.argv[2:]
        seen = transform_many(int(n_images), int(megabytes), dtype, json.loads(n_jobs))
        print(json.dumps(seen))
    else:
        main()
