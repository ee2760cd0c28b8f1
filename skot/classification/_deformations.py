# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""How the transform of an image moves when the image is deformed."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

# Generators of linear maps. To be larger as a whole is the identity, which multiplies a
# transform and needs no row; beside it, "wider" and "higher" are one stretch.
GENERATORS = {
    "scale": [[[1.0, 0.0], [0.0, -1.0]]],
    "shear": [[[0.0, 1.0], [0.0, 0.0]], [[0.0, 0.0], [1.0, 0.0]]],
}


def half_turn_step(transformer: Any) -> float:
    """Check that angles are evenly spaced over half a turn; return degrees a step."""
    if len(transformer.image_shape_) != 2 or transformer.signed:
        raise ValueError(
            "scale, shear and rotation need unsigned images of two axes; use "
            "deformations=('translation',)"
        )
    angles = getattr(transformer, "angles_", None)
    if angles is not None:
        step = 180 / len(angles)
        if np.allclose(np.diff(angles), step):
            return step
    raise ValueError(
        "scale, shear and rotation need angles evenly spaced over half a turn, such as "
        "RadonCDT(n_slices=45)"
    )


def extend(rows: np.ndarray) -> np.ndarray:
    """Double the half turn of angles: Q(q) at an angle is -Q(1 - q) at its opposite."""
    return np.concatenate([rows, -rows[:, :, ::-1]], axis=1)


def turned(rows: np.ndarray, n_steps: int) -> Iterator[np.ndarray]:
    """Turn images by none and by up to ``n_steps`` angles to either side.

    Transforms are of shape (n_images, n_angles, n_quantiles).
    """
    n_angles, circle = rows.shape[1], extend(rows)
    for step in range(-n_steps, n_steps + 1):
        yield np.roll(circle, step, axis=1)[:, :n_angles]


def tangents(
    slices: np.ndarray, deformations: list | str
) -> Callable[[np.ndarray], np.ndarray]:
    """Make a function from transforms to their first-order changes under linear maps.

    Parameters
    ----------
    slices : ndarray of shape (n_angles, 2)
        Directions, evenly spaced over half a turn.
    deformations : list of {"scale", "shear"}
        Kinds of maps.

    Returns
    -------
    callable
        From transforms of shape (n_images, n_angles * n_quantiles) to rows of as many
        columns, one for each image and generator.
    """
    generators = np.array([E for d in deformations for E in GENERATORS[d]])
    # the derivative of (-sin, cos) along the angle
    across = np.column_stack([-slices[:, 1], slices[:, 0]])
    grow = np.einsum("ai,gij,aj->ga", slices, generators, slices)
    turn = np.einsum("ai,gij,aj->ga", slices, generators, across)
    return partial(_change, grow=grow[:, :, None], turn=turn[:, :, None])


def _change(rows, grow, turn):
    n_angles = grow.shape[1]
    Q = rows.reshape(len(rows), n_angles, -1)
    circle = extend(Q)
    slope = np.roll(circle, -1, axis=1) - np.roll(circle, 1, axis=1)
    slope = slope[:, :n_angles] / (2 * np.pi / n_angles)
    moved = grow * Q[:, None] + turn * slope[:, None]
    return moved.reshape(-1, rows.shape[1])
