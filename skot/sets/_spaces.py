# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The door for metric-measure spaces: sets, distance matrices and graphs."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import shortest_path
from scipy.spatial.distance import pdist, squareform

from ._cells import as_floats, column_of_cells, to_list
from ._graphs import GraphSets
from ._measure import Measure, check_masses
from ._metric_space import MetricSpace
from ._points import PointSets
from ._read import read_sets, validate_sets
from ._read_graphs import (
    are_no_points,
    holds_graphs,
    read_graphs,
    validate_graphs,
    with_read_nodes,
)
from ._weights import masses as given_masses
from ._weights import probabilities

POINT_METRICS = {"euclidean", "sqeuclidean", "cityblock", "chebyshev", "cosine"}

# Asymmetry that rounding explains, relative to the largest distance.
LOPSIDED = 1e-8


def read_spaces(
    X: Any,
    *,
    metric: str | Callable[..., Any] = "euclidean",
    masses: str = "probability",
    diffusion_time: float = 1.0,
    node_attr: str | None = None,
    edge_attr: str | None = "weight",
    fused: bool = False,
    canonical: bool = False,
    name: str = "X",
) -> list[MetricSpace]:
    r"""Read a collection of metric-measure spaces and check every value.

    Parameters
    ----------
    X : set-like, graph-like, or list of matrices
        What ``metric`` asks for.
    metric : str or callable, default="euclidean"
        - "euclidean", "sqeuclidean", "cityblock", "chebyshev", "cosine": between the
          points of sets, anything `read_sets` takes; or a callable that maps points of
          shapes (n, n_dims) and (m, n_dims) to distances of shape (n, m).
        - "precomputed": X is a list of square matrices, or of tuples (matrix, weights)
          or (matrix, weights, features), where weights may be None.
        - "shortest_path": between the nodes of graphs, anything `read_graphs` takes;
          edge weights are lengths. "hop" counts edges.
        - "diffusion": between the nodes of graphs, how differently heat spreads from
          them, edge weights being conductivities.
    masses : {"probability", "positive"}, default="probability"
        "probability" scales the weights of each space to sum to 1; "positive" keeps
        them as given, 1 a point where there are none. Points of weight zero are left
        out.
    diffusion_time : float, default=1.0
        Time t that heat spreads for; an edge takes about 1.
    node_attr, edge_attr : str or None
        As in `read_graphs`, for networkx graphs.
    fused : bool, default=False
        Whether features are compared, and so must be there, of one width.
    canonical : bool, default=False
        Whether points that coincide become one, and all are brought into an order that
        does not depend on the given one, as by `MetricSpace.canonical`.
    name : str, default="X"
        How messages call the collection.

    Returns
    -------
    list of MetricSpace
        The spaces, float64.

    Raises
    ------
    ValueError
        Naming the space and the fault: not square, not symmetric, negative, NaN or
        infinite, zero mass, weights that do not fit, features that are asked for and
        not there; and as in `read_sets` and `read_graphs`.

    Notes
    -----
    Nodes that no path joins are at the length of the longest path between any others,
    plus that of the longest edge, so that distances stay finite and those of a metric.
    The diffusion distance is that of heat kernels,
    :math:`d_{ij}^2 = H_{ii} + H_{jj} - 2 H_{ij}` for :math:`H = e^{-2 t L}` with the
    normalised Laplacian L, and finite anyway.

    ``8 n_points^2`` bytes for each space; ``O(n_points^2)`` operations, and
    ``O(n_points^3)`` for graphs.

    References
    ----------
    .. [1] Coifman, Lafon, "Diffusion maps", Applied and Computational Harmonic Analysis
       21, 2006. https://doi.org/10.1016/j.acha.2006.04.006

    Examples
    --------
    >>> import numpy as np
    >>> from skot.sets import read_spaces
    >>> read_spaces([np.eye(3), np.zeros((2, 3))])[0].distances.round(3)
    array([[0.   , 1.414, 1.414],
           [1.414, 0.   , 1.414],
           [1.414, 1.414, 0.   ]])
    >>> path = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> read_spaces([(path, None)], metric="shortest_path")[0].distances
    array([[0., 1., 2.],
           [1., 0., 1.],
           [2., 1., 0.]])
    >>> read_spaces([np.zeros((2, 3))], metric="precomputed")
    Traceback (most recent call last):
        ...
    ValueError: X[0] is not a square matrix: it has shape (2, 3)
    """
    X = open_spaces(
        X,
        metric=metric,
        masses=masses,
        node_attr=node_attr,
        edge_attr=edge_attr,
        fused=fused,
        name=name,
    )
    return measure_spaces(
        X,
        metric=metric,
        masses=masses,
        diffusion_time=diffusion_time,
        canonical=canonical,
        name=name,
    )


def open_spaces(
    X: Any,
    *,
    metric: str | Callable[..., Any] = "euclidean",
    masses: str = "probability",
    node_attr: str | None = None,
    edge_attr: str | None = "weight",
    fused: bool = False,
    name: str = "X",
) -> PointSets | GraphSets | list[MetricSpace]:
    """Read what spaces are made of, and check every value, but measure nothing.

    Parameters
    ----------
    X : set-like, graph-like, or list of matrices
        What ``metric`` asks for.
    metric : str or callable, default="euclidean"
        As in `read_spaces`, as all that follow.
    masses : {"probability", "positive"}, default="probability"
        What weights mean.
    node_attr, edge_attr : str or None
        Attributes of networkx graphs.
    fused : bool, default=False
        Whether features must be there.
    name : str, default="X"
        How messages call the collection.

    Returns
    -------
    PointSets, GraphSets or list of MetricSpace
        What `measure_spaces` takes for the metric.

    Raises
    ------
    ValueError
        As in `read_spaces`.
    """
    check_masses(masses)
    kind = _kind(X, metric, name)
    if kind == "matrices":
        return _read_matrices(X, masses, fused, name)
    if kind == "points":
        return read_sets(X, masses=masses, name=name)
    found = read_graphs(X, node_attr=node_attr, edge_attr=edge_attr)
    graphs = cast("GraphSets", found)  # as `_kind` has seen
    nodes = read_sets(graphs.nodes, masses=masses, name=name)
    return with_read_nodes(graphs, nodes, name)


def validate_spaces(
    estimator: Any,
    X: Any,
    *,
    reset: bool,
    metric: str | Callable[..., Any],
    masses: str,
    fused: bool = False,
) -> PointSets | GraphSets | list[MetricSpace]:
    """Read spaces for an estimator: scikit-learn's bookkeeping, and a container.

    Parameters
    ----------
    estimator : estimator
        Whose attributes are set or checked; ``n_features_in_`` is the number of
        features for ``metric="precomputed"``, 0 without.
    X : set-like, graph-like, or list of matrices
        As `read_spaces` takes for the metric.
    reset : bool
        True in ``fit``, False elsewhere.
    metric : str or callable
        As in `read_spaces`.
    masses : {"probability", "positive"}
        As in `read_spaces`.
    fused : bool, default=False
        Whether features are compared, and so must be there.

    Returns
    -------
    PointSets, GraphSets or list of MetricSpace
        What `measure_spaces` takes for the metric.

    Raises
    ------
    ValueError
        As in `read_spaces`; or if there are more or fewer features than in ``fit``.
    """
    kind = _kind(X, metric, "X")
    if kind == "graphs":
        return validate_graphs(estimator, X, reset=reset, masses=masses)
    if kind == "points":
        return validate_sets(estimator, X, reset=reset, masses=masses)
    spaces = _read_matrices(X, masses, fused, "X")
    widths = [_width(space) for space in spaces]
    if reset:
        estimator.n_features_in_, estimator._fitted_on_table = widths[0], False
        vars(estimator).pop("feature_names_in_", None)
    odd = [i for i, w in enumerate(widths) if w != estimator.n_features_in_]
    if odd:
        raise ValueError(
            f"X[{odd[0]}] has {widths[odd[0]]} features, but "
            f"{type(estimator).__name__} is expecting {estimator.n_features_in_}"
        )
    return spaces


def measure_spaces(
    X: PointSets | GraphSets | list[MetricSpace],
    *,
    metric: str | Callable[..., Any],
    masses: str = "probability",
    diffusion_time: float = 1.0,
    features: bool = True,
    canonical: bool = False,
    name: str = "X",
) -> list[MetricSpace]:
    """Measure the distances within what has been read.

    Parameters
    ----------
    X : PointSets, GraphSets or list of MetricSpace
        As `validate_spaces` returns for the metric: nothing is checked again.
    metric : str or callable
        As in `read_spaces`.
    masses : {"probability", "positive"}, default="probability"
        What points without weights have: 1 in all, or 1 each.
    diffusion_time : float, default=1.0
        As in `read_spaces`.
    features : bool, default=True
        Whether spaces keep their features.
    canonical : bool, default=False
        As in `read_spaces`.
    name : str, default="X"
        How messages call the collection.

    Returns
    -------
    list of MetricSpace
        The spaces, float64.

    Raises
    ------
    ValueError
        If there are distances that are NaN or infinite, or not those of a metric; or if
        edges carry several weights.

    Examples
    --------
    >>> from skot.sets import measure_spaces, read_sets
    >>> X = read_sets([[[0.0], [3.0]]])
    >>> measure_spaces(X, metric="euclidean")[0].distances
    array([[0., 3.],
           [3., 0.]])
    """
    if isinstance(X, list):
        spaces = X
    elif isinstance(X, GraphSets):
        spaces = _spaces_of_graphs(X, metric, masses, diffusion_time, name)
    else:
        X = X.canonical(masses=masses) if canonical else X
        spaces = _spaces_of_points(X, metric, masses, name)
    if not features:
        spaces = [replace(space, features=None) for space in spaces]
    return [space.canonical() for space in spaces] if canonical else spaces


def _kind(X: Any, metric: str | Callable[..., Any], name: str) -> str:
    """Say what X must hold for the metric; refuse X where it clearly does not."""
    if isinstance(metric, str) and metric == "precomputed":
        return "matrices"
    if isinstance(metric, str) and metric in GRAPH_METRICS:
        if not holds_graphs(X):
            raise ValueError(
                f"metric={metric!r} is for graphs, but {name} holds none: give "
                "networkx graphs, tuples (adjacency, features) of arrays, where "
                "features may be None, or GraphSets"
            )
        return "graphs"
    if not callable(metric) and metric not in POINT_METRICS:
        known = sorted({*POINT_METRICS, *GRAPH_METRICS, "precomputed"})
        raise ValueError(f"metric must be one of {known} or a callable, got {metric!r}")
    if are_no_points(X):
        raise ValueError(
            f"{name} holds graphs, but metric={metric!r} is for points: take one of "
            f"{sorted(GRAPH_METRICS)}"
        )
    return "points"


def _explicit_weights(sets: Measure | PointSets, masses: str) -> NDArray[np.float64]:
    return given_masses(sets) if masses == "positive" else probabilities(sets)


def _measures(
    sets: PointSets, masses: str
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Points and weights of each set; without weights, of one mass a point."""
    for measure in sets.with_weights(_explicit_weights(sets, masses)):
        yield measure.points.astype(np.float64, copy=False), given_masses(measure)


def _spaces_of_points(
    sets: PointSets, metric: str | Callable[..., Any], masses: str, name: str
) -> list[MetricSpace]:
    spaces = []
    for i, (points, weights) in enumerate(_measures(sets, masses)):
        if callable(metric):
            D = _check_matrix(metric(points, points), f"the metric on {name}[{i}]")
        else:
            D = squareform(pdist(points, metric))
            if not np.isfinite(D).all():  # directions of zero, or squares too large
                raise ValueError(
                    f"{name}[{i}] has {metric} distances that are NaN or infinite"
                )
        flat = points if metric == "euclidean" else None
        spaces.append(MetricSpace(D, weights, points, flat))
    return spaces


# -- matrices ------------------------------------------------------------------------


def _read_matrices(X: Any, masses: str, fused: bool, name: str) -> list[MetricSpace]:
    if hasattr(X, "columns"):
        column = column_of_cells(X)
        X = X.to_numpy() if column is None else column
    if isinstance(X, np.ndarray) and X.dtype == object and X.shape[1:] == (1,):
        X = X[:, 0]
    if isinstance(X, np.ndarray) and X.ndim == 2 and X.dtype != object:
        raise ValueError(
            f"{name} is one matrix, expected a list of distance matrices: pass [{name}]"
        )
    cells = to_list(X)
    if not cells:
        raise ValueError(f"{name} holds 0 spaces; at least 1 is required")
    spaces = [
        _read_matrix(cell, masses, f"{name}[{i}]") for i, cell in enumerate(cells)
    ]
    for i, width in enumerate(map(_width, spaces) if fused else ()):
        if width == 0:
            raise ValueError(
                f"{name}[{i}] has no features, and these are compared: give tuples "
                "(matrix, weights, features)"
            )
        if width != _width(spaces[0]):
            raise ValueError(
                f"{name}[{i}] has {width} features, {name}[0] has {_width(spaces[0])}"
            )
    return spaces


def _width(space: MetricSpace) -> int:
    return 0 if space.features is None else space.features.shape[1]


def _read_matrix(cell: Any, masses: str, name: str) -> MetricSpace:
    weights = features = None
    if isinstance(cell, MetricSpace):
        cell = (cell.distances, cell.weights, cell.features)
    if isinstance(cell, Measure):
        cell = (cell.points, cell.weights)
    if isinstance(cell, tuple) and 2 <= len(cell) <= 3 and np.ndim(cell[0]) == 2:
        cell, weights, features = (*cell, None)[:3]
    D = _check_matrix(cell, name)
    n = len(D)
    if features is not None:
        features = np.asarray(as_floats(features, f"the features of {name}"), float)
        if features.ndim != 2 or len(features) != n:
            raise ValueError(
                f"{name} has {n} points but features of shape {features.shape}"
            )
        if not np.isfinite(features).all():
            raise ValueError(f"the features of {name} contain NaN or infinity")
    if weights is None:
        weights = _explicit_weights(Measure(D), masses)
    else:
        weights = _check_weights(weights, n, masses, name)
    kept = weights > 0
    if not kept.all():
        D, weights = D[np.ix_(kept, kept)], weights[kept]
        features = None if features is None else features[kept]
    return MetricSpace(D, weights, features)


def _check_weights(
    weights: ArrayLike, n: int, masses: str, name: str
) -> NDArray[np.float64]:
    weights = np.asarray(as_floats(weights, f"the weights of {name}"), float)
    if weights.shape != (n,):
        raise ValueError(f"{name} has {n} points but weights of shape {weights.shape}")
    if not np.isfinite(weights).all():
        raise ValueError(f"{name} has a weight that is NaN or infinite")
    if (weights < 0).any():
        raise ValueError(f"{name} has a negative weight")
    if not weights.any():
        raise ValueError(f"{name} has zero mass")
    return weights / weights.sum() if masses == "probability" else weights


def _check_matrix(D: Any, name: str) -> NDArray[np.float64]:
    D = as_floats(D, name)
    if D.ndim != 2 or D.shape[0] != D.shape[1]:
        raise ValueError(f"{name} is not a square matrix: it has shape {D.shape}")
    if len(D) == 0:
        raise ValueError(f"{name} is empty")
    D = D.astype(np.float64, copy=False)
    low, high = D.min(), D.max()
    if np.isnan(low) or np.isinf(high) or np.isinf(low):
        fault = "NaN" if np.isnan(low) else "infinity"
        raise ValueError(f"{name} contains {fault}")
    if low < 0:
        raise ValueError(f"{name} has a negative distance")
    skew = abs(D - D.T).max()
    if skew > LOPSIDED * high:
        raise ValueError(f"{name} is not symmetric: entries differ by up to {skew:.3g}")
    even: NDArray[np.float64] = D if skew == 0 else (D + D.T) / 2
    return even


# -- graphs --------------------------------------------------------------------------


def _spaces_of_graphs(
    graphs: GraphSets,
    metric: Any,
    masses: str,
    time: float,
    name: str,
) -> list[MetricSpace]:
    if not 0 < time < np.inf:
        raise ValueError(f"diffusion_time must be positive, got {time!r}")
    if graphs.n_channels > 1:
        raise ValueError(
            f"edges of {name} carry {graphs.n_channels} weights; distances take one: "
            "choose it, or set edge_attr=None"
        )
    spaces = []
    for graph, (features, weights) in zip(
        graphs, _measures(graphs.nodes, masses), strict=True
    ):
        n = len(weights)
        lengths = graph.edge_weights
        lengths = np.ones(len(graph.edges)) if lengths is None else lengths.ravel()
        adjacency = coo_array((lengths.astype(float), graph.edges.T), shape=(n, n))
        D = GRAPH_METRICS[metric](adjacency, time)
        spaces.append(MetricSpace(D, weights, features))
    return spaces


def _shortest_paths(
    adjacency: Any, time: float, hops: bool = False
) -> NDArray[np.float64]:
    # in a dense array first, where of two edges between the same nodes the shorter
    # counts; then in a sparse one, where an edge of length zero is one
    n = adjacency.shape[0]
    lengths = np.full((n, n), np.inf)
    values = np.ones(adjacency.nnz) if hops else adjacency.data
    np.minimum.at(lengths, adjacency.coords, values)
    np.fill_diagonal(lengths, 0.0)
    lengths = np.minimum(lengths, lengths.T)
    edges = np.nonzero(np.isfinite(lengths))
    D: NDArray[np.float64]
    D = shortest_path(csr_array((lengths[edges], edges), shape=(n, n)), method="D")
    apart = np.isinf(D)
    if apart.any():
        edge = values.max(initial=0.0) or 1.0
        D[apart] = D[~apart].max() + edge
    return D


def _hops(adjacency: Any, time: float) -> NDArray[np.float64]:
    return _shortest_paths(adjacency, time, hops=True)


def _diffusion(adjacency: Any, time: float) -> NDArray[np.float64]:
    A = adjacency.toarray()
    degree = A.sum(axis=1)
    scale = np.where(degree > 0, 1 / np.sqrt(np.where(degree > 0, degree, 1.0)), 0.0)
    laplacian = np.diag((degree > 0).astype(float)) - scale[:, None] * A * scale
    eigenvalues, vectors = np.linalg.eigh((laplacian + laplacian.T) / 2)
    heat = vectors * np.exp(-time * eigenvalues)
    D: NDArray[np.float64] = squareform(pdist(heat))
    return D


GRAPH_METRICS = {
    "shortest_path": _shortest_paths,
    "hop": _hops,
    "diffusion": _diffusion,
}
