# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Block-sparse patterns: which rows meet which columns."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Ranges:
    """A block-sparse pattern of pairs.

    Rows ``rows[k, 0]`` to ``rows[k, 1]`` meet the columns of the intervals
    ``columns[slices[k]:slices[k + 1]]``, and no others.

    Parameters
    ----------
    rows : ndarray of int of shape (n_blocks, 2)
        Intervals of rows, disjoint.
    slices : ndarray of int of shape (n_blocks + 1,)
        Where the column intervals of each block of rows begin.
    columns : ndarray of int of shape (n_intervals, 2)
        Intervals of columns.
    """

    rows: np.ndarray
    slices: np.ndarray
    columns: np.ndarray

    @property
    def n_pairs(self) -> int:
        """Number of pairs the pattern holds."""
        widths = np.diff(self.columns, axis=1)[:, 0]
        total = np.concatenate([[0], np.cumsum(widths)])
        per_row = total[self.slices[1:]] - total[self.slices[:-1]]
        return int(per_row @ np.diff(self.rows, axis=1)[:, 0])

    def without_columns(self, n: int) -> np.ndarray:
        """Find the rows that meet no column.

        Parameters
        ----------
        n : int
            Number of rows.

        Returns
        -------
        ndarray of bool of shape (n,)
            True for such rows.
        """
        widths = np.diff(self.columns, axis=1)[:, 0]
        total = np.concatenate([[0], np.cumsum(widths)])[self.slices]
        mask = np.ones(n, dtype=bool)
        for (start, stop), width in zip(
            self.rows.tolist(), np.diff(total), strict=True
        ):
            mask[start:stop] = width == 0
        return mask

    def keops(self) -> tuple:
        """Write the pattern as KeOps does.

        Returns
        -------
        tuple of ndarray
            Its six arrays; the transposed half is not used.
        """
        rows, slices, columns = (
            np.ascontiguousarray(v, dtype=np.int32)
            for v in (self.rows, self.slices[1:], self.columns)
        )
        return rows, slices, columns, columns, slices, rows


def batch_ranges(x_offsets: Any, y_offsets: Any) -> Ranges:
    """Pattern of a ragged batch: set k of one collection meets set k of the other.

    Parameters
    ----------
    x_offsets, y_offsets : ndarray of int of shape (n_sets + 1,)
        Where the sets begin in the flat arrays of points.

    Returns
    -------
    Ranges
        For the argument ``ranges`` of the reductions.

    Examples
    --------
    >>> from skot.reductions import batch_ranges, min_cost
    >>> x, y = [[0.0], [5.0], [6.0]], [[1.0], [2.0], [7.0]]
    >>> min_cost(x, y, ranges=batch_ranges([0, 1, 3], [0, 2, 3]))
    array([1., 4., 1.])
    """
    x_offsets, y_offsets = np.asarray(x_offsets), np.asarray(y_offsets)
    if x_offsets.shape != y_offsets.shape:
        raise ValueError(
            f"both collections must hold as many sets, got {len(x_offsets) - 1} and "
            f"{len(y_offsets) - 1}"
        )
    return Ranges(
        np.stack([x_offsets[:-1], x_offsets[1:]], axis=1),
        np.arange(len(x_offsets)),
        np.stack([y_offsets[:-1], y_offsets[1:]], axis=1),
    )


def block_ranges(x_offsets: Any, y_offsets: Any, keep: np.ndarray) -> Ranges:
    """Pattern of the blocks to keep: cell k of the rows meets the cells kept in row k.

    Parameters
    ----------
    x_offsets : ndarray of int of shape (n_x_cells + 1,)
        Where the cells begin in the rows.
    y_offsets : ndarray of int of shape (n_y_cells + 1,)
        Where the cells begin in the columns.
    keep : ndarray of bool of shape (n_x_cells, n_y_cells)
        Blocks to keep.

    Returns
    -------
    Ranges
        For the argument ``ranges`` of the reductions; neighbouring cells are merged.
    """
    x_offsets, y_offsets = np.asarray(x_offsets), np.asarray(y_offsets)
    keep = np.asarray(keep, dtype=bool)
    # a run of kept cells is one interval: from where keep rises to where it falls
    padded = np.zeros((keep.shape[0], keep.shape[1] + 2), dtype=np.int8)
    padded[:, 1:-1] = keep
    steps = np.diff(padded, axis=1)
    row, start = np.nonzero(steps == 1)
    _, stop = np.nonzero(steps == -1)
    counts = np.bincount(row, minlength=keep.shape[0])
    return Ranges(
        np.stack([x_offsets[:-1], x_offsets[1:]], axis=1),
        np.concatenate([[0], np.cumsum(counts)]),
        np.stack([y_offsets[start], y_offsets[stop]], axis=1),
    )
