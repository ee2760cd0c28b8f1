# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""K-means of sets: k-means on tables, monotone, robust to bad starts."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import adjusted_rand_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from skot.cluster import WassersteinKMeans
from skot.distance import wasserstein_distances
from skot.sets import PointSets
from skot.utils.estimator_checks import make_sets


def make_shapes(n_sets=36, seed=0):
    """Rings, lines and crosses: the same mean, the same spread."""
    rng = np.random.RandomState(seed)
    y = np.arange(n_sets) % 3
    sets = []
    for label in y:
        t = rng.uniform(0, 2 * np.pi, rng.randint(20, 30))
        ring = np.column_stack([np.cos(t), np.sin(t)])
        line = np.column_stack([t - np.pi, 0 * t]) / 2
        side = rng.rand(len(t)) < 0.5
        cross = np.where(side[:, None], line, line[:, ::-1])
        sets.append([ring, line, cross][label] + 0.05 * rng.normal(size=(len(t), 2)))
    return PointSets.from_list(sets), y


@pytest.mark.parametrize("seed", range(3))
def test_a_table_has_k_means(seed):
    rng = np.random.RandomState(seed)
    X, init = rng.normal(size=(80, 3)), rng.normal(size=(4, 3))
    theirs = KMeans(4, init=init, n_init=1, tol=0).fit(X)
    ours = WassersteinKMeans(4, init=init, tol=1e-14).fit(X)
    assert_array_equal(ours.labels_, theirs.labels_)
    assert_allclose(ours.inertia_, theirs.inertia_)
    assert_allclose(ours.cluster_centers_.points, theirs.cluster_centers_)
    new = rng.normal(size=(10, 3))
    assert_array_equal(ours.predict(new), theirs.predict(new))
    assert_allclose(ours.transform(new), theirs.transform(new))
    assert_allclose(ours.score(new), theirs.score(new))


def test_shapes_that_no_mean_tells_apart():
    X, y = make_shapes()
    kmeans = WassersteinKMeans(3, n_atoms=20, n_init=3, random_state=0).fit(X)
    assert adjusted_rand_score(y, kmeans.labels_) == 1
    assert_array_equal(kmeans.predict(X), kmeans.labels_)
    D = wasserstein_distances(X, kmeans.cluster_centers_)
    assert_allclose(kmeans.inertia_, (D.min(axis=1) ** 2).sum())
    assert kmeans.cluster_centers_.shape == (3, 2)
    assert_array_equal(kmeans.cluster_centers_.sizes, 20)


def test_inertia_never_rises():
    X, _ = make_shapes()
    inertia = []
    for max_iter in range(1, 7):
        kmeans = WassersteinKMeans(4, n_atoms=8, max_iter=max_iter, random_state=3)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            inertia.append(kmeans.fit(X).inertia_)
    assert (np.diff(inertia) <= 1e-9).all()
    assert inertia[0] > inertia[-1]


def test_an_empty_cluster_takes_the_farthest_set():
    X, _ = make_sets(12)
    far = np.full((1, 3), 1e3)
    kmeans = WassersteinKMeans(2, init=[X[0].points, far], n_atoms=3).fit(X)
    assert_array_equal(np.unique(kmeans.labels_), [0, 1])
    # fewer sets than clusters are to be had
    same = WassersteinKMeans(3, random_state=0).fit(X.with_weights(None)[[0] * 5])
    assert_allclose(same.inertia_, 0, atol=1e-9)


def test_results_do_not_depend_on_the_workers():
    X, _ = make_shapes()
    one, two = (
        WassersteinKMeans(3, random_state=0, n_jobs=n).fit(X) for n in (None, 2)
    )
    assert_array_equal(one.labels_, two.labels_)
    assert_array_equal(one.cluster_centers_.points, two.cluster_centers_.points)


def test_in_a_grid_search():
    X, y = make_shapes()
    pipeline = make_pipeline(
        WassersteinKMeans(3, n_atoms=8, random_state=0), LinearSVC()
    )
    grid = {"wassersteinkmeans__n_clusters": [1, 4]}
    search = GridSearchCV(pipeline, grid, cv=2).fit(X, y)
    assert search.best_params_ == {"wassersteinkmeans__n_clusters": 4}
    assert search.best_score_ > 0.9


def test_bad_input_is_refused():
    X, _ = make_sets(5)
    with pytest.raises(ValueError, match="n_samples=5 should be >= n_clusters=6"):
        WassersteinKMeans(6).fit(X)
    with pytest.raises(ValueError, match="init must have shape"):
        WassersteinKMeans(2, init=X[:3]).fit(X)
    with pytest.raises(ValueError, match=r"init\[0\] contains NaN"):
        WassersteinKMeans(2, init=[[[np.nan] * 3], [[0.0] * 3]]).fit(X)
    with pytest.warns(ConvergenceWarning, match="max_iter=1"):
        WassersteinKMeans(2, n_atoms=4, max_iter=1, random_state=0).fit(X)
