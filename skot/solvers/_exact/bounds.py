# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Lower bounds of squared Wasserstein distances, far cheaper than the distance."""

import numpy as np

from ...sets import PointSets, probabilities
from .._sliced.slices import sample_slices
from .pairs import squared_distances

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
        Collection to bound distances to.
    """

    def __init__(self, sets):
        self.centre = sets.points.mean(axis=0, dtype=np.float64)
        n_dims = sets.shape[1]
        n_bases = max(1, N_SLICES // n_dims) if n_dims > 1 else 1
        # any bases are right: the same ones every time
        rng = np.random.RandomState(0)
        slices = sample_slices(n_bases * n_dims, n_dims, "orthogonal", rng)
        self.bases = slices.reshape(n_bases, n_dims, n_dims)
        self.features = self.embed(sets)

    def embed(self, sets):
        """Averaged quantiles of sets, of shape (n_bases, n_sets, n_dims * N_BINS)."""
        n_bases, n_dims, _ = self.bases.shape
        points = sets.points - self.centre
        masses = None if sets.weights is None else probabilities(sets)
        out = np.empty((n_bases, len(sets), n_dims, N_BINS))
        slices = self.bases.reshape(-1, n_dims)
        for i, (start, stop) in enumerate(
            zip(sets.offsets[:-1], sets.offsets[1:], strict=True)
        ):
            values = slices @ points[start:stop].T
            mass = None if masses is None else masses[start:stop]
            out[:, i] = _averaged_quantiles(values, mass).reshape(n_bases, n_dims, -1)
        return out.reshape(n_bases, len(sets), -1) / np.sqrt(N_BINS)

    def __call__(self, vectors):
        """Bounds of shape (n_sets,) from the embedding (n_bases, n) of one set."""
        bound = np.zeros(self.features.shape[1])
        for features, vector in zip(self.features, vectors, strict=True):
            gap = features - vector
            np.maximum(bound, np.einsum("ij,ij->i", gap, gap), out=bound)
        return bound


def _averaged_quantiles(values, mass):
    """Means of quantile functions over bins, for values of shape (n_slices, n)."""
    n_slices, size = values.shape
    levels = np.linspace(0, 1, N_BINS + 1)
    if mass is None:
        integral = np.zeros((n_slices, size + 1))
        np.cumsum(np.sort(values, axis=1) / size, axis=1, out=integral[:, 1:])
        low = np.minimum((levels * size).astype(np.intp), size - 1)
        share = levels * size - low
        at = integral[:, low] * (1 - share) + integral[:, low + 1] * share
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
        Collection; its measures are bounded pair by pair.
    """

    def __init__(self, sets):
        self.weights, self.offsets = probabilities(sets), sets.offsets
        points = sets.points.astype(np.float64, copy=False)
        starts = sets.offsets[:-1]
        self.means = np.add.reduceat(points * self.weights[:, None], starts)
        self.points = points - np.repeat(self.means, sets.sizes, axis=0)
        squares = np.square(self.points).sum(axis=1)
        self.spreads = np.sqrt(np.add.reduceat(squares * self.weights, starts))
        self.centred = PointSets(self.points, self.offsets, self.weights)

    def quick(self, i, other, chosen):
        """Bound the squared distances of set i to some sets of another, at once.

        Without sweeps: less tight than a call, and for small sets far less work.
        """
        here, there = slice(*self.offsets[i : i + 2]), other.centred[chosen]
        x, a = self.points[here], self.weights[here]
        y, b, starts = there.points, there.weights, there.offsets[:-1]
        C = squared_distances(x, y)
        share = 1 - other.spreads[chosen] / (self.spreads[i] or 1)
        squares = np.square(x).sum(axis=1)[:, None]
        g = (C - squares * np.repeat(share, there.sizes)).min(axis=0)
        f = np.minimum.reduceat(C - g, starts, axis=1)
        between = np.square(self.means[i] - other.means[chosen]).sum(axis=1)
        return between + a @ f + np.add.reduceat(b * g, starts)

    def __call__(self, i, other, j):
        """Bound the squared distance of set i to set j of another `DualBound`."""
        here = slice(self.offsets[i], self.offsets[i + 1])
        there = slice(other.offsets[j], other.offsets[j + 1])
        x, a = self.points[here], self.weights[here]
        y, b = other.points[there], other.weights[there]
        between = float(np.square(self.means[i] - other.means[j]).sum())
        C = squared_distances(x, y)
        mean = C.mean()
        if len(x) == 1 or len(y) == 1 or mean == 0:  # no plan but one
            return between + float(a @ C @ b)
        f = np.square(x).sum(axis=1) * (1 - other.spreads[j] / (self.spreads[i] or 1))
        f, g = _feasible(C, f)
        # no entry of K exceeds 1, and each row and column has one that is 1
        K = np.exp((f[:, None] + g - C) / (TEMPERATURE * mean))
        u = np.ones(len(x))
        for _ in range(N_SWEEPS):
            u = a / (K @ (b / (u @ K)))
        f, g = _feasible(C, f + TEMPERATURE * mean * np.log(u))
        return between + float(a @ f + b @ g)


def _feasible(C, f):
    """Potentials ``f + g <= C`` that no other with this f's transform exceeds."""
    g = (C - f[:, None]).min(axis=0)
    return (C - g).min(axis=1), g
