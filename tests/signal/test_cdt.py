# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""CDT: golden value, laws, inverses; bad input of CDT and SCDT."""

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
