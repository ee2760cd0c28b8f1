# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The transformer: learners on distances, callables, embeddings, bad parameters."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.cluster import DBSCAN
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from skot.distance import (
    PairwiseDistance,
)
from skot.embedding import (
    LGWEmbedding,
    LOPTEmbedding,
    LPGWEmbedding,
)
from skot.sets import Measure
from skot.utils.estimator_checks import make_sets


def test_fit_transform_is_fit_then_transform():
    X, _ = make_sets(12, n_dims=5)
    for metric in ("wasserstein", "sliced_wasserstein"):
        transformer = PairwiseDistance(metric)  # random slices are kept from fit on
        D = transformer.fit_transform(X)
        assert_allclose(transformer.transform(X), D, atol=1e-12)
        assert_allclose(transformer.transform(X[3:5]), D[3:5], atol=1e-12)


def test_a_callable_sees_probability_measures():
    seen = []

    def asymmetric(a, b):
        seen.append((a, b))
        return a.weights @ a.points[:, 0] - b.weights @ b.points[:, 0]

    X = [np.array([[1.0], [3.0]]), np.array([[5.0]])]
    D = PairwiseDistance(asymmetric).fit_transform(X)
    assert_allclose(D, [[0, -3], [3, 0]])
    assert all(isinstance(m, Measure) for pair in seen for m in pair)
    assert all(np.isclose(m.weights.sum(), 1) for pair in seen for m in pair)


def test_nearest_neighbours_of_a_table():
    rng = np.random.RandomState(0)
    X, y = rng.normal(size=(60, 3)), rng.randint(0, 3, 60)
    ours = make_pipeline(PairwiseDistance(), KNeighborsClassifier(metric="precomputed"))
    theirs = KNeighborsClassifier()
    assert_array_equal(*(cross_val_score(knn, X, y) for knn in (ours, theirs)))


def test_precomputed_learners_in_cross_validation():
    X, y = make_sets(30)
    knn = KNeighborsClassifier(3, metric="precomputed")
    pipeline = make_pipeline(PairwiseDistance(), knn)
    assert cross_val_score(pipeline, X, y, cv=3).min() == 1
    grid = {
        "pairwisedistance__metric": ["wasserstein", "sliced_wasserstein"],
        "pairwisedistance__metric_params": [{"p": 1}, {"p": 2}],
    }
    search = GridSearchCV(pipeline, grid, cv=3, n_jobs=2).fit(X, y)
    assert search.best_score_ == 1
    clusters = make_pipeline(
        PairwiseDistance(), DBSCAN(1.0, metric="precomputed")
    ).fit_predict(X)
    assert len(set(clusters[y == 0])) == 1
    assert not set(clusters[y == 0]) & set(clusters[y == 1])


def test_unknown_parameters_are_refused():
    """Before work starts: in fit."""
    X, _ = make_sets(3)
    with pytest.raises(TypeError, match="n_quantiles"):
        PairwiseDistance(metric_params={"n_quantiles": 3}).fit_transform(X)
    for name in ("partial_wasserstein", "lopt", "partial_gromov_wasserstein", "ptlp"):
        with pytest.raises(ValueError, match="'lam' in metric_params"):
            PairwiseDistance(name).fit(X)
        params = {"lam": -1.0, "reference": X[0]} if name == "lopt" else {"lam": -1.0}
        with pytest.raises(ValueError, match="lam must be a positive finite number"):
            PairwiseDistance(name, metric_params=params).fit(X)
    with pytest.raises(ValueError, match="metric is an embedding"):
        PairwiseDistance(LOPTEmbedding(), metric_params={"lam": 1.0}).fit(X)


@pytest.mark.parametrize(
    "embedding",
    [
        LOPTEmbedding(lam=1.0, random_state=0),
        LPGWEmbedding(lam=0.3, reference="barycenter", random_state=0),
        LGWEmbedding("sample", random_state=0),
    ],
)
def test_distances_of_an_embedding(embedding):
    """The reference is learnt from the training sets, and its parameters searched."""
    X, _ = make_sets(12)
    D = PairwiseDistance(embedding)
    fitted = clone(embedding).fit(X[:8])
    Z = fitted.transform(X)
    assert_allclose(D.fit_transform(X[:8]), fitted.pairwise(Z[:8]))
    assert_allclose(D.transform(X[8:]), fitted.pairwise(Z[8:], Z[:8]))
    assert D.transform(X[8:]).shape == (4, len(D.get_feature_names_out()))
    assert D.n_features_in_ == X.shape[1]
    pipeline = make_pipeline(D, KNeighborsClassifier(1, metric="precomputed"))
    grid = {"pairwisedistance__metric__random_state": [0, 1]}
    search = GridSearchCV(pipeline, grid, cv=2, error_score="raise")
    scores = search.fit(X, np.arange(12) % 2).cv_results_["mean_test_score"]
    assert np.isfinite(scores).all()
    # what an embedding leaves to chance follows the random state here
    chance = PairwiseDistance(clone(embedding).set_params(random_state=None))
    chance.set_params(random_state=3)
    assert_array_equal(chance.fit_transform(X), chance.fit_transform(X))
    # nothing of an earlier fit is left
    frame = pd.DataFrame(np.arange(8.0).reshape(4, 2), columns=["u", "v"])
    D = D.fit(frame)
    assert D.feature_names_in_.tolist() == ["u", "v"]
    assert not hasattr(D.fit(X), "feature_names_in_")
