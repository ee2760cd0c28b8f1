# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The door for graphs: what it takes for a collection of them."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator

from skot.sets import GraphSets, PointSets, holds_graphs, read_graphs, validate_graphs
from tests._data.graphs import PATH, as_networkx, assert_same, pairs


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


def test_float32_features_stay():
    assert read_graphs([(PATH, np.eye(3, dtype=np.float32))]).dtype == np.float32


def test_a_lone_graph_is_refused():
    with pytest.raises(ValueError, match="X is one graph, a Graph: pass a list"):
        read_graphs(nx.path_graph(3))


def test_graphs_for_an_estimator():
    estimator, graphs = BaseEstimator(), GraphSets.from_list(pairs())
    assert validate_graphs(estimator, graphs, reset=True).equals(graphs)
    assert estimator.n_features_in_ == 2
    heavy = graphs.with_nodes(graphs.nodes.with_weights(np.ones(graphs.offsets[-1])))
    read = validate_graphs(estimator, heavy, reset=False)
    np.testing.assert_allclose(read.nodes.masses, 1)
    read = validate_graphs(estimator, heavy, reset=False, masses="positive")
    np.testing.assert_array_equal(read.nodes.weights, 1)
    with pytest.raises(ValueError, match="X has 1 features"):
        validate_graphs(estimator, [nx.path_graph(3)], reset=False)
    sets = validate_graphs(estimator, [np.eye(2), np.ones((3, 2))], reset=False)
    assert isinstance(sets, GraphSets)
    assert len(sets.edges) == 0
    light = graphs.nodes.with_weights(np.arange(graphs.offsets[-1]) + 0.0)
    with pytest.raises(ValueError, match=r"X\[0\] has a node of weight zero"):
        validate_graphs(estimator, graphs.with_nodes(light), reset=False)
