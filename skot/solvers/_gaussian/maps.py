# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Gaussian measures: moments, distances and maps in closed form."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from .._arrays import (
    Floats,
    read_array,
    read_points,
    read_probabilities,
    read_share,
    read_symmetric,
)
from .._result import Result

# Of what a map of covariances leaves over, relative to the target: rounding.
EXACT = 1e-8


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class GaussianMapResult(Result):
    """Affine map of `gaussian_map`: call it on points.

    Parameters
    ----------
    value : float
        Squared Wasserstein distance of the two Gaussian measures: a lower bound of
        that of all measures with these moments.
    converged : bool
        Whether the map carries one covariance to the other.
    error : float
        Norm of ``matrix @ S @ matrix - T`` relative to the norm of T: not small
        where the source is flat in a direction in which the target is not.
    n_iter : None
        Nothing iterates.
    matrix, inverse_matrix : ndarray of shape (n_dims, n_dims)
        Symmetric positive semidefinite matrices of the map and of its inverse.
    means : tuple of ndarray of shape (n_dims,)
        Means of source and target.
    """

    error_of: ClassVar[str] = "error of the covariance"

    matrix: Floats
    inverse_matrix: Floats
    means: tuple[Floats, Floats]

    def __call__(self, points: ArrayLike) -> Floats:
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
        points = read_points(points, "points", len(self.matrix))
        images: Floats = (points - self.means[0]) @ self.matrix + self.means[1]
        return images

    def inverse(self, points: ArrayLike) -> Floats:
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
        points = read_points(points, "points", len(self.matrix))
        images: Floats = (points - self.means[1]) @ self.inverse_matrix
        return images + self.means[0]


def gaussian_moments(
    x: ArrayLike, weights: ArrayLike | None = None, *, shrinkage: float = 0.0
) -> tuple[Floats, Floats]:
    """Mean and covariance of a weighted point set.

    Parameters
    ----------
    x : array-like of shape (n_points, n_dims)
        Points.
    weights : array-like of shape (n_points,) or None, default=None
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

    Raises
    ------
    ValueError
        If weights do not fit, or ``shrinkage`` is no share.

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
    x = read_points(x, "x")
    weights = read_probabilities(weights, len(x), "weights")
    shrinkage = read_share(shrinkage, "shrinkage")
    mean: Floats = weights @ x
    x = (x - mean) * np.sqrt(weights)[:, None]
    covariance: Floats = (1.0 - shrinkage) * (x.T @ x)
    covariance[np.diag_indices_from(covariance)] += (
        shrinkage * (x * x).sum() / len(mean)
    )
    return mean, covariance


def bures_distance(S: ArrayLike, T: ArrayLike) -> float:
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
    S, root_S, _ = _root(S, "S")
    T, root_T, _ = _root(T, "T", len(S))
    left, _, right = np.linalg.svd(root_T @ root_S)
    return float(np.linalg.norm(root_S - root_T @ (left @ right)))


def gaussian_map(
    mean_source: ArrayLike, S: ArrayLike, mean_target: ArrayLike, T: ArrayLike
) -> GaussianMapResult:
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
    source = read_array(mean_source, "mean_source", "n_dims")
    S, root_S, half_S = _root(S, "S", len(source))
    target = read_array(mean_target, "mean_target", len(source))
    T, root_T, half_T = _root(T, "T", len(source))
    matrix = half_S @ _root(root_S @ T @ root_S, "S T S")[1] @ half_S
    inverse = half_T @ _root(root_T @ S @ root_T, "T S T")[1] @ half_T
    scale = np.linalg.norm(T)
    error = float(np.linalg.norm(matrix @ S @ matrix - T) / scale) if scale else 0.0
    return GaussianMapResult(
        value=float(((source - target) ** 2).sum()) + bures_distance(S, T) ** 2,
        converged=error <= EXACT,
        error=error,
        matrix=matrix,
        inverse_matrix=inverse,
        means=(source, target),
    )


def _root(
    S: ArrayLike, name: str, n_dims: int | None = None
) -> tuple[Floats, Floats, Floats]:
    """Read a covariance; return it, its root, and the pseudoinverse of its root."""
    S = read_symmetric(S, name, n_dims)
    scale = np.abs(S).max()
    values, vectors = np.linalg.eigh((S + S.T) / 2)
    if (values < -1e-8 * scale).any():
        raise ValueError(f"{name} has a negative eigenvalue, {values.min():.3g}")
    flat = values <= len(S) * np.finfo(float).eps * scale
    roots = np.sqrt(np.where(flat, 0.0, values))
    inverses = np.divide(1.0, roots, out=np.zeros_like(roots), where=~flat)
    return S, (vectors * roots) @ vectors.T, (vectors * inverses) @ vectors.T
