# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Signals become sets: the points (coordinate, value) of their graphs."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._cells import FLOATS, as_floats, column_of_cells, to_list
from ._points import PointSets
from ._ragged import RaggedSets
from ._read import check_sets


def validate_signal_sets(
    estimator: Any, X: Any, *, reset: bool, grid: ArrayLike | None = None
) -> tuple[PointSets, int]:
    """Read signals for an estimator, with scikit-learn's bookkeeping.

    Sets ``n_features_in_`` to the columns of a table, and to n_coords + n_channels
    where X is none, ``feature_names_in_`` where a table has names, and
    ``_fitted_on_table``.

    Parameters
    ----------
    estimator : estimator
        Whose attributes are set or checked.
    X : signal-like of shape (n_signals, n_samples)
        One of

        - a table, a row for each signal of one channel;
        - an array of shape (n_signals, n_samples, n_channels);
        - a list, object array, Series or one-column frame of values, of shape
          (n_samples_i,) or (n_samples_i, n_channels);
        - the same of tuples (grid, values), with grids of shape (n_samples_i,) or
          (n_samples_i, n_coords).
    reset : bool
        True in ``fit``, False elsewhere.
    grid : array-like of shape (n_samples,) or (n_samples, n_coords), or None
        Coordinates of signals that come without. None spreads the samples of each
        signal evenly over [0, 1].

    Returns
    -------
    sets : PointSets
        The points (coordinate, values) of each signal, float32 kept.
    n_coords : int
        How many leading columns are coordinates.

    Raises
    ------
    ValueError
        Naming the signal and the fault: empty, NaN or infinite, of other width, or
        with a grid of another length.
    """
    from sklearn.utils.validation import check_array, validate_data

    cells: Any = _signal_cells(X)
    table = cells is None
    if table and not reset and not estimator._fitted_on_table:
        # fitted on signals of any length, and rows are such
        cells, table = check_array(X, dtype=FLOATS), False
    elif table:
        cells = validate_data(estimator, X, reset=reset, dtype=FLOATS)
    if len(cells) == 0:
        raise ValueError("X holds 0 signals; at least 1 is required")
    pairs = [_read_signal(cell, grid, f"X[{i}]") for i, cell in enumerate(cells)]
    n_coords = pairs[0][0].shape[1]
    for i, (coords, _) in enumerate(pairs):
        if coords.shape[1] != n_coords:
            raise ValueError(
                f"X[{i}] has a grid in R^{coords.shape[1]}, expected R^{n_coords}"
            )
    sets = PointSets.from_list([np.hstack(pair) for pair in pairs])
    sets = check_sets(sets, "positive", "X")
    if not table and (reset or not estimator._fitted_on_table):
        validate_data(estimator, sets, reset=reset, skip_check_array=True)
    if reset:
        estimator._fitted_on_table = table
    return sets, n_coords


def coordinate_scales(
    n_coords: int, n_values: int, *, beta: float, p: float
) -> NDArray[np.float64]:
    """Compute the divisors of points (coordinate, value) that turn TL^p into W_p.

    Parameters
    ----------
    n_coords, n_values : int
        How many columns are coordinates, and how many values.
    beta : float
        What a p-th power of a move in space is divided by.
    p : float
        Order.

    Returns
    -------
    ndarray of shape (n_coords + n_values,)
        ``beta ** (1 / p)`` for coordinates, 1 for values.
    """
    return np.repeat([beta ** (1 / p), 1.0], [n_coords, n_values])


def _signal_cells(X: Any) -> np.ndarray | list[Any] | None:
    """Return values or tuples (grid, values), one a signal; None for a table."""
    if isinstance(X, RaggedSets):
        raise ValueError(f"X holds {type(X).__name__}, expected signals")
    if isinstance(X, np.ndarray) and X.dtype != object:
        return X if X.ndim == 3 else None
    if hasattr(X, "columns"):
        column = column_of_cells(X)
        X = X if column is None else column
    if not isinstance(X, list | tuple) and len(getattr(X, "shape", ())) != 1:
        return None
    # also where all are of one length by chance, as in a fold of ragged ones
    cells = to_list(X)
    return cells if any(_is_pair(cell) or _n_axes(cell) for cell in cells) else None


def _is_pair(cell: Any) -> bool:
    return isinstance(cell, tuple) and len(cell) == 2 and _n_axes(cell[0]) > 0


def _n_axes(cell: Any) -> int:
    if isinstance(cell, list | tuple):
        return 1 + (_n_axes(cell[0]) if len(cell) else 0)
    return getattr(cell, "ndim", 0)


def _read_signal(
    cell: Any, grid: ArrayLike | None, name: str
) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates and values of one signal, both with two axes."""
    grid, values = cell if _is_pair(cell) else (grid, cell)
    values = _as_columns(values, name)
    if grid is None:
        grid = np.linspace(0, 1, len(values))
    coords = _as_columns(grid, f"the grid of {name}").astype(values.dtype, copy=False)
    if len(coords) != len(values):
        raise ValueError(
            f"{name} has {len(values)} samples, but its grid has {len(coords)} points"
        )
    return coords, values


def _as_columns(array: ArrayLike, name: str) -> np.ndarray:
    array = as_floats(array, name)
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2 or array.shape[1] == 0:
        raise ValueError(
            f"{name} has shape {array.shape}, expected (n_samples,) or "
            "(n_samples, n_columns)"
        )
    return array
