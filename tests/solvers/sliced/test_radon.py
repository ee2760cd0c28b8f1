# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The operator that projects images, quantiles of projections, and the way back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.ndimage import affine_transform

from skot.solvers import (
    back_project,
    density_quantiles,
    radon_masses,
    radon_operator,
    radon_quantiles,
    sample_slices,
)

seeds = st.integers(0, 2**32 - 1)
shapes = st.one_of(
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4)),
)


@given(shapes, seeds)
def test_mass_and_mean_are_kept_along_each_direction(shape, seed):
    rng = np.random.RandomState(seed)
    directions = sample_slices(6, len(shape), "gaussian", rng)
    operator = radon_operator(shape, directions)
    image = rng.uniform(size=shape)
    (projections,) = operator.project(image.reshape(1, -1))
    assert_allclose(projections.sum(axis=1), image.sum())
    centres = np.indices(shape).reshape(len(shape), -1).T - (np.array(shape) - 1) / 2
    middle = (operator.edges[:, 1:] + operator.edges[:, :-1]) / 2
    expected = directions @ (image.reshape(-1) @ centres)
    assert_allclose((projections * middle).sum(axis=1), expected, atol=1e-12)
    # each pixel of the matrix, too, and none is negative or outside
    assert_allclose(operator.matrix.sum(axis=0), len(directions))
    assert (operator.matrix.data >= 0).all()


@pytest.mark.parametrize("shape", [(6, 6), (7, 7), (3, 9), (4, 8)])
def test_projections_along_the_axes_are_sums(shape):
    image = np.random.RandomState(0).uniform(size=shape)
    operator = radon_operator(shape, [[0.0, 1.0], [1.0, 0.0]])
    (columns, rows) = operator.project(image.reshape(1, -1))[0]
    for projection, axis in ((columns, 0), (rows, 1)):
        first = (len(projection) - shape[1 - axis]) // 2
        if (shape[0] - shape[1]) % 2 == 0:
            found = projection[first : first + shape[1 - axis]]
            assert_allclose(found, image.sum(axis=axis))


def turned_sums(image, angle):
    """Column sums of a turned image, by SciPy."""
    side = int(np.ceil(np.sqrt(2) * max(image.shape)))
    before = [side // 2 - s // 2 for s in image.shape]
    pad = [(b, side - s - b) for b, s in zip(before, image.shape, strict=True)]
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array([[cos, -sin], [sin, cos]])
    centre = np.full(2, side // 2)
    turned = affine_transform(
        np.pad(image, pad), turn, centre - turn @ centre, order=1, mode="grid-constant"
    )
    return turned.sum(axis=0)


@pytest.mark.parametrize("shape", [(8, 8), (9, 9), (6, 9), (9, 4)])
def test_rotation_turns_the_image(shape):
    image = np.random.RandomState(0).uniform(size=shape)
    angles = np.deg2rad([0, 17, 45, 90, 133, 240])
    directions = np.column_stack([-np.sin(angles), np.cos(angles)])
    operator = radon_operator(shape, directions, "rotation")
    (found,) = operator.project(image.reshape(1, -1))
    for projection, angle in zip(found, angles, strict=True):
        assert_allclose(projection, turned_sums(image, angle), atol=1e-12)
    # both kinds of projection put the image in one place
    (linear,) = radon_operator(shape, directions).project(image.reshape(1, -1))
    for edges, kind in (
        (operator.edges, found),
        (radon_operator(shape, directions).edges, linear),
    ):
        middle = (edges[:, 1:] + edges[:, :-1]) / 2
        mean = (kind * middle).sum(axis=1) / kind.sum(axis=1)
        centres = np.indices(shape).reshape(2, -1).T - (np.array(shape) - 1) / 2
        expected = directions @ (image.reshape(-1) @ centres) / image.sum()
        assert_allclose(mean, expected, atol=0.1)


@pytest.mark.parametrize("shape", [(6, 6), (3, 4, 5)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_quantiles_are_those_of_the_projections(shape, dtype):
    rng = np.random.RandomState(0)
    images = (rng.uniform(size=(4, np.prod(shape))) ** 4).astype(dtype)
    images[images < 0.2] = 0
    operator = radon_operator(shape, sample_slices(5, len(shape)))
    found = radon_quantiles(images, operator, 11, scale=3.0)
    assert found.dtype == dtype
    for d, projections in enumerate(operator.project(images).swapaxes(0, 1)):
        expected = 3 * density_quantiles(projections, operator.edges[d], 11)
        assert_allclose(
            found[:, d], expected, rtol=1e-12 if dtype is np.float64 else 1e-5
        )


def test_signed_quantiles_are_those_of_both_parts():
    images = np.random.RandomState(0).standard_normal((4, 36))
    operator = radon_operator((6, 6), sample_slices(5, 2))
    found, masses = radon_quantiles(images, operator, 7, signed=True)
    for d, projections in enumerate(operator.project(images).swapaxes(0, 1)):
        for part, sign in enumerate((1, -1)):
            density = np.maximum(sign * projections, 0)
            assert_allclose(masses[:, part, d], density.sum(axis=1))
            some = density.sum(axis=1) > 0
            expected = density_quantiles(density[some], operator.edges[d], 7)
            assert_allclose(found[some, part, d], expected, rtol=1e-12)
            assert not found[~some, part, d].any()
    found, masses = radon_quantiles(abs(images), operator, 7, signed=True)
    assert not found[:, 1].any()
    assert not masses[:, 1].any()


def blob(shape):
    """Two Gaussians, smooth at the scale of a pixel."""
    x = np.indices(shape).reshape(len(shape), -1).T - (np.array(shape) - 1) / 2
    off = np.eye(len(shape))[0] * min(shape) / 6
    width = min(shape) / 10
    return sum(
        weight * np.exp(-((x - place) ** 2).sum(axis=1) / (2 * width**2))
        for weight, place in ((2, off), (1, -off))
    )


@pytest.mark.parametrize(
    ("shape", "n_slices", "projection", "bound"),
    [
        ((40, 40), 90, "linear", 0.05),
        ((40, 40), 90, "rotation", 0.07),
        ((30, 44), 90, "linear", 0.06),
        ((20, 20, 20), 300, "linear", 0.12),
    ],
)
def test_back_projection_reconstructs_smooth_images(shape, n_slices, projection, bound):
    image = blob(shape)
    directions = sample_slices(n_slices, len(shape))
    operator = radon_operator(shape, directions, projection)
    projections = operator.project(image[None])
    (found,) = back_project(projections, operator, len(shape))
    assert abs(found - image).max() < bound * image.max()
    # and so it does from quantiles, which know no mass
    quantiles = radon_quantiles(image[None], operator, 400)
    (found,) = back_project(
        image.sum() * radon_masses(quantiles, operator), operator, len(shape)
    )
    assert abs(found - image).max() < 1.5 * bound * image.max()


@pytest.mark.parametrize(
    ("shape", "directions", "projection", "message"),
    [
        ((4, 4), [[1.0, 0, 0]], "linear", r"directions must have shape .* 2\)"),
        ((4, 4), [[1.0, 0]], "strip", "projection must be one of"),
        ((4, 4, 4), [[1.0, 0, 0]], "rotation", "needs 2 axes"),
    ],
)
def test_bad_parameters_are_refused(shape, directions, projection, message):
    with pytest.raises(ValueError, match=message):
        radon_operator(shape, directions, projection)
