# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""References of sets: measures that embeddings transport onto every set."""

from typing import Any

import numpy as np
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning

from .._random import RandomState, check_random_state
from .._warnings import warn
from ..sets import Measure, PointSets, as_measure, probabilities
from ..solvers import (
    BarycenterResult,
    free_support_barycenter,
    projected_quantiles,
    sample_slices,
)

# A given reference this many times heavier or lighter than samples are is suspicious.
UNLIKE = 10


def learn_reference(
    reference: Any,
    sets: PointSets,
    *,
    n_reference: int,
    max_iter: int = 100,
    tol: float = 1e-7,
    random_state: RandomState = None,
) -> tuple[np.ndarray, np.ndarray, int]:
    """Make the reference a user asked for, from training sets where it is learnt.

    Parameters
    ----------
    reference : str, callable, Measure, tuple or array-like
        What is transported:

        - "kmeans": centroids of all points pooled, each set of mass 1;
        - "barycenter": free-support Wasserstein barycentre, started at the centroids;
        - "normal": draws from the Gaussian with the pooled mean and covariance;
        - "medoid": the set nearest to all others in squared sliced distance, with its
          weights.

        Or a callable ``f(sets, n_reference, rng)``, or the reference itself: points of
        equal weights, a `Measure`, or a tuple (points, weights).
    sets : PointSets
        Training sets in canonical form, of mass 1.
    n_reference : int
        Number of atoms of "kmeans", "barycenter" and "normal"; the first two have fewer
        where there are fewer distinct points.
    max_iter : int, default=100
        Iterations of "kmeans" and "barycenter".
    tol : float, default=1e-7
        "barycenter" stops when its atoms move less than this, squared, relative to the
        mean squared distance of pooled points to their mean.
    random_state : int, RandomState, Generator or None, default=None
        Source of all that is random.

    Returns
    -------
    points : ndarray of shape (n_reference, n_dims)
        Atoms.
    weights : ndarray of shape (n_reference,)
        Weights, of sum 1.
    n_iter : int
        Iterations, 1 where nothing iterates.

    Raises
    ------
    ValueError
        If a given reference is empty, of other dimension, or has bad values.

    Warns
    -----
    ConvergenceWarning
        If a barycentre did not come to rest.

    Notes
    -----
    ``O(n_total * n_reference * n_dims)`` operations an iteration for "kmeans", one
    linear program for each set and iteration for "barycenter", ``O(n_total *
    n_dims^2)`` for "normal" and ``O(n_total * (n_dims + log n_points))`` for "medoid".

    Examples
    --------
    >>> from skot.references import learn_reference
    >>> from skot.sets import PointSets
    >>> sets = PointSets.from_list([[[0.0], [0.1]], [[9.0], [9.1]]]).normalized()
    >>> points, weights, _ = learn_reference("medoid", sets, n_reference=2)
    >>> points
    array([[0. ],
           [0.1]])
    >>> weights
    array([0.5, 0.5])
    """
    rng = check_random_state(random_state)
    n_iter = 1
    if isinstance(reference, str):
        learn = POINT_REFERENCES[reference]
        reference, n_iter = learn(sets, n_reference, max_iter, tol, rng)
    elif callable(reference):
        reference = reference(sets, n_reference, rng)
    points, weights = _check_reference(as_measure(reference), sets.shape[1])
    return points, weights, n_iter


def warn_of_mass(mass: float, mean_mass: float, name: str = "the reference") -> None:
    """Warn of a reference ten times heavier or lighter than what it is matched with.

    Parameters
    ----------
    mass : float
        Mass of the reference.
    mean_mass : float
        Mean mass of the training samples.
    name : str, default="the reference"
        How the message calls it.

    Warns
    -----
    UserWarning
        If the masses are that unlike.
    """
    if not mean_mass / UNLIKE < mass < mean_mass * UNLIKE:
        warn(
            f"{name} has mass {mass:.3g}, and samples have {mean_mass:.3g} on average: "
            "most of it, or of them, will be left unmatched. Give it weights, or set "
            "masses='probability'.",
        )


def _check_reference(reference: Measure, n_dims: int) -> tuple[np.ndarray, np.ndarray]:
    points = np.asarray(reference.points, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != n_dims or len(points) == 0:
        raise ValueError(
            f"reference must have shape (n_reference, {n_dims}), got {points.shape}"
        )
    if not np.isfinite(points).all():
        raise ValueError("reference contains NaN or infinity")
    if reference.weights is None:
        return points, probabilities(reference)
    weights = np.asarray(reference.weights, dtype=np.float64)
    if weights.shape != (len(points),) or not (weights > 0).all():
        raise ValueError("reference needs one positive weight for each of its points")
    return points, weights / weights.sum()


def _pooled(
    sets: PointSets, set_weights: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """All training points as one measure, the mean of the sets."""
    mass = probabilities(sets)
    if set_weights is None:
        mass = mass / len(sets)
    else:
        mass = mass * np.repeat(set_weights / set_weights.sum(), sets.sizes)
    one = PointSets(sets.points, [0, len(sets.points)], mass).canonical()
    return one.points, probabilities(one)


def _kmeans(
    sets: PointSets,
    n_reference: int,
    max_iter: int,
    tol: float,
    rng: np.random.RandomState,
    set_weights: np.ndarray | None = None,
) -> tuple[np.ndarray, int]:
    """Centroids of the pooled points, all of one weight."""
    points, mass = _pooled(sets, set_weights)
    model = KMeans(
        n_clusters=min(n_reference, len(points)),
        n_init=1,
        max_iter=max_iter,
        random_state=rng,
    ).fit(points, sample_weight=mass)
    return model.cluster_centers_, max(model.n_iter_, 1)


def _barycenter(
    sets: PointSets,
    n_reference: int,
    max_iter: int,
    tol: float,
    rng: np.random.RandomState,
) -> tuple[np.ndarray, int]:
    result = learn_barycenter(
        sets, n_reference, max_iter=max_iter, tol=tol, random_state=rng
    )
    return result.points, result.n_iter or 1


def learn_barycenter(
    sets: PointSets,
    n_atoms: int,
    *,
    set_weights: np.ndarray | None = None,
    max_iter: int = 100,
    tol: float = 1e-7,
    random_state: RandomState = None,
) -> BarycenterResult:
    """Compute the free-support barycentre of sets, started at k-means centroids.

    Parameters
    ----------
    sets : PointSets
        Sets in canonical form, of mass 1.
    n_atoms : int
        Number of atoms, at most; all weigh the same.
    set_weights : ndarray of shape (n_sets,) or None, default=None
        Positive weights of the sets. None means equal.
    max_iter : int, default=100
        Iterations, at most; also of k-means.
    tol : float, default=1e-7
        As in `learn_reference`.
    random_state : int, RandomState, Generator or None, default=None
        Source of the seeds of k-means.

    Returns
    -------
    BarycenterResult
        The barycentre.

    Warns
    -----
    ConvergenceWarning
        If the barycentre did not come to rest.

    Notes
    -----
    One linear program for each set and iteration, as `free_support_barycenter`.

    Examples
    --------
    >>> from skot.references import learn_barycenter
    >>> from skot.sets import PointSets
    >>> sets = PointSets.from_list([[[0.0], [1.0]], [[2.0], [5.0]]]).normalized()
    >>> result = learn_barycenter(sets, 2, random_state=0)
    >>> sorted(result.points.ravel().tolist())
    [1.0, 3.0]
    """
    rng = check_random_state(random_state)
    init, _ = _kmeans(sets, n_atoms, max_iter, tol, rng, set_weights)
    result = free_support_barycenter(
        sets, init, set_weights=set_weights, max_iter=max_iter, tol=tol
    )
    if not result.converged:
        warn(
            f"the barycentre stopped after max_iter={max_iter} iterations; its atoms "
            f"still move by {result.error:.1e} (tol={tol:.1e}, relative, squared). "
            "Raise max_iter or tol.",
            ConvergenceWarning,
        )
    return result


def _normal(
    sets: PointSets,
    n_reference: int,
    max_iter: int,
    tol: float,
    rng: np.random.RandomState,
) -> tuple[np.ndarray, int]:
    """Draws from the Gaussian with the mean and covariance of the pooled points."""
    points, mass = _pooled(sets)
    mean = mass @ points
    covariance = ((points - mean) * mass[:, None]).T @ (points - mean)
    draws = rng.multivariate_normal(mean, covariance, n_reference, check_valid="ignore")
    return draws, 1


def _medoid(
    sets: PointSets,
    n_reference: int,
    max_iter: int,
    tol: float,
    rng: np.random.RandomState,
) -> tuple[Measure, int]:
    """Set with the least mean squared sliced distance to all others.

    That mean is the squared distance to the mean embedding plus a constant, so that
    n embeddings do for n^2 distances.
    """
    slices = sample_slices(64, sets.shape[1], random_state=rng)
    n_quantiles = max(int(np.median(sets.sizes)), 1)
    vectors = projected_quantiles(sets, slices, n_quantiles).reshape(len(sets), -1)
    nearest = np.square(vectors - vectors.mean(axis=0)).sum(axis=1).argmin()
    return sets[int(nearest)], 1


# What a string for ``reference`` means, of sets.
POINT_REFERENCES = {
    "kmeans": _kmeans,
    "barycenter": _barycenter,
    "normal": _normal,
    "medoid": _medoid,
}
