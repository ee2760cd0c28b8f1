# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Exact transport on a line: sort, cumulate masses, and walk along both."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._arrays import Floats, read_order, read_rows, read_rows_of_weights

__all__ = ["wasserstein_1d"]


Index = NDArray[np.intp]


def wasserstein_1d(
    u: ArrayLike,
    v: ArrayLike,
    a: ArrayLike | None = None,
    b: ArrayLike | None = None,
    *,
    p: float = 2,
) -> float | Floats:
    r"""Compute exact transport costs between weighted sets of numbers, row by row.

    .. math::
        W_p^p(u, v) = \int_0^1 |F_u^{-1}(t) - F_v^{-1}(t)|^p \, dt

    Parameters
    ----------
    u : array-like of shape (n_source,) or (n_rows, n_source)
        Values of the source, in any order; each row is a problem of its own.
    v : array-like of shape (n_target,) or (n_rows, n_target)
        Values of the target.
    a : array-like of the shape of u or (n_source,), or None, default=None
        Non-negative weights; each row is scaled to sum 1. None weighs all alike.
    b : array-like of the shape of v or (n_target,), or None, default=None
        Weights of the target.
    p : float, default=2
        Order, at least 1: the cost of a unit of mass is ``abs(u - v) ** p``.

    Returns
    -------
    float or ndarray of shape (n_rows,)
        ``W_p ** p`` of each row: the cost, not its root.

    Raises
    ------
    ValueError
        If shapes do not match, values are not finite, weights are negative or have no
        mass, or p is below 1.

    Notes
    -----
    Exact for any sizes and weights. ``O(n log n)`` operations a row for
    ``n = n_source + n_target``, and some copies of the input in memory. Without
    weights steps of the two distribution functions meet exactly, in integers; with
    weights they meet up to the rounding of their sums.

    References
    ----------
    .. [1] Peyre, Cuturi, "Computational optimal transport", 2019, section 2.6.
       https://arxiv.org/abs/1803.00567

    Examples
    --------
    >>> from skot.solvers import wasserstein_1d
    >>> wasserstein_1d([0.0, 2.0], [1.0, 3.0, 2.0, 4.0], p=1)
    1.5
    """
    p = read_order(p)
    u, v = read_rows(u, "u"), read_rows(v, "v")
    one = u.ndim == 1
    if v.ndim != u.ndim or v.shape[:-1] != u.shape[:-1]:
        raise ValueError(f"u and v must have as many rows, got {u.shape}, {v.shape}")
    a = read_rows_of_weights(a, u.shape, "a")
    b = read_rows_of_weights(b, v.shape, "b")
    costs = line_costs(np.atleast_2d(u), np.atleast_2d(v), a, b, p)
    return float(costs[0]) if one else costs


def line_costs(
    u: Floats, v: Floats, a: Floats | None, b: Floats | None, p: float
) -> Floats:
    """`wasserstein_1d` of checked float64 rows."""
    if a is None and b is None:
        u, v = np.sort(u, axis=1), np.sort(v, axis=1)
        if u.shape[1] != v.shape[1]:
            rows, columns, masses = uniform_plan(u.shape[1], v.shape[1])
            costs: Floats = powers(u[:, rows] - v[:, columns], p) @ masses
        else:
            costs = powers(u - v, p).mean(axis=1)
        return costs
    from .line_kernels import weighted_costs

    u, _, u_levels = sorted_levels(u, a)
    v, _, v_levels = sorted_levels(v, b)
    costs = weighted_costs(u, u_levels, v, v_levels, p)
    return costs


def line_slopes(
    u: Floats, v: Floats, a: Floats | None, b: Floats | None, p: float
) -> tuple[Floats, Floats, Floats]:
    """Costs of checked rows, and their derivatives in u and in v."""
    if a is None and b is None and u.shape == v.shape:
        u_order, v_order = u.argsort(axis=1), v.argsort(axis=1)
        gap = np.take_along_axis(u, u_order, 1) - np.take_along_axis(v, v_order, 1)
        slope = p / u.shape[1] * np.sign(gap) * np.abs(gap) ** (p - 1)
        du, dv = np.empty_like(u), np.empty_like(v)
        np.put_along_axis(du, u_order, slope, 1)
        np.put_along_axis(dv, v_order, -slope, 1)
        return powers(gap, p).mean(axis=1), du, dv
    from .line_kernels import costs_and_slopes

    levels = (*sorted_levels(u, a), *sorted_levels(v, b))
    costs, du, dv = costs_and_slopes(*levels, p)
    return costs, du, dv


def powers(gap: Floats, p: float) -> Floats:
    """``abs(gap) ** p``; squares are not worth a call of pow."""
    if p == 2:
        return gap * gap
    return np.abs(gap) if p == 1 else np.abs(gap) ** p


def uniform_plan(n: int, m: int) -> tuple[Index, Index, Floats]:
    """Rows, columns and masses of the monotone plan of n onto m points of one mass."""
    # steps of both distribution functions, in units of 1 / (n m): they meet exactly
    steps = np.union1d(np.arange(1, n + 1) * m, np.arange(1, m + 1) * n)
    masses = np.diff(steps, prepend=0) / (n * m)
    return (steps - 1) // m, (steps - 1) // n, masses


def sorted_levels(
    values: Floats, weights: Floats | None
) -> tuple[Floats, Index, Floats]:
    """Sort rows; return the values, their order, and cumulated masses that end at 1."""
    order = values.argsort(axis=1)
    if weights is None:
        weights = np.ones(values.shape[1])
    if weights.ndim == 1:
        levels = weights[order].cumsum(axis=1)
    else:
        levels = np.take_along_axis(weights, order, 1).cumsum(axis=1)
    # not the sum: a trailing weight of zero then starts where it ends, at exactly 1
    levels /= levels[:, -1:].copy()
    return np.take_along_axis(values, order, 1), order, levels
