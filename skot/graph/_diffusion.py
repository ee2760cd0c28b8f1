# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Diffusion of node features: from graphs to point sets."""

from numbers import Integral
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import coo_array
from sklearn.base import OneToOneFeatureMixin
from sklearn.utils.validation import check_is_fitted

from .._sklearn import Interval, StrOptions, fit_context
from ..base import SetToSetMixin, SkotEstimator
from ..sets import PointSets, holds_graphs, is_table, validate_graphs


class GraphDiffusion(OneToOneFeatureMixin, SetToSetMixin, SkotEstimator):
    r"""Turn graphs into point sets by diffusing node features along edges.

    Each layer replaces the feature of a node by a weighted sum over the node itself
    and its neighbours, so that after ``n_layers`` layers a feature tells of the
    neighbourhood of that radius. A graph becomes the set of its node features.
    Nothing is learned. This is the first of the three steps of WEGL [1]_: diffusion,
    `skot.embedding.WassersteinEmbedding`, and a classifier.

    Parameters
    ----------
    n_layers : int, default=4
        Number of layers. 0 leaves the features as they are.
    pooling : {"final", "mean", "concat"}, default="final"
        What a node keeps of the layers: the last one, the mean of all including the
        input, or all of them including the input, side by side.
    node_attr : str or None, default=None
        Node attribute of networkx graphs that holds the features, a number or a
        vector. None takes the weighted degree.
    edge_attr : str or None, default="weight"
        Edge attribute of networkx graphs that holds the weight, a non-negative
        number or vector; edges without it weigh 1. None gives every edge weight 1.

    Attributes
    ----------
    n_channels_ : int
        Number of weights an edge carries, 1 for scalar weights.
    n_features_in_ : int
        Number of node features.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, when fitted on a table with names.

    See Also
    --------
    skot.sets.GraphSets : The container of graphs.
    skot.embedding.WassersteinEmbedding : Turns the sets into vectors.

    Notes
    -----
    A self-loop of weight 1 is added to every node, on top of those the graph has.
    With weighted degrees :math:`d_v = 1 + \sum_u w_{uv}`, a layer is

    .. math:: x_v \leftarrow \frac{x_v}{d_v}
              + \sum_u \frac{w_{uv}}{\sqrt{d_u d_v}} x_u,

    a symmetric operator of spectral radius 1. Vector edge features, one weight for
    each of K channels, have one degree and one self-loop for each channel, and their
    coefficients are added up, as in [1]_. The sum of K such operators has spectral
    radius at most K: features may grow by that factor in each layer. Scale the
    embedding before a classifier that minds, or divide the edge features by K.

    Sets and tables are graphs without edges: each node only sees its self-loop, and
    "final" and "mean" give back what came in. The weights of nodes, if any, go
    through unchanged.

    All graphs of a collection are diffused at once by products with one
    block-diagonal sparse matrix: time O(n_layers * (n_nodes + n_edges) * n_dims) with
    n_nodes and n_edges counted over the collection, memory of the same size for
    "concat", of one layer otherwise.

    References
    ----------
    .. [1] Kolouri, Naderializadeh, Rohde, Hoffmann, "Wasserstein Embedding for Graph
       Learning", ICLR 2021. arXiv:2006.09430.

    Examples
    --------
    >>> import numpy as np
    >>> from skot.graph import GraphDiffusion
    >>> path = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> sets = GraphDiffusion(n_layers=1).fit_transform([(path, np.eye(3))])
    >>> sets
    PointSets(1 set of 3 points in R^3)
    >>> sets[0].points.round(2)
    array([[0.5 , 0.41, 0.  ],
           [0.41, 0.33, 0.41],
           [0.  , 0.41, 0.5 ]])
    """

    _parameter_constraints: dict = {
        "n_layers": [Interval(Integral, 0, None, closed="left")],
        "pooling": [StrOptions({"final", "mean", "concat"})],
        "node_attr": [str, None],
        "edge_attr": [str, None],
    }

    def __init__(
        self,
        n_layers: int = 4,
        *,
        pooling: str = "final",
        node_attr: str | None = None,
        edge_attr: str | None = "weight",
    ) -> None:
        self.n_layers = n_layers
        self.pooling = pooling
        self.node_attr = node_attr
        self.edge_attr = edge_attr

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Record the width of node and edge features; nothing else is learned.

        Parameters
        ----------
        X : graph-like of shape (n_graphs, n_dims)
            `GraphSets`; a list, Series or one-column frame of networkx graphs, of
            tuples (adjacency, features) or of `Graph` objects; or sets or a table,
            which are graphs without edges.
        y : None
            Ignored.

        Returns
        -------
        GraphDiffusion
            Itself.
        """
        self.n_channels_ = self._read(X, reset=True).n_channels
        return self

    def transform(self, X: Any) -> PointSets | np.ndarray:
        """Diffuse the node features of each graph.

        Parameters
        ----------
        X : graph-like of shape (n_graphs, n_dims)
            As in `fit`.

        Returns
        -------
        PointSets, or table when X is one
            The diffused features, of shape (n_graphs, n_dims), or
            (n_graphs, (n_layers + 1) * n_dims) with ``pooling="concat"``.

        Raises
        ------
        ValueError
            Naming the graph and the fault; or if node or edge features are of
            another width than in `fit`.
        """
        check_is_fitted(self)
        graphs = self._read(X, reset=False)
        if len(graphs.edges) and graphs.n_channels != self.n_channels_:
            raise ValueError(
                f"edges of X carry {graphs.n_channels} weights, but "
                f"{type(self).__name__} was fitted on edges with {self.n_channels_}"
            )
        operator = _layer_operator(graphs, self.n_channels_)
        points = self._diffuse(operator, graphs.nodes.points)
        if not holds_graphs(X) and is_table(X):
            return self._wrap_table(points, X)
        return graphs.nodes.with_points(points)

    def get_feature_names_out(
        self, input_features: ArrayLike | None = None
    ) -> np.ndarray:
        """Get output feature names: those of the input, once for each layer kept.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Checked against the fitted features when fitted on a table. Ignored
            when fitted on graphs or sets, whose coordinates are not the columns of
            a frame.

        Returns
        -------
        ndarray of str
            Feature names; with ``pooling="concat"`` suffixed by ``_layer0`` for the
            input, ``_layer1`` and so on.
        """
        if not getattr(self, "_fitted_on_table", True):
            input_features = None
        names = super().get_feature_names_out(input_features)
        if self.pooling != "concat":
            return names
        layers = range(self.n_layers + 1)
        return np.array([f"{n}_layer{k}" for k in layers for n in names], dtype=object)

    def _read(self, X, *, reset):
        return validate_graphs(
            self,
            X,
            reset=reset,
            node_attr=self.node_attr,
            edge_attr=self.edge_attr,
            masses="positive",  # masses matter to partial methods further on
        )

    def _diffuse(self, operator, points):
        operator = operator.astype(points.dtype)
        layers = [points]
        total = points
        for _ in range(self.n_layers):
            points = operator @ points
            if self.pooling == "concat":
                layers.append(points)
            elif self.pooling == "mean":
                total = total + points
        if self.pooling == "concat":
            return np.hstack(layers)
        return points if self.pooling == "final" else total / (self.n_layers + 1)


def _layer_operator(graphs, n_channels):
    """Sparse matrix of one layer, one diagonal block a graph."""
    n_nodes = len(graphs.nodes.points)
    weights = graphs.edge_weights
    if weights is None:
        weights = np.ones(len(graphs.edges))
    weights = weights.reshape(-1, n_channels)
    i, j = graphs.global_edges.T
    degrees = [1.0 + np.bincount(i, w, minlength=n_nodes) for w in weights.T]
    scale = 1.0 / np.sqrt(np.column_stack(degrees))
    loops = np.arange(n_nodes)
    entries = (weights * scale[i] * scale[j]).sum(axis=1)
    values = np.concatenate([entries, (scale**2).sum(axis=1)])
    rows, columns = np.concatenate([i, loops]), np.concatenate([j, loops])
    return coo_array((values, (rows, columns)), shape=(n_nodes, n_nodes)).tocsr()
