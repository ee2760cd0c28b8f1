# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Nearest sets: the answer of brute force, from few problems."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.neighbors import NearestNeighbors

from skot.distance import nearest_sets, wasserstein_distances
from skot.utils.estimator_checks import make_sets
from tests._data.sets import few_points

DATA = Path(os.environ.get("SKOT_DATA") or "nowhere")


def brute_force(D, k):
    return np.take_along_axis(D, np.argsort(D, axis=1, kind="stable")[:, :k], axis=1)


@given(
    seed=st.integers(0, 10**6),
    n_dims=st.sampled_from([1, 2, 3]),
    ties=st.booleans(),
    k=st.integers(1, 7),
)
def test_the_answer_of_brute_force(seed, n_dims, ties, k):
    X = few_points(seed, n_dims=n_dims, ties=ties)
    D = wasserstein_distances(X)
    np.fill_diagonal(D, np.inf)
    found = nearest_sets(X, n_neighbors=k)
    assert_allclose(found.distances, brute_force(D, k), atol=1e-7)
    assert_allclose(found.distances, np.take_along_axis(D, found.indices, 1), atol=1e-7)
    assert all(len(set(row)) == k for row in found.indices.tolist())
    assert found.n_solved <= 8 * 7 / 2
    Y = few_points(seed + 1, n_dims=n_dims, ties=ties)
    D = wasserstein_distances(X, Y)
    found = nearest_sets(X, Y, n_neighbors=k)
    assert_allclose(found.distances, brute_force(D, k), atol=1e-7)


def test_indices_without_ties():
    X, _ = make_sets(40)
    D = wasserstein_distances(X)
    np.fill_diagonal(D, np.inf)
    found = nearest_sets(X, n_neighbors=3)
    assert_array_equal(found.indices, np.argsort(D, axis=1)[:, :3])
    two = nearest_sets(X, n_neighbors=3, n_jobs=2)
    for a, b in zip(found, two, strict=True):
        assert_array_equal(a, b)


def test_a_table_is_a_table():
    rng = np.random.RandomState(0)
    X, Y = rng.normal(size=(40, 3)), rng.normal(size=(25, 3))
    expected = NearestNeighbors(n_neighbors=4).fit(Y).kneighbors(X)
    found = nearest_sets(X, Y, n_neighbors=4)
    assert_allclose(found.distances, expected[0])
    assert_array_equal(found.indices, expected[1])
    assert found.n_solved <= 4 * 40  # for single points the bound is the distance


def test_few_problems_are_solved():
    rng = np.random.RandomState(0)
    shapes = rng.normal(size=(10, 3, 3))
    X = [rng.normal(size=(40, 3)) @ shapes[i % 10] for i in range(80)]
    assert nearest_sets(X, n_neighbors=5).n_solved < 0.15 * 80 * 79 / 2


@pytest.mark.skipif(not DATA.exists(), reason="SKOT_DATA is not set")
def test_few_problems_are_solved_on_real_clouds():
    clouds = np.load(DATA / "pointclouds_capod15_train.npz")["X"][:, :60]
    found = nearest_sets(clouds.astype(float), n_neighbors=5)
    assert found.n_solved < 0.15 * len(clouds) * (len(clouds) - 1) / 2


@pytest.mark.parametrize("seed", range(10))
def test_bounds_that_rounding_lifts_leave_no_set_out(seed):
    """Turned copies are at one distance of a point in their centre, up to rounding."""
    rng = np.random.default_rng(seed)
    x, weights = rng.normal(size=(5, 2)), rng.uniform(0.1, 1, 5)
    sets = []
    for angle in rng.uniform(0, 2 * np.pi, 12):
        cos, sin = np.cos(angle), np.sin(angle)
        order = rng.permutation(5)
        sets.append(((x @ [[cos, -sin], [sin, cos]])[order], weights[order]))
    centre = [[[0.0, 0.0]]]
    every = nearest_sets(centre, sets, n_neighbors=12)
    assert np.ptp(every.distances) < 1e-14
    few = nearest_sets(centre, sets, n_neighbors=3)
    assert_array_equal(few.indices, every.indices[:, :3])


@pytest.mark.parametrize("k", [0, 4])
def test_too_many_neighbours_are_refused(k):
    X, _ = make_sets(4)
    with pytest.raises(ValueError, match="n_neighbors must be 1 to 3"):
        nearest_sets(X, n_neighbors=k)
