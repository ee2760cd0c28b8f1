# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Points in cells, coarse to fine, and soft minima that leave far cells out."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ... import reductions
from .._arrays import Floats

# Points of a cell, at most: few enough for tight boxes, many enough for vector units.
LEAF = 48
# Cells are kept few enough that looking at all pairs of them costs little.
MAX_CELLS = 4096
# Each level has about so many times the points of the next, and the last so many.
COARSER, COARSEST = 8, 250
# Past this exponent a sum is out of range: the guess is improved.
HIGHEST = 690.0
# Cells a thread takes at a time.
GRAIN = 16


Integers = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Cells:
    """Boxes around runs of points.

    Parameters
    ----------
    bounds : ndarray of int of shape (n_cells + 1,)
        Where cells begin.
    rows : ndarray of shape (3, n)
        Coordinates, of which those past the dimension are zero.
    low, high : ndarray of shape (3, n_cells)
        Corners of the boxes.
    """

    bounds: Integers
    rows: Floats
    low: Floats
    high: Floats

    @classmethod
    def around(cls, points: Floats, bounds: Integers) -> "Cells":
        """Put boxes around points, in at most three dimensions."""
        rows = np.zeros((3, len(points)))
        rows[: points.shape[1]] = points.T
        low, high = (
            extreme.reduceat(rows, bounds[:-1], axis=1)
            for extreme in (np.minimum, np.maximum)
        )
        return cls(bounds, rows, low, high)

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def highest(self, values: Floats) -> Floats:
        """Largest value in each cell."""
        return np.maximum.reduceat(values, self.bounds[:-1])


@dataclass(frozen=True, eq=False)
class Cloud:
    """Weighted points, contiguous cell by cell.

    Parameters
    ----------
    points : ndarray of shape (n, d)
        Points; where there are cells, the cost is their squared distance.
    weights : ndarray of shape (n,)
        Positive weights.
    cells : Cells or None
        None where far pairs are not to be left out.
    """

    points: Floats
    weights: Floats
    cells: Cells | None = None

    @cached_property
    def log_weights(self) -> Floats:
        """Logarithms of the weights, derived once."""
        return np.log(self.weights)

    def __len__(self) -> int:
        return len(self.points)


def split(points: Floats, leaf: int) -> tuple[Integers, list[Integers]]:
    """Sort points into a balanced tree of cells, by halves along the widest side.

    Returns
    -------
    order : ndarray of int of shape (n,)
        Points in the order of the cells.
    levels : list of ndarray of int
        Where the cells begin, from one cell to cells of at most ``leaf`` points.
    """
    order = np.arange(len(points))
    levels = [np.array([0, len(points)])]
    while np.diff(levels[-1]).max() > leaf:
        bounds = [0]
        for start, stop in zip(levels[-1][:-1], levels[-1][1:], strict=True):
            if stop - start > 1:
                part = points[order[start:stop]]
                side = np.argmax(part.max(axis=0) - part.min(axis=0))
                half = (stop - start) // 2
                order[start:stop] = order[start:stop][
                    np.argpartition(part[:, side], half)
                ]
                bounds.append(start + half)
            bounds.append(stop)
        levels.append(np.array(bounds))
    return order, levels


def hierarchy(
    points: Floats, weights: Floats
) -> tuple[list[Cloud], list[Integers], Integers]:
    """Build clouds from coarse to fine: centres of cells, then the points themselves.

    Returns
    -------
    clouds : list of Cloud
        Of which the last holds the points.
    parents : list of ndarray of int
        For each cloud but the first, the point of the coarser cloud that each of its
        points belongs to.
    order : ndarray of int of shape (n,)
        Order of the points in the last cloud.
    """
    order, levels = split(points, COARSER)
    points, weights = points[order], weights[order]
    leaf = max(LEAF, -(-len(points) // MAX_CELLS))
    depth = next(k for k, cells in enumerate(levels) if np.diff(cells).max() <= leaf)
    clouds = [Cloud(points, weights, Cells.around(points, levels[depth]))]
    parents: list[Integers] = []
    bounds, size = np.arange(len(points) + 1), len(points) // COARSER
    while size >= COARSEST:
        depth = int(np.log2(size))
        coarse = levels[depth]
        masses = np.add.reduceat(weights, coarse[:-1])
        sums = np.add.reduceat(points * weights[:, None], coarse[:-1])
        groups = np.searchsorted(coarse, levels[max(depth - 5, 0)])
        centres = sums / masses[:, None]
        clouds.append(Cloud(centres, masses, Cells.around(centres, groups)))
        parents.append(np.searchsorted(coarse, bounds[:-1], side="right") - 1)
        bounds, size = coarse, size // COARSER
    return clouds[::-1], parents[::-1], order


class Softmin:
    """Soft minimum from the points of one cloud over those of another.

    Calling it with a potential g on the columns returns, for each row, ``-eps log
    sum_j b_j exp((g_j - C_ij) / eps)``.

    Parameters
    ----------
    rows, columns : Cloud
        The clouds; where both have cells, far pairs of cells are left out.
    cost : str
        Cost between their points.
    backend : {"auto", "numpy", "keops", "cells"}
        Who computes: a backend of `skot.reductions`, or the loops over cells.
    share : float
        Share of a row's sum that may be left out, at most.
    n_calls : int
        Number of calls to expect.
    """

    def __init__(
        self,
        rows: Cloud,
        columns: Cloud,
        *,
        cost: str,
        backend: str,
        share: float,
        n_calls: int,
    ) -> None:
        self.rows, self.columns, self.cost = rows, columns, cost
        self.backend, self.share, self.n_calls = backend, share, n_calls
        self.cells: tuple[Cells, Cells] | None = None
        if rows.cells is not None and columns.cells is not None:
            self.cells = rows.cells, columns.cells

    def __call__(self, g: Floats, eps: float, guess: Floats) -> Floats:
        """Return the soft minimum; what is far is judged by a guess near it."""
        if self.cells is None:
            return self._from_all_pairs(g, eps)
        return self._sums(self.cells, g, eps, guess, moments=False)[0]

    def barycenters(self, g: Floats, eps: float, f: Floats) -> Floats:
        """Return the mean of the columns as each row sees them."""
        if self.cells is not None:
            _, sums = self._sums(self.cells, g, eps, f, moments=True)
            d = self.rows.points.shape[1]
            means: Floats = np.sqrt(eps) * sums[:, 1 : d + 1] / sums[:, :1]
            return self.rows.points + means
        h = self.columns.log_weights + g / eps
        return reductions.weighted_sum(
            self.rows.points, self.columns.points, h, eps, self.columns.points,
            cost=self.cost, backend=self.backend, n_calls=self.n_calls,
        )  # fmt: skip

    def _sums(
        self,
        cells: tuple[Cells, Cells],
        g: Floats,
        eps: float,
        guess: Floats,
        moments: bool,
    ) -> tuple[Floats, Floats]:
        """Sum by cells; again from the answer where the guess was too far from it."""
        floor = float(np.log(self.share))
        compute = self._by_loops if self.backend == "cells" else self._by_ranges
        for attempt in range(5):
            sums = compute(*cells, g, eps, guess, floor, moments)
            totals = sums[:, 0]
            with np.errstate(divide="ignore"):
                f = guess - eps * np.log(totals)
            # the small sum of a row may lack a tenth; that of a full one, its digits
            if (totals >= 10 * self.share).all() and (totals < 1e250).all():
                break
            guess = np.where(totals > 0, f, guess + 300 * eps)
            if attempt == 1:  # far off: the answer itself, from all pairs
                guess = self._from_all_pairs(g, eps)
        return f, sums

    def _from_all_pairs(self, g: Floats, eps: float) -> Floats:
        backend = "auto" if self.backend == "cells" else self.backend
        return reductions.softmin(
            self.rows.points, self.columns.points, self.columns.log_weights + g / eps,
            eps, cost=self.cost, backend=backend, n_calls=self.n_calls,
        )  # fmt: skip

    def _by_loops(
        self,
        rows: Cells,
        columns: Cells,
        g: Floats,
        eps: float,
        guess: Floats,
        floor: float,
        moments: bool,
    ) -> Floats:
        from .cell_kernels import get_num_threads, row_sums

        scale = 1.0 / np.sqrt(eps)
        x, shift, tilt = rows.rows * scale, guess / eps, g / eps
        out = np.empty((len(shift), 4 if moments else 1))
        arguments = (
            x, rows.bounds, _slopes(x, shift, rows.bounds),
            columns.rows * scale, columns.bounds, columns.low * scale,
            columns.high * scale, shift, tilt, tilt + self.columns.log_weights,
            floor, moments, out,
        )  # fmt: skip
        n_cells = len(rows)
        threads = get_num_threads()
        if threads == 1 or n_cells <= GRAIN:
            row_sums(0, n_cells, *arguments)
            return out

        def run(start: int) -> None:
            row_sums(start, min(start + GRAIN, n_cells), *arguments)

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(run, range(0, n_cells, GRAIN)))
        return out

    def _by_ranges(
        self,
        rows: Cells,
        columns: Cells,
        g: Floats,
        eps: float,
        guess: Floats,
        floor: float,
        moments: bool,
    ) -> Floats:
        scale = 1.0 / np.sqrt(eps)
        shift, tilt = guess / eps, g / eps
        bound = _bounds(rows, columns, scale, shift, tilt)
        ranges = reductions.block_ranges(rows.bounds, columns.bounds, bound >= floor)
        heights = tilt + self.columns.log_weights
        x, y = self.rows.points, self.columns.points
        logs = reductions.logsumexp(
            x, y, heights, eps,
            cost=self.cost, ranges=ranges, backend=self.backend, n_calls=self.n_calls,
        )  # fmt: skip
        sums: Floats = np.exp(np.minimum(logs + shift, HIGHEST))[:, None]
        if moments:
            means = reductions.weighted_sum(
                x, y, heights, eps, y,
                cost=self.cost, ranges=ranges, backend=self.backend,
                n_calls=self.n_calls,
            )  # fmt: skip
            sums = np.concatenate([sums, (means - x) * scale * sums], axis=1)
        return sums


def _bounds(
    rows: Cells, columns: Cells, scale: float, shift: Floats, tilt: Floats
) -> Floats:
    """Largest exponent of each pair of cells: the bound of `row_sums`, at most."""
    x, y = rows.rows * scale, columns.rows * scale
    slopes = _slopes(x, shift, rows.bounds)
    spread = np.repeat(slopes, np.diff(rows.bounds), axis=1)
    low = np.minimum.reduceat(x - spread, rows.bounds[:-1], axis=1)
    high = np.maximum.reduceat(x - spread, rows.bounds[:-1], axis=1)
    levels = shift - 2 * np.einsum("ki,ki->i", spread, x)
    bound = np.empty((len(rows), len(columns)))
    for cell, p in enumerate(slopes.T):
        bound[cell] = columns.highest(tilt + 2 * (p @ y)) + p @ p
    bound += rows.highest(levels)[:, None]
    for k in range(3):
        gap = np.maximum(
            low[k][:, None] - columns.high[k] * scale,
            columns.low[k] * scale - high[k][:, None],
        )
        bound -= np.square(np.maximum(gap, 0.0))
    return bound


def _slopes(x: Floats, values: Floats, bounds: Integers) -> Floats:
    """Half the slope of values over the points of each cell, by least squares."""
    starts, sizes = bounds[:-1], np.diff(bounds)
    centre = np.add.reduceat(x, starts, axis=1) / sizes
    x = x - np.repeat(centre, sizes, axis=1)
    products = np.add.reduceat(x * values, starts, axis=1)
    gram = np.add.reduceat(x[:, None] * x, starts, axis=2)
    # any slope is right, but a flat cell must not have a wild one
    ridge = 1e-3 * np.einsum("kkc->c", gram) + 1e-300
    gram = np.moveaxis(gram, 2, 0) + ridge[:, None, None] * np.eye(3)
    return 0.5 * np.linalg.solve(gram, products.T[:, :, None])[:, :, 0].T
