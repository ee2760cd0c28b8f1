# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Max-sliced, von Mises-Fisher and energy-based: closed forms, order, what is found."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from skot.solvers import (
    energy_sliced_wasserstein,
    max_sliced_wasserstein,
    sample_slices,
    sliced_wasserstein,
    von_mises_sliced_wasserstein,
    wasserstein_1d,
)
from skot.solvers._sliced.max_sliced import _ascend
from skot.solvers._sliced.sliced import standardize
from tests._data.clouds import clouds, masses, seeds, shifts, two_clouds

ot = pytest.importorskip("ot")

orders = st.sampled_from([1, 1.5, 2, 3])


# -- the best slice --------------------------------------------------------------------


@given(seeds, shifts.filter(lambda t: np.abs(t).max() > 1e-3), orders)
@settings(max_examples=30)
def test_translation(seed, t, p):
    (x,) = clouds(seed, 6)
    result = max_sliced_wasserstein(x, x + t, p=p, n_starts=2)
    length = np.linalg.norm(t)
    assert_allclose(result.value, length, rtol=1e-6)
    assert_allclose(abs(result.direction @ t), length, rtol=1e-6)
    assert result.converged


def test_one_coordinate_differs():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 4))
    y = x.copy()
    y[:, 2] = 5 * rng.exponential(size=60)
    result = max_sliced_wasserstein(x, y, random_state=0)
    along = np.sqrt(wasserstein_1d(x[:, 2], y[:, 2]))
    assert along <= result.value * (1 + 1e-12)
    assert abs(result.direction[2]) > 0.98


@given(seeds, st.integers(1, 8), st.integers(1, 8), orders, st.booleans())
@settings(max_examples=40)
def test_chain(seed, n, m, p, weighted):
    """Value of its direction; above the sliced distance, below that of Wasserstein."""
    x, y = clouds(seed, n, m)
    a, b = (masses(seed, n), masses(seed + 1, m)) if weighted else (None, None)
    result = max_sliced_wasserstein(x, y, a, b, p=p, random_state=0)
    along = wasserstein_1d(x @ result.direction, y @ result.direction, a, b, p=p)
    assert_allclose(result.value**p, along, rtol=1e-9)
    assert_allclose(np.linalg.norm(result.direction), 1)
    assert result.value == result.per_start.max()
    mean = sliced_wasserstein(x, y, a, b, p=p, control_variate=None, random_state=0)
    cost = ot.dist(x, y, "euclidean") ** p
    share = [np.full(k, 1 / k) if w is None else w for k, w in ((n, a), (m, b))]
    assert mean.value <= result.value + 1e-12
    assert result.value**p <= ot.emd2(*share, cost) * (1 + 1e-9)


@pytest.mark.parametrize("kind", ["gaussians", "shapes", "noise"])
def test_as_good_as_many_long_runs(kind):
    if kind == "noise":
        x, y = np.random.default_rng(3).normal(size=(2, 200, 50))
    else:
        x, y = two_clouds(kind, 50)
    problem = standardize(x, y, None, None)
    starts = sample_slices(40, 50, "gaussian", 0)
    long = _ascend(problem, starts, starts[:, None], 2.0, 1000, 1e-9).value
    ours = max_sliced_wasserstein(x, y, random_state=0)
    assert ours.converged
    assert ours.value >= 0.99 * long
    search = ot.max_sliced_wasserstein_distance(x, y, n_projections=1000, seed=0)
    assert search < 0.6 * ours.value


def test_more_starts_and_steps_find_more():
    x, y = np.random.default_rng(0).normal(size=(2, 80, 20))
    one, four = (
        max_sliced_wasserstein(x, y, n_starts=k, random_state=0).value for k in (1, 4)
    )
    assert one <= four
    short = max_sliced_wasserstein(x, y, max_iter=1, random_state=0)
    assert not short.converged
    assert short.n_iter == 1
    assert "NOT CONVERGED" in repr(short)
    assert short.value <= max_sliced_wasserstein(x, y, random_state=0).value


def test_nothing_to_find():
    (x,) = clouds(0, 6)
    result = max_sliced_wasserstein(x, x[::-1])
    assert result.value == 0
    assert result.converged
    assert von_mises_sliced_wasserstein(x, x).value == 0


@given(seeds, st.sampled_from([1e-150, 1e150]))
@settings(max_examples=20)
def test_scale(seed, scale):
    x, y = clouds(seed, 5, 7)
    one = max_sliced_wasserstein(x, y, random_state=0)
    two = max_sliced_wasserstein(scale * x, scale * y, random_state=0)
    assert_allclose(two.value, scale * one.value, rtol=1e-6)


@given(seeds)
@settings(max_examples=20)
def test_line(seed):
    x, y = clouds(seed, 5, 7, n_dims=1)
    w = np.sqrt(wasserstein_1d(x[:, 0], y[:, 0]))
    assert_allclose(max_sliced_wasserstein(x, y).value, w)
    assert_allclose(von_mises_sliced_wasserstein(x, y).value, w)


def test_seed_fixes_the_result():
    x, y = np.random.default_rng(0).normal(size=(2, 40, 10))
    for solver in (max_sliced_wasserstein, von_mises_sliced_wasserstein):
        one, two = (solver(x, y, random_state=3) for _ in range(2))
        assert_array_equal(one.per_start, two.per_start)


# -- laws near it ----------------------------------------------------------------------


def test_von_mises_lies_between():
    x, y = two_clouds("gaussians", 5)
    values = [
        von_mises_sliced_wasserstein(
            x, y, kappa=kappa, n_slices=200, random_state=0
        ).value
        for kappa in (0, 5, 50, 1e6)
    ]
    sliced = sliced_wasserstein(x, y, random_state=0)
    largest = max_sliced_wasserstein(x, y, random_state=0)
    assert values == sorted(values)
    assert sliced.value <= values[0] <= 1.15 * sliced.value  # 200 slices, maximised
    assert_allclose(values[-1], largest.value, rtol=1e-3)


def test_von_mises_slices_ascend():
    """From each start the mean over its slices rises, to where gradients vanish."""
    x, y = two_clouds("shapes", 6)
    few = von_mises_sliced_wasserstein(x, y, max_iter=1, random_state=0)
    many = von_mises_sliced_wasserstein(x, y, random_state=0)
    assert (many.per_start >= few.per_start).all()
    assert many.converged


@pytest.mark.parametrize("energy", ["exp", "identity"])
def test_energy(energy):
    x, y = two_clouds("shapes", 3)
    slices = sample_slices(50, 3, "gaussian", 0)
    result = energy_sliced_wasserstein(x, y, slices=slices, energy=energy)
    costs = wasserstein_1d(slices @ x.T, slices @ y.T)
    weights = np.exp(costs) if energy == "exp" else costs
    assert_allclose(result.value**2, (weights @ costs) / weights.sum())
    assert_allclose(result.per_slice**2, costs)


def test_energy_error_is_honest():
    x, y = two_clouds("gaussians", 3)
    truth = energy_sliced_wasserstein(x, y, n_slices=20_000, random_state=0).value
    results = [
        energy_sliced_wasserstein(x, y, slices="gaussian", random_state=s)
        for s in range(150)
    ]
    values, errors = np.array([(r.value, r.error) for r in results]).T
    assert np.mean(np.abs(values - truth) <= 1.96 * errors) >= 0.88


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_energy_of_tiny_and_huge_distances(scale):
    x, y = two_clouds("shapes", 3)
    slices = sample_slices(50, 3, "gaussian", 0)
    result = energy_sliced_wasserstein(scale * x, scale * y, slices=slices)
    costs = wasserstein_1d(slices @ x.T, slices @ y.T)
    expected = costs.mean() if scale < 1 else costs.max()
    assert_allclose(result.value / scale, np.sqrt(expected))


@pytest.mark.parametrize(
    ("solver", "params", "message"),
    [
        (max_sliced_wasserstein, {"p": 0}, "p must be"),
        (
            max_sliced_wasserstein,
            {"n_starts": 0},
            "n_starts must be an int of at least",
        ),
        (von_mises_sliced_wasserstein, {"kappa": -1}, "kappa must be"),
        (energy_sliced_wasserstein, {"energy": "log"}, "energy must be"),
    ],
)
def test_bad_input(solver, params, message):
    with pytest.raises(ValueError, match=message):
        solver(*clouds(0, 4, 5), **params)
