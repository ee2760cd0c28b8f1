# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Sliced Wasserstein: closed forms, POT, how accurate it is and says to be, pairs."""

import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from skot.solvers import (
    CONTROL_VARIATES,
    SLICERS,
    energy_sliced_wasserstein,
    sample_slices,
    sliced_scaling,
    sliced_wasserstein,
)
from tests._data.clouds import (
    EVEN,
    X,
    Y,
    clouds,
    masses,
    seeds,
    shifts,
    two_clouds,
    w2_squared,
)

ot = pytest.importorskip("ot")

orders = st.sampled_from([1, 1.5, 2, 3])


# -- values ----------------------------------------------------------------------------


def test_golden_value():
    result = sliced_wasserstein(X, Y, n_slices=4, control_variate=None)
    assert_allclose(result.value**2, 0.4374431274950008, rtol=0, atol=1e-12)


def test_defaults_stay():
    """A default that changes changes results: it is pinned, and so is the result."""
    defaults = {
        name: parameter.default
        for name, parameter in inspect.signature(sliced_wasserstein).parameters.items()
        if parameter.kind == parameter.KEYWORD_ONLY
    }
    pinned = {
        "p": 2,
        "n_slices": 256,
        "slices": "auto",
        "control_variate": "auto",
        "normalize": False,
        "random_state": None,
    }
    assert defaults == pinned
    assert sliced_wasserstein(X, Y).value == sliced_wasserstein(X, Y, **pinned).value
    assert_allclose(sliced_wasserstein(X, Y).value, 0.661747, rtol=1e-5)


@given(seeds, st.integers(1, 7), st.integers(1, 7), orders, st.booleans())
def test_against_pot(seed, n, m, p, weighted):
    x, y = clouds(seed, n, m)
    a, b = (masses(seed, n), masses(seed + 1, m)) if weighted else (None, None)
    slices = sample_slices(9, 3, "gaussian", seed)
    result = sliced_wasserstein(x, y, a, b, p=p, slices=slices, control_variate=None)
    expected, log = ot.sliced_wasserstein_distance(
        x, y, a, b, p=p, projections=slices.T, log=True
    )
    assert_allclose(result.value, expected, rtol=1e-7)
    assert_allclose(result.per_slice**p, log["projected_emds"], rtol=1e-6, atol=1e-12)


@given(seeds, st.sampled_from(sorted(SLICERS)), st.sampled_from(["auto", "both", None]))
def test_slices_given_are_slices_drawn(seed, slices, control_variate):
    n_dims = 2 if slices == "angles" else 3
    x, y = clouds(seed, 6, 8, n_dims=n_dims)
    one = sliced_wasserstein(
        x, y, slices=slices, control_variate=control_variate, random_state=seed
    )
    assert one.slices.shape == (256, n_dims)
    two = sliced_wasserstein(x, y, slices=one.slices, control_variate=control_variate)
    assert (one.value, one.error) == (two.value, two.error)
    assert_array_equal(one.per_slice, two.per_slice)


@given(
    seeds,
    shifts,
    st.sampled_from(["gaussian", "orthogonal", "sobol"]),
    st.sampled_from(["auto", *CONTROL_VARIATES]),
)
def test_translation(seed, t, slices, control_variate):
    """|t|^2 / d, of any slices: the cost is a quadratic form, which all know."""
    (x,) = clouds(seed, 6)
    result = sliced_wasserstein(
        x,
        x + t,
        slices=slices,
        control_variate=control_variate,
        n_slices=100,
        random_state=seed,
    )
    exact_ones = {"lower", "harmonic2", "harmonic4", "moments4", "moments6", "auto"}
    if control_variate in exact_ones | {"both"}:
        scale = np.abs(x).max() + np.abs(t).max()
        assert_allclose(result.value**2, t @ t / 3, rtol=1e-9, atol=1e-14 * scale**2)


@given(seeds, shifts, orders)
@settings(max_examples=20)
def test_translation_has_its_length_when_normalized(seed, t, p):
    (x,) = clouds(seed, 6)
    result = sliced_wasserstein(x, x + t, p=p, n_slices=2000, normalize="dim")
    assert_allclose(result.value, np.linalg.norm(t), rtol=2e-3, atol=1e-9)


@given(seeds, orders)
@settings(max_examples=20)
def test_chain(seed, p):
    """Gap of means < sliced < energy-based < largest slice < Wasserstein."""
    x, y = clouds(seed, 6, 6)
    slices = sample_slices(60, 3, "gaussian", seed)
    sliced = sliced_wasserstein(x, y, p=p, slices=slices, control_variate=None)
    energy = energy_sliced_wasserstein(x, y, p=p, slices=slices)
    gaps = np.abs(slices @ (x.mean(0) - y.mean(0)))
    w = ot.emd2([], [], ot.dist(x, y, "euclidean") ** p) ** (1 / p)
    chain = [np.mean(gaps**p) ** (1 / p), sliced.value, energy.value]
    chain += [sliced.per_slice.max(), w]
    assert (np.diff(chain) >= -1e-9).all()


@given(seeds, st.sampled_from([1, 2, 3]), st.integers(2, 5))
@settings(max_examples=20)
def test_normalized_distance_is_below_wasserstein(seed, p, n_dims):
    x, y = clouds(seed, 6, 6, n_dims=n_dims)
    sliced = sliced_wasserstein(x, y, p=p, normalize="dim", random_state=0)
    w = ot.emd2([], [], ot.dist(x, y, "euclidean") ** p) ** (1 / p)
    assert sliced.value <= w + 3 * sliced.error


@pytest.mark.parametrize("p", [1, 2, 3])
def test_more_dimensions_change_nothing_when_normalized(p):
    x, y = two_clouds("gaussians", 3)
    rotation = np.linalg.qr(np.random.default_rng(0).normal(size=(12, 12)))[0][:3]
    flat = sliced_wasserstein(x, y, p=p, random_state=0).value
    deep = sliced_wasserstein(
        x @ rotation, y @ rotation, p=p, n_slices=2000, normalize=3, random_state=0
    )
    assert abs(deep.value - flat) < 4 * deep.error + 1e-3 * flat
    assert_allclose(
        sliced_scaling(40, 5, p) ** p, [0.33853, 0.125, 0.04954][p - 1], rtol=1e-4
    )


@given(seeds, st.sampled_from([1e-150, 1, 1e150]), st.floats(-1e6, 1e6))
def test_scale_and_place(seed, scale, place):
    x, y = clouds(seed, 5, 7)
    one = sliced_wasserstein(x, y, random_state=0)
    two = sliced_wasserstein(scale * (x + place), scale * (y + place), random_state=0)
    assert_allclose(two.value, scale * one.value, rtol=1e-7)
    assert_allclose(two.error, scale * one.error, rtol=1e-4)
    assert_allclose(two.per_slice, scale * one.per_slice, rtol=1e-5, atol=1e-8 * scale)


@given(seeds, st.integers(1, 5), st.integers(1, 5))
def test_line(seed, n, m):
    """One slice tells all, and its error is none."""
    x, y = clouds(seed, n, m, n_dims=1)
    result = sliced_wasserstein(x, y)
    assert len(result.slices) == 1
    assert_allclose(result.value**2, w2_squared(x, y), rtol=1e-6, atol=1e-9)
    assert result.error == 0


@given(seeds)
def test_identical_sets(seed):
    (x,) = clouds(seed, 6)
    for y in (x, x[::-1], np.repeat(x, 2, axis=0)):
        result = sliced_wasserstein(x, y, random_state=0)
        assert result.value <= 1e-12
        assert result.error <= 1e-7


def test_one_point_each():
    result = sliced_wasserstein([[0.0, 0.0, 0.0]], [[1.0, 2.0, 2.0]])
    assert_allclose(result.value**2, 3)


def test_one_slice_knows_no_error():
    result = sliced_wasserstein(X, Y, n_slices=1)
    assert np.isnan(result.error)
    assert "n_slices=1" in repr(result)


# -- accuracy --------------------------------------------------------------------------


def reference(x, y, n_dims):
    """Value from many slices, to a small part of the errors that are measured."""
    slices = EVEN.get(n_dims, "orthogonal")
    return sliced_wasserstein(
        x, y, n_slices=60_000, slices=slices, control_variate="moments6", random_state=7
    ).value


@pytest.mark.parametrize("kind", ["gaussians", "shapes"])
@pytest.mark.parametrize(("n_dims", "factor"), [(3, 50), (10, 3), (30, 3)])
def test_errs_less_than_monte_carlo(kind, n_dims, factor):
    x, y = two_clouds(kind, n_dims, n=100)
    truth = reference(x, y, n_dims)
    ours = [sliced_wasserstein(x, y, random_state=s).value for s in range(40)]
    plain = [
        ot.sliced_wasserstein_distance(x, y, n_projections=256, seed=s)
        for s in range(40)
    ]
    errors = [np.sqrt(np.mean((np.array(v) - truth) ** 2)) for v in (ours, plain)]
    assert factor * errors[0] <= errors[1]


@pytest.mark.parametrize("slices", ["gaussian", "auto", "sobol"])
@pytest.mark.parametrize("control_variate", [None, "both", "auto"])
@pytest.mark.parametrize("n_dims", [3, 10])
def test_standard_error_is_honest(slices, control_variate, n_dims):
    """The truth lies within two errors, nineteen times out of twenty."""
    x, y = two_clouds("shapes", n_dims, n=50)
    truth = reference(x, y, n_dims)
    results = [
        sliced_wasserstein(
            x, y, slices=slices, control_variate=control_variate, random_state=s
        )
        for s in range(150)
    ]
    values, errors = np.array([(r.value, r.standard_error) for r in results]).T
    assert np.mean(np.abs(values - truth) <= 1.96 * errors) >= 0.90  # .95 - 2.8 sigma
    if slices == "gaussian":  # and no larger than it need be
        assert np.sqrt(np.mean(errors**2)) < 1.5 * np.std(values)


# -- failures --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "params", "message"),
    [
        ((X[:, 0], Y), {}, r"x must have shape \(n_points, n_dims\), got \(8,\)"),
        ((X[:0], Y), {}, "x must have shape"),
        ((X, Y[:, :1]), {}, r"y must have shape \(n_points, 2\), got \(8, 1\)"),
        ((X, [[np.nan, 0]]), {}, "y holds NaN or infinity"),
        ((X, Y, np.ones(3)), {}, r"a must have shape \(8,\)"),
        ((X, Y, None, -np.ones(8)), {}, "b holds a negative weight"),
        ((X, Y, np.zeros(8)), {}, "a has no mass"),
        ((X, Y), {"p": 0.5}, "p must be a finite number"),
        ((X, Y), {"slices": "rotated_spiral"}, r"needs points in R\^3"),
        ((X, Y), {"control_variate": "best"}, "control_variate must be"),
        (
            (X, Y),
            {"control_variate": "harmonic4", "n_slices": 5},
            "4 control variates need at least 7 slices, got 5",
        ),
        ((X, Y), {"normalize": "effective"}, "normalize must be"),
        ((X, Y), {"normalize": 3}, r"n_effective must be in \[1, 2\]"),
    ],
)
def test_bad_input(args, params, message):
    with pytest.raises(ValueError, match=message):
        sliced_wasserstein(*args, **params)
