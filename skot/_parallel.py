# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Work on a collection of sets, chunk by chunk, through joblib."""

import mmap

import numpy as np
from sklearn.utils.parallel import Parallel, delayed


def chunk_bounds(loads, max_load):
    """Split consecutive sets into chunks of about ``max_load``.

    The bounds follow from the data alone, so that results do not depend on the
    number of workers. A set heavier than ``max_load`` is a chunk of its own.

    Parameters
    ----------
    loads : ndarray of int of shape (n_sets,)
        Load of each set, such as its number of points.
    max_load : int
        Load of a chunk, at most.

    Returns
    -------
    list of slice
        The chunks.
    """
    ends = np.cumsum(loads)
    bounds, start, done = [], 0, 0
    while start < len(loads):
        stop = int(np.searchsorted(ends, done + max_load, side="right"))
        stop = max(stop, start + 1)
        bounds.append(slice(start, stop))
        start, done = stop, ends[stop - 1]
    return bounds


def map_chunks(func, sets, chunks, *, n_jobs=None, verbose=0):
    """Apply ``func`` to chunks of a collection; yield each chunk and its result.

    Threads serve by default: the work is in compiled code that releases the
    interpreter's lock, and results are large. ``joblib.parallel_config`` overrules.

    Parameters
    ----------
    func : callable
        Maps a collection of sets to a result.
    sets : PointSets or GraphSets
        The collection; its contiguous slices are views.
    chunks : list of slice
        As given by `chunk_bounds`.
    n_jobs : int or None, default=None
        Number of workers, as in joblib.
    verbose : int, default=0
        Verbosity of joblib: progress is printed where it is positive.

    Yields
    ------
    tuple (slice, result)
        In order, as results arrive.
    """
    if n_jobs == 1 and not verbose:
        # joblib would hand even one job to a cluster, chunk by chunk
        results = (_apply(func, sets[chunk]) for chunk in chunks)
    else:
        parallel = Parallel(
            n_jobs=n_jobs, verbose=verbose, prefer="threads", return_as="generator"
        )
        results = parallel(delayed(_apply)(func, sets[chunk]) for chunk in chunks)
    yield from zip(chunks, results, strict=True)


def _apply(func, sets):
    result = func(sets)
    for name in ("points", "weights"):
        _let_go(getattr(sets, name, None))
    return result


def _let_go(array):
    """Unmap the pages of an array that lies in a file, where that loses nothing.

    They stay in the system's cache and return when touched; kept, a file read chunk by
    chunk would end up in this process's memory as a whole.
    """
    while isinstance(array, np.ndarray):
        array = array.base
    if (
        isinstance(array, mmap.mmap)
        and hasattr(mmap, "MADV_DONTNEED")  # not on Windows
        and memoryview(array).readonly  # a copy-on-write map would lose its changes
    ):
        array.madvise(mmap.MADV_DONTNEED)
