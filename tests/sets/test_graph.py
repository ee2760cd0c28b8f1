# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""One graph: what its arrays must be."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skot.sets import Graph, Measure


def test_arrays_and_words():
    assert repr(Graph(np.eye(3), [])) == "Graph(3 nodes in R^3, 0 directed edges)"
    graph = Graph(Measure(np.eye(3), [1, 2, 3]), [[0, 1], [1, 0]], [2.0, 2.0])
    assert repr(graph) == "Graph(3 nodes in R^3, 2 directed edges)"
    assert_array_equal(graph.nodes.weights, [1, 2, 3])
    assert_array_equal(graph.edge_weights, [2, 2])
    assert Graph(np.eye(3), []).edges.shape == (0, 2)


def test_numbers_of_nodes_can_be_subtracted():
    edges = np.array([[0, 1], [1, 0]], dtype=np.uint64)
    assert Graph(np.eye(2), edges).edges.dtype == np.int64
    short = edges.astype(np.int16)
    assert Graph(np.eye(2), short).edges is short


@pytest.mark.parametrize(
    ("edges", "weights", "message"),
    [
        ([[0, 1, 2]], None, "edges must be pairs of node numbers"),
        ([[0.0, 1.0]], None, "got float64 of shape"),
        ([0, 1], None, "edges must be pairs of node numbers"),
        ([[0, 1]], [1.0, 2.0], "one entry for each of 1 edges"),
        ([[0, 1]], [[[1.0]]], r"got shape \(1, 1, 1\)"),
    ],
)
def test_arrays_that_do_not_fit(edges, weights, message):
    with pytest.raises(ValueError, match=message):
        Graph(np.eye(2), edges, weights)
