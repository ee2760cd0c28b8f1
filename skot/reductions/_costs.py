# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Ground costs: each knows its NumPy block and, where it has one, its KeOps formula."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

# Dimension past which inner products by BLAS beat scipy's loops over differences.
GEMM_DIMENSION = 24


@dataclass(frozen=True)
class Cost:
    """A ground cost between points.

    Parameters
    ----------
    name : str
        Name, which is also the name of the compiled formula.
    block : callable
        Maps points ``(n, d)`` and ``(m, d)`` to costs ``(n, m)``: the definition.
    lazy : callable or None, default=None
        Maps two KeOps ``LazyTensor`` to their symbolic cost; None where only NumPy
        can evaluate the cost.
    prepare : callable or None, default=None
        Map of the points ``(n, d)`` applied before `lazy`.
    """

    name: str
    block: Callable
    lazy: Callable | None = None
    prepare: Callable | None = None


# A name, a cost, or a function of two arrays of points.
CostLike = str | Cost | Callable[[np.ndarray, np.ndarray], np.ndarray]


def _cdist(x, y, metric, **arguments):
    # scipy.spatial is slow to import
    from scipy.spatial.distance import cdist

    return cdist(x, y, metric, **arguments)


def _sqeuclidean(x, y):
    if x.shape[1] < GEMM_DIMENSION:
        return _cdist(x, y, "sqeuclidean")
    # centred, so that clouds far from the origin lose no digits
    centre = y.mean(axis=0)
    x, y = x - centre, y - centre
    C = x @ y.T
    C *= -2.0
    C += np.einsum("ij,ij->i", x, x)[:, None]
    C += np.einsum("ij,ij->i", y, y)
    return np.maximum(C, 0.0, out=C)


def _euclidean(x, y):
    return np.sqrt(_sqeuclidean(x, y))


def _normalize(x):
    """Scale rows to unit length; zero rows stay, at distance 1 from everything."""
    norms = np.sqrt(np.einsum("ij,ij->i", x, x))
    return x / np.where(norms > 0, norms, 1.0)[:, None]


def _cosine(x, y):
    return 1.0 - _normalize(x) @ _normalize(y).T


def minkowski(p: float) -> Cost:
    """Cost ``(sum |x_k - y_k|^p)^(1/p)``.

    Parameters
    ----------
    p : float
        Order of the norm, at least 1; ``numpy.inf`` for the largest difference.

    Returns
    -------
    Cost
        For the argument ``cost`` of the reductions.

    Examples
    --------
    >>> from skot.reductions import cost_block, minkowski
    >>> cost_block([[0.0, 0.0]], [[3.0, 4.0]], cost=minkowski(1))
    array([[7.]])
    """
    if not p >= 1:
        raise ValueError(f"p must be at least 1, got {p!r}")
    if p == 1:
        return COSTS["cityblock"]
    if p == 2:
        return COSTS["euclidean"]
    if p == np.inf:
        return COSTS["chebyshev"]

    def lazy(x, y):
        # as parameters: KeOps rounds a number in a formula to single precision
        power, root = (type(x)(np.array([v], dtype=x.dtype)) for v in (p, 1.0 / p))
        powers = ((x - y).abs().log() * power).exp()
        return (powers.sum(-1).log() * root).exp()

    return Cost("minkowski", partial(_cdist, metric="minkowski", p=p), lazy)


COSTS = {
    "sqeuclidean": Cost("sqeuclidean", _sqeuclidean, lambda x, y: x.sqdist(y)),
    "euclidean": Cost("euclidean", _euclidean, lambda x, y: x.sqdist(y).sqrt()),
    "cityblock": Cost(
        "cityblock",
        partial(_cdist, metric="cityblock"),
        lambda x, y: (x - y).abs().sum(-1),
    ),
    "chebyshev": Cost(
        "chebyshev",
        partial(_cdist, metric="chebyshev"),
        lambda x, y: (x - y).abs().max(-1),
    ),
    "cosine": Cost("cosine", _cosine, lambda x, y: 1.0 - (x | y), _normalize),
}
"""Costs by name: ``"sqeuclidean"`` is ``|x - y|^2``, ``"euclidean"`` its root."""


def read_cost(cost: CostLike) -> Cost | None:
    """Find a cost by its name, or take a callable for one.

    Parameters
    ----------
    cost : str, Cost or callable
        A name in ``COSTS``, ``"precomputed"``, a `Cost`, or a function that maps
        points ``(n, d)`` and ``(m, d)`` to costs ``(n, m)``.

    Returns
    -------
    Cost or None
        None for ``"precomputed"``.

    Raises
    ------
    ValueError
        If there is no cost of that name.
    """
    if isinstance(cost, Cost):
        return cost
    if callable(cost):
        return Cost(getattr(cost, "__name__", "callable"), cost)
    if cost == "precomputed":
        return None
    if cost not in COSTS:
        names = ", ".join(map(repr, [*COSTS, "precomputed"]))
        raise ValueError(f"cost must be one of {names} or a callable, got {cost!r}")
    return COSTS[cost]
