# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pooling against its definitions."""

import numpy as np
import pytest
from hypothesis import given
from numpy.testing import assert_allclose

from skot.embedding import PoolingEmbedding
from tests._data.clouds import X6, X, Y, clouds, seeds


def pool(sets, pooling, **params):
    return PoolingEmbedding(pooling, **params).fit_transform(sets)


@given(seeds)
def test_definitions(seed):
    sets = clouds(seed, 5, 1, 8)
    weights = [np.random.default_rng(seed).uniform(0.1, 1, len(x)) for x in sets]
    weighted = list(zip(sets, weights, strict=True))
    assert_allclose(pool(sets, "mean"), [x.mean(0) for x in sets])
    assert_allclose(pool(sets, "max"), [x.max(0) for x in sets])
    means = [np.average(x, axis=0, weights=w) for x, w in weighted]
    assert_allclose(pool(weighted, "mean"), means, atol=1e-12)
    rows, columns = np.triu_indices(3)
    scale = np.where(rows == columns, 1, np.sqrt(2))
    covariances = [
        np.cov(x.T, aweights=w, ddof=0)[rows, columns] * scale for x, w in weighted
    ]
    assert_allclose(pool(weighted, "covariance"), covariances, atol=1e-12)
    frobenius = np.linalg.norm(np.cov(sets[0].T, ddof=0) - np.cov(sets[2].T, ddof=0))
    vectors = pool(sets, "covariance")
    assert_allclose(np.linalg.norm(vectors[0] - vectors[2]), frobenius)


@given(seeds)
def test_generalised_mean(seed):
    sets = [abs(x) for x in clouds(seed, 5, 1, 8)]
    for p in (0.5, 1.0, 3.0):
        expected = [(x**p).mean(0) ** (1 / p) for x in sets]
        assert_allclose(pool(sets, "gem", power=p), expected)
    assert_allclose(pool(sets, "gem", power=500.0), pool(sets, "max"), rtol=0.02)
    assert_allclose(pool([1e200 * x for x in sets], "gem"), 1e200 * pool(sets, "gem"))
    assert_allclose(pool([np.zeros((3, 2))], "gem"), 0)


def test_sort_is_the_quantiles_of_each_coordinate():
    assert_allclose(pool([X], "sort")[0], np.sort(X, axis=0).T.ravel())
    assert pool([X, X6, X6], "sort").shape == (3, 12)
    assert pool([X], "sort", n_quantiles=3).shape == (1, 6)


def test_several_at_once():
    together = pool([X, Y], ["max", "mean"])
    assert_allclose(together, np.hstack([pool([X, Y], "max"), pool([X, Y], "mean")]))
    names = PoolingEmbedding(["max", "mean"]).fit([X]).get_feature_names_out()
    assert list(names) == [f"poolingembedding{i}" for i in range(4)]


@pytest.mark.parametrize(
    ("pooling", "message"),
    [
        ("median", "must be a str among"),
        (["mean", "median"], "pooling must hold some of"),
        ([], "pooling must hold some of"),
        ("gem", r"'gem' needs non-negative points; X\[1\]"),
    ],
)
def test_refusals(pooling, message):
    with pytest.raises(ValueError, match=message):
        pool([X + 1, -X], pooling)
