# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The nearest-barycentre classifier: nearest centroids on tables, and sets."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neighbors import NearestCentroid

from skot.classification import NearestBarycenterClassifier
from skot.distance import wasserstein_distances
from skot.utils.estimator_checks import make_sets

from ..cluster.test_kmeans import make_shapes


@pytest.mark.parametrize("n_classes", [2, 4])
def test_a_table_has_nearest_centroids(n_classes):
    rng = np.random.RandomState(0)
    X, new = rng.normal(size=(60, 3)), rng.normal(size=(30, 3))
    y = np.array(["d", "a", "c", "b"])[rng.randint(0, n_classes, 60)]
    theirs, ours = NearestCentroid().fit(X, y), NearestBarycenterClassifier().fit(X, y)
    assert_allclose(ours.barycenters_.points, theirs.centroids_)
    assert_array_equal(ours.predict(new), theirs.predict(new))
    assert_array_equal(ours.classes_, theirs.classes_)


def test_shapes_that_no_mean_tells_apart():
    X, y = make_shapes()
    classifier = NearestBarycenterClassifier(random_state=0)
    assert cross_val_score(classifier, X, y, cv=3).min() == 1
    search = GridSearchCV(classifier, {"n_atoms": [1, 8]}, cv=3, n_jobs=2).fit(X, y)
    assert search.best_params_ == {"n_atoms": 8}


def test_decision_is_the_squared_distance():
    X, y = make_shapes()
    classifier = NearestBarycenterClassifier(8, random_state=0).fit(X, y)
    D = wasserstein_distances(X, classifier.barycenters_)
    assert_allclose(classifier.decision_function(X), -(D**2))
    two = y < 2
    binary = NearestBarycenterClassifier(8, random_state=0).fit(X[two], y[two])
    D = wasserstein_distances(X, binary.barycenters_)
    assert_allclose(binary.decision_function(X), D[:, 0] ** 2 - D[:, 1] ** 2)
    assert_array_equal(binary.predict(X), binary.decision_function(X) > 0)


def test_sets_of_weight_zero_are_absent():
    X, y = make_sets(20)
    weight = np.arange(20) % 5 > 0
    left = NearestBarycenterClassifier(3, random_state=0).fit(X[weight], y[weight])
    zero = NearestBarycenterClassifier(3, random_state=0).fit(X, y, weight * 2.0)
    assert_allclose(left.barycenters_.points, zero.barycenters_.points)


def test_results_do_not_depend_on_the_workers():
    X, y = make_shapes()
    one, two = (
        NearestBarycenterClassifier(5, random_state=0, n_jobs=n).fit(X, y)
        for n in (1, 2)
    )
    assert_array_equal(one.barycenters_.points, two.barycenters_.points)


def test_bad_input_is_refused():
    X, y = make_sets(6)
    with pytest.raises(ValueError, match="1 class"):
        NearestBarycenterClassifier().fit(X, np.zeros(6))
    with pytest.raises(ValueError, match="1 class"):
        NearestBarycenterClassifier().fit(X, y, sample_weight=y)
    with pytest.raises(ValueError, match="inconsistent"):
        NearestBarycenterClassifier().fit(X, y[:4])
    with pytest.warns(ConvergenceWarning, match="max_iter=1"):
        NearestBarycenterClassifier(4, max_iter=1, random_state=0).fit(X, y)
