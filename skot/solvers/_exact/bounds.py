# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Lower bounds of squared Wasserstein distances, far cheaper than the distance."""

import numpy as np
from numpy.typing import NDArray

from ...sets import PointSets, gather_index, probabilities
from .._arrays import Floats
from .._costs import squared_distances
from .._loop import TwoSides, iterate
from .._sliced.slices import sample_slices

__all__ = ["DualBound", "SlicedBound"]

# Directions in all, made of whole bases: more tighten the bound very little.
N_SLICES = 24

# Bins of the quantile functions.
N_BINS = 32

# Sweeps of Sinkhorn on potentials, and their temperature as a share of the mean cost:
# enough to leave out most of what can be, and a fraction of the time of a solution.
N_SWEEPS = 10
TEMPERATURE = 0.05


class SlicedBound:
    r"""Bound by exact transport along the axes of orthonormal bases.

    Along orthonormal :math:`\theta_1, \ldots, \theta_d`, coordinates of the optimal
    plan are plans on lines, so that

    .. math::
        W_2^2(\mu, \nu) \ge \sum_k W_2^2(\theta_k \cdot \mu, \theta_k \cdot \nu)
        \ge |m_\mu - m_\nu|^2.

    The largest over some bases is taken. Quantile functions are averaged over bins,
    which by Jensen's inequality lowers the distance between two of them: the bound
    holds for any sizes and weights.

    Parameters
    ----------
    sets : PointSets
        Collection to bound distances to; weights of each set sum to 1.

    Notes
    -----
    ``O(n_bases n_dims n_points log n_points)`` once a set, and ``N_BINS n_dims
    n_bases`` operations a pair.

    Examples
    --------
    >>> from skot.sets import PointSets
    >>> from skot.solvers import SlicedBound
    >>> X = PointSets.from_list([[[0.0], [2.0]], [[1.0], [3.0]], [[5.0]]])
    >>> bound = SlicedBound(X)
    >>> bound(bound.embed(X[:1])[:, 0])
    array([ 0.,  1., 17.])
    """

    def __init__(self, sets: PointSets) -> None:
        self.centre = sets.points.mean(axis=0, dtype=np.float64)
        n_dims = sets.shape[1]
        n_bases = max(1, N_SLICES // n_dims) if n_dims > 1 else 1
        # any bases are right: the same ones every time
        rng = np.random.RandomState(0)
        slices = sample_slices(n_bases * n_dims, n_dims, "orthogonal", rng)
        self.bases = slices.reshape(n_bases, n_dims, n_dims)
        self.features = self.embed(sets)

    def embed(self, sets: PointSets) -> Floats:
        """Average quantile functions of sets over bins, along all axes.

        Parameters
        ----------
        sets : PointSets
            Sets of the same dimension; weights of each sum to 1.

        Returns
        -------
        ndarray of shape (n_bases, n_sets, n_features)
            What ``__call__`` takes, set by set.
        """
        n_bases, n_dims, _ = self.bases.shape
        points = sets.points - self.centre
        masses = None if sets.weights is None else probabilities(sets)
        out: Floats = np.empty((n_bases, len(sets), n_dims, N_BINS))
        slices = self.bases.reshape(-1, n_dims)
        for i, (start, stop) in enumerate(
            zip(sets.offsets[:-1], sets.offsets[1:], strict=True)
        ):
            values = slices @ points[start:stop].T
            mass = None if masses is None else masses[start:stop]
            out[:, i] = _averaged_quantiles(values, mass).reshape(n_bases, n_dims, -1)
        out /= np.sqrt(N_BINS)
        return out.reshape(n_bases, len(sets), -1)

    def __call__(self, vectors: Floats) -> Floats:
        """Bound squared distances of one set, embedded as (n_bases, n_features)."""
        bound = np.zeros(self.features.shape[1])
        for features, vector in zip(self.features, vectors, strict=True):
            gap = features - vector
            np.maximum(bound, np.einsum("ij,ij->i", gap, gap), out=bound)
        return bound


def _averaged_quantiles(values: Floats, mass: Floats | None) -> Floats:
    """Means of quantile functions over bins, for values of shape (n_slices, n)."""
    n_slices, size = values.shape
    levels = np.linspace(0, 1, N_BINS + 1)
    if mass is None:
        integral = np.zeros((n_slices, size + 1))
        np.cumsum(np.sort(values, axis=1) / size, axis=1, out=integral[:, 1:])
        low = np.minimum((levels * size).astype(np.intp), size - 1)
        share = levels * size - low
        at: Floats = integral[:, low] * (1 - share) + integral[:, low + 1] * share
        return N_BINS * np.diff(at, axis=1)
    at = np.empty((n_slices, N_BINS + 1))
    order = values.argsort(axis=1)
    for row, (rank, line) in enumerate(zip(order, values, strict=True)):
        reached = np.concatenate([[0.0], mass[rank].cumsum()])
        integral = np.concatenate([[0.0], (mass * line)[rank].cumsum()])
        at[row] = np.interp(levels * reached[-1], reached, integral)
    return N_BINS * np.diff(at, axis=1)


class DualBound:
    r"""Bound by a feasible pair of potentials.

    Between Gaussians that differ by a shift and a scale s, the optimal potential about
    the means is :math:`f(x) = (1 - s) |x|^2`. For the sets themselves any f gives a
    feasible pair by two c-transforms,

    .. math::
        g_j = \min_i |x_i - y_j|^2 - f_i, \qquad f_i = \min_j |x_i - y_j|^2 - g_j,

    and :math:`\sum_i a_i f_i + \sum_j b_j g_j` is no more than the squared distance of
    the centred sets. A few sweeps of Sinkhorn improve f before the last transforms.

    Parameters
    ----------
    sets : PointSets
        Collection; its measures are bounded pair by pair. Weights of each sum to 1.

    Notes
    -----
    For sets of n and m points ``O(n m)`` operations and memory.

    Examples
    --------
    >>> from skot.sets import PointSets
    >>> from skot.solvers import DualBound
    >>> X = DualBound(PointSets.from_list([[[0.0], [2.0]], [[1.0], [4.0]]]))
    >>> round(X(0, X, 1), 6)
    2.5
    """

    def __init__(self, sets: PointSets) -> None:
        self.weights, self.offsets = probabilities(sets), sets.offsets
        self.sizes = sets.sizes
        points = sets.points.astype(np.float64, copy=False)
        starts = sets.offsets[:-1]
        self.means = np.add.reduceat(points * self.weights[:, None], starts)
        self.points = points - np.repeat(self.means, sets.sizes, axis=0)
        self.squares = np.square(self.points).sum(axis=1)
        self.spreads = np.sqrt(np.add.reduceat(self.squares * self.weights, starts))

    def quick(self, i: int, other: "DualBound", chosen: NDArray[np.intp]) -> Floats:
        """Bound the squared distances of one set to some sets of another, at once.

        Without sweeps: less tight than a call, and for small sets far less work.

        Parameters
        ----------
        i : int
            Which set.
        other : DualBound
            The other collection, or the same.
        chosen : ndarray of int of shape (n_chosen,)
            Which of its sets.

        Returns
        -------
        ndarray of shape (n_chosen,)
            Lower bounds of the squared distances.
        """
        here = slice(self.offsets[i], self.offsets[i + 1])
        there, cuts = gather_index(other.offsets, chosen)
        starts, sizes = cuts[:-1], other.sizes[chosen]
        a, b = self.weights[here], other.weights[there]
        C = squared_distances(self.points[here], other.points[there])
        share = 1 - other.spreads[chosen] / (self.spreads[i] or 1)
        f = self.squares[here, None] * np.repeat(share, sizes)
        left = np.subtract(C, f, out=f)
        g = left.min(axis=0)
        f = np.minimum.reduceat(np.subtract(C, g, out=left), starts, axis=1)
        between = np.square(self.means[i] - other.means[chosen]).sum(axis=1)
        bounds: Floats = between + a @ f + np.add.reduceat(b * g, starts)
        return bounds

    def __call__(self, i: int, other: "DualBound", j: int) -> float:
        """Bound the squared distance of set i to set j of another `DualBound`."""
        here = slice(self.offsets[i], self.offsets[i + 1])
        there = slice(other.offsets[j], other.offsets[j + 1])
        a, b = self.weights[here], other.weights[there]
        between = float(np.square(self.means[i] - other.means[j]).sum())
        C = squared_distances(self.points[here], other.points[there])
        mean = float(C.mean())
        if len(a) == 1 or len(b) == 1 or mean == 0:  # no plan but one
            return between + float(a @ C @ b)
        f = self.squares[here] * (1 - other.spreads[j] / (self.spreads[i] or 1))
        f, g = _feasible(C, f)
        # no entry of K exceeds 1, and each row and column has one that is 1
        K = f[:, None] + g
        K -= C
        K /= TEMPERATURE * mean
        np.exp(K, out=K)
        u = np.ones(len(a))  # exponentials of potentials, times the weights
        sides = TwoSides(lambda u, *_: b / (u @ K), lambda v, *_: a / (K @ v))
        u = iterate(sides, u, u, max_iter=N_SWEEPS).image
        f, g = _feasible(C, f + TEMPERATURE * mean * np.log(u))
        return between + float(a @ f + b @ g)


def _feasible(C: Floats, f: Floats) -> tuple[Floats, Floats]:
    """Potentials ``f + g <= C`` that no other with this f's transform exceeds."""
    left = C - f[:, None]
    g = left.min(axis=0)
    return np.subtract(C, g, out=left).min(axis=1), g
