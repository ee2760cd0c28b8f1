# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The door for signals and images, whose samples are arrays of one shape."""

from collections.abc import Sequence
from math import isqrt, prod
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._warnings import warn
from ._ragged import RaggedSets


def validate_signals(
    estimator: Any, X: Any, *, reset: bool, signed: bool = False
) -> np.ndarray:
    """Read signals on a grid for an estimator, with scikit-learn's bookkeeping.

    Sets ``n_features_in_`` to the number of cells, and ``feature_names_in_``.

    Parameters
    ----------
    estimator : estimator
        Whose attributes are set or checked.
    X : array-like of shape (n_signals, n_cells)
        Signals, at least two cells each.
    reset : bool
        True in ``fit``, False elsewhere.
    signed : bool, default=False
        Whether values may be negative, and signals zero.

    Returns
    -------
    ndarray of shape (n_signals, n_cells)
        Numbers, of the type given.

    Raises
    ------
    ValueError
        Naming the signal and the fault: NaN or infinite, too large to add up, or
        negative; or if the number of cells differs between signals or from ``fit``.

    Warns
    -----
    UserWarning
        If a signal is zero, naming it. It is read as constant: what a little background
        would make of it.
    """
    if isinstance(X, list | tuple):
        X = _stack(X)
    X = _validate_table(estimator, X, reset)
    _check_values(X, signed)
    return X if signed else _fill_empty(X, strict=False)


def validate_images(
    estimator: Any,
    X: Any,
    *,
    reset: bool,
    signed: bool = False,
    image_shape: tuple[int, ...] | None = None,
) -> np.ndarray:
    """Read images, or volumes, for an estimator, with scikit-learn's bookkeeping.

    Sets ``image_shape_``, ``n_features_in_`` to the number of pixels, and
    ``feature_names_in_``.

    Parameters
    ----------
    estimator : estimator
        Whose attributes are set or checked.
    X : array-like of shape (n_images, n_rows, n_columns) or (n_images, n_pixels)
        Images, or volumes with one more axis; or a table of flattened ones. A list of
        images will do.
    reset : bool
        True in ``fit``, False elsewhere.
    signed : bool, default=False
        Whether values may be negative, and images zero.
    image_shape : tuple of int or None, default=None
        Shape of an image. None takes that of ``X``. Rows of a table are then square
        images where their length is a square, and else images of one row of pixels.

    Returns
    -------
    ndarray of shape (n_images, n_pixels)
        Flattened images, numbers of the type given.

    Raises
    ------
    ValueError
        Naming the image and the fault: NaN or infinite, too large to add up, negative,
        empty; or if shapes do not match or are none.

    Warns
    -----
    UserWarning
        If a row of a table is zero and no ``image_shape`` says that it is an image,
        naming it. It is read as constant, as in `validate_signals`.
    """
    if isinstance(X, list | tuple):
        X = _stack(X)
    if not all(isinstance(n, Integral) and n > 0 for n in image_shape or ()):
        raise ValueError(f"image_shape must hold positive ints, got {image_shape}")
    expected = image_shape if reset else estimator.image_shape_
    strict = image_shape is not None
    if len(getattr(X, "shape", ())) > 2:
        X, strict = np.asarray(X), True
        shape = X.shape[1:]
        if expected is not None and shape != tuple(expected):
            raise ValueError(
                f"X holds images of shape {shape}, expected {tuple(expected)}"
            )
        expected = shape
        X = X.reshape(len(X), prod(shape))
    X = _validate_table(estimator, X, reset)
    if expected is None:
        side = isqrt(X.shape[1])
        expected = (side, side) if side**2 == X.shape[1] else (1, X.shape[1])
    if prod(expected) != X.shape[1]:
        raise ValueError(
            f"X has {X.shape[1]} columns, but an image of shape {tuple(expected)} has "
            f"{prod(expected)} pixels"
        )
    _check_values(X, signed)
    if reset:
        estimator.image_shape_ = tuple(expected)
    return X if signed else _fill_empty(X, strict)


def _validate_table(estimator: Any, X: Any, reset: bool) -> np.ndarray:
    from sklearn.utils.validation import validate_data

    if isinstance(X, RaggedSets):
        raise ValueError(
            "X holds sets, expected signals or images on a grid: point sets have "
            "skot.embedding.SlicedWassersteinEmbedding for a transform"
        )
    table: np.ndarray = validate_data(
        estimator,
        X,
        reset=reset,
        ensure_all_finite=False,  # our message says which row
        ensure_min_features=2 if reset else 1,
    )
    return table


def _stack(X: Sequence[Any]) -> np.ndarray:
    try:
        return np.asarray(X)
    except ValueError:
        shapes = [np.shape(x) for x in X]
        i = next((i for i, shape in enumerate(shapes) if shape != shapes[0]), None)
        if i is None:
            raise
        raise ValueError(
            f"X[{i}] has shape {shapes[i]}, expected {shapes[0]}"
        ) from None


def _check_values(X: np.ndarray, signed: bool) -> None:
    # reductions without a temporary; a fault is looked for only if there is one
    low, high = X.min(), X.max()
    if not (np.isfinite(low) and np.isfinite(high)):
        for test, fault in ((np.isnan, "NaN"), (np.isinf, "infinity")):
            _refuse(test(X).any(axis=1), f"contains {fault}")
    most = np.finfo(np.float64).max / X.shape[1]
    if max(float(high), -float(low)) > most:
        _refuse((np.abs(X) > most).any(axis=1), "has values too large to add up")
    if low < 0 and not signed:
        _refuse(
            (X < 0).any(axis=1),
            "has a negative value. Negative values in data have no mass: SCDT reads "
            "signals of both signs, RadonCDT(signed=True) images",
        )


def _fill_empty(X: np.ndarray, strict: bool) -> np.ndarray:
    """Refuse rows of zeros, or warn and read them as ones."""
    empty = X.max(axis=1) == 0
    if not empty.any():
        return X
    if strict:
        _refuse(empty, "is empty: all its pixels are zero")
    # scikit-learn's own checks pass such rows: a table may hold anything
    warn(
        f"X[{np.argmax(empty)}] is zero: without mass to transport, it is read as "
        "constant",
    )
    X = X.copy()
    X[empty] = 1
    return X


def _refuse(faulty: NDArray[np.bool_] | np.bool_, fault: str) -> None:
    if faulty.any():
        raise ValueError(f"X[{np.argmax(faulty)}] {fault}")
