# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Columns of linear Gromov embeddings: written, read, cut, and named."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_array

from ..references import SeenSpaces
from ..sets import MetricSpace


def to_columns(
    seen: SeenSpaces, reference: MetricSpace, *, alpha: float, lam: float | None = None
) -> np.ndarray:
    """Columns whose Euclidean distance is the discrepancy, or comes close to it.

    Parameters
    ----------
    seen : SeenSpaces
        Spaces seen from the reference.
    reference : MetricSpace
        The reference.
    alpha : float
        Share of the structure.
    lam : float or None, default=None
        Price of unmatched mass; None where all mass is matched.

    Returns
    -------
    ndarray of shape (n_spaces, n_columns)
        Structure, features where there are some, and retained mass where it varies.
    """
    first, second = np.triu_indices(len(reference), 1)
    root = np.sqrt(seen.retained)
    parts = [np.sqrt(2 * alpha) * root[:, first] * root[:, second] * seen.structure]
    if seen.features is not None:
        bends = np.sqrt(1 - alpha) * root[:, :, None] * seen.features
        parts.append(bends.reshape(len(root), -1))
    if lam is not None:
        parts.append(np.sqrt(2 * lam * reference.weights.sum()) * root)
    elif len(reference) == 1 and seen.features is None:
        parts.append(np.zeros((len(root), 1)))  # one node has no structure
    return np.hstack(parts)


def from_columns(
    columns: np.ndarray,
    reference: MetricSpace,
    *,
    alpha: float,
    lam: float | None = None,
    masses: np.ndarray | None = None,
) -> SeenSpaces:
    """Read what `to_columns` wrote; what unmatched nodes see is lost, and zero."""
    n = len(reference)
    first, second = np.triu_indices(n, 1)
    columns = np.asarray(columns, dtype=np.float64)
    if lam is None:
        retained = np.broadcast_to(reference.weights, (len(columns), n))
    else:
        retained = columns[:, -n:] ** 2 / (2 * lam * reference.weights.sum())
    root = np.sqrt(retained)
    structure = _divide(
        columns[:, : len(first)], np.sqrt(2 * alpha) * root[:, first] * root[:, second]
    )
    features = None
    if reference.features is not None:
        shape = len(columns), n, reference.features.shape[1]
        bends = columns[:, len(first) : len(first) + shape[1] * shape[2]]
        features = _divide(bends.reshape(shape), np.sqrt(1 - alpha) * root[:, :, None])
    masses = retained.sum(axis=1) if masses is None else masses
    return SeenSpaces(structure, retained, masses, features)


def _divide(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.divide(a, b, out=np.zeros_like(a), where=b > 0)


def split_columns(
    X: ArrayLike,
    references: Sequence[MetricSpace],
    *,
    lam: float | None = None,
    name: str = "X",
) -> list[np.ndarray]:
    """Cut vectors into one block of columns for each reference.

    Parameters
    ----------
    X : array-like of shape (n_spaces, n_columns)
        Vectors.
    references : list of MetricSpace
        The references.
    lam : float or None, default=None
        As in `to_columns`.
    name : str, default="X"
        How messages call the vectors.

    Returns
    -------
    list of ndarray
        The blocks, and the mass of each space at last where ``lam`` is given.

    Raises
    ------
    ValueError
        If X has another number of columns.
    """
    V: np.ndarray = check_array(X, dtype=np.float64, input_name=name)
    widths = [n_columns(reference, lam=lam) for reference in references]
    total = sum(widths) + (lam is not None)
    if V.shape[1] != total:
        raise ValueError(
            f"{name} has {V.shape[1]} columns, but embeddings have {total}"
        )
    return np.split(V, np.cumsum(widths)[: None if lam is not None else -1], axis=1)


def n_columns(reference: MetricSpace, *, lam: float | None = None) -> int:
    """Width of what `to_columns` gives."""
    n = len(reference)
    width = n * (n - 1) // 2
    if reference.features is not None:
        width += n * reference.features.shape[1]
    if lam is not None:
        width += n
    return max(width, 1)


def feature_names(
    prefix: str,
    references: Sequence[MetricSpace],
    *,
    lam: float | None = None,
) -> np.ndarray:
    """Names of all columns: those of each reference in turn."""
    several = len(references) > 1
    names = [
        f"{prefix}_reference{r}{name}" if several else prefix + name
        for r, reference in enumerate(references)
        for name in _column_names(reference, lam)
    ]
    return np.asarray(names + [f"{prefix}_mass"] * (lam is not None), dtype=object)


def _column_names(reference: MetricSpace, lam: float | None) -> list[str]:
    nodes = range(len(reference))
    names = [f"_structure{j}_{k}" for j, k in combinations(nodes, 2)]
    if reference.features is not None:
        width = reference.features.shape[1]
        names += [f"_feature{j}_{c}" for j in nodes for c in range(width)]
    if lam is not None:
        names += [f"_retained{j}" for j in nodes]
    return names or ["_structure"]
