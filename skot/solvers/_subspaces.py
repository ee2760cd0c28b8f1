# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Linear spans of rows, and how far from them a row is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import linalg

from ._arrays import Floats, read_choice

# Squared distances below this share of the squared norm are rounding and count as zero,
# so that the least of them does not depend on the order of a sum.
ROUNDING = 1e-13
CRITERIA: dict[str, Callable[[Floats], Floats]] = {
    "singular_values": np.asarray,
    "variance": np.square,
}


@dataclass(frozen=True, eq=False)
class Subspace:
    """Span of some rows, by their principal directions.

    Parameters
    ----------
    basis : ndarray of shape (rank, n_features)
        Orthonormal directions, the strongest first.
    singular_values : ndarray of shape (rank,)
        Their strengths, decreasing and positive.
    """

    basis: Floats
    singular_values: Floats

    @property
    def rows(self) -> Floats:
        """Rows of the same span and strengths, as few as there can be."""
        return self.singular_values[:, None] * self.basis

    def n_leading(self, share: float, criterion: str = "singular_values") -> int:
        """Count the leading directions that make up a share of the total strength.

        Parameters
        ----------
        share : float
            In (0, 1]; 1 counts all.
        criterion : {"singular_values", "variance"}, default="singular_values"
            Whether strengths add as they are, or squared.

        Returns
        -------
        int
            The least number; 0 where the span is that of no rows.
        """
        criterion = read_choice(criterion, "criterion", CRITERIA)
        total = np.cumsum(CRITERIA[criterion](self.singular_values))
        if share == 1 or not len(total):
            return len(total)
        return int(np.searchsorted(total, share * total[-1])) + 1


def span(rows: Floats, known: Subspace | None = None) -> Subspace:
    """Span of rows, or of rows beside those of a known span.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, n_features)
        Any rows; they are not centred.
    known : Subspace or None, default=None
        Span of earlier rows, whole: what comes out is the span of all rows.

    Returns
    -------
    Subspace
        Directions of strength above rounding.

    Notes
    -----
    A singular value decomposition of (known rank + n_rows) by n_features.

    Examples
    --------
    >>> import numpy as np
    >>> from skot.solvers import span
    >>> span(np.array([[3.0, 0.0], [3.0, 0.0], [0.0, 1.0]])).singular_values.round(3)
    array([4.243, 1.   ])
    """
    if known is not None:
        rows = np.vstack([known.rows, rows])
    if not len(rows):
        return Subspace(np.empty(rows.shape), np.empty(0))
    _, strengths, basis = linalg.svd(rows, full_matrices=False, check_finite=False)
    rounding = np.finfo(float).eps * max(rows.shape) * strengths[0]
    rank = np.count_nonzero(strengths > rounding)
    return Subspace(np.ascontiguousarray(basis[:rank]), strengths[:rank])


def squared_residuals(rows: Floats, basis: Floats) -> Floats:
    """Squared distance of rows to a span.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, n_features)
        Rows.
    basis : ndarray of shape (rank, n_features)
        Orthonormal directions; without any, the span is the origin.

    Returns
    -------
    ndarray of shape (n_rows,)
        Squared distances, not negative.
    """
    inside = rows @ basis.T
    return _beyond(rows, np.einsum("ij,ij->i", inside, inside))


def _beyond(rows: Floats, inside: Floats | float) -> Floats:
    """Squared norm of rows less a part of it, or several."""
    squares = np.einsum("ij,ij->i", rows, rows)
    squares = squares.reshape(-1, *[1] * (np.ndim(inside) - 1))
    rest = squares - inside
    return np.where(rest > ROUNDING * squares, rest, 0.0)


def local_squared_residuals(
    rows: Floats,
    groups: Floats,
    n_neighbors: int,
    *,
    shared: Floats | None = None,
    share: float = 0.99,
    max_rank: int | None = None,
    max_entries: int = 2**22,
) -> Floats:
    """Squared distance of rows to the span of the groups nearest to them.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, n_features)
        Rows.
    groups : ndarray of shape (n_groups, n_members, n_features)
        Groups of rows, such as a sample and its deformations.
    n_neighbors : int
        Groups whose span is taken, at most ``n_groups``: those with the row nearest to
        their own span.
    shared : ndarray of shape (n_shared, n_features) or None, default=None
        Rows that belong to every group.
    share : float, default=0.99
        Leading directions are kept up to this share of the sum of singular values, for
        each row on its own.
    max_rank : int or None, default=None
        Directions, at most.
    max_entries : int, default=2**22
        Floats of neighbours held at a time.

    Returns
    -------
    ndarray of shape (n_rows,)
        Squared distances, not negative.

    Notes
    -----
    A singular value decomposition for each row, of ``n_neighbors * n_members`` by
    n_features or by the number of all rows of the groups, whichever is less.

    Examples
    --------
    >>> import numpy as np
    >>> from skot.solvers import local_squared_residuals
    >>> groups = np.array([[[1.0, 0.0]], [[0.0, 2.0]]])
    >>> local_squared_residuals(np.array([[3.0, 1.0]]), groups, 1)
    array([1.])
    """
    n_members, n_features = groups.shape[1:]
    shared = np.empty((0, n_features)) if shared is None else shared
    max_rank = n_features if max_rank is None else max_rank
    # Nothing leaves the span of all groups: work in coordinates of it.
    everything = span(np.vstack([shared, groups.reshape(-1, n_features)])).basis
    if not len(everything):
        return _beyond(rows, 0.0)
    given, rows, shared = rows, rows @ everything.T, shared @ everything.T
    groups = groups @ everything.T
    distances = _group_distances(rows, groups, span(shared).basis)
    nearest = np.argsort(distances, axis=1, kind="stable")[:, :n_neighbors]
    height = len(shared) + nearest.shape[1] * n_members
    step = max(1, max_entries // max(1, height * rows.shape[1]))
    inside = np.empty(len(rows))
    for start in range(0, len(rows), step):
        part = slice(start, start + step)
        neighbours = groups[nearest[part]]
        inside[part] = _inside(rows[part], neighbours, shared, share, max_rank)
    return _beyond(given, inside)


def _group_distances(rows: Floats, groups: Floats, common: Floats) -> Floats:
    """Squared distance of rows to the span of each group and what all groups share."""
    rows = rows - (rows @ common.T) @ common
    groups = groups - (groups @ common.T) @ common
    _, strengths, directions = np.linalg.svd(groups, full_matrices=False)
    weak = strengths <= 1e-12 * strengths.max(initial=0.0)
    directions[weak] = 0.0
    inner = np.einsum("ij,gmj->igm", rows, directions, optimize=True)
    return _beyond(rows, np.square(inner).sum(axis=2))


def _inside(
    rows: Floats, neighbours: Floats, shared: Floats, share: float, max_rank: int
) -> Floats:
    """Squared norm of each row within the leading span of its neighbours."""
    stacks = neighbours.reshape(len(rows), -1, rows.shape[1])
    shared = np.broadcast_to(shared, (len(rows), *shared.shape))
    stacks = np.concatenate([shared, stacks], axis=1)
    _, strengths, directions = np.linalg.svd(stacks, full_matrices=False)
    total = np.cumsum(strengths, axis=1)
    rank = np.count_nonzero(strengths > 1e-12 * strengths[:, :1], axis=1)
    leading = 1 + np.count_nonzero(total < share * total[:, -1:], axis=1)
    count = np.minimum(np.minimum(rank, leading), max_rank)
    kept = np.arange(strengths.shape[1]) < count[:, None]
    inner = np.einsum("ij,irj->ir", rows, directions, optimize=True)
    squares: Floats = np.square(inner).sum(axis=1, where=kept)
    return squares
