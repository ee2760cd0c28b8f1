# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The base of estimators: links to pages, names of features, sets as they are."""

import numpy as np
import pandas as pd
import pytest

from skot.base import SetToSetMixin, SetTransformerMixin, SkotEstimator
from skot.embedding import PoolingEmbedding
from skot.sets import PointSets, validate_sets


class Doubled(SetToSetMixin, SkotEstimator):
    """Sets of points twice as far out."""

    def fit(self, X, y=None):
        validate_sets(self, X, reset=True)
        return self

    def transform(self, X):
        sets = validate_sets(self, X, reset=False)
        output = sets.with_points(2 * sets.points)
        table = isinstance(X, np.ndarray | pd.DataFrame)
        return self._wrap_table(output.points if table else output, X)

    def get_feature_names_out(self, input_features=None):
        return np.array(["a", "b"], dtype=object)


class Halved(Doubled):
    """A subclass, which scikit-learn would wrap anew."""


@pytest.mark.parametrize("cls", [Doubled, Halved])
def test_sets_stay_sets_and_tables_are_wrapped(cls):
    table = np.random.RandomState(0).normal(size=(5, 2))
    sets = PointSets.diracs(table)
    fitted = cls().fit(table).set_output(transform="pandas")
    assert isinstance(fitted.transform(sets), PointSets)
    frame = fitted.transform(table)
    assert list(frame.columns) == ["a", "b"]
    assert isinstance(cls().fit_transform(sets), PointSets)
    np.testing.assert_array_equal(cls().fit_transform(table), 2 * table)


def test_both_kinds_of_floats_are_kept():
    class Means(SetTransformerMixin, SkotEstimator):
        pass

    for estimator in (Means(), Doubled()):
        tags = estimator.__sklearn_tags__()
        assert set(tags.transformer_tags.preserves_dtype) == {"float32", "float64"}


def test_names_of_points_are_no_names_of_columns():
    rng = np.random.RandomState(0)
    frame = pd.DataFrame(rng.normal(size=(6, 2)), columns=["u", "v"])
    fitted = PoolingEmbedding("mean").fit(frame)
    names = fitted.get_feature_names_out()
    assert list(fitted.get_feature_names_out(["u", "v"])) == list(names)
    with pytest.raises(ValueError, match="input_features"):
        fitted.get_feature_names_out(["u", "w"])
    of_sets = PoolingEmbedding("mean").fit([rng.normal(size=(3, 2))] * 2)
    assert list(of_sets.get_feature_names_out(["u", "w"])) == list(names)


def test_a_page_for_each_class():
    link = PoolingEmbedding()._get_doc_link()
    assert link.endswith("/skot.embedding.PoolingEmbedding.html")
