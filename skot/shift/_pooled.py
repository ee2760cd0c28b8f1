# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Two samples in one space, in which their rows are points."""

from dataclasses import dataclass

import numpy as np
from sklearn.base import clone

from ..embedding import SlicedWassersteinEmbedding
from ..sets import MixedTable, concat_rows
from ..solvers import sliced_splits


@dataclass(frozen=True)
class Feature:
    """A column of the data, and where it stands among the coordinates of the points.

    Parameters
    ----------
    name : str
        The column.
    columns : slice
        Its coordinates.
    categorical : bool
        Whether these are indicators of categories.
    """

    name: str
    columns: slice
    categorical: bool = False


def pool(reference, current, test, rng):
    """Turn the rows of both samples into points, without looking at which is which.

    Scales, categories and embeddings are those of all rows together, in random order:
    only so does a permutation of the labels leave them as they are.

    Parameters
    ----------
    reference : PointSets or MixedTable
        First sample.
    current : PointSets or MixedTable
        Second sample.
    test : TransportShiftTest
        For ``embedding`` and ``standardize``, and the names of columns.
    rng : RandomState
        Source of the order, and of the embedding.

    Returns
    -------
    points : ndarray of shape (n_reference + n_current, n_dims)
        Both samples.
    features : list of Feature
        Columns of the data, or of the embedding.
    """
    rows = concat_rows([reference, current])
    if isinstance(rows, MixedTable):
        return _encode(rows, test.standardize)
    if test.embedding is None and (rows.sizes == 1).all():
        points = rows.points.astype(np.float64)
        names = getattr(test, "feature_names_in_", None)
        scale = points.std(axis=0)
    else:
        points, names = _embed(rows, test, rng)
        scale = np.sqrt(points.var(axis=0).mean(keepdims=True))
    points -= points.mean(axis=0)
    if test.standardize:
        points /= np.where(scale > 0, scale, 1.0)
    if names is None:
        names = [f"x{j}" for j in range(points.shape[1])]
    features = [Feature(str(k), slice(j, j + 1)) for j, k in enumerate(names)]
    return points, features


def _embed(rows, test, rng):
    if test.embedding is None:
        embedding = SlicedWassersteinEmbedding(n_jobs=test.n_jobs)
    else:
        embedding = clone(test.embedding)
    if "random_state" in embedding.get_params():
        embedding.set_params(random_state=rng.randint(2**31 - 1))
    order = rng.permutation(len(rows))
    given = rows.points if test._fitted_on_table else rows
    embedding.fit(given[order], None)  # a frozen one asks for a y
    points = np.asarray(embedding.transform(given), dtype=np.float64)
    if points.ndim != 2 or not np.isfinite(points).all():
        raise ValueError("embedding must give a table of finite numbers")
    if hasattr(embedding, "get_feature_names_out"):
        return points, embedding.get_feature_names_out()
    return points, None


def _encode(rows, standardize):
    """Numbers in pooled standard deviations, categories as indicators.

    Standardised, two rows differ by 2 in the square on average in each column, of
    numbers or of categories; otherwise two categories are at distance 1.
    """
    blocks, features, start = [], [], 0
    for name in rows.names:
        if categorical := name in rows.categories:
            levels, codes = np.unique(rows.categories[name], return_inverse=True)
            block = np.eye(len(levels))[codes]
            scale = np.sqrt(1 - (block.mean(axis=0) ** 2).sum())
            block = block / (scale or 1.0) if standardize else block / np.sqrt(2)
        else:
            block = rows.numbers[name][:, None] - rows.numbers[name].mean()
            if standardize:
                block = block / (block.std() or 1.0)
        blocks.append(block)
        stop = start + block.shape[1]
        features.append(Feature(name, slice(start, stop), categorical))
        start = stop
    return np.concatenate(blocks, axis=1), features


def feature_distances(points, features, splits, p):
    """Distance of each feature alone, for each split.

    Parameters
    ----------
    points : ndarray of shape (n_points, n_dims)
        The pooled sample.
    features : list of Feature
        Its columns.
    splits : Splits
        Its splits.
    p : float
        Order.

    Returns
    -------
    ndarray of shape (n_splits, n_features)
        ``W_p`` of numbers; the total variation of categories, which is ``W_1`` where
        two categories are at distance 1.
    """
    distances = np.empty((len(splits.labels), len(features)))
    for j, feature in enumerate(features):
        block = points[:, feature.columns]
        if feature.categorical:
            distances[:, j] = _total_variations(block.argmax(axis=1), splits)
        else:
            costs, _ = sliced_splits(block, np.ones((1, 1)), splits, p=p)
            distances[:, j] = costs[:, 0] ** (1 / p)
    return distances


def _total_variations(codes, splits):
    n, m = splits.sizes
    total = np.bincount(codes)
    first = np.array([np.bincount(codes, row, len(total)) for row in splits.labels])
    return np.abs(first / n - (total - first) / m).sum(axis=1) / 2
