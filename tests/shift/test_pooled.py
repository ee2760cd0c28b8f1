# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Rows of both samples as points: columns, categories, sets, embeddings."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.decomposition import PCA
from sklearn.frozen import FrozenEstimator

from skot.embedding import PoolingEmbedding
from skot.sets import PointSets
from tests._data.samples import clouds, compare, frames, two_samples


def test_ranks_do_not_mind_long_tails():
    X, Y = two_samples(shift=0.7)
    result = compare(X, Y, standardize="rank")
    again = compare(np.exp(3 * X), np.exp(3 * Y), standardize="rank")
    assert again.statistic == pytest.approx(result.statistic)
    np.testing.assert_array_equal(again.null, result.null)


def test_a_constant_column_did_not_move():
    X, Y = two_samples(shift=2.0)
    X[:, 2] = Y[:, 2] = 0.1
    result = compare(X, Y)
    assert result.features.adjusted_p_values[2] == 1
    assert result.features.distances[2] == pytest.approx(0)


@pytest.mark.parametrize(("offset", "scale"), [(1e13, 1), (0, 1e200), (0, 1e-200)])
def test_columns_far_away_huge_and_tiny(offset, scale):
    X, Y = two_samples(shift=1.0)
    result = compare(offset + scale * X, offset + scale * Y)
    assert result.statistic == pytest.approx(compare(X, Y).statistic, rel=1e-2)


def test_numbers_and_categories():
    reference, current = frames()
    result = compare(pd.DataFrame(reference), pd.DataFrame(current), n_permutations=99)
    assert list(result.features.names) == ["age", "town", "owner"]
    moved = result.features.adjusted_p_values <= 0.05
    np.testing.assert_array_equal(moved, [False, True, False])
    share = [np.unique(f["town"], return_counts=True) for f in (reference, current)]
    share = [dict(zip(k, c / c.sum(), strict=True)) for k, c in share]
    gap = sum(abs(share[0].get(k, 0) - share[1].get(k, 0)) for k in ("a", "b", "c"))
    gap += share[1]["new"]
    assert result.features.distances[1] == pytest.approx(gap / 2)


def test_polars_and_categorical_columns_agree_with_pandas():
    reference, current = ({k: f[k] for k in ("age", "town")} for f in frames())
    expected = compare(pd.DataFrame(reference), pd.DataFrame(current))
    again = compare(pl.DataFrame(reference), pl.DataFrame(current))
    assert again.statistic == expected.statistic
    frame = pd.DataFrame(reference).astype({"town": "category"})
    other = pd.DataFrame(current).astype({"town": "category"})
    assert compare(frame, other).statistic == expected.statistic


def test_a_frame_of_numbers_is_a_table():
    X, Y = two_samples()
    names = ["a", "b", "c"]
    result = compare(pd.DataFrame(X, columns=names), pd.DataFrame(Y, columns=names))
    assert result.statistic == pytest.approx(compare(X, Y).statistic)
    assert list(result.features.names) == names


def test_truth_values_are_numbers_however_they_are_stored():
    rng = np.random.RandomState(0)
    X, Y = (pd.DataFrame({"a": rng.normal(size=30)}) for _ in range(2))
    X["b"], Y["b"] = rng.uniform(size=(2, 30)) > 0.5
    X["c"] = Y["c"] = "x"
    expected = compare(X, Y).statistic
    for dtype in (object, "boolean"):  # a file with gaps, once these are left out
        assert compare(X, Y.astype({"b": dtype})).statistic == expected


def test_identifiers_are_no_categories():
    X, Y = (pd.DataFrame({"id": [f"{k}{i}" for i in range(600)]}) for k in "ab")
    with pytest.raises(ValueError, match="'id' has 1200 categories, more than 1000"):
        compare(X, Y)


def test_columns_by_number_are_compared():
    X = pd.DataFrame(frames()[0])
    X.columns = range(3)
    with pytest.raises(ValueError, match="columns of reference and X differ"):
        compare(X, X.rename(columns={2: 3}))


def test_sets_in_any_container():
    X, Y = clouds(25, 1.0, 0), clouds(20, 1.6, 1)
    result = compare(X, Y)
    assert result.is_shift
    assert list(result.features.names) == ["x0", "x1"]
    again = compare(PointSets.from_list(X), [cloud[::-1] for cloud in Y])
    assert again.statistic == pytest.approx(result.statistic, rel=1e-9)
    pooled = compare(X, Y, embedding=PoolingEmbedding(["mean", "max"]))
    assert pooled.is_shift
    assert len(pooled.features) == 4
    table = two_samples()
    diracs = [PointSets.diracs(part) for part in table]
    assert compare(*diracs).statistic == compare(*table).statistic


def test_the_coordinate_of_sets_that_moved():
    X, Y = clouds(40, 1.0, 0), clouds(40, 1.0, 1)
    Y = [cloud + [0, 0.8] for cloud in Y]
    moved = compare(X, Y, n_permutations=99).features.adjusted_p_values <= 0.05
    np.testing.assert_array_equal(moved, [False, True])
    # a table of Diracs and sets are one kind of rows
    table = np.array([cloud.mean(axis=0) for cloud in X])
    assert compare(table, Y).is_shift


def test_embeddings_are_fitted_on_both_samples_or_frozen():
    X, Y = two_samples(shift=1.0)
    learned = compare(X, Y, embedding=PCA(2))
    pooled = PCA(2).fit(np.concatenate([X, Y]))
    frozen = compare(X, Y, embedding=FrozenEstimator(pooled))
    assert learned.statistic == pytest.approx(frozen.statistic, rel=1e-9)
