# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Debiased Sinkhorn divergence: entropic transport that is zero between equals."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from ... import reductions
from .._arrays import (
    Floats,
    read_choice,
    read_count,
    read_masses,
    read_points,
    read_positive,
    read_weights,
    refuse_masses,
)
from .._result import Result
from .cells import Cloud
from .multiscale import Levels, Settings, solve
from .sinkhorn import sinkhorn

# Pairs up to which the matrix of costs is held, and Newton finishes the job.
DENSE_PAIRS = 1_000_000
# Pairs from which it pays to look for a GPU.
GPU_PAIRS = 100_000_000
# Cells are worth their while up to this dimension.
CELL_DIMENSION = 3


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class SelfPotential(Result):
    """Entropic transport of a measure to itself, computed once and used in all pairs.

    Parameters
    ----------
    value : float
        Entropic transport cost of the measure to itself.
    converged : bool
        Whether ``error`` is at most the tolerance.
    error : float
        Marginal error, relative to the mass.
    n_iter : int
        Sweeps over all points.
    potential : ndarray of shape (n,)
        The dual variable, one for both sides.
    measure : Measured
        The points as solvers take them.
    """

    error_of = "marginal error"

    n_iter: int
    potential: Floats
    measure: "Measured"


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class DivergenceResult(Result):
    """Answer of `sinkhorn_divergence`, and how far it can be trusted.

    Parameters
    ----------
    value : float
        The divergence, in units of the cost.
    converged : bool
        Whether ``error`` is at most the tolerance.
    error : float
        Largest marginal error of the three problems, relative to the mass. The error
        of the value is of the order of its square.
    n_iter : int
        Sweeps over all points, of the three problems together.
    potentials : tuple of ndarray, of shapes (n,) and (m,)
        Dual variables, those of the measures with themselves subtracted: the
        derivative of the divergence with respect to the weights, if it is balanced.
    cross : tuple of ndarray, of shapes (n,) and (m,)
        Dual variables f and g of the transport between the two measures.
    self_potentials : tuple of SelfPotential
        Of both measures.
    settings : Settings
        What the problems were solved with.
    """

    error_of = "marginal error"

    n_iter: int
    potentials: tuple[Floats, Floats]
    cross: tuple[Floats, Floats]
    self_potentials: tuple[SelfPotential, SelfPotential]
    settings: Settings

    @cached_property
    def gradient(self) -> Floats:
        """Derivative of the divergence with respect to the points x, (n, d)."""
        x, y = (term.measure for term in self.self_potentials)
        if x.p != 2:
            raise ValueError("the gradient is known for p=2 only")
        own = self.self_potentials[0].potential
        across, mass = _mean_targets(x, y, *self.cross, self.settings)
        home, own_mass = _mean_targets(x, x, own, own, self.settings)
        return 2 * (
            mass[:, None] * (x.raw - across) - own_mass[:, None] * (x.raw - home)
        )

    @cached_property
    def plan(self) -> Floats:
        """Mass moved between each pair of points, (n, m), computed when asked for."""
        x, y = (term.measure for term in self.self_potentials)
        f, g = self.cross
        eps = self.settings.eps
        C = reductions.cost_block(x.raw, y.raw, cost=COST_NAMES[x.p])
        with np.errstate(divide="ignore"):
            logs = np.log(x.weights)[:, None] + np.log(y.weights)
        plan: Floats = np.exp((f[:, None] + g - C) / eps + logs)
        return plan * x.mass


SOLVERS = ("auto", "dense", "lazy", "multiscale")
BACKENDS = ("auto", "numpy", "keops", "cells")
# The cost |x - y|^p by its name in `skot.reductions`.
COST_NAMES = {1: "euclidean", 2: "sqeuclidean"}


class Measured:
    """A measure as the solvers take it: checked, moved, without idle points."""

    def __init__(
        self,
        x: ArrayLike | None,
        a: ArrayLike | None,
        p: int,
        balanced: bool,
        names: tuple[str, str] = ("x", "a"),
    ) -> None:
        if x is None:
            raise ValueError(f"{names[0]} is None: give points, or self_{names[0]}")
        self.raw = read_points(x, names[0])
        read = read_weights if balanced else read_masses
        a = read(a, len(self.raw), names[1])
        self.p, self.balanced = p, balanced
        self.mass = float(a.sum()) if balanced else 1.0
        self.weights = a / self.mass
        self.used = a > 0
        # moved to the origin: what the distance of the means adds is known exactly
        self.centre = np.zeros(self.raw.shape[1])
        if balanced and p == 2:
            self.centre = self.weights @ self.raw
        self.points = self.raw[self.used] - self.centre
        self._levels: dict[bool, Levels] = {}

    def equals(self, other: "Measured") -> bool:
        """Whether both are one measure, up to a shift and what it rounds."""
        if not np.array_equal(self.weights, other.weights):
            return False
        size = max(np.abs(self.raw).max(), np.abs(other.raw).max())
        return bool(np.allclose(self.points, other.points, rtol=0, atol=1e-15 * size))

    def levels(self, sparse: bool) -> Levels:
        """Points from coarse to fine, sorted once; or as they are."""
        if sparse not in self._levels:
            weights = self.weights[self.used]
            self._levels[sparse] = Levels.build(self.points, weights, sparse)
        return self._levels[sparse]


def self_potential(
    x: ArrayLike,
    a: ArrayLike | None = None,
    *,
    reg: float,
    reg_reach: float | None = None,
    p: int = 2,
    tol: float = 1e-6,
    max_iter: int = 1000,
    solver: str = "auto",
    backend: str = "auto",
) -> SelfPotential:
    """Solve entropic transport of a measure to itself, for use in many divergences.

    Parameters
    ----------
    x : array-like of shape (n, d)
        Points.
    a : array-like of shape (n,), default=None
        Weights. None is uniform, of sum 1; with ``reg_reach``, each point has mass 1.
    reg : float
        As in `sinkhorn_divergence`, as all that follow.
    reg_reach : float, default=None
        Price of creating and destroying mass.
    p : {1, 2}, default=2
        Power of the distance in the cost ``|x - y|^p``.
    tol : float, default=1e-6
        Marginal error to reach.
    max_iter : int, default=1000
        Sweeps over all points, at most.
    solver : {"auto", "dense", "lazy", "multiscale"}, default="auto"
        How to solve.
    backend : {"auto", "numpy", "keops", "cells"}, default="auto"
        Who computes the large reductions.

    Returns
    -------
    SelfPotential
        For the arguments ``self_x`` and ``self_y`` of `sinkhorn_divergence`.

    Raises
    ------
    ValueError
        If points, weights or parameters are out of range.

    Notes
    -----
    Averaging each update with the old value converges in some tens of sweeps, whatever
    the regularisation [1]_. Costs of a sweep are those of `sinkhorn_divergence`.

    References
    ----------
    .. [1] Feydy, Séjourné, Vialard, Amari, Trouvé, Peyré, "Interpolating between
       optimal transport and MMD using Sinkhorn divergences", AISTATS 2019.
       https://arxiv.org/abs/1810.08278

    Examples
    --------
    >>> from skot.solvers import self_potential, sinkhorn_divergence
    >>> x, y, z = [[0.0], [1.0]], [[2.0], [3.0]], [[5.0], [7.0]]
    >>> own = self_potential(x, reg=0.2)
    >>> divergences = [sinkhorn_divergence(x, v, reg=0.2, self_x=own) for v in (y, z)]
    >>> [round(result.value, 2) for result in divergences]
    [4.0, 30.5]
    """
    settings = _settings(reg, reg_reach, p, tol, max_iter, solver, backend)
    return _solve_self(Measured(x, a, p, reg_reach is None), settings)


def sinkhorn_divergence(
    x: ArrayLike | None,
    y: ArrayLike | None,
    a: ArrayLike | None = None,
    b: ArrayLike | None = None,
    *,
    reg: float,
    reg_reach: float | None = None,
    p: int = 2,
    tol: float = 1e-6,
    max_iter: int = 1000,
    solver: str = "auto",
    backend: str = "auto",
    self_x: SelfPotential | None = None,
    self_y: SelfPotential | None = None,
) -> DivergenceResult:
    """Compute the debiased Sinkhorn divergence between two weighted sets of points.

    ``S(a, b) = T(a, b) - T(a, a) / 2 - T(b, b) / 2``, where T is entropic transport
    with cost ``|x - y|^p``, the least ``sum(plan * C) + reg * KL(plan | a x b)``. It
    is non-negative, zero between equals only, and tends to ``W_p^p`` for small reg;
    for large reg, to the squared distance of the means (p = 2) or half the energy
    distance (p = 1).

    Parameters
    ----------
    x : array-like of shape (n, d) or None
        Points of the first measure; None where ``self_x`` has them.
    y : array-like of shape (m, d) or None
        Points of the second measure; None where ``self_y`` has them.
    a : array-like of shape (n,), default=None
        Non-negative weights of x. None is uniform, of sum 1; with ``reg_reach``, each
        point has mass 1.
    b : array-like of shape (m,), default=None
        Non-negative weights of y, of the same total unless ``reg_reach`` is given;
        None as for a.
    reg : float
        Weight of the entropy, in units of the cost: about ``blur ** p`` for a blur in
        the unit of the points. `auto_reg` computes one that knows no unit.
    reg_reach : float, default=None
        Price of creating and destroying mass, in units of the cost: the weight of the
        divergence of the marginals from a and b, ``reach ** p`` for a distance that
        mass is moved at most, about. None asks for the marginals themselves.
    p : {1, 2}, default=2
        Power of the distance in the cost.
    tol : float, default=1e-6
        Marginal error to reach, relative to the mass. The error of the value is of the
        order of its square, that of the gradient of its first power.
    max_iter : int, default=1000
        Sweeps over all points, at most, for each of the three problems.
    solver : {"auto", "dense", "lazy", "multiscale"}, default="auto"
        ``"dense"`` holds the matrix of costs and calls `sinkhorn`; ``"lazy"`` computes
        costs when they are used; ``"multiscale"``, for p = 2 and at most three
        dimensions, goes from centres of cells to points, and leaves out cells that are
        too far to matter. ``"auto"`` is the first up to a million pairs of given
        marginals, else the last where it serves.
    backend : {"auto", "numpy", "keops", "cells"}, default="auto"
        Who computes costs as they are used: a backend of `skot.reductions`, or, for
        ``"multiscale"`` on the CPU and what ``"auto"`` takes there, compiled loops over
        cells.
    self_x, self_y : SelfPotential, default=None
        As of `self_potential`, with the same x, a and parameters; solved where None.

    Returns
    -------
    DivergenceResult
        Value, potentials, gradient and plan (both computed on demand), and marginal
        error; ``converged`` is False where that is above ``tol``.

    Raises
    ------
    ValueError
        If points, weights or parameters are out of range.

    Notes
    -----
    With p = 2 and given marginals both measures are centred first, which changes the
    value by the squared distance of the means: translations are exact.

    Potentials are annealed from the diameter down to reg, by symmetric updates [1]_,
    and brought to the tolerance by sweeps that Anderson's method combines. A sweep
    takes O(n m) operations, and O(n + m) memory unless dense. With cells, a pair of
    them is left out where all it could add to the sums of its rows is below
    ``0.01 * tol`` of each, which moves a potential by ``0.01 * tol * reg`` at most. In
    the unit cube, with ``reg=0.005``, that leaves about a tenth of all pairs; two
    sets of 20 000 points take seconds, two of 100 000 below 1 GB.

    References
    ----------
    .. [1] Feydy, Séjourné, Vialard, Amari, Trouvé, Peyré, "Interpolating between
       optimal transport and MMD using Sinkhorn divergences", AISTATS 2019.
       https://arxiv.org/abs/1810.08278
    .. [2] Schmitzer, "Stabilized sparse scaling algorithms for entropy regularized
       transport problems", SIAM Journal on Scientific Computing 41(3), 2019.
       https://doi.org/10.1137/16M1106018
    .. [3] Séjourné, Vialard, Peyré, "Faster unbalanced optimal transport: translation
       invariant Sinkhorn and 1-D Frank-Wolfe", AISTATS 2022.
       https://arxiv.org/abs/2201.00730

    Examples
    --------
    >>> from skot.solvers import sinkhorn_divergence
    >>> x = [[0.0, 0.0], [1.0, 0.0]]
    >>> result = sinkhorn_divergence(x, [[3.0, 4.0], [4.0, 4.0]], reg=0.2)
    >>> result
    DivergenceResult(value=25, converged, marginal error ...)
    >>> result.gradient.round(6)
    array([[-3., -4.],
           [-3., -4.]])
    """
    settings = _settings(reg, reg_reach, p, tol, max_iter, solver, backend)
    mu, nu = _read_pair(x, y, a, b, p, reg_reach is None, self_x, self_y)
    own_x = self_x or _solve_self(mu, settings)
    if mu.equals(nu):
        own_y = replace(own_x, measure=nu)
        f = g = own_x.potential
        value, n_iter, error = own_x.value, 0, own_x.error
    else:
        own_y = self_y or _solve_self(nu, settings)
        f, g, value, n_iter, error = _solve_cross(mu, nu, settings)
    value -= (own_x.value + own_y.value) / 2
    if reg_reach is None:
        # what centring took away, from the value and from the potentials
        apart = mu.centre - nu.centre
        squared = float(apart @ apart)
        value += mu.mass * squared
        f = f + 2 * (mu.raw - mu.centre) @ apart + squared / 2
        g = g - 2 * (nu.raw - nu.centre) @ apart + squared / 2
    else:
        value += 0.5 * settings.eps * float(mu.weights.sum() - nu.weights.sum()) ** 2
    error = max(error, own_x.error, own_y.error)
    return DivergenceResult(
        value=value,
        converged=error <= settings.tol,
        error=error,
        n_iter=n_iter + own_x.n_iter + own_y.n_iter,
        potentials=(f - own_x.potential, g - own_y.potential),
        cross=(f, g),
        self_potentials=(own_x, own_y),
        settings=settings,
    )


def _read_pair(
    x: ArrayLike | None,
    y: ArrayLike | None,
    a: ArrayLike | None,
    b: ArrayLike | None,
    p: int,
    balanced: bool,
    self_x: SelfPotential | None,
    self_y: SelfPotential | None,
) -> tuple[Measured, Measured]:
    """Read both measures, or take them from where they were read before."""
    mu = self_x.measure if self_x else Measured(x, a, p, balanced, ("x", "a"))
    nu = self_y.measure if self_y else Measured(y, b, p, balanced, ("y", "b"))
    n_dims = mu.raw.shape[1]
    if nu.raw.shape[1] != n_dims:
        raise ValueError(f"y must have shape (n_points, {n_dims}), got {nu.raw.shape}")
    refuse_masses(mu.mass, nu.mass)
    return mu, nu


def _settings(
    reg: float,
    reg_reach: float | None,
    p: int,
    tol: float,
    max_iter: int,
    solver: str,
    backend: str,
) -> Settings:
    if p not in COST_NAMES:
        raise ValueError(f"p must be 1 or 2, got {p!r}")
    return Settings(
        eps=read_positive(reg, "reg"),
        reach=np.inf if reg_reach is None else read_positive(reg_reach, "reg_reach"),
        cost=COST_NAMES[p],
        tol=read_positive(tol, "tol"),
        max_iter=read_count(max_iter, "max_iter"),
        solver=read_choice(solver, "solver", SOLVERS),
        backend=read_choice(backend, "backend", BACKENDS),
    )


def _choose(x: Measured, y: Measured, settings: Settings) -> Settings:
    """Choose, where it is left to us, the solver for two measures and its backend."""
    solver, backend = settings.solver, settings.backend
    celled = x.p == 2 and x.raw.shape[1] <= CELL_DIMENSION
    n_pairs = len(x.points) * len(y.points)
    if solver == "auto":
        solver = "multiscale" if celled else "lazy"
        if n_pairs <= DENSE_PAIRS and np.isinf(settings.reach):
            solver = "dense"
    if solver == "multiscale":
        if not celled:
            raise ValueError(
                f'solver="multiscale" needs p=2 and at most {CELL_DIMENSION} '
                f"dimensions, got p={x.p} and {x.raw.shape[1]}"
            )
        if backend == "auto":
            on_gpu = n_pairs >= GPU_PAIRS and reductions.gpu_available()
            backend = "keops" if on_gpu else "cells"
    elif backend == "cells":
        if solver == "lazy":
            raise ValueError('backend="cells" needs solver="multiscale"')
        backend = "auto"
    return replace(settings, solver=solver, backend=backend)


def _solve_self(x: Measured, settings: Settings) -> SelfPotential:
    settings = _choose(x, x, settings)
    a, reg = x.weights[x.used], settings.eps
    if settings.solver == "dense":
        f, g, value, n_iter, error = _dense(x, x, settings)
    else:
        levels = x.levels(settings.solver == "multiscale")
        f, g, n_iter, error = solve(levels, levels, settings)
        f, g = levels.restore(f), levels.restore(g)
        value = _value(a, a, f, g, reg, settings.reach)
    potential = _extend(x, x, (f + g) / 2, (f + g) / 2, settings)
    return SelfPotential(
        value=x.mass * value,
        converged=error <= settings.tol,
        error=error,
        n_iter=n_iter,
        potential=potential,
        measure=x,
    )


def _solve_cross(
    x: Measured, y: Measured, settings: Settings
) -> tuple[Floats, Floats, float, int, float]:
    settings = _choose(x, y, settings)
    if settings.solver == "dense":
        f, g, value, n_iter, error = _dense(x, y, settings)
    else:
        sparse = settings.solver == "multiscale"
        xs, ys = x.levels(sparse), y.levels(sparse)
        f, g, n_iter, error = solve(xs, ys, settings)
        f, g = xs.restore(f), ys.restore(g)
        weights = x.weights[x.used], y.weights[y.used]
        value = _value(*weights, f, g, settings.eps, settings.reach)
    full_f, full_g = _extend(x, y, f, g, settings), _extend(y, x, g, f, settings)
    return full_f, full_g, x.mass * value, n_iter, error


def _dense(
    x: Measured, y: Measured, settings: Settings
) -> tuple[Floats, Floats, float, int, float]:
    """Solve with the matrix of costs at hand."""
    C = reductions.cost_block(x.points, y.points, cost=settings.cost)
    reg_reach = None if np.isinf(settings.reach) else settings.reach
    result = sinkhorn(
        C, x.weights[x.used], y.weights[y.used],
        reg=settings.eps, reg_reach=reg_reach, tol=settings.tol,
        max_iter=settings.max_iter,
    )  # fmt: skip
    f, g = result.potentials
    return f, g, result.objective, result.n_iter, result.error


def _value(
    a: Floats, b: Floats, f: Floats, g: Floats, reg: float, reach: float
) -> float:
    """Value of the dual, where f is the best for g: its error is of second order."""
    if np.isinf(reach):
        return float(a @ f + b @ g)
    paid = reach * (a @ -np.expm1(-f / reach) + b @ -np.expm1(-g / reach))
    return float(paid + reg * (a.sum() * b.sum() - a @ np.exp(-f / reach)))


def _extend(
    x: Measured, y: Measured, f: Floats, g: Floats, settings: Settings
) -> Floats:
    """Potential on all points of x, from that on those with weight."""
    if x.used.all():
        return f
    idle = x.raw[~x.used] - x.centre
    columns = Cloud(y.points, y.weights[y.used])
    best = replace(settings, backend="auto").best(
        Cloud(idle, np.ones(len(idle))), columns
    )
    full = np.empty(len(x.raw))
    full[x.used] = f
    full[~x.used] = best(g, settings.eps, np.zeros(len(idle)))
    return full


def _mean_targets(
    x: Measured, y: Measured, f: Floats, g: Floats, settings: Settings
) -> tuple[Floats, Floats]:
    """Where the plan sends each point of x, on average, and how much of it."""
    settings = _choose(x, y, settings)
    sparse = settings.solver == "multiscale"
    xs, ys = x.levels(sparse), y.levels(sparse)
    apart = x.centre - y.centre
    f = f - 2 * (x.raw - x.centre) @ apart - apart @ apart / 2
    g = g + 2 * (y.raw - y.centre) @ apart - apart @ apart / 2
    softmin = settings.softmin(xs.clouds[-1], ys.clouds[-1])
    means = softmin.barycenters(g[y.used][ys.order], settings.eps, f[x.used][xs.order])
    targets = x.raw.copy()
    targets[x.used] = xs.restore(means) + y.centre
    return targets, x.mass * x.weights * np.exp(-f / settings.reach)
