# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""How sets lie in padded arrays, long frames and histograms, laid out flat."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ._cells import Flat
from ._ragged import as_offsets


def read_padded(
    X: ArrayLike, mask: ArrayLike | None, weights: ArrayLike | None
) -> Flat:
    """Lay padded sets out flat; see `PointSets.from_padded`."""
    X = np.asarray(X)
    if X.ndim != 3:
        raise ValueError(f"a padded array has 3 axes, got {X.ndim}")
    mask = np.ones(X.shape[:2], bool) if mask is None else np.asarray(mask)
    if mask.shape != X.shape[:2] or mask.dtype != bool:
        raise ValueError(
            f"mask must be boolean of shape {X.shape[:2]}, "
            f"got {mask.dtype} of shape {mask.shape}"
        )
    mass = None if weights is None else np.asarray(weights)
    if mass is not None:
        if mass.shape != mask.shape:
            raise ValueError(f"weights must have shape {mask.shape}, got {mass.shape}")
        mass = mass[mask]
    return X[mask], as_offsets(mask.sum(axis=1)), mass


def read_frame(
    df: Any, by: str, columns: list[str] | None, weights: str | None
) -> Flat:
    """Lay the rows of a long frame out flat; see `PointSets.from_frame`."""
    known = list(df.columns)
    if columns is None:
        columns = [c for c in known if c not in (by, weights)]
    missing = [c for c in [by, weights, *columns] if c not in [None, *known]]
    if missing:
        raise ValueError(f"the frame has no column {missing[0]!r}")
    keys = np.asarray(df[by])
    absent = np.array([k is None or k != k for k in keys.tolist()], dtype=bool)
    if absent.any():
        raise ValueError(f"row {np.flatnonzero(absent)[0]} has no key in {by!r}")
    _, group = np.unique(keys, return_inverse=True)
    order = np.argsort(group, kind="stable")
    points = np.column_stack([np.asarray(df[c]) for c in columns])[order]
    mass = None if weights is None else np.asarray(df[weights])[order]
    return points, as_offsets(np.bincount(group)), mass


def read_histograms(H: ArrayLike, support: ArrayLike | None) -> Flat:
    """Lay filled bins out flat; see `PointSets.from_histograms`."""
    H = np.asarray(H)
    if H.ndim != 2:
        raise ValueError(f"histograms have 2 axes, got {H.ndim}")
    support = np.arange(H.shape[1]) if support is None else np.asarray(support)
    support = support.reshape(len(support), -1).astype(float)
    if len(support) != H.shape[1]:
        raise ValueError(f"support has {len(support)} bins, H has {H.shape[1]}")
    bad = ~(np.isfinite(H) & (H >= 0)).all(axis=1)
    if bad.any():
        raise ValueError(
            f"H[{np.flatnonzero(bad)[0]}] has a negative or non-finite mass"
        )
    rows, bins = np.nonzero(H)
    sizes = np.bincount(rows, minlength=len(H))
    return support[bins], as_offsets(sizes), H[rows, bins].astype(float)


def read_images(images: ArrayLike, pixel_size: float | Sequence[float]) -> Flat:
    """Lay bright pixels out flat; see `PointSets.from_images`."""
    images = np.asarray(images)
    if images.ndim < 3:
        raise ValueError(f"a stack of images has 3 axes or more, got {images.ndim}")
    centres = np.moveaxis(np.indices(images.shape[1:]), 0, -1) + 0.5
    support = (centres * pixel_size).reshape(-1, images.ndim - 1)
    return read_histograms(images.reshape(len(images), -1), support)
