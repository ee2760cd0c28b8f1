# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Quantile functions of projected sets: transport on a line, solved by sorting."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ...sets import PointSets
from .._arrays import read_choice, read_count

# float32 points have float32 quantiles
Reals = NDArray[np.float32] | NDArray[np.float64]
Index = NDArray[np.intp]

# Projected values held at once; past the processor's caches, more is no faster.
BLOCK = 2**20


def projected_quantiles(
    sets: PointSets, slices: Reals, n_quantiles: int, *, quantile: str = "step"
) -> Reals:
    """Evaluate the quantile function of every set along every slice.

    At levels ``(i - 1/2) / n_quantiles``, i = 1, ..., n_quantiles.

    Parameters
    ----------
    sets : PointSets
        The collection; weights of each set sum to 1.
    slices : ndarray of shape (n_slices, n_dims)
        Directions.
    n_quantiles : int
        Number of levels.
    quantile : {"step", "linear"}, default="step"
        "step" is the quantile function of the measure: the smallest projected value
        below which the mass reaches the level. Distances between two sets are then
        exact where ``n_quantiles`` is a multiple of their sizes. "linear" puts each
        point at the middle of its mass and interpolates, constant outside; it is
        smoother, and is no function of the measure alone: to split a point in two
        changes it.

    Returns
    -------
    ndarray of shape (n_sets, n_slices, n_quantiles)
        Quantiles, of the type of the points.

    Raises
    ------
    ValueError
        If ``quantile`` is neither, or ``n_quantiles`` below 1.

    Notes
    -----
    O(n_slices * n_total * (n_dims + log n_points)) operations; besides the result,
    a few times ``2**20`` floats, or one set along one slice if that is more.

    Examples
    --------
    >>> import numpy as np
    >>> from skot.sets import PointSets
    >>> from skot.solvers import projected_quantiles
    >>> sets = PointSets.from_list([[[3.0], [1.0]], [[0.0]]])
    >>> projected_quantiles(sets, np.ones((1, 1)), 2)[:, 0]
    array([[1., 3.],
           [0., 0.]])
    """
    quantile = read_choice(quantile, "quantile", ("step", "linear"))
    n_quantiles = read_count(n_quantiles, "n_quantiles")
    slices = slices.astype(sets.dtype, copy=False)
    out = np.empty((len(sets), len(slices), n_quantiles), dtype=sets.dtype)
    for members in _blocks_of_one_size(sets.sizes, n_quantiles):
        group = _select(sets, members)
        size = len(group.points) // len(group)
        step = max(1, BLOCK // (len(group) * max(size, n_quantiles)))
        for first in range(0, len(slices), step):
            chosen = slices[first : first + step]
            values = (chosen @ group.points.T).reshape(len(chosen), len(group), size)
            if group.weights is None:
                values.sort(axis=2)
                levels = _uniform_levels(values, n_quantiles, quantile)
            else:
                weights = group.weights.reshape(len(group), size)
                levels = _weighted_levels(values, weights, n_quantiles, quantile)
            out[members, first : first + step] = levels.transpose(1, 0, 2)
    return out


def _blocks_of_one_size(sizes: Index, n_quantiles: int) -> Iterator[Index]:
    """Index arrays of sets of one size, of no more than `BLOCK` points or quantiles."""
    order = np.argsort(sizes, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(sizes[order])) + 1):
        step = max(1, BLOCK // max(int(sizes[members[0]]), n_quantiles))
        for first in range(0, len(members), step):
            yield members[first : first + step]


def _select(sets: PointSets, members: Index) -> PointSets:
    """Gather, without a copy where the members are neighbours."""
    first, last = int(members[0]), int(members[-1])
    alike = last - first + 1 == len(members)
    chosen: PointSets = sets[first : last + 1] if alike else sets[members]
    return chosen


def _uniform_levels(values: Reals, n_quantiles: int, quantile: str) -> Reals:
    """Read quantiles off sorted values (..., size), all of one weight."""
    size = values.shape[-1]
    if n_quantiles == size:  # each point is a quantile, under either convention
        return values
    odd = 2 * np.arange(n_quantiles) + 1  # level i is odd[i] / (2 n_quantiles)
    if quantile == "step":
        # ceil(size * level) - 1, in integers: no level falls off by rounding
        rank = (size * odd + 2 * n_quantiles - 1) // (2 * n_quantiles) - 1
        chosen: Reals = np.take(values, rank, axis=-1)
        return chosen
    place = np.clip(size * odd / (2 * n_quantiles) - 0.5, 0, size - 1)
    low = place.astype(np.intp)
    high = np.minimum(low + 1, size - 1)
    share = (place - low).astype(values.dtype)
    lower, upper = np.take(values, low, axis=-1), np.take(values, high, axis=-1)
    levels: Reals = lower * (1 - share) + upper * share
    return levels


def _weighted_levels(
    values: Reals, weights: Reals, n_quantiles: int, quantile: str
) -> Reals:
    from .quantile_kernels import weighted_linear, weighted_step

    kernel = weighted_step if quantile == "step" else weighted_linear
    levels: Reals = kernel(values, np.argsort(values, axis=2), weights, n_quantiles)
    return levels
