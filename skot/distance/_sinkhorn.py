# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Sinkhorn divergences between all sets of two collections."""

from functools import partial

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.parallel import Parallel, delayed

from .._warnings import warn
from ..sets import probabilities
from ..solvers import auto_reg, self_potential, sinkhorn_divergence
from ._pairwise import all_pairs, read_pair


def sinkhorn_divergences(
    X,
    Y=None,
    *,
    reg="auto",
    p=2,
    tol=1e-6,
    max_iter=1000,
    backend="auto",
    n_jobs=None,
    verbose=0,
):
    r"""Compute debiased Sinkhorn divergences between all pairs of sets.

    .. math::
        S(\mu, \nu) = T(\mu, \nu) - \tfrac12 T(\mu, \mu) - \tfrac12 T(\nu, \nu),

    with T entropic transport for the cost :math:`|x - y|^p`. It lies between
    :math:`W_p^p`, for small ``reg``, and the squared distance of the means or half the
    energy distance, for large; it is a cost, not a distance.

    Parameters
    ----------
    X : set-like of shape (n_sets_X, n_dims)
        Anything `skot.sets.read_sets` reads; weights are scaled to sum 1.
    Y : set-like of shape (n_sets_Y, n_dims) or None, default=None
        Other sets. None takes X, and solves each pair once.
    reg : float or "auto", default="auto"
        Weight of the entropy, in units of the cost. "auto" takes a twentieth of the
        mean cost of the pooled points of Y, or of X where that is None: see
        `skot.solvers.auto_reg`.
    p : {1, 2}, default=2
        Power of the distance in the cost.
    tol : float, default=1e-6
        Marginal error to reach; the error of a value is of the order of its square.
    max_iter : int, default=1000
        Sweeps over all points, at most, for each problem.
    backend : {"auto", "numpy", "keops", "cells"}, default="auto"
        As in `skot.solvers.sinkhorn_divergence`.
    n_jobs : int or None, default=None
        Workers, as in joblib. The result does not depend on it.
    verbose : int, default=0
        Progress is printed where positive.

    Returns
    -------
    ndarray of shape (n_sets_X, n_sets_Y)
        Divergences, in units of the cost; symmetric with a diagonal of zeros where Y
        is None.

    Raises
    ------
    ValueError
        If a set is empty, has NaN, infinite or no mass, dimensions differ, or a
        parameter is out of range.

    Warns
    -----
    ConvergenceWarning
        If the marginal error of some pairs is above ``tol``.

    See Also
    --------
    skot.solvers.sinkhorn_divergence : One pair, with potentials and gradient.
    wasserstein_distances : Exact, and faster up to some hundred points.

    Notes
    -----
    A set's transport to itself is solved once. ``O(n_points^2)`` a sweep, for a pair;
    memory is linear in the points where sets are large.

    References
    ----------
    .. [1] Feydy, Séjourné, Vialard, Amari, Trouvé, Peyré, "Interpolating between
       optimal transport and MMD using Sinkhorn divergences", AISTATS 2019.
       https://arxiv.org/abs/1810.08278

    Examples
    --------
    >>> from skot.distance import sinkhorn_divergences
    >>> X = [[[0.0, 0.0], [2.0, 0.0]], [[3.0, 4.0], [5.0, 4.0]]]
    >>> sinkhorn_divergences(X).round(4)
    array([[ 0., 25.],
           [25.,  0.]])
    """
    # in one order of points, whichever they came in
    X, Y = (
        None if sets is None else sets.canonical(masses="probability")
        for sets in read_pair(X, Y)
    )
    if isinstance(reg, str) and reg == "auto":
        pooled = X if Y is None else Y
        reg = auto_reg(pooled.points, probabilities(pooled), p=p)
    params = {"reg": reg, "p": p, "tol": tol, "max_iter": max_iter, "backend": backend}
    parallel = Parallel(n_jobs=n_jobs, prefer="threads")
    own = [
        None
        if sets is None
        else parallel(
            delayed(self_potential)(m.points, m.weights, **params) for m in sets
        )
        for sets in (X, Y)
    ]
    sizes = X.sizes, (X if Y is None else Y).sizes
    work = partial(_divergences, **params)
    D, n_failed = all_pairs(work, *own, sizes=sizes, n_jobs=n_jobs, verbose=verbose)
    if n_failed:
        warn(
            f"{n_failed} pairs did not reach the marginal error tol={tol:.1e} in "
            f"max_iter={max_iter} sweeps. Raise reg, max_iter or tol.",
            ConvergenceWarning,
        )
    return np.maximum(D, 0.0)  # rounding


def _divergences(own, others, **params):
    results = [
        sinkhorn_divergence(None, None, self_x=own, self_y=other, **params)
        for other in others
    ]
    return [r.value for r in results], np.array([r.converged for r in results])
