# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Small graphs in the forms users have them."""

import numpy as np
from numpy.testing import assert_array_equal

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
    assert_array_equal(adjacency(graph), pair[0])
    assert_array_equal(graph.nodes.points, pair[1])


def as_networkx(pair):
    import networkx as nx

    graph = nx.Graph()
    for node, features in enumerate(pair[1]):
        graph.add_node(f"node {node}", x=features)
    A = pair[0]
    for i, j in np.argwhere(np.triu(A if A.ndim == 2 else A.any(axis=2))):
        graph.add_edge(f"node {i}", f"node {j}", weight=A[i, j])
    return graph
