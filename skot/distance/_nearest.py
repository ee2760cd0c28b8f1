# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Nearest sets under the exact Wasserstein distance, few problems solved."""

from bisect import insort
from functools import partial
from heapq import heappop, heappush
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils.parallel import Parallel, delayed

from ..sets import PointSets
from ..solvers import DualBound, SlicedBound, exact_costs
from ._base import read_both
from ._pairwise import Wasserstein

# Sets whose quick dual bounds are computed together.
BLOCK = 8


class NearestSets(NamedTuple):
    """Answer of `nearest_sets`.

    Parameters
    ----------
    distances : ndarray of shape (n_sets, n_neighbors)
        Distances of the nearest sets, rising.
    indices : ndarray of int of shape (n_sets, n_neighbors)
        Which they are.
    n_solved : int
        Transport problems solved, each pair counted once.
    """

    distances: np.ndarray
    indices: np.ndarray
    n_solved: int


def nearest_sets(
    X: Any,
    Y: Any = None,
    *,
    n_neighbors: int = 5,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> NearestSets:
    """Find the nearest sets under the exact 2-Wasserstein distance.

    The answer is that of sorting all distances. It is found with few of them: a set
    whose lower bound is above the distance of the n_neighbors-th found so far need not
    be looked at.

    Parameters
    ----------
    X : set-like of shape (n_sets_X, n_dims)
        Queries: anything `skot.sets.read_sets` reads.
    Y : set-like of shape (n_sets_Y, n_dims) or None, default=None
        Sets to search. None searches X, each set among the others.
    n_neighbors : int, default=5
        How many to find.
    n_jobs : int or None, default=None
        Workers, as in joblib. The result does not depend on it.
    verbose : int, default=0
        Progress is printed where positive.

    Returns
    -------
    NearestSets
        Tuple of distances and indices, each of shape (n_sets_X, n_neighbors), and the
        number of transport problems solved. Of sets at one distance the first come
        first.

    Raises
    ------
    ValueError
        If a set is empty, has NaN, infinite or no mass, dimensions differ, or there
        are fewer than n_neighbors sets to find.

    See Also
    --------
    wasserstein_distances : All distances.

    Notes
    -----
    Bounds from cheap to tight: exact transport along the axes of some bases, which is
    above the distance of the means; the value of feasible dual potentials, those of a
    Gaussian approximation; the same, bettered by a few sweeps of Sinkhorn; the distance
    itself. The pair with the lowest bound is looked at next, which solves as
    few problems as these bounds allow [1]_. Of 120 clouds of 100 points, a tenth of
    all problems is solved for 5 neighbours each, and less the more clouds there are.
    Memory: about 800 floats for each set.

    References
    ----------
    .. [1] Seidl and Kriegel, "Optimal multi-step k-nearest neighbor search", SIGMOD
       1998. https://doi.org/10.1145/276304.276319
    .. [2] Kusner, Sun, Kolkin, Weinberger, "From word embeddings to document
       distances", ICML 2015. https://proceedings.mlr.press/v37/kusnerb15.html

    Examples
    --------
    >>> from skot.distance import nearest_sets
    >>> X = [[[0.0], [1.0]], [[0.5]], [[7.0]], [[8.0], [9.0]], [[9.0]]]
    >>> distances, indices, n_solved = nearest_sets(X, n_neighbors=1)
    >>> indices.ravel()
    array([1, 0, 3, 4, 3])
    """
    X, Y = read_both(Wasserstein(), X, Y)
    others = X if Y is None else Y
    n_found = len(others) - (Y is None)
    if not 1 <= n_neighbors <= n_found:
        raise ValueError(f"n_neighbors must be 1 to {n_found}, got {n_neighbors}")
    # Threads share what they solve, so that sets that search among themselves solve
    # a pair once. Which pairs are needed does not depend on who gets there first.
    search = partial(_search, X, Y, *_prepare(X, Y), n_neighbors, {})
    parallel = Parallel(n_jobs=n_jobs, verbose=verbose, prefer="threads")
    found, needed = zip(
        *parallel(delayed(search)(i) for i in range(len(X))), strict=True
    )
    values, indices = np.moveaxis(np.array(found), 2, 0)
    n_solved = len(set().union(*needed))
    return NearestSets(np.sqrt(values), indices.astype(np.intp), n_solved)


def _prepare(
    X: PointSets, Y: PointSets | None
) -> tuple[SlicedBound, np.ndarray, DualBound, DualBound]:
    """Bounds on distances to Y, and what they know of the queries."""
    sliced = SlicedBound(X if Y is None else Y)
    dual = DualBound(X)
    if Y is None:
        return sliced, sliced.features, dual, dual
    return sliced, sliced.embed(X), dual, DualBound(Y)


def _search(
    X: PointSets,
    Y: PointSets | None,
    sliced: SlicedBound,
    vectors: np.ndarray,
    here: DualBound,
    there: DualBound,
    n_neighbors: int,
    solved: dict[tuple[int, int], float],
    i: int,
) -> tuple[list[tuple[float, int]], list[tuple[int, int]]]:
    """Search for one query; return its neighbours, and the pairs it needed solved."""
    bounds = sliced(vectors[:, i])
    slack = 1e-13 * (bounds.max() + 4 * here.spreads[i] ** 2)  # of rounding
    order = np.argsort(bounds, kind="stable")
    if Y is None:
        order = order[order != i]
    # lowest bound, its set, and whether that is as tight as bounds get
    heap: list[tuple[float, int, bool]] = []
    best: list[tuple[float, int]] = []
    needed: list[tuple[int, int]] = []
    n_seen = 0
    while heap or n_seen < len(order):
        while n_seen < len(order) and not (heap and heap[0][0] < bounds[order[n_seen]]):
            block = order[n_seen : n_seen + BLOCK]
            quick = np.maximum(bounds[block], here.quick(i, there, block))
            for bound, j in zip(quick.tolist(), block.tolist(), strict=True):
                heappush(heap, (bound, j, False))
            n_seen += len(block)
        bound, j, tight = heappop(heap)
        if len(best) == n_neighbors and bound > best[-1][0] + slack:
            break
        if not tight:
            heappush(heap, (max(bound, here(i, there, j)), j, True))
            continue
        # a pair is solved one way round: both of its sets find the same distance
        pair = (i, j) if Y is not None or i < j else (j, i)
        if pair not in solved:
            solved[pair] = _solve(X, X if Y is None else Y, *pair)
        needed.append(pair)
        insort(best, (solved[pair], j))
        del best[n_neighbors:]
    return best, needed


def _solve(X: PointSets, Y: PointSets, i: int, j: int) -> float:
    return float(exact_costs(X[i], Y[j : j + 1])[0][0])
