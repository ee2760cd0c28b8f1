# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""`GraphSets`, a ragged collection of graphs."""

import os
from collections.abc import Iterable
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._graph import Graph, as_edge_weights, as_edges, weighted_degree
from ._graph_cells import read_graph_list
from ._points import PointSets
from ._ragged import RaggedSets, as_offsets, check_offsets, equal_arrays, gather_index


class GraphSets(RaggedSets[Graph]):
    """A ragged collection of undirected graphs with features on their nodes.

    Nodes are a `PointSets`; edges lie in one flat array, cut by offsets. It survives
    scikit-learn's splitters as itself, like `PointSets`.

    Parameters
    ----------
    nodes : PointSets
        Node features, and node weights if any.
    edges : ndarray of int of shape (n_total_edges, 2)
        Pairs of node numbers, counted from 0 within each graph. An undirected edge
        stands in both directions; a self-loop stands once.
    edge_offsets : ndarray of shape (n_graphs + 1,)
        Graph ``i`` holds ``edges[edge_offsets[i]:edge_offsets[i + 1]]``.
    edge_weights : ndarray of shape (n_total_edges,) or (n_total_edges, n_channels) \
or None, default=None
        Weights of the edges, or their non-negative vector features. None means 1.

    Attributes
    ----------
    nodes, edges, edge_offsets, edge_weights
        As given.
    shape : tuple (n_graphs, n_dims)
        What scikit-learn reads as samples and features.

    Raises
    ------
    ValueError
        If the arrays do not fit together.

    Examples
    --------
    >>> import numpy as np
    >>> from skot.sets import GraphSets
    >>> path = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> GraphSets.from_list([(path, np.eye(3)), (path[:2, :2], np.eye(3)[:2])])
    GraphSets(2 graphs of 2 to 3 nodes in R^3, 6 directed edges)
    """

    __slots__ = ("edge_offsets", "edge_weights", "edges", "nodes")

    def __init__(
        self,
        nodes: PointSets,
        edges: ArrayLike,
        edge_offsets: ArrayLike,
        edge_weights: ArrayLike | None = None,
    ) -> None:
        self.nodes = nodes
        self.edges = as_edges(edges)
        self.edge_offsets = check_offsets(edge_offsets, len(self.edges), "edges")
        if len(self.edge_offsets) != len(nodes) + 1:
            raise ValueError(
                f"edge_offsets cut {len(self.edge_offsets) - 1} graphs, "
                f"nodes are of {len(nodes)}"
            )
        self.edge_weights = as_edge_weights(edge_weights, len(self.edges))

    @classmethod
    def from_list(
        cls,
        graphs: Iterable[Any],
        *,
        node_attr: str | None = None,
        edge_attr: str | None = "weight",
    ) -> Self:
        """Build from a list of graphs.

        Parameters
        ----------
        graphs : sequence
            Networkx graphs, tuples (adjacency, features), or `Graph` objects. An
            adjacency is a symmetric array or sparse matrix of shape (n, n), or an
            array (n, n, n_channels); features are of shape (n, n_dims), or None.
        node_attr : str or None, default=None
            Networkx node attribute that holds the features, a number or a vector.
            Graphs without features get the weighted degree.
        edge_attr : str or None, default="weight"
            Networkx edge attribute that holds the weight, a number or a vector; 1
            where an edge has none. None gives every edge weight 1.

        Returns
        -------
        GraphSets
            The collection.

        Raises
        ------
        ValueError
            Naming the first graph that cannot be read, and why.
        """
        nodes, edges, edge_offsets, weights = read_graph_list(
            graphs, node_attr=node_attr, edge_attr=edge_attr
        )
        return cls(PointSets(*nodes), edges, edge_offsets, weights)

    @classmethod
    def from_edges(
        cls,
        edges: ArrayLike,
        graph_indicator: ArrayLike,
        features: ArrayLike | None = None,
        edge_weights: ArrayLike | None = None,
    ) -> Self:
        """Build from one long list of edges over all nodes, as TU data sets come.

        Parameters
        ----------
        edges : array-like of int of shape (n_total_edges, 2)
            Pairs of node numbers, counted from 0 over all graphs, both directions.
        graph_indicator : array-like of int of shape (n_total_nodes,)
            Number of the graph each node belongs to, in rising order from 0.
        features : array-like of shape (n_total_nodes, n_dims) or None, default=None
            Node features. None takes the weighted degree.
        edge_weights : array-like of shape (n_total_edges,) or (n_total_edges, \
n_channels) or None, default=None
            Weights of the edges.

        Returns
        -------
        GraphSets
            The collection.

        Raises
        ------
        ValueError
            If an edge joins two graphs, the indicator is not in rising order or
            leaves a graph without nodes, or the arrays do not fit together.

        Examples
        --------
        >>> from skot.sets import GraphSets
        >>> edges = [[0, 1], [1, 0], [2, 3], [3, 2], [3, 4], [4, 3]]
        >>> graphs = GraphSets.from_edges(edges, graph_indicator=[0, 0, 1, 1, 1])
        >>> graphs
        GraphSets(2 graphs of 2 to 3 nodes in R^1, 6 directed edges)
        >>> graphs[1].nodes.points.ravel()
        array([1., 2., 1.])
        """
        edges = as_edges(edges)
        owner = np.asarray(graph_indicator)
        if owner.ndim != 1 or owner.dtype.kind not in "iu" or len(owner) == 0:
            raise ValueError(
                "graph_indicator must be a 1-D array of integers, one for each node"
            )
        if owner[0] < 0 or (np.diff(owner) < 0).any():
            raise ValueError("graph_indicator must be in rising order from 0")
        sizes = np.bincount(owner)
        if (sizes == 0).any():
            raise ValueError(
                f"graph {np.argmin(sizes)} has no node: graph_indicator counts graphs "
                "from 0 and leaves none out"
            )
        if len(edges) and (edges.min() < 0 or edges.max() >= len(owner)):
            raise ValueError(f"edges name nodes outside 0 to {len(owner) - 1}")
        graph = owner[edges[:, 0]]
        if (graph != owner[edges[:, 1]]).any():
            row = np.argmax(graph != owner[edges[:, 1]])
            raise ValueError(f"edge {edges[row].tolist()} joins two graphs")
        weights = as_edge_weights(edge_weights, len(edges))
        if features is None:
            features = weighted_degree(edges, weights, len(owner))
        features = np.asarray(features)
        if len(features) != len(owner):
            raise ValueError(f"features of {len(features)} nodes for {len(owner)}")
        order = np.argsort(graph, kind="stable")
        offsets = as_offsets(sizes)
        return cls(
            PointSets(features, offsets),
            edges[order] - offsets[graph[order], None],
            as_offsets(np.bincount(graph, minlength=len(sizes))),
            None if weights is None else weights[order],
        )

    @property
    def offsets(self) -> NDArray[np.int64]:
        """Offsets of the nodes, ndarray of shape (n_graphs + 1,)."""
        return self.nodes.offsets

    @property
    def shape(self) -> tuple[int, int]:
        """Number of graphs and of node features."""
        return self.nodes.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the node features."""
        return self.nodes.dtype

    @property
    def n_channels(self) -> int:
        """Number of weights an edge carries, 1 unless it has vector features."""
        weights = self.edge_weights
        return 1 if weights is None or weights.ndim == 1 else weights.shape[1]

    @property
    def global_edges(self) -> np.ndarray:
        """Edges with nodes counted over all graphs, ndarray (n_total_edges, 2)."""
        starts = np.repeat(self.offsets[:-1], np.diff(self.edge_offsets))
        return self.edges + starts[:, None]

    def __repr__(self) -> str:
        sizes = self.sizes
        low, high = (sizes.min(), sizes.max()) if len(self) else (0, 0)
        many = f"{low}" if low == high else f"{low} to {high}"
        return (
            f"GraphSets({len(self)} graphs of {many} nodes in R^{self.shape[1]}, "
            f"{len(self.edges)} directed edges)"
        )

    def equals(self, other: object) -> bool:
        """Whether two collections hold the same graphs, order included.

        Parameters
        ----------
        other : object
            What to compare with.

        Returns
        -------
        bool
            True if every array is equal.
        """
        return (
            isinstance(other, GraphSets)
            and self.nodes.equals(other.nodes)
            and np.array_equal(self.edge_offsets, other.edge_offsets)
            and np.array_equal(self.edges, other.edges)
            and equal_arrays(self.edge_weights, other.edge_weights)
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return GraphSets, (self.nodes, self.edges, self.edge_offsets, self.edge_weights)

    def with_nodes(self, nodes: PointSets) -> "GraphSets":
        """Return the same graphs with other node features.

        Parameters
        ----------
        nodes : PointSets
            As many nodes in each graph.

        Returns
        -------
        GraphSets
            Same edges.
        """
        return GraphSets(nodes, self.edges, self.edge_offsets, self.edge_weights)

    def _item(self, i: int) -> Graph:
        part = slice(self.edge_offsets[i], self.edge_offsets[i + 1])
        weights = None if self.edge_weights is None else self.edge_weights[part]
        return Graph(self.nodes[i], self.edges[part], weights)

    def _slice(self, start: int, stop: int) -> "GraphSets":
        offsets = self.edge_offsets[start : stop + 1]
        part = slice(offsets[0], offsets[-1])
        weights = None if self.edge_weights is None else self.edge_weights[part]
        return GraphSets(
            self.nodes[start:stop], self.edges[part], offsets - offsets[0], weights
        )

    def _gather(self, index: np.ndarray) -> "GraphSets":
        flat, offsets = gather_index(self.edge_offsets, index)
        weights = None if self.edge_weights is None else self.edge_weights[flat]
        return GraphSets(self.nodes[index], self.edges[flat], offsets, weights)

    def _columns(self, key: Any) -> "GraphSets":
        return self.with_nodes(self.nodes._columns(key))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write to an uncompressed ``.npz`` file, which `load` can memory-map.

        Parameters
        ----------
        path : str or path-like
            Name of the file.
        """
        from ._io import save_arrays

        arrays = {
            "points": self.nodes.points,
            "offsets": self.nodes.offsets,
            "weights": self.nodes.weights,
            "edges": self.edges,
            "edge_offsets": self.edge_offsets,
            "edge_weights": self.edge_weights,
        }
        save_arrays(path, {k: v for k, v in arrays.items() if v is not None})

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], *, mmap_mode: Literal["r", "c"] | None = None
    ) -> Self:
        """Read what `save` wrote.

        Parameters
        ----------
        path : str or path-like
            Name of the file.
        mmap_mode : {None, "r", "c"}, default=None
            "r" leaves the arrays on disk, read-only, until they are used.

        Returns
        -------
        GraphSets
            The collection.

        Raises
        ------
        ValueError
            If the file cannot be memory-mapped, or holds no graphs.
        """
        from ._io import load_arrays

        arrays = load_arrays(path, mmap_mode)
        if not {"points", "offsets", "edges", "edge_offsets"} <= arrays.keys():
            raise ValueError(f"{path} holds no graphs")
        return cls(
            PointSets(arrays["points"], arrays["offsets"], arrays.get("weights")),
            arrays["edges"],
            arrays["edge_offsets"],
            arrays.get("edge_weights"),
        )
