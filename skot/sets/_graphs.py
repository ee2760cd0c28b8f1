# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""`GraphSets`, a ragged collection of graphs, and the door that reads them."""

import numpy as np
from scipy.sparse import coo_array, issparse

from ._points import Measure, PointSets
from ._ragged import RaggedSets, as_offsets, check_offsets, gather_index
from ._read import _as_floats, validate_sets


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
    """

    __slots__ = ("edge_weights", "edges", "nodes")

    def __init__(self, nodes, edges, edge_weights=None):
        self.nodes = nodes if isinstance(nodes, Measure) else Measure(nodes)
        self.edges = np.asarray(edges)
        self.edge_weights = None if edge_weights is None else np.asarray(edge_weights)

    def __repr__(self):
        return (
            f"Graph({len(self.nodes)} nodes in R^{self.nodes.shape[1]}, "
            f"{len(self.edges)} directed edges)"
        )


class GraphSets(RaggedSets):
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

    def __init__(self, nodes, edges, edge_offsets, edge_weights=None):
        self.nodes = nodes
        self.edges = np.asarray(edges)
        if self.edges.ndim != 2 or self.edges.shape[1] != 2:
            raise ValueError(f"edges must be of shape (n, 2), got {self.edges.shape}")
        self.edge_offsets = check_offsets(edge_offsets, len(self.edges), "edges")
        if len(self.edge_offsets) != len(nodes) + 1:
            raise ValueError(
                f"edge_offsets cut {len(self.edge_offsets) - 1} graphs, "
                f"nodes are of {len(nodes)}"
            )
        if edge_weights is not None:
            edge_weights = np.asarray(edge_weights)
            if edge_weights.ndim not in (1, 2) or len(edge_weights) != len(self.edges):
                raise ValueError(
                    f"edge_weights must have one entry for each of {len(self.edges)} "
                    f"edges, got shape {edge_weights.shape}"
                )
        self.edge_weights = edge_weights

    @classmethod
    def from_list(cls, graphs, *, node_attr=None, edge_attr="weight"):
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
        edge_attr : str, default="weight"
            Networkx edge attribute that holds the weight, a number or a vector; 1
            where an edge has none.

        Returns
        -------
        GraphSets
            The collection.

        Raises
        ------
        ValueError
            Naming the first graph that cannot be read, and why.
        """
        graphs = list(graphs)
        if not graphs:
            raise ValueError("X holds 0 sets; at least 1 is required")
        nodes, edges, weights = [], [], []
        for i, graph in enumerate(graphs):
            v, e, w = _read_graph(graph, f"X[{i}]", node_attr, edge_attr)
            nodes.append(v)
            edges.append(e)
            weights.append(w)
        return cls(
            PointSets.from_list(nodes),
            np.concatenate(edges),
            as_offsets([len(e) for e in edges]),
            _join_edge_weights(weights, edges),
        )

    @classmethod
    def from_edges(cls, edges, graph_indicator, features=None, edge_weights=None):
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
            If an edge joins two graphs, or the indicator is not in rising order.
        """
        edges = np.asarray(edges).reshape(-1, 2)
        owner = np.asarray(graph_indicator)
        if (np.diff(owner) < 0).any() or (len(owner) and owner[0] < 0):
            raise ValueError("graph_indicator must be in rising order from 0")
        if len(edges) and (edges.min() < 0 or edges.max() >= len(owner)):
            raise ValueError(f"edges name nodes outside 0 to {len(owner) - 1}")
        graph = owner[edges[:, 0]]
        if (graph != owner[edges[:, 1]]).any():
            row = np.argmax(graph != owner[edges[:, 1]])
            raise ValueError(f"edge {edges[row].tolist()} joins two graphs")
        order = np.argsort(graph, kind="stable")
        n_graphs = int(owner[-1]) + 1
        offsets = as_offsets(np.bincount(owner, minlength=n_graphs))
        weights = None if edge_weights is None else np.asarray(edge_weights)[order]
        edges = edges[order]
        if features is None:
            features = _degree(edges, weights, len(owner))
        return cls(
            PointSets(np.asarray(features), offsets),
            edges - offsets[graph[order], None],
            as_offsets(np.bincount(graph, minlength=n_graphs)),
            weights,
        )

    @property
    def offsets(self):
        """Offsets of the nodes, ndarray of shape (n_graphs + 1,)."""
        return self.nodes.offsets

    @property
    def shape(self):
        """Number of graphs and of node features."""
        return self.nodes.shape

    @property
    def dtype(self):
        """Type of the node features."""
        return self.nodes.dtype

    @property
    def global_edges(self):
        """Edges with nodes counted over all graphs, ndarray (n_total_edges, 2)."""
        starts = np.repeat(self.offsets[:-1], np.diff(self.edge_offsets))
        return self.edges + starts[:, None]

    def __repr__(self):
        sizes = self.sizes
        low, high = (sizes.min(), sizes.max()) if len(self) else (0, 0)
        many = f"{low}" if low == high else f"{low} to {high}"
        return (
            f"GraphSets({len(self)} graphs of {many} nodes in R^{self.shape[1]}, "
            f"{len(self.edges)} directed edges)"
        )

    def equals(self, other):
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
            and (self.edge_weights is None) == (other.edge_weights is None)
            and (
                self.edge_weights is None
                or np.array_equal(self.edge_weights, other.edge_weights)
            )
        )

    def __reduce__(self):
        return GraphSets, (self.nodes, self.edges, self.edge_offsets, self.edge_weights)

    def with_nodes(self, nodes):
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

    def _item(self, i):
        part = slice(self.edge_offsets[i], self.edge_offsets[i + 1])
        weights = None if self.edge_weights is None else self.edge_weights[part]
        return Graph(self.nodes[i], self.edges[part], weights)

    def _slice(self, start, stop):
        offsets = self.edge_offsets[start : stop + 1]
        part = slice(offsets[0], offsets[-1])
        weights = None if self.edge_weights is None else self.edge_weights[part]
        return GraphSets(
            self.nodes[start:stop], self.edges[part], offsets - offsets[0], weights
        )

    def _gather(self, index):
        flat, offsets = gather_index(self.edge_offsets, index)
        weights = None if self.edge_weights is None else self.edge_weights[flat]
        return GraphSets(self.nodes[index], self.edges[flat], offsets, weights)

    def _columns(self, key):
        return self.with_nodes(self.nodes._columns(key))

    def save(self, path):
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
    def load(cls, path, *, mmap_mode=None):
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


def read_graphs(X, *, node_attr=None, edge_attr="weight"):
    """Read a collection of graphs; what `read_sets` takes has no edges.

    Parameters
    ----------
    X : graph-like of shape (n_graphs, n_dims)
        `GraphSets`; a list of what `GraphSets.from_list` takes; or any collection of
        sets, which are graphs without edges.
    node_attr : str or None, default=None
        Networkx node attribute of the features; the weighted degree without.
    edge_attr : str, default="weight"
        Networkx edge attribute of the weights.

    Returns
    -------
    GraphSets or None
        The collection, edges checked; None when X holds no graphs.

    Raises
    ------
    ValueError
        Naming the graph and the fault: an edge to a node that is not there, a
        negative or non-finite weight, edges that are not symmetric.
    """
    if not isinstance(X, GraphSets):
        is_column = not isinstance(X, RaggedSets) and (
            isinstance(X, list | tuple) or len(getattr(X, "shape", ())) == 1
        )
        cells = list(X) if is_column else []
        if not any(_looks_like_graph(cell) for cell in cells):
            return None
        X = GraphSets.from_list(cells, node_attr=node_attr, edge_attr=edge_attr)
    return _check_edges(X)


def validate_graphs(estimator, X, *, reset, node_attr=None, edge_attr="weight"):
    """Read graphs for an estimator, as `validate_sets` does for point sets.

    Parameters
    ----------
    estimator : estimator
        Whose attributes are set or checked.
    X : graph-like of shape (n_graphs, n_dims)
        As in `read_graphs`.
    reset : bool
        True in ``fit``, False elsewhere.
    node_attr, edge_attr
        As in `read_graphs`.

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
        nodes = validate_sets(estimator, X, reset=reset)
        empty = np.zeros((0, 2), dtype=np.int64)
        return GraphSets(nodes, empty, np.zeros(len(nodes) + 1, dtype=np.int64))
    nodes = validate_sets(estimator, graphs.nodes, reset=reset)
    if len(nodes.points) < len(graphs.nodes.points):
        raise ValueError("a node of X has weight zero: remove it and its edges")
    return graphs.with_nodes(nodes)


def _looks_like_graph(cell):
    if hasattr(cell, "nodes") and hasattr(cell, "edges"):
        return True
    if not (isinstance(cell, tuple) and len(cell) == 2):
        return False
    adjacency, features = cell
    square = issparse(adjacency) or getattr(adjacency, "ndim", 0) in (2, 3)
    return square and (features is None or getattr(features, "ndim", 0) == 2)


def _read_graph(graph, name, node_attr, edge_attr):
    """Features (or measure), edges and weights (or None) of one graph."""
    if isinstance(graph, Graph):
        return graph.nodes, graph.edges.reshape(-1, 2), graph.edge_weights
    if not _looks_like_graph(graph):
        raise ValueError(
            f"{name} is no graph: expected a networkx graph, a tuple "
            f"(adjacency, features) or a Graph, got {type(graph).__name__}"
        )
    if isinstance(graph, tuple):
        edges, weights, n_nodes = _read_adjacency(graph[0], name)
        features = graph[1]
        if features is not None and len(features) != n_nodes:
            raise ValueError(
                f"{name} has {n_nodes} nodes but features of {len(features)}"
            )
    else:
        features, edges, weights, n_nodes = _read_networkx(
            graph, name, node_attr, edge_attr
        )
    if features is None:
        features = _degree(edges, weights, n_nodes)
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
    for u, v, weight in graph.edges(data=edge_attr, default=1.0):
        i, j = number[u], number[v]
        edges += [(i, j)] if i == j else [(i, j), (j, i)]
        weights += [weight] if i == j else [weight, weight]
    edges = np.array(edges, dtype=np.int64).reshape(-1, 2)
    weights = _as_floats(weights, f"{edge_attr!r} of {name}") if len(edges) else None
    return features, edges, weights, len(number)


def _read_adjacency(adjacency, name):
    if adjacency.shape[0] != adjacency.shape[1]:
        raise ValueError(f"the adjacency of {name} is not square: {adjacency.shape}")
    if issparse(adjacency):
        entries = coo_array(adjacency)
        kept = entries.data != 0
        edges = np.column_stack(entries.coords)[kept]
        return edges, entries.data[kept].astype(float), adjacency.shape[0]
    adjacency = _as_floats(adjacency, f"the adjacency of {name}")
    present = adjacency != 0
    edges = np.argwhere(present if adjacency.ndim == 2 else present.any(axis=2))
    return edges, adjacency[tuple(edges.T)], adjacency.shape[0]


def _join_edge_weights(weights, edges):
    if all(w is None for w in weights):
        return None
    shapes = {w.shape[1:] for w in weights if w is not None}
    if len(shapes) > 1:
        raise ValueError(f"edges of X have features of several shapes: {shapes}")
    tail = shapes.pop()
    return np.concatenate(
        [
            np.ones((len(e), *tail)) if w is None else w
            for w, e in zip(weights, edges, strict=True)
        ]
    )


def _degree(edges, weights, n_nodes):
    if weights is not None and weights.ndim == 2:
        weights = weights.sum(axis=1)
    return np.bincount(edges[:, 0], weights, minlength=n_nodes).astype(float)[:, None]


def _check_edges(graphs):
    edges, weights = graphs.edges, graphs.edge_weights
    owner = np.repeat(np.arange(len(graphs)), np.diff(graphs.edge_offsets))
    outside = ((edges < 0) | (edges >= graphs.sizes[owner, None])).any(axis=1)
    _refuse_edge(outside, owner, "has an edge to a node that is not there")
    if weights is not None:
        channels = weights.reshape(len(edges), -1)
        fault = "has an edge weight that is negative, NaN or infinite"
        good = np.isfinite(channels) & (channels >= 0)
        _refuse_edge(~good.all(axis=1), owner, fault)
    else:
        channels = np.ones((len(edges), 1))
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
