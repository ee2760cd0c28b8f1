# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import ot
import pytest
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import cdist
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from skot.datasets import (
    make_gaussian_clouds,
    make_graphs,
    make_point_clouds,
    make_translated_clouds,
    make_weighted_clouds,
)
from skot.embedding import PoolingEmbedding, WassersteinEmbedding
from skot.graph import GraphDiffusion
from skot.sets import GraphSets, read_graphs, read_sets

GENERATORS = [
    make_point_clouds,
    make_translated_clouds,
    make_gaussian_clouds,
    make_weighted_clouds,
    make_graphs,
]


def wasserstein(a, b):
    """2-Wasserstein distance of two sets of equal weights, by POT."""
    a, b = a.points, b.points
    return np.sqrt(ot.emd2(ot.unif(len(a)), ot.unif(len(b)), cdist(a, b) ** 2))


@pytest.mark.parametrize("make", GENERATORS)
def test_random_state_decides(make):
    X, answer = make(8, random_state=3)
    again, same = make(8, random_state=3)
    assert X.equals(again)
    np.testing.assert_array_equal(answer, same)
    assert not X.equals(make(8, random_state=4)[0])
    assert len(X) == 8


@pytest.mark.parametrize("make", GENERATORS)
def test_output_can_be_read(make):
    X, _ = make(5, random_state=0)
    graphs = read_graphs(X)
    sets = read_sets(X if graphs is None else graphs.nodes)
    assert len(sets) == 5


@pytest.mark.parametrize("make", [make_point_clouds, make_weighted_clouds])
def test_sizes_and_classes(make):
    X, y = make(300, n_points=(3, 5), random_state=0)
    assert set(X.sizes) == {3, 4, 5}
    assert np.ptp(np.bincount(y)) <= 1
    assert set(make(10, n_points=7)[0].sizes) == {7}
    assert set(make(10, n_points=1)[0].sizes) == {1}
    for bad in ((5, 3), 0):
        with pytest.raises(ValueError, match="sizes must be at least 1"):
            make(10, n_points=bad)


def test_sizes_of_graphs():
    X, y = make_graphs(300, n_nodes=(4, 7), random_state=0)
    assert set(X.sizes) == {4, 6, 8}
    assert np.ptp(np.bincount(y)) <= 1
    with pytest.raises(ValueError, match="sizes must be at least 4"):
        make_graphs(n_nodes=3)


# -- known distances -----------------------------------------------------------------


@pytest.mark.parametrize("make", [make_translated_clouds, make_gaussian_clouds])
@pytest.mark.parametrize("n_dims", [1, 2, 5])
def test_distances_are_exact(make, n_dims):
    X, distances = make(5, n_points=20, n_dims=n_dims, random_state=1)
    assert X.shape == (5, n_dims)
    for i in range(5):
        for j in range(5):
            assert distances[i, j] == pytest.approx(wasserstein(X[i], X[j]), abs=1e-6)


def test_gaussian_distances_are_those_of_bures():
    X, distances = make_gaussian_clouds(4, n_points=30, n_dims=3, random_state=2)
    for i in range(4):
        for j in range(i):
            a, b = X[i].points, X[j].points
            bures = ot.gaussian.bures_wasserstein_distance(
                a.mean(0), b.mean(0), np.cov(a.T, ddof=0), np.cov(b.T, ddof=0)
            )
            assert distances[i, j] == pytest.approx(bures, rel=1e-9)


def test_gaussian_clouds_need_points():
    with pytest.raises(ValueError, match="3 points in 3 dimensions"):
        make_gaussian_clouds(n_points=3, n_dims=3)


# -- classes -------------------------------------------------------------------------


@pytest.mark.parametrize("n_dims", [1, 2, 3, 7])
@pytest.mark.parametrize("weighted", [False, True])
def test_curves_share_mean_and_covariance(n_dims, weighted):
    X, _ = make_point_clouds(
        8, n_points=20000, n_dims=n_dims, noise=0, weighted=weighted, random_state=0
    )
    assert (X.weights is not None) == weighted
    for cloud in X.normalized():
        mean = np.average(cloud.points, axis=0, weights=cloud.weights)
        np.testing.assert_allclose(mean, 0, atol=0.05)
        covariance = np.cov(cloud.points.T, ddof=0, aweights=cloud.weights)
        np.testing.assert_allclose(covariance, np.eye(n_dims).squeeze(), atol=0.05)


def test_curves_do_not_change_with_random_state():
    (X,), _ = make_point_clouds(1, n_points=500, n_classes=1, noise=0, random_state=0)
    (Z,), _ = make_point_clouds(1, n_points=500, n_classes=1, noise=0, random_state=1)
    assert wasserstein(X, Z) < 0.35


def score(model, X, y):
    return cross_val_score(model, X, y, cv=4).mean()


def linear(embedding):
    return make_pipeline(embedding, LogisticRegression(max_iter=2000))


def test_shape_tells_the_class_of_a_cloud_and_its_mean_does_not():
    X, y = make_point_clouds(80, n_points=(20, 40), random_state=0)
    embedding = WassersteinEmbedding(n_reference=20, random_state=0)
    assert score(linear(embedding), X, y) > 0.9
    assert score(linear(PoolingEmbedding()), X, y) < 0.5


def test_weights_alone_tell_the_class():
    X, y = make_weighted_clouds(100, random_state=0)
    assert score(linear(PoolingEmbedding()), X, y) > 0.9
    assert score(linear(PoolingEmbedding()), X.with_weights(None), y) < 0.65


def test_distribution_tells_the_class_of_a_graph_and_mean_does_not():
    X, y = make_graphs(100, random_state=0)
    forest = RandomForestClassifier(random_state=0)
    embedding = WassersteinEmbedding(random_state=0)
    assert score(make_pipeline(GraphDiffusion(2), embedding, forest), X, y) > 0.75
    assert score(make_pipeline(GraphDiffusion(0), embedding, forest), X, y) < 0.65
    means = make_pipeline(GraphDiffusion(2), PoolingEmbedding("mean"), forest)
    assert score(means, X, y) < 0.65


def test_graphs_are_regular_with_balanced_labels():
    X, _ = make_graphs(20, n_labels=4, random_state=0)
    assert isinstance(X, GraphSets)
    diffused = GraphDiffusion(3).fit_transform(X)
    for graph, measure in zip(X, diffused, strict=True):
        n = len(graph.nodes)
        A = np.zeros((n, n))
        np.add.at(A, tuple(graph.edges.T), 1)
        assert A.max() == 1  # no edge twice
        assert np.trace(A) == 0
        np.testing.assert_array_equal(A, A.T)
        np.testing.assert_array_equal(A.sum(axis=1), 3)
        assert connected_components(A)[0] == 1
        counts = graph.nodes.points.sum(axis=0)
        assert counts.sum() == n
        assert np.ptp(counts) <= 1
        np.testing.assert_allclose(measure.points.mean(axis=0), counts / n)
