# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The door for graphs: whatever users call a graph becomes part of `GraphSets`."""

from typing import Any

import numpy as np
from scipy.sparse import issparse

from ._graph_cells import check_edges, graph_cells, is_graph, is_pair
from ._graphs import GraphSets
from ._points import PointSets
from ._read import validate_sets


def holds_graphs(X: Any) -> bool:
    """Whether `read_graphs` finds graphs in X, rather than sets without edges.

    Parameters
    ----------
    X : graph-like or set-like
        The collection.

    Returns
    -------
    bool
        True for `GraphSets` and for a sequence with a graph in it.
    """
    return isinstance(X, GraphSets) or graph_cells(X) is not None


def are_no_points(X: Any) -> bool:
    """Whether X holds graphs and cannot be read as points, as (points, None) can."""
    if isinstance(X, GraphSets):
        return True
    return any(
        is_graph(cell) or (is_pair(cell) and (issparse(cell[0]) or cell[1] is not None))
        for cell in graph_cells(X) or ()
    )


def read_graphs(
    X: Any, *, node_attr: str | None = None, edge_attr: str | None = "weight"
) -> GraphSets | None:
    """Read a collection of graphs; what `read_sets` takes has no edges.

    Parameters
    ----------
    X : graph-like of shape (n_graphs, n_dims)
        `GraphSets`; a list, object array, Series or one-column frame of what
        `GraphSets.from_list` takes; or any collection of sets, which are graphs
        without edges.
    node_attr : str or None, default=None
        Networkx node attribute of the features; the weighted degree without.
    edge_attr : str or None, default="weight"
        Networkx edge attribute of the weights; None gives every edge weight 1.

    Returns
    -------
    GraphSets or None
        The collection, edges checked; None when X holds no graphs.

    Raises
    ------
    ValueError
        Naming the graph and the fault: an edge to a node that is not there, a
        negative or non-finite weight, edges that are not symmetric.

    Examples
    --------
    >>> import numpy as np
    >>> from skot.sets import read_graphs
    >>> path = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> read_graphs([(path, np.eye(3)), (np.triu(path), np.eye(3))])
    Traceback (most recent call last):
        ...
    ValueError: X[1] is not symmetric: an undirected edge stands in both directions, \
with one weight
    """
    if not isinstance(X, GraphSets):
        cells = graph_cells(X)
        if cells is None:
            return None
        return GraphSets.from_list(cells, node_attr=node_attr, edge_attr=edge_attr)
    check_edges(X.edges, X.edge_offsets, X.edge_weights, X.offsets)
    return X


def validate_graphs(
    estimator: Any,
    X: Any,
    *,
    reset: bool,
    node_attr: str | None = None,
    edge_attr: str | None = "weight",
    masses: str = "probability",
) -> GraphSets:
    """Read graphs for an estimator, as `validate_sets` does for point sets.

    Parameters
    ----------
    estimator : estimator
        Whose attributes are set or checked.
    X : graph-like of shape (n_graphs, n_dims)
        As in `read_graphs`.
    reset : bool
        True in ``fit``, False elsewhere.
    node_attr, edge_attr : str or None
        As in `read_graphs`.
    masses : {"probability", "positive"}, default="probability"
        As in `read_sets`, for the weights of the nodes.

    Returns
    -------
    GraphSets
        The collection.

    Raises
    ------
    ValueError
        As in `read_graphs` and `validate_sets`.
    """
    graphs = read_graphs(X, node_attr=node_attr, edge_attr=edge_attr)
    if graphs is None:
        nodes = validate_sets(estimator, X, reset=reset, masses=masses)
        return GraphSets(nodes, [], np.zeros(len(nodes) + 1, dtype=np.int64))
    nodes = validate_sets(estimator, graphs.nodes, reset=reset, masses=masses)
    return with_read_nodes(graphs, nodes)


def with_read_nodes(graphs: GraphSets, nodes: PointSets, name: str = "X") -> GraphSets:
    """Take the nodes as they were read; refuse graphs that lost some."""
    if len(nodes.points) < len(graphs.nodes.points):
        weightless = np.flatnonzero(nodes.sizes < graphs.nodes.sizes)[0]
        raise ValueError(
            f"{name}[{weightless}] has a node of weight zero: remove it and its edges"
        )
    return graphs.with_nodes(nodes)
