# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Transport Lp distances between all signals of two collections."""

from functools import partial

import numpy as np
from scipy.spatial.distance import cdist

from ..sets import coordinate_scales
from ._pairwise import _check_order, read_pair, wasserstein_distances
from ._partial import partial_wasserstein_distances, read_masses


def tlp_distances(X, Y=None, *, beta=1.0, p=2, n_coords=1, n_jobs=None, verbose=0):
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
    X, Y = read_pair(X, Y)
    p = _check_order(p)
    X, Y = lifted(X, Y, n_coords, beta, p)
    metric = lp_metric(p)
    return wasserstein_distances(
        X, Y, p=p, metric=metric, n_jobs=n_jobs, verbose=verbose
    )


def ptlp_distances(
    X,
    Y=None,
    *,
    lam,
    beta=1.0,
    p=2,
    n_coords=1,
    masses="positive",
    n_jobs=None,
    verbose=0,
):
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
    lam : float
        Penalty of a unit of mass left unmatched, in units of value ** p, on either
        side: nothing moves and changes at a cost of ``2 * lam`` or more.
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
        If a set is empty, has NaN, infinite or no mass, dimensions differ, ``lam`` or
        ``beta`` is not positive and finite, p is below 1, or ``n_coords`` does not fit.

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
    X, Y = read_masses(X, Y, masses)
    p = _check_order(p)
    X, Y = lifted(X, Y, n_coords, beta, p)
    return partial_wasserstein_distances(
        X,
        Y,
        lam=lam,
        p=p,
        metric=lp_metric(p),
        masses=masses,
        n_jobs=n_jobs,
        verbose=verbose,
    )


def lifted(X, Y, n_coords, beta, p):
    """Scale the coordinates of both collections; Y may be None."""
    if not 1 <= n_coords <= X.shape[1]:
        raise ValueError(
            f"n_coords must be between 1 and the {X.shape[1]} columns of X, "
            f"got {n_coords!r}"
        )
    if not 0 < beta < np.inf:
        raise ValueError(f"beta must be a positive finite number, got {beta!r}")
    scales = coordinate_scales(n_coords, X.shape[1] - n_coords, beta=beta, p=p)
    return [s if s is None else s.with_points(s.points / scales) for s in (X, Y)]


def lp_metric(p):
    """Distance whose p-th power is a sum over coordinates and values."""
    named = {1: "cityblock", 2: "euclidean"}
    return named.get(p) or partial(cdist, metric="minkowski", p=p)
