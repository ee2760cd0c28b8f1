# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Partial transport distances between all sets of two collections."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.exceptions import ConvergenceWarning

from .._parallel import chunk_bounds, map_chunks
from .._random import RandomState, check_random_state
from .._warnings import warn
from ..reductions import COSTS
from ..references import check_penalty, learn_penalty, reference_costs
from ..sets import Measure, PointSets, as_measure, check_masses, read_sets
from ..sets import masses as given_masses
from ..sets import probabilities as scaled_masses
from ..solvers import (
    linear_partial,
    partial_costs,
    partial_line_costs,
    partial_projections,
    read_order,
    sample_slices,
    sliced_scaling,
)
from ._base import Metric, all_pairs, distances_between
from ._pairwise import NOT_OPTIMAL, Ground, Slices, read_ground

# Entries of the cost matrices of one chunk of sets, as for the embedding.
CHUNK = 2**16

# Points, at most, between which "q50" for ``lam`` takes a quantile of costs.
SAMPLE = 2**10

__all__ = [
    "lopt_distances",
    "partial_wasserstein_distances",
    "sliced_partial_distances",
]


@dataclass(frozen=True, kw_only=True, eq=False)
class PartialMetric(Metric):
    """What is too far to move stays, at a price."""

    lam: float | str
    masses: str = "positive"

    def __post_init__(self) -> None:
        check_penalty(self.lam)
        check_masses(self.masses)

    def fit(self, sets: PointSets) -> Self:
        """Choose the penalty."""
        return replace(self, lam=learn_penalty(self.lam, lambda: self.costs(sets)))

    def costs(self, sets: PointSets) -> tuple[np.ndarray, np.ndarray]:
        """Costs of which "q50" takes a quantile, and their weights."""
        raise NotImplementedError

    def learnt(self) -> dict[str, Any]:
        """Penalty in use."""
        return {"lam_": self.lam}

    def weighed(self, sets: PointSets) -> PointSets:
        """Spell out masses, and points in float64."""
        weigh = given_masses if self.masses == "positive" else scaled_masses
        weighed: PointSets = sets.astype(np.float64).with_weights(weigh(sets))
        return weighed


@dataclass(frozen=True, kw_only=True, eq=False)
class PartialWasserstein(PartialMetric):
    """Exact partial transport, a linear program a pair."""

    p: float = 2
    metric: Ground = "euclidean"

    def __post_init__(self) -> None:
        super().__post_init__()
        read_order(self.p)
        read_ground(self.metric)

    def costs(self, sets: PointSets) -> tuple[np.ndarray, np.ndarray]:
        """Costs between pooled points."""
        return pooled_costs(sets, float(self.p), self.metric)

    def prepare(self, sets: PointSets, name: str = "X", **how: Any) -> PointSets:
        """Spell out masses."""
        return self.weighed(sets)

    def pairs(self, X: PointSets, Y: PointSets | None = None, **how: Any) -> np.ndarray:
        """Solve all pairs."""
        p = float(self.p)
        work = partial(partial_costs, lam=float(self.lam), p=p, metric=self.metric)
        return all_pairs(work, X, Y, NOT_OPTIMAL, **how) ** (1 / p)


def pooled_costs(
    sets: PointSets, p: float, metric: Ground = "euclidean"
) -> tuple[np.ndarray, np.ndarray]:
    """Costs between two of the pooled points, or of a sample of them, and weights."""
    sets = sets.canonical()  # the same sample in whichever order points came
    step = -(-len(sets.points) // SAMPLE)
    points = sets.points[::step].astype(np.float64)
    weights = given_masses(sets)[::step]
    block = COSTS[metric].block if isinstance(metric, str) else metric
    first, second = np.triu_indices(len(points), 1)
    costs = np.asarray(block(points, points), dtype=np.float64)[first, second] ** p
    return costs, weights[first] * weights[second]


def partial_wasserstein_distances(
    X: Any,
    Y: Any = None,
    *,
    lam: float | str,
    p: float = 2,
    metric: Ground = "euclidean",
    masses: str = "positive",
    n_jobs: int | None = None,
    verbose: int = 0,
) -> np.ndarray:
    r"""Compute exact partial transport distances between all pairs of sets.

    .. math::
        OPT_p^p(\mu, \nu) = \min_G \sum_{ij} G_{ij} \, d(x_i, y_j)^p
        + \lambda \left( |\mu| + |\nu| - 2 |G| \right),

    over plans G that move at most the mass there is on either side.

    Parameters
    ----------
    X : set-like of shape (n_sets_X, n_dims)
        Anything `skot.sets.read_sets` reads.
    Y : set-like of shape (n_sets_Y, n_dims) or None, default=None
        Other sets. None takes X, and solves each pair once.
    lam : float or str
        Penalty of a unit of mass left unmatched, in units of ``d ** p``, on either
        side: ``2 * lam`` is the largest ``d ** p`` at which anything moves. "q50" makes
        that the median between two of the pooled points of Y, or of X where that is
        None, "q10" the 10 % quantile, and so on; "auto" is "q50".
    p : float, default=2
        Order, at least 1.
    metric : str or callable, default="euclidean"
        Distance d between points, as in `wasserstein_distances`.
    masses : {"positive", "probability"}, default="positive"
        "positive" takes weights as they are, and points without weights have mass 1
        each; "probability" scales the mass of each set to 1.
    n_jobs : int or None, default=None
        Workers, as in joblib. The result does not depend on it.
    verbose : int, default=0
        Progress is printed where positive.

    Returns
    -------
    ndarray of shape (n_sets_X, n_sets_Y)
        Distances, the p-th roots; symmetric with a diagonal of zeros where Y is None.

    Raises
    ------
    ValueError
        If a set is empty, has NaN, infinite or no mass, dimensions differ, ``lam`` is
        neither a price nor a quantile, p is below 1 or the metric is unknown.

    Warns
    -----
    ConvergenceWarning
        If the network simplex ran out of pivots on some pairs.

    See Also
    --------
    skot.solvers.partial_wasserstein : One pair, with its plan.
    skot.embedding.LOPTEmbedding : One problem a set, in place of one a pair.

    Notes
    -----
    One linear program a pair, as `wasserstein_distances`, and smaller where ``lam``
    leaves much out of reach. For a metric d this is a metric on sets of any mass.

    References
    ----------
    .. [1] Bai, Schmitzer, Thorpe, Kolouri, "Sliced optimal partial transport", CVPR
       2023. https://arxiv.org/abs/2212.08049

    Examples
    --------
    An outlier costs its penalty and no more:

    >>> from skot.distance import partial_wasserstein_distances
    >>> X = [[[0.0], [2.0]], [[0.0], [2.0], [900.0]], [[1.0], [3.0]]]
    >>> partial_wasserstein_distances(X, lam=4.0).round(4)
    array([[0.    , 2.    , 1.4142],
           [2.    , 0.    , 2.4495],
           [1.4142, 2.4495, 0.    ]])
    """
    return distances_between(
        PartialWasserstein(lam=lam, p=p, metric=metric, masses=masses),
        X,
        Y,
        n_jobs=n_jobs,
        verbose=verbose,
    )


class Shadows(NamedTuple):
    """A set along all slices, about where its mean falls on each of them."""

    values: np.ndarray
    centres: np.ndarray
    weights: np.ndarray | None


@dataclass(frozen=True, kw_only=True, eq=False)
class SlicedPartial(PartialMetric):
    """Partial transport along slices, the same for all pairs."""

    p: float = 2
    n_slices: int = 64
    slices: Slices = "auto"
    lam_scale: str = "ambient"
    random_state: RandomState = None

    def __post_init__(self) -> None:
        super().__post_init__()
        read_order(self.p)
        if self.lam_scale not in ("ambient", "projected"):
            raise ValueError(
                f"lam_scale must be 'ambient' or 'projected', got {self.lam_scale!r}"
            )

    def fit(self, sets: PointSets) -> Self:
        """Draw the slices, and choose the penalty."""
        rng = check_random_state(self.random_state)
        drawn = sample_slices(self.n_slices, sets.shape[1], self.slices, rng)
        return replace(super().fit(sets), slices=drawn)

    def costs(self, sets: PointSets) -> tuple[np.ndarray, np.ndarray]:
        """Costs between pooled points; along slices, as much less as on average."""
        costs, weights = pooled_costs(sets, float(self.p))
        if self.lam_scale == "projected":
            costs *= sliced_scaling(sets.shape[1], 1, self.p) ** self.p
        return costs, weights

    def prepare(self, sets: PointSets, name: str = "X", **how: Any) -> list[Shadows]:
        """Project each set."""
        slices = np.asarray(self.slices)
        if self.masses == "probability":
            sets = self.weighed(sets)
        shadows = []
        for measure in sets:
            points = measure.points.astype(np.float64)
            centre = points.mean(axis=0)
            values = slices @ (points - centre).T
            shadows.append(Shadows(values, slices @ centre, measure.weights))
        return shadows

    def pairs(
        self, X: list[Shadows], Y: list[Shadows] | None = None, **how: Any
    ) -> np.ndarray:
        """Solve all pairs slice by slice."""
        p, lam, n_dims = float(self.p), float(self.lam), len(np.asarray(self.slices)[0])
        if self.lam_scale == "ambient":
            lam *= sliced_scaling(n_dims, 1, p) ** p
        work = partial(_along_slices, lam=lam, p=p)
        return all_pairs(work, X, Y, sizes=_n_values, **how) ** (1 / p)


def _n_values(shadows: Shadows) -> int:
    return int(shadows.values.shape[1])


def _along_slices(
    one: Shadows, others: list[Shadows], *, lam: float, p: float
) -> tuple[list[float], np.ndarray]:
    means = []
    for other in others:
        # about the mean of one: sets far off lose no digits
        values = other.values + (other.centres - one.centres)[:, None]
        costs = partial_line_costs(
            one.values, values, one.weights, other.weights, lam=lam, p=p
        )
        means.append(float(costs.mean()))
    return means, np.ones(len(means), dtype=bool)


def sliced_partial_distances(
    X: Any,
    Y: Any = None,
    *,
    lam: float | str,
    p: float = 2,
    n_slices: int = 64,
    slices: Slices = "auto",
    lam_scale: str = "ambient",
    masses: str = "positive",
    random_state: RandomState = None,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> np.ndarray:
    """Compute sliced partial transport distances between all pairs of sets.

    The p-th mean over slices of exact partial transport distances between projections.
    All pairs see the same slices, so that the result is a metric.

    Parameters
    ----------
    X : set-like of shape (n_sets_X, n_dims)
        Anything `skot.sets.read_sets` reads.
    Y : set-like of shape (n_sets_Y, n_dims) or None, default=None
        Other sets. None takes X, and solves each pair once.
    lam : float or str
        Penalty of a unit of mass left unmatched, in units of the p-th power of the
        distance, on either side: nothing moves at a cost of ``2 * lam`` or more. "q50"
        makes that the median between two of the pooled points of Y, or of X where that
        is None, "q10" the 10 % quantile, and so on; "auto" is "q50".
    p : float, default=2
        Order, at least 1.
    n_slices : int, default=64
        Number of slices.
    slices : str, array-like of shape (n_slices, n_dims) or callable, default="auto"
        Directions, as in `skot.solvers.sample_slices`.
    lam_scale : {"ambient", "projected"}, default="ambient"
        Whether ``lam`` is compared with distances in space, and shrinks as they do
        along a slice, by ``1 / n_dims`` for ``p=2``; or with distances along the slice.
        As in `skot.solvers.sliced_partial_wasserstein`.
    masses : {"positive", "probability"}, default="positive"
        "positive" takes weights as they are, and points without weights have mass 1
        each; "probability" scales the mass of each set to 1.
    random_state : int, RandomState, Generator or None, default=None
        Source of random slices.
    n_jobs : int or None, default=None
        Workers, as in joblib. The result does not depend on it.
    verbose : int, default=0
        Progress is printed where positive.

    Returns
    -------
    ndarray of shape (n_sets_X, n_sets_Y)
        Distances, the p-th roots; symmetric with a diagonal of zeros where Y is None.

    Raises
    ------
    ValueError
        If a set is empty, has NaN, infinite or no mass, dimensions differ, ``lam`` is
        neither a price nor a quantile, p is below 1, or the slices do not fit.

    See Also
    --------
    skot.solvers.sliced_partial_wasserstein : One pair, with its standard error.

    Notes
    -----
    ``O(n_slices * n_points * log n_points)`` a pair for points of equal mass, some 10
    microseconds a slice for two sets of 100. Other weights ask for a linear program a
    slice, as in `skot.solvers.partial_wasserstein_1d`: then exact distances in space
    are cheaper.

    References
    ----------
    .. [1] Bai, Schmitzer, Thorpe, Kolouri, "Sliced optimal partial transport", CVPR
       2023. https://arxiv.org/abs/2212.08049

    Examples
    --------
    >>> from skot.distance import sliced_partial_distances
    >>> X = [[[0.0, 0.0], [2.0, 0.0]], [[0.0, 0.0], [2.0, 0.0], [900.0, 0.0]]]
    >>> sliced_partial_distances(X, lam=4.0, slices=[[1.0, 0.0]]).round(4)
    array([[0.    , 1.4142],
           [1.4142, 0.    ]])
    """
    sliced = SlicedPartial(
        lam=lam,
        p=p,
        n_slices=n_slices,
        slices=slices,
        lam_scale=lam_scale,
        masses=masses,
        random_state=random_state,
    )
    return distances_between(sliced, X, Y, n_jobs=n_jobs, verbose=verbose)


Projected = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True, kw_only=True, eq=False)
class LinearPartial(PartialMetric):
    """Partial transport through a reference: one problem a set, none a pair."""

    reference: ArrayLike | Measure | tuple[ArrayLike, ArrayLike] | PointSets
    self_zero: bool = False

    def fit(self, sets: PointSets) -> Self:
        """Read the reference, and choose the penalty."""
        reference = read_sets(
            [as_measure(self.reference)], masses=self.masses, name="reference"
        )
        if reference.shape[1] != sets.shape[1]:
            raise ValueError(
                f"X is in R^{sets.shape[1]}, but the reference in "
                f"R^{reference.shape[1]}"
            )
        read = replace(self, reference=self.weighed(reference))
        lam = learn_penalty(self.lam, lambda: read.costs(sets))
        return replace(read, lam=lam)

    def costs(self, sets: PointSets) -> tuple[np.ndarray, np.ndarray]:
        """Costs between the reference and pooled points."""
        assert isinstance(self.reference, PointSets)
        atoms, weights = self.reference.points, given_masses(self.reference)
        return reference_costs(sets.canonical(), atoms, weights)

    def prepare(self, sets: PointSets, name: str = "X", **how: Any) -> Projected:
        """Transport the reference to each set."""
        assert isinstance(self.reference, PointSets)
        atoms, weights = self.reference.points, self.reference.weights
        work = partial(partial_projections, atoms, weights=weights, lam=float(self.lam))
        chunks = chunk_bounds(sets.sizes, CHUNK // len(atoms))
        if self.masses == "probability":
            sets = self.weighed(sets)
        seen = [result for _, result in map_chunks(work, sets, chunks, **how)]
        n_failed = sum(np.count_nonzero(~part.converged) for part in seen)
        if n_failed:
            warn(f"{n_failed} {NOT_OPTIMAL}", ConvergenceWarning)
        return (
            np.concatenate([part.displacements for part in seen]),
            np.concatenate([part.retained for part in seen]),
            np.concatenate([part.created for part in seen]),
        )

    def pairs(self, X: Projected, Y: Projected | None = None, **how: Any) -> np.ndarray:
        """Compare all pairs, as vectors."""
        lam = float(self.lam)
        D: np.ndarray = linear_partial(X, Y, lam=lam, self_zero=self.self_zero)
        return D


def lopt_distances(
    X: Any,
    Y: Any = None,
    *,
    lam: float | str,
    reference: ArrayLike | Measure | tuple[ArrayLike, ArrayLike],
    self_zero: bool = False,
    masses: str = "positive",
    n_jobs: int | None = None,
    verbose: int = 0,
) -> np.ndarray:
    """Compute linear optimal partial transport (LOPT) distances through a reference.

    Those of `skot.embedding.LOPTEmbedding`, which also learns a reference: one problem
    for each set, then vector arithmetic for each pair.

    Parameters
    ----------
    X : set-like of shape (n_sets_X, n_dims)
        Anything `skot.sets.read_sets` reads.
    Y : set-like of shape (n_sets_Y, n_dims) or None, default=None
        Other sets. None takes X.
    lam : float or str
        Penalty of a unit of mass left unmatched, in squared units of the points, on
        either side: ``2 * lam`` is the largest squared distance at which anything
        moves. "q50" makes that the median between the reference and points of Y, or of
        X where that is None, "q10" the 10 % quantile, and so on; "auto" is "q50".
    reference : array-like of shape (n_reference, n_dims), Measure or tuple
        The reference, points or points and weights. Its points have mass 1 each, or the
        weights of the `Measure`, and are scaled to mass 1 with
        ``masses="probability"``.
    self_zero : bool, default=False
        Whether unmatched masses of two sets are taken for the same mass, the lesser of
        both. Without it, a set with outliers is not at distance 0 from itself.
    masses : {"positive", "probability"}, default="positive"
        "positive" takes weights as they are, and points without weights have mass 1
        each; "probability" scales the mass of each set to 1.
    n_jobs : int or None, default=None
        Workers, as in joblib. The result does not depend on it.
    verbose : int, default=0
        Progress is printed where positive.

    Returns
    -------
    ndarray of shape (n_sets_X, n_sets_Y)
        Distances, roots of LOPT discrepancies.

    Raises
    ------
    ValueError
        If a set or the reference is empty, has NaN, infinite or no mass, dimensions
        differ, or ``lam`` is neither a price nor a quantile.

    References
    ----------
    .. [1] Bai, Medri, Diaz Martin, Shahroz, Kolouri, "Linear optimal partial transport
       embedding", ICML 2023. https://arxiv.org/abs/2302.03232

    Examples
    --------
    >>> from skot.distance import lopt_distances
    >>> X, Y = [[[0.5], [11.0]]], [[[1.0], [30.0]]]
    >>> reference = [[0.0], [10.0]]
    >>> lopt_distances(X, Y, lam=5.0, reference=reference) ** 2
    array([[10.25]])
    """
    through = LinearPartial(
        lam=lam, reference=reference, self_zero=self_zero, masses=masses
    )
    return distances_between(through, X, Y, n_jobs=n_jobs, verbose=verbose)
