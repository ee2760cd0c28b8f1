# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Linear optimal partial transport (LOPT): sets seen from one reference."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...sets import PointSets, masses
from .._arrays import (
    Floats,
    read_masses,
    read_penalty,
    read_points,
    refuse_no_sets,
)
from .._costs import distance_powers
from .._exact.exact import MAX_PIVOTS
from .partial import left_over, penalised_plan

__all__ = ["PartialProjections", "linear_partial", "partial_projections"]

# Share of its mass below which an atom of the reference counts as destroyed: what the
# network simplex leaves by rounding.
DESTROYED = 1e-12

# Entries of one block of pairwise differences: 8 MB, some such arrays at a time.
BLOCK = 2**20


@dataclass(frozen=True, eq=False)
class PartialProjections:
    """What becomes of a reference on its way to each set.

    Parameters
    ----------
    displacements : ndarray of shape (n_sets, n_reference, n_dims)
        How far the mass that each atom keeps moves, on average; 0 where it keeps none.
    retained : ndarray of shape (n_sets, n_reference)
        Mass that each atom keeps.
    created : ndarray of shape (n_sets,)
        Mass of each set that comes from nowhere: its outliers, as the reference sees.
    values : ndarray of shape (n_sets,)
        Partial transport to the reference: cost and penalties.
    converged : ndarray of bool of shape (n_sets,)
        Whether each plan is optimal.
    """

    displacements: Floats
    retained: Floats
    created: Floats
    values: Floats
    converged: NDArray[np.bool_]


def partial_projections(
    reference: ArrayLike,
    sets: PointSets,
    weights: ArrayLike | None = None,
    *,
    lam: float,
    max_iter: int = MAX_PIVOTS,
) -> PartialProjections:
    """Transport the reference partially onto each set, for the squared distance.

    Every unit of mass left unmatched costs ``lam``, on either side: nothing moves
    farther than ``sqrt(2 * lam)``.

    Parameters
    ----------
    reference : array-like of shape (n_reference, n_dims)
        Atoms of the reference.
    sets : PointSets
        The collection; without weights each point has mass 1.
    weights : array-like of shape (n_reference,) or None, default=None
        Masses of the atoms, of any total. None gives each mass 1.
    lam : float
        Penalty of a unit of mass left unmatched, in squared units of the points.
    max_iter : int, default=10_000_000
        Pivots of the network simplex, at most, for one set.

    Returns
    -------
    PartialProjections
        Displacements, retained and created mass, values, and whether plans are optimal.

    Raises
    ------
    ValueError
        If the reference does not lie in the space of the sets, weights do not fit, or
        ``lam`` is not positive and finite.

    Notes
    -----
    One linear program for each set, as `partial_wasserstein`.

    References
    ----------
    .. [1] Bai, Medri, Diaz Martin, Shahroz, Kolouri, "Linear optimal partial transport
       embedding", ICML 2023. https://arxiv.org/abs/2302.03232

    Examples
    --------
    >>> from skot.sets import PointSets
    >>> from skot.solvers import partial_projections
    >>> sets = PointSets.from_list([[[1.0], [900.0]]])
    >>> seen = partial_projections([[0.0], [10.0]], sets, lam=4.0)
    >>> seen.retained, seen.created
    (array([[1., 0.]]), array([1.]))
    """
    refuse_no_sets(sets, "partial_projections(reference, sets, weights, lam=lam)")
    reference = read_points(reference, "reference", sets.shape[1])
    weights = read_masses(weights, len(reference), "weights")
    lam, n_sets = read_penalty(lam), len(sets)
    sets = sets.canonical()  # ties are broken alike however a set is written
    points, mass = sets.points.astype(np.float64), masses(sets)
    moves = np.zeros((n_sets, *reference.shape))
    retained = np.zeros((n_sets, len(reference)))
    created, values = np.empty(n_sets), np.empty(n_sets)
    converged = np.ones(n_sets, dtype=bool)
    for i in range(n_sets):
        part = slice(sets.offsets[i], sets.offsets[i + 1])
        target, b = points[part], mass[part]
        C = distance_powers(reference, target, 2)
        plan, _, _, converged[i] = penalised_plan(C, weights, b, lam, max_iter)
        kept = plan.sum(axis=1)
        kept[kept < DESTROYED * weights] = 0.0
        kept = np.minimum(kept, weights)
        some = kept > 0
        images = plan[some] @ target / plan[some].sum(axis=1)[:, None]
        moves[i, some] = images - reference[some]
        retained[i] = kept
        created[i] = left_over(b, plan.sum(axis=0))
        rows, columns = np.nonzero(plan)  # of those left alone, costs may be infinite
        cost = plan[rows, columns] @ C[rows, columns]
        values[i] = cost + lam * (created[i] + left_over(weights, kept))
    return PartialProjections(moves, retained, created, values, converged)


def linear_partial(
    left: Sequence[Floats],
    right: Sequence[Floats] | None = None,
    *,
    lam: float,
    self_zero: bool = False,
) -> Floats:
    r"""Compute LOPT discrepancies between sets, from their projections.

    For displacements u, retained masses p and total masses m of two sets, with
    :math:`w_j = \min(p^1_j, p^2_j)`,

    .. math::
        LOPT^2 = \sum_j \min(|u^1_j - u^2_j|^2, 2 \lambda) \, w_j
        + \lambda \, (m_1 + m_2 - 2 |w|) .

    Parameters
    ----------
    left : tuple of ndarray
        Displacements (n_sets, n_reference, n_dims), retained masses
        (n_sets, n_reference) and created masses (n_sets,).
    right : tuple of ndarray or None, default=None
        The same for other sets. None takes ``left``.
    lam : float
        Penalty of a unit of mass left unmatched, on either side.
    self_zero : bool, default=False
        Whether the created masses of two sets are taken to be the same mass, as far as
        they go: :math:`\lambda |M_1 - M_2|` in place of :math:`\lambda (M_1 + M_2)`,
        so that a set is at distance 0 from itself.

    Returns
    -------
    ndarray of shape (n_sets_left, n_sets_right)
        Discrepancies: the root, in the unit of the points times that of the root of
        mass.

    Raises
    ------
    ValueError
        If ``lam`` is not positive and finite.

    Notes
    -----
    ``O(n_reference * n_dims)`` for a pair.
    """
    lam = read_penalty(lam)
    (u, p, m), (v, q, k) = left, left if right is None else right
    out = np.empty((len(u), len(v)))
    step = max(1, BLOCK // (v.shape[0] * v.shape[1]))
    q_total = q.sum(axis=1)
    for first in range(0, len(u), step):
        rows = slice(first, first + step)
        squares = np.zeros((len(u[rows]), *q.shape))
        for axis in range(u.shape[2]):
            squares += (u[rows, None, :, axis] - v[None, :, :, axis]) ** 2
        shared = np.minimum(p[rows, None], q[None])
        np.minimum(squares, 2 * lam, out=squares)
        moved = np.einsum("ijk,ijk->ij", squares, shared)
        alone = p[rows].sum(axis=1)[:, None] + q_total - 2 * shared.sum(axis=2)
        created = np.abs(m[rows, None] - k) if self_zero else m[rows, None] + k
        out[rows] = moved + lam * (np.maximum(alone, 0.0) + created)
    return np.sqrt(out)
