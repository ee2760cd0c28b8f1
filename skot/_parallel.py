# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Work on a collection of sets, chunk by chunk, through joblib."""

import numpy as np
from sklearn.utils.parallel import Parallel, delayed


def chunk_bounds(sizes, max_points):
    """Split consecutive sets into chunks of about ``max_points`` points.

    The bounds follow from the data alone, so that results do not depend on the
    number of workers. A set larger than ``max_points`` is a chunk of its own.

    Parameters
    ----------
    sizes : ndarray of shape (n_sets,)
        Number of points of each set.
    max_points : int
        Points in a chunk, at most.

    Returns
    -------
    list of (int, int)
        Start and stop of each chunk.
    """
    ends = np.cumsum(sizes)
    bounds, start = [], 0
    while start < len(sizes):
        done = ends[start - 1] if start else 0
        stop = int(np.searchsorted(ends, done + max_points, side="right"))
        stop = max(stop, start + 1)
        bounds.append((start, stop))
        start = stop
    return bounds


def map_chunks(func, sets, bounds, *, n_jobs=None, out=None, verbose=0):
    """Apply ``func`` to slices of a collection, in order.

    Parameters
    ----------
    func : callable
        Maps a collection of k sets to an array of shape (k, ...).
    sets : PointSets or GraphSets
        The collection; its contiguous slices are views.
    bounds : list of (int, int)
        As given by `chunk_bounds`.
    n_jobs : int or None, default=None
        Number of workers, as in joblib.
    out : ndarray or None, default=None
        Array of shape (n_sets, ...) to fill, chunk by chunk as they arrive.
    verbose : int, default=0
        Verbosity of joblib.

    Returns
    -------
    ndarray or list
        ``out`` if given, else the list of results.
    """
    parallel = Parallel(n_jobs=n_jobs, verbose=verbose, return_as="generator")
    results = parallel(delayed(func)(sets[i:j]) for i, j in bounds)
    if out is None:
        return list(results)
    for (i, j), block in zip(bounds, results, strict=True):
        out[i:j] = block
    return out
