# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The pairs of points that a reduction runs over: their costs, and a pattern."""

from dataclasses import dataclass

import numpy as np

from ._costs import Cost, read_cost
from ._ranges import Ranges


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of points, what each of them costs, and which of them count."""

    x: np.ndarray
    y: np.ndarray | None
    cost: Cost | None
    ranges: Ranges | None
    dtype: np.dtype

    @property
    def shape(self):
        return self.x.shape if self.cost is None else (len(self.x), len(self.y))

    @property
    def n_pairs(self):
        n, m = self.shape
        return n * m if self.ranges is None else self.ranges.n_pairs

    def costs(self, rows, columns):
        """Return a block of costs, which the caller may overwrite."""
        if self.cost is None:
            return np.array(self.x[rows][:, columns], dtype=np.float64)
        C = self.cost.block(self.x[rows], self.y[columns])
        return np.array(C, dtype=np.float64, copy=self.cost.lazy is None)


def read_pairs(x, y, cost, ranges):
    """Check and convert the arguments that all reductions share."""
    cost = read_cost(cost)
    if cost is None:
        if y is not None:
            raise ValueError('y must be None with cost="precomputed": x is the matrix')
        x, dtype = np.asarray(x), np.dtype(np.float64)
        if x.ndim != 2:
            raise ValueError(f"x must be a matrix of costs, got shape {x.shape}")
        return Pairs(x, None, None, ranges, dtype)
    x, y = np.asarray(x), np.asarray(x if y is None else y)
    if x.ndim != 2 or y.ndim != 2 or x.shape[1] != y.shape[1]:
        raise ValueError(
            f"x and y must be points of one dimension, got shapes {x.shape}, {y.shape}"
        )
    single = x.dtype == np.float32 and y.dtype == np.float32
    dtype = np.dtype(np.float32 if single else np.float64)
    x, y = (np.ascontiguousarray(v, dtype=dtype) for v in (x, y))
    return Pairs(x, y, cost, ranges, dtype)
