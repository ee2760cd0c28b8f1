# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The reductions: one signature each, in NumPy and KeOps."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ._backend import evaluate
from ._costs import CostLike
from ._pairs import read_pairs
from ._ranges import Ranges


def cost_block(
    x: ArrayLike, y: ArrayLike | None = None, *, cost: CostLike = "sqeuclidean"
) -> np.ndarray:
    """Compute the dense matrix of costs between points.

    Parameters
    ----------
    x : array-like of shape (n, d)
        Points, or the matrix itself with ``cost="precomputed"``.
    y : array-like of shape (m, d), default=None
        Points; x where None.
    cost : str, Cost or callable, default="sqeuclidean"
        A name in ``COSTS``, a `Cost`, or a function of two arrays of points.

    Returns
    -------
    ndarray of shape (n, m)
        Costs, in float64.

    Notes
    -----
    O(n m d) operations and O(n m) memory. In dimension 24 and above squared distances
    are inner products of centred points, with an error of about ``1e-16`` times the
    squared diameter.
    """
    pairs = read_pairs(x, y, cost, None)
    return pairs.costs(slice(None), slice(None))


def logsumexp(
    x: ArrayLike,
    y: ArrayLike | None,
    h: ArrayLike,
    eps: float,
    *,
    cost: CostLike = "sqeuclidean",
    ranges: Ranges | None = None,
    backend: str = "auto",
    n_calls: int = 1,
) -> np.ndarray:
    """Reduce each row to ``log sum_j exp(h_j - C(x_i, y_j) / eps)``.

    Parameters
    ----------
    x : array-like of shape (n, d)
        Points, or a matrix of costs ``(n, m)`` with ``cost="precomputed"``.
    y : array-like of shape (m, d) or None
        Points; x where None.
    h : array-like of shape (m,)
        Exponents of the columns; ``-inf`` leaves a column out.
    eps : float
        Temperature, in the unit of the cost.
    cost : str, Cost or callable, default="sqeuclidean"
        A name in ``COSTS``, ``"precomputed"``, a `Cost`, or a function of two arrays
        of points (NumPy only).
    ranges : Ranges or None, default=None
        Pattern of the pairs that count, as of `batch_ranges`; all of them where None.
    backend : {"auto", "numpy", "keops"}, default="auto"
        Who does the work; see `choose_backend`.
    n_calls : int, default=1
        Number of such calls to expect: compiling pays where it is large.

    Returns
    -------
    ndarray of shape (n,)
        In float32 where x and y are, in float64 else; ``-inf`` for a row without
        columns.

    Notes
    -----
    O(n m d) operations. Memory is O(n + m) beside the points with KeOps, and a block
    of at most ``working_memory`` (of ``sklearn.set_config``) with NumPy.

    References
    ----------
    .. [1] Charlier, Feydy, Glaunès, Collin, Durif, "Kernel operations on the GPU, with
       autodiff, without memory overflows", JMLR 22(74), 2021.
       https://jmlr.org/papers/v22/20-275.html
    """
    pairs = read_pairs(x, y, cost, ranges)
    h = _per_column(h, pairs, "h")
    eps = _temperature(eps)
    out = evaluate(pairs, backend, "logsumexp", 1, h, eps, n_calls=n_calls)
    return out.astype(pairs.dtype, copy=False)


def softmin(
    x: ArrayLike,
    y: ArrayLike | None,
    h: ArrayLike,
    eps: float,
    *,
    cost: CostLike = "sqeuclidean",
    ranges: Ranges | None = None,
    backend: str = "auto",
    n_calls: int = 1,
) -> np.ndarray:
    """Reduce each row to ``-eps log sum_j exp(h_j - C(x_i, y_j) / eps)``.

    Parameters
    ----------
    x : array-like of shape (n, d)
        Points, or a matrix of costs ``(n, m)`` with ``cost="precomputed"``.
    y : array-like of shape (m, d) or None
        Points; x where None.
    h : array-like of shape (m,)
        Exponents of the columns, such as ``log(b) + g / eps``.
    eps : float
        Temperature, in the unit of the cost.
    cost : str, Cost or callable, default="sqeuclidean"
        As in `logsumexp`.
    ranges : Ranges or None, default=None
        As in `logsumexp`.
    backend : {"auto", "numpy", "keops"}, default="auto"
        As in `logsumexp`.
    n_calls : int, default=1
        As in `logsumexp`.

    Returns
    -------
    ndarray of shape (n,)
        The soft minimum; ``inf`` for a row without columns.

    Notes
    -----
    Half a sweep of Sinkhorn's algorithm in the log domain. Costs are those of
    `logsumexp`.

    Examples
    --------
    >>> import numpy as np
    >>> from skot.reductions import softmin
    >>> softmin([[0.0], [1.0]], [[0.0], [3.0]], np.log([0.5, 0.5]), 0.01).round(3)
    array([0.007, 1.007])
    """
    out = logsumexp(
        x, y, h, eps, cost=cost, ranges=ranges, backend=backend, n_calls=n_calls
    )
    out *= -eps
    return out


def weighted_sum(
    x: ArrayLike,
    y: ArrayLike | None,
    h: ArrayLike,
    eps: float,
    v: Any,
    *,
    cost: CostLike = "sqeuclidean",
    ranges: Ranges | None = None,
    backend: str = "auto",
    n_calls: int = 1,
) -> np.ndarray:
    """Average v over the columns under the weights ``exp(h_j - C(x_i, y_j) / eps)``.

    Parameters
    ----------
    x : array-like of shape (n, d)
        Points, or a matrix of costs ``(n, m)`` with ``cost="precomputed"``.
    y : array-like of shape (m, d) or None
        Points; x where None.
    h : array-like of shape (m,)
        Exponents of the columns.
    eps : float
        Temperature, in the unit of the cost.
    v : array-like of shape (m,) or (m, k)
        Values to average; y itself gives the barycentric projection.
    cost : str, Cost or callable, default="sqeuclidean"
        As in `logsumexp`.
    ranges : Ranges or None, default=None
        As in `logsumexp`.
    backend : {"auto", "numpy", "keops"}, default="auto"
        As in `logsumexp`.
    n_calls : int, default=1
        As in `logsumexp`.

    Returns
    -------
    ndarray of shape (n,) or (n, k)
        Weighted means; nan for a row without columns.

    Notes
    -----
    Weights are normalised row by row in the log domain, so that no temperature over-
    or underflows. O(n m (d + k)) operations; memory as in `logsumexp`.

    Examples
    --------
    >>> import numpy as np
    >>> from skot.reductions import weighted_sum
    >>> weighted_sum([[0.0]], [[-1.0], [1.0]], np.zeros(2), 1.0, [2.0, 4.0])
    array([3.])
    """
    pairs = read_pairs(x, y, cost, ranges)
    h, eps = _per_column(h, pairs, "h"), _temperature(eps)
    v, flat = _values(v, pairs)
    width = v.shape[1]
    out = evaluate(pairs, backend, "weighted_sum", width, h, eps, v, n_calls=n_calls)
    out = out.astype(pairs.dtype, copy=False)
    return out[:, 0] if flat else out


def kernel_matvec(
    x: ArrayLike,
    y: ArrayLike | None,
    v: Any,
    eps: float,
    *,
    cost: CostLike = "sqeuclidean",
    ranges: Ranges | None = None,
    backend: str = "auto",
    n_calls: int = 1,
) -> np.ndarray:
    """Reduce each row to ``sum_j exp(-C(x_i, y_j) / eps) v_j``.

    Parameters
    ----------
    x : array-like of shape (n, d)
        Points, or a matrix of costs ``(n, m)`` with ``cost="precomputed"``.
    y : array-like of shape (m, d) or None
        Points; x where None.
    v : array-like of shape (m,) or (m, k)
        Values to sum.
    eps : float
        Temperature, in the unit of the cost.
    cost : str, Cost or callable, default="sqeuclidean"
        As in `logsumexp`.
    ranges : Ranges or None, default=None
        As in `logsumexp`.
    backend : {"auto", "numpy", "keops"}, default="auto"
        As in `logsumexp`.
    n_calls : int, default=1
        As in `logsumexp`.

    Returns
    -------
    ndarray of shape (n,) or (n, k)
        Sums; zero for a row without columns.

    Notes
    -----
    O(n m (d + k)) operations; memory as in `logsumexp`.

    Examples
    --------
    >>> from skot.reductions import kernel_matvec
    >>> kernel_matvec([[0.0], [1.0]], None, [1.0, 1.0], 1.0).round(3)
    array([1.368, 1.368])
    """
    pairs = read_pairs(x, y, cost, ranges)
    v, flat = _values(v, pairs)
    eps, width = _temperature(eps), v.shape[1]
    out = evaluate(pairs, backend, "kernel_matvec", width, v, eps, n_calls=n_calls)
    out = out.astype(pairs.dtype, copy=False)
    return out[:, 0] if flat else out


def min_cost(
    x: ArrayLike,
    y: ArrayLike | None = None,
    h: ArrayLike | None = None,
    *,
    cost: CostLike = "sqeuclidean",
    ranges: Ranges | None = None,
    backend: str = "auto",
    n_calls: int = 1,
) -> np.ndarray:
    """Reduce each row to ``min_j C(x_i, y_j) - h_j``, the c-transform of h.

    Parameters
    ----------
    x : array-like of shape (n, d)
        Points, or a matrix of costs ``(n, m)`` with ``cost="precomputed"``.
    y : array-like of shape (m, d), default=None
        Points; x where None.
    h : array-like of shape (m,), default=None
        A potential on y; zero where None.
    cost : str, Cost or callable, default="sqeuclidean"
        As in `logsumexp`.
    ranges : Ranges or None, default=None
        As in `logsumexp`.
    backend : {"auto", "numpy", "keops"}, default="auto"
        As in `logsumexp`.
    n_calls : int, default=1
        As in `logsumexp`.

    Returns
    -------
    ndarray of shape (n,)
        The minima; ``inf`` for a row without columns.

    Notes
    -----
    O(n m d) operations; memory as in `logsumexp`.

    Examples
    --------
    >>> from skot.reductions import min_cost
    >>> min_cost([[0.0], [1.0]], [[0.0], [3.0]], [0.0, 4.0])
    array([0., 0.])
    """
    pairs = read_pairs(x, y, cost, ranges)
    h = _per_column(h, pairs, "h")
    out = evaluate(pairs, backend, "min_cost", 1, h, n_calls=n_calls)
    return out.astype(pairs.dtype, copy=False)


def argmin(
    x: ArrayLike,
    y: ArrayLike | None = None,
    h: ArrayLike | None = None,
    *,
    cost: CostLike = "sqeuclidean",
    ranges: Ranges | None = None,
    backend: str = "auto",
    n_calls: int = 1,
) -> np.ndarray:
    """Find for each row the column of least ``C(x_i, y_j) - h_j``.

    Parameters
    ----------
    x : array-like of shape (n, d)
        Points, or a matrix of costs ``(n, m)`` with ``cost="precomputed"``.
    y : array-like of shape (m, d), default=None
        Points; x where None.
    h : array-like of shape (m,), default=None
        A potential on y; zero where None.
    cost : str, Cost or callable, default="sqeuclidean"
        As in `logsumexp`.
    ranges : Ranges or None, default=None
        As in `logsumexp`.
    backend : {"auto", "numpy", "keops"}, default="auto"
        As in `logsumexp`.
    n_calls : int, default=1
        As in `logsumexp`.

    Returns
    -------
    ndarray of int of shape (n,)
        Columns, the first among equals; -1 for a row without columns.

    Notes
    -----
    O(n m d) operations; memory as in `logsumexp`.

    Examples
    --------
    >>> from skot.reductions import argmin
    >>> argmin([[0.0], [2.5]], [[0.0], [3.0]])
    array([0, 1])
    """
    indices, _ = argkmin(
        x, y, 1, h, cost=cost, ranges=ranges, backend=backend, n_calls=n_calls
    )
    return indices[:, 0]


def argkmin(
    x: ArrayLike,
    y: ArrayLike | None,
    k: int,
    h: ArrayLike | None = None,
    *,
    cost: CostLike = "sqeuclidean",
    ranges: Ranges | None = None,
    backend: str = "auto",
    n_calls: int = 1,
) -> tuple[np.ndarray, np.ndarray]:
    """Find for each row the k columns of least ``C(x_i, y_j) - h_j``.

    Parameters
    ----------
    x : array-like of shape (n, d)
        Points, or a matrix of costs ``(n, m)`` with ``cost="precomputed"``.
    y : array-like of shape (m, d) or None
        Points; x where None.
    k : int
        Number of columns to find.
    h : array-like of shape (m,), default=None
        A potential on y; zero where None.
    cost : str, Cost or callable, default="sqeuclidean"
        As in `logsumexp`.
    ranges : Ranges or None, default=None
        As in `logsumexp`.
    backend : {"auto", "numpy", "keops"}, default="auto"
        As in `logsumexp`.
    n_calls : int, default=1
        As in `logsumexp`.

    Returns
    -------
    indices : ndarray of int of shape (n, k)
        Columns, the least cost first; -1 past the last column there is.
    values : ndarray of shape (n, k)
        Their values; ``inf`` past the last column there is.

    Notes
    -----
    O(n m (d + k)) operations; memory as in `logsumexp`.

    Examples
    --------
    >>> from skot.reductions import argkmin
    >>> indices, values = argkmin([[0.0]], [[3.0], [1.0], [-2.0]], 2)
    >>> indices, values
    (array([[1, 2]]), array([[1., 4.]]))
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, got {k!r}")
    pairs = read_pairs(x, y, cost, ranges)
    h = _per_column(h, pairs, "h")
    indices, values = evaluate(pairs, backend, "argkmin", k, h, k, n_calls=n_calls)
    return indices, values.astype(pairs.dtype, copy=False)


def _temperature(eps):
    eps = float(eps)
    if not eps > 0:
        raise ValueError(f"eps must be positive, got {eps!r}")
    return eps


def _per_column(h, pairs, name):
    m = pairs.shape[1]
    if h is None:
        return np.zeros(m)
    h = np.asarray(h, dtype=np.float64)
    if h.shape != (m,):
        raise ValueError(f"{name} must have shape ({m},), got {h.shape}")
    return h


def _values(v, pairs):
    v = np.asarray(v, dtype=np.float64)
    m = pairs.shape[1]
    if v.ndim not in (1, 2) or len(v) != m:
        raise ValueError(f"v must have shape ({m},) or ({m}, k), got {v.shape}")
    return (v[:, None], True) if v.ndim == 1 else (v, False)
