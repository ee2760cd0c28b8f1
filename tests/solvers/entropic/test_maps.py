# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Entropic maps: closed forms, limits, monotonicity."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.spatial.distance import cdist

from skot.solvers import entropic_map, exact, sinkhorn
from tests._data.clouds import clouds, seeds, shifts

regs = st.sampled_from([0.05, 0.5, 5.0])


@given(seeds, regs, st.booleans())
@settings(max_examples=20)
def test_at_the_atoms_it_is_the_barycentric_projection(seed, reg, weighted):
    x, y = clouds(seed, 7, 9)
    rng = np.random.default_rng(seed)
    a, b = (
        (rng.dirichlet(np.ones(n)) if weighted else np.full(n, 1 / n)) for n in (7, 9)
    )
    plan = sinkhorn(cdist(x, y, "sqeuclidean"), a, b, reg=reg).plan
    fitted = entropic_map(x, y, a, b, reg=reg)
    assert fitted.converged
    assert_allclose(fitted(x), (plan @ y) / a[:, None], atol=1e-6)
    assert_allclose(fitted.inverse(y), (plan.T @ x) / b[:, None], atol=1e-6)
    assert_allclose(fitted.potential(x), fitted.potentials[0], atol=1e-7)


@given(seeds, regs)
@settings(max_examples=20)
def test_the_map_is_a_monotone_gradient(seed, reg):
    x, y, points = clouds(seed, 10, 12, 6)
    fitted = entropic_map(x, y, reg=reg)
    images, step = fitted(points), 1e-5
    inner = ((points[:, None] - points) * (images[:, None] - images)).sum(axis=2)
    assert inner.min() >= -1e-9
    for j, unit in enumerate(np.eye(3)):
        slope = fitted.potential(points + step * unit)
        slope -= fitted.potential(points - step * unit)
        assert_allclose(points[:, j] - slope / (4 * step), images[:, j], atol=1e-5)
    # means of the target: within its hull
    assert (images <= y.max(axis=0) + 1e-12).all()


def test_limits_of_reg():
    x, y = clouds(0, 6, 6)
    plan = exact(cdist(x, y, "sqeuclidean"), np.full(6, 1 / 6), np.full(6, 1 / 6)).plan
    assert_allclose(entropic_map(x, y, reg=1e-3)(x), 6 * plan @ y, atol=1e-4)
    far = entropic_map(x, y, reg=1e8)([[5.0, 5.0, 5.0]])
    assert_allclose(far, [y.mean(axis=0)], atol=1e-5)


@given(seeds, shifts, st.sampled_from([1.0, 10.0, 100.0]))
@settings(max_examples=20)
def test_the_debiased_map_of_a_translation(seed, shift, reg):
    x, points = clouds(seed, 8, 5)
    fitted = entropic_map(x, x + shift, reg=reg, debiased=True, tol=1e-12)
    scale = 1 + np.abs(shift).max()
    assert_allclose(fitted(points), points + shift, atol=1e-5 * scale)
    assert_allclose(fitted.inverse(points), points - shift, atol=1e-5 * scale)
    own = entropic_map(x, x, reg=reg, debiased=True)
    assert_allclose(own(points), points, atol=1e-7)


def test_one_point_zero_weights_and_duplicates():
    assert_allclose(entropic_map([[1.0]], [[3.0]], reg=1)([[7.0]]), [[3.0]])
    x, y, points = clouds(0, 5, 6, 4)
    base = entropic_map(x, y, reg=0.5)(points)
    absent = entropic_map(
        x, np.r_[y, [[50.0, 0, 0]]], None, np.r_[np.ones(6), 0], reg=0.5
    )
    assert_allclose(absent(points), base, atol=1e-7)
    twice = entropic_map(np.r_[x, x], y, reg=0.5)
    assert_allclose(twice(points), base, atol=1e-7)


def test_a_map_that_has_not_converged_says_so():
    x, y = clouds(0, 50, 50)
    poor = entropic_map(x, y, reg=1e-3, max_iter=5)
    assert not poor.converged
    assert "NOT CONVERGED" in repr(poor)
    assert poor.error > 1e-9
    assert np.isfinite(poor(x)).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1.0], [[1.0]]), "x must have shape"),
        (([[1.0]], [[1.0, 2.0]]), r"y must have shape \(n_points, 1\)"),
        (([[np.nan]], [[1.0]]), "x holds NaN"),
        (([[1.0]], [[1.0]], [1.0, 2.0]), r"a must have shape \(1,\)"),
        (([[1.0]], [[1.0]], None, [-1.0]), "b holds a negative weight"),
    ],
)
def test_refusals(arguments, message):
    with pytest.raises(ValueError, match=message):
        entropic_map(*arguments, reg=1.0)
    for name in ("reg", "tol", "max_iter"):
        with pytest.raises(ValueError, match=f"{name} must be"):
            entropic_map([[1.0]], [[1.0]], **{"reg": 1.0, name: 0})
    with pytest.raises(ValueError, match="points must have shape"):
        entropic_map([[1.0]], [[1.0]], reg=1.0)([[1.0, 2.0]])
