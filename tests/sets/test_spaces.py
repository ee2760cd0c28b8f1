# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Metric-measure spaces: from points, matrices and graphs."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.linalg import expm
from scipy.spatial.distance import cdist

from skot.sets import GraphSets, PointSets, read_spaces
from skot.utils.estimator_checks import make_sets

PATH = np.array([[0.0, 1, 0], [1, 0, 1], [0, 1, 0]])


def test_points():
    X, _ = make_sets(4)
    for space, measure in zip(read_spaces(X), X, strict=True):
        assert_allclose(space.distances, cdist(measure.points, measure.points))
        assert_allclose(space.weights, measure.weights / measure.weights.sum())
        assert_array_equal(space.points, measure.points)
        assert len(space) == len(measure)
    positive = read_spaces(X, masses="positive")
    assert_allclose(positive[1].weights, X[1].weights)
    plain = [np.eye(3), np.zeros((2, 3))]
    assert_array_equal(read_spaces(plain, masses="positive")[0].weights, 1)
    assert_allclose(read_spaces(plain)[1].weights, 0.5)
    assert read_spaces(plain, metric="cityblock")[0].points is None
    called = read_spaces(plain, metric=lambda x, y: cdist(x, y, "cityblock"))
    assert_allclose(called[0].distances, 2 * (1 - np.eye(3)))


def test_a_column_of_matrices():
    D = [cdist(np.eye(n), np.eye(n)) for n in (3, 4)]
    spaces = read_spaces(D, metric="precomputed")
    for cells in (D, [(C, None) for C in D], spaces):
        column = np.empty((2, 1), dtype=object)
        column[:, 0] = cells
        for X in (pd.DataFrame({"D": cells}), pd.Series(cells), column):
            sizes = [len(space) for space in read_spaces(X, metric="precomputed")]
            assert sizes == [3, 4]
    with pytest.raises(ValueError, match="X is one matrix"):
        read_spaces(pd.DataFrame(D[0]), metric="precomputed")


def test_points_and_graphs_are_told_apart():
    graphs = [nx.path_graph(3)]
    with pytest.raises(ValueError, match="metric='euclidean' is for points: take one"):
        read_spaces(graphs)
    with pytest.raises(ValueError, match="holds none: give networkx graphs, tuples"):
        read_spaces([PATH], metric="hop")


def test_matrices():
    C = cdist(np.eye(3), np.eye(3))
    features = np.arange(6.0).reshape(3, 2)
    X = [C, (C, [1, 0, 3]), (C, None, features), C.astype(np.float32)]
    spaces = read_spaces(X, metric="precomputed", masses="positive")
    assert_array_equal(spaces[0].weights, 1)
    assert_array_equal(spaces[1].weights, [1, 3])  # a point of no mass is none
    assert_array_equal(spaces[1].distances, C[np.ix_([0, 2], [0, 2])])
    assert_array_equal(spaces[2].features, features)
    assert spaces[3].distances.dtype == np.float64
    again = read_spaces(spaces, metric="precomputed")
    assert_allclose(again[1].weights, [0.25, 0.75])
    stacked = read_spaces(np.stack([C, C]), metric="precomputed")
    assert_array_equal(stacked[1].distances, C)


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (np.zeros((2, 3)), r"X\[1\] is not a square matrix: it has shape \(2, 3\)"),
        (np.zeros(3), r"X\[1\] is not a square matrix"),
        (np.zeros((0, 0)), r"X\[1\] is empty"),
        ([[0, 1], [2, 0]], r"X\[1\] is not symmetric: entries differ by up to 1"),
        ([[0, -1], [-1, 0]], r"X\[1\] has a negative distance"),
        ([[0, np.nan], [np.nan, 0]], r"X\[1\] contains NaN"),
        ([[0, np.inf], [np.inf, 0]], r"X\[1\] contains infinity"),
        ((PATH, [0, 0, 0]), r"X\[1\] has zero mass"),
        ((PATH, [1, -1, 1]), r"X\[1\] has a negative weight"),
        ((PATH, [1, np.nan, 1]), r"X\[1\] has a weight that is NaN"),
        ((PATH, [1, 1]), r"X\[1\] has 3 points but weights of shape \(2,\)"),
        ((PATH, None, [[1.0]]), r"X\[1\] has 3 points but features of shape"),
        ((PATH, None, [[np.nan]] * 3), r"the features of X\[1\] contain NaN"),
    ],
)
def test_bad_matrices(cell, message):
    with pytest.raises(ValueError, match=message):
        read_spaces([PATH, cell], metric="precomputed")


def test_bad_collections():
    with pytest.raises(ValueError, match="X is one matrix, expected a list"):
        read_spaces(PATH, metric="precomputed")
    with pytest.raises(ValueError, match="X holds 0 spaces"):
        read_spaces([], metric="precomputed")
    with pytest.raises(ValueError, match="metric must be one of"):
        read_spaces([PATH], metric="typo")
    with pytest.raises(ValueError, match="masses must be"):
        read_spaces([PATH], metric="precomputed", masses="typo")
    with pytest.raises(ValueError, match="is for graphs, but X holds none"):
        read_spaces(PointSets.from_list([np.eye(2)]), metric="hop")
    with pytest.raises(ValueError, match=r"the metric on X\[0\] is not symmetric"):
        read_spaces([np.eye(2)], metric=lambda x, y: np.triu(np.ones((2, 2)), 1))


def test_shortest_paths():
    graph = nx.random_geometric_graph(20, 0.4, seed=1)
    rng = np.random.RandomState(0)
    for edge in graph.edges:
        graph.edges[edge]["weight"] = rng.uniform(0.1, 2)
    expected = dict(nx.all_pairs_dijkstra_path_length(graph))
    steps = dict(nx.all_pairs_shortest_path_length(graph))
    (weighted,) = read_spaces([graph], metric="shortest_path")
    (hops,) = read_spaces([graph], metric="hop")
    for i in range(20):
        for j in expected[i]:
            assert_allclose(weighted.distances[i, j], expected[i][j])
            assert hops.distances[i, j] == steps[i][j]
    assert weighted.features.shape == (20, 1)  # the degree, without features


def test_parts_without_a_path_between_them():
    two = np.zeros((5, 5))
    two[:3, :3] = 2 * PATH
    (space,) = read_spaces([(two, None)], metric="shortest_path")
    assert space.distances[0, 2] == 4
    assert_array_equal(space.distances[:3, 3:], 6)
    assert space.distances[3, 4] == 6
    D = space.distances
    detours = (D[:, :, None] + D[None]).min(axis=1)
    assert_allclose(detours, D)
    (space,) = read_spaces([(np.zeros((2, 2)), None)], metric="hop")
    assert_array_equal(space.distances, 1 - np.eye(2))


def test_diffusion():
    (space,) = read_spaces([(PATH, None)], metric="diffusion", diffusion_time=0.7)
    scale = np.diag(PATH.sum(axis=1) ** -0.5)
    heat = expm(-1.4 * (np.eye(3) - scale @ PATH @ scale))
    own = heat.diagonal()
    assert_allclose(space.distances**2, own[:, None] + own - 2 * heat, atol=1e-12)
    with pytest.raises(ValueError, match="diffusion_time"):
        read_spaces([(PATH, None)], metric="diffusion", diffusion_time=0)


def test_graphs_keep_weights_and_features():
    features = np.arange(6.0).reshape(3, 2)
    graphs = GraphSets.from_list([(PATH, features), (PATH[:2, :2], features[:2])])
    heavy = graphs.with_nodes(graphs.nodes.with_weights(np.arange(1.0, 6)))
    first, second = read_spaces(heavy, metric="hop", masses="positive")
    assert_array_equal(first.weights, [1, 2, 3])
    assert_array_equal(second.weights, [4, 5])
    assert_array_equal(second.features, features[:2])
    light = graphs.with_nodes(graphs.nodes.with_weights(np.array([1.0, 1, 1, 0, 1])))
    with pytest.raises(ValueError, match=r"X\[1\] has a node of weight zero"):
        read_spaces(light, metric="hop")
    channels = np.ones((3, 3, 2)) * PATH[..., None]
    with pytest.raises(ValueError, match="carry 2 weights"):
        read_spaces([(channels, features)], metric="shortest_path")


def test_edges_of_length_zero_are_edges():
    networkx = pytest.importorskip("networkx")
    graph = networkx.Graph()
    graph.add_weighted_edges_from([(0, 1, 0.0), (1, 2, 3.0), (2, 3, 0.0)])
    graph.add_node(4)
    (space,) = read_spaces([graph], metric="shortest_path")
    expected = 3.0 * np.array([[0, 0, 1, 1], [0, 0, 1, 1], [1, 1, 0, 0], [1, 1, 0, 0]])
    assert_array_equal(space.distances[:4, :4], expected)
    assert_array_equal(space.distances[4, :4], 6)


@pytest.mark.parametrize(("metric", "size"), [("cosine", 0.0), ("euclidean", 1e200)])
def test_distances_that_points_do_not_have(metric, size):
    bad = np.array([[size, 0], [-size, 0]])
    with pytest.raises(ValueError, match=rf"X\[1\] has {metric} distances that are"):
        read_spaces([np.eye(2), bad], metric=metric)
    with pytest.raises(ValueError, match="masses must be"):
        read_spaces([np.eye(2)], masses="typo")
