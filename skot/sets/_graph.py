# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""`Graph`, one graph: nodes and edges."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._measure import Measure


class Graph:
    """One graph: a measure of node features, and its edges.

    Parameters
    ----------
    nodes : Measure or array-like of shape (n_nodes, n_dims)
        Features of the nodes.
    edges : array-like of shape (n_edges, 2)
        Pairs of node numbers; an undirected edge stands in both directions.
    edge_weights : array-like of shape (n_edges,) or (n_edges, n_channels) or None
        Non-negative weights. None means 1.

    Examples
    --------
    >>> import numpy as np
    >>> from skot.sets import Graph
    >>> Graph(np.eye(3), [[0, 1], [1, 0]])
    Graph(3 nodes in R^3, 2 directed edges)
    """

    __slots__ = ("edge_weights", "edges", "nodes")

    def __init__(
        self,
        nodes: Measure | ArrayLike,
        edges: ArrayLike,
        edge_weights: ArrayLike | None = None,
    ) -> None:
        self.nodes = nodes if isinstance(nodes, Measure) else Measure(nodes)
        self.edges = as_edges(edges)
        self.edge_weights = as_edge_weights(edge_weights, len(self.edges))

    def __repr__(self) -> str:
        return (
            f"Graph({len(self.nodes)} nodes in R^{self.nodes.shape[1]}, "
            f"{len(self.edges)} directed edges)"
        )


def weighted_degree(
    edges: np.ndarray, weights: np.ndarray | None, n_nodes: int
) -> NDArray[np.float64]:
    """Weighted degree of the nodes, ndarray of shape (n_nodes, 1)."""
    if weights is not None and weights.ndim == 2:
        weights = weights.sum(axis=1)
    return np.bincount(edges[:, 0], weights, minlength=n_nodes).astype(float)[:, None]


def as_edges(edges: ArrayLike) -> np.ndarray:
    """Pairs of node numbers, of a signed type; an empty list has no type of its own."""
    # a memory map stays a memory map
    edges = edges if isinstance(edges, np.ndarray) else np.asarray(edges)
    if edges.size == 0:
        return np.zeros((0, 2), dtype=np.int64)
    if edges.ndim != 2 or edges.shape[1] != 2 or edges.dtype.kind not in "iu":
        raise ValueError(
            "edges must be pairs of node numbers, integers of shape (n_edges, 2), "
            f"got {edges.dtype} of shape {edges.shape}"
        )
    # unsigned minus signed would be a float
    return edges if edges.dtype.kind == "i" else edges.astype(np.int64)


def as_edge_weights(weights: ArrayLike | None, n_edges: int) -> np.ndarray | None:
    """Weights of edges, or None; raise ValueError unless there is one an edge."""
    if weights is None:
        return None
    weights = weights if isinstance(weights, np.ndarray) else np.asarray(weights)
    if weights.ndim not in (1, 2) or len(weights) != n_edges:
        raise ValueError(
            f"edge_weights must have one entry for each of {n_edges} edges, "
            f"got shape {weights.shape}"
        )
    return weights
