# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""`GraphSets`: a container like `PointSets`, edges included."""

import copy
import pickle

import numpy as np
import pytest
from sklearn.model_selection import KFold, train_test_split
from sklearn.utils import resample

from skot.sets import Graph, GraphSets, PointSets
from tests._data.graphs import adjacency, assert_same, pairs

# -- container -----------------------------------------------------------------------


@pytest.mark.parametrize("channels", [None, 3])
@pytest.mark.parametrize(
    "key",
    [
        slice(2, 5),
        slice(None, None, -2),
        slice(5, 2),
        [4, 0, 4],
        np.array([-1, 2]),
        np.arange(7) % 2 == 0,
        [],
    ],
)
def test_indexing_is_that_of_the_list(key, channels):
    listed = pairs(channels=channels)
    graphs = GraphSets.from_list(listed)
    index = np.arange(7)[key] if len(np.shape(key)) or isinstance(key, slice) else key
    expected = [listed[i] for i in np.asarray(index, dtype=int)]
    chosen = graphs[key]
    assert isinstance(chosen, GraphSets)
    assert chosen.shape == (len(expected), 2)
    for graph, pair in zip(chosen, expected, strict=True):
        assert_same(graph, pair)
    assert graphs[key, ...].equals(chosen)


def test_item_is_a_graph():
    listed = pairs()
    graphs = GraphSets.from_list(listed)
    for i in (0, -1, np.int64(3)):
        assert isinstance(graphs[i], Graph)
        assert_same(graphs[i], listed[i])
    with pytest.raises(IndexError, match="index 7 is out of range"):
        graphs[7]


def test_columns_are_node_features():
    graphs = GraphSets.from_list(pairs())
    second = graphs[:, [1]]
    assert second.shape == (7, 1)
    np.testing.assert_array_equal(second.nodes.points, graphs.nodes.points[:, [1]])
    np.testing.assert_array_equal(second.edges, graphs.edges)


def test_slices_are_views():
    graphs = GraphSets.from_list(pairs())
    part = graphs[1:4]
    assert np.shares_memory(part.edges, graphs.edges)
    assert np.shares_memory(part.edge_weights, graphs.edge_weights)
    assert np.shares_memory(part.nodes.points, graphs.nodes.points)


def test_survives_splitters():
    graphs = GraphSets.from_list(pairs(n_graphs=12))
    y = np.arange(12) % 2
    train, test, *_ = train_test_split(graphs, y, random_state=0)
    assert isinstance(train, GraphSets)
    assert len(train) + len(test) == 12
    assert isinstance(resample(graphs, random_state=0), GraphSets)
    for rows, _ in KFold(3).split(graphs):
        assert isinstance(graphs[rows], GraphSets)


@pytest.mark.parametrize("channels", [None, 2])
def test_pickle_and_copy(channels):
    graphs = GraphSets.from_list(pairs(channels=channels))
    assert pickle.loads(pickle.dumps(graphs)).equals(graphs)
    assert copy.deepcopy(graphs).equals(graphs)


def test_equals_sees_every_array():
    graphs = GraphSets.from_list(pairs())
    assert graphs.equals(graphs[:])
    assert not graphs.equals(graphs[::-1])
    assert not graphs.equals(graphs.nodes)
    unweighted = GraphSets(graphs.nodes, graphs.edges, graphs.edge_offsets)
    assert not graphs.equals(unweighted)
    assert not unweighted.equals(graphs)


def test_numeric_array_is_refused():
    with pytest.raises(TypeError, match="embed first"):
        np.asarray(GraphSets.from_list(pairs()), dtype=float)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"edges": np.zeros((4, 3), int)}, "pairs of node numbers"),
        ({"edges": np.zeros((4, 2))}, "pairs of node numbers"),
        ({"edge_offsets": [0, 4, 4]}, "edge_offsets cut 2 graphs, nodes are of 1"),
        ({"edge_offsets": [0, 3]}, "number of edges, 4"),
        ({"edge_weights": np.ones(3)}, "one entry for each of 4 edges"),
        ({"edge_weights": np.ones((4, 1, 1))}, "one entry for each of 4 edges"),
    ],
)
def test_arrays_that_do_not_fit(change, message):
    good = {
        "nodes": PointSets(np.zeros((3, 1)), [0, 3]),
        "edges": np.array([[0, 1], [1, 0], [1, 2], [2, 1]]),
        "edge_offsets": np.array([0, 4]),
    }
    GraphSets(**good)
    with pytest.raises(ValueError, match=message):
        GraphSets(**{**good, **change})


# -- from_edges ----------------------------------------------------------------------


@pytest.mark.parametrize("channels", [None, 2])
def test_from_edges_in_any_order(channels):
    graphs = GraphSets.from_list(pairs(channels=channels))
    order = np.random.default_rng(0).permutation(len(graphs.edges))
    again = GraphSets.from_edges(
        graphs.global_edges[order],
        graphs.nodes.set_index,
        graphs.nodes.points,
        graphs.edge_weights[order],
    )
    for one, other in zip(graphs, again, strict=True):
        np.testing.assert_array_equal(adjacency(one), adjacency(other))


def test_from_edges_without_features_takes_weighted_degree():
    edges = np.array([[0, 1], [1, 0], [2, 3], [3, 2]], dtype=np.uint32)
    graphs = GraphSets.from_edges(edges, [0, 0, 1, 1, 1], edge_weights=[2, 2, 3, 3])
    np.testing.assert_array_equal(graphs.nodes.points.ravel(), [2, 2, 3, 3, 0])
    np.testing.assert_array_equal(graphs[1].edges, [[0, 1], [1, 0]])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[0, 2], [2, 0]], [0, 0, 1]), "edge .0, 2. joins two graphs"),
        (([[0, 3]], [0, 0, 1]), "outside 0 to 2"),
        (([[0, -1]], [0, 0, 1]), "outside 0 to 2"),
        (([[0, 1]], [0, 1, 0]), "rising order"),
        (([[0, 1]], [1, 1, 1]), "graph 0 has no node"),
        (([[0, 1]], [0, 0, 2]), "graph 1 has no node"),
        (([[0, 1]], []), "one for each node"),
        (([[0, 1]], [0.0, 0.0]), "integers"),
        (([[0, 1]], [0, 0], np.eye(3)), "features of 3 nodes for 2"),
        (([[0, 1]], [0, 0], np.eye(2), [1.0, 1.0]), "one entry for each of 1 edges"),
    ],
)
def test_from_edges_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        GraphSets.from_edges(*arguments)
