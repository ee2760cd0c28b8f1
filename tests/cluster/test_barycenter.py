# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The barycentre estimator: closed forms, weights, tables."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.exceptions import ConvergenceWarning

from skot.cluster import WassersteinBarycenter
from skot.distance import wasserstein_distances
from skot.sets import PointSets
from skot.utils.estimator_checks import make_sets


def test_a_table_has_a_mean():
    rng = np.random.RandomState(0)
    X, weights = rng.normal(size=(20, 3)), rng.uniform(size=20)
    mean = WassersteinBarycenter().fit(X)
    assert_allclose(mean.barycenter_.points, [X.mean(axis=0)])
    assert_allclose(mean.inertia_, X.var(axis=0).sum())
    assert_allclose(mean.transform(X)[:, 0], np.linalg.norm(X - X.mean(axis=0), axis=1))
    weighted = WassersteinBarycenter().fit(X, sample_weight=weights)
    expected = np.average(X, axis=0, weights=weights)
    assert_allclose(weighted.barycenter_.points, [expected])


def test_translates_of_one_shape():
    """The barycentre of translates is the shape at the mean translation."""
    rng = np.random.RandomState(0)
    shape, shifts = rng.normal(size=(12, 2)), rng.normal(size=(9, 2))
    X = PointSets.from_list([shape + shift for shift in shifts])
    mean = WassersteinBarycenter(random_state=0).fit(X)
    D = wasserstein_distances([mean.barycenter_], [shape + shifts.mean(axis=0)])
    assert_allclose(D, 0, atol=1e-5)
    assert_allclose(mean.inertia_, shifts.var(axis=0).sum(), rtol=1e-6)
    assert_allclose(mean.score(X), -mean.inertia_)


def test_scaled_gaussians_on_a_line():
    """On a line, quantile functions average."""
    levels = (np.arange(50) + 0.5)[:, None] / 50
    X = [np.sqrt(-np.log(levels)) * scale for scale in (1.0, 2.0, 6.0)]
    mean = WassersteinBarycenter(random_state=0).fit(X).barycenter_
    assert_allclose(np.sort(mean.points, axis=0), np.sort(X[0], axis=0) * 3, atol=1e-3)


def test_sample_weight_repeats():
    X, _ = make_sets(6)
    counts = np.array([1, 0, 2, 1, 3, 0])
    once = WassersteinBarycenter(4, random_state=0).fit(X, sample_weight=counts)
    many = WassersteinBarycenter(4, random_state=0).fit(X[np.repeat(range(6), counts)])
    score = once.score(X, sample_weight=counts)
    assert_allclose(score, -once.inertia_, rtol=1e-6)
    assert_allclose(once.inertia_, many.inertia_, rtol=0.1)  # other seeds of k-means


def test_more_iterations_are_asked_for():
    X, _ = make_sets()
    with pytest.warns(ConvergenceWarning, match="max_iter=1"):
        WassersteinBarycenter(5, max_iter=1, random_state=0).fit(X)


def test_weights_must_weigh():
    X, _ = make_sets(3)
    with pytest.raises(ValueError, match=r"[Nn]egative"):
        WassersteinBarycenter().fit(X, sample_weight=[1, -1, 1])
