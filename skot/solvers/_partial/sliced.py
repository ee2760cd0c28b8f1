# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Sliced partial transport: exact along each line, averaged over lines."""

import numpy as np
from numpy.typing import ArrayLike

from ..._random import RandomState
from .._arrays import (
    Floats,
    read_choice,
    read_masses,
    read_order,
    read_pair,
    read_penalty,
)
from .._sliced.sliced import SlicedResult, draw_slices, root, sliced_scaling
from .._sliced.slices import Slicer
from .line import as_copies, dense_costs
from .partial import penalised_plan, unmatched

__all__ = ["partial_line_costs", "sliced_partial_wasserstein"]


def sliced_partial_wasserstein(
    x: ArrayLike,
    y: ArrayLike,
    a: ArrayLike | None = None,
    b: ArrayLike | None = None,
    *,
    lam: float,
    p: float = 2,
    n_slices: int = 256,
    slices: str | Slicer | ArrayLike = "auto",
    lam_scale: str = "ambient",
    random_state: RandomState = None,
) -> SlicedResult:
    r"""Estimate the sliced partial transport distance between two sets.

    .. math::
        SOPT_p^p(\mu, \nu) = \mathbb{E}_\theta \, OPT_p^p(\theta_\# \mu,
        \theta_\# \nu), \quad \theta \text{ uniform on the sphere,}

    with :math:`OPT_p^p` the value of `partial_wasserstein_1d`: every unit of mass left
    unmatched costs ``lam``, on either side.

    Parameters
    ----------
    x : array-like of shape (n_source, n_dims)
        Points of the source.
    y : array-like of shape (n_target, n_dims)
        Points of the target.
    a : array-like of shape (n_source,) or None, default=None
        Non-negative weights of the source, of any total. None gives each point mass 1.
    b : array-like of shape (n_target,) or None, default=None
        Weights of the target.
    lam : float
        Penalty of a unit of mass left unmatched, in units of the p-th power of the
        distance, on either side: nothing moves at a cost of ``2 * lam`` or more.
    p : float, default=2
        Order, at least 1.
    n_slices : int, default=256
        Number of directions.
    slices : str, callable or array-like of shape (n_slices, n_dims), default="auto"
        As in `sliced_wasserstein`.
    lam_scale : {"ambient", "projected"}, default="ambient"
        What ``lam`` is compared with. Costs shrink along a slice, on average over
        slices to ``1 / n_dims`` of themselves for ``p=2``: "ambient" is the penalty of
        `partial_wasserstein`, and shrinks as they do; "projected" is the penalty along
        the slice, as it is.
    random_state : int, RandomState, Generator or None, default=None
        Source of the slices.

    Returns
    -------
    SlicedResult
        The distance, the p-th root of the mean; its standard error over slices; the
        distance along each slice, and the slices.

    Raises
    ------
    ValueError
        If points or weights are not sound, ``lam`` is not positive and finite, p is
        below 1, or a name is unknown.

    Notes
    -----
    About ``O(n_slices * n_points * log n_points)`` operations: see
    `partial_wasserstein_1d`, also for weights.

    References
    ----------
    .. [1] Bai, Schmitzer, Thorpe, Kolouri, "Sliced optimal partial transport", CVPR
       2023. https://arxiv.org/abs/2212.08049

    Examples
    --------
    A point that is far from all others costs no more than its penalty:

    >>> from skot.solvers import sliced_partial_wasserstein
    >>> x, y = [[0.0], [5.0]], [[0.0], [5.0], [900.0]]
    >>> sliced_partial_wasserstein(x, y, lam=4.0).value
    2.0
    """
    p = read_order(p)
    x, y = read_pair(x, y)
    a = None if a is None else read_masses(a, len(x), "a")
    b = None if b is None else read_masses(b, len(y), "b")
    lam = _along_a_slice(lam, lam_scale, x.shape[1], p)
    slices = draw_slices(n_slices, x.shape[1], slices, random_state)
    centre = x.mean(axis=0) / 2 + y.mean(axis=0) / 2
    u, v = slices @ (x - centre).T, slices @ (y - centre).T
    costs = partial_line_costs(u, v, a, b, lam=lam, p=p)
    error = np.nan
    if x.shape[1] == 1:
        error = 0.0  # all slices agree
    elif len(costs) > 1:
        error = float(costs.std(ddof=1) / np.sqrt(len(costs)))
    value, error = root(float(costs.mean()), error, p)
    return SlicedResult(
        value=value,
        converged=True,
        error=error,
        per_slice=costs ** (1 / p),
        slices=slices,
    )


def _along_a_slice(lam: float, lam_scale: str, n_dims: int, p: float) -> float:
    """Read a penalty; return what it is along a slice."""
    lam = read_penalty(lam)
    if read_choice(lam_scale, "lam_scale", ("ambient", "projected")) == "projected":
        return lam
    return float(lam * sliced_scaling(n_dims, 1, p) ** p)


def partial_line_costs(
    u: Floats,
    v: Floats,
    a: Floats | None = None,
    b: Floats | None = None,
    *,
    lam: float,
    p: float = 2,
) -> Floats:
    """Solve partial transport along many lines, for the values only.

    Parameters
    ----------
    u : ndarray of float64 of shape (n_lines, n_source)
        Points of the source along each line, in any order.
    v : ndarray of float64 of shape (n_lines, n_target)
        Points of the target.
    a : ndarray of float64 of shape (n_source,) or None, default=None
        Masses of the source, the same on all lines. None gives each point mass 1.
    b : ndarray of float64 of shape (n_target,) or None, default=None
        Masses of the target.
    lam : float
        Penalty of a unit of mass left unmatched, on either side.
    p : float, default=2
        Order: the cost of a unit of mass is ``distance ** p``.

    Returns
    -------
    ndarray of shape (n_lines,)
        Cost and penalties of each line, not their root.

    Notes
    -----
    Nothing is checked. ``O(n_points * log n_points)`` operations a line where masses
    are multiples of one another, else as `partial_wasserstein_1d`.
    """
    unit, copies = 1.0, None
    if a is not None or b is not None:
        a = np.ones(u.shape[1]) if a is None else a
        b = np.ones(v.shape[1]) if b is None else b
        found, copies = as_copies(a, b)
        if found is None:
            return np.array(
                [_program(x, y, a, b, lam, p) for x, y in zip(u, v, strict=True)]
            )
        unit = found
    if copies is not None:
        u, v = (np.repeat(w, c, axis=1) for w, c in zip((u, v), copies, strict=True))
    from .line_kernels import least_costs

    costs: Floats = least_costs(np.sort(u, axis=1), np.sort(v, axis=1), p, lam)
    return unit * costs


def _program(x: Floats, y: Floats, a: Floats, b: Floats, lam: float, p: float) -> float:
    """Solve one line by the dense linear program, for the value only."""
    C = dense_costs(x, y, p)
    plan = penalised_plan(C, a, b, lam)[0]
    rows, columns = np.nonzero(plan)  # of those left alone, costs may be infinite
    cost = plan[rows, columns] @ C[rows, columns]
    return float(cost + lam * unmatched(plan, a, b))
