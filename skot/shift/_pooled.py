# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Two samples in one space, in which their rows are points."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import rankdata
from sklearn.base import clone

from ..embedding import SlicedWassersteinEmbedding
from ..sets import MixedTable, PointSets, concat_rows
from ..solvers import Splits, sliced_splits
from ._probabilities import random_states

# Of one column: each is a column of indicators, and identifiers are no categories.
MAX_CATEGORIES = 1000

Rows = PointSets | MixedTable


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


def pool(
    reference: Rows,
    current: Rows,
    rng: np.random.RandomState,
    *,
    embedding: Any = None,
    standardize: bool | str = True,
    names: Sequence[str] | None = None,
    as_table: bool = False,
    n_jobs: int | None = None,
) -> tuple[np.ndarray, Callable[[], list[Feature]]]:
    """Turn the rows of both samples into points, without looking at which is which.

    Scales, categories and embeddings are those of all rows together, in random order:
    only so does a permutation of the labels leave them as they are.

    Parameters
    ----------
    reference : PointSets or MixedTable
        First sample.
    current : PointSets or MixedTable
        Second sample.
    rng : RandomState
        Source of the order, and of the embedding.
    embedding : transformer or None, default=None
        What turns sets, or rows, into vectors.
    standardize : bool or "rank", default=True
        As in `TransportShiftTest`.
    names : sequence of str or None, default=None
        Those of the columns of a table of numbers.
    as_table : bool, default=False
        Whether rows of one point are given to the embedding as a table.
    n_jobs : int or None, default=None
        Workers of embeddings of sets.

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
        encoded = _encode(rows, standardize)
        points = np.concatenate([feature.block for feature in encoded], axis=1)
        return points, lambda: encoded
    diracs = bool((rows.sizes == 1).all())
    if embedding is None and not diracs:
        points = _embed_sets(rows, rng, standardize, n_jobs)
        return points, lambda: _coordinates(rows, standardize, n_jobs)
    if embedding is None:
        points = rows.points.astype(np.float64)
    else:
        points, names = _embed(rows, embedding, rng, as_table=as_table and diracs)
    points = _centred(points, standardize, by_column=embedding is None)
    return points, lambda: _columns(points, names)


def _centred(
    points: np.ndarray, standardize: bool | str, by_column: bool
) -> np.ndarray:
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


def _columns(points: np.ndarray, names: Sequence[str] | None) -> list[Feature]:
    if names is None:
        names = [f"x{j}" for j in range(points.shape[1])]
    return [Feature(str(k), points[:, [j]]) for j, k in enumerate(names)]


def _embed_sets(
    rows: PointSets,
    rng: np.random.RandomState,
    standardize: bool | str,
    n_jobs: int | None,
) -> np.ndarray:
    embedding = SlicedWassersteinEmbedding(n_jobs=n_jobs, random_state=rng)
    return _centred(embedding.fit_transform(rows), standardize, False)


def _coordinates(
    rows: PointSets, standardize: bool | str, n_jobs: int | None
) -> list[Feature]:
    """Quantiles of each coordinate of sets."""
    features = []
    for j, axis in enumerate(np.eye(rows.shape[1])):
        embedding = SlicedWassersteinEmbedding(slices=axis[None], n_jobs=n_jobs)
        block = embedding.fit_transform(rows).astype(np.float64)
        features.append(Feature(f"x{j}", _centred(block, standardize, False)))
    return features


def _embed(
    rows: PointSets, embedding: Any, rng: np.random.RandomState, *, as_table: bool
) -> tuple[np.ndarray, Sequence[str] | None]:
    embedding = seeded_clone(embedding, rng)
    given = rows.points if as_table else rows
    embedding.fit(given[rng.permutation(len(rows))], None)  # a frozen one asks for a y
    points = np.asarray(embedding.transform(given), dtype=np.float64)
    if points.ndim != 2 or not np.isfinite(points).all():
        raise ValueError("embedding must give a table of finite numbers")
    if hasattr(embedding, "get_feature_names_out"):
        return points, embedding.get_feature_names_out()
    return points, None


def _encode(rows: MixedTable, standardize: bool | str) -> list[Feature]:
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


def seeded_clone(estimator: Any, rng: np.random.RandomState) -> Any:
    """Clone whose randomness, and that of its steps, is drawn from rng."""
    copy = clone(estimator)
    drawn = {name: rng.randint(2**31 - 1) for name in sorted(random_states(copy))}
    copy.set_params(**drawn)
    return copy


def feature_distances(features: list[Feature], splits: Splits, p: float) -> np.ndarray:
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


def _total_variations(codes: np.ndarray, splits: Splits) -> np.ndarray:
    n, m = splits.sizes
    total = np.bincount(codes)
    first = np.array([np.bincount(codes, row, len(total)) for row in splits.labels])
    return np.abs(first / n - (total - first) / m).sum(axis=1) / 2
