# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""One test body for both backends, against plain formulas."""

import numpy as np
import pytest
import sklearn
from scipy.special import logsumexp as scipy_logsumexp

from skot.reductions import (
    argkmin,
    argmin,
    cost_block,
    kernel_matvec,
    logsumexp,
    min_cost,
    minkowski,
    softmin,
    weighted_sum,
)
from tests._data.reductions import CONSTANT, EPS, NAMES, M, N, cloud, find


@pytest.mark.parametrize("name", NAMES)
def test_logsumexp(name, backend):
    x, y, h = cloud()
    cost = find(name)
    expected = scipy_logsumexp(h - cost_block(x, y, cost=cost) / EPS, axis=1)
    out = logsumexp(x, y, h, EPS, cost=cost, backend=backend)
    np.testing.assert_allclose(out, expected, rtol=0, atol=1e-10)
    soft = softmin(x, y, h, EPS, cost=cost, backend=backend)
    np.testing.assert_allclose(soft, -EPS * expected, rtol=0, atol=1e-10)


def test_weighted_sum(backend):
    x, y, h = cloud()
    E = h - cost_block(x, y) / EPS
    P = np.exp(E - scipy_logsumexp(E, axis=1, keepdims=True))
    out = weighted_sum(x, y, h, EPS, y, backend=backend)
    np.testing.assert_allclose(out, P @ y, rtol=0, atol=1e-10)
    flat = weighted_sum(x, y, h, EPS, h, backend=backend)
    assert flat.shape == (N,)
    np.testing.assert_allclose(flat, P @ h, rtol=0, atol=1e-10)


def test_kernel_matvec(backend):
    x, y, h = cloud()
    K = np.exp(-cost_block(x, y) / EPS)
    out = kernel_matvec(x, y, h, EPS, backend=backend)
    np.testing.assert_allclose(out, K @ h, rtol=0, atol=1e-10)
    out = kernel_matvec(x, y, y, EPS, backend=backend)
    np.testing.assert_allclose(out, K @ y, rtol=0, atol=1e-10)


def test_minima(backend):
    x, y, h = cloud()
    C = cost_block(x, y) - h
    out = min_cost(x, y, h, backend=backend)
    np.testing.assert_allclose(out, C.min(axis=1), rtol=0, atol=1e-10)
    np.testing.assert_array_equal(argmin(x, y, h, backend=backend), C.argmin(axis=1))
    indices, values = argkmin(x, y, 5, h, backend=backend)
    np.testing.assert_array_equal(indices, np.argsort(C, axis=1)[:, :5])
    np.testing.assert_allclose(values, np.sort(C, axis=1)[:, :5], rtol=0, atol=1e-10)


def test_more_neighbours_than_columns(backend):
    x, y, _ = cloud(m=3)
    indices, values = argkmin(x, y, 5, backend=backend)
    assert (indices[:, 3:] == -1).all()
    assert np.isinf(values[:, 3:]).all()
    assert (np.sort(indices[:, :3], axis=1) == np.arange(3)).all()


def test_first_of_equals(backend):
    y = np.zeros((4, 3))
    indices, _ = argkmin(np.ones((2, 3)), y, 5, backend=backend)
    np.testing.assert_array_equal(indices, [[0, 1, 2, 3, -1]] * 2)


def test_columns_left_out(backend):
    x, y, h = cloud()
    h[::2] = -np.inf
    out = logsumexp(x, y, h, EPS, backend=backend)
    expected = logsumexp(x, y[1::2], h[1::2], EPS, backend="numpy")
    np.testing.assert_allclose(out, expected, rtol=0, atol=1e-10)
    T = weighted_sum(x, y, h, EPS, y, backend=backend)
    expected = weighted_sum(x, y[1::2], h[1::2], EPS, y[1::2], backend="numpy")
    np.testing.assert_allclose(T, expected, rtol=0, atol=1e-10)


def test_no_column_at_all(backend):
    x, y, h = cloud()
    out = logsumexp(x, y, np.full(M, -np.inf), EPS, backend=backend)
    assert np.isneginf(out).all()
    assert np.isposinf(softmin(x, y[:0], h[:0], EPS, backend=backend)).all()
    assert np.isposinf(min_cost(x, y[:0], backend=backend)).all()
    assert kernel_matvec(x, y[:0], h[:0], EPS, backend=backend).tolist() == [0.0] * N


@pytest.mark.parametrize("scale", [1e-150, 1e-6, 1e6, 1e100])
def test_scales(scale, backend):
    x, y, h = cloud()
    reference = softmin(x, y, h, EPS, backend="numpy")
    out = softmin(x * scale, y * scale, h, EPS * scale**2, backend=backend)
    np.testing.assert_allclose(out / scale**2, reference, rtol=0, atol=1e-10)


def test_cold(backend):
    # at a tiny temperature the soft minimum is the minimum
    x, y, _h = cloud()
    out = softmin(x, y, np.zeros(M), 1e-12, backend=backend)
    np.testing.assert_allclose(out, min_cost(x, y), rtol=0, atol=1e-10)


def test_single_precision(backend):
    x, y, h = cloud(dtype=np.float32)
    out = softmin(x, y, h, EPS, backend=backend)
    assert out.dtype == np.float32
    expected = softmin(x.astype(float), y.astype(float), h, EPS, backend="numpy")
    np.testing.assert_allclose(out, expected, atol=1e-5)
    assert softmin(x, y.astype(float), h, EPS, backend=backend).dtype == np.float64


@pytest.mark.parametrize("d", [2, 5, 9])
def test_dimensions_share_formulas(d, backend):
    if backend == "keops" and d == 9:
        pytest.skip("one more compilation tells nothing new")
    x, y, h = cloud(d=d)
    out = softmin(x, y, h, EPS, backend=backend)
    np.testing.assert_allclose(
        out, softmin(x, y, h, EPS, backend="numpy"), rtol=0, atol=1e-10
    )


# -- costs without a formula, memory, errors -------------------------------------------


def test_precomputed():
    x, y, h = cloud()
    C = cost_block(x, y)
    before = C.copy()
    out = softmin(C, None, h, EPS, cost="precomputed")
    np.testing.assert_allclose(out, softmin(x, y, h, EPS), rtol=0, atol=1e-12)
    indices, _ = argkmin(C, None, 2, h, cost="precomputed")
    np.testing.assert_array_equal(indices, argkmin(x, y, 2, h)[0])
    np.testing.assert_array_equal(C, before)


def test_callable_may_return_what_it_keeps():
    kept = np.ones((4, 5))
    out = softmin(np.zeros((4, 1)), np.zeros((5, 1)), np.zeros(5), 1.0, cost=CONSTANT)
    np.testing.assert_allclose(out, 1 - np.log(5))
    softmin(
        np.zeros((4, 1)), np.zeros((5, 1)), np.zeros(5), 1.0, cost=lambda x, y: kept
    )
    assert (kept == 1).all()


def test_small_memory_changes_nothing():
    x, y, h = cloud()
    expected = softmin(x, y, h, EPS, backend="numpy")
    with sklearn.config_context(working_memory=1e-3):
        out = softmin(x, y, h, EPS, backend="numpy")
    np.testing.assert_allclose(out, expected, rtol=0, atol=1e-14)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"eps": 0.0}, "eps must be positive"),
        ({"cost": "manhattan"}, "cost must be one of 'sqeuclidean'"),
        ({"backend": "cupy"}, "backend must be"),
        ({"h": np.zeros(3)}, r"h must have shape \(53,\)"),
        ({"y": np.zeros((53, 2))}, "points of one dimension"),
        ({"cost": "precomputed"}, "y must be None"),
        ({"cost": CONSTANT, "backend": "keops"}, "no formula for the cost 'constant'"),
    ],
)
def test_errors(arguments, message):
    x, y, h = cloud()
    with pytest.raises(ValueError, match=message):
        softmin(**{"x": x, "y": y, "h": h, "eps": EPS, **arguments})
    with pytest.raises(ValueError, match="at least 1"):
        minkowski(0.5)
