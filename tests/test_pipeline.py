# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Sets through scikit-learn's machinery: identical results wherever the work runs."""

import pickle

import joblib
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.compose import ColumnTransformer, make_column_transformer
from sklearn.ensemble import RandomForestClassifier, StackingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    cross_val_predict,
    cross_val_score,
    learning_curve,
    train_test_split,
)
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skot.embedding import (
    PoolingEmbedding,
    SlicedWassersteinEmbedding,
    WassersteinEmbedding,
)
from skot.sets import PointSets
from skot.utils.estimator_checks import make_sets


def make_hard_sets(n_sets=60):
    """Two classes that only the weights tell apart."""
    rng = np.random.RandomState(0)
    sizes = rng.randint(4, 9, n_sets)
    y = rng.randint(0, 2, n_sets)
    points = rng.normal(size=(sizes.sum(), 2))
    side = (points[:, 0] > 0) == np.repeat(y, sizes)
    weights = np.where(side, 1.0, 0.15)
    return PointSets(points, np.concatenate([[0], np.cumsum(sizes)]), weights), y


calls = []


class Counted(SlicedWassersteinEmbedding):
    def fit_transform(self, X, y=None):
        calls.append(len(X))
        return super().fit_transform(X, y)

    def transform(self, X):
        calls.append(len(X))
        return super().transform(X)


EMBEDDINGS = [
    WassersteinEmbedding(random_state=0),
    SlicedWassersteinEmbedding(8, n_quantiles=6, random_state=0),
    PoolingEmbedding(),
]
each_embedding = pytest.mark.parametrize(
    "embedding", EMBEDDINGS, ids=lambda e: type(e).__name__
)


def pipeline(embedding, **params):
    return make_pipeline(embedding, StandardScaler(), LogisticRegression(), **params)


@pytest.fixture(scope="module")
def hard():
    return make_hard_sets()


@each_embedding
def test_weights_survive_cross_validation(embedding, hard):
    X, y = hard
    with_weights = cross_val_score(pipeline(embedding), X, y, cv=4)
    without = cross_val_score(pipeline(embedding), X.with_weights(None), y, cv=4)
    assert with_weights.mean() > 0.85
    assert without.mean() < 0.7
    assert_array_equal(cross_val_score(pipeline(embedding), X.to_list(), y, cv=4),
                       with_weights)  # fmt: skip
    by_name = cross_val_score(pipeline(embedding), X, y, cv=4, scoring="accuracy")
    assert_array_equal(by_name, with_weights)
    predicted = cross_val_predict(pipeline(embedding), X, y, cv=4)
    assert (predicted == y).mean() > 0.85


@each_embedding
def test_grid_search_in_two_processes(embedding, hard):
    X, y = hard
    grid = {"logisticregression__C": [0.1, 1.0]}
    if isinstance(embedding, SlicedWassersteinEmbedding):
        grid["slicedwassersteinembedding__n_slices"] = [2, 8]
    results = [
        GridSearchCV(pipeline(embedding), grid, cv=3, n_jobs=n_jobs).fit(X, y)
        for n_jobs in (1, 2)
    ]
    one, two = (r.cv_results_["mean_test_score"] for r in results)
    assert_array_equal(one, two)
    assert_array_equal(*(r.predict_proba(X) for r in results))


def test_memory_of_a_pipeline(hard, tmp_path):
    X, y = hard
    calls.clear()
    cached = Pipeline(
        [("embed", Counted(4)), ("clf", LogisticRegression())],
        memory=joblib.Memory(tmp_path, verbose=0),
    )
    first = cached.fit(X, y).predict_proba(X)
    n_calls = len(calls)
    again = cached.set_params(clf__C=1.0).fit(X[:], y).predict_proba(X)
    assert len(calls) == n_calls + 1  # the fit came from the cache
    assert_array_equal(first, again)
    other = X.with_weights(X.weights[::-1].copy())
    cached.fit(other, y)
    assert len(calls) == n_calls + 2  # other weights are other data


@each_embedding
def test_column_of_a_frame(embedding, hard):
    pd = pytest.importorskip("pandas")
    X, y = hard
    rng = np.random.RandomState(1)
    frame = pd.DataFrame(
        {
            "cloud": list(X),
            "age": rng.normal(size=len(X)),
            "dose": rng.normal(size=len(X)),
        },
        index=np.arange(len(X)) + 100,
    )
    for selector in ("cloud", ["cloud"]):
        mixed = ColumnTransformer(
            [("ot", embedding, selector), ("num", StandardScaler(), ["age", "dose"])]
        ).set_output(transform="pandas")
        table = mixed.fit_transform(frame)
        assert table.index.equals(frame.index)
        assert list(table.columns[-2:]) == ["num__age", "num__dose"]
        assert_allclose(table.iloc[:, :-2], embedding.fit_transform(X))
    assert (
        cross_val_score(make_pipeline(mixed, LogisticRegression()), frame, y).mean()
        > 0.8
    )


def test_coordinates_as_columns(hard):
    X, _ = hard
    first = make_column_transformer((PoolingEmbedding("mean"), [0])).fit_transform(X)
    assert_allclose(first, PoolingEmbedding("mean").fit_transform(X)[:, :1])


@each_embedding
def test_set_output(embedding, hard):
    pd = pytest.importorskip("pandas")
    pl = pytest.importorskip("polars")
    X, y = hard
    plain = pipeline(embedding)[:-1].fit_transform(X, y)
    for library, frame in (("pandas", pd.DataFrame), ("polars", pl.DataFrame)):
        out = pipeline(embedding)[:-1].set_output(transform=library).fit_transform(X, y)
        assert isinstance(out, frame)
        assert_allclose(out.to_numpy(), plain)
        assert next(iter(out.columns)) == f"{type(embedding).__name__.lower()}0"


@each_embedding
def test_pickle(embedding, hard):
    X, y = hard
    fitted = pipeline(embedding).fit(X, y)
    revived = pickle.loads(pickle.dumps(fitted))
    assert_array_equal(revived.predict_proba(X), fitted.predict_proba(X))


@each_embedding
def test_memory_map(embedding, hard, tmp_path):
    X, y = hard
    X.save(tmp_path / "sets.npz")
    mapped = PointSets.load(tmp_path / "sets.npz", mmap_mode="r")
    expected = cross_val_score(pipeline(embedding), X, y, cv=4)
    for n_jobs in (1, 2):
        scores = cross_val_score(pipeline(embedding), mapped, y, cv=4, n_jobs=n_jobs)
        assert_array_equal(scores, expected)


@pytest.fixture(scope="module")
def dask_client():
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@each_embedding
def test_dask_cluster(embedding, hard, dask_client):
    X, y = hard
    grid = GridSearchCV(pipeline(embedding), {"logisticregression__C": [0.1, 1]}, cv=3)
    serial = grid.fit(X, y)
    expected = serial.cv_results_["mean_test_score"]
    vectors = embedding.fit_transform(X)
    with joblib.parallel_config("dask"):
        cluster = grid.fit(X, y)
        assert_array_equal(cluster.cv_results_["mean_test_score"], expected)
        if "n_jobs" in embedding.get_params():
            embedding = pickle.loads(pickle.dumps(embedding)).set_params(n_jobs=2)
        assert_allclose(embedding.transform(X), vectors, rtol=1e-13, atol=1e-15)


def test_other_utilities(hard):
    """A few more of scikit-learn's rooms that sets have to pass through."""
    X, y = hard
    train, test, y_train, y_test = train_test_split(X, y, random_state=0, stratify=y)
    assert isinstance(train, PointSets)
    union = make_union(PoolingEmbedding(), SlicedWassersteinEmbedding(4))
    stack = StackingClassifier(
        [
            ("svc", make_pipeline(union, StandardScaler(), SVC())),
            ("forest", make_pipeline(PoolingEmbedding(), RandomForestClassifier(10))),
        ]
    )
    assert stack.fit(train, y_train).score(test, y_test) > 0.6
    sizes, *_ = learning_curve(
        pipeline(PoolingEmbedding()), X, y, cv=3, shuffle=True, random_state=0
    )
    assert len(sizes) == 5


def test_html_representation_links_to_our_pages():
    html = SlicedWassersteinEmbedding()._repr_html_()
    assert "skot.embedding.SlicedWassersteinEmbedding.html" in html
    X, y = make_sets()
    assert "n_quantiles_" in SlicedWassersteinEmbedding(4).fit(X, y)._repr_html_()
