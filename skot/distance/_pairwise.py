# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Wasserstein distances of all pairs: exact, sliced, along the most telling slice."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.parallel import Parallel, delayed

from .._random import RandomState, check_random_state
from ..reductions import COSTS
from ..sets import Measure, PointSets, probabilities
from ..solvers import (
    exact_costs,
    max_sliced_wasserstein,
    read_count,
    read_order,
    sample_slices,
    sliced_wasserstein_pairs,
)
from ._base import Metric, all_pairs, distances_between, symmetric

# Slices of one task: enough to hide what a task costs, few enough to share out.
SLICES = 16

# On a line these are one distance, and transport is solved by sorting.
LINE_METRICS = {"euclidean", "cityblock", "chebyshev"}

# Distances between points: by name, or as a function of two arrays of points.
Ground = str | Callable[[np.ndarray, np.ndarray], np.ndarray]

# Directions: by name, themselves, or a function that draws them.
Slices = str | ArrayLike | Callable[[int, int, np.random.RandomState], np.ndarray]

NOT_OPTIMAL = (
    "transport plans are not optimal: the network simplex ran out of pivots, and "
    "distances are too large. Use smaller sets."
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Wasserstein(Metric):
    """Exact transport; by sorting on a line, and by the points alone for a table."""

    p: float = 2
    metric: Ground = "euclidean"

    def __post_init__(self) -> None:
        read_order(self.p)
        read_ground(self.metric)

    def prepare(self, sets: PointSets, name: str = "X", **how: Any) -> PointSets:
        """Spell out the weights, where it takes a linear program."""
        if self._on_a_line(sets) or (sets.sizes == 1).all():
            return sets
        floats = sets.astype(np.float64)
        weighed: PointSets = floats.with_weights(probabilities(sets))
        return weighed

    def pairs(self, X: PointSets, Y: PointSets | None = None, **how: Any) -> np.ndarray:
        """Solve all pairs."""
        p, columns = float(self.p), X if Y is None else Y
        if self._on_a_line(X):
            return sliced_pairs(X, Y, np.ones((1, 1)), p, **how)
        diracs = (X.sizes == 1).all() and (columns.sizes == 1).all()
        if diracs and isinstance(self.metric, str):
            # a table: transport between Diracs is the distance between their points
            block = COSTS[self.metric].block
            D = block(X.points.astype(float), columns.points.astype(float))
            return D if Y is not None else symmetric(np.triu(D, 1))
        work = partial(exact_costs, p=p, metric=self.metric)
        return all_pairs(work, X, Y, NOT_OPTIMAL, **how) ** (1 / p)

    def _on_a_line(self, sets: PointSets) -> bool:
        named = isinstance(self.metric, str) and self.metric in LINE_METRICS
        return named and sets.shape[1] == 1


def read_ground(metric: Ground) -> None:
    """Refuse a distance between points that is not known."""
    if isinstance(metric, str) and metric not in COSTS:
        raise ValueError(f"metric must be one of {sorted(COSTS)}, got {metric!r}")


def wasserstein_distances(
    X: Any,
    Y: Any = None,
    *,
    p: float = 2,
    metric: Ground = "euclidean",
    n_jobs: int | None = None,
    verbose: int = 0,
) -> np.ndarray:
    r"""Compute exact p-Wasserstein distances between all pairs of sets.

    .. math::
        W_p(\mu, \nu) = \left( \min_G \sum_{ij} G_{ij} \, d(x_i, y_j)^p \right)^{1/p},

    over the transport plans G between the weighted sets.

    Parameters
    ----------
    X : set-like of shape (n_sets_X, n_dims)
        Anything `skot.sets.read_sets` reads; weights are scaled to sum 1.
    Y : set-like of shape (n_sets_Y, n_dims) or None, default=None
        Other sets. None takes X, and solves each pair once.
    p : float, default=2
        Order, at least 1.
    metric : str or callable, default="euclidean"
        Distance d between points: "euclidean", "cityblock", "chebyshev", "cosine", or
        a callable that maps points of shapes (n, n_dims) and (m, n_dims) to distances
        of shape (n, m).
    n_jobs : int or None, default=None
        Workers, as in joblib. The result does not depend on it.
    verbose : int, default=0
        Progress is printed where positive.

    Returns
    -------
    ndarray of shape (n_sets_X, n_sets_Y)
        Distances, in the unit of the points; symmetric with a diagonal of zeros where
        Y is None.

    Raises
    ------
    ValueError
        If a set is empty, has NaN, infinite or no mass, dimensions differ, p is below
        1 or the metric is unknown.

    Warns
    -----
    ConvergenceWarning
        If the network simplex ran out of pivots on some pairs.

    See Also
    --------
    nearest_sets : The nearest few of each set, without solving all pairs.
    sliced_wasserstein_distances : By sorting; thousands of times cheaper.

    Notes
    -----
    One linear program a pair: at worst ``O(n_points^3)``, in practice 50 microseconds
    for two sets of 20 points, 0.7 milliseconds for 100, 10 for 300, and
    ``8 n_points^2`` bytes for each worker. On a line, ``n_dims=1``, pairs are solved
    by sorting.

    References
    ----------
    .. [1] Peyre, Cuturi, "Computational optimal transport", Foundations and Trends in
       Machine Learning 11, 2019. https://arxiv.org/abs/1803.00567

    Examples
    --------
    >>> from skot.distance import wasserstein_distances
    >>> X = [[[0.0, 0.0], [2.0, 0.0]], [[0.0, 1.0], [2.0, 1.0]], [[1.0, 0.0]]]
    >>> wasserstein_distances(X).round(4)
    array([[0.    , 1.    , 1.    ],
           [1.    , 0.    , 1.4142],
           [1.    , 1.4142, 0.    ]])
    """
    return distances_between(
        Wasserstein(p=p, metric=metric), X, Y, n_jobs=n_jobs, verbose=verbose
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class SlicedWasserstein(Metric):
    """Transport along slices, the same for all pairs."""

    p: float = 2
    n_slices: int = 64
    slices: Slices = "auto"
    random_state: RandomState = None

    def __post_init__(self) -> None:
        read_order(self.p)

    def fit(self, sets: PointSets) -> Self:
        """Draw the slices."""
        rng = check_random_state(self.random_state)
        drawn = sample_slices(self.n_slices, sets.shape[1], self.slices, rng)
        return replace(self, slices=drawn)

    def pairs(self, X: PointSets, Y: PointSets | None = None, **how: Any) -> np.ndarray:
        """Project and sort, then compare all pairs slice by slice."""
        return sliced_pairs(X, Y, np.asarray(self.slices), float(self.p), **how)


def sliced_wasserstein_distances(
    X: Any,
    Y: Any = None,
    *,
    p: float = 2,
    n_slices: int = 64,
    slices: Slices = "auto",
    random_state: RandomState = None,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> np.ndarray:
    r"""Compute sliced p-Wasserstein distances between all pairs of sets.

    .. math::
        SW_p^p(\mu, \nu) = \frac{1}{L} \sum_l
        W_p^p(\theta_l \cdot \mu, \, \theta_l \cdot \nu),

    with exact transport on a line along each slice. All pairs see the same slices, so
    that the result is a metric, and Euclidean for ``p=2``.

    Parameters
    ----------
    X : set-like of shape (n_sets_X, n_dims)
        Anything `skot.sets.read_sets` reads; weights are scaled to sum 1.
    Y : set-like of shape (n_sets_Y, n_dims) or None, default=None
        Other sets. None takes X, and solves each pair once.
    p : float, default=2
        Order, at least 1.
    n_slices : int, default=64
        Number of slices L.
    slices : str, array-like of shape (n_slices, n_dims) or callable, default="auto"
        Directions, as in `skot.solvers.sample_slices`.
    random_state : int, RandomState, Generator or None, default=None
        Source of random slices.
    n_jobs : int or None, default=None
        Workers, as in joblib. The result does not depend on it.
    verbose : int, default=0
        Progress is printed where positive.

    Returns
    -------
    ndarray of shape (n_sets_X, n_sets_Y)
        Distances, in the unit of the points; symmetric with a diagonal of zeros where
        Y is None.

    Raises
    ------
    ValueError
        If a set is empty, has NaN, infinite or no mass, dimensions differ, p is below
        1, or the slices do not fit.

    See Also
    --------
    skot.embedding.SlicedWassersteinEmbedding : Vectors with these distances.
    max_sliced_wasserstein_distances : The most telling slice of each pair.

    Notes
    -----
    Each set is projected and sorted once. Then a pair costs ``n_slices * n_points``
    steps: some 10 microseconds for two sets of 100 points and 64 slices.

    References
    ----------
    .. [1] Bonneel, Rabin, Peyre, Pfister, "Sliced and Radon Wasserstein barycenters of
       measures", JMIV 51, 2015. https://doi.org/10.1007/s10851-014-0506-3

    Examples
    --------
    >>> from skot.distance import sliced_wasserstein_distances
    >>> X = [[[0.0, 0.0], [2.0, 0.0]], [[0.0, 1.0], [2.0, 1.0]]]
    >>> sliced_wasserstein_distances(X, slices=[[1.0, 0.0], [0.0, 1.0]]).round(4)
    array([[0.    , 0.7071],
           [0.7071, 0.    ]])
    """
    sliced = SlicedWasserstein(
        p=p, n_slices=n_slices, slices=slices, random_state=random_state
    )
    return distances_between(sliced, X, Y, n_jobs=n_jobs, verbose=verbose)


def sliced_pairs(
    X: PointSets,
    Y: PointSets | None,
    slices: np.ndarray,
    p: float,
    *,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> np.ndarray:
    """Compare all pairs along slices, some of them a task."""
    parallel = Parallel(
        n_jobs=n_jobs, verbose=verbose, prefer="threads", return_as="generator"
    )
    blocks = [slices[i : i + SLICES] for i in range(0, len(slices), SLICES)]
    parts = parallel(
        delayed(sliced_wasserstein_pairs)(X, Y, block, p=p) for block in blocks
    )
    if len(blocks) == 1:
        D: np.ndarray = next(iter(parts))
        return D
    total = sum(len(block) * D**p for block, D in zip(blocks, parts, strict=True))
    mean: np.ndarray = total / len(slices)
    return mean ** (1 / p)


@dataclass(frozen=True, kw_only=True, eq=False)
class MaxSlicedWasserstein(Metric):
    """Transport along the slice where it costs most, by ascent."""

    p: float = 2
    n_starts: int = 16
    max_iter: int = 200
    tol: float = 1e-6
    random_state: RandomState = None

    def __post_init__(self) -> None:
        read_order(self.p)
        read_count(self.n_starts, "n_starts")
        read_count(self.max_iter, "max_iter")

    def fit(self, sets: PointSets) -> Self:
        """Draw the seed of the starts."""
        rng = check_random_state(self.random_state)
        return replace(self, random_state=rng.randint(np.iinfo(np.int32).max))

    def prepare(self, sets: PointSets, name: str = "X", **how: Any) -> PointSets:
        """Put points in one order, whichever they came in: rounding turns ascents."""
        ordered: PointSets = sets.canonical(masses="probability")
        return ordered

    def pairs(self, X: PointSets, Y: PointSets | None = None, **how: Any) -> np.ndarray:
        """Ascend for all pairs."""
        work = partial(
            _max_sliced,
            p=float(self.p),
            n_starts=self.n_starts,
            max_iter=self.max_iter,
            tol=self.tol,
            random_state=self.random_state,
        )
        fault = (
            f"ascents stopped after max_iter={self.max_iter} steps: distances may be "
            "too small. Raise max_iter or tol."
        )
        return all_pairs(work, X, Y, fault, **how)


def _max_sliced(
    measure: Measure, sets: PointSets, random_state: RandomState, **params: Any
) -> tuple[list[float], np.ndarray]:
    x, a = measure.points, measure.weights
    # one source, wound back for each pair: to seed another takes longer than small sets
    rng = check_random_state(random_state)
    state = rng.get_state()
    results = []
    for s in sets:
        rng.set_state(state)
        results.append(
            max_sliced_wasserstein(
                x, s.points, a, s.weights, random_state=rng, **params
            )
        )
    return [r.value for r in results], np.array([r.converged for r in results])


def max_sliced_wasserstein_distances(
    X: Any,
    Y: Any = None,
    *,
    p: float = 2,
    n_starts: int = 16,
    max_iter: int = 200,
    tol: float = 1e-6,
    random_state: RandomState = None,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> np.ndarray:
    r"""Compute max-sliced p-Wasserstein distances between all pairs of sets.

    .. math::
        \max_{|\theta| = 1} W_p(\theta \cdot \mu, \, \theta \cdot \nu),

    by ascent from several starts. All pairs see the same random starts.

    Parameters
    ----------
    X : set-like of shape (n_sets_X, n_dims)
        Anything `skot.sets.read_sets` reads; weights are scaled to sum 1.
    Y : set-like of shape (n_sets_Y, n_dims) or None, default=None
        Other sets. None takes X, and solves each pair once.
    p : float, default=2
        Order, at least 1.
    n_starts : int, default=16
        Ascents for each pair.
    max_iter : int, default=200
        Steps of an ascent, at most.
    tol : float, default=1e-6
        An ascent rests when a step gains less than this, relative to the p-th power.
    random_state : int, RandomState, Generator or None, default=None
        Source of random starts.
    n_jobs : int or None, default=None
        Workers, as in joblib. The result does not depend on it.
    verbose : int, default=0
        Progress is printed where positive.

    Returns
    -------
    ndarray of shape (n_sets_X, n_sets_Y)
        Distances, in the unit of the points; symmetric with a diagonal of zeros where
        Y is None.

    Raises
    ------
    ValueError
        If a set is empty, has NaN, infinite or no mass, dimensions differ, or p is
        below 1.

    Warns
    -----
    ConvergenceWarning
        If an ascent was stopped by ``max_iter``.

    See Also
    --------
    skot.solvers.max_sliced_wasserstein : One pair, with its direction.

    Notes
    -----
    Some milliseconds a pair of 100 points, more than an exact distance: its use is in
    many dimensions, where it sees the one direction that tells two sets apart.

    References
    ----------
    .. [1] Deshpande, Hu, Sun, Pyrros, Siddiqui, Koyejo, Zhao, Forsyth, Schwing,
       "Max-sliced Wasserstein distance and its use for GANs", CVPR 2019.
       https://arxiv.org/abs/1904.05877

    Examples
    --------
    >>> from skot.distance import max_sliced_wasserstein_distances
    >>> X = [[[0.0, 0.0], [2.0, 0.0]], [[3.0, 4.0], [5.0, 4.0]]]
    >>> max_sliced_wasserstein_distances(X, random_state=0).round(4)
    array([[0., 5.],
           [5., 0.]])
    """
    steepest = MaxSlicedWasserstein(
        p=p, n_starts=n_starts, max_iter=max_iter, tol=tol, random_state=random_state
    )
    return distances_between(steepest, X, Y, n_jobs=n_jobs, verbose=verbose)
