# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Sinkhorn divergences of all pairs."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import cdist
from sklearn.exceptions import ConvergenceWarning

from skot.distance import (
    PairwiseDistance,
    sinkhorn_divergences,
    wasserstein_distances,
)
from skot.solvers import auto_reg, sinkhorn_divergence
from skot.utils.estimator_checks import make_sets


def test_symmetric_and_independent_of_workers():
    X, _ = make_sets(8)
    D = sinkhorn_divergences(X)
    assert_array_equal(D, D.T)
    assert_array_equal(D.diagonal(), 0)
    assert (D[np.triu_indices(8, 1)] > 0).all()
    assert_array_equal(sinkhorn_divergences(X, n_jobs=2), D)
    assert_allclose(sinkhorn_divergences(X, X), D, atol=1e-5)


@pytest.mark.parametrize("p", [1, 2])
def test_divergences_are_those_of_the_solver(p):
    X, _ = make_sets(5)
    D = sinkhorn_divergences(X, X[:3], reg=0.1, p=p)
    for i in range(5):
        for j in range(3):
            a, b = (m.weights / m.weights.sum() for m in (X[i], X[j]))
            one = sinkhorn_divergence(X[i].points, X[j].points, a, b, reg=0.1, p=p)
            assert_allclose(D[i, j], one.value, atol=1e-7)


def test_divergence_between_its_limits():
    X, _ = make_sets(6, weighted=False)
    exact = wasserstein_distances(X) ** 2
    assert_allclose(sinkhorn_divergences(X, reg=2e-3), exact, atol=1e-2)
    means = np.array([m.points.mean(axis=0) for m in X])
    far = cdist(means, means, "sqeuclidean")
    assert_allclose(sinkhorn_divergences(X, reg=2e4), far, atol=2e-3)
    moved = X.with_points(X.points + [3.0, 0.0, 4.0])
    assert_allclose(sinkhorn_divergences(X, moved).diagonal(), 25.0)


def test_default_regularisation_knows_no_unit():
    X, _ = make_sets(5)
    for p in (1, 2):
        D = sinkhorn_divergences(X, p=p)
        scaled = sinkhorn_divergences(X.with_points(X.points * 100), p=p)
        assert_allclose(scaled, 100**p * D, rtol=1e-5, atol=1e-5)
    assert_array_equal(sinkhorn_divergences(X[[0, 0]])[0], 0)


@pytest.mark.parametrize("p", [1, 2])
def test_default_regularisation_is_that_of_the_pooled_points(p):
    X, _ = make_sets(5)
    weights = np.concatenate([m.weights / m.weights.sum() for m in X])
    reg = auto_reg(X.points, weights, p=p)
    assert_allclose(
        sinkhorn_divergences(X, p=p), sinkhorn_divergences(X, reg=reg, p=p), rtol=1e-9
    )


def test_divergences_keep_the_regularisation_of_fit():
    X, _ = make_sets(10)
    transformer = PairwiseDistance("sinkhorn_divergence")
    D = transformer.fit_transform(X)
    assert_allclose(transformer.transform(X[2:4]), D[2:4], atol=1e-8)


def test_tables():
    X = np.random.RandomState(0).normal(size=(6, 3))
    assert_allclose(sinkhorn_divergences(X), cdist(X, X) ** 2, atol=1e-12)


def test_what_did_not_converge_is_told():
    X, _ = make_sets(4)
    with pytest.warns(ConvergenceWarning, match="Raise"):
        sinkhorn_divergences(X, reg=1e-4, max_iter=1, tol=1e-12)


def test_bad_parameters_are_refused():
    X, _ = make_sets(3)
    for reg in (-1.0, "wide", None):
        with pytest.raises(ValueError, match="reg must be positive"):
            sinkhorn_divergences(X, reg=reg)
    with pytest.raises(ValueError, match="X is in R"):
        sinkhorn_divergences(X, X[:, :2])
