# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Turns of transforms: half a turn says all, steps are those of the angles."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skot.classification._deformations import (
    GENERATORS,
    extend,
    half_turn_step,
    tangents,
    turned,
)
from skot.signal import RadonCDT

ROWS = np.sort(np.random.default_rng(0).normal(size=(2, 6, 5)), axis=2)


def test_the_other_half_turn_is_the_opposite():
    circle = extend(ROWS)
    assert circle.shape == (2, 12, 5)
    assert_array_equal(circle[:, :6], ROWS)
    # what is seen from the back: the same image, axis reversed
    assert_array_equal(extend(circle[:, 6:])[:, 6:], ROWS)


def test_turns():
    images = list(turned(ROWS, 2))
    assert len(images) == 5
    assert_array_equal(images[2], ROWS)
    assert_array_equal(images[3][:, 1:], ROWS[:, :-1])
    # six steps of a half turn of six angles: everything is opposite
    *_, opposite = turned(ROWS, 6)
    assert_array_equal(opposite, -ROWS[:, :, ::-1])


def test_steps_of_a_half_turn():
    X = np.ones((2, 4, 4))
    assert half_turn_step(RadonCDT(9).fit(X)) == 20
    with pytest.raises(ValueError, match="evenly spaced over half a turn"):
        half_turn_step(RadonCDT(slices=[0, 10, 90]).fit(X))
    with pytest.raises(ValueError, match="unsigned images of two axes"):
        half_turn_step(RadonCDT(9, signed=True).fit(X))


@pytest.mark.parametrize("kind", ["scale", "shear"])
def test_tangents_of_a_round_law_grow_with_the_square_of_the_direction(kind):
    slices = RadonCDT(12).fit(np.ones((2, 4, 4))).slices_
    normal = np.array([-2.0, -0.5, 0.0, 0.5, 2.0])  # along every direction
    rows = np.tile(normal, len(slices))[None]
    changes = tangents(slices, [kind])(rows).reshape(-1, len(slices), len(normal))
    for change, E in zip(changes, GENERATORS[kind], strict=True):
        along = np.einsum("ai,ij,aj->a", slices, np.array(E), slices)
        # of sqrt(w (I + s E)(I + s E)' w), the derivative in s
        step = 1e-6
        moved = np.linalg.norm(slices @ (np.eye(2) + step * np.array(E)), axis=1)
        assert_allclose((moved - 1) / step, along, atol=1e-5)
        assert_allclose(change, along[:, None] * normal, atol=1e-12)
