# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Partial transport distances against their solvers, pair by pair."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skot.distance import (
    PairwiseDistance,
    partial_wasserstein_distances,
    sliced_partial_distances,
    wasserstein_distances,
)
from skot.kernel import TransportKernel
from skot.sets import PointSets
from skot.solvers import partial_wasserstein, sliced_partial_wasserstein


def draw(seed, n_sets=5, *, weighted=False):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(3, 9, n_sets)
    points = rng.normal(size=(sizes.sum(), 2))
    weights = rng.uniform(0.2, 2, len(points)) if weighted else None
    return PointSets(points, np.concatenate([[0], np.cumsum(sizes)]), weights)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("p", [1, 1.5, 2])
def test_pair_by_pair(weighted, p):
    X, Y = draw(0, weighted=weighted), draw(1, 4, weighted=weighted)
    D = partial_wasserstein_distances(X, Y, lam=0.6, p=p)
    for i, s in enumerate(X):
        for j, t in enumerate(Y):
            one = partial_wasserstein(
                x=s.points, y=t.points, a=s.weights, b=t.weights, lam=0.6, p=p
            )
            assert_allclose(D[i, j] ** p, one.value)
    own = partial_wasserstein_distances(X, lam=0.6, p=p)
    assert_allclose(own, partial_wasserstein_distances(X, X, lam=0.6, p=p), atol=1e-7)
    assert_array_equal(np.diag(own), 0)


@pytest.mark.parametrize("weighted", [False, True])
def test_slices_pair_by_pair(weighted):
    X, Y = draw(2, 3, weighted=weighted), draw(3, 2, weighted=weighted)
    slices = np.array([[1.0, 0.0], [0.6, 0.8]])
    for scale in ("ambient", "projected"):
        params = {"lam": 0.4, "slices": slices, "lam_scale": scale}
        D = sliced_partial_distances(X, Y, **params)
        for i, s in enumerate(X):
            for j, t in enumerate(Y):
                one = sliced_partial_wasserstein(
                    s.points, t.points, s.weights, t.weights, **params
                )
                assert_allclose(D[i, j], one.value)
    own = sliced_partial_distances(X, **params)
    assert_allclose(own, sliced_partial_distances(X, X, **params), atol=1e-7)


def test_masses():
    X = draw(4)
    D = partial_wasserstein_distances(X, lam=1e4, masses="probability")
    assert_allclose(D, wasserstein_distances(X), atol=1e-6)
    thrice = X.with_weights(np.full(len(X.points), 3.0))
    plain = partial_wasserstein_distances(X, lam=0.5)
    assert_allclose(partial_wasserstein_distances(thrice, lam=0.5) ** 2, 3 * plain**2)
    for function in (partial_wasserstein_distances, sliced_partial_distances):
        same = function(X, thrice, lam=0.5, masses="probability")
        assert_allclose(np.diag(same), 0, atol=1e-7)
        with pytest.raises(ValueError, match="masses must be"):
            function(X, lam=0.5, masses="typo")


def test_an_outlier_costs_its_penalty():
    X = draw(5)
    noisy = PointSets.from_list([np.vstack([s.points, [[1e3, 0]]]) for s in X])
    D = partial_wasserstein_distances(X, noisy, lam=0.8)
    clean = partial_wasserstein_distances(X, lam=0.8)
    assert_allclose(D**2, clean**2 + 0.8)


def test_callable_metric_and_threads():
    X = draw(6, 12)

    def manhattan(x, y):
        return np.abs(x[:, None] - y).sum(axis=2)

    params = {"lam": 0.6, "p": 1}
    D = partial_wasserstein_distances(X, metric=manhattan, n_jobs=2, **params)
    expected = partial_wasserstein_distances(X, metric="cityblock", **params)
    assert_allclose(D, expected)
    with pytest.raises(ValueError, match="metric must be one of"):
        partial_wasserstein_distances(X, metric="other", **params)


@pytest.mark.parametrize("metric", ["partial_wasserstein", "sliced_partial"])
def test_learners_take_masses_as_they_are(metric):
    X = draw(7, weighted=True)
    function = PairwiseDistance(metric, metric_params={"lam": 0.5}, random_state=0)
    heavy = X.with_weights(4 * X.weights)
    D = function.fit(X).transform(X)
    assert_allclose(function.fit(heavy).transform(heavy), 2 * D, rtol=1e-7, atol=1e-7)
    kernel = TransportKernel(metric, metric_params={"lam": 0.5}, random_state=0)
    assert_array_equal(kernel.fit(X).X_fit_.weights, X.weights)
    scaled = {"lam": 0.5, "masses": "probability"}
    function.set_params(metric_params=scaled)
    assert_allclose(function.fit(X).X_fit_.masses, 1)


@pytest.mark.parametrize("lam", [0, -1, np.nan, np.inf])
def test_bad_penalty(lam):
    for function in (partial_wasserstein_distances, sliced_partial_distances):
        with pytest.raises(ValueError, match="lam must be a positive finite number"):
            function(draw(8), lam=lam)


def test_bad_sets():
    good = draw(9, 2)
    with pytest.raises(ValueError, match=r"Y\[1\] has zero mass"):
        partial_wasserstein_distances(
            good, [([[0.0, 0]], [1.0]), ([[0.0, 0]], [0.0])], lam=1.0
        )
    with pytest.raises(ValueError, match=r"X\[0\] contains NaN"):
        sliced_partial_distances([[[np.nan, 0]]], lam=1.0)
    with pytest.raises(ValueError, match="Y is in R"):
        partial_wasserstein_distances(good, [[[0.0]]], lam=1.0)


def test_a_point_far_off_does_not_spoil_the_others():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 20, 2))
    far = np.vstack([x, [1e9, 1e9]])
    near = partial_wasserstein_distances([x, y], lam=0.2)[0, 1] ** 2
    beyond = [np.vstack([x, [1e200, 1e200]]), y]
    assert_allclose(
        partial_wasserstein_distances(beyond, lam=0.2)[0, 1] ** 2, near + 0.2
    )
    D = partial_wasserstein_distances([far, y], [far, y], lam=0.2) ** 2
    assert_allclose([D[0, 1], D[1, 0]], near + 0.2)
