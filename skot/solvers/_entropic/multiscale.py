# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Entropic potentials between clouds: annealed, coarse to fine, then accelerated."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from .cells import Cloud, Softmin, hierarchy

# Ratio of one temperature to the one before: the square of the length ratio 0.6.
COOLING = 0.36
# Updates that Anderson's acceleration combines.
MEMORY = 6
# A coarse level need be no better than what its coarseness spoils.
COARSE_TOL = 1e-4


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

    clouds: list
    parents: list
    order: np.ndarray

    @classmethod
    def build(cls, points, weights, sparse):
        """Sort points into cells, or take them as they are."""
        if sparse:
            return cls(*hierarchy(points, weights))
        return cls([Cloud(points, weights)], [], np.arange(len(points)))

    def at(self, stage, n_stages):
        """Return the cloud of a stage, and the way to it from the stage before."""
        k = max(0, len(self.clouds) - n_stages + stage)
        return self.clouds[k], self.parents[k - 1] if k else None

    def restore(self, values):
        """Bring values back to the order the points were given in."""
        out = np.empty_like(values)
        out[self.order] = values
        return out


@dataclass(frozen=True)
class Settings:
    """What all problems of a divergence share.

    Parameters
    ----------
    eps : float
        Regularisation, in units of the cost.
    reach : float
        Price of mass not moved; infinity for a balanced problem.
    cost : str
        Cost between the scaled points.
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

    def softmin(self, rows, columns):
        """Return the soft minimum between two clouds."""
        share = 0.01 * min(self.tol, 1e-2)
        return Softmin(
            rows, columns, cost=self.cost, backend=self.backend, share=share, n_calls=50
        )

    def damping(self, eps):
        return 1.0 / (1.0 + eps / self.reach)


def solve_cross(xs, ys, settings):
    """Solve the problem between two measures.

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
    coarse = None
    for stage in range(n_stages):
        x, x_way = xs.at(stage, n_stages)
        y, y_way = ys.at(stage, n_stages)
        last = stage == n_stages - 1
        if stage == 0:
            f, g = np.zeros(len(x)), np.zeros(len(y))
            eps = max(settings.eps, _diameter(settings.cost, x, y))
        else:
            f, g = _refine(settings, eps, coarse, (x, y), (x_way, y_way), (f, g))
        x_of_y, y_of_x = settings.softmin(x, y), settings.softmin(y, x)
        n_iter = 0
        floor = settings.eps if last else max(settings.eps, _spacing(x, y))
        while eps > floor:
            damping = settings.damping(eps)
            # both from the old values, and averaged with these: symmetric, and stable
            new_f = damping * x_of_y(g, eps, f / damping)
            new_g = damping * y_of_x(f, eps, g / damping)
            f, g = (f + new_f) / 2, (g + new_g) / 2
            eps = max(floor, COOLING * eps)
            n_iter += 1
        coarse = x, y
        if not last and eps > settings.eps:
            continue
        sweep = partial(_sweep, x_of_y, y_of_x, x, y, settings, eps)
        tol = settings.tol if last else max(settings.tol, COARSE_TOL)
        f, g, more, error = _accelerate(
            sweep, f, g, y.weights, eps, tol, settings.max_iter
        )
    return f, g, n_iter + more, error


def solve_self(xs, settings):
    """Solve the problem of a measure with itself.

    Returns
    -------
    f, g : ndarray
        Potentials on the finest cloud, equal where converged; f is the best for g.
    n_iter : int
        Sweeps over the finest level.
    error : float
        Marginal error.
    """
    n_stages, coarse = len(xs.clouds), None
    for stage in range(n_stages):
        x, way = xs.at(stage, n_stages)
        last = stage == n_stages - 1
        if stage == 0:
            f = np.zeros(len(x))
            eps = max(settings.eps, _diameter(settings.cost, x, x))
        else:
            f, _ = _refine(settings, eps, (coarse, coarse), (x, x), (way, None), (f, f))
        softmin = settings.softmin(x, x)
        n_iter = 0
        floor = settings.eps if last else max(settings.eps, _spacing(x, x))
        while eps > floor:
            damping = settings.damping(eps)
            f = (f + damping * softmin(f, eps, f / damping)) / 2
            eps = max(floor, COOLING * eps)
            n_iter += 1
        coarse = x
        if not last and eps > settings.eps:
            continue

        def sweep(f, g, softmin=softmin, eps=eps):
            # the average with the old value: what alternates dies out at once
            damping = settings.damping(eps)
            new = damping * softmin(g, eps, f / damping)
            return new, (g + new) / 2, 2.0

        tol = settings.tol if last else max(settings.tol, COARSE_TOL)
        f, g, more, error = _accelerate(
            sweep, f, f, x.weights, eps, tol, settings.max_iter
        )
    return f, g, n_iter + more, error


def _sweep(x_of_y, y_of_x, x, y, settings, eps, f, g):
    """Alternate: the best f for g, then the best g for that f."""
    damping = settings.damping(eps)
    f = damping * x_of_y(g, eps, f / damping)
    new = damping * y_of_x(f, eps, g / damping)
    if damping < 1.0:
        # the best constant between the two, which sweeps alone approach slowly
        reach = settings.reach
        masses = (
            _log_mass(x.log_weights - f / reach),
            _log_mass(y.log_weights - new / reach),
        )
        new = new - 0.5 * reach * (masses[0] - masses[1])
    return f, new, 1.0


def _log_mass(logs):
    top = logs.max()
    return top + np.log(np.exp(logs - top).sum())


def _accelerate(sweep, f, g, weights, eps, tol, max_iter):
    """Iterate ``g <- sweep(g)`` until marginals are met, by Anderson's acceleration."""
    mass = weights.sum()
    images, steps = [], []
    best, best_image = np.inf, g
    n_iter = 0
    while True:
        n_iter += 1
        f, image, gain = sweep(f, g)
        step = image - g
        with np.errstate(over="ignore"):
            error = float(weights @ np.abs(np.expm1(-gain * step / eps))) / mass
        if error <= tol or n_iter >= max_iter:
            return f, g, n_iter, error
        if images and not error < 4 * best:
            # combining went astray: back to the best plain update
            images, steps, g, best = [], [], best_image, np.inf
            continue
        if error < best:
            best, best_image = error, image
        images.append(image)
        steps.append(step)
        del images[: -MEMORY - 1], steps[: -MEMORY - 1]
        g = _combine(images, steps, weights)


def _combine(images, steps, weights):
    """Combine updates such that what remains to be done would be least."""
    if len(images) == 1:
        return images[-1]
    root = np.sqrt(weights)
    changes = np.stack([s - steps[-1] for s in steps[:-1]], axis=1) * root[:, None]
    gram = changes.T @ changes
    gram[np.diag_indices_from(gram)] += 1e-12 * np.trace(gram)
    try:
        share = np.linalg.solve(gram, changes.T @ (root * steps[-1]))
    except np.linalg.LinAlgError:
        return images[-1]
    out = images[-1].copy()
    for weight, image in zip(share, images[:-1], strict=True):
        out -= weight * (image - images[-1])
    return out


def _refine(settings, eps, coarse, fine, ways, potentials):
    """Extend potentials from coarse clouds to finer ones, by one soft minimum each."""
    damping = settings.damping(eps)
    out = []
    for side in range(2):
        if ways[side] is None:
            out.append(potentials[side])
            continue
        guess = potentials[side][ways[side]] / damping
        softmin = settings.softmin(fine[side], coarse[1 - side])
        out.append(damping * softmin(potentials[1 - side], eps, guess))
    return out


def _diameter(cost, x, y):
    """Cost across the box of two clouds."""
    low = np.minimum(x.points.min(axis=0), y.points.min(axis=0))
    high = np.maximum(x.points.max(axis=0), y.points.max(axis=0))
    squared = float(np.square(high - low).sum())
    return squared if cost == "sqeuclidean" else np.sqrt(squared)


def _spacing(x, y):
    """Half the squared distance between neighbours of a coarse cloud, about."""
    out = 0.0
    for cloud in (x, y):
        d = cloud.points.shape[1]
        sides = cloud.high[:d] - cloud.low[:d]
        counts = np.diff(cloud.cells)
        volume = np.median(np.prod(np.maximum(sides, 1e-300), axis=0) / counts)
        out = max(out, 0.5 * float(volume ** (2 / d)))
    return out
