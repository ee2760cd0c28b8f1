# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Gaussian measures: closed forms, POT, bounds, flat covariances."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from skot.solvers import bures_distance, gaussian_map, gaussian_moments
from tests._data.clouds import clouds, seeds, w2_squared


def covariance(seed, d, n=None):
    x = np.random.default_rng(seed).normal(size=(n or 2 * d, d))
    return x.T @ x / len(x)


@given(seeds, st.integers(1, 8), st.sampled_from([1e-12, 1.0, 1e12]))
@settings(max_examples=40)
def test_gaussian_map(seed, d, scale):
    S, T = scale * covariance(seed, d), scale * covariance(seed + 1, d)
    m, points = np.arange(d), np.random.default_rng(seed).normal(size=(5, d))
    there = gaussian_map(np.zeros(d), S, m, T)
    assert there.converged
    A = there.matrix
    assert_allclose(A, A.T, atol=1e-8 * np.abs(A).max())
    assert np.linalg.eigvalsh(A).min() > 0
    assert_allclose(A @ S @ A, T, atol=1e-8 * np.abs(T).max())
    assert_allclose(there(np.zeros((1, d)))[0], m)
    assert_allclose(there.inverse(there(points)), points, atol=1e-6)
    back = gaussian_map(m, T, np.zeros(d), S)
    assert_allclose(back.matrix, there.inverse_matrix, rtol=1e-7)
    assert_allclose(back.value, there.value, rtol=1e-9)
    # what the map itself costs, on average over the source
    cost = np.trace((A - np.eye(d)) @ S @ (A - np.eye(d))) + m @ m
    assert_allclose(there.value, cost, rtol=1e-7)


@given(seeds, st.integers(1, 6))
@settings(max_examples=20)
def test_bures_distance(seed, d):
    from scipy.linalg import sqrtm

    S, T, U = (covariance(seed + k, d, d + 2) for k in range(3))
    root = sqrtm(S)
    squared = np.trace(S + T - 2 * np.real(sqrtm(root @ T @ root)))
    assert_allclose(bures_distance(S, T) ** 2, squared, rtol=1e-6)
    assert_allclose(bures_distance(S, T), bures_distance(T, S))
    assert bures_distance(S, U) <= bures_distance(S, T) + bures_distance(T, U) + 1e-12
    # traces would leave the root of a rounding error, some 1e-8
    assert bures_distance(S, S) < 1e-14 * np.sqrt(np.trace(S)) * d + 1e-15
    assert_allclose(bures_distance(S, 4 * S), np.sqrt(np.trace(S)))


def test_against_pot():
    ot = pytest.importorskip("ot")
    S, T = covariance(0, 4), covariance(1, 4)
    A, b = ot.gaussian.bures_wasserstein_mapping(np.zeros(4), np.ones(4), S, T)
    ours = gaussian_map(np.zeros(4), S, np.ones(4), T)
    assert_allclose(ours.matrix, A, rtol=1e-8)
    assert_allclose(ours(np.zeros((1, 4))), b.reshape(1, 4), atol=1e-8)


def test_flat_covariances():
    flat, full = np.diag([1.0, 0.0]), np.eye(2)
    down = gaussian_map([0, 0], full, [0, 0], flat)
    assert down.converged
    assert_allclose(down.matrix, flat)
    up = gaussian_map([0, 0], flat, [0, 0], full)
    assert not up.converged
    assert "NOT CONVERGED" in repr(up)
    assert_allclose(up.value, 1)
    zero = gaussian_map([0, 0], 0 * full, [1, 1], 0 * full)
    assert_allclose(zero([[0.0, 0.0]]), [[1.0, 1.0]])
    assert zero.converged
    assert_allclose(zero.value, 2)


@given(seeds)
@settings(max_examples=10)
def test_gelbrich_bound_and_moments(seed):
    x, y = clouds(seed, 8, 8)
    moments = [*gaussian_moments(x), *gaussian_moments(y)]
    assert_allclose(moments[0], x.mean(axis=0))
    assert_allclose(moments[1], np.cov(x.T, bias=True))
    assert gaussian_map(*moments).value <= w2_squared(x, y) + 1e-9
    # equal covariances: a shift, and the bound is met
    shift = gaussian_map(*moments[:2], moments[0] + 1.0, moments[1])
    assert_allclose(shift(x), x + 1, atol=1e-6)
    assert_allclose(shift.value, 3)
    double = gaussian_moments(np.r_[x, x[:1]])
    weighted = gaussian_moments(x, np.r_[2, np.ones(7)])
    for one, other in zip(double, weighted, strict=True):
        assert_allclose(one, other)
    round_one = gaussian_moments(x, shrinkage=1.0)[1]
    assert_allclose(round_one, np.eye(3) * np.trace(moments[1]) / 3)


@pytest.mark.parametrize(
    ("S", "T", "message"),
    [
        ([[1.0, 2.0]], [[1.0]], r"S must have shape"),
        ([[1.0, 2.0], [0.0, 1.0]], np.eye(2), "S is not symmetric"),
        (np.eye(2), [[1.0, 0.0], [0.0, -1.0]], "T has a negative eigenvalue"),
        (np.eye(2), np.eye(3), r"T must have shape \(2, 2\), got \(3, 3\)"),
    ],
)
def test_refused_covariances(S, T, message):
    with pytest.raises(ValueError, match=message):
        bures_distance(S, T)
    with pytest.raises(ValueError, match=message):
        gaussian_map(np.zeros(2), S, np.zeros(2), T)
    with pytest.raises(ValueError, match="shrinkage must be"):
        gaussian_moments([[0.0]], shrinkage=2)
