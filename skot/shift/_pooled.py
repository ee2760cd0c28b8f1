# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Two samples in one space, in which their rows are points."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata
from sklearn.base import clone

from ..embedding import SlicedWassersteinEmbedding
from ..sets import MixedTable, concat_rows
from ..solvers import sliced_splits
from ._probabilities import random_states

# Of one column: each is a column of indicators, and identifiers are no categories.
MAX_CATEGORIES = 1000


@dataclass(frozen=True, eq=False)
class Feature:
    """What one column of the data, or one coordinate of sets, holds in both samples.

    Parameters
    ----------
    name : str
        The column.
    block : ndarray of shape (n_points, n_columns)
        Its values; for a coordinate of sets, quantiles of it.
    categorical : bool
        Whether these are indicators of categories.
    """

    name: str
    block: np.ndarray
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
    features : callable
        Makes the list of `Feature`: columns, coordinates of sets, or outputs of an
        embedding.
    """
    rows = concat_rows([reference, current])
    if isinstance(rows, MixedTable):
        encoded = _encode(rows, test.standardize)
        points = np.concatenate([feature.block for feature in encoded], axis=1)
        return points, lambda: encoded
    names = getattr(test, "feature_names_in_", None)
    if test.embedding is None:
        if not (rows.sizes == 1).all():
            return _embed_sets(rows, test, rng), lambda: _coordinates(rows, test)
        points = rows.points.astype(np.float64)
        by_column = True
    else:
        points, names = _embed(rows, test, rng)
        by_column = False
    points = _centred(points, test.standardize, by_column)
    return points, lambda: _columns(points, names)


def _centred(points, standardize, by_column):
    """Points about their mean, in standard deviations of each column or of all."""
    if by_column and standardize == "rank":
        points = rankdata(points, axis=0)
    if not standardize:
        return points - points.mean(axis=0)
    # in units of the largest, whose squares neither overflow nor vanish
    scale = np.abs(points).max(axis=0 if by_column else None)
    points = points / np.where(scale > 0, scale, 1.0)
    points = points - points.mean(axis=0)
    spread = points.std(axis=0)
    if not by_column:
        spread = np.sqrt((spread**2).mean(keepdims=True))
    # a constant may have a spread of rounding errors
    return points / np.where(spread > 1e-14, spread, np.inf)


def _columns(points, names):
    if names is None:
        names = [f"x{j}" for j in range(points.shape[1])]
    return [Feature(str(k), points[:, [j]]) for j, k in enumerate(names)]


def _embed_sets(rows, test, rng):
    embedding = SlicedWassersteinEmbedding(n_jobs=test.n_jobs, random_state=rng)
    return _centred(embedding.fit_transform(rows), test.standardize, False)


def _coordinates(rows, test):
    """Quantiles of each coordinate of sets."""
    features = []
    for j, axis in enumerate(np.eye(rows.shape[1])):
        embedding = SlicedWassersteinEmbedding(slices=axis[None], n_jobs=test.n_jobs)
        block = embedding.fit_transform(rows).astype(np.float64)
        features.append(Feature(f"x{j}", _centred(block, test.standardize, False)))
    return features


def _embed(rows, test, rng):
    embedding = seeded_clone(test.embedding, rng)
    table = test._fitted_on_table and (rows.sizes == 1).all()
    given = rows.points if table else rows
    embedding.fit(given[rng.permutation(len(rows))], None)  # a frozen one asks for a y
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
    features = []
    for name in rows.names:
        if name in rows.categories:
            levels, codes = np.unique(rows.categories[name], return_inverse=True)
            if len(levels) > MAX_CATEGORIES:
                raise ValueError(
                    f"column {name!r} has {len(levels)} categories, more than "
                    f"{MAX_CATEGORIES}: drop it, or give the rare ones one name"
                )
            shares = np.bincount(codes) / len(codes)
            scale = np.sqrt(1 - (shares**2).sum()) if standardize else np.sqrt(2)
            block = np.zeros((len(codes), len(levels)))
            block[np.arange(len(codes)), codes] = 1 / (scale or 1.0)
            features.append(Feature(name, block, True))
        else:
            block = rows.numbers[name][:, None]
            features.append(Feature(name, _centred(block, standardize, True)))
    return features


def seeded_clone(estimator, rng):
    """Clone whose randomness, and that of its steps, is drawn from rng."""
    copy = clone(estimator)
    drawn = {name: rng.randint(2**31 - 1) for name in sorted(random_states(copy))}
    copy.set_params(**drawn)
    return copy


def feature_distances(features, splits, p):
    """Distance of each feature alone, for each split.

    Parameters
    ----------
    features : list of Feature
        Columns of the pooled sample.
    splits : Splits
        Its splits.
    p : float
        Order.

    Returns
    -------
    ndarray of shape (n_splits, n_features)
        ``W_p`` of numbers, over several columns in the mean; the total variation of
        categories, which is ``W_1`` where two categories are at distance 1.
    """
    distances = np.empty((len(splits.labels), len(features)))
    for j, feature in enumerate(features):
        if feature.categorical:
            codes = feature.block.argmax(axis=1)
            distances[:, j] = _total_variations(codes, splits)
        else:
            axes = np.eye(feature.block.shape[1])
            costs, _ = sliced_splits(feature.block, axes, splits, p=p)
            distances[:, j] = costs.mean(axis=1) ** (1 / p)
    return distances


def _total_variations(codes, splits):
    n, m = splits.sizes
    total = np.bincount(codes)
    first = np.array([np.bincount(codes, row, len(total)) for row in splits.labels])
    return np.abs(first / n - (total - first) / m).sum(axis=1) / 2
