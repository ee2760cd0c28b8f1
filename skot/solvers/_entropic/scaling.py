# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The plan of an entropic problem, held so that a Sinkhorn sweep is one cheap pass."""

import numpy as np

from .._arrays import Floats

# Exponents below this, against the largest of their row, are raised to it: they weigh
# nothing, and exp is ten times slower where its value underflows.
SMALLEST = -600.0
# Scalings that reach exp(LARGEST) are put into the potentials, and the plan is computed
# from these again: what was raised still weighs nothing, since rows, columns and what
# both have absorbed add at most 3 * LARGEST to SMALLEST.
LARGEST = 100.0
# Entries of a block of rows, which stays in the cache while it is exponentiated.
BLOCK = 1 << 15


class ScaledPlan:
    """Plan ``u[i] * P[i, j] * v[j]`` of potentials at one temperature.

    The plan is a function of the column potential alone: row potentials are always
    the best ones for it, so that rows meet their target exactly and what is left of
    the dual is a concave function of g, with gradient ``target - c``.

    Everything is in units of the regularisation: costs and potentials are divided by
    it, and temperature 1 is the problem that was asked for.

    Parameters
    ----------
    a, b : ndarray of shape (n,) and (m,)
        Positive weights.
    cost : C-contiguous ndarray of shape (n, m)
        Costs over the regularisation.
    reach : float
        Price of mass that is not transported, over the regularisation; infinity for
        a balanced problem.
    symmetric : bool
        Whether source and target are the same measure: potentials are then averaged.
    """

    def __init__(
        self,
        a: Floats,
        b: Floats,
        cost: Floats,
        reach: float = np.inf,
        symmetric: bool = False,
    ) -> None:
        self.a, self.b, self.cost, self.reach = a, b, cost, reach
        self.symmetric = symmetric
        self.P = np.empty(cost.shape)
        self.n_sweeps = 0

    def rebuild(self, temperature: float, g: Floats) -> None:
        """Compute the plan of the column potential g from logarithms, exactly."""
        self.temperature, self.g = temperature, g
        self.power = 1.0 / (1.0 + temperature / self.reach)
        n, m = self.cost.shape
        self.f = np.empty(n)
        c = np.zeros(m)
        height = g / temperature + np.log(self.b)
        step = max(1, BLOCK // m)
        for start in range(0, n, step):
            rows = slice(start, start + step)
            P = self.P[rows]
            np.multiply(self.cost[rows], -1.0 / temperature, out=P)
            P += height
            top = P.max(axis=1)
            P -= top[:, None]
            np.maximum(P, SMALLEST, out=P)
            np.exp(P, out=P)
            f = -self.power * (top + np.log(P.sum(axis=1)))
            P *= (self.a[rows] * np.exp(f + top))[:, None]
            c += P.sum(axis=0)
            self.f[rows] = temperature * f
        self.u, self.v, self.c = np.ones(n), np.ones(m), c
        self.drift = 0.0
        self._set_targets()

    def _set_targets(self) -> None:
        self.row_target, self.column_target = self.a, self.b
        if self.power != 1.0:
            self.row_target = self.a * np.exp(-self.f / self.reach)
            self.column_target = self.b * np.exp(-self.g / self.reach)

    def target(self, v: Floats) -> Floats:
        """Column sums that the scaling v asks for."""
        if self.power == 1.0:
            return self.column_target
        return self.column_target * v ** (-self.temperature / self.reach)

    @property
    def error(self) -> float:
        """Distance of the column sums to their target, relative to the mass moved."""
        return self.distance(self.c, self.v)

    def distance(self, c: Floats, v: Floats) -> float:
        """Distance of the column sums c under scaling v to what v asks for."""
        mass = c.sum()
        return float(np.abs(c - self.target(v)).sum() / mass) if mass > 0 else 0.0

    def at(self, v: Floats) -> tuple[Floats, Floats]:
        """Row scalings u and column sums c that belong to the column scaling v."""
        from .scaling_kernels import sweep

        u, c = np.empty(len(self.a)), np.empty(len(v))
        sweep(self.P, v, self.row_target, self.power, u, c)
        self.n_sweeps += 1
        return u, c

    def accept(self, u: Floats, v: Floats, c: Floats) -> None:
        """Move to scalings u, v with column sums c, by logarithms if that is far."""
        if max(_size(u), _size(v)) < LARGEST:
            self.u, self.v, self.c = u, v, c
        else:
            self.rebuild(self.temperature, self.g + self.temperature * np.log(v))

    def sweep(self) -> None:
        """Make one Sinkhorn iteration: an exact ascent in g, then in f."""
        if self.symmetric:
            # the mean of a potential and its update is nearly the fixed point
            shift = (self.f - self.g) / self.temperature
            v = np.sqrt(self.v * self.u * np.exp(np.clip(shift, -LARGEST, LARGEST)))
        else:
            c = np.maximum(self.c, np.finfo(float).tiny)
            v = self.v * np.maximum(self.target(self.v) / c, 1e-300) ** self.power
        if _size(v) < LARGEST:
            u, c = self.at(v)
            self.accept(u, v, c)
        else:
            self.n_sweeps += 1
            self.rebuild(self.temperature, self._far_update())

    def _far_update(self) -> Floats:
        """Best column potential, from logarithms: however little a column received."""
        f = self.f + self.temperature * np.log(self.u)
        if self.symmetric:
            return (f + self.position[1]) / 2
        height = f / self.temperature + np.log(self.a)
        m = len(self.b)
        top, total = np.full(m, -np.inf), np.zeros(m)
        step = max(1, BLOCK // m)
        for start in range(0, len(self.a), step):
            rows = slice(start, start + step)
            E = self.cost[rows] * (-1.0 / self.temperature)
            E += height[rows, None]
            last, top = top, np.maximum(top, E.max(axis=0))
            E -= top
            np.maximum(E, SMALLEST, out=E)
            total *= np.exp(last - top)
            total += np.exp(E, out=E).sum(axis=0)
        return -self.power * self.temperature * (top + np.log(total))

    def absorb(self) -> None:
        """Put the scalings into plan and potentials."""
        from .scaling_kernels import absorb

        self.drift += _size(self.u) + _size(self.v)
        if self.drift > LARGEST:
            self.rebuild(*self.position)
            return
        absorb(self.P, self.u, self.v)
        self.f = self.f + self.temperature * np.log(self.u)
        self.g = self.g + self.temperature * np.log(self.v)
        self.u, self.v = np.ones_like(self.u), np.ones_like(self.v)
        self._set_targets()

    @property
    def position(self) -> tuple[float, Floats]:
        """Temperature and column potential."""
        return self.temperature, self.g + self.temperature * np.log(self.v)


def _size(scaling: Floats) -> float:
    """Largest logarithm of a scaling, infinite where it is no positive number."""
    low, high = scaling.min(), scaling.max()
    if not (low > 0 and high < np.inf):
        return np.inf
    return float(max(-np.log(low), np.log(high)))
