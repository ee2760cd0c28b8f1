# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Generators of sets and graphs, with known answers where there is one."""

from typing import Any

import numpy as np
from scipy.linalg import inv, qr, sqrtm
from scipy.spatial.distance import pdist, squareform

from .._random import RandomState, check_random_state
from ..sets import GraphSets, PointSets


def make_point_clouds(
    n_sets: int = 100,
    *,
    n_points: Any = (50, 150),
    n_dims: int = 2,
    n_classes: int = 4,
    noise: float = 0.1,
    weighted: bool = False,
    random_state: RandomState = None,
) -> tuple[PointSets, np.ndarray]:
    """Generate clouds around closed curves, a curve for each class.

    All curves have the same mean and the same covariance: averages over a cloud tell
    little of its class, its shape does. Every cloud follows a deformed copy of the
    curve of its class.

    Parameters
    ----------
    n_sets : int, default=100
        Number of clouds.
    n_points : int or tuple (low, high), default=(50, 150)
        Number of points of a cloud, or the range it is drawn from, ends included.
    n_dims : int, default=2
        Dimension of the points.
    n_classes : int, default=4
        Number of classes, of equal size up to one cloud. The curves are always the
        same, so that several calls draw from one problem.
    noise : float, default=0.1
        Size of the deformation of the curve, and standard deviation of points around
        it, both in units of the standard deviation of the points.
    weighted : bool, default=False
        Whether points carry weights. They are then drawn more densely on one side of
        the curve, another for each cloud, and weights make up for it: clouds of a
        class only look alike with their weights.
    random_state : int, RandomState, Generator or None, default=None
        Source of randomness.

    Returns
    -------
    X : PointSets of shape (n_sets, n_dims)
        The clouds.
    y : ndarray of int of shape (n_sets,)
        Their classes, from 0, in random order.

    See Also
    --------
    make_weighted_clouds : Two classes that only weights tell apart.
    make_gaussian_clouds : Clouds of which all distances are known.

    Examples
    --------
    >>> from skot.datasets import make_point_clouds
    >>> X, y = make_point_clouds(6, n_points=(10, 20), n_classes=2, random_state=0)
    >>> X
    PointSets(6 sets of 12 to 18 points in R^2)
    >>> y
    array([1, 0, 1, 1, 0, 0])
    """
    rng = check_random_state(random_state)
    y = _balanced(n_sets, n_classes, rng)
    sizes = _draw_sizes(n_points, n_sets, rng)
    curves = np.stack([_curve(k, n_dims) for k in range(n_classes)])
    points, weights = [], []
    for label, size in zip(y, sizes, strict=True):
        curve = curves[label]
        curve = curve + noise * abs(curve) * rng.standard_normal(curve.shape)
        t = rng.uniform(size=size)
        if weighted:
            t, weight = _tilt(t, rng.uniform())
            weights.append(weight)
        points.append(
            _harmonics(t, len(curve)) @ curve + noise * rng.normal(size=(size, n_dims))
        )
    return PointSets.from_list(points, weights if weighted else None), y


def make_translated_clouds(
    n_sets: int = 20,
    *,
    n_points: int = 50,
    n_dims: int = 2,
    scale: float = 1.0,
    random_state: RandomState = None,
) -> tuple[PointSets, np.ndarray]:
    """Generate translates of one cloud, with their exact distances.

    The 2-Wasserstein distance between two of them is the length of the translation,
    and so is their distance in a linear optimal transport embedding.

    Parameters
    ----------
    n_sets : int, default=20
        Number of clouds.
    n_points : int, default=50
        Number of points of each cloud.
    n_dims : int, default=2
        Dimension of the points.
    scale : float, default=1.0
        Standard deviation of the translations; that of the cloud is 1.
    random_state : int, RandomState, Generator or None, default=None
        Source of randomness.

    Returns
    -------
    X : PointSets of shape (n_sets, n_dims)
        The clouds, points in random order.
    distances : ndarray of shape (n_sets, n_sets)
        Their 2-Wasserstein distances.

    See Also
    --------
    make_gaussian_clouds : Clouds that differ in shape too.

    Examples
    --------
    >>> from skot.datasets import make_translated_clouds
    >>> X, distances = make_translated_clouds(3, n_points=5, random_state=0)
    >>> (X[1].points.mean(axis=0) - X[0].points.mean(axis=0)).round(4)
    array([ 0.617 , -1.3326])
    >>> distances[0, 1].round(4)
    np.float64(1.4685)
    """
    rng = check_random_state(random_state)
    base = rng.normal(size=(n_points, n_dims))
    shifts = scale * rng.normal(size=(n_sets, n_dims))
    clouds = [rng.permutation(base) + shift for shift in shifts]
    return PointSets.from_list(clouds), squareform(pdist(shifts))


def make_gaussian_clouds(
    n_sets: int = 20,
    *,
    n_points: int = 50,
    n_dims: int = 2,
    scale: float = 1.0,
    random_state: RandomState = None,
) -> tuple[PointSets, np.ndarray]:
    r"""Generate clouds whose distances are those of Gaussians, exactly.

    One cloud of mean 0 and identity covariance is stretched along common axes, by
    other factors for each set, and moved. The map from one set to another is then the
    gradient of a convex function, so it is optimal, and the 2-Wasserstein distance of
    the finite sets is the Bures distance of Gaussians with their means and
    covariances, with no sampling error:

    .. math:: W_2^2 = \|m_1 - m_2\|^2 + \|\Sigma_1^{1/2} - \Sigma_2^{1/2}\|_F^2.

    Parameters
    ----------
    n_sets : int, default=20
        Number of clouds.
    n_points : int, default=50
        Number of points of each cloud, more than ``n_dims``.
    n_dims : int, default=2
        Dimension of the points.
    scale : float, default=1.0
        Standard deviation of the means. Stretches lie between 0.5 and 2.
    random_state : int, RandomState, Generator or None, default=None
        Source of randomness.

    Returns
    -------
    X : PointSets of shape (n_sets, n_dims)
        The clouds, points in random order.
    distances : ndarray of shape (n_sets, n_sets)
        Their 2-Wasserstein distances.

    Raises
    ------
    ValueError
        If there are not more points than dimensions.

    See Also
    --------
    make_translated_clouds : Clouds of one shape.

    Examples
    --------
    >>> import numpy as np
    >>> from skot.datasets import make_gaussian_clouds
    >>> X, distances = make_gaussian_clouds(2, n_points=9, n_dims=1, random_state=0)
    >>> a, b = (np.sort(cloud.points, axis=0) for cloud in X)
    >>> bool(np.isclose(np.sqrt(((a - b) ** 2).mean()), distances[0, 1]))
    True
    """
    if n_points <= n_dims:
        raise ValueError(
            f"n_points must exceed n_dims for an identity covariance, got {n_points} "
            f"points in {n_dims} dimensions"
        )
    rng = check_random_state(random_state)
    base = rng.normal(size=(n_points, n_dims))
    base -= base.mean(axis=0)
    base = base @ inv(sqrtm(base.T @ base / n_points))
    axes = qr(rng.normal(size=(n_dims, n_dims)))[0]
    stretches = np.exp2(rng.uniform(-1, 1, size=(n_sets, n_dims)))
    means = scale * rng.normal(size=(n_sets, n_dims))
    clouds = [
        rng.permutation(base) @ (axes * stretch) @ axes.T + mean
        for stretch, mean in zip(stretches, means, strict=True)
    ]
    distances = squareform(pdist(np.hstack([means, stretches])))
    return PointSets.from_list(clouds), distances


def make_weighted_clouds(
    n_sets: int = 100,
    *,
    n_points: Any = (20, 40),
    n_dims: int = 2,
    contrast: float = 1.0,
    random_state: RandomState = None,
) -> tuple[PointSets, np.ndarray]:
    """Generate two classes of clouds that only the weights of points tell apart.

    Points are standard normal in both classes. In class 1 they weigh more the further
    they lie along the first coordinate, in class 0 the other way round. Whoever loses
    the weights on the way is left with chance.

    Parameters
    ----------
    n_sets : int, default=100
        Number of clouds.
    n_points : int or tuple (low, high), default=(20, 40)
        Number of points of a cloud, or the range it is drawn from, ends included.
    n_dims : int, default=2
        Dimension of the points.
    contrast : float, default=1.0
        How strongly weights depend on the first coordinate: the weight of a point x is
        ``exp(contrast * x[0])`` in class 1, up to a random factor. 0 makes the classes
        equal.
    random_state : int, RandomState, Generator or None, default=None
        Source of randomness.

    Returns
    -------
    X : PointSets of shape (n_sets, n_dims)
        The clouds; the weights of each sum to 1.
    y : ndarray of int of shape (n_sets,)
        Their classes, 0 and 1, in random order.

    See Also
    --------
    make_point_clouds : Classes that differ in shape.

    Examples
    --------
    >>> from skot.datasets import make_weighted_clouds
    >>> X, y = make_weighted_clouds(4, random_state=0)
    >>> y
    array([0, 1, 1, 0])
    >>> [float((m.weights @ m.points)[0].round(2)) for m in X]
    [-0.61, 1.12, 0.84, -0.71]
    """
    rng = check_random_state(random_state)
    y = _balanced(n_sets, 2, rng)
    sizes = _draw_sizes(n_points, n_sets, rng)
    points = rng.normal(size=(sizes.sum(), n_dims))
    slopes = np.repeat(contrast * (2 * y - 1), sizes)
    factors = rng.uniform(0.5, 1.5, size=len(points))
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    sets = PointSets(points, offsets, factors * np.exp(slopes * points[:, 0]))
    return sets.normalized(), y


def make_graphs(
    n_graphs: int = 200,
    *,
    n_nodes: Any = (10, 28),
    n_labels: int = 3,
    noise: float = 0.3,
    random_state: RandomState = None,
) -> tuple[GraphSets, np.ndarray]:
    """Generate two classes of labelled graphs that no average tells apart.

    A graph is a ring with random chords, one at each node, so that every node has three
    neighbours. Labels are equally frequent in every graph, up to one node. In class 0
    they are scattered at random, in class 1 nodes of one label keep together on the
    ring. As the graphs are regular, diffusion along edges does not change the mean of
    the labels over a graph: it is the same in both classes after any number of layers.
    What differs is how diffused labels are distributed over the nodes.

    Parameters
    ----------
    n_graphs : int, default=200
        Number of graphs.
    n_nodes : int or tuple (low, high), default=(10, 28)
        Number of nodes of a graph, or the range it is drawn from, ends included; at
        least 4. Odd numbers are rounded up.
    n_labels : int, default=3
        Number of labels.
    noise : float, default=0.3
        Probability that a node of class 1 has its label scattered too. 1 makes the
        classes equal.
    random_state : int, RandomState, Generator or None, default=None
        Source of randomness.

    Returns
    -------
    X : GraphSets of shape (n_graphs, n_labels)
        The graphs; labels are one-hot features of the nodes.
    y : ndarray of int of shape (n_graphs,)
        Their classes, 0 and 1, in random order.

    Raises
    ------
    ValueError
        If a graph would have fewer than 4 nodes.

    See Also
    --------
    fetch_tu_graphs : Real graphs, downloaded.

    Examples
    --------
    >>> from skot.datasets import make_graphs
    >>> X, y = make_graphs(4, random_state=0)
    >>> X
    GraphSets(4 graphs of 14 to 20 nodes in R^3, 198 directed edges)
    >>> y
    array([0, 1, 1, 0])
    """
    rng = check_random_state(random_state)
    y = _balanced(n_graphs, 2, rng)
    sizes = _draw_sizes(n_nodes, n_graphs, rng, least=4)
    sizes += sizes % 2
    edges, labels = [], []
    for size, scatter in zip(sizes, np.array([1.0, noise])[y], strict=True):
        node = np.arange(size)
        ring = np.column_stack([node, np.roll(node, -1)])
        edges.append(np.concatenate([ring, _chords(size, rng)]))
        label = rng.permutation(n_labels)[node * n_labels // size]
        scattered = np.flatnonzero(rng.uniform(size=size) < scatter)
        label[scattered] = label[rng.permutation(scattered)]
        labels.append(label)
    starts = np.repeat(np.cumsum(sizes) - sizes, [len(e) for e in edges])
    edges = np.concatenate(edges) + starts[:, None]
    graphs = GraphSets.from_edges(
        np.concatenate([edges, edges[:, ::-1]]),
        np.repeat(np.arange(n_graphs), sizes),
        np.eye(n_labels)[np.concatenate(labels)],
    )
    return graphs, y


def _chords(size, rng):
    """Pair the nodes of a ring at random, neighbours excepted."""
    while True:  # about one draw in three has no neighbours in it
        pairs = rng.permutation(size).reshape(-1, 2)
        gap = abs(pairs[:, 0] - pairs[:, 1])
        if ((gap > 1) & (gap < size - 1)).all():
            return pairs


def _balanced(n_sets, n_classes, rng):
    return rng.permutation(np.arange(n_sets) % n_classes)


def _draw_sizes(bounds, n_sets, rng, least=1):
    low, high = (bounds, bounds) if np.isscalar(bounds) else bounds
    if not least <= low <= high:
        raise ValueError(
            f"sizes must be at least {least}, the lower end first: got {bounds}"
        )
    return rng.randint(low, high + 1, size=n_sets)


def _harmonics(t, n_harmonics):
    """Sines and cosines (len(t), n_harmonics) of rising frequency, of variance 1/2."""
    angle = 2 * np.pi * np.multiply.outer(t, np.arange(n_harmonics) // 2 + 1)
    return np.where(np.arange(n_harmonics) % 2, np.sin(angle), np.cos(angle))


def _curve(label, n_dims):
    """Coefficients (n_harmonics, n_dims) of a closed curve, of mean 0, covariance I."""
    n_harmonics = 2 * (n_dims // 2 + 2)
    rng = np.random.RandomState(label)
    curve = rng.normal(size=(n_harmonics, n_dims))
    # smooth: high frequencies are rare
    curve /= (np.arange(n_harmonics)[:, None] // 2 + 1) ** 1.5
    return curve @ inv(sqrtm(curve.T @ curve / 2))


def _tilt(t, side):
    """Crowd uniform t in [0, 1) about one side; return also the weights undoing it."""
    grid = np.linspace(0, 1, 1000)
    t = np.interp(t, grid + 0.8 / (2 * np.pi) * np.sin(2 * np.pi * grid), grid)
    return t + side, 1 / (1 + 0.8 * np.cos(2 * np.pi * t))
