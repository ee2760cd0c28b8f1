# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Sums over cells: what they are without them, and what they leave out."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skot.solvers._entropic.cell_kernels import row_sums

X_CELLS, Y_CELLS = np.array([0, 4, 5, 12]), np.array([0, 6, 6 + 1, 20])


def problem(seed=0):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(3, 12)), rng.normal(size=(3, 20))
    return x, y, *(rng.normal(size=n) for n in (12, 20, 20))


def sums(x, y, shift, tilt, height, *, slope=None, floor=-np.inf, moments=True):
    slope = np.zeros((3, 3)) if slope is None else slope
    low, high = (
        extreme.reduceat(y, Y_CELLS[:-1], axis=1)
        for extreme in (np.minimum, np.maximum)
    )
    out = np.full((12, 4 if moments else 1), np.nan)
    row_sums(
        0, 3, x, X_CELLS, slope, y, Y_CELLS, low, high, shift, tilt, height, floor,
        moments, out,
    )  # fmt: skip
    return out


def terms(x, y, shift, height):
    squares = ((x[:, :, None] - y[:, None]) ** 2).sum(axis=0)
    return np.exp(shift[:, None] + height - squares)


def test_all_cells():
    x, y, shift, tilt, height = problem()
    E = terms(x, y, shift, height)
    gaps = y[:, None] - x[:, :, None]
    expected = [E.sum(axis=1), *(E * gaps).sum(axis=2)]
    assert_allclose(sums(x, y, shift, tilt, height), np.transpose(expected))
    alone = sums(x, y, shift, tilt, height, moments=False)
    assert_allclose(alone[:, 0], expected[0])


@pytest.mark.parametrize("sloped", [False, True])
@pytest.mark.parametrize("floor", [-40.0, -8.0, -2.0])
def test_what_is_left_out_is_below_the_floor(floor, sloped):
    x, y, shift, tilt, height = problem()
    y[:, 7:] += 3.0
    slope = np.random.default_rng(1).normal(size=(3, 3)) if sloped else None
    options = {"slope": slope, "floor": floor, "moments": False}
    found = sums(x, y, shift, tilt, height, **options)[:, 0]
    E = terms(x, y, shift, height)
    reaches = terms(x, y, shift, tilt) >= np.exp(floor)
    assert (found <= E.sum(axis=1) * (1 + 1e-12)).all()
    assert (found >= (E * reaches).sum(axis=1) * (1 - 1e-12)).all()


def test_cells_that_are_out_of_reach():
    x, y, shift, tilt, height = problem()
    y[:, 7:] += 100.0
    found = sums(x, y, shift, tilt, height, floor=-50.0)
    near = terms(x, y[:, :7], shift, height[:7])
    assert_allclose(found[:, 0], near.sum(axis=1))
    assert_array_equal(sums(x, y + 100.0, shift, tilt, height, floor=-50.0), 0)


def test_some_rows_at_a_time():
    arguments = problem()
    whole = sums(*arguments)
    x, y, shift, tilt, height = arguments
    low, high = (
        extreme.reduceat(y, Y_CELLS[:-1], axis=1)
        for extreme in (np.minimum, np.maximum)
    )
    out = np.full((12, 4), np.nan)
    for first, last in ((1, 2), (0, 1), (2, 3)):
        row_sums(
            first, last, x, X_CELLS, np.zeros((3, 3)), y, Y_CELLS, low, high, shift,
            tilt, height, -np.inf, True, out,
        )  # fmt: skip
    assert_array_equal(out, whole)


@pytest.mark.parametrize("exponent", [-1e6, -700.0, -1e-300, 0.0, 1e-9, 80.5, 689.0])
def test_exponentials(exponent):
    """To the rounding of the exponent; what is past the range stays finite."""
    x, y = np.zeros((3, 12)), np.zeros((3, 20))
    none, shift = np.full(20, -1e9), np.full(12, exponent)
    none[3] = 0.0
    found = sums(x, y, shift, none, none, moments=False)[:, 0]
    expected = np.exp(exponent)
    least = 19 * np.exp(-708.0)  # what a term weighs that should be none
    rounding = 1e-16 * max(40, abs(exponent)) if exponent > -708 else 0.0
    assert_allclose(found, expected, rtol=rounding, atol=1.01 * least + 1e-307)
