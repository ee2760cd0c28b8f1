# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Gromov-Wasserstein distances between all spaces of two collections."""

from typing import Any

import numpy as np

from ._base import distances_between
from ._pairwise import Ground
from ._spaces import (
    FusedGromovWasserstein,
    FusedPartialGromovWasserstein,
    GromovWasserstein,
    PartialGromovWasserstein,
)

__all__ = [
    "fused_gromov_wasserstein_distances",
    "fused_partial_gromov_wasserstein_distances",
    "gromov_wasserstein_distances",
    "partial_gromov_wasserstein_distances",
]


def gromov_wasserstein_distances(
    X: Any,
    Y: Any = None,
    *,
    metric: Ground = "euclidean",
    n_starts: int = 4,
    max_iter: int = 1000,
    tol: float = 1e-9,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> np.ndarray:
    r"""Compute Gromov-Wasserstein distances between all pairs of spaces.

    .. math::
        GW^2(X, Y) = \min_G \sum_{ii'jj'} (d_{ii'} - d_{jj'})^2 \, G_{ij} G_{i'j'},

    over the transport plans G between the weights of both: how far the distances within
    one space must be from those within the other. Spaces need no common coordinates,
    and turning or mirroring one changes nothing.

    Parameters
    ----------
    X : set-like, graph-like, or list of matrices
        Spaces, anything `skot.sets.read_spaces` reads for ``metric``;
        weights are scaled to sum 1.
    Y : like X, or None, default=None
        Other spaces. None takes X, and solves each pair once.
    metric : str or callable, default="euclidean"
        Distances within a space, as in `skot.sets.read_spaces`: "euclidean" and others
        between points, "precomputed", or "shortest_path", "hop" and "diffusion" between
        the nodes of graphs.
    n_starts : int, default=4
        Starts of the search, as in `skot.solvers.gromov_wasserstein`.
    max_iter : int, default=1000
        Steps of a descent, at most.
    tol : float, default=1e-9
        A descent rests when a step gains less, relative to the scale of the objective.
    n_jobs : int or None, default=None
        Workers, as in joblib. The result does not depend on it.
    verbose : int, default=0
        Progress is printed where positive.

    Returns
    -------
    ndarray of shape (n_X, n_Y)
        Distances, roots of the values of the solver; symmetric with a diagonal of zeros
        where Y is None.

    Raises
    ------
    ValueError
        Naming the space and the fault, as in
        `skot.sets.read_spaces`; or if a parameter is out of range.

    Warns
    -----
    ConvergenceWarning
        If a descent was stopped by ``max_iter``.

    See Also
    --------
    skot.solvers.gromov_wasserstein : One pair, with its plan.
    skot.embedding.LGWEmbedding : One problem a space, in place of one a pair.
    partial_gromov_wasserstein_distances : Where spaces have outliers.

    Notes
    -----
    A local minimum a pair, from several starts: the distance found is an upper bound of
    the true one. It depends neither on the order of points nor on which side comes
    first. ``O(n_points^3)`` a step and some 30 steps a pair: a few milliseconds for two
    spaces of 50 points.

    References
    ----------
    .. [1] Mémoli, "Gromov-Wasserstein distances and the metric approach to object
       matching", Foundations of Computational Mathematics 11, 2011.
       https://doi.org/10.1007/s10208-011-9093-5

    Examples
    --------
    >>> from skot.distance import gromov_wasserstein_distances
    >>> triangle = [[0.0, 0.0], [3.0, 0.0], [0.0, 4.0]]
    >>> turned = [[1.0, 1.0], [1.0, 4.0], [-3.0, 1.0]]
    >>> larger = [[0.0, 0.0], [6.0, 0.0], [0.0, 8.0]]
    >>> gromov_wasserstein_distances([triangle, turned, larger]).round(4)
    array([[0.    , 0.    , 3.3333],
           [0.    , 0.    , 3.3333],
           [3.3333, 3.3333, 0.    ]])
    """
    spaces = GromovWasserstein(
        metric=metric,
        n_starts=n_starts,
        max_iter=max_iter,
        tol=tol,
    )
    return distances_between(spaces, X, Y, n_jobs=n_jobs, verbose=verbose)


def fused_gromov_wasserstein_distances(
    X: Any,
    Y: Any = None,
    *,
    alpha: float = 0.5,
    metric: Ground = "euclidean",
    n_starts: int = 4,
    max_iter: int = 1000,
    tol: float = 1e-9,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> np.ndarray:
    r"""Compute fused Gromov-Wasserstein distances between all pairs of spaces.

    .. math::
        FGW^2(X, Y) = \min_G \, (1 - \alpha) \sum_{ij} G_{ij} |f_i - f_j|^2
        + \alpha \sum_{ii'jj'} (d_{ii'} - d_{jj'})^2 \, G_{ij} G_{i'j'},

    over the transport plans G. Features f are those of the nodes of graphs, the third
    item of a tuple (matrix, weights, features), or the coordinates of points.

    Parameters
    ----------
    X : set-like, graph-like, or list of matrices
        Spaces, anything `skot.sets.read_spaces` reads for ``metric``;
        weights are scaled to sum 1.
    Y : like X, or None, default=None
        Other spaces. None takes X, and solves each pair once.
    alpha : float, default=0.5
        Share of the structure, in [0, 1]; the rest is of the features.
    metric : str or callable, default="euclidean"
        Distances within a space, as in `skot.sets.read_spaces`: "euclidean" and others
        between points, "precomputed", or "shortest_path", "hop" and "diffusion" between
        the nodes of graphs.
    n_starts : int, default=4
        Starts of the search, as in `skot.solvers.gromov_wasserstein`.
    max_iter : int, default=1000
        Steps of a descent, at most.
    tol : float, default=1e-9
        A descent rests when a step gains less, relative to the scale of the objective.
    n_jobs : int or None, default=None
        Workers, as in joblib. The result does not depend on it.
    verbose : int, default=0
        Progress is printed where positive.

    Returns
    -------
    ndarray of shape (n_X, n_Y)
        Distances, roots of the values of the solver; symmetric with a diagonal of zeros
        where Y is None.

    Raises
    ------
    ValueError
        Naming the space and the fault, as in
        `skot.sets.read_spaces`; if spaces have no features, or not of one
        width; or if a parameter is out of range.

    Warns
    -----
    ConvergenceWarning
        If a descent was stopped by ``max_iter``.

    See Also
    --------
    skot.solvers.fused_gromov_wasserstein : One pair, with any cost of features.
    gromov_wasserstein_distances : Structure alone.

    Notes
    -----
    A local minimum a pair, from several starts: the distance found is an upper bound of
    the true one. It depends neither on the order of points nor on which side comes
    first. ``O(n_points^3)`` a step and some 30 steps a pair: a few milliseconds for two
    spaces of 50 points.

    References
    ----------
    .. [1] Vayer, Chapel, Flamary, Tavenard, Courty, "Optimal transport for structured
       data with application on graphs", ICML 2019. https://arxiv.org/abs/1805.09114

    Examples
    --------
    >>> import numpy as np
    >>> from skot.distance import fused_gromov_wasserstein_distances
    >>> path = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> middle = np.array([[0.0], [1.0], [0.0]])
    >>> X = [(path, middle), (path, 1 - middle)]
    >>> fused_gromov_wasserstein_distances(X, metric="hop").round(4)
    array([[0.    , 0.6236],
           [0.6236, 0.    ]])
    """
    spaces = FusedGromovWasserstein(
        alpha=alpha,
        metric=metric,
        n_starts=n_starts,
        max_iter=max_iter,
        tol=tol,
    )
    return distances_between(spaces, X, Y, n_jobs=n_jobs, verbose=verbose)


def partial_gromov_wasserstein_distances(
    X: Any,
    Y: Any = None,
    *,
    lam: float | str,
    metric: Ground = "euclidean",
    masses: str = "positive",
    n_starts: int = 4,
    max_iter: int = 1000,
    tol: float = 1e-9,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> np.ndarray:
    r"""Compute partial Gromov-Wasserstein distances between all pairs of spaces.

    .. math::
        PGW^2(X, Y) = \min_G \sum_{ii'jj'} (d_{ii'} - d_{jj'})^2 \, G_{ij} G_{i'j'}
        + \lambda \left( |X|^2 + |Y|^2 - 2 |G|^2 \right),

    over plans G that move at most the mass there is on either side.

    Parameters
    ----------
    X : set-like, graph-like, or list of matrices
        Spaces, anything `skot.sets.read_spaces` reads for ``metric``.
    Y : like X, or None, default=None
        Other spaces. None takes X, and solves each pair once.
    lam : float or str
        Penalty, in units of squared distance: a point of X and its partner in Y are
        matched beside another such pair where both points are as far from those, but
        for less than ``sqrt(2 * lam)``. "auto" and quantiles such as "q50" are learnt
        from Y, or from X where that is None, as by `skot.embedding.LPGWEmbedding`.
    metric : str or callable, default="euclidean"
        Distances within a space, as in `skot.sets.read_spaces`: "euclidean" and others
        between points, "precomputed", or "shortest_path", "hop" and "diffusion" between
        the nodes of graphs.
    masses : {"positive", "probability"}, default="positive"
        "positive" takes weights as they are, and points without weights have mass 1
        each; "probability" scales the mass of each space to 1.
    n_starts : int, default=4
        Starts of the search, as in `skot.solvers.gromov_wasserstein`.
    max_iter : int, default=1000
        Steps of a descent, at most.
    tol : float, default=1e-9
        A descent rests when a step gains less, relative to the scale of the objective.
    n_jobs : int or None, default=None
        Workers, as in joblib. The result does not depend on it.
    verbose : int, default=0
        Progress is printed where positive.

    Returns
    -------
    ndarray of shape (n_X, n_Y)
        Distances, roots of the values of the solver; symmetric with a diagonal of zeros
        where Y is None.

    Raises
    ------
    ValueError
        Naming the space and the fault, as in
        `skot.sets.read_spaces`; or if a parameter is out of range.

    Warns
    -----
    ConvergenceWarning
        If a descent was stopped by ``max_iter``.

    See Also
    --------
    skot.solvers.partial_gromov_wasserstein : One pair, with its plan.
    skot.embedding.LPGWEmbedding : One problem a space, in place of one a pair.

    Notes
    -----
    A local minimum a pair, from several starts: the distance found is an upper bound of
    the true one, which is a metric. It depends neither on the order of points nor on
    which side comes first. ``O(n_points^3)`` a step and some 30 steps a pair: a few
    milliseconds for two spaces of 50 points.

    References
    ----------
    .. [1] Bai, Martin, Kothapalli, Du, Liu, Kolouri, "Partial Gromov-Wasserstein
       metric", ICLR 2025. https://arxiv.org/abs/2402.03664

    Examples
    --------
    >>> from skot.distance import partial_gromov_wasserstein_distances
    >>> triangle = [[0.0, 0.0], [3.0, 0.0], [0.0, 4.0]]
    >>> turned = [[1.0, 1.0], [1.0, 4.0], [-3.0, 1.0]]
    >>> outlier = [*triangle, [90.0, 0.0]]
    >>> partial_gromov_wasserstein_distances([triangle, turned, outlier], lam=1.0)
    array([[0.        , 0.        , 2.64575131],
           [0.        , 0.        , 2.64575131],
           [2.64575131, 2.64575131, 0.        ]])
    """
    spaces = PartialGromovWasserstein(
        lam=lam,
        masses=masses,
        metric=metric,
        n_starts=n_starts,
        max_iter=max_iter,
        tol=tol,
    )
    return distances_between(spaces, X, Y, n_jobs=n_jobs, verbose=verbose)


def fused_partial_gromov_wasserstein_distances(
    X: Any,
    Y: Any = None,
    *,
    lam: float | str,
    alpha: float = 0.5,
    metric: Ground = "euclidean",
    masses: str = "positive",
    n_starts: int = 4,
    max_iter: int = 1000,
    tol: float = 1e-9,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> np.ndarray:
    r"""Compute fused partial Gromov-Wasserstein distances between all pairs.

    .. math::
        FPGW^2(X, Y) = \min_G \, (1 - \alpha) \sum_{ij} G_{ij} |f_i - f_j|^2
        + \alpha \sum_{ii'jj'} (d_{ii'} - d_{jj'})^2 \, G_{ij} G_{i'j'}
        + \lambda \left( |X|^2 + |Y|^2 - 2 |G|^2 \right),

    over plans G that move at most the mass there is on either side. Features f are
    those of the nodes of graphs, the third item of a tuple (matrix, weights, features),
    or the coordinates of points.

    Parameters
    ----------
    X : set-like, graph-like, or list of matrices
        Spaces, anything `skot.sets.read_spaces` reads for ``metric``.
    Y : like X, or None, default=None
        Other spaces. None takes X, and solves each pair once.
    lam : float or str
        Penalty, in units of squared distance: a point of X and its partner in Y are
        matched beside another such pair where both points are as far from those, but
        for less than ``sqrt(2 * lam)``. "auto" and quantiles such as "q50" are learnt
        from Y, or from X where that is None, as by `skot.embedding.LPGWEmbedding`.
    alpha : float, default=0.5
        Share of the structure, in [0, 1]; the rest is of the features.
    metric : str or callable, default="euclidean"
        Distances within a space, as in `skot.sets.read_spaces`: "euclidean" and others
        between points, "precomputed", or "shortest_path", "hop" and "diffusion" between
        the nodes of graphs.
    masses : {"positive", "probability"}, default="positive"
        "positive" takes weights as they are, and points without weights have mass 1
        each; "probability" scales the mass of each space to 1.
    n_starts : int, default=4
        Starts of the search, as in `skot.solvers.gromov_wasserstein`.
    max_iter : int, default=1000
        Steps of a descent, at most.
    tol : float, default=1e-9
        A descent rests when a step gains less, relative to the scale of the objective.
    n_jobs : int or None, default=None
        Workers, as in joblib. The result does not depend on it.
    verbose : int, default=0
        Progress is printed where positive.

    Returns
    -------
    ndarray of shape (n_X, n_Y)
        Distances, roots of the values of the solver; symmetric with a diagonal of zeros
        where Y is None.

    Raises
    ------
    ValueError
        Naming the space and the fault, as in
        `skot.sets.read_spaces`; if spaces have no features, or not of one
        width; or if a parameter is out of range.

    Warns
    -----
    ConvergenceWarning
        If a descent was stopped by ``max_iter``.

    See Also
    --------
    skot.solvers.fused_partial_gromov_wasserstein : One pair, with its plan.
    partial_gromov_wasserstein_distances : Structure alone.

    Notes
    -----
    A local minimum a pair, from several starts: the distance found is an upper bound of
    the true one. It depends neither on the order of points nor on which side comes
    first. ``O(n_points^3)`` a step and some 30 steps a pair: a few milliseconds for two
    spaces of 50 points.

    References
    ----------
    .. [1] Bai et al., "Fused partial Gromov-Wasserstein for structured objects", 2025.
       https://arxiv.org/abs/2502.09934

    Examples
    --------
    >>> import numpy as np
    >>> from skot.distance import fused_partial_gromov_wasserstein_distances
    >>> path = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> middle = np.array([[0.0], [1.0], [0.0]])
    >>> X = [(path, middle), (path[:2, :2], middle[:2])]
    >>> fused_partial_gromov_wasserstein_distances(X, lam=1.0, metric="hop").round(4)
    array([[0.    , 2.2361],
           [2.2361, 0.    ]])
    """
    spaces = FusedPartialGromovWasserstein(
        lam=lam,
        alpha=alpha,
        masses=masses,
        metric=metric,
        n_starts=n_starts,
        max_iter=max_iter,
        tol=tol,
    )
    return distances_between(spaces, X, Y, n_jobs=n_jobs, verbose=verbose)
