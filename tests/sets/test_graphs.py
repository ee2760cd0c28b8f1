# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
import copy
import pickle

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn.model_selection import KFold, train_test_split
from sklearn.utils import resample

from skot.sets import Graph, GraphSets, Measure, PointSets, holds_graphs, read_graphs

nx = pytest.importorskip("networkx")

PATH = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], dtype=float)


def pairs(n_graphs=7, channels=None, seed=0):
    """Random (adjacency, features) pairs, weights symmetric, of sizes 1 to 6."""
    rng = np.random.default_rng(seed)
    graphs = []
    for _ in range(n_graphs):
        n = rng.integers(1, 7)
        tail = () if channels is None else (channels,)
        A = rng.uniform(size=(n, n, *tail)) * (rng.uniform(size=(n, n, *tail)) < 0.5)
        graphs.append((A + A.swapaxes(0, 1), rng.normal(size=(n, 2))))
    return graphs


def adjacency(graph):
    """Dense adjacency of one Graph, of shape (n, n) or (n, n, n_channels)."""
    n = len(graph.nodes)
    weights = np.ones(len(graph.edges))
    if graph.edge_weights is not None:
        weights = graph.edge_weights
    A = np.zeros((n, n, *weights.shape[1:]))
    np.add.at(A, tuple(graph.edges.T), weights)
    return A


def assert_same(graph, pair):
    np.testing.assert_array_equal(adjacency(graph), pair[0])
    np.testing.assert_array_equal(graph.nodes.points, pair[1])


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
    assert repr(Graph(np.eye(3), [])) == "Graph(3 nodes in R^3, 0 directed edges)"


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


@pytest.mark.parametrize("mmap_mode", [None, "r"])
@pytest.mark.parametrize("weighted", [True, False])
def test_save_and_load(tmp_path, mmap_mode, weighted):
    graphs = GraphSets.from_list(pairs())
    if weighted:
        rng = np.random.default_rng(0)
        nodes = graphs.nodes.with_weights(rng.uniform(size=len(graphs.nodes.points)))
        graphs = graphs.with_nodes(nodes)
    else:
        graphs = GraphSets(graphs.nodes, graphs.edges, graphs.edge_offsets)
    graphs.save(tmp_path / "graphs.npz")
    loaded = GraphSets.load(tmp_path / "graphs.npz", mmap_mode=mmap_mode)
    assert loaded.equals(graphs)
    mapped = isinstance(loaded.edges, np.memmap)
    assert mapped == (mmap_mode == "r")
    assert read_graphs(loaded).equals(graphs)


def test_load_refuses_points_without_edges(tmp_path):
    PointSets.from_list([np.eye(2)]).save(tmp_path / "points.npz")
    with pytest.raises(ValueError, match="holds no graphs"):
        GraphSets.load(tmp_path / "points.npz")


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


# -- readers -------------------------------------------------------------------------


def as_networkx(pair):
    graph = nx.Graph()
    for node, features in enumerate(pair[1]):
        graph.add_node(f"node {node}", x=features)
    A = pair[0]
    for i, j in np.argwhere(np.triu(A if A.ndim == 2 else A.any(axis=2))):
        graph.add_edge(f"node {i}", f"node {j}", weight=A[i, j])
    return graph


def as_object_array(graphs):
    array = np.empty(len(graphs), dtype=object)
    array[:] = graphs
    return array


@pytest.mark.parametrize("channels", [None, 3])
@pytest.mark.parametrize(
    "form",
    [
        lambda listed: listed,
        tuple,
        lambda listed: [as_networkx(pair) for pair in listed],
        GraphSets.from_list,
        lambda listed: list(GraphSets.from_list(listed)),
        lambda listed: as_object_array([as_networkx(pair) for pair in listed]),
        lambda listed: as_object_array(listed)[:, None],
        lambda listed: pd.Series(listed),
        lambda listed: pd.DataFrame({"graph": [as_networkx(p) for p in listed]}),
    ],
)
def test_every_form_reads_the_same(form, channels):
    listed = pairs(channels=channels)
    X = form(listed)
    assert holds_graphs(X)
    graphs = read_graphs(X, node_attr="x")
    for graph, pair in zip(graphs, listed, strict=True):
        assert_same(graph, pair)


def test_sparse_adjacency():
    listed = pairs()
    graphs = read_graphs([(csr_array(A), x) for A, x in listed])
    for graph, pair in zip(graphs, listed, strict=True):
        assert_same(graph, pair)


@pytest.mark.parametrize(
    "X",
    [
        np.eye(3),
        [[0.0, 1.0], [2.0, 3.0]],
        [np.eye(2), np.ones((3, 2))],
        [(np.eye(2), np.ones(2))],
        PointSets.from_list([np.eye(2)]),
        pd.DataFrame({"a": [1.0], "b": [2.0]}),
        pd.DataFrame({"a": [1.0]}),
        [],
    ],
)
def test_sets_and_tables_are_no_graphs(X):
    assert not holds_graphs(X)
    assert read_graphs(X) is None


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


def test_float32_features_stay():
    assert read_graphs([(PATH, np.eye(3, dtype=np.float32))]).dtype == np.float32


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


def test_a_lone_graph_is_refused():
    with pytest.raises(ValueError, match="X is one graph, a Graph: pass a list"):
        read_graphs(nx.path_graph(3))


def test_asymmetry_in_one_channel_is_seen():
    A = np.stack([PATH, np.triu(PATH)], axis=2)
    with pytest.raises(ValueError, match=r"X\[0\] is not symmetric"):
        read_graphs([(A, np.eye(3))])


def test_empty_list_of_graphs():
    with pytest.raises(ValueError, match="X holds 0 sets"):
        GraphSets.from_list([])
