# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Sliced distances that look where sets differ: the best slice, and laws near it."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from ..._random import RandomState, check_random_state
from .._arrays import (
    Floats,
    read_choice,
    read_count,
    read_non_negative,
    read_order,
)
from .._line.line import line_slopes
from .._result import Result
from .sliced import (
    SlicedResult,
    StandardPair,
    covariances,
    draw_slices,
    root,
    slice_costs,
    standardize,
)
from .slices import Slicer, sample_slices

__all__ = [
    "MaxSlicedResult",
    "energy_sliced_wasserstein",
    "max_sliced_wasserstein",
    "von_mises_sliced_wasserstein",
]

# A start rests when a step gains less than this share, or steps are this short.
SHORTEST = 1e-7

# Random slices tried for each random start: sorting is cheap beside an ascent.
TRIED = 16


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class MaxSlicedResult(Result):
    """Largest distance found over slices, and how far it can be trusted.

    Parameters
    ----------
    value : float
        The distance, in the unit of the points: a lower bound of the maximum.
    converged : bool
        Whether the ascent that reached ``value`` came to rest: at a local maximum.
    error : float
        Slope at ``direction``: by how much ``value`` would grow in a turn by a radian,
        relative to ``value``. 0 where a maximum is smooth; there may be others.
    n_iter : int
        Steps of the longest ascent.
    direction : ndarray of shape (n_dims,)
        The slice, or the centre of the law of slices, where it is reached.
    per_start : ndarray of shape (n_starts,)
        What each ascent reached. Where several agree on the largest, it is likely the
        maximum.
    """

    error_of: ClassVar[str] = "slope"

    direction: Floats
    per_start: Floats


def max_sliced_wasserstein(
    x: ArrayLike,
    y: ArrayLike,
    a: ArrayLike | None = None,
    b: ArrayLike | None = None,
    *,
    p: float = 2,
    n_starts: int = 16,
    max_iter: int = 200,
    tol: float = 1e-6,
    random_state: RandomState = None,
) -> MaxSlicedResult:
    r"""Find the slice along which two weighted sets differ most.

    .. math::
        \max_{|\theta| = 1} W_p(\theta_\# \mu, \theta_\# \nu)

    Steps along the tangent of the sphere, in the direction of the gradient at the
    present order of the projections, that grow while they gain and halve where they do
    not; from several starts at once. The first lie along the difference of the means
    and along the directions in which variances differ most; the others are each the
    best of 16 random slices.

    Parameters
    ----------
    x : array-like of shape (n_source, n_dims)
        Points of the source.
    y : array-like of shape (n_target, n_dims)
        Points of the target.
    a : array-like of shape (n_source,) or None, default=None
        Non-negative weights of the source, scaled to sum 1. None weighs all alike.
    b : array-like of shape (n_target,) or None, default=None
        Weights of the target.
    p : float, default=2
        Order, at least 1.
    n_starts : int, default=16
        Ascents, the first three of which are not random.
    max_iter : int, default=200
        Steps of an ascent, at most.
    tol : float, default=1e-6
        An ascent rests when a step gains less than this share of ``value ** p``.
    random_state : int, RandomState, Generator or None, default=None
        Source of random starts.

    Returns
    -------
    MaxSlicedResult
        The distance, the direction, and what each start reached.

    Raises
    ------
    ValueError
        If shapes, weights or values do not make two measures, or p is below 1.

    Notes
    -----
    ``O(n_starts * n_iter * n_points * (n_dims + log n_points))`` operations, about 50
    steps. The function has many local maxima, and no bound tells how far the best of
    them is: look at ``per_start``. For few points in many dimensions the maximum
    overfits, by about ``sqrt(n_dims / n_points)``: to test, find the slice on one half
    of the data and measure on the other.

    References
    ----------
    .. [1] Deshpande, Hu, Sun, Pyrros, Siddiqui, Koyejo, Zhao, Forsyth, Schwing,
       "Max-sliced Wasserstein distance and its use for GANs", CVPR 2019.
       https://arxiv.org/abs/1904.05877

    Examples
    --------
    >>> import numpy as np
    >>> from skot.solvers import max_sliced_wasserstein
    >>> x = np.random.default_rng(0).normal(size=(50, 3))
    >>> result = max_sliced_wasserstein(x, x + [3.0, 0.0, 4.0], random_state=0)
    >>> abs(result.direction).round(6)  # a slice and its opposite are one
    array([0.6, 0. , 0.8])
    >>> round(result.value, 6)
    5.0
    """
    p, pair = read_order(p), standardize(x, y, a, b)
    starts = _starts(pair, n_starts, p, check_random_state(random_state))
    return _ascend(pair, starts, starts[:, None], p, max_iter, tol)


def von_mises_sliced_wasserstein(
    x: ArrayLike,
    y: ArrayLike,
    a: ArrayLike | None = None,
    b: ArrayLike | None = None,
    *,
    kappa: float = 10.0,
    p: float = 2,
    n_slices: int = 64,
    n_starts: int = 4,
    max_iter: int = 100,
    tol: float = 1e-5,
    random_state: RandomState = None,
) -> MaxSlicedResult:
    r"""Find the von Mises-Fisher law of slices along which two sets differ most.

    .. math::
        \max_{|\epsilon| = 1} \left( \mathbb{E}_{\theta \sim vMF(\epsilon, \kappa)}
        W_p^p(\theta_\# \mu, \theta_\# \nu) \right)^{1/p}

    Between the sliced distance, at ``kappa = 0``, and the max-sliced one, at infinity.
    Slices are drawn once about a pole and turn with the centre as it ascends.

    Parameters
    ----------
    x : array-like of shape (n_source, n_dims)
        Points of the source.
    y : array-like of shape (n_target, n_dims)
        Points of the target.
    a : array-like of shape (n_source,) or None, default=None
        Non-negative weights of the source, scaled to sum 1. None weighs all alike.
    b : array-like of shape (n_target,) or None, default=None
        Weights of the target.
    kappa : float, default=10.0
        Concentration of the law, at least 0; it matters once well above ``n_dims``.
    p : float, default=2
        Order, at least 1.
    n_slices : int, default=64
        Slices drawn from the law.
    n_starts : int, default=4
        Ascents, as in `max_sliced_wasserstein`.
    max_iter : int, default=100
        Steps of an ascent, at most.
    tol : float, default=1e-5
        An ascent rests when a step gains less than this share of ``value ** p``.
    random_state : int, RandomState, Generator or None, default=None
        Source of slices and starts.

    Returns
    -------
    MaxSlicedResult
        The distance, the centre of the law, and what each start reached.

    Raises
    ------
    ValueError
        If shapes, weights or values do not make two measures, p is below 1, or kappa
        is negative.

    Notes
    -----
    As `max_sliced_wasserstein`, times ``n_slices``. The value is the maximum over the
    slices that were drawn, and so, on average, above that of the law.

    References
    ----------
    .. [1] Nguyen, Ho, Pham, Bui, "Distributional sliced-Wasserstein and applications to
       generative modeling", ICLR 2021. https://arxiv.org/abs/2002.07367
    .. [2] Nguyen, Nguyen, Pham, Bui, "Improving relational regularized autoencoders
       with spherical sliced fused Gromov Wasserstein", ICLR 2021.
       https://arxiv.org/abs/2010.01787

    Examples
    --------
    >>> import numpy as np
    >>> from skot.solvers import von_mises_sliced_wasserstein
    >>> x = np.random.default_rng(0).normal(size=(50, 3))
    >>> result = von_mises_sliced_wasserstein(
    ...     x, x + [5.0, 0.0, 0.0], kappa=100, random_state=0)
    >>> bool(4.8 < result.value < 5)
    True
    """
    p, kappa = read_order(p), read_non_negative(kappa, "kappa")
    n_slices = read_count(n_slices, "n_slices")
    pair = standardize(x, y, a, b)
    rng = check_random_state(random_state)
    starts = _starts(pair, n_starts, p, rng)
    pole = np.zeros(starts.shape[1])
    pole[0] = 1.0
    law = _von_mises(pole, kappa, n_slices, rng)
    clouds = np.stack([_reflect(law, pole, start) for start in starts])
    return _ascend(pair, starts, clouds, p, max_iter, tol)


def energy_sliced_wasserstein(
    x: ArrayLike,
    y: ArrayLike,
    a: ArrayLike | None = None,
    b: ArrayLike | None = None,
    *,
    p: float = 2,
    n_slices: int = 256,
    slices: str | Slicer | ArrayLike = "auto",
    energy: str = "exp",
    random_state: RandomState = None,
) -> SlicedResult:
    r"""Estimate the energy-based sliced Wasserstein distance between two weighted sets.

    .. math::
        \left( \mathbb{E}_\theta \left[ w(\theta) W_p^p(\theta) \right] /
        \mathbb{E}_\theta \left[ w(\theta) \right] \right)^{1/p}, \quad
        w(\theta) = f(W_p^p(\theta)):

    slices count by how much the sets differ along them; by importance sampling from
    uniform slices.

    Parameters
    ----------
    x : array-like of shape (n_source, n_dims)
        Points of the source.
    y : array-like of shape (n_target, n_dims)
        Points of the target.
    a : array-like of shape (n_source,) or None, default=None
        Non-negative weights of the source, scaled to sum 1. None weighs all alike.
    b : array-like of shape (n_target,) or None, default=None
        Weights of the target.
    p : float, default=2
        Order, at least 1.
    n_slices : int, default=256
        Number of directions.
    slices : str, callable or array-like of shape (n_slices, n_dims), default="auto"
        As in `sliced_wasserstein`.
    energy : {"exp", "identity"}, default="exp"
        The function f. "exp" depends on the unit of the points: the larger they are,
        the closer to the largest distance over the slices. "identity" does not.
    random_state : int, RandomState, Generator or None, default=None
        Source of the slices.

    Returns
    -------
    SlicedResult
        The distance, its standard error, the distance along each slice and the slices.

    Raises
    ------
    ValueError
        If shapes, weights or values do not make two measures, p is below 1, or a name
        is unknown.

    Notes
    -----
    Cost and memory of `sliced_wasserstein`. Between it and the largest distance over
    the same slices. No metric: the weights depend on the pair. With "exp" and distances
    that vary by many units a few slices carry all weight, and the standard error, that
    of a ratio of means, says too little.

    References
    ----------
    .. [1] Nguyen, Ho, "Energy-based sliced Wasserstein distance", NeurIPS 2023.
       https://arxiv.org/abs/2304.13586

    Examples
    --------
    >>> import numpy as np
    >>> from skot.solvers import energy_sliced_wasserstein
    >>> slices = [[1.0, 0.0], [0.0, 1.0]]
    >>> x, y = np.zeros((1, 2)), np.array([[3.0, 1.0]])
    >>> result = energy_sliced_wasserstein(x, y, slices=slices, energy="identity")
    >>> round(result.value**2, 9)  # (9 * 9 + 1 * 1) / (9 + 1)
    8.2
    """
    p = read_order(p)
    energy = read_choice(energy, "energy", ("exp", "identity"))
    pair = standardize(x, y, a, b)
    slices = draw_slices(n_slices, pair.x.shape[1], slices, random_state)
    costs = slice_costs(pair, slices, p)
    if energy == "exp":
        # at most 1: the largest of huge costs takes all
        with np.errstate(over="ignore", invalid="ignore"):
            weights = np.exp((costs - costs.max()) * np.float64(pair.unit) ** p)
        weights[costs == costs.max()] = 1.0  # 0 times an infinite unit
    else:
        weights = costs if costs.any() else np.ones(len(costs))
    weights = weights / weights.sum()
    mean, error = float(weights @ costs), np.nan
    if len(costs) > 1:
        error = float(np.linalg.norm(weights * (costs - mean)))
    value, error = root(mean, error, p)
    return SlicedResult(
        value=value * pair.unit,
        converged=True,
        error=error * pair.unit,
        per_slice=costs ** (1 / p) * pair.unit,
        slices=slices,
    )


# -- the ascent ------------------------------------------------------------------------


def _ascend(
    pair: StandardPair,
    centres: Floats,
    clouds: Floats,
    p: float,
    max_iter: int,
    tol: float,
) -> MaxSlicedResult:
    """Turn clouds of slices (n_starts, n_slices, n_dims) with their centres, uphill."""
    max_iter, tol = read_count(max_iter, "max_iter"), read_non_negative(tol, "tol")
    centres, clouds = centres.copy(), clouds.copy()
    heights, tangents = _climb(pair, centres, clouds, p)
    n_starts = len(centres)
    # in units of the step of a power iteration, right for a quadratic form
    steps = np.ones(n_starts)
    # at rest where the first step would be too short, as between two points
    active = (heights > 0) & (np.linalg.norm(tangents, axis=1) >= SHORTEST * heights)
    n_iter = 0
    while active.any() and n_iter < max_iter:
        n_iter += 1
        rows = np.flatnonzero(active)
        new_centres, new_clouds, angles = _turn(
            centres[rows], clouds[rows], tangents[rows], steps[rows] / heights[rows]
        )
        new_heights, new_tangents = _climb(pair, new_centres, new_clouds, p)
        gains = new_heights - heights[rows]
        better = gains > 0
        won = rows[better]
        centres[won], clouds[won] = new_centres[better], new_clouds[better]
        heights[won], tangents[won] = new_heights[better], new_tangents[better]
        steps[rows] *= np.where(better, 1.5, 0.5)
        small = better & (gains <= tol * new_heights)
        active[rows[small | (angles < SHORTEST)]] = False
    best = int(np.argmax(heights))
    values = heights ** (1 / p) * pair.unit
    return MaxSlicedResult(
        value=float(values[best]),
        converged=not bool(active[best]),
        error=float(np.linalg.norm(tangents[best]) / (heights[best] or 1.0)),
        n_iter=n_iter,
        direction=centres[best],
        per_start=values,
    )


def _climb(
    pair: StandardPair, centres: Floats, clouds: Floats, p: float
) -> tuple[Floats, Floats]:
    """Mean cost of each cloud, and the tangent along which turning it gains most.

    The tangent is that of `_turn`, divided by p: at a single slice its length is that
    of a step of the power iteration, times the cost.
    """
    n_starts, n_slices, n_dims = clouds.shape
    slices = clouds.reshape(-1, n_dims)
    u, v = slices @ pair.x.T, slices @ pair.y.T
    costs, du, dv = line_slopes(u, v, pair.a, pair.b, p)
    slopes = ((du @ pair.x + dv @ pair.y) / p).reshape(clouds.shape)
    along = (clouds @ centres[:, :, None]).swapaxes(1, 2)
    slope_along = (slopes @ centres[:, :, None]).swapaxes(1, 2)
    tangents = (along @ slopes - slope_along @ clouds)[:, 0] / n_slices
    return costs.reshape(n_starts, n_slices).mean(axis=1), tangents


def _turn(
    centres: Floats, clouds: Floats, tangents: Floats, steps: Floats
) -> tuple[Floats, Floats, Floats]:
    """Turn centres, and clouds with them, in the plane of each centre and tangent."""
    # orthogonal up to rounding, which grows as the tangent vanishes
    tangents = tangents - (tangents * centres).sum(1, keepdims=True) * centres
    lengths = np.linalg.norm(tangents, axis=1)
    axes = tangents / np.where(lengths > 0, lengths, 1.0)[:, None]
    angles = np.arctan(steps * lengths)
    cos, sin = np.cos(angles)[:, None], np.sin(angles)[:, None]
    along = (clouds @ centres[:, :, None])[..., 0]
    across = (clouds @ axes[:, :, None])[..., 0]
    clouds = (
        clouds
        + (along * (cos - 1) - across * sin)[..., None] * centres[:, None]
        + (along * sin + across * (cos - 1))[..., None] * axes[:, None]
    )
    centres = centres * cos + axes * sin
    return (
        centres / np.linalg.norm(centres, axis=1, keepdims=True),
        clouds / np.linalg.norm(clouds, axis=2, keepdims=True),
        angles,
    )


def _starts(
    pair: StandardPair, n_starts: int, p: float, rng: np.random.RandomState
) -> Floats:
    """Directions where means differ, where variances do, and the best random ones."""
    n_starts = read_count(n_starts, "n_starts")
    gap, source, target = covariances(pair)
    n_dims = len(gap)
    if n_dims == 1:
        return np.ones((1, 1))
    starts = [gap[None] / np.linalg.norm(gap)] if gap.any() else []
    if len(starts) < n_starts:
        starts.append(np.linalg.eigh(source - target)[1].T[[0, -1]])
    n_random = n_starts - sum(map(len, starts))
    if n_random > 0:
        tried = sample_slices(TRIED * n_random, n_dims, "gaussian", rng)
        costs = slice_costs(pair, tried, p).reshape(n_random, TRIED)
        starts.append(
            tried.reshape(n_random, TRIED, -1)[range(n_random), costs.argmax(1)]
        )
    return np.concatenate(starts)[:n_starts]


def _von_mises(
    pole: Floats, kappa: float, n_slices: int, rng: np.random.RandomState
) -> Floats:
    """Draw slices from the von Mises-Fisher law about a pole."""
    if kappa == 0 or len(pole) == 1:
        return sample_slices(n_slices, len(pole), "gaussian", rng)
    from scipy.stats import vonmises_fisher

    slices = vonmises_fisher(pole, kappa).rvs(n_slices, random_state=rng)
    return np.reshape(slices, (n_slices, len(pole)))


def _reflect(slices: Floats, pole: Floats, centre: Floats) -> Floats:
    """Mirror that takes the pole to the centre; the law is symmetric about both."""
    normal = pole - centre
    square = normal @ normal
    if square < 1e-30:
        return slices
    return slices - np.outer(slices @ normal, normal) * (2 / square)
