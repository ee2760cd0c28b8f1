# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The one door: whatever users call a collection of sets becomes `PointSets`."""

import numpy as np
from scipy.sparse import issparse
from sklearn.utils.validation import check_array, validate_data

from ._measure import Measure
from ._points import PointSets
from ._ragged import RaggedSets, as_offsets, join_weights

FLOATS = (np.float64, np.float32)


def read_sets(X, *, masses="probability", name="X"):
    """Read a collection of point sets and check every value.

    Parameters
    ----------
    X : set-like of shape (n_sets, n_dims)
        One of

        - `PointSets`;
        - a list, object array, Series or one-column frame of arrays of shape
          (n_i, n_dims), of `Measure` objects or of tuples (points, weights);
        - a 3-D array of sets of one size;
        - a table of shape (n_sets, n_dims), which is a collection of Diracs: row x
          is one point at x.
    masses : {"probability", "positive"}, default="probability"
        "probability" scales the weights of each set to sum to 1; "positive" keeps
        them as given. Points of weight zero are no part of a measure and are left
        out. Without weights, points of a set weigh the same.
    name : str, default="X"
        How messages call the collection.

    Returns
    -------
    PointSets
        Floating points, float32 kept; finite; weights float64, positive.

    Raises
    ------
    ValueError
        Naming the set and the fault: empty, of other width, not numeric, NaN or
        infinite, a negative weight, zero mass.

    Examples
    --------
    >>> import numpy as np
    >>> from skot.sets import read_sets
    >>> read_sets([np.zeros((3, 2)), np.ones((5, 2))])
    PointSets(2 sets of 3 to 5 points in R^2)
    >>> read_sets(np.eye(3))
    PointSets(3 sets of 1 point in R^3)
    >>> read_sets([np.zeros((3, 2)), np.ones((5, 1))])
    Traceback (most recent call last):
        ...
    ValueError: X[1] has 1 column, expected 2
    """
    sets = _read_collection(X, name)
    if sets is None:
        return PointSets.diracs(check_array(X, dtype=FLOATS, input_name=name))
    return _check_sets(sets, masses, name)


def validate_sets(estimator, X, *, reset, masses="probability"):
    """Read X for an estimator: `read_sets`, and scikit-learn's bookkeeping.

    Sets ``n_features_in_`` to n_dims, ``feature_names_in_`` where a table has names,
    and ``_fitted_on_table``.

    Parameters
    ----------
    estimator : estimator
        Whose attributes are set or checked.
    X : set-like of shape (n_sets, n_dims)
        As in `read_sets`.
    reset : bool
        True in ``fit``, False elsewhere.
    masses : {"probability", "positive"}, default="probability"
        As in `read_sets`.

    Returns
    -------
    PointSets
        The collection.

    Raises
    ------
    ValueError
        As in `read_sets`; or if n_dims differs from that of ``fit``.
    """
    sets = _read_collection(X, "X")
    table = sets is None
    if table:
        X = validate_data(estimator, X, reset=reset, dtype=FLOATS)
        sets = PointSets.diracs(X)
    else:
        sets = _check_sets(sets, masses, "X")
        validate_data(estimator, sets, reset=reset, skip_check_array=True)
    if reset:
        estimator._fitted_on_table = table
    return sets


def is_table(X):
    """Whether `read_sets` takes X for a table, a collection of Diracs.

    Parameters
    ----------
    X : set-like
        The collection.

    Returns
    -------
    bool
        True for what is neither a container nor a sequence of sets.
    """
    return _as_cells(X, "X") is None


def read_list(sets, weights=None, name="X"):
    """Concatenate a sequence of sets; see `PointSets.from_list`."""
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
    return PointSets(
        np.concatenate(points), as_offsets(sizes), join_weights(masses, sizes)
    )


# -- what a collection looks like --------------------------------------------------


def _read_collection(X, name):
    """Return `PointSets`, unchecked, or None when X is to be read as a table."""
    cells = _as_cells(X, name)
    return (
        cells if cells is None or isinstance(cells, PointSets) else _stack(cells, name)
    )


def _stack(cells, name):
    if isinstance(cells, np.ndarray):  # 3-D: sets of one size
        n, m, d = cells.shape
        return PointSets(cells.reshape(n * m, d), np.arange(n + 1) * m)
    return read_list(cells, name=name)


def _as_cells(X, name):
    """Return `PointSets`, a 3-D array or a list of cells; None for a table."""
    if isinstance(X, PointSets):
        return X
    if isinstance(X, RaggedSets):
        raise ValueError(
            f"{name} holds graphs, expected point sets: diffuse their features with "
            "skot.graph.GraphDiffusion first, or pass the nodes alone, X.nodes"
        )
    if isinstance(X, Measure):
        raise ValueError(f"{name} is one set, expected a collection: pass [{name}]")
    if isinstance(X, np.ndarray) and (X.ndim == 3 or X.dtype != object):
        return X if X.ndim == 3 else None
    if hasattr(X, "columns") and len(getattr(X, "shape", ())) == 2:
        return _frame_cells(X, name)
    shape = getattr(X, "shape", None)
    if isinstance(X, np.ndarray) and X.ndim == 2 and X.shape[1] == 1:
        X = X[:, 0]
    elif not isinstance(X, list | tuple) and (shape is None or len(shape) != 1):
        return None
    cells = _to_list(X)
    if not cells or any(_looks_like_set(cell) for cell in cells):
        return cells
    lengths = {len(c) for c in cells if getattr(c, "ndim", None) == 1}
    if len(lengths) > 1:
        raise ValueError(
            f"{name}[0] has 1 axis, expected shape (n_points, n_dims): "
            "sets of numbers are columns, of shape (n_points, 1)"
        )
    return None


def _frame_cells(X, name):
    """Cells of a one-column frame of sets; None for a frame of numbers."""
    if X.shape[0] == 0:
        return None
    holders = [c for c in X.columns if _looks_like_set(_to_list(X[c][:1])[0])]
    if not holders:
        return None
    if X.shape[1] > 1:
        raise ValueError(
            f"{name} is a frame of {X.shape[1]} columns and {holders[0]!r} holds sets: "
            "choose that column alone, for example with a ColumnTransformer"
        )
    return _to_list(X[holders[0]])


def _to_list(column):
    # a polars column of lists iterates over polars series, but lists as lists
    return column.to_list() if hasattr(column, "to_list") else list(column)


def column_of_cells(frame):
    """Return the column of a one-column frame, of something else than numbers."""
    if frame.shape[1] != 1:
        return None
    column = frame[frame.columns[0]]
    first = _to_list(column[:1])[0] if len(column) else None
    return column if hasattr(first, "__len__") and not isinstance(first, str) else None


def _looks_like_set(cell):
    if isinstance(cell, Measure) or getattr(cell, "ndim", None) == 2:
        return True
    if not isinstance(cell, list | tuple) or len(cell) == 0:
        return False
    if isinstance(cell, tuple) and len(cell) == 2 and _looks_like_set(cell[0]):
        return True
    return isinstance(cell[0], list | tuple | np.ndarray)


def _read_cell(cell, name):
    """Points and weights (or None) of one set."""
    weights = None
    if isinstance(cell, Measure):
        points, weights = cell.points, cell.weights
    elif isinstance(cell, tuple) and len(cell) == 2 and _looks_like_set(cell[0]):
        points, weights = cell
    else:
        points = cell
    points = _as_floats(points, name)
    if points.ndim != 2:
        axes = "axis" if points.ndim == 1 else "axes"
        raise ValueError(
            f"{name} has {points.ndim} {axes}, expected shape (n_points, n_dims)"
        )
    if weights is not None:
        weights = np.asarray(_as_floats(weights, f"the weights of {name}"), dtype=float)
        if weights.shape != (len(points),):
            raise ValueError(
                f"{name} has {len(points)} points but weights of shape {weights.shape}"
            )
    return points, weights


def _as_floats(values, name):
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


# -- what its values must satisfy ----------------------------------------------------


def _check_sets(sets, masses, name):
    if len(sets) == 0:
        raise ValueError(f"{name} holds 0 sets; at least 1 is required")
    if sets.shape[1] == 0:
        raise ValueError(f"{name}[0] has 0 columns; at least 1 is required")
    _refuse(sets.sizes == 0, name, "is empty")
    points = _as_floats(sets.points, name)
    if points is not sets.points:
        sets = sets.with_points(points)
    # two reductions without a temporary; the fault is looked for only if there is one
    if not (np.isfinite(points.min()) and np.isfinite(points.max())):
        owner = sets.set_index
        for test, fault in ((np.isnan, "NaN"), (np.isinf, "infinity")):
            _refuse_point(test(points).any(axis=1), owner, name, f"contains {fault}")
    if sets.weights is None:
        return sets
    weights = _as_floats(sets.weights, f"the weights of {name}")
    sets = sets.with_weights(weights.astype(np.float64, copy=False))
    return _check_weights(sets, masses, name)


def _check_weights(sets, masses, name):
    weights = sets.weights
    low, high = weights.min(), weights.max()
    if not (low > 0 and np.isfinite(high)):
        owner = sets.set_index
        finite = np.isfinite(weights)
        _refuse_point(~finite, owner, name, "has a weight that is NaN or infinite")
        _refuse_point(weights < 0, owner, name, "has a negative weight")
        _refuse(sets.masses == 0, name, "has zero mass")
        kept = weights > 0
        sizes = np.bincount(owner[kept], minlength=len(sets))
        sets = PointSets(sets.points[kept], as_offsets(sizes), weights[kept])
    if masses == "probability":
        return sets.normalized()
    if masses != "positive":
        raise ValueError(f"masses must be 'probability' or 'positive', got {masses!r}")
    return sets


def _refuse(faulty, name, fault):
    if faulty.any():
        raise ValueError(f"{name}[{np.argmax(faulty)}] {fault}")


def _refuse_point(faulty, owner, name, fault):
    if faulty.any():
        raise ValueError(f"{name}[{owner[np.argmax(faulty)]}] {fault}")
