# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Sliced Wasserstein distance between two weighted sets, and how sure it is."""

from dataclasses import dataclass
from math import exp, lgamma
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from ..._random import RandomState
from .._arrays import (
    Floats,
    read_choice,
    read_count,
    read_order,
    read_pair,
    read_weights,
)
from .._line.line import line_costs
from .._result import Result
from .control_variates import CONTROL_VARIATES, ControlVariate, choose, sphere_mean
from .slices import Slicer, sample_slices

__all__ = ["SlicedResult", "sliced_scaling", "sliced_wasserstein"]

# Projected values held at once: past the processor's caches, more is no faster.
BLOCK = 2**18


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class SlicedResult(Result):
    """Distance averaged over slices, and how far it can be trusted.

    Parameters
    ----------
    value : float
        The distance, in the unit of the points.
    converged : bool
        True: nothing iterates, and no error was asked for.
    error : float
        Standard error: the standard deviation of ``value`` over the choice of slices,
        as estimated from these. It holds for independent slices and for orthogonal ones
        with control variates; where slices are spread more evenly, as a rule it is an
        upper estimate, far above the error of "angles" and "rotated_spiral". NaN for a
        single slice, which tells nothing about others.
    n_iter : None
        Nothing iterates.
    per_slice : ndarray of shape (n_slices,)
        Wasserstein distance along each slice, in the unit of the points.
    slices : ndarray of shape (n_slices, n_dims)
        Directions, unit rows.
    """

    error_of: ClassVar[str] = "standard error"
    told: ClassVar[tuple[str, ...]] = ("n_slices",)

    per_slice: Floats
    slices: Floats

    @property
    def n_slices(self) -> int:
        """Number of slices."""
        return len(self.slices)

    @property
    def standard_error(self) -> float:
        """What ``error`` is called in statistics."""
        return self.error


def sliced_wasserstein(
    x: ArrayLike,
    y: ArrayLike,
    a: ArrayLike | None = None,
    b: ArrayLike | None = None,
    *,
    p: float = 2,
    n_slices: int = 256,
    slices: str | Slicer | ArrayLike = "auto",
    control_variate: str | ControlVariate | None = "auto",
    normalize: bool | str | int | None = False,
    random_state: RandomState = None,
) -> SlicedResult:
    r"""Estimate the sliced Wasserstein distance between two weighted sets.

    .. math::
        SW_p^p(\mu, \nu) = \mathbb{E}_\theta \,
        W_p^p(\theta_\# \mu, \theta_\# \nu), \quad
        \theta \text{ uniform on the sphere,}

    Projections are solved exactly, for any sizes and weights; the mean over slices is
    taken with control variates: functions of a slice whose mean is known, on which the
    costs are regressed.

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
        As in `sample_slices`. "auto" is "angles" in the plane, "rotated_spiral" in
        space, "orthogonal" beyond; one slice, exact, on the line.
    control_variate : str, callable or None, default="auto"
        Functions of the slice t to regress on, centred, with m the difference of the
        means and A, B the covariances of the two sets:

        - "lower": ``(t m)^2``; "upper": ``(t m)^2 + t'(A + B)t``, both of [1]_;
        - "both": ``(t m)^2`` and ``t'(A + B)t``;
        - "harmonic2", "harmonic4": all even spherical harmonics up to this degree [2]_,
          about ``n_dims^2 / 2`` and ``n_dims^4 / 24``;
        - "moments4", "moments6": products of up to two, or three, of ``(t m)^2``,
          ``t'At`` and ``t'Bt``: 9, or 19, whatever the dimension;
        - "auto": the best of "moments6", "moments4", "both" and none that has five
          slices for each function;
        - None: the plain mean;
        - a callable ``f(slices, m, A, B)`` that gives arrays of shape (n_slices,) of
          mean zero over the sphere.
    normalize : bool, "dim" or int, default=False
        Divide by the factor of `sliced_scaling`: "dim" by that of one dimension, so
        that translations have their length and the distance stays below W_p; an int k
        where the sets lie in a common subspace of k dimensions, so that further
        dimensions do not matter. It must be one for all pairs to leave a metric, which
        is why it is not estimated here.
    random_state : int, RandomState, Generator or None, default=None
        Source of the slices.

    Returns
    -------
    SlicedResult
        The distance, its standard error, the distance along each slice and the slices.
        ``normalize`` acts on the first two.

    Raises
    ------
    ValueError
        If shapes, weights or values do not make two measures, p is below 1, a name is
        unknown, or there are fewer slices than control variates ask for.

    Notes
    -----
    ``O(n_slices * n_points * (n_dims + log n_points))`` operations, and
    ``O(n_dims^2 * (n_points + n_slices))`` for the moments; memory for the points and
    some ``2**18`` values. With ``control_variate=None`` the p-th power of the value is
    an unbiased estimate for random slices; regression biases it by
    ``O(n_functions / n_slices)`` standard errors.

    At 256 slices between 200 points the error was 2 to 4 % with independent slices and
    a plain mean, and by default 0.01 % in space, 0.4 % in 10 and 0.7 % in 30
    dimensions, or less.

    References
    ----------
    .. [1] Nguyen, Ho, "Sliced Wasserstein estimation with control variates", ICLR 2024.
       https://arxiv.org/abs/2305.00402
    .. [2] Leluc, Dieuleveut, Portier, Segers, Zhuman, "Sliced-Wasserstein estimation
       with spherical harmonics as control variates", ICML 2024.
       https://arxiv.org/abs/2402.01493
    .. [3] Nguyen, Bariletto, Ho, "Quasi-Monte Carlo for 3D sliced Wasserstein", ICLR
       2024. https://arxiv.org/abs/2309.11713
    .. [4] Tran, Bai, Shahbazi, Hershey, Kolouri, "Understanding learning with
       sliced-Wasserstein requires rethinking informative slices", 2024.
       https://arxiv.org/abs/2411.10651

    Examples
    --------
    >>> import numpy as np
    >>> from skot.solvers import sliced_wasserstein
    >>> x = np.random.default_rng(0).normal(size=(50, 3))
    >>> result = sliced_wasserstein(x, x + [3.0, 0.0, 0.0], random_state=0)
    >>> round(result.value**2, 9)  # a translation: its squared length / n_dims
    3.0
    """
    p = read_order(p)
    pair = standardize(x, y, a, b)
    n_dims = pair.x.shape[1]
    factor = _factor(normalize, n_dims, p)
    slices = draw_slices(n_slices, n_dims, slices, random_state)
    costs = slice_costs(pair, slices, p)
    functions = _functions(control_variate, slices, pair)
    mean, error = sphere_mean(costs, functions)
    value, error = root(mean, error, p)
    if n_dims == 1:
        error = 0.0  # all slices agree
    return SlicedResult(
        value=value / factor * pair.unit,
        converged=True,
        error=error / factor * pair.unit,
        per_slice=costs ** (1 / p) * pair.unit,
        slices=slices,
    )


def sliced_scaling(n_dims: int, n_effective: int = 1, p: float = 2) -> float:
    r"""Compute the factor by which slicing shrinks distances in a subspace.

    For sets in a common affine subspace of dimension k of R^d,
    ``SW_p`` in R^d is this factor times ``SW_p`` within the subspace:

    .. math::
        c = \left( \frac{\Gamma(d/2) \, \Gamma((k+p)/2)}
        {\Gamma(k/2) \, \Gamma((d+p)/2)} \right)^{1/p},
        \quad \sqrt{k/d} \text{ for } p = 2.

    Parameters
    ----------
    n_dims : int
        Dimension d of the space.
    n_effective : int, default=1
        Dimension k of the subspace. With one, ``SW_p <= c W_p`` for all sets.
    p : float, default=2
        Order, at least 1.

    Returns
    -------
    float
        The factor, at most 1.

    Raises
    ------
    ValueError
        If not ``1 <= n_effective <= n_dims``, or p is below 1.

    References
    ----------
    .. [1] Tran, Bai, Shahbazi, Hershey, Kolouri, "Understanding learning with
       sliced-Wasserstein requires rethinking informative slices", 2024.
       https://arxiv.org/abs/2411.10651

    Examples
    --------
    >>> from skot.solvers import sliced_scaling
    >>> round(sliced_scaling(12, 3), 9)
    0.5
    """
    p, n_dims = read_order(p), read_count(n_dims, "n_dims")
    if read_count(n_effective, "n_effective") > n_dims:
        raise ValueError(f"n_effective must be in [1, {n_dims}], got {n_effective}")
    d, k = n_dims / 2, n_effective / 2
    logarithm = lgamma(d) + lgamma(k + p / 2) - lgamma(k) - lgamma(d + p / 2)
    return exp(logarithm / p)


@dataclass(frozen=True, eq=False)
class StandardPair:
    """Two measures about a common centre, in a unit in which no number is huge.

    Distances are ``unit`` times those between these.
    """

    x: Floats
    y: Floats
    a: Floats | None
    b: Floats | None
    unit: float


def standardize(
    x: ArrayLike, y: ArrayLike, a: ArrayLike | None, b: ArrayLike | None
) -> StandardPair:
    """Check two weighted sets, and move them to the origin and to length 1."""
    x, y = read_pair(x, y)
    a = None if a is None else read_weights(a, len(x), "a")
    b = None if b is None else read_weights(b, len(y), "b")
    # halves first: the sum of two huge means is no number
    centre = _mean(x, a) / 2 + _mean(y, b) / 2
    x, y = x - centre, y - centre
    unit = float(max(np.abs(x).max(), np.abs(y).max())) or 1.0
    return StandardPair(x / unit, y / unit, a, b, unit)


def _mean(x: Floats, weights: Floats | None) -> Floats:
    mean: Floats = x.mean(axis=0) if weights is None else weights @ x / weights.sum()
    return mean


def covariances(pair: StandardPair) -> tuple[Floats, Floats, Floats]:
    """Difference of the means, and both covariances."""
    mean, source = _moments(pair.x, pair.a)
    other, target = _moments(pair.y, pair.b)
    return mean - other, source, target


def _moments(x: Floats, weights: Floats | None) -> tuple[Floats, Floats]:
    mean = _mean(x, weights)
    x = x - mean
    if weights is None:
        return mean, x.T @ x / len(x)
    return mean, (x.T * (weights / weights.sum())) @ x


def draw_slices(
    n_slices: int,
    n_dims: int,
    slices: str | Slicer | ArrayLike,
    random_state: RandomState,
) -> Floats:
    """`sample_slices`, with the best "auto" for an average: one turned at random."""
    if isinstance(slices, str) and slices == "auto" and n_dims == 3:
        slices = "rotated_spiral"
    return sample_slices(n_slices, n_dims, slices, random_state)


def slice_costs(pair: StandardPair, slices: Floats, p: float) -> Floats:
    """W_p^p along each slice, in units of the pair."""
    costs = np.empty(len(slices))
    step = max(1, BLOCK // (len(pair.x) + len(pair.y)))
    for first in range(0, len(slices), step):
        part = slice(first, first + step)
        u, v = slices[part] @ pair.x.T, slices[part] @ pair.y.T
        costs[part] = line_costs(u, v, pair.a, pair.b, p)
    return costs


def root(mean: float, error: float, p: float) -> tuple[float, float]:
    """Mean of p-th powers and its error, as a distance and its error."""
    if mean <= 0:
        return 0.0, error ** (1 / p)
    value = mean ** (1 / p)
    return float(value), float(error * value / (p * mean))


def _functions(
    control_variate: str | ControlVariate | None, slices: Floats, pair: StandardPair
) -> list[Floats]:
    name = control_variate
    if isinstance(name, str) and name == "auto":
        name = choose(*slices.shape)
    if name is None:
        return []
    if not callable(name):
        words = ("auto", *CONTROL_VARIATES)
        name = CONTROL_VARIATES[read_choice(name, "control_variate", words)]
    return list(name(slices, *covariances(pair)))


def _factor(normalize: bool | str | int | None, n_dims: int, p: float) -> float:
    if normalize is False or normalize is None:
        return 1.0
    if isinstance(normalize, str) and normalize == "dim":
        return sliced_scaling(n_dims, 1, p)
    if isinstance(normalize, bool | str):
        raise ValueError(f"normalize must be False, 'dim' or an int, got {normalize!r}")
    return sliced_scaling(n_dims, normalize, p)
