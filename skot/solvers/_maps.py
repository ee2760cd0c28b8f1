# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Maps between measures that reach beyond their atoms: entropic and Gaussian."""

from dataclasses import dataclass

import numpy as np

from ..reductions import cost_block, softmin, weighted_sum
from ._sinkhorn import sinkhorn

# Of what a map of covariances leaves over, relative to the target: rounding.
EXACT = 1e-8


@dataclass(frozen=True, repr=False)
class EntropicMapResult:
    """Map of `entropic_map`: call it on points, of the source or new ones.

    Parameters
    ----------
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
    value : float
        Cost of the entropic plan.
    n_iter : int
        Sinkhorn sweeps, of all problems solved.
    converged : bool
        Whether all problems reached their tolerance.
    error : float
        Largest marginal error of them.
    """

    source: np.ndarray
    target: np.ndarray
    weights: tuple
    potentials: tuple
    self_potentials: tuple | None
    reg: float
    value: float
    n_iter: int
    converged: bool
    error: float

    def __call__(self, points):
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

    def inverse(self, points):
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

    def potential(self, points):
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
        points = _points(points, self.source.shape[1], "points")
        h = _exponents(self.weights[1], self.potentials[1], self.reg)
        return softmin(points, self.target, h, self.reg)

    def _send(self, points, side):
        here, there = (self.source, self.target)[:: -1 if side else 1]
        points = _points(points, here.shape[1], "points")
        images = self._mean(points, there, 1 - side, self.potentials)
        if self.self_potentials is not None:
            images += points - self._mean(points, here, side, self.self_potentials)
        return images

    def _mean(self, points, atoms, side, potentials):
        h = _exponents(self.weights[side], potentials[side], self.reg)
        return weighted_sum(points, atoms, h, self.reg, atoms)

    def __repr__(self):
        state = "converged" if self.converged else "NOT CONVERGED"
        return (
            f"EntropicMapResult(value={self.value:.6g}, {state}, "
            f"error={self.error:.2g})"
        )


def entropic_map(
    x, y, a=None, b=None, *, reg, debiased=False, tol=1e-9, max_iter=10_000
):
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
    x = _points(x, None, "x")
    y = _points(y, x.shape[1], "y")
    a, b = _weights(a, len(x), "a"), _weights(b, len(y), "b")
    pairs = [(x, y, a, b), (x, x, a, a), (y, y, b, b)]
    results = [
        sinkhorn(s, t, cost_block(p, q), reg=reg, tol=tol, max_iter=max_iter)
        for p, q, s, t in (pairs if debiased else pairs[:1])
    ]
    own = None
    if debiased:
        own = results[1].potentials[1], results[2].potentials[1]
    return EntropicMapResult(
        x,
        y,
        (a, b),
        results[0].potentials,
        own,
        float(reg),
        results[0].value,
        sum(result.n_iter for result in results),
        all(result.converged for result in results),
        max(result.error for result in results),
    )


def _points(points, n_dims, name):
    points = np.array(points, dtype=np.float64)
    if points.ndim != 2 or (n_dims is not None and points.shape[1] != n_dims):
        raise ValueError(
            f"{name} must have shape (n, {n_dims or 'n_dims'}), got {points.shape}"
        )
    if not np.isfinite(points).all():
        raise ValueError(f"{name} holds NaN or infinity")
    return points


def _weights(weights, n, name):
    if weights is None:
        return np.full(n, 1.0 / n)
    weights = np.array(weights, dtype=np.float64)
    if weights.shape != (n,):
        raise ValueError(f"{name} must have shape ({n},), got {weights.shape}")
    if not np.isfinite(weights).all() or (weights < 0).any() or weights.sum() == 0:
        raise ValueError(f"{name} must be finite, non-negative, and not all zero")
    return weights / weights.sum()


def _exponents(weights, potential, reg):
    with np.errstate(divide="ignore"):
        return np.log(weights) + potential / reg


# -- Gaussian measures -----------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class GaussianMapResult:
    """Affine map of `gaussian_map`: call it on points.

    Parameters
    ----------
    matrix, inverse_matrix : ndarray of shape (n_dims, n_dims)
        Symmetric positive semidefinite matrices of the map and of its inverse.
    means : tuple of ndarray of shape (n_dims,)
        Means of source and target.
    value : float
        Squared Wasserstein distance of the two Gaussian measures: a lower bound of
        that of all measures with these moments.
    converged : bool
        Whether the map carries one covariance to the other.
    error : float
        Norm of ``matrix @ S @ matrix - T`` relative to the norms of T: not small
        where the source is flat in a direction in which the target is not.
    """

    matrix: np.ndarray
    inverse_matrix: np.ndarray
    means: tuple
    value: float
    converged: bool
    error: float

    def __call__(self, points):
        """Send points of the source to the target.

        Parameters
        ----------
        points : array-like of shape (n_points, n_dims)
            Anywhere in space.

        Returns
        -------
        ndarray of shape (n_points, n_dims)
            Their images.
        """
        points = _points(points, len(self.matrix), "points")
        return (points - self.means[0]) @ self.matrix + self.means[1]

    def inverse(self, points):
        """Send points of the target to the source.

        Parameters
        ----------
        points : array-like of shape (n_points, n_dims)
            Anywhere in space.

        Returns
        -------
        ndarray of shape (n_points, n_dims)
            Their images.
        """
        points = _points(points, len(self.matrix), "points")
        return (points - self.means[1]) @ self.inverse_matrix + self.means[0]

    def __repr__(self):
        state = "converged" if self.converged else "NOT CONVERGED"
        return (
            f"GaussianMapResult(value={self.value:.6g}, {state}, "
            f"error={self.error:.2g})"
        )


def gaussian_moments(x, weights=None, *, shrinkage=0.0):
    """Mean and covariance of a weighted point set.

    Parameters
    ----------
    x : array-like of shape (n_points, n_dims)
        Points.
    weights : array-like of shape (n_points,), default=None
        Their weights, normalised to sum 1; None for equal weights.
    shrinkage : float, default=0.0
        Share of the covariance, from 0 to 1, that is replaced by the multiple of the
        identity with the same trace.

    Returns
    -------
    mean : ndarray of shape (n_dims,)
        Weighted mean.
    covariance : ndarray of shape (n_dims, n_dims)
        Weighted covariance: of the measure itself, without Bessel's correction.

    Notes
    -----
    O(n_points * n_dims^2) operations.

    References
    ----------
    .. [1] Ledoit, Wolf, "A well-conditioned estimator for large-dimensional
       covariance matrices", Journal of Multivariate Analysis 88(2), 2004.
       https://doi.org/10.1016/S0047-259X(03)00096-4

    Examples
    --------
    >>> from skot.solvers import gaussian_moments
    >>> mean, covariance = gaussian_moments([[0.0, 1.0], [4.0, 1.0]], [1, 3])
    >>> mean, covariance.round(12).tolist()
    (array([3., 1.]), [[3.0, 0.0], [0.0, 0.0]])
    """
    x = _points(x, None, "x")
    weights = _weights(weights, len(x), "weights")
    if not 0 <= shrinkage <= 1:
        raise ValueError(f"shrinkage must be between 0 and 1, got {shrinkage}")
    mean = weights @ x
    x = (x - mean) * np.sqrt(weights)[:, None]
    covariance = (1.0 - shrinkage) * (x.T @ x)
    covariance[np.diag_indices_from(covariance)] += (
        shrinkage * (x * x).sum() / len(mean)
    )
    return mean, covariance


def bures_distance(S, T):
    """Distance of two covariances: that of Gaussian measures of equal mean.

    Its square is ``trace(S + T - 2 sqrtm(sqrtm(S) @ T @ sqrtm(S)))``.

    Parameters
    ----------
    S, T : array-like of shape (n_dims, n_dims)
        Symmetric positive semidefinite matrices.

    Returns
    -------
    float
        The distance, a root: exact to rounding also where S and T are close.

    Raises
    ------
    ValueError
        If a matrix is not symmetric positive semidefinite.

    Notes
    -----
    O(n_dims^3) operations. Computed as the distance of the roots of S and T after the
    best rotation, rather than from the difference of traces, which would leave the
    root of a rounding error.

    References
    ----------
    .. [1] Bhatia, Jain, Lim, "On the Bures-Wasserstein distance between positive
       definite matrices", Expositiones Mathematicae 37(2), 2019.
       https://doi.org/10.1016/j.exmath.2018.01.002

    Examples
    --------
    >>> import numpy as np
    >>> from skot.solvers import bures_distance
    >>> round(bures_distance(np.diag([1.0, 4.0]), np.diag([4.0, 9.0])), 12)
    1.414213562373
    """
    (S, root_S, _), (T, root_T, _) = _root(S, "S"), _root(T, "T")
    if S.shape != T.shape:
        raise ValueError(f"S and T must have one shape, got {S.shape} and {T.shape}")
    left, _, right = np.linalg.svd(root_T @ root_S)
    return float(np.linalg.norm(root_S - root_T @ (left @ right)))


def gaussian_map(mean_source, S, mean_target, T):
    """Optimal affine map between two Gaussian measures, in closed form.

    Parameters
    ----------
    mean_source : array-like of shape (n_dims,)
        Mean of the source.
    S : array-like of shape (n_dims, n_dims)
        Covariance of the source, symmetric positive semidefinite.
    mean_target : array-like of shape (n_dims,)
        Mean of the target.
    T : array-like of shape (n_dims, n_dims)
        Covariance of the target.

    Returns
    -------
    GaussianMapResult
        The map, its inverse, and the squared distance of the measures.

    Raises
    ------
    ValueError
        If shapes differ or a matrix is not symmetric positive semidefinite.

    Notes
    -----
    The matrix ``S^-1/2 (S^1/2 T S^1/2)^1/2 S^-1/2`` costs O(n_dims^3) operations. On
    directions in which S is flat it is zero. `gaussian_moments` has the moments of a
    point set, with shrinkage where points are few.

    References
    ----------
    .. [1] Peyre, Cuturi, "Computational optimal transport", remark 2.31, 2019.
       https://arxiv.org/abs/1803.00567
    .. [2] Gelbrich, "On a formula for the L2 Wasserstein metric between measures on
       Euclidean and Hilbert spaces", Mathematische Nachrichten 147, 1990.
       https://doi.org/10.1002/mana.19901470121

    Examples
    --------
    >>> import numpy as np
    >>> from skot.solvers import gaussian_map
    >>> widen = gaussian_map([0.0], [[1.0]], [3.0], [[4.0]])
    >>> widen([[1.0]]), round(widen.value, 12)
    (array([[5.]]), 10.0)
    """
    (S, root_S, half_S), (T, root_T, half_T) = _root(S, "S"), _root(T, "T")
    means = [np.asarray(m, dtype=np.float64) for m in (mean_source, mean_target)]
    if not means[0].shape == means[1].shape == S.shape[:1] == T.shape[:1]:
        raise ValueError(
            f"means and covariances must agree, got shapes {means[0].shape}, "
            f"{S.shape}, {means[1].shape} and {T.shape}"
        )
    matrix = half_S @ _root(root_S @ T @ root_S, "S T S")[1] @ half_S
    inverse = half_T @ _root(root_T @ S @ root_T, "T S T")[1] @ half_T
    scale = np.linalg.norm(T)
    error = float(np.linalg.norm(matrix @ S @ matrix - T) / scale) if scale else 0.0
    value = float(((means[0] - means[1]) ** 2).sum()) + bures_distance(S, T) ** 2
    return GaussianMapResult(
        matrix, inverse, tuple(means), value, error <= EXACT, error
    )


def _root(S, name):
    """Read a covariance; return it, its root, and the pseudoinverse of its root."""
    S = np.asarray(S, dtype=np.float64)
    if S.ndim != 2 or S.shape[0] != S.shape[1] or not np.isfinite(S).all():
        raise ValueError(f"{name} must be a finite square matrix, got {S.shape}")
    scale = np.abs(S).max(initial=0.0)
    if np.abs(S - S.T).max(initial=0.0) > 1e-8 * scale:
        raise ValueError(f"{name} is not symmetric")
    values, vectors = np.linalg.eigh((S + S.T) / 2)
    if (values < -1e-8 * scale).any():
        raise ValueError(f"{name} has a negative eigenvalue, {values.min():.3g}")
    flat = values <= len(S) * np.finfo(float).eps * scale
    roots = np.sqrt(np.where(flat, 0.0, values))
    inverses = np.divide(1.0, roots, out=np.zeros_like(roots), where=~flat)
    return S, (vectors * roots) @ vectors.T, (vectors * inverses) @ vectors.T
