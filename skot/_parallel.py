# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Work on a collection of sets, chunk by chunk, through joblib."""

import mmap
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import numpy as np
from sklearn import get_config
from sklearn.utils.parallel import Parallel, delayed

Result = TypeVar("Result")


def chunk_bounds(loads: np.ndarray, max_load: int) -> list[slice]:
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
    bounds: list[slice] = []
    start, done = 0, 0
    while start < len(loads):
        stop = int(np.searchsorted(ends, done + max_load, side="right"))
        stop = max(stop, start + 1)
        bounds.append(slice(start, stop))
        start, done = stop, ends[stop - 1]
    return bounds


def working_floats() -> int:
    """Count the floats that fit in scikit-learn's ``working_memory``."""
    return int(get_config()["working_memory"] * 2**17)


def map_chunks(
    func: Callable[[Any], Result],
    sets: Any,
    chunks: list[slice],
    *,
    loads: np.ndarray | None = None,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> Iterator[tuple[slice, Result]]:
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
    loads : ndarray of int of shape (n_sets,) or None, default=None
        Floats of each set at work, its result among them. Workers do not wait until
        results are taken; with loads, what may pile up is held to half the working
        memory. None is for small results.
    n_jobs : int or None, default=None
        Number of workers, as in joblib.
    verbose : int, default=0
        Verbosity of joblib: progress is printed where it is positive.

    Yields
    ------
    tuple (slice, result)
        In order, as results arrive.
    """
    rounds = [chunks]
    if loads is not None:
        heavy = np.array([loads[chunk].sum() for chunk in chunks])
        bounds = chunk_bounds(heavy, working_floats() // 2)
        rounds = [chunks[some] for some in bounds]
    for part in rounds:
        tasks = ((func, sets[chunk]) for chunk in part)
        yield from zip(part, _run(_apply, tasks, n_jobs, verbose), strict=True)


def _apply(func: Callable[[Any], Result], sets: Any) -> Result:
    result = func(sets)
    for name in ("points", "weights"):
        _let_go(getattr(sets, name, None))
    return result


def _let_go(array: Any) -> None:
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


# Pairs of points in one task of `map_rows`: some 10 ms of network simplex, enough to
# hide what a task costs and little enough to keep all workers busy to the end.
TASK = 2**17


def map_rows(
    func: Callable[[Any, Any], Result],
    X: Any,
    Y: Any = None,
    *,
    sizes: tuple[np.ndarray, np.ndarray] | None = None,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> Iterator[tuple[int, slice, Result]]:
    """Apply ``func`` to each set of X against sets of Y; yield blocks of rows.

    Blocks follow from the data alone, as in `chunk_bounds`. Threads serve by default.

    Parameters
    ----------
    func : callable
        Maps an item of X and a slice of Y to a result.
    X : PointSets or list
        Rows, one by one.
    Y : PointSets, list or None, default=None
        Columns. None takes X, and each pair of two different sets once: the columns
        after the row's own.
    sizes : tuple of ndarray or None, default=None
        Points of each set of X, and of Y. None where these are `PointSets`, which know.
    n_jobs : int or None, default=None
        Number of workers, as in joblib.
    verbose : int, default=0
        Verbosity of joblib: progress is printed where it is positive.

    Yields
    ------
    tuple (int, slice, result)
        Row, columns, and the result for them, in order.
    """
    columns = X if Y is None else Y
    row_sizes, column_sizes = sizes or (X.sizes, columns.sizes)
    blocks = []
    for row, size in enumerate(row_sizes):
        first = row + 1 if Y is None else 0
        for part in chunk_bounds(size * column_sizes[first:], TASK):
            blocks.append((row, slice(first + part.start, first + part.stop)))
    tasks = ((X[row], columns[part]) for row, part in blocks)
    results = _run(func, tasks, n_jobs, verbose)
    for (row, part), result in zip(blocks, results, strict=True):
        yield row, part, result


def _run(
    func: Callable[..., Result],
    tasks: Iterable[tuple[Any, ...]],
    n_jobs: int | None,
    verbose: int,
) -> Iterable[Result]:
    """Results of ``func(*task)``, in order, as they arrive."""
    if n_jobs == 1 and not verbose:
        # joblib would hand even one job to a cluster, task by task
        return (func(*task) for task in tasks)
    parallel = Parallel(
        n_jobs=n_jobs, verbose=verbose, prefer="threads", return_as="generator"
    )
    return parallel(delayed(func)(*task) for task in tasks)
