# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""CDT and SCDT: golden value, laws of the transforms, inverses, bad input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import pdist
from scipy.stats import norm
from sklearn.base import clone

from skot.signal import CDT, SCDT
from skot.solvers import wasserstein_1d

seeds = st.integers(0, 2**32 - 1)
GRID = (-5.0, 5.0)
N_CELLS = 400
CELLS = -5 + 10 * (np.arange(N_CELLS) + 0.5) / N_CELLS


def quantiles(signals, **params):
    cdt = CDT(grid=GRID, **params)
    return np.sqrt(N_CELLS) * cdt.fit_transform(np.atleast_2d(signals))


def test_golden_distance_of_two_gaussians():
    X = norm.pdf(CELLS, [[0.0], [1.0]], [[1.0], [0.5]])
    (distance,) = pdist(CDT(grid=GRID).fit_transform(X))
    assert_allclose(distance, 1.11766, atol=5e-6)  # from an independent code
    assert_allclose(distance, np.sqrt(1.25), atol=4e-4)  # of the Gaussians themselves


# narrow enough that no mass leaves the grid
PULSE = norm(0, 0.6).pdf
shifts, scales = st.floats(-0.8, 0.8), st.floats(0.7, 1.6)


@given(shifts)
def test_translation_adds(shift):
    plain, moved = quantiles([PULSE(CELLS), PULSE(CELLS - shift)])
    assert_allclose(moved, plain + shift, atol=9e-4)


@given(scales)
def test_dilation_divides(scale):
    plain, wide = quantiles([PULSE(CELLS), scale * PULSE(scale * CELLS)])
    assert_allclose(wide, plain / scale, atol=9e-4)


@given(st.floats(-0.8, 0.8), shifts)
def test_warps_compose_with_the_transform(strength, shift):
    def warp(t):
        return t + strength * np.sin(t) - shift

    slope = 1 + strength * np.cos(CELLS)
    plain, warped = quantiles([PULSE(CELLS), slope * PULSE(warp(CELLS))])
    assert_allclose(warp(warped), plain, atol=2e-3)


@given(seeds)
def test_distance_is_transport_of_the_levels(seed):
    rng = np.random.RandomState(seed)
    X = rng.uniform(size=(5, 30)) ** 4
    cdt = CDT(40, grid=(-1, 2)).fit(X)
    levels = np.sqrt(40) * cdt.transform(X)
    assert (np.diff(levels, axis=1) >= 0).all()
    first, second = np.triu_indices(5, 1)
    exact = np.sqrt(wasserstein_1d(levels[first], levels[second]))
    assert_allclose(pdist(cdt.transform(X)), exact, atol=1e-10)
    assert_allclose(cdt.transform(7 * X), cdt.transform(X), atol=1e-12)


@given(seeds)
def test_displacements(seed):
    rng = np.random.RandomState(seed)
    X, reference = rng.uniform(0.1, 1, (4, 30)), rng.uniform(0.1, 1, 30)
    plain = CDT(grid=(2, 3)).fit(X)
    for chosen, still in ((None, np.ones(30)), (reference, reference)):
        moved = clone(plain).set_params(kind="displacement", reference=chosen).fit(X)
        assert_allclose(moved.transform([still]), 0, atol=1e-14)
        assert_allclose(pdist(moved.transform(X)), pdist(plain.transform(X)))
        back = moved.inverse_transform(moved.transform(X))
        assert_allclose(back, plain.inverse_transform(plain.transform(X)), atol=1e-9)


def test_the_uniform_law_has_the_identity_for_a_map():
    cdt = CDT(20, grid=(-1, 3)).fit(np.ones((1, 8)))
    levels = -1 + 4 * (np.arange(20) + 0.5) / 20
    assert_allclose(np.sqrt(20) * cdt.transform(np.ones((1, 8))), [levels])


def test_the_inverse_gets_better_with_the_grid():
    errors = []
    for n in (50, 100, 200, 400, 800):
        cells = -5 + 10 * (np.arange(n) + 0.5) / n
        X = norm.pdf(cells, [[0.0], [1.0]], [[1.0], [0.5]])
        cdt = CDT(grid=GRID).fit(X)
        back = cdt.inverse_transform(cdt.transform(X))
        assert_allclose(back.sum(axis=1) * 10 / n, 1)
        errors.append(abs(back - X).sum(axis=1).max() * 10 / n)
        if n == 400:
            assert abs(back - X)[0].max() < 6e-3
    assert (np.diff(errors) < 0).all()
    assert errors[3] < 7e-3
    assert errors[-1] < 4e-3


def test_the_grid_may_be_uneven():
    ends = np.sort(np.random.RandomState(0).uniform(-5, 5, 399))
    ends = np.concatenate([[-5], ends, [5]])
    X = np.diff(norm.cdf(ends, [[0.0], [1.0]], [[1.0], [0.5]])) / np.diff(ends)
    cdt = CDT(grid=ends).fit(X)
    assert_allclose(pdist(cdt.transform(X)), np.sqrt(1.25), atol=2e-3)
    back = cdt.inverse_transform(cdt.transform(X))
    assert (abs(back - X) @ np.diff(ends) < 0.03).all()


def test_the_mean_of_transforms_is_the_barycenter():
    X = norm.pdf(CELLS, [[-1.0], [2.0]], [[0.5], [1.0]])
    cdt = CDT(grid=GRID).fit(X)
    middle = cdt.inverse_transform(cdt.transform(X).mean(axis=0, keepdims=True))
    assert_allclose(middle[0], norm.pdf(CELLS, 0.5, 0.75), atol=0.01)


# -- signals of both signs -------------------------------------------------------------


def draw_signed(seed, n=4, n_cells=200):
    """Smooth signals of both signs: differences of pulses."""
    rng = np.random.RandomState(seed)
    t = (np.arange(n_cells) + 0.5) / n_cells
    centre = [[[0.25]], [[0.55]]] + rng.uniform(0, 0.2, (2, n, 1))
    width = rng.uniform(0.05, 0.1, (2, n, 1))
    height = rng.uniform(0.5, 2, (2, n, 1))
    return (
        (height * np.exp(-(((t - centre) / width) ** 2))) * [[[1.0]], [[-1.0]]]
    ).sum(axis=0)


@given(seeds)
def test_distance_of_signed_signals(seed):
    X = draw_signed(seed, n=2)
    scdt = SCDT(50).fit(X)
    u, v = scdt.transform(X)
    expected = 0.0
    for part, sign in enumerate((1, -1)):
        parts = np.maximum(sign * X, 0)
        mass = parts.mean(axis=1)
        assert_allclose([u[100 + part], v[100 + part]], mass)
        expected += pdist(CDT(50).fit_transform(parts))[0] ** 2
        expected += (mass[0] - mass[1]) ** 2
    assert_allclose(((u - v) ** 2).sum(), expected, rtol=1e-10)
    assert_array_equal(SCDT(50, include_mass=False).fit(X).transform(X)[0], u[:100])


@given(seeds)
def test_signed_signals_come_back(seed):
    X = draw_signed(seed)
    scdt = SCDT(1000).fit(X)
    back = scdt.inverse_transform(scdt.transform(X))
    for sign in (1, -1):
        masses = [np.maximum(sign * signal, 0).mean(axis=1) for signal in (back, X)]
        # parts that come back may overlap by a cell, where the signal changes sign
        assert_allclose(*masses, rtol=0.01)
    assert (abs(back - X).mean(axis=1) < 0.02 * abs(X).mean(axis=1)).all()


@given(seeds, st.floats(-0.9, 0.9))
def test_warps_compose_with_both_parts_and_keep_masses(seed, strength):
    t = (np.arange(400) + 0.5) / 400
    warp = t + strength * np.sin(2 * np.pi * t) / (2 * np.pi)
    slope = 1 + strength * np.cos(2 * np.pi * t)
    rng = np.random.RandomState(seed)
    place, width = rng.uniform(0.3, 0.7), rng.uniform(0.05, 0.2)

    def signal(t):
        return np.sin((t - place) / width) * np.exp(-(((t - place) / 0.2) ** 2))

    plain, warped = SCDT(100).fit_transform([signal(t), slope * signal(warp)])
    assert_allclose(warped[-2:], plain[-2:], atol=1e-3)
    back = np.interp(10 * warped[:-2], t, warp)
    assert np.median(abs(back - 10 * plain[:-2])) < 2e-3


def test_a_signal_of_one_sign_has_an_empty_part():
    X = np.random.RandomState(0).uniform(size=(3, 20))
    for signals, empty in ((X, slice(20, 40)), (-X, slice(0, 20))):
        found = SCDT().fit_transform(signals)
        assert not found[:, empty].any()
        assert not found[:, 41 if empty.start else 40].any()
    assert not SCDT().fit_transform(np.zeros((2, 20))).any()
    scdt = SCDT().fit(X)
    assert not scdt.inverse_transform(scdt.transform(np.zeros((2, 20)))).any()


def test_scaling_a_signal_scales_its_masses_alone():
    X = draw_signed(0)
    plain, scaled = SCDT().fit_transform(X), SCDT().fit(X).transform(3 * X)
    assert_allclose(scaled[:, :-2], plain[:, :-2], atol=1e-12)
    assert_allclose(scaled[:, -2:], 3 * plain[:, -2:])


# -- types and bad input ---------------------------------------------------------------


@pytest.mark.parametrize("transform", [CDT(), SCDT(), CDT(kind="displacement")])
def test_single_precision(transform):
    X = np.random.RandomState(0).uniform(size=(3, 20))
    single = transform.fit_transform(X.astype(np.float32))
    assert single.dtype == np.float32
    assert transform.inverse_transform(single).dtype == np.float32
    assert_allclose(single, transform.fit_transform(X), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("method", ["fit", "transform"])
@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.nan, r"X\[1\] contains NaN"),
        (np.inf, r"X\[1\] contains infinity"),
        (1e308, r"X\[1\] has values too large to add up"),
        (-1.0, r"X\[1\] has a negative value.* SCDT reads"),
    ],
)
def test_bad_signals_are_named(method, value, message):
    X = np.ones((3, 5))
    cdt, scdt = CDT().fit(X), SCDT().fit(X)
    X[1, 2] = value
    with pytest.raises(ValueError, match=message):
        getattr(cdt, method)(X)
    if value == -1:
        getattr(scdt, method)(X)
    else:
        with pytest.raises(ValueError, match=message):
            getattr(scdt, method)(X)


def test_a_density_of_zeros_is_read_as_constant_with_a_warning():
    X = np.array([[0.0, 1.0], [0.0, 0.0]])
    with pytest.warns(UserWarning, match=r"X\[1\] is zero"):
        cdt = CDT().fit(X)
    with pytest.warns(UserWarning, match=r"X\[1\] is zero"):
        found = cdt.transform(X)
    assert_array_equal(found[1:], cdt.transform([[1.0, 1.0]]))
    assert not X[1].any()


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"grid": (1.0, 0.0)}, "increasing"),
        ({"grid": (0.0, 1.0, 2.0)}, "6 ends of 5 cells"),
        ({"grid": (0.0, np.nan)}, "NaN"),
        ({"kind": "displacement", "reference": np.ones(4)}, r"shape \(5,\)"),
        ({"kind": "displacement", "reference": -np.ones(5)}, "reference is no density"),
    ],
)
def test_bad_parameters_are_refused(params, message):
    with pytest.raises(ValueError, match=message):
        CDT(**params).fit(np.ones((3, 5)))


def test_signals_of_unequal_lengths_are_named():
    with pytest.raises(ValueError, match=r"X\[1\] has shape \(2,\), expected \(3,\)"):
        CDT().fit([[1, 2, 3], [1, 2]])


def test_the_inverse_wants_what_transform_gives():
    for transform in (CDT(), SCDT()):
        transform.fit(np.ones((3, 5)))
        with pytest.raises(ValueError, match="X has 3 columns, expected"):
            transform.inverse_transform(np.ones((3, 3)))
    without = SCDT(include_mass=False)
    assert not hasattr(without, "inverse_transform")
    with pytest.raises(AttributeError, match="inverse_transform"):
        _ = without.inverse_transform
