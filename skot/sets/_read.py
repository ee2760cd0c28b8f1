# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The one door: whatever users call a collection of sets becomes `PointSets`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._cells import FLOATS, as_floats, looks_like_set, read_list, to_list
from ._measure import Measure, check_masses
from ._points import PointSets
from ._ragged import RaggedSets, as_offsets


def read_sets(X: Any, *, masses: str = "probability", name: str = "X") -> PointSets:
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
        # solvers take sets, and load no scikit-learn: it is imported where X is read
        from sklearn.utils.validation import check_array

        return PointSets.diracs(check_array(X, dtype=FLOATS, input_name=name))
    return check_sets(sets, masses, name)


def validate_sets(
    estimator: Any, X: Any, *, reset: bool, masses: str = "probability"
) -> PointSets:
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
    from sklearn.utils.validation import validate_data

    sets = _read_collection(X, "X")
    table = sets is None
    if sets is None:
        X = validate_data(estimator, X, reset=reset, dtype=FLOATS)
        sets = PointSets.diracs(X)
    else:
        sets = check_sets(sets, masses, "X")
        validate_data(estimator, sets, reset=reset, skip_check_array=True)
    if reset:
        estimator._fitted_on_table = table
    return sets


def is_table(X: Any) -> bool:
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


# -- what a collection looks like --------------------------------------------------


def _read_collection(X: Any, name: str) -> PointSets | None:
    """Return `PointSets`, unchecked, or None when X is to be read as a table."""
    cells = _as_cells(X, name)
    return (
        cells if cells is None or isinstance(cells, PointSets) else _stack(cells, name)
    )


def _stack(cells: np.ndarray | list[Any], name: str) -> PointSets:
    if isinstance(cells, np.ndarray):  # 3-D: sets of one size
        n, m, d = cells.shape
        return PointSets(cells.reshape(n * m, d), np.arange(n + 1) * m)
    return PointSets(*read_list(cells, name=name))


def _as_cells(X: Any, name: str) -> PointSets | np.ndarray | list[Any] | None:
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
    cells = to_list(X)
    if not cells or any(looks_like_set(cell) for cell in cells):
        return cells
    lengths = {len(c) for c in cells if getattr(c, "ndim", None) == 1}
    if len(lengths) > 1:
        raise ValueError(
            f"{name}[0] has 1 axis, expected shape (n_points, n_dims): "
            "sets of numbers are columns, of shape (n_points, 1)"
        )
    return None


def _frame_cells(X: Any, name: str) -> list[Any] | None:
    """Cells of a one-column frame of sets; None for a frame of numbers."""
    if X.shape[0] == 0:
        return None
    holders = [c for c in X.columns if looks_like_set(to_list(X[c][:1])[0])]
    if not holders:
        return None
    if X.shape[1] > 1:
        raise ValueError(
            f"{name} is a frame of {X.shape[1]} columns and {holders[0]!r} holds sets: "
            "choose that column alone, for example with a ColumnTransformer"
        )
    return to_list(X[holders[0]])


# -- what its values must satisfy ----------------------------------------------------


def check_sets(sets: PointSets, masses: str, name: str) -> PointSets:
    """Check the values of a collection; see `read_sets`."""
    if len(sets) == 0:
        raise ValueError(f"{name} holds 0 sets; at least 1 is required")
    if sets.shape[1] == 0:
        raise ValueError(f"{name}[0] has 0 columns; at least 1 is required")
    _refuse(sets.sizes == 0, name, "is empty")
    points = as_floats(sets.points, name)
    if points is not sets.points:
        sets = sets.with_points(points)
    # two reductions without a temporary; the fault is looked for only if there is one
    if not (np.isfinite(points.min()) and np.isfinite(points.max())):
        owner = sets.set_index
        for test, fault in ((np.isnan, "NaN"), (np.isinf, "infinity")):
            _refuse_point(test(points).any(axis=1), owner, name, f"contains {fault}")
    if sets.weights is None:
        return sets
    weights = as_floats(sets.weights, f"the weights of {name}")
    return _check_weights(sets, weights.astype(np.float64, copy=False), masses, name)


def _check_weights(
    sets: PointSets, weights: NDArray[np.float64], masses: str, name: str
) -> PointSets:
    sets = sets.with_weights(weights)
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
    check_masses(masses)
    return sets.normalized() if masses == "probability" else sets


def _refuse(faulty: NDArray[np.bool_] | np.bool_, name: str, fault: str) -> None:
    if faulty.any():
        raise ValueError(f"{name}[{np.argmax(faulty)}] {fault}")


def _refuse_point(
    faulty: NDArray[np.bool_] | np.bool_, owner: np.ndarray, name: str, fault: str
) -> None:
    if faulty.any():
        raise ValueError(f"{name}[{owner[np.argmax(faulty)]}] {fault}")
