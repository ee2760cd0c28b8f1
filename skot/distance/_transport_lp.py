# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Transport Lp distances between all signals of two collections."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from scipy.spatial.distance import cdist

from ..sets import PointSets, coordinate_scales
from ..solvers import read_order, read_positive
from ._base import Metric, distances_between
from ._pairwise import Ground, Wasserstein
from ._partial import PartialMetric, PartialWasserstein


@dataclass(frozen=True, kw_only=True, eq=False)
class TransportLp(Metric):
    """Wasserstein distances of signals, moves in space and in value being weighed."""

    beta: float = 1.0
    p: float = 2
    n_coords: int = 1

    def __post_init__(self) -> None:
        read_order(self.p)
        read_positive(self.beta, "beta")

    def prepare(self, sets: PointSets, name: str = "X", **how: Any) -> PointSets:
        """Scale the coordinates."""
        scaled = scale_coords(sets, self.n_coords, self.beta, self.p, name)
        return self._scaled().prepare(scaled, name, **how)

    def pairs(self, X: PointSets, Y: PointSets | None = None, **how: Any) -> np.ndarray:
        """Solve all pairs."""
        return self._scaled().pairs(X, Y, **how)

    def _scaled(self) -> Wasserstein:
        return Wasserstein(p=self.p, metric=lp_metric(self.p))


def tlp_distances(
    X: Any,
    Y: Any = None,
    *,
    beta: float = 1.0,
    p: float = 2,
    n_coords: int = 1,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> np.ndarray:
    r"""Compute exact transport Lp distances between all pairs of signals.

    .. math::
        TL_p^p(f, g) = \min_G \sum_{ij} G_{ij} \left( \frac{1}{\beta} |x_i - y_j|_p^p
        + |f(x_i) - g(y_j)|_p^p \right),

    over transport plans G between the samples: a sample moves in space, or changes its
    value, whichever is cheaper.

    Parameters
    ----------
    X : set-like of shape (n_sets_X, n_coords + n_channels)
        Signals as sets of points (coordinate, value), what `skot.signal.SignalLift`
        makes of them; weights are scaled to sum 1.
    Y : set-like of shape (n_sets_Y, n_coords + n_channels) or None, default=None
        Other signals. None takes X, and solves each pair once.
    beta : float, default=1.0
        What the p-th power of a move in space is divided by, in units of
        (coordinate / value) ** p. Leave it at 1 for sets from a
        `skot.signal.SignalLift` that was given one.
    p : float, default=2
        Order, at least 1, also of the norms of moves and of changes in value.
    n_coords : int, default=1
        How many columns are coordinates. All of them leaves no values, and Wasserstein
        distances.
    n_jobs : int or None, default=None
        Workers, as in joblib. The result does not depend on it.
    verbose : int, default=0
        Progress is printed where positive.

    Returns
    -------
    ndarray of shape (n_sets_X, n_sets_Y)
        Distances, in the unit of the values; symmetric with a diagonal of zeros where Y
        is None.

    Raises
    ------
    ValueError
        If a set is empty, has NaN, infinite or no mass, dimensions differ, ``beta`` is
        not positive and finite, p is below 1, or ``n_coords`` does not fit.

    Warns
    -----
    ConvergenceWarning
        If the network simplex ran out of pivots on some pairs.

    See Also
    --------
    skot.signal.SignalLift : Makes sets of signals.
    ptlp_distances : Where parts of a signal have no counterpart.

    Notes
    -----
    One linear program a pair, with the cost of `wasserstein_distances`. On a common
    grid the distance is at most that in :math:`L^p`, which it approaches as ``beta``
    goes to 0. Values and coordinates of other scales than 1 ask for a ``beta`` of their
    ratio, or for ``SignalLift(normalize=True)``.

    References
    ----------
    .. [1] Thorpe, Park, Kolouri, Rohde, Slepcev, "A transportation Lp distance for
       signal analysis", JMIV 59, 2017. https://arxiv.org/abs/1609.08669

    Examples
    --------
    Pulses at 0.5 and at 1 are a move apart, however large they are:

    >>> from skot.distance import tlp_distances
    >>> from skot.signal import SignalLift
    >>> X = SignalLift().fit_transform([[0.0, 5.0, 0.0], [0.0, 0.0, 5.0]])
    >>> tlp_distances(X).round(4)
    array([[0.    , 0.4082],
           [0.4082, 0.    ]])
    """
    lifted = TransportLp(beta=beta, p=p, n_coords=n_coords)
    return distances_between(lifted, X, Y, n_jobs=n_jobs, verbose=verbose)


@dataclass(frozen=True, kw_only=True, eq=False)
class PartialTransportLp(PartialMetric):
    """Partial transport of signals, moves in space and in value being weighed."""

    beta: float = 1.0
    p: float = 2
    n_coords: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        read_order(self.p)
        read_positive(self.beta, "beta")

    def costs(self, sets: PointSets) -> tuple[np.ndarray, np.ndarray]:
        """Costs between pooled points, coordinates scaled."""
        return self._scaled().costs(
            scale_coords(sets, self.n_coords, self.beta, self.p)
        )

    def prepare(self, sets: PointSets, name: str = "X", **how: Any) -> PointSets:
        """Scale the coordinates."""
        scaled = scale_coords(sets, self.n_coords, self.beta, self.p, name)
        return self._scaled().prepare(scaled, name, **how)

    def pairs(self, X: PointSets, Y: PointSets | None = None, **how: Any) -> np.ndarray:
        """Solve all pairs."""
        return self._scaled().pairs(X, Y, **how)

    def _scaled(self) -> PartialWasserstein:
        metric = lp_metric(self.p)
        return PartialWasserstein(
            lam=self.lam, p=self.p, metric=metric, masses=self.masses
        )


def ptlp_distances(
    X: Any,
    Y: Any = None,
    *,
    lam: float | str,
    beta: float = 1.0,
    p: float = 2,
    n_coords: int = 1,
    masses: str = "positive",
    n_jobs: int | None = None,
    verbose: int = 0,
) -> np.ndarray:
    r"""Compute exact partial transport Lp distances between all pairs of signals.

    .. math::
        PTL_p^p(f, g) = \min_G \sum_{ij} G_{ij} \left( \frac{1}{\beta} |x_i - y_j|_p^p
        + |f(x_i) - g(y_j)|_p^p \right) + \lambda \left( |\mu| + |\nu| - 2 |G| \right),

    over plans G that move at most the mass there is on either side: samples of an
    artefact are left alone, at a price.

    Parameters
    ----------
    X : set-like of shape (n_sets_X, n_coords + n_channels)
        Signals as sets of points (coordinate, value), what `skot.signal.SignalLift`
        makes of them.
    Y : set-like of shape (n_sets_Y, n_coords + n_channels) or None, default=None
        Other signals. None takes X, and solves each pair once.
    lam : float or str
        Penalty of a unit of mass left unmatched, in units of value ** p, on either
        side: nothing moves and changes at a cost of ``2 * lam`` or more. "q50" makes
        that the median cost between two of the pooled samples of Y, or of X where that
        is None, "q10" the 10 % quantile, and so on; "auto" is "q50".
    beta : float, default=1.0
        What the p-th power of a move in space is divided by, in units of
        (coordinate / value) ** p. Leave it at 1 for sets from a
        `skot.signal.SignalLift` that was given one.
    p : float, default=2
        Order, at least 1, also of the norms of moves and of changes in value.
    n_coords : int, default=1
        How many columns are coordinates. All of them leaves no values, and partial
        Wasserstein distances.
    masses : {"positive", "probability"}, default="positive"
        "positive" takes weights as they are, and samples without weights have mass 1
        each; "probability" scales the mass of each signal to 1.
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
        neither a price nor a quantile, ``beta`` is not positive and finite, p is below
        1, or ``n_coords`` does not fit.

    Warns
    -----
    ConvergenceWarning
        If the network simplex ran out of pivots on some pairs.

    See Also
    --------
    tlp_distances : Where every sample has a counterpart.
    sliced_partial_distances : By sorting, on lifted signals too.

    Notes
    -----
    One linear program a pair, as `partial_wasserstein_distances`. A signal with m more
    samples of mass 1 is at most ``(m * lam) ** (1 / p)`` away from itself. On a common
    grid, as ``beta`` goes to 0, this becomes an :math:`L^p` distance whose changes are
    cut at ``2 * lam``.

    References
    ----------
    .. [1] Liu, Bai, Tran, Zhu, Thorpe, Kolouri, "PTLp: Partial transport Lp distances",
       2023. https://arxiv.org/abs/2307.13571

    Examples
    --------
    A spike costs its penalties and no more, one for it and one for what it hides:

    >>> from skot.distance import ptlp_distances
    >>> from skot.signal import SignalLift
    >>> X = SignalLift().fit_transform([[0.0, 1.0, 0.0], [0.0, 900.0, 0.0]])
    >>> ptlp_distances(X, lam=2.0)
    array([[0., 2.],
           [2., 0.]])
    """
    lifted = PartialTransportLp(
        lam=lam, beta=beta, p=p, n_coords=n_coords, masses=masses
    )
    return distances_between(lifted, X, Y, n_jobs=n_jobs, verbose=verbose)


def scale_coords(
    sets: PointSets, n_coords: int, beta: float, p: float, name: str = "X"
) -> PointSets:
    """Scale the coordinates of signals, so that moves weigh what they should."""
    if not 1 <= n_coords <= sets.shape[1]:
        raise ValueError(
            f"n_coords must be between 1 and the {sets.shape[1]} columns of {name}, "
            f"got {n_coords!r}"
        )
    scales = coordinate_scales(n_coords, sets.shape[1] - n_coords, beta=beta, p=p)
    scaled: PointSets = sets.with_points(sets.points / scales)
    return scaled


def lp_metric(p: float) -> Ground:
    """Distance whose p-th power is a sum over coordinates and values."""
    if p in (1, 2):
        return "cityblock" if p == 1 else "euclidean"
    return partial(cdist, metric="minkowski", p=p)
