# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Plans of low rank: sums, products, descent, and POT's at equal rank."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.spatial.distance import cdist

from skot.solvers import exact, factored, glue_plans
from tests._data.clouds import clouds, seeds, w2_squared


def halves(seed, n, k, m):
    rng = np.random.default_rng(seed)
    a, s, b = (rng.dirichlet(np.ones(size)) for size in (n, k, m))
    left = exact(rng.random((n, k)), a, s).plan
    right = exact(rng.random((k, m)), s, b).plan
    return a, b, left, right


@given(seeds, st.integers(1, 6), st.integers(1, 4), st.integers(1, 6))
@settings(max_examples=30)
def test_glued_plans(seed, n, k, m):
    a, b, left, right = halves(seed, n, k, m)
    plan = glue_plans(left, right)
    G = plan.toarray()
    assert plan.shape == G.shape == (n, m)
    assert (G >= 0).all()
    assert np.linalg.matrix_rank(G) <= k
    assert_allclose(plan.sum(axis=1), a, atol=1e-12)
    assert_allclose(plan.sum(axis=0), b, atol=1e-12)
    assert_allclose(plan.sum(), 1)
    values = np.random.default_rng(seed).normal(size=(m, 3))
    assert_allclose(plan @ values, G @ values, atol=1e-12)
    assert_allclose(plan @ values[:, 0], G @ values[:, 0], atol=1e-12)
    assert_allclose(plan.T.toarray(), G.T, atol=1e-15)
    x, y = clouds(seed, n, m)
    cost = (G * cdist(x, y, "sqeuclidean")).sum()
    assert_allclose(plan.squared_cost(x, y), cost)
    # far from the origin, nothing is lost to large squares
    assert_allclose(plan.squared_cost(x + 1e6, y + 1e6), cost, rtol=1e-7)


def test_pivots_without_mass_are_dropped():
    left, right = [[0.5, 0.0], [0.5, 0.0]], [[0.25, 0.75], [0.0, 0.0]]
    plan = glue_plans(left, right)
    assert len(plan.masses) == 1
    assert_allclose(plan.toarray(), [[0.125, 0.375]] * 2)


@pytest.mark.parametrize(
    ("left", "right", "message"),
    [
        ([[1.0]], [[0.5], [0.5]], r"right must have shape \(1, n_target\), got"),
        ([1.0], [[0.5], [0.5]], r"left must have shape \(n_source, n_pivots\), got"),
        ([[np.nan]], [[1.0]], "left holds NaN"),
        ([[0.5, 0.5]], [[0.7], [0.3]], "same masses"),
        ([[0.0]], [[0.0]], "same masses"),
    ],
)
def test_refused_halves(left, right, message):
    with pytest.raises(ValueError, match=message):
        glue_plans(left, right)


@given(seeds, st.integers(1, 12), st.booleans())
@settings(max_examples=20)
def test_factored(seed, rank, weighted):
    x, y = clouds(seed, 10, 12)
    rng = np.random.default_rng(seed)
    a, b = (
        (rng.dirichlet(np.ones(n)) if weighted else np.full(n, 1 / n)) for n in (10, 12)
    )
    result = factored(x, y, a, b, rank=rank)
    assert_allclose(result.plan.sum(axis=1), a, atol=1e-12)
    assert_allclose(result.plan.sum(axis=0), b, atol=1e-12)
    assert_allclose(result.value, result.plan.squared_cost(x, y))
    best = w2_squared(x, y, a, b)
    assert result.value >= best - 1e-9
    # through the middle, the two squares are half the whole
    assert result.objective >= best / 2 - 1e-9
    shifted = factored(x + 3.0, y + 3.0, a, b, rank=rank)
    assert_allclose(shifted.value, result.value, rtol=1e-3)


@given(seeds, st.integers(1, 8))
@settings(max_examples=15)
def test_the_objective_does_not_increase(seed, rank):
    x, y = clouds(seed, 9, 11)
    values = [
        factored(x, y, rank=rank, max_iter=k, tol=1e-12).objective for k in (1, 2, 4, 8)
    ]
    assert (np.diff(values) <= 1e-9).all()


def test_rank_one_and_full_rank():
    x, y = clouds(0, 12, 12)
    one = factored(x, y, rank=1)
    assert_allclose(one.pivots[0], (x.mean(axis=0) + y.mean(axis=0)) / 2)
    assert_allclose(one.plan.toarray(), np.full((12, 12), 1 / 144))
    through_x = factored(x, y, rank=12, init=x)
    assert_allclose(through_x.value, w2_squared(x, y), rtol=1e-6)
    images = factored(x, x + 5.0, rank=3)(x)
    assert_allclose(images, x + 5.0, atol=1e-9)


def test_entropic_halves():
    x, y = clouds(0, 20, 25)
    sharp = factored(x, y, rank=4)
    soft = factored(x, y, rank=4, reg=0.05)
    assert soft.converged
    assert_allclose(soft.plan.sum(axis=1), 1 / 20, atol=1e-8)
    assert_allclose(soft.value, sharp.value, rtol=0.2)


def test_no_worse_than_pot_at_equal_rank():
    ot = pytest.importorskip("ot")
    rng = np.random.default_rng(0)
    n = 200
    x = rng.normal(size=(n, 2))
    y = np.r_[
        0.5 * rng.normal(size=(n // 2, 2)) + (3, 0),
        0.5 * rng.normal(size=(n // 2, 2)) - (3, -1),
    ]
    u = np.full(n, 1 / n)
    C = cdist(x, y, "sqeuclidean")
    for rank in (2, 10):
        left, right, _ = ot.factored_optimal_transport(x, y, u, u, r=rank)
        theirs = (left @ np.diag(1 / left.sum(axis=0)) @ right * C).sum()
        assert factored(x, y, rank=rank).value <= 1.02 * theirs


def test_a_descent_that_was_cut_says_so():
    x, y = clouds(0, 40, 40)
    cut = factored(x, y, rank=8, max_iter=1)
    assert not cut.converged
    assert "NOT CONVERGED" in repr(cut)
    assert cut.n_iter == 1


def test_duplicates_and_refusals():
    same = np.zeros((4, 2))
    assert factored(same, same, rank=3).value == 0
    assert factored(same, same + 1, rank=3).value == pytest.approx(2)
    for name, value in [("rank", 0), ("max_iter", 0), ("tol", 0.0), ("reg", -1.0)]:
        with pytest.raises(ValueError, match=f"{name} must be"):
            factored(same, same, **{name: value})
    with pytest.raises(ValueError, match=r"y must have shape \(4, 2\), got \(3, 2\)"):
        factored(same, same, rank=1).plan.squared_cost(same, same[1:])
    with pytest.raises(
        ValueError, match=r"init must have shape \(2, 2\), got \(4, 2\)"
    ):
        factored(same, same, rank=2, init=same)
