# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Entropic maps between measures, which reach beyond their atoms."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...reductions import cost_block, softmin, weighted_sum
from .._arrays import (
    Floats,
    read_pair,
    read_points,
    read_positive,
    read_probabilities,
)
from .._result import Result
from .sinkhorn import sinkhorn


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class EntropicMapResult(Result):
    """Map of `entropic_map`: call it on points, of the source or new ones.

    Parameters
    ----------
    value : float
        Cost of the entropic plan.
    converged : bool
        Whether all problems reached their tolerance.
    error : float
        Largest marginal error of them.
    n_iter : int
        Sinkhorn sweeps, of all problems solved.
    source, target : ndarray of shape (n_source, n_dims) and (n_target, n_dims)
        Atoms.
    weights : tuple of ndarray, of shapes (n_source,) and (n_target,)
        Weights of the atoms, of sum 1.
    potentials : tuple of ndarray, of shapes (n_source,) and (n_target,)
        Dual variables f and g of the transport between them.
    self_potentials : tuple of ndarray, of shapes (n_source,) and (n_target,), or None
        Dual variables of source and target against themselves, if debiased.
    reg : float
        Weight of the entropy.
    """

    error_of = "marginal error"

    source: Floats
    target: Floats
    weights: tuple[Floats, Floats]
    potentials: tuple[Floats, Floats]
    self_potentials: tuple[Floats, Floats] | None
    reg: float

    def __call__(self, points: ArrayLike) -> Floats:
        """Send points of the source space to the target.

        Parameters
        ----------
        points : array-like of shape (n_points, n_dims)
            Anywhere in space; far from the source they go to a point of the target.

        Returns
        -------
        ndarray of shape (n_points, n_dims)
            Their images.
        """
        return self._send(points, 0)

    def inverse(self, points: ArrayLike) -> Floats:
        """Send points of the target space to the source.

        Parameters
        ----------
        points : array-like of shape (n_points, n_dims)
            Anywhere in space.

        Returns
        -------
        ndarray of shape (n_points, n_dims)
            Their images under the map that swaps source and target; the inverse map
            in the limit of small ``reg``.
        """
        return self._send(points, 1)

    def potential(self, points: ArrayLike) -> Floats:
        """Extend the potential f of the source to other points.

        Parameters
        ----------
        points : array-like of shape (n_points, n_dims)
            Anywhere in space.

        Returns
        -------
        ndarray of shape (n_points,)
            The potential; the map without debiasing is half its gradient step,
            ``x - grad(f)(x) / 2``.
        """
        points = read_points(points, "points", self.source.shape[1])
        h = _exponents(self.weights[1], self.potentials[1], self.reg)
        return softmin(points, self.target, h, self.reg)

    def _send(self, points: ArrayLike, side: int) -> Floats:
        here, there = (self.source, self.target)[:: -1 if side else 1]
        points = read_points(points, "points", here.shape[1])
        images = self._mean(points, there, 1 - side, self.potentials)
        if self.self_potentials is not None:
            images += points - self._mean(points, here, side, self.self_potentials)
        return images

    def _mean(
        self,
        points: Floats,
        atoms: Floats,
        side: int,
        potentials: tuple[Floats, Floats],
    ) -> Floats:
        h = _exponents(self.weights[side], potentials[side], self.reg)
        return weighted_sum(points, atoms, h, self.reg, atoms)


def entropic_map(
    x: ArrayLike,
    y: ArrayLike,
    a: ArrayLike | None = None,
    b: ArrayLike | None = None,
    *,
    reg: float,
    debiased: bool = False,
    tol: float = 1e-9,
    max_iter: int = 10_000,
) -> EntropicMapResult:
    """Estimate the transport map between two point sets, in closed form everywhere.

    Sends any point to the mean of the target under the weights that the entropic plan
    for the squared Euclidean cost would give it.

    Parameters
    ----------
    x : array-like of shape (n_source, n_dims)
        Atoms of the source.
    y : array-like of shape (n_target, n_dims)
        Atoms of the target.
    a : array-like of shape (n_source,), default=None
        Their weights, non-negative; None for equal weights.
    b : array-like of shape (n_target,), default=None
        As ``a``, for the target. Both are normalised to sum 1.
    reg : float
        Weight of the entropy, in units of the squared distance; about 0.05 times the
        mean squared distance is a start.
    debiased : bool, default=False
        Whether to add ``x - T_xx(x)``, where ``T_xx`` is the map of the source to
        itself: this undoes the shrinkage towards the mean.
    tol : float, default=1e-9
        Marginal error to reach.
    max_iter : int, default=10_000
        Sinkhorn sweeps, at most, for one problem.

    Returns
    -------
    EntropicMapResult
        The map, its inverse, and how far their potentials can be trusted.

    Raises
    ------
    ValueError
        If points and weights do not make two measures, or ``reg`` is not positive.

    Notes
    -----
    One entropic problem, and two symmetric ones if debiased: O(n_source * n_target)
    memory. A call costs one pass over the target (and the source) for each point.

    The map is the gradient of a convex function, unless debiased. With ``reg`` to 0 it
    becomes the barycentric projection of an optimal plan at the atoms, and with
    ``reg`` to infinity the mean of the target. The debiased map of a translation is
    that translation, whatever ``reg``. Where ``reg`` is far below the squared spacing
    of the atoms, marginals hardly determine the potentials, and images of points
    between the atoms are as uncertain.

    References
    ----------
    .. [1] Pooladian, Niles-Weed, "Entropic estimation of optimal transport maps",
       2021. https://arxiv.org/abs/2109.12004
    .. [2] Pooladian, Cuturi, Niles-Weed, "Debiaser beware: pitfalls of centering
       regularized transport maps", ICML 2022. https://arxiv.org/abs/2202.08919

    Examples
    --------
    >>> from skot.solvers import entropic_map
    >>> shift = entropic_map([[0.0], [1.0]], [[5.0], [6.0]], reg=1.0, debiased=True)
    >>> shift([[0.0], [0.5], [2.0]]).round(6)
    array([[5. ],
           [5.5],
           [7. ]])
    """
    x, y = read_pair(x, y)
    a, b = read_probabilities(a, len(x), "a"), read_probabilities(b, len(y), "b")
    reg = read_positive(reg, "reg")
    pairs = [(x, y, a, b), (x, x, a, a), (y, y, b, b)]
    results = [
        sinkhorn(cost_block(p, q), s, t, reg=reg, tol=tol, max_iter=max_iter)
        for p, q, s, t in (pairs if debiased else pairs[:1])
    ]
    own = None
    if debiased:
        own = results[1].potentials[1], results[2].potentials[1]
    return EntropicMapResult(
        value=results[0].value,
        converged=all(result.converged for result in results),
        error=max(result.error for result in results),
        n_iter=sum(result.n_iter for result in results),
        source=x,
        target=y,
        weights=(a, b),
        potentials=results[0].potentials,
        self_potentials=own,
        reg=reg,
    )


def _exponents(weights: Floats, potential: Floats, reg: float) -> Floats:
    with np.errstate(divide="ignore"):
        return np.log(weights) + potential / reg
