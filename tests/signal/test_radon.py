# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""RadonCDT: sliced transport, motions of the image, inverses, forms of input."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import pdist
from sklearn import config_context
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from skot.embedding import SlicedWassersteinEmbedding
from skot.sets import PointSets
from skot.signal import CDT, SCDT, RadonCDT
from skot.solvers import RadonOperator, back_project, wasserstein_1d

seeds = st.integers(0, 2**32 - 1)
DIGITS = load_digits().images


def quantiles(radon, X):
    """Quantile functions in pixels, (n_images, n_angles, n_quantiles)."""
    shape = len(radon.slices_), radon.n_quantiles_
    return np.sqrt(np.prod(shape)) * radon.transform(X).reshape(-1, *shape)


def projections(radon, X):
    operator = RadonOperator(radon.projection_operator_, radon.edges_)
    return operator.project(np.reshape(X, (len(X), -1)))


def blobs(shape, matrix=None, shift=0.0):
    """Three Gaussians, moved by an affine map about the centre of the frame."""
    x = np.indices(shape).reshape(len(shape), -1).T - (np.array(shape) - 1) / 2
    if matrix is not None:
        x = (x - shift) @ np.linalg.inv(matrix).T
    unit = min(shape) / 16
    places = unit * np.array([[0.0, -2.0, 0.0], [1.0, 2.0, 1.0], [-2.0, 1.0, -1.0]])
    image = sum(
        weight * np.exp(-((x - place[: len(shape)]) ** 2).sum(axis=1) / unit**2)
        for weight, place in zip((3, 2, 1), places, strict=True)
    )
    return image.reshape(shape)


# -- sliced transport ------------------------------------------------------------------


@pytest.mark.parametrize("projection", ["linear", "rotation"])
def test_distance_is_transport_along_each_projection(projection):
    X = DIGITS[:8]
    radon = RadonCDT(11, n_quantiles=30, projection=projection).fit(X)
    levels = (np.arange(30) + 0.5) / 30
    costs = np.zeros(28)
    first, second = np.triu_indices(8, 1)
    for edges, along in zip(
        radon.edges_, projections(radon, X).swapaxes(0, 1), strict=True
    ):
        below = np.cumsum(along, axis=1) / along.sum(axis=1, keepdims=True)
        # where below is flat its inverse jumps: keep the lower end, as the transform
        values = np.array(
            [
                np.interp(levels, *_rising(np.concatenate([[0], row]), edges))
                for row in below
            ]
        )
        costs += wasserstein_1d(values[first], values[second])
    assert_allclose(pdist(radon.transform(X)), np.sqrt(costs / 11), atol=1e-10)


def _rising(below, edges):
    """Drop all but the two ends of each flat stretch."""
    kept = np.concatenate([[True], (np.diff(below) > 0)])
    kept[:-1] |= kept[1:]
    return below[kept], edges[kept]


def test_distance_is_sliced_transport_between_projected_densities():
    X = DIGITS[:5]
    radon = RadonCDT(7, n_quantiles=40).fit(X)
    distances = pdist(radon.transform(X))
    # a density, cut in equal shares, is a set on a line: one slice, the same levels
    squares = 0
    for row in quantiles(radon, X).swapaxes(0, 1):
        sets = PointSets.from_list(list(row[:, :, None]))
        on_line = SlicedWassersteinEmbedding(slices=[[1.0]]).fit_transform(sets)
        squares = squares + pdist(on_line) ** 2
    assert_allclose(distances, np.sqrt(squares / 7), rtol=1e-12)


def test_distance_is_sliced_transport_of_the_images_up_to_a_pixel():
    errors = []
    for side in (16, 32, 64):
        X = np.stack(
            [
                blobs((side, side)),
                blobs((side, side), np.diag([1.2, 0.7])),
                blobs((side, side), np.eye(2), (side / 10, -side / 8)),
            ]
        )
        radon = RadonCDT(20, n_quantiles=500).fit(X)
        sets = PointSets.from_images(X)
        of_sets = []
        for i, j in ((0, 1), (0, 2), (1, 2)):
            u, v = (radon.slices_ @ sets[k].points.T for k in (i, j))
            costs = wasserstein_1d(u, v, sets[i].weights, sets[j].weights)
            of_sets.append(np.sqrt(costs.mean()))
        errors.append(abs(pdist(radon.transform(X)) - of_sets).max())
        embedding = SlicedWassersteinEmbedding(slices=radon.slices_, n_quantiles=500)
        assert_allclose(pdist(embedding.fit_transform(sets)), of_sets, rtol=0.01)
    # in pixels, whatever the resolution
    assert max(errors) < 0.15


def test_distances_of_digits_are_those_of_their_clouds_up_to_a_pixel():
    X = DIGITS[:40]
    radon = RadonCDT(45, n_quantiles=200).fit(X)
    embedding = SlicedWassersteinEmbedding(slices=radon.slices_, n_quantiles=200)
    clouds = pdist(embedding.fit_transform(PointSets.from_images(X)))
    images = pdist(radon.transform(X))
    assert abs(images - clouds).max() < 0.1
    assert np.corrcoef(images, clouds)[0, 1] > 0.999


# -- motions of the image --------------------------------------------------------------


@given(st.integers(-4, 4), st.integers(-4, 4))
def test_translation_adds_along_each_direction(down, right):
    X = np.zeros((2, 20, 20))
    X[0, 6:14, 6:14] = DIGITS[3]
    X[1, 6 + down : 14 + down, 6 + right : 14 + right] = DIGITS[3]
    radon = RadonCDT(24).fit(X)
    plain, moved = quantiles(radon, X)
    angle = np.deg2rad(radon.angles_)
    expected = right * np.cos(angle) - down * np.sin(angle)
    assert_allclose(radon.slices_ @ [down, right], expected, atol=1e-12)
    error = moved - plain - expected[:, None]
    assert np.sqrt((error**2).mean()) < 0.06
    # the mean is kept to rounding, but for the levels
    assert abs(error.mean(axis=1)).max() < 0.06


@given(seeds)
def test_turns_permute_directions(seed):
    rng = np.random.RandomState(seed)
    X = rng.uniform(size=(3, 9, 9)) ** 5
    angles = rng.uniform(0, 90, 4)
    radon = RadonCDT(slices=np.concatenate([angles, angles + 90, angles + 180])).fit(X)
    plain = quantiles(radon, X)
    turned = quantiles(radon, np.rot90(X, axes=(1, 2)))  # counterclockwise
    assert_allclose(turned[:, 4:], plain[:, :8], atol=1e-9)
    assert_allclose(plain[:, 8:], -plain[:, :4, ::-1], atol=1e-9)


def test_scaling_multiplies():
    plain, wide = blobs((64, 64)), blobs((64, 64), 1.3 * np.eye(2))
    radon = RadonCDT(12).fit([plain])
    found = quantiles(radon, [plain, wide])
    assert_allclose(found[1], 1.3 * found[0], atol=0.15)


@pytest.mark.parametrize("seed", range(4))
def test_affine_maps_leave_the_max_normalised_form(seed):
    rng = np.random.RandomState(seed)
    turn, _ = np.linalg.qr(rng.standard_normal((2, 2)))
    stretch = rng.uniform(0.7, 1.3, 2)
    back, _ = np.linalg.qr(rng.standard_normal((2, 2)))
    shift = rng.uniform(-8, 8, 2)
    side = 96
    X = [blobs((side, side)), blobs((side, side), turn * stretch @ back, shift)]
    other = np.zeros((side, side))
    other[30:60, 40:44] = other[56:60, 30:60] = 1
    for normalize, bound in (("max", 0.03), ("mean", 0.1)):
        radon = RadonCDT(180, n_quantiles=64, normalize=normalize).fit(X)
        plain, moved, different = np.sqrt(64) * radon.transform([*X, other])
        assert abs(moved - plain).max() < bound
        if normalize == "max":
            assert abs(different - plain).max() > 0.2


def test_the_normalised_form_reduces_over_all_directions():
    X = DIGITS[:5]
    whole = RadonCDT(slices=np.arange(0, 360, 20.0), n_quantiles=10).fit(X)
    standard = quantiles(whole, X)
    standard = standard - standard.mean(axis=2, keepdims=True)
    standard /= standard.std(axis=2, keepdims=True)
    for normalize in ("max", "mean"):
        half = RadonCDT(9, n_quantiles=10, normalize=normalize)
        found = np.sqrt(10) * half.fit_transform(X)
        assert_allclose(found, getattr(standard, normalize)(axis=1), atol=1e-9)
        assert not hasattr(half, "inverse_transform")


# -- inverses --------------------------------------------------------------------------


def test_images_come_back_as_filtered_back_projection_allows():
    X = DIGITS[:10] / DIGITS[:10].sum(axis=(1, 2), keepdims=True)
    radon = RadonCDT(45, n_quantiles=200).fit(X)
    found = radon.inverse_transform(radon.transform(X))
    assert found.shape == X.shape
    assert_allclose(found.sum(axis=(1, 2)), 1)
    operator = RadonOperator(radon.projection_operator_, radon.edges_)
    direct = back_project(projections(radon, X), operator, 2).reshape(X.shape)
    direct = np.maximum(direct, 0)
    direct /= direct.sum(axis=(1, 2), keepdims=True)

    def error(images):
        return abs(images - X).sum(axis=(1, 2)).mean()

    # the transform itself loses little; the rest is what projections lose
    assert error(found) < error(direct) + 0.03
    assert error(found) < 0.35


def test_smooth_images_come_back():
    X = np.stack([blobs((48, 40)), blobs((48, 40), np.diag([0.8, 1.3]), (2, 3))])
    X /= X.sum(axis=(1, 2), keepdims=True)
    radon = RadonCDT(90, n_quantiles=400).fit(X)
    found = radon.inverse_transform(radon.transform(X))
    assert (abs(found - X).sum(axis=(1, 2)) < 0.15).all()


def test_signed_images_come_back_with_their_masses():
    first, second = blobs((40, 40)), blobs((40, 40), np.eye(2), (8, -6))
    X = np.stack([3 * first - 2 * second, -second])
    radon = RadonCDT(90, n_quantiles=400, signed=True).fit(X)
    found = radon.inverse_transform(radon.transform(X))
    error = abs(found - X).sum(axis=(1, 2)) / abs(X).sum(axis=(1, 2))
    assert (error < 0.15).all()
    assert_allclose(found.sum(axis=(1, 2)), X.sum(axis=(1, 2)), rtol=0.1)


def test_volumes_come_back():
    X = blobs((20, 20, 20), 1.6 * np.eye(3))[None]
    X /= X.sum()
    radon = RadonCDT(300, n_quantiles=300).fit(X)
    found = radon.inverse_transform(radon.transform(X))
    # five voxels wide: back-projection along these directions is good for a fifth
    operator = RadonOperator(radon.projection_operator_, radon.edges_)
    direct = back_project(projections(radon, X), operator, 3).reshape(X.shape)
    assert abs(found - X).sum() < abs(np.maximum(direct, 0) - X).sum() + 0.03
    assert abs(found - X).sum() < 0.25


# -- signed images, volumes ------------------------------------------------------------


def test_signed_images_are_signed_signals_along_each_direction():
    X = np.random.RandomState(0).standard_normal((3, 8, 8))
    radon = RadonCDT(5, n_quantiles=9, signed=True).fit(X)
    found = radon.transform(X)
    blocks, masses = found[:, :90].reshape(3, 2, 5, 9), found[:, 90:].reshape(3, 2, 5)
    for d, along in enumerate(projections(radon, X).swapaxes(0, 1)):
        scdt = SCDT(9, grid=radon.edges_[d])
        expected = scdt.fit_transform(along) / np.sqrt(5)
        assert_allclose(blocks[:, :, d].reshape(3, -1), expected[:, :-2], atol=1e-12)
        assert_allclose(masses[:, :, d], expected[:, -2:])


def test_a_positive_image_has_no_negative_part():
    X = DIGITS[:3]
    plain = RadonCDT(5).fit_transform(X)
    signed = RadonCDT(5, signed=True).fit_transform(X)
    assert_allclose(signed[:, : plain.shape[1]], plain)
    assert not signed[:, plain.shape[1] : -10].any()
    assert not signed[:, -5:].any()
    assert_allclose(
        np.sqrt(5) * signed[:, -10:-5],
        X.sum(axis=(1, 2))[:, None] + 0.0 * signed[:, -5:],
    )
    assert not RadonCDT(5, signed=True).fit_transform(np.zeros((2, 8, 8))).any()


def test_volumes():
    shift = np.array([2, -1, 1])
    X = np.zeros((2, 10, 12, 11))
    X[0, 3:6, 4:8, 4:7] = X[1, 5:8, 3:7, 5:8] = 1
    radon = RadonCDT(60, n_quantiles=20).fit(X)
    assert radon.slices_.shape == (60, 3)
    assert_allclose(np.linalg.norm(radon.slices_, axis=1), 1)
    plain, moved = quantiles(radon, X)
    error = moved - plain - (radon.slices_ @ shift)[:, None]
    assert np.sqrt((error**2).mean()) < 0.1
    flat = RadonCDT(60, n_quantiles=20, image_shape=(10, 12, 11))
    assert_array_equal(flat.fit_transform(X.reshape(2, -1)), radon.transform(X))


# -- forms of input --------------------------------------------------------------------


def test_all_forms_of_images_agree():
    X = DIGITS[:6, :, :5]
    expected = RadonCDT(7).fit_transform(X)
    assert_array_equal(RadonCDT(7).fit_transform(list(X)), expected)
    assert_array_equal(RadonCDT(7).fit_transform(X.astype(np.uint8)), expected)
    table = RadonCDT(7, image_shape=(8, 5))
    assert_array_equal(table.fit_transform(X.reshape(6, 40)), expected)
    assert_array_equal(table.transform(X), expected)
    single = table.transform(X.astype(np.float32))
    assert single.dtype == np.float32
    assert_allclose(single, expected, rtol=1e-4, atol=1e-5)
    assert table.inverse_transform(single).dtype == np.float32
    assert RadonCDT(7).fit(DIGITS[:3].reshape(3, 64)).image_shape_ == (8, 8)
    assert RadonCDT(7).fit(X.reshape(6, 40)).image_shape_ == (1, 40)


def test_an_image_of_one_row_is_a_signal():
    X = np.random.RandomState(0).uniform(size=(4, 1, 21))
    radon = RadonCDT(slices=[0.0, 180.0], n_quantiles=10).fit(X)
    expected = CDT(10, grid=(-10.5, 10.5)).fit_transform(X[:, 0])
    found = np.sqrt(2) * radon.transform(X)
    assert_allclose(found[:, :10], expected, atol=1e-12)
    assert_allclose(found[:, 10:], -expected[:, ::-1], atol=1e-9)


def test_directions_in_all_their_forms():
    X = DIGITS[:3]
    radon = RadonCDT(4).fit(X)
    assert_allclose(radon.angles_, [0, 45, 90, 135])
    in_degrees = RadonCDT(slices=[0, 45, 90, 135]).fit_transform(X)
    rows = RadonCDT(slices=radon.slices_).fit(X)
    assert_array_equal(in_degrees, radon.transform(X))
    assert_array_equal(rows.transform(X), radon.transform(X))
    assert rows.angles_ is None
    # refitted, no angles of before are left
    assert radon.set_params(slices=rows.slices_).fit(X).angles_ is None


@pytest.mark.parametrize("signed", [False, True])
def test_chunks_do_not_show(signed):
    X = DIGITS[:50] - 3 * signed
    plain = RadonCDT(9, signed=signed)
    vectors = plain.fit_transform(X)
    images = plain.inverse_transform(vectors)
    with config_context(working_memory=0.01):
        for n_jobs in (1, 2):
            radon = RadonCDT(9, signed=signed, n_jobs=n_jobs).fit(X)
            assert_array_equal(radon.transform(X), vectors)
            assert_allclose(radon.inverse_transform(vectors), images, atol=1e-12)


MEASURE = """
import re
import numpy as np
from sklearn import config_context
from skot.signal import RadonCDT

def memory(name):
    status = open("/proc/self/status").read()
    return 1024 * int(re.search(name + r":\\s+(\\d+)", status)[1])

X = np.full((20_000, 28, 28), 7, dtype=np.uint8)
radon = RadonCDT(n_jobs=2).fit(X[:2])
radon.transform(X[:500])
before = memory("VmRSS")
with config_context(working_memory=16):
    found = radon.transform(X)
print(memory("VmHWM") - before - found.nbytes)
"""


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_memory_is_the_output_and_what_may_be_used():
    out = subprocess.run(
        [sys.executable, "-c", MEASURE], capture_output=True, text=True, check=True
    )
    assert int(out.stdout) < 16 * 2**20


def test_in_a_pipeline():
    X, y = load_digits(return_X_y=True)
    pipeline = make_pipeline(RadonCDT(12), LogisticRegression(C=100, max_iter=300))
    assert cross_val_score(pipeline, X[:400], y[:400], cv=3).mean() > 0.85


@pytest.mark.parametrize("method", ["fit", "transform"])
@pytest.mark.parametrize("form", ["images", "table"])
@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.nan, r"X\[2\] contains NaN"),
        (-np.inf, r"X\[2\] contains infinity"),
        (1e308, r"X\[2\] has values too large to add up"),
        (-1.0, r"X\[2\] has a negative value.* RadonCDT\(signed=True\)"),
        (0.0, r"X\[2\] is empty"),
    ],
)
def test_bad_images_are_named(method, form, value, message):
    X = np.ones((4, 3, 5))
    radon = RadonCDT(image_shape=(3, 5)).fit(X)
    X[2] = value
    with pytest.raises(ValueError, match=message):
        getattr(radon, method)(X if form == "images" else X.reshape(4, 15))


def test_a_table_of_any_rows_is_read_with_a_warning():
    X = np.eye(3)[[0, 1, 1, 2]] * [[1], [0], [1], [1]]
    with pytest.warns(UserWarning, match=r"X\[1\] is zero"):
        radon = RadonCDT(5).fit(X)
    with pytest.warns(UserWarning, match=r"X\[1\] is zero"):
        assert np.isfinite(radon.transform(X)).all()


@pytest.mark.parametrize(
    ("params", "X", "message"),
    [
        ({}, np.ones((2, 3, 3, 3, 3)), "images have 2 axes and volumes 3"),
        ({"image_shape": (4, 4)}, np.ones((2, 9)), "X has 9 columns.* has 16 pixels"),
        ({"image_shape": (4, 4)}, np.ones((2, 3, 3)), r"shape \(3, 3\), expected"),
        ({"image_shape": (-3, -3)}, np.ones((2, 9)), "positive ints"),
        ({"image_shape": (4.5, 2)}, np.ones((2, 9)), "positive ints"),
        ({"slices": [0.0, np.nan]}, np.ones((2, 3, 3)), "slices contains NaN"),
        ({"slices": [[1.0, 1.0]]}, np.ones((2, 3, 3)), "length 1.414, expected 1"),
        ({"slices": [0.0]}, np.ones((2, 3, 3, 3)), "unit rows"),
        ({"projection": "rotation"}, np.ones((2, 3, 3, 3)), "needs 2 axes"),
        ({"signed": True, "normalize": "max"}, np.ones((2, 3, 3)), "no normalised"),
        ({}, [np.ones((3, 3)), np.ones((3, 4))], r"X\[1\] has shape \(3, 4\)"),
        ({}, PointSets.from_images(np.ones((2, 3, 3))), "X holds sets, expected"),
    ],
)
def test_bad_parameters_are_refused(params, X, message):
    with pytest.raises(ValueError, match=message):
        RadonCDT(**params).fit(X)


def test_other_shapes_are_refused_after_fit():
    radon = RadonCDT().fit(np.ones((2, 4, 6)))
    with pytest.raises(ValueError, match=r"shape \(6, 4\), expected \(4, 6\)"):
        radon.transform(np.ones((2, 6, 4)))
    with pytest.raises(ValueError, match="X has 25 features, but"):
        radon.transform(np.ones((2, 25)))
    with pytest.raises(ValueError, match="X has 3 columns, expected"):
        radon.inverse_transform(np.ones((2, 3)))


def test_transforms_of_nothing_in_the_frame_are_refused():
    radon = RadonCDT()
    vectors = radon.fit_transform(DIGITS[:3])
    vectors[1] += 100
    with pytest.raises(ValueError, match=r"X\[1\] has all its mass outside"):
        radon.inverse_transform(vectors)
