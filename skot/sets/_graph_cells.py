# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""What one graph looks like, and how a list of them is laid out flat."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, issparse

from ._cells import Flat, as_floats, read_list
from ._graph import Graph, as_edge_weights, as_edges, weighted_degree
from ._ragged import RaggedSets, as_offsets


def read_graph_list(
    graphs: Iterable[Any],
    *,
    node_attr: str | None = None,
    edge_attr: str | None = "weight",
) -> tuple[
    Flat,
    np.ndarray,
    NDArray[np.int64],
    np.ndarray | None,
]:
    """Lay graphs out flat; see `GraphSets.from_list`.

    Returns
    -------
    nodes : tuple
        Their points, offsets and weights, as of `read_list`.
    edges, edge_offsets, edge_weights
        As in `GraphSets`, checked.
    """
    graphs = list(graphs)
    if not graphs:
        raise ValueError("X holds 0 sets; at least 1 is required")
    nodes, pairs, given = zip(
        *(
            _read_graph(graph, f"X[{i}]", node_attr, edge_attr)
            for i, graph in enumerate(graphs)
        ),
        strict=True,
    )
    flat = read_list(nodes)
    edge_offsets = as_offsets([len(e) for e in pairs])
    joined = _join_edge_weights(given, pairs)
    edges = as_edges(np.concatenate(pairs))
    weights = as_edge_weights(joined, len(edges))
    check_edges(edges, edge_offsets, weights, flat[1])
    featured = [_has_features(graph, node_attr) for graph in graphs]
    if True in featured and False in featured:
        raise ValueError(
            f"X[{featured.index(False)}] has no features, but "
            f"X[{featured.index(True)}] has: give them to all graphs, or to none"
        )
    return flat, edges, edge_offsets, weights


def graph_cells(X: Any) -> list[Any] | None:
    """Return the cells of a sequence with a graph in it; None for anything else."""
    if isinstance(X, RaggedSets):
        return None
    if is_graph(X):
        raise ValueError(f"X is one graph, a {type(X).__name__}: pass a list of graphs")
    if hasattr(X, "columns") and getattr(X, "shape", (0, 0))[1] == 1:
        X = X[X.columns[0]]
    elif isinstance(X, np.ndarray) and X.ndim == 2 and X.shape[1] == 1:
        X = X[:, 0]
    if not isinstance(X, list | tuple) and len(getattr(X, "shape", ())) != 1:
        return None
    cells = list(X)
    return cells if any(is_graph(c) or is_pair(c) for c in cells) else None


def _has_features(graph: Any, node_attr: str | None) -> bool | None:
    """Whether features are given, or degrees stand in for them; None if unknown."""
    if is_pair(graph):
        return graph[1] is not None
    return None if isinstance(graph, Graph) else node_attr is not None


def is_graph(cell: Any) -> bool:
    """Whether the cell is a networkx graph or a `Graph`."""
    return hasattr(cell, "nodes") and hasattr(cell, "edges")


def is_pair(cell: Any) -> bool:
    """Whether the cell is (adjacency, features), and not (points, weights)."""
    if not (isinstance(cell, tuple) and len(cell) == 2):
        return False
    adjacency, features = cell
    square = issparse(adjacency) or getattr(adjacency, "ndim", 0) in (2, 3)
    return square and (features is None or getattr(features, "ndim", 0) == 2)


def _read_graph(
    graph: Any, name: str, node_attr: str | None, edge_attr: str | None
) -> tuple[Any, np.ndarray, np.ndarray | None]:
    """Features (or measure), edges and weights (or None) of one graph."""
    if isinstance(graph, Graph):
        return graph.nodes, graph.edges, graph.edge_weights
    if is_pair(graph):
        edges, weights, n_nodes = _read_adjacency(graph[0], name)
        features = graph[1]
        if features is not None and len(features) != n_nodes:
            raise ValueError(
                f"{name} has {n_nodes} nodes but features of {len(features)}"
            )
    elif is_graph(graph):
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


def _read_networkx(
    graph: Any, name: str, node_attr: str | None, edge_attr: str | None
) -> tuple[np.ndarray | None, np.ndarray, np.ndarray | None, int]:
    if graph.is_directed():
        raise ValueError(f"{name} is directed; use its to_undirected()")
    number = {node: i for i, node in enumerate(graph.nodes)}
    features = None
    if node_attr is not None:
        values = [attributes.get(node_attr) for _, attributes in graph.nodes(data=True)]
        missing = [n for n, v in zip(graph.nodes, values, strict=True) if v is None]
        if missing:
            raise ValueError(f"{name}: node {missing[0]!r} has no {node_attr!r}")
        features = as_floats(values, f"{node_attr!r} of {name}")
        features = features.reshape(len(number), -1)
    pairs: list[tuple[int, int]] = []
    weights: list[Any] = []
    for u, v, attributes in graph.edges(data=True):
        i, j = number[u], number[v]
        weight = attributes.get(edge_attr, 1.0)
        pairs += [(i, j)] if i == j else [(i, j), (j, i)]
        weights += [weight] if i == j else [weight, weight]
    edges = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    if edge_attr is None or len(edges) == 0:
        return features, edges, None, len(number)
    carried = as_floats(weights, f"{edge_attr!r} of {name}")
    return features, edges, carried, len(number)


def _read_adjacency(
    adjacency: Any, name: str
) -> tuple[np.ndarray, np.ndarray | None, int]:
    if adjacency.shape[0] != adjacency.shape[1]:
        raise ValueError(f"the adjacency of {name} is not square: {adjacency.shape}")
    if issparse(adjacency):
        entries = coo_array(adjacency)
        kept = entries.data != 0
        weights = as_floats(entries.data[kept], f"the adjacency of {name}")
        return np.column_stack(entries.coords)[kept], weights, adjacency.shape[0]
    adjacency = as_floats(adjacency, f"the adjacency of {name}")
    present = adjacency != 0
    edges = np.argwhere(present if adjacency.ndim == 2 else present.any(axis=2))
    return edges, adjacency[tuple(edges.T)], adjacency.shape[0]


def _join_edge_weights(
    weights: Sequence[np.ndarray | None], edges: Sequence[np.ndarray]
) -> np.ndarray | None:
    if all(w is None for w in weights):
        return None
    first, carried = next((i, w) for i, w in enumerate(weights) if w is not None)
    tail = carried.shape[1:]
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


def check_edges(
    edges: np.ndarray,
    edge_offsets: NDArray[np.int64],
    edge_weights: np.ndarray | None,
    offsets: NDArray[np.int64],
) -> None:
    """Raise ValueError unless edges join nodes of their graph, both ways alike."""
    owner = np.repeat(np.arange(len(offsets) - 1), np.diff(edge_offsets))
    outside = ((edges < 0) | (edges >= np.diff(offsets)[owner, None])).any(axis=1)
    _refuse_edge(outside, owner, "has an edge to a node that is not there")
    if edge_weights is None:
        channels = np.ones((len(edges), 1))
    else:
        channels = as_floats(edge_weights, "edge_weights of X")
        channels = channels if channels.ndim == 2 else channels[:, None]
        good = np.isfinite(channels) & (channels >= 0)
        fault = "has an edge weight that is negative, NaN or infinite"
        _refuse_edge(~good.all(axis=1), owner, fault)
    i, j = (edges + offsets[owner, None]).T
    n_nodes = offsets[-1]
    for values in channels.T:
        matrix = coo_array((values, (i, j)), shape=(n_nodes, n_nodes)).tocsr()
        skew = coo_array(abs(matrix - matrix.T))
        lopsided = skew.data > 1e-8 * max(values.max(initial=0.0), 1.0)
        if lopsided.any():
            node = skew.coords[0][np.argmax(lopsided)]
            graph = np.searchsorted(offsets, node, side="right") - 1
            raise ValueError(
                f"X[{graph}] is not symmetric: an undirected edge stands in both "
                "directions, with one weight"
            )


def _refuse_edge(
    faulty: NDArray[np.bool_] | np.bool_, owner: np.ndarray, fault: str
) -> None:
    if faulty.any():
        raise ValueError(f"X[{owner[np.argmax(faulty)]}] {fault}")
