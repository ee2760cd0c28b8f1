# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Error and speed of sliced distances, beside POT at the same number of slices.

Run all, or some parts::

    python benchmarks/bench_sliced.py
    python benchmarks/bench_sliced.py mean max --seeds 30

Parts: ``mean`` (the sliced distance: root of the mean squared error over seeds, which
choose the slices, and time of a pair), ``pairs`` (all distances of a collection along
the same slices, against POT pair by pair) and ``max`` (the largest distance over all
slices, against the best of 40 long ascents and POT's random search). All in one table.
"""

import argparse
from functools import partial
from itertools import combinations

import numpy as np
from _common import alternate, duration, find_data, print_table, ratio
from threadpoolctl import threadpool_limits

COLUMNS = (
    "case",
    "method",
    "slices",
    "relative error",
    "POT's / this",
    "time",
    "POT's / this",
)
NONE = "-"


def two_gaussians(n_dims, n_points=200, seed=1):
    rng = np.random.default_rng(seed)
    A, B = rng.normal(size=(2, n_dims, n_dims)) / np.sqrt(n_dims)
    x, y = rng.normal(size=(2, n_points, n_dims))
    return x @ A, y @ B + rng.normal(size=n_dims) / 2


def two_shapes(n_dims, n_points=200, seed=1):
    """Draw a mixture of four blobs and a box, about one mean."""
    rng = np.random.default_rng(seed)
    centres = 2 * rng.normal(size=(4, n_dims))
    x = centres[rng.integers(0, 4, n_points)]
    x = x + 0.3 * rng.normal(size=(n_points, n_dims))
    y = rng.uniform(-1, 1, (n_points, n_dims)) * np.linspace(0.3, 3, n_dims)
    return x - x.mean(axis=0), y - y.mean(axis=0)


def noise(n_dims, n_points=200, seed=3):
    return np.random.default_rng(seed).normal(size=(2, n_points, n_dims))


def weighted(x, y, seed=0):
    """Keep 150 points of the second set, and weigh all at random."""
    rng = np.random.default_rng(seed)
    y = y[:150]
    return x, y, rng.dirichlet(np.ones(len(x))), rng.dirichlet(np.ones(len(y)))


def real_clouds():
    """Read two point clouds of objects of two classes."""
    clouds = np.load(find_data("pointclouds_capod15_train.npz"))["X"].astype(float)
    return clouds[0], clouds[40]


# -- the mean over slices --------------------------------------------------------------


def mean_of_slices(arguments):
    """Rows of the sliced distance."""
    cases = [("real objects, d=3", real_clouds())]
    for n_dims in (3, 10, 30):
        cases.append((f"gaussians, d={n_dims}", two_gaussians(n_dims)))
        cases.append((f"shapes, d={n_dims}", two_shapes(n_dims)))
    cases.append(("shapes, d=10, weights", weighted(*two_shapes(10))))
    for name, sets in cases:
        yield from one_mean(name, sets, arguments)


def one_mean(name, sets, arguments):
    import ot

    from skot.solvers import sliced_wasserstein

    n_slices, n_dims = arguments.slices, sets[0].shape[1]
    ours = partial(sliced_wasserstein, *sets, n_slices=n_slices)
    sides = {
        "POT": lambda seed: ot.sliced_wasserstein_distance(
            *sets, n_projections=n_slices, seed=seed
        ),
        "skot, plain mean": lambda seed: (
            ours(slices="gaussian", control_variate=None, random_state=seed).value
        ),
        "skot, gaussian": lambda seed: ours(slices="gaussian", random_state=seed).value,
        "skot, sobol": lambda seed: ours(slices="sobol", random_state=seed).value,
        "skot, default": lambda seed: ours(random_state=seed).value,
    }
    many = sliced_wasserstein(
        *sets,
        n_slices=arguments.truth,
        slices="rotated_spiral" if n_dims == 3 else "orthogonal",
        random_state=12345,
    )
    errors = []
    for side in sides.values():
        values = np.array([side(seed) for seed in range(arguments.seeds)])
        errors.append(np.sqrt(np.mean((values / many.value - 1) ** 2)))
    calls = [partial(side, 0) for side in sides.values()]
    seconds, _ = alternate(*calls, n_rounds=arguments.rounds)
    for method, error, time in zip(sides, errors, seconds, strict=True):
        yield (
            name,
            method,
            n_slices,
            f"{error:.2g}",
            f"{errors[0] / error:.3g}",
            duration(time),
            ratio(seconds[0], time),
        )


# -- all pairs of a collection ---------------------------------------------------------


def all_pairs(arguments):
    """Rows of distance matrices, along the same slices on both sides."""
    import ot

    from skot.sets import PointSets
    from skot.solvers import sample_slices, sliced_wasserstein_pairs

    rng = np.random.default_rng(0)
    slices = sample_slices(arguments.slices, 3, "spiral")
    n_sets = arguments.sets
    clouds = [rng.normal(size=(100, 3)) + rng.normal(size=3) for _ in range(n_sets)]
    ragged = [x[: 80 + 3 * i % 21] for i, x in enumerate(clouds)]
    masses = [rng.dirichlet(np.ones(len(x))) for x in clouds]
    for name, sets, weights in (
        ("100 points", clouds, None),
        ("80 to 100 points", ragged, None),
        ("100 points, weights", clouds, masses),
    ):
        X = PointSets.from_list(sets, weights)
        mass = [None] * n_sets if weights is None else weights

        def loop(sets=sets, mass=mass):
            out = np.zeros((n_sets, n_sets))
            for i, j in combinations(range(n_sets), 2):
                out[i, j] = ot.sliced_wasserstein_distance(
                    sets[i], sets[j], mass[i], mass[j], projections=slices.T
                )
            return out + out.T

        def ours(X=X):
            return sliced_wasserstein_pairs(X, None, slices)

        seconds, (theirs, mine) = alternate(loop, ours, n_rounds=3)
        gap = np.abs(mine - theirs).max() / theirs.max()
        case = f"{n_sets} sets, {name}"
        yield case, "POT, a loop", len(slices), NONE, NONE, duration(seconds[0]), "1"
        yield (
            case,
            "skot",
            len(slices),
            f"{gap:.1g} from POT",
            NONE,
            duration(seconds[1]),
            ratio(*seconds),
        )


# -- the best slice --------------------------------------------------------------------


def best_slice(arguments):
    """Rows of the max-sliced distance: share of the best value that is missed."""
    import ot

    from skot.solvers import max_sliced_wasserstein, sample_slices
    from skot.solvers._sliced.max_sliced import _ascend
    from skot.solvers._sliced.sliced import standardize

    makers = {"gaussians": two_gaussians, "shapes": two_shapes, "noise": noise}
    for n_dims in (3, 10, 50):
        for name, make in makers.items():
            x, y = make(n_dims)
            starts = sample_slices(40, n_dims, "gaussian", 99)
            problem = standardize(x, y, None, None)
            long = _ascend(problem, starts, starts[:, None], 2.0, 1000, 1e-9).value
            sides = {
                f"POT, {n} slices": partial(
                    ot.max_sliced_wasserstein_distance, x, y, n_projections=n, seed=0
                )
                for n in (1000, 10_000)
            }
            sides["skot, 16 ascents"] = lambda x=x, y=y: (
                max_sliced_wasserstein(x, y, random_state=0).value
            )
            seconds, values = alternate(*sides.values(), n_rounds=arguments.rounds)
            best = max(long, *values)
            missed = [1 - value / best for value in values]
            for method, miss, time in zip(sides, missed, seconds, strict=True):
                yield (
                    f"largest, {name}, d={n_dims}",
                    method,
                    NONE,
                    f"{miss:.2g} below the best",
                    NONE,
                    duration(time),
                    ratio(seconds[0], time),
                )


PARTS = {"mean": mean_of_slices, "pairs": all_pairs, "max": best_slice}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", default=list(PARTS), metavar="part")
    parser.add_argument("--slices", type=int, default=256)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--sets", type=int, default=30)
    parser.add_argument("--truth", type=int, default=60_000, help="slices of the truth")
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    with threadpool_limits(1):
        rows = [row for part in arguments.parts for row in PARTS[part](arguments)]
    print_table(
        COLUMNS,
        rows,
        notes=(
            "One thread, all sides by turns; ratios of medians, range in brackets.",
            f"Relative error: root of the mean square over {arguments.seeds} seeds, "
            f"against the value of {arguments.truth} slices.",
            "Largest: the best is that of 40 ascents of up to 1000 steps, and of all "
            "methods shown; POT's own time is that of 1000 slices.",
        ),
    )


if __name__ == "__main__":
    main()
