# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Partial transport distances between all sets of two collections."""

from functools import partial

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state

from .._parallel import chunk_bounds, map_chunks
from .._warnings import warn
from ..reductions import COSTS
from ..sets import as_measure, probabilities, read_sets
from ..sets import masses as given_masses
from ..solvers import linear_partial, partial_projections, sample_slices
from ..solvers._partial.pairs import partial_costs
from ..solvers._partial.partial import check_penalty
from ..solvers._partial.sliced import line_values, penalty_scale
from ._pairwise import _check_order, all_pairs

# Entries of the cost matrices of one chunk of sets, as for the embedding.
CHUNK = 2**16

__all__ = [
    "lopt_distances",
    "partial_wasserstein_distances",
    "sliced_partial_distances",
]


def partial_wasserstein_distances(
    X,
    Y=None,
    *,
    lam,
    p=2,
    metric="euclidean",
    masses="positive",
    n_jobs=None,
    verbose=0,
):
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
    lam : float
        Penalty of a unit of mass left unmatched, in units of ``d ** p``, on either
        side: ``2 * lam`` is the largest ``d ** p`` at which anything moves.
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
        not positive and finite, p is below 1 or the metric is unknown.

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
    X, Y = read_masses(X, Y, masses)
    if isinstance(metric, str) and metric not in COSTS:
        raise ValueError(f"metric must be one of {sorted(COSTS)}, got {metric!r}")
    p, lam = _check_order(p), check_penalty(lam)
    work = partial(partial_costs, lam=lam, p=p, metric=metric)
    D, n_failed = all_pairs(work, X, Y, n_jobs=n_jobs, verbose=verbose)
    _warn(n_failed)
    return D ** (1 / p)


def sliced_partial_distances(
    X,
    Y=None,
    *,
    lam,
    p=2,
    n_slices=64,
    slices="auto",
    lam_scale="ambient",
    masses="positive",
    random_state=None,
    n_jobs=None,
    verbose=0,
):
    """Compute sliced partial transport distances between all pairs of sets.

    The p-th mean over slices of exact partial transport distances between projections.
    All pairs see the same slices, so that the result is a metric.

    Parameters
    ----------
    X : set-like of shape (n_sets_X, n_dims)
        Anything `skot.sets.read_sets` reads.
    Y : set-like of shape (n_sets_Y, n_dims) or None, default=None
        Other sets. None takes X, and solves each pair once.
    lam : float
        Penalty of a unit of mass left unmatched, in units of the p-th power of the
        distance, on either side: nothing moves at a cost of ``2 * lam`` or more.
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
    random_state : int, RandomState instance or None, default=None
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
        not positive and finite, p is below 1, or the slices do not fit.

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
    X, Y = read_masses(X, Y, masses)
    p, n_dims = _check_order(p), X.shape[1]
    slices = sample_slices(n_slices, n_dims, slices, check_random_state(random_state))
    work = partial(
        _sliced,
        slices=slices,
        lam=check_penalty(lam) * penalty_scale(lam_scale, n_dims, p),
        p=p,
    )
    D, _ = all_pairs(work, X, Y, n_jobs=n_jobs, verbose=verbose)
    return D ** (1 / p)


def _sliced(measure, sets, slices, lam, p):
    x, a = measure.points.astype(np.float64), measure.weights
    centre = x.mean(axis=0)
    u, means = slices @ (x - centre).T, []
    for other in sets:
        v = slices @ (other.points.astype(np.float64) - centre).T
        means.append(line_values(u, v, a, other.weights, lam, p).mean())
    return means, np.ones(len(means), dtype=bool)


def lopt_distances(
    X,
    Y=None,
    *,
    lam,
    reference,
    self_zero=False,
    masses="positive",
    n_jobs=None,
    verbose=0,
):
    """Compute linear optimal partial transport (LOPT) distances through a reference.

    Those of `skot.embedding.LOPTEmbedding`, which also learns a reference: one problem
    for each set, then vector arithmetic for each pair.

    Parameters
    ----------
    X : set-like of shape (n_sets_X, n_dims)
        Anything `skot.sets.read_sets` reads.
    Y : set-like of shape (n_sets_Y, n_dims) or None, default=None
        Other sets. None takes X.
    lam : float
        Penalty of a unit of mass left unmatched, in squared units of the points, on
        either side: ``2 * lam`` is the largest squared distance at which anything
        moves.
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
        differ, or ``lam`` is not positive and finite.

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
    X, Y = read_masses(X, Y, masses)
    lam = check_penalty(lam)
    reference = [as_measure(reference)]
    reference = read_masses(reference, None, masses, name="reference")[0][0]
    if reference.shape[1] != X.shape[1]:
        raise ValueError(
            f"X is in R^{X.shape[1]}, but the reference in R^{reference.shape[1]}"
        )
    atoms, weights = reference.points.astype(np.float64), given_masses(reference)
    work = partial(partial_projections, atoms, weights, lam=lam)
    sides, n_failed = [], 0
    for sets in (X,) if Y is None else (X, Y):
        chunks = chunk_bounds(sets.sizes, CHUNK // len(atoms))
        seen = [
            result
            for _, result in map_chunks(
                work, sets, chunks, n_jobs=n_jobs, verbose=verbose
            )
        ]
        parts = [(p.displacements, p.retained, p.created) for p in seen]
        sides.append([np.concatenate(part) for part in zip(*parts, strict=True)])
        n_failed += sum(np.count_nonzero(~p.converged) for p in seen)
    _warn(n_failed)
    return linear_partial(*sides, lam=lam, self_zero=self_zero)


def read_masses(X, Y, masses, name="X"):
    """Read both collections, their masses as asked for; Y may be None."""
    if masses not in ("positive", "probability"):
        raise ValueError(f"masses must be 'positive' or 'probability', got {masses!r}")
    read = []
    for sets, label in ((X, name), (Y, "Y")):
        if sets is not None:
            sets = read_sets(sets, masses=masses, name=label)
            if masses == "probability":
                sets = sets.with_weights(probabilities(sets))
        read.append(sets)
    X, Y = read
    if Y is not None and X.shape[1] != Y.shape[1]:
        raise ValueError(f"X is in R^{X.shape[1]}, but Y is in R^{Y.shape[1]}")
    return X, Y


def _warn(n_failed):
    if n_failed:
        warn(
            f"{n_failed} transport plans are not optimal: the network simplex ran out "
            "of pivots, and distances are too large. Use smaller sets.",
            ConvergenceWarning,
        )
