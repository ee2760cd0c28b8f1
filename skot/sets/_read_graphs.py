# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The door for graphs: whatever users call a graph becomes part of `GraphSets`."""

import numpy as np
from scipy.sparse import coo_array, issparse

from ._graphs import Graph, GraphSets, weighted_degree
from ._points import PointSets
from ._ragged import RaggedSets, as_offsets
from ._read import _as_floats, validate_sets


def holds_graphs(X):
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
    return isinstance(X, GraphSets) or _graph_cells(X) is not None


def are_no_points(X):
    """Whether X holds graphs and cannot be read as points, as (points, None) can."""
    if isinstance(X, GraphSets):
        return True
    return any(
        _is_graph(cell)
        or (_is_pair(cell) and (issparse(cell[0]) or cell[1] is not None))
        for cell in _graph_cells(X) or ()
    )


def read_graphs(X, *, node_attr=None, edge_attr="weight"):
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
        cells = _graph_cells(X)
        if cells is None:
            return None
        return read_graph_list(cells, node_attr=node_attr, edge_attr=edge_attr)
    return _check_edges(X)


def validate_graphs(
    estimator,
    X,
    *,
    reset,
    node_attr=None,
    edge_attr="weight",
    masses="probability",
):
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
    if len(nodes.points) < len(graphs.nodes.points):
        weightless = np.flatnonzero(nodes.sizes < graphs.nodes.sizes)[0]
        raise ValueError(
            f"X[{weightless}] has a node of weight zero: remove it and its edges"
        )
    return graphs.with_nodes(nodes)


def read_graph_list(graphs, *, node_attr=None, edge_attr="weight"):
    """Concatenate a sequence of graphs; see `GraphSets.from_list`."""
    graphs = list(graphs)
    if not graphs:
        raise ValueError("X holds 0 sets; at least 1 is required")
    nodes, edges, weights = zip(
        *(
            _read_graph(graph, f"X[{i}]", node_attr, edge_attr)
            for i, graph in enumerate(graphs)
        ),
        strict=True,
    )
    read = GraphSets(
        PointSets.from_list(nodes),
        np.concatenate(edges),
        as_offsets([len(e) for e in edges]),
        _join_edge_weights(weights, edges),
    )
    read = _check_edges(read)
    given = [_has_features(graph, node_attr) for graph in graphs]
    if True in given and False in given:
        raise ValueError(
            f"X[{given.index(False)}] has no features, but X[{given.index(True)}] has: "
            "give them to all graphs, or to none"
        )
    return read


# -- what a graph looks like ---------------------------------------------------------


def _graph_cells(X):
    """Return the cells of a sequence with a graph in it; None for anything else."""
    if isinstance(X, RaggedSets):
        return None
    if _is_graph(X):
        raise ValueError(f"X is one graph, a {type(X).__name__}: pass a list of graphs")
    if hasattr(X, "columns") and getattr(X, "shape", (0, 0))[1] == 1:
        X = X[X.columns[0]]
    elif isinstance(X, np.ndarray) and X.ndim == 2 and X.shape[1] == 1:
        X = X[:, 0]
    if not isinstance(X, list | tuple) and len(getattr(X, "shape", ())) != 1:
        return None
    cells = list(X)
    return cells if any(_is_graph(c) or _is_pair(c) for c in cells) else None


def _has_features(graph, node_attr):
    """Whether features are given, or degrees stand in for them; None if unknown."""
    if _is_pair(graph):
        return graph[1] is not None
    return None if isinstance(graph, Graph) else node_attr is not None


def _is_graph(cell):
    return hasattr(cell, "nodes") and hasattr(cell, "edges")


def _is_pair(cell):
    """Whether the cell is (adjacency, features), and not (points, weights)."""
    if not (isinstance(cell, tuple) and len(cell) == 2):
        return False
    adjacency, features = cell
    square = issparse(adjacency) or getattr(adjacency, "ndim", 0) in (2, 3)
    return square and (features is None or getattr(features, "ndim", 0) == 2)


def _read_graph(graph, name, node_attr, edge_attr):
    """Features (or measure), edges and weights (or None) of one graph."""
    if isinstance(graph, Graph):
        return graph.nodes, graph.edges, graph.edge_weights
    if _is_pair(graph):
        edges, weights, n_nodes = _read_adjacency(graph[0], name)
        features = graph[1]
        if features is not None and len(features) != n_nodes:
            raise ValueError(
                f"{name} has {n_nodes} nodes but features of {len(features)}"
            )
    elif _is_graph(graph):
        features, edges, weights, n_nodes = _read_networkx(
            graph, name, node_attr, edge_attr
        )
    else:
        raise ValueError(
            f"{name} is no graph: expected a networkx graph, a tuple "
            f"(adjacency, features) or a Graph, got {type(graph).__name__}"
        )
    if features is None:
        features = weighted_degree(edges, weights, n_nodes)
    return features, edges, weights


def _read_networkx(graph, name, node_attr, edge_attr):
    if graph.is_directed():
        raise ValueError(f"{name} is directed; use its to_undirected()")
    number = {node: i for i, node in enumerate(graph.nodes)}
    features = None
    if node_attr is not None:
        values = [attributes.get(node_attr) for _, attributes in graph.nodes(data=True)]
        missing = [n for n, v in zip(graph.nodes, values, strict=True) if v is None]
        if missing:
            raise ValueError(f"{name}: node {missing[0]!r} has no {node_attr!r}")
        features = _as_floats(values, f"{node_attr!r} of {name}")
        features = features.reshape(len(number), -1)
    edges, weights = [], []
    for u, v, attributes in graph.edges(data=True):
        i, j = number[u], number[v]
        weight = attributes.get(edge_attr, 1.0)
        edges += [(i, j)] if i == j else [(i, j), (j, i)]
        weights += [weight] if i == j else [weight, weight]
    edges = np.array(edges, dtype=np.int64).reshape(-1, 2)
    if edge_attr is None or len(edges) == 0:
        return features, edges, None, len(number)
    weights = _as_floats(weights, f"{edge_attr!r} of {name}")
    return features, edges, weights, len(number)


def _read_adjacency(adjacency, name):
    if adjacency.shape[0] != adjacency.shape[1]:
        raise ValueError(f"the adjacency of {name} is not square: {adjacency.shape}")
    if issparse(adjacency):
        entries = coo_array(adjacency)
        kept = entries.data != 0
        weights = _as_floats(entries.data[kept], f"the adjacency of {name}")
        return np.column_stack(entries.coords)[kept], weights, adjacency.shape[0]
    adjacency = _as_floats(adjacency, f"the adjacency of {name}")
    present = adjacency != 0
    edges = np.argwhere(present if adjacency.ndim == 2 else present.any(axis=2))
    return edges, adjacency[tuple(edges.T)], adjacency.shape[0]


def _join_edge_weights(weights, edges):
    if all(w is None for w in weights):
        return None
    first = next(i for i, w in enumerate(weights) if w is not None)
    tail = weights[first].shape[1:]
    for i, w in enumerate(weights):
        if w is not None and w.shape[1:] != tail:
            raise ValueError(
                f"X[{i}] has edge weights of shape {w.shape[1:]} an edge, "
                f"X[{first}] of {tail}"
            )
    return np.concatenate(
        [
            np.ones((len(e), *tail)) if w is None else w
            for w, e in zip(weights, edges, strict=True)
        ]
    )


# -- what its edges must satisfy -----------------------------------------------------


def _check_edges(graphs):
    edges = graphs.edges
    owner = np.repeat(np.arange(len(graphs)), np.diff(graphs.edge_offsets))
    outside = ((edges < 0) | (edges >= graphs.sizes[owner, None])).any(axis=1)
    _refuse_edge(outside, owner, "has an edge to a node that is not there")
    if graphs.edge_weights is None:
        channels = np.ones((len(edges), 1))
    else:
        channels = _as_floats(graphs.edge_weights, "edge_weights of X")
        channels = channels.reshape(len(edges), graphs.n_channels)
        good = np.isfinite(channels) & (channels >= 0)
        fault = "has an edge weight that is negative, NaN or infinite"
        _refuse_edge(~good.all(axis=1), owner, fault)
    i, j = graphs.global_edges.T
    n_nodes = graphs.offsets[-1]
    for values in channels.T:
        matrix = coo_array((values, (i, j)), shape=(n_nodes, n_nodes)).tocsr()
        skew = coo_array(abs(matrix - matrix.T))
        lopsided = skew.data > 1e-8 * max(values.max(initial=0.0), 1.0)
        if lopsided.any():
            node = skew.coords[0][np.argmax(lopsided)]
            graph = np.searchsorted(graphs.offsets, node, side="right") - 1
            raise ValueError(
                f"X[{graph}] is not symmetric: an undirected edge stands in both "
                "directions, with one weight"
            )
    return graphs


def _refuse_edge(faulty, owner, fault):
    if faulty.any():
        raise ValueError(f"X[{owner[np.argmax(faulty)]}] {fault}")
