# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Entropic potentials between clouds: annealed, coarse to fine, then accelerated."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from .._arrays import Floats
from .._loop import (
    Anderson,
    MarginalError,
    OneSide,
    Sides,
    TwoSides,
    cool,
    damped,
    iterate,
)
from .._loop import Softmin as Best
from .cells import Cloud, Softmin, hierarchy

# A coarse level need be no better than what its coarseness spoils.
COARSE_TOL = 1e-4

Integers = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Levels:
    """One measure at all scales.

    Parameters
    ----------
    clouds : list of Cloud
        Coarse to fine.
    parents : list of ndarray of int
        Coarser points of the points of each cloud but the first.
    order : ndarray of int
        Order of the points in the last cloud.
    """

    clouds: list[Cloud]
    parents: list[Integers]
    order: Integers

    @classmethod
    def build(cls, points: Floats, weights: Floats, sparse: bool) -> "Levels":
        """Sort points into cells, or take them as they are."""
        if sparse:
            return cls(*hierarchy(points, weights))
        return cls([Cloud(points, weights)], [], np.arange(len(points)))

    def at(self, stage: int, n_stages: int) -> tuple[Cloud, Integers | None]:
        """Return the cloud of a stage, and the way to it from the stage before."""
        k = max(0, len(self.clouds) - n_stages + stage)
        return self.clouds[k], self.parents[k - 1] if k else None

    def restore(self, values: Floats) -> Floats:
        """Bring values back to the order the points were given in."""
        out = np.empty_like(values)
        out[self.order] = values
        return out


@dataclass(frozen=True, eq=False)
class Settings:
    """What all problems of a divergence share.

    Parameters
    ----------
    eps : float
        Regularisation, in units of the cost.
    reach : float
        Price of mass not moved; infinity for a balanced problem.
    cost : str
        Cost between the points.
    tol : float
        Marginal error to reach.
    max_iter : int
        Sweeps over the finest level, at most.
    solver : str
        ``"dense"``, ``"lazy"`` or ``"multiscale"``; ``"auto"`` before it is chosen.
    backend : str
        Who computes soft minima.
    """

    eps: float
    reach: float
    cost: str
    tol: float
    max_iter: int
    solver: str
    backend: str

    def softmin(self, rows: Cloud, columns: Cloud) -> Softmin:
        """Return the soft minimum between two clouds, for given sums."""
        share = 0.01 * min(self.tol, 1e-2)
        return Softmin(
            rows, columns, cost=self.cost, backend=self.backend, share=share, n_calls=50
        )

    def best(self, rows: Cloud, columns: Cloud) -> Best:
        """Return what gives the best potential on rows for one on columns."""
        return damped(self.softmin(rows, columns), self.reach)

    def sides(self, x: Cloud, y: Cloud) -> Sides:
        """Return what the loop is run on, for two clouds or for one and itself."""
        if x is y:
            return OneSide(self.best(x, x))
        settle = partial(_settle, x, y, self.reach)
        free = self.eps / self.reach > np.finfo(float).eps
        return TwoSides(self.best(x, y), self.best(y, x), settle if free else None)


def solve(
    xs: Levels, ys: Levels, settings: Settings
) -> tuple[Floats, Floats, int, float]:
    """Solve the problem between two measures, or of one with itself.

    Parameters
    ----------
    xs, ys : Levels
        The measures; the same object twice for one and itself.
    settings : Settings
        What is asked for.

    Returns
    -------
    f, g : ndarray
        Potentials on the finest clouds; f is the best for g.
    n_iter : int
        Sweeps over the finest level.
    error : float
        Marginal error.
    """
    n_stages = max(len(xs.clouds), len(ys.clouds))
    (x, _), (y, _) = xs.at(0, n_stages), ys.at(0, n_stages)
    f, g = np.zeros(len(x)), np.zeros(len(y))
    eps = max(settings.eps, _diameter(settings.cost, x, y))
    for stage in range(n_stages):
        last = stage == n_stages - 1
        if stage > 0:
            (fine_x, x_way), (fine_y, y_way) = (
                side.at(stage, n_stages) for side in (xs, ys)
            )
            g = f if x is y else g
            fine_f = _refine(settings, eps, f, g, fine_x, x_way, y)
            g = fine_f if x is y else _refine(settings, eps, g, f, fine_y, y_way, x)
            f, x, y = fine_f, fine_x, fine_y
        sides = settings.sides(x, y)
        floor = settings.eps if last else max(settings.eps, _spacing(x, y))
        f, g, eps, n_iter = cool(sides, f, g, eps, floor)
        if not last and eps > settings.eps:
            continue
        f, g, _, more, error = iterate(
            sides, f, g, eps,
            left=MarginalError(y.weights, sides),
            tol=settings.tol if last else max(settings.tol, COARSE_TOL),
            max_iter=settings.max_iter,
            anderson=Anderson(y.weights),
        )  # fmt: skip
    return f, g, n_iter + more, error


def _settle(x: Cloud, y: Cloud, reach: float, f: Floats, g: Floats) -> Floats:
    """Move g by the best constant between it and f, which sweeps approach slowly."""
    masses = _log_mass(x.log_weights - f / reach), _log_mass(y.log_weights - g / reach)
    return g - 0.5 * reach * (masses[0] - masses[1])


def _log_mass(logs: Floats) -> float:
    top = float(logs.max())
    return top + float(np.log(np.exp(logs - top).sum()))


def _refine(
    settings: Settings,
    eps: float,
    own: Floats,
    other: Floats,
    fine: Cloud,
    way: Integers | None,
    coarse: Cloud,
) -> Floats:
    """Extend a potential to a finer cloud, by one soft minimum over the coarse other.

    Parameters
    ----------
    settings : Settings
        What is asked for.
    eps : float
        Temperature.
    own, other : ndarray
        Potentials on the coarse clouds.
    fine : Cloud
        Where the potential is wanted.
    way : ndarray of int or None
        Coarser point of each; None where the cloud is the one that ``own`` is on.
    coarse : Cloud
        What ``other`` is on.
    """
    if way is None:
        return own
    return settings.best(fine, coarse)(other, eps, own[way])


def _diameter(cost: str, x: Cloud, y: Cloud) -> float:
    """Cost across the box of two clouds."""
    low = np.minimum(x.points.min(axis=0), y.points.min(axis=0))
    high = np.maximum(x.points.max(axis=0), y.points.max(axis=0))
    squared = float(np.square(high - low).sum())
    return squared if cost == "sqeuclidean" else float(np.sqrt(squared))


def _spacing(x: Cloud, y: Cloud) -> float:
    """Half the squared distance between neighbours of a coarse cloud, about."""
    out = 0.0
    for cloud in (x, y):
        d = cloud.points.shape[1]
        if cloud.cells is not None:
            sides = cloud.cells.high[:d] - cloud.cells.low[:d]
            volumes = np.prod(np.maximum(sides, 1e-300), axis=0)
            volume = float(np.median(volumes / np.diff(cloud.cells.bounds)))
            out = max(out, 0.5 * volume ** (2 / d))
    return out
