# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The door for signals and images, whose samples are arrays of one shape."""

from math import isqrt, prod

import numpy as np
from sklearn.utils.validation import validate_data


def validate_signals(estimator, X, *, reset, signed=False):
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
        Naming the signal and the fault: NaN or infinite, negative, empty; or if the
        number of cells differs from that of ``fit``.
    """
    X = validate_data(
        estimator, X, reset=reset, ensure_all_finite=False, ensure_min_features=2
    )
    _check_values(X, signed)
    return X


def validate_images(estimator, X, *, reset, image_shape=None, signed=False):
    """Read images, or volumes, for an estimator, with scikit-learn's bookkeeping.

    Sets ``n_features_in_`` to the number of pixels, and ``feature_names_in_``.

    Parameters
    ----------
    estimator : estimator
        Whose attributes are set or checked.
    X : array-like of shape (n_images, n_rows, n_columns) or (n_images, n_pixels)
        Images, or volumes with one more axis; or a table of flattened ones. A list of
        images will do.
    reset : bool
        True in ``fit``, False elsewhere.
    image_shape : tuple of int or None, default=None
        Shape of an image. None takes that of ``X``. Rows of a table are then square
        images where their length is a square, and else images of one row of pixels.
    signed : bool, default=False
        Whether values may be negative, and images zero.

    Returns
    -------
    X : ndarray of shape (n_images, n_pixels)
        Flattened images, numbers of the type given.
    image_shape : tuple of int
        Shape of an image.

    Raises
    ------
    ValueError
        Naming the image and the fault: NaN or infinite, negative, empty; or if shapes
        do not match.
    """
    if isinstance(X, list | tuple):
        X = _stack(X)
    if len(getattr(X, "shape", ())) > 2:
        X = np.asarray(X)
        shape = X.shape[1:]
        if image_shape is not None and shape != tuple(image_shape):
            raise ValueError(
                f"X holds images of shape {shape}, expected {tuple(image_shape)}"
            )
        image_shape = shape
        X = X.reshape(len(X), prod(shape))
    X = validate_data(
        estimator, X, reset=reset, ensure_all_finite=False, ensure_min_features=2
    )
    if image_shape is None:
        side = isqrt(X.shape[1])
        image_shape = (side, side) if side**2 == X.shape[1] else (1, X.shape[1])
    if prod(image_shape) != X.shape[1]:
        raise ValueError(
            f"X has {X.shape[1]} columns, but an image of shape {tuple(image_shape)} "
            f"has {prod(image_shape)} pixels"
        )
    _check_values(X, signed)
    return X, tuple(image_shape)


def _stack(X):
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


def _check_values(X, signed):
    # reductions without a temporary; a fault is looked for only if there is one
    low, high = X.min(axis=1), X.max(axis=1)
    for test, fault in ((np.isnan, "NaN"), (np.isinf, "infinity")):
        _refuse(test(low) | test(high), f"contains {fault}")
    if not signed:
        _refuse(
            low < 0,
            "has a negative value. Negative values in data have no mass: signals of "
            "both signs are read by SCDT, images by RadonCDT(signed=True)",
        )
        _refuse(high <= 0, "is empty: all its values are zero")


def _refuse(faulty, fault):
    if faulty.any():
        raise ValueError(f"X[{np.argmax(faulty)}] {fault}")
