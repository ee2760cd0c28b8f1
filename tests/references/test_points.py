# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""References of sets: learnt from them, made by a function, or given."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.exceptions import ConvergenceWarning

from skot.embedding import WassersteinEmbedding
from skot.sets import Measure, PointSets
from skot.solvers import barycentric_projections
from tests._data.clouds import Z


@pytest.fixture
def collection():
    rng = np.random.default_rng(0)
    return [rng.normal(size=(n, 2)) + rng.normal(size=2) for n in (5, 9, 7, 6, 8)]


@pytest.mark.parametrize("reference", ["kmeans", "barycenter", "normal"])
def test_number_of_atoms(collection, reference):
    embedding = WassersteinEmbedding(reference, random_state=0).fit(collection)
    assert embedding.reference_.shape == (7, 2)  # the mean size
    assert_allclose(embedding.reference_weights_, 1 / 7)
    embedding.set_params(n_reference=3).fit(collection)
    assert embedding.transform(collection).shape == (5, 6)


def test_fewer_distinct_points_than_atoms():
    X = [np.zeros((5, 2)), np.ones((5, 2))]
    embedding = WassersteinEmbedding(random_state=0).fit(X)
    assert embedding.reference_.shape == (2, 2)


def test_kmeans_gives_each_set_one_mass():
    """A large set weighs no more than a small one."""
    X = [np.zeros((1, 1)), np.full((99, 1), 10.0)]
    embedding = WassersteinEmbedding(n_reference=1).fit(X)
    assert_allclose(embedding.reference_, [[5.0]])


def test_barycenter_lowers_the_objective(collection):
    sets = PointSets.from_list(collection)
    fitted = {
        name: WassersteinEmbedding(name, random_state=0).fit(sets)
        for name in ("kmeans", "barycenter")
    }
    value = {
        name: barycentric_projections(
            e.reference_, sets, e.reference_weights_
        ).values.mean()
        for name, e in fitted.items()
    }
    assert value["barycenter"] <= value["kmeans"]
    assert fitted["barycenter"].n_iter_ > 1
    with pytest.warns(ConvergenceWarning, match="max_iter=1 iterations"):
        fitted["barycenter"].set_params(max_iter=1, tol=0).fit(sets)


def test_medoid_is_the_middle_set():
    X = [Z + t for t in (-9.0, -1.0, 0.0, 1.0, 12.0)]
    weights = np.arange(1.0, 9.0)
    embedding = WassersteinEmbedding("medoid").fit([(x, weights) for x in X])
    assert_allclose(np.sort(embedding.reference_, 0), np.sort(X[3], 0))
    assert_allclose(np.sort(embedding.reference_weights_), weights / 36)


def test_normal_has_the_moments_of_the_pool(collection):
    embedding = WassersteinEmbedding("normal", n_reference=20_000, random_state=0)
    embedding.fit(collection)
    pool = np.array([[*x.mean(0), *np.cov(x.T, bias=True).ravel()] for x in collection])
    assert_allclose(embedding.reference_.mean(0), pool[:, :2].mean(0), atol=0.05)


def test_callable_reference(collection):
    def first(sets, n_reference, rng):
        assert (n_reference, len(sets)) == (7, 5)
        return sets[0]

    embedding = WassersteinEmbedding(first).fit(collection)
    assert_allclose(embedding.transform(collection[:1]), 0, atol=1e-12)


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        (np.zeros((3, 3)), r"reference must have shape \(n_reference, 2\)"),
        (np.zeros((0, 2)), r"reference must have shape"),
        (np.full((3, 2), np.nan), "reference contains NaN"),
        (Measure(np.zeros((2, 2)), [1, 0]), "positive weight"),
        (Measure(np.zeros((2, 2)), [1]), "positive weight"),
        ("mean", "must be a str among"),
        (3, "must be a str among"),
    ],
)
def test_bad_references(collection, reference, message):
    with pytest.raises(ValueError, match=message):
        WassersteinEmbedding(reference).fit(collection)
