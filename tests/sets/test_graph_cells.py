# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""What one graph looks like, and which faults are named."""

import networkx as nx
import numpy as np
import pytest
from scipy.sparse import csr_array

from skot.sets import Graph, GraphSets, Measure, read_graphs
from tests._data.graphs import PATH, adjacency, as_networkx, assert_same, pairs


def test_sparse_adjacency():
    listed = pairs()
    graphs = read_graphs([(csr_array(A), x) for A, x in listed])
    for graph, pair in zip(graphs, listed, strict=True):
        assert_same(graph, pair)


def test_networkx_details():
    graph = nx.MultiGraph()
    graph.add_edge("a", "b", weight=2)
    graph.add_edge("a", "b")  # a parallel edge adds up, and weighs 1 without attribute
    graph.add_edge("b", "b", weight=5)
    read = read_graphs([graph])
    np.testing.assert_array_equal(adjacency(read[0]), [[0, 3], [3, 5]])
    np.testing.assert_array_equal(read.nodes.points.ravel(), [3, 8])
    unweighted = read_graphs([graph], edge_attr=None)
    assert unweighted.edge_weights is None
    np.testing.assert_array_equal(adjacency(unweighted[0]), [[0, 2], [2, 1]])


def test_scalar_node_attribute_and_edgeless_graphs():
    lonely, joined = nx.empty_graph(3), nx.path_graph(2)
    for graph in (lonely, joined):
        nx.set_node_attributes(graph, 7, "colour")
    read = read_graphs([lonely, joined], node_attr="colour")
    assert read.shape == (2, 1)
    np.testing.assert_array_equal(np.diff(read.edge_offsets), [0, 2])
    assert read_graphs([lonely]).shape == (1, 1)


def test_weighted_nodes_in_a_list():
    weights = np.array([0.2, 0.3, 0.5])
    edges = [[0, 1], [1, 0]]
    graph = Graph(Measure(np.eye(3), weights), edges, edge_weights=[2, 2])
    read = read_graphs([graph, Graph(np.eye(3), [])])
    np.testing.assert_array_equal(read.nodes.weights, [0.2, 0.3, 0.5, 1, 1, 1])
    assert np.issubdtype(read.edges.dtype, np.integer)


def directed():
    return nx.DiGraph([(0, 1)])


def without_feature():
    graph = nx.path_graph(2)
    graph.nodes[0]["x"] = [1.0]
    return graph


def with_edge(weight):
    graph = nx.path_graph(2)
    nx.set_edge_attributes(graph, weight, "weight")
    return graph


INFINITE = np.where(PATH, np.inf, 0)


def test_features_of_all_graphs_or_of_none():
    path = nx.to_numpy_array(nx.path_graph(3))
    with pytest.raises(ValueError, match=r"X\[1\] has no features, but X\[0\] has"):
        GraphSets.from_list([(path, np.ones((3, 1))), (path, None)])
    with pytest.raises(ValueError, match=r"X\[0\] has no features, but X\[1\] has"):
        GraphSets.from_list([nx.path_graph(3), (path, np.ones((3, 1)))])
    plain = GraphSets.from_list([nx.path_graph(3)])
    again = GraphSets.from_list([plain[0], nx.path_graph(4)])  # degrees, both
    assert again.sizes.tolist() == [3, 4]


@pytest.mark.parametrize(
    ("bad", "node_attr", "message"),
    [
        (directed(), None, "is directed; use its to_undirected"),
        (without_feature(), "x", "node 1 has no 'x'"),
        (with_edge("heavy"), None, "'weight' of X.1. is of type"),
        (with_edge(None), None, "X.1. has an edge weight that is negative, NaN"),
        (with_edge(np.nan), None, "X.1. has an edge weight that is negative, NaN"),
        (with_edge(-1.0), None, "X.1. has an edge weight that is negative, NaN"),
        (with_edge([1.0, 2.0]), None, r"X.1. has edge weights of shape \(2,\)"),
        ((PATH[:2], None), None, "adjacency of X.1. is not square"),
        ((PATH, np.eye(2)), None, "X.1. has 3 nodes but features of 2"),
        ((np.triu(PATH), None), None, "X.1. is not symmetric"),
        ((PATH * 1j, None), None, "adjacency of X.1. is complex"),
        ((csr_array(PATH * 1j), None), None, "adjacency of X.1. is complex"),
        ((INFINITE, None), None, "X.1. has an edge weight that is negative, NaN"),
        (Graph([[0.0]], [[0, 1], [1, 0]]), None, "X.1. has an edge to a node"),
        (Graph([[0.0]], [[0, -1], [-1, 0]]), None, "X.1. has an edge to a node"),
        ((PATH[:2, :2], np.eye(2)), None, "X.1. has 2 columns, expected 1"),
        (np.eye(3), None, "X.1. is no graph"),
        ("graph", None, "X.1. is no graph"),
    ],
)
def test_bad_graphs_are_named(bad, node_attr, message):
    good = (PATH, np.ones((3, 1)))
    if node_attr is not None:
        good = as_networkx(good)
    with pytest.raises(ValueError, match=message):
        read_graphs([good, bad], node_attr=node_attr)


def test_asymmetry_in_one_channel_is_seen():
    A = np.stack([PATH, np.triu(PATH)], axis=2)
    with pytest.raises(ValueError, match=r"X\[0\] is not symmetric"):
        read_graphs([(A, np.eye(3))])


def test_empty_list_of_graphs():
    with pytest.raises(ValueError, match="X holds 0 sets"):
        GraphSets.from_list([])
