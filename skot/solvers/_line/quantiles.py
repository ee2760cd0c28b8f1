# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Quantile functions of projected sets: transport on a line, solved by sorting."""

import numpy as np

# Projected values held at once; past the processor's caches, more is no faster.
BLOCK = 2**20


def projected_quantiles(sets, slices, n_quantiles, *, quantile="step"):
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
        If ``quantile`` is neither.

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
    if quantile not in ("step", "linear"):
        raise ValueError(f"quantile must be 'step' or 'linear', got {quantile!r}")
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


def _blocks_of_one_size(sizes, n_quantiles):
    """Index arrays of sets of one size, of no more than `BLOCK` points or quantiles."""
    order = np.argsort(sizes, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(sizes[order])) + 1):
        step = max(1, BLOCK // max(int(sizes[members[0]]), n_quantiles))
        for first in range(0, len(members), step):
            yield members[first : first + step]


def _select(sets, members):
    """Gather, without a copy where the members are neighbours."""
    first, last = members[0], members[-1]
    if last - first + 1 == len(members):
        return sets[int(first) : int(last) + 1]
    return sets[members]


def _uniform_levels(values, n_quantiles, quantile):
    """Read quantiles off sorted values (..., size), all of one weight."""
    size = values.shape[-1]
    if n_quantiles == size:  # each point is a quantile, under either convention
        return values
    odd = 2 * np.arange(n_quantiles) + 1  # level i is odd[i] / (2 n_quantiles)
    if quantile == "step":
        # ceil(size * level) - 1, in integers: no level falls off by rounding
        rank = (size * odd + 2 * n_quantiles - 1) // (2 * n_quantiles) - 1
        return np.take(values, rank, axis=-1)
    place = np.clip(size * odd / (2 * n_quantiles) - 0.5, 0, size - 1)
    low = place.astype(np.intp)
    high = np.minimum(low + 1, size - 1)
    share = (place - low).astype(values.dtype)
    lower, upper = np.take(values, low, axis=-1), np.take(values, high, axis=-1)
    return lower * (1 - share) + upper * share


def _weighted_levels(values, weights, n_quantiles, quantile):
    from .quantile_kernels import weighted_linear, weighted_step

    kernel = weighted_step if quantile == "step" else weighted_linear
    return kernel(values, np.argsort(values, axis=2), weights, n_quantiles)
