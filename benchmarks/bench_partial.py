# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Speed of partial transport, beside POT at the same optimum.

Run all, or some parts::

    python benchmarks/bench_partial.py
    python benchmarks/bench_partial.py line --quick

Parts: ``line`` (20 000 points on each side, against the path of
``ot.partial.partial_wasserstein_1d`` cut at ``2 * lam``), ``plane`` (exact, against
``ot.partial.partial_wasserstein_lagrange``) and ``collection`` (all distances of digits
in noise, exact and through the embedding). All in one table.
"""

import argparse
from functools import partial

import numpy as np
from _common import alternate, duration, print_table, ratio

COLUMNS = ("case", "lam", "solver", "difference", "time", "other side", "other / this")


# -- a line ----------------------------------------------------------------------------


def line(arguments):
    n = 2000 if arguments.quick else 20_000
    rng = np.random.default_rng(0)
    box = partial(rng.uniform, -20, 20)
    sets = {
        f"U(-20, 20), n={n}, m={n + n // 20}": (box(n), box(n + n // 20)),
        f"U(-20, 20), n=m={n}": (box(n), box(n)),
        f"N(0, 1), N(1, 1), n=m={n}": (rng.normal(size=n), rng.normal(size=n) + 1),
        f"N(0, 1), N(10, 1), n=m={n}": (rng.normal(size=n), rng.normal(size=n) + 10),
    }
    for name, (x, y) in sets.items():
        for p in (1, 2):
            for lam in (0.1, 1.0, 20.0, 1000.0):
                yield one_line(f"{name}, p={p}", x, y, p, lam, arguments)


def one_line(name, x, y, p, lam, arguments):
    from skot.solvers import partial_wasserstein_1d

    (ours, theirs), (result, value) = alternate(
        lambda: partial_wasserstein_1d(x, y, lam=lam, p=p),
        lambda: cut_of_path(x, y, lam, p),
        n_rounds=arguments.rounds,
    )
    return (
        name,
        f"{lam:g}",
        result.solver,
        f"{abs(result.value - value) / value:.0e}",
        duration(ours),
        f"POT {duration(theirs)}",
        ratio(theirs, ours),
    )


def cut_of_path(x, y, lam, p):
    from ot.partial import partial_wasserstein_1d

    costs = np.asarray(partial_wasserstein_1d(x, y, p=p)[2])
    costs = costs[costs < 2 * lam]
    return costs.sum() + lam * (len(x) + len(y) - 2 * len(costs))


# -- the plane -------------------------------------------------------------------------


def plane(arguments):
    for n in (100,) if arguments.quick else (100, 300, 1000):
        for lam in (0.02, 0.3, 5.0):
            yield one_plane(n, lam, arguments)


def one_plane(n, lam, arguments):
    import ot

    from skot.solvers import partial_wasserstein

    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(n, 2)), rng.normal(size=(n, 2)) + 0.5
    a = np.full(n, 1 / n)
    C = ot.dist(x, y)

    def pot():
        plan = ot.partial.partial_wasserstein_lagrange(a, a, C, reg_m=2 * lam)
        return (plan * C).sum() + lam * (2 - 2 * plan.sum())

    (ours, theirs), (result, value) = alternate(
        lambda: partial_wasserstein(C, a, a, lam=lam), pot, n_rounds=arguments.rounds
    )
    return (
        f"plane, n=m={n}",
        f"{lam:g}",
        "network simplex",
        f"{abs(result.value - value) / value:.0e}",
        duration(ours),
        f"POT {duration(theirs)}",
        ratio(theirs, ours),
    )


# -- a collection ----------------------------------------------------------------------


def collection(arguments):
    from skot.datasets import load_digit_clouds
    from skot.distance import partial_wasserstein_distances, sliced_partial_distances
    from skot.embedding import LOPTEmbedding
    from skot.sets import PointSets

    n_sets = 40 if arguments.quick else 150
    rng = np.random.default_rng(0)
    clouds = load_digit_clouds().data[:n_sets]
    X = PointSets.from_list(
        [np.vstack([c.points, rng.uniform(-8, 16, (10, 2))]) for c in clouds]
    )
    lam, jobs = 4.0, {"n_jobs": arguments.n_jobs}
    embedding = LOPTEmbedding(lam=lam, random_state=0, **jobs).fit(X)
    embedded = [
        (
            "LOPTEmbedding, with pairwise",
            lambda: embedding.pairwise(embedding.transform(X)),
        ),
        (
            "sliced_partial_distances, 16 slices",
            lambda: sliced_partial_distances(
                X, lam=lam, n_slices=16, random_state=0, **jobs
            ),
        ),
    ]
    off = ~np.eye(len(X), dtype=bool)
    for name, side in embedded:
        (ours, exact), (D, E) = alternate(
            side,
            lambda: partial_wasserstein_distances(X, lam=lam, **jobs),
            n_rounds=min(arguments.rounds, 3),
        )
        gap = f"r={np.corrcoef(D[off], E[off])[0, 1]:.3f}"
        if "LOPT" in name:
            gap += f", median {np.median(abs(D - E)[off] / E[off]):.1%}"
        yield (
            f"{n_sets} digits in noise, all pairs",
            f"{lam:g}",
            name,
            gap,
            duration(ours),
            f"exact {duration(exact)}",
            ratio(exact, ours),
        )


PARTS = {"line": line, "plane": plane, "collection": collection}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all if none")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--n-jobs", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="small problems")
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"no part {unknown}")
    rows = [r for name in arguments.parts or PARTS for r in PARTS[name](arguments)]
    notes = ["difference: of the optimal values, relative; or to exact distances"]
    print_table(COLUMNS, rows, notes=notes)


if __name__ == "__main__":
    main()
