# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Sliced Wasserstein: closed forms, POT, how accurate it is and says to be, pairs."""

import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from skot.sets import PointSets
from skot.solvers import (
    CONTROL_VARIATES,
    SLICERS,
    energy_sliced_wasserstein,
    sample_slices,
    sliced_scaling,
    sliced_wasserstein,
    sliced_wasserstein_pairs,
)
from tests._data.clouds import X, Y, clouds, seeds, shifts, w2_squared

ot = pytest.importorskip("ot")

EVEN = {2: "angles", 3: "rotated_spiral"}
orders = st.sampled_from([1, 1.5, 2, 3])


def masses(seed, n):
    weights = np.random.default_rng(seed).dirichlet(np.ones(n))
    return weights / weights.sum()


def two_clouds(kind, n_dims, n=200, seed=1):
    """Two Gaussians with a shift; or, about one mean, a mixture and a box."""
    rng = np.random.default_rng(seed)
    if kind == "gaussians":
        A, B = rng.normal(size=(2, n_dims, n_dims)) / np.sqrt(n_dims)
        x, y = rng.normal(size=(2, n, n_dims))
        return x @ A, y @ B + rng.normal(size=n_dims) / 2
    centres = 2 * rng.normal(size=(4, n_dims))
    x = centres[rng.integers(0, 4, n)] + 0.3 * rng.normal(size=(n, n_dims))
    y = rng.uniform(-1, 1, size=(n, n_dims)) * np.linspace(0.3, 3, n_dims)
    return x - x.mean(axis=0), y - y.mean(axis=0)


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
    values, errors = np.array([(r.value, r.error) for r in results]).T
    assert np.mean(np.abs(values - truth) <= 1.96 * errors) >= 0.90  # .95 - 2.8 sigma
    if slices == "gaussian":  # and no larger than it need be
        assert np.sqrt(np.mean(errors**2)) < 1.5 * np.std(values)


@pytest.mark.parametrize("name", sorted(CONTROL_VARIATES))
@pytest.mark.parametrize("n_dims", [2, 3, 5])
def test_control_variates_have_mean_zero(name, n_dims):
    rng = np.random.default_rng(0)
    A, B = rng.normal(size=(2, n_dims, n_dims))
    slices = sample_slices(
        100_000, n_dims, EVEN.get(n_dims, "gaussian"), np.random.RandomState(0)
    )
    functions = CONTROL_VARIATES[name](
        slices, rng.normal(size=n_dims), A @ A.T, B @ B.T
    )
    for values in functions:
        bound = 1e-6 if n_dims < 5 else 4.5 / np.sqrt(len(slices))
        assert abs(values.mean()) < bound * values.std()


@pytest.mark.parametrize(
    ("name", "n_dims", "count"),
    [("harmonic2", 3, 5), ("harmonic4", 3, 14), ("harmonic2", 10, 54),
     ("harmonic4", 10, 714), ("moments4", 7, 9), ("moments6", 7, 19)],
)  # fmt: skip
def test_number_of_control_variates(name, n_dims, count):
    eye = np.eye(n_dims)
    assert len(list(CONTROL_VARIATES[name](eye, eye[0], eye, eye))) == count


def test_harmonics_know_all_quadratic_forms():
    """Of any slices the mean comes out exactly: no other function is left."""
    rng = np.random.RandomState(0)
    slices, A = sample_slices(30, 4, "gaussian", rng), rng.normal(size=(4, 4))
    from skot.solvers._sliced.control_variates import sphere_mean

    functions = list(CONTROL_VARIATES["harmonic2"](slices))
    mean, error = sphere_mean(((slices @ A) * slices).sum(axis=1), functions)
    assert_allclose(mean, np.trace(A) / 4)
    assert error < 1e-12


def test_control_variate_of_a_user():
    def first_coordinate(slices, gap, source, target):
        return [slices[:, 0] ** 2 - 1 / slices.shape[1]]

    t = np.array([2.0, 0.0, 0.0])
    x = np.zeros((1, 3))
    result = sliced_wasserstein(
        x, x + t, slices="gaussian", n_slices=10, control_variate=first_coordinate
    )
    assert_allclose(result.value**2, 4 / 3)


# -- pairs -----------------------------------------------------------------------------


def collections(seed, sizes, weighted):
    sets = clouds(seed, *sizes)
    weights = [masses(seed + i, n) for i, n in enumerate(sizes)] if weighted else None
    return PointSets.from_list(sets, weights)


@given(
    seeds,
    st.lists(st.integers(1, 6), min_size=1, max_size=4),
    st.lists(st.integers(1, 6), min_size=1, max_size=4),
    orders,
    st.booleans(),
    st.booleans(),
)
def test_pairs_are_single_distances(seed, sizes, others, p, weighted, also):
    X, Y = collections(seed, sizes, weighted), collections(seed + 99, others, also)
    slices = sample_slices(7, 3, "gaussian", seed)

    def one(x, y):
        return sliced_wasserstein(
            x.points, y.points, x.weights, y.weights,
            p=p, slices=slices, control_variate=None,
        ).value  # fmt: skip

    for other in (X, Y):
        got = sliced_wasserstein_pairs(X, other, slices, p=p)
        expected = [[one(x, y) for y in other] for x in X]
        assert_allclose(got, expected, rtol=1e-9, atol=1e-7)
    half = sliced_wasserstein_pairs(X, None, slices, p=p)
    assert_allclose(half, sliced_wasserstein_pairs(X, X, slices, p=p), atol=1e-7)
    assert_array_equal(half, half.T)
    assert_array_equal(np.diag(half), 0)


@given(seeds, orders, st.booleans())
@settings(max_examples=30)
def test_pairs_are_a_metric(seed, p, weighted):
    X = collections(seed, [3, 3, 5, 1, 8], weighted)
    D = sliced_wasserstein_pairs(X, None, sample_slices(5, 3, "gaussian", seed), p=p)
    assert (D[:, None] <= D[:, :, None] + D[None] + 1e-9).all()
    if p == 2:  # Euclidean: of negative type
        centre = np.eye(5) - 1 / 5
        assert np.linalg.eigvalsh(-centre @ D**2 @ centre).min() > -1e-9


def test_pairs_in_blocks(monkeypatch):
    X, slices = collections(0, [4, 4, 7, 2], True), sample_slices(40, 3, "spiral")
    expected = sliced_wasserstein_pairs(X, None, slices)
    monkeypatch.setattr("skot.solvers._sliced.pairs.BLOCK", 50)
    monkeypatch.setattr("skot.solvers._sliced.sliced.BLOCK", 50)
    assert_allclose(sliced_wasserstein_pairs(X, None, slices), expected, rtol=1e-12)
    x, y = clouds(0, 4, 5)
    one = sliced_wasserstein(x, y, slices=slices, control_variate=None).value
    monkeypatch.undo()
    two = sliced_wasserstein(x, y, slices=slices, control_variate=None).value
    assert_allclose(one, two, rtol=1e-12)


@pytest.mark.parametrize("weighted", [False, True])
def test_pairs_of_sets_and_their_doubles(weighted):
    X = collections(0, [5, 7], weighted)
    twice = PointSets.from_list(
        [np.repeat(m.points, 2, axis=0) for m in X],
        [np.repeat(m.weights, 2) / 2 for m in X] if weighted else None,
    )
    D = sliced_wasserstein_pairs(X, twice, sample_slices(20, 3, "spiral"))
    assert_allclose(np.diag(D), 0, atol=1e-12)


def test_pairs_far_away_and_large():
    X, slices = collections(0, [5, 7, 5], False), sample_slices(20, 3, "spiral")
    expected = sliced_wasserstein_pairs(X, None, slices)
    far = X.with_points(1e150 * (X.points + 1e6))
    got = sliced_wasserstein_pairs(far, None, slices)
    assert_allclose(got, 1e150 * expected, rtol=1e-8)
    single = X.astype(np.float32)
    assert_allclose(sliced_wasserstein_pairs(single, None, slices), expected, rtol=1e-5)


def test_no_sets():
    X = collections(0, [3, 2], False)
    assert sliced_wasserstein_pairs(X[:0], X, np.eye(3)).shape == (0, 2)


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


def test_bad_pairs():
    X = collections(0, [3, 2], False)
    with pytest.raises(ValueError, match="X has 3 columns, Y has 2"):
        sliced_wasserstein_pairs(X, PointSets.from_list([np.eye(2)]), np.eye(3))
    with pytest.raises(ValueError, match=r"X\[1\] has no mass"):
        sliced_wasserstein_pairs(X.with_weights([1, 1, 1, 0, 0]), None, np.eye(3))
    with pytest.raises(ValueError, match="slices must have shape"):
        sliced_wasserstein_pairs(X, None, np.eye(2))
