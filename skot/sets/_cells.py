# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""What one set looks like, and how a list of them is laid out flat."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from ._measure import Measure
from ._ragged import as_offsets, join_weights

# Points, offsets and weights (or None), what a `PointSets` is made of.
Flat = tuple[np.ndarray, NDArray[np.int64], np.ndarray | None]

FLOATS = (np.float64, np.float32)


def read_list(
    sets: Iterable[Any], weights: Sequence[Any] | None = None, name: str = "X"
) -> Flat:
    """Points, offsets and weights (or None) of sets; see `PointSets.from_list`."""
    cells = list(sets)
    if not cells:
        raise ValueError(f"{name} holds 0 sets; at least 1 is required")
    if weights is not None:
        if len(weights) != len(cells):
            raise ValueError(f"{len(weights)} arrays of weights for {len(cells)} sets")
        cells = list(zip(cells, weights, strict=True))
    points, masses = zip(
        *(_read_cell(cell, f"{name}[{i}]") for i, cell in enumerate(cells)),
        strict=True,
    )
    width = points[0].shape[1]
    for i, p in enumerate(points):
        if p.shape[1] != width:
            plural = "column" if p.shape[1] == 1 else "columns"
            raise ValueError(f"{name}[{i}] has {p.shape[1]} {plural}, expected {width}")
    sizes = [len(p) for p in points]
    return np.concatenate(points), as_offsets(sizes), join_weights(masses, sizes)


def looks_like_set(cell: Any) -> bool:
    """Whether a cell of a list or a column is a set, and not a row of numbers."""
    if isinstance(cell, Measure) or getattr(cell, "ndim", None) == 2:
        return True
    if not isinstance(cell, list | tuple) or len(cell) == 0:
        return False
    if isinstance(cell, tuple) and len(cell) == 2 and looks_like_set(cell[0]):
        return True
    return isinstance(cell[0], list | tuple | np.ndarray)


def to_list(column: Any) -> list[Any]:
    """Cells of a column of a frame, a Series or a sequence."""
    # a polars column of lists iterates over polars series, but lists as lists
    return column.to_list() if hasattr(column, "to_list") else list(column)


def column_of_cells(frame: Any) -> Any:
    """Return the column of a one-column frame, of something else than numbers."""
    if frame.shape[1] != 1:
        return None
    column = frame[frame.columns[0]]
    first = to_list(column[:1])[0] if len(column) else None
    return column if hasattr(first, "__len__") and not isinstance(first, str) else None


def _read_cell(cell: Any, name: str) -> tuple[np.ndarray, np.ndarray | None]:
    """Points and weights (or None) of one set."""
    weights = None
    if isinstance(cell, Measure):
        points, weights = cell.points, cell.weights
    elif isinstance(cell, tuple) and len(cell) == 2 and looks_like_set(cell[0]):
        points, weights = cell
    else:
        points = cell
    points = as_floats(points, name)
    if points.ndim != 2:
        axes = "axis" if points.ndim == 1 else "axes"
        raise ValueError(
            f"{name} has {points.ndim} {axes}, expected shape (n_points, n_dims)"
        )
    if weights is not None:
        weights = np.asarray(as_floats(weights, f"the weights of {name}"), dtype=float)
        if weights.shape != (len(points),):
            raise ValueError(
                f"{name} has {len(points)} points but weights of shape {weights.shape}"
            )
    return points, weights


def as_floats(values: Any, name: str) -> np.ndarray:
    """Return a floating array, float32 kept; a clear error for anything else."""
    if isinstance(values, np.ma.MaskedArray):
        raise ValueError(
            f"{name} is a masked array; choose the points that belong to it"
        )
    if isinstance(values, np.ndarray) and values.dtype in FLOATS:
        return values
    if issparse(values):
        raise ValueError(f"{name} is sparse; convert it with .toarray()")
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ValueError(f"{name} is not an array: {error}") from error
    if array.dtype.kind == "c":
        raise ValueError(f"{name} is complex. Complex data not supported")
    if array.dtype == object:
        try:
            array = array.astype(np.float64)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{name} is not numeric: {error}") from error
    if array.dtype.kind not in "fiub":
        raise ValueError(f"{name} is of type {array.dtype}, not numeric")
    return array if array.dtype in FLOATS else array.astype(np.float64)
