# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Sinkhorn divergences between all sets of two collections."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self, cast

import numpy as np
from sklearn.utils.parallel import Parallel, delayed

from ..sets import PointSets, probabilities
from ..solvers import (
    SelfPotential,
    auto_reg,
    read_positive,
    self_potential,
    sinkhorn_divergence,
)
from ._base import Metric, all_pairs, distances_between


@dataclass(frozen=True, kw_only=True, eq=False)
class SinkhornDivergence(Metric):
    """Entropic transport, less that of each set to itself, which is solved once."""

    reg: float | str = "auto"
    p: int = 2
    tol: float = 1e-6
    max_iter: int = 1000
    backend: str = "auto"

    def __post_init__(self) -> None:
        if self.reg != "auto":
            read_positive(cast(float, self.reg), "reg")

    def fit(self, sets: PointSets) -> Self:
        """Take the regularisation from the scale of the sets."""
        if self.reg != "auto":
            return self
        reg = auto_reg(sets.points, probabilities(sets), p=self.p)
        return replace(self, reg=reg)

    def learnt(self) -> dict[str, Any]:
        """Regularisation in use."""
        return {"reg_": self.reg}

    def prepare(
        self, sets: PointSets, name: str = "X", **how: Any
    ) -> list[SelfPotential]:
        """Solve the transport of each set to itself."""
        # in one order of points, whichever they came in
        sets = sets.canonical(masses="probability")
        parallel = Parallel(n_jobs=how.get("n_jobs"), prefer="threads")
        own: list[SelfPotential] = parallel(
            delayed(self_potential)(s.points, s.weights, **self._params()) for s in sets
        )
        return own

    def pairs(
        self,
        X: list[SelfPotential],
        Y: list[SelfPotential] | None = None,
        **how: Any,
    ) -> np.ndarray:
        """Solve all pairs."""
        fault = (
            f"pairs did not reach the marginal error tol={self.tol:.1e} in "
            f"max_iter={self.max_iter} sweeps. Raise reg, max_iter or tol."
        )
        work = partial(_divergences, **self._params())
        D = all_pairs(work, X, Y, fault, sizes=_size, **how)
        return np.asarray(np.maximum(D, 0.0))  # rounding

    def _params(self) -> dict[str, Any]:
        names = "reg", "p", "tol", "max_iter", "backend"
        return {name: getattr(self, name) for name in names}


def _size(own: SelfPotential) -> int:
    return len(own.potential)


def _divergences(
    own: SelfPotential, others: list[SelfPotential], **params: Any
) -> tuple[list[float], np.ndarray]:
    results = [
        sinkhorn_divergence(None, None, self_x=own, self_y=other, **params)
        for other in others
    ]
    return [r.value for r in results], np.array([r.converged for r in results])


def sinkhorn_divergences(
    X: Any,
    Y: Any = None,
    *,
    reg: float | str = "auto",
    p: int = 2,
    tol: float = 1e-6,
    max_iter: int = 1000,
    backend: str = "auto",
    n_jobs: int | None = None,
    verbose: int = 0,
) -> np.ndarray:
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
    divergence = SinkhornDivergence(
        reg=reg, p=p, tol=tol, max_iter=max_iter, backend=backend
    )
    return distances_between(divergence, X, Y, n_jobs=n_jobs, verbose=verbose)
