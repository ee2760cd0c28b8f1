# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The estimator base and mixins. Think twice before adding anything here."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)

from ._sklearn import wrap_data_with_container
from .sets import PointSets

__all__ = [
    "SetToSetMixin",
    "SetTransformerMixin",
    "SkotEstimator",
    "take_over_reading",
]


class SkotEstimator(BaseEstimator):
    """Base of every skot estimator: scikit-learn's, with a link to our pages."""

    _doc_link_module = "skot"
    _doc_link_template = (
        "https://skot-dev.github.io/skot/api/{estimator_module}.{estimator_name}.html"
    )

    def _doc_link_url_param_generator(self) -> dict[str, str]:
        public = [p for p in type(self).__module__.split(".") if p[0] != "_"]
        return {
            "estimator_module": ".".join(public),
            "estimator_name": type(self).__name__,
        }


class SetTransformerMixin(ClassNamePrefixFeaturesOutMixin, TransformerMixin):
    """Mixin of transformers that turn each set into a vector.

    ``fit`` must set ``_n_features_out``, the length of the vectors.
    """

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    def get_feature_names_out(
        self, input_features: ArrayLike | None = None
    ) -> np.ndarray:
        """Get output feature names: the lowercase class name and a number.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Checked against the fitted features when fitted on a table. Ignored
            when fitted on sets, whose coordinates are not the columns of a frame.

        Returns
        -------
        ndarray of str
            Feature names.
        """
        if not getattr(self, "_fitted_on_table", True):
            input_features = None
        return super().get_feature_names_out(input_features)


class SetToSetMixin(
    TransformerMixin,
    auto_wrap_output_keys=None,  # type: ignore[call-arg]
):
    """Mixin of transformers that answer sets with sets, and a table with a table.

    ``set_output`` formats tables; sets stay sets whatever it says, so that a
    whole pipeline can be asked for data frames. ``transform`` of a subclass ends
    with ``return self._wrap_table(output, X)``.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # scikit-learn wraps every subclass anew: what `transform` returns is
        # wrapped by `_wrap_table` alone, which knows sets from tables
        super().__init_subclass__(auto_wrap_output_keys=None, **kwargs)
        cls._sklearn_auto_wrap_output_keys = {"transform"}

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    def fit_transform(self, X: Any, y: Any = None) -> Any:
        """Fit to the collection, then transform it.

        Parameters
        ----------
        X : set-like of shape (n_sets, n_dims)
            The collection.
        y : None
            Ignored.

        Returns
        -------
        PointSets or table
            The transformed collection.
        """
        return self.fit(X, y).transform(X)

    def _wrap_table(self, output: Any, X: Any) -> Any:
        if isinstance(output, PointSets):
            return output
        return wrap_data_with_container("transform", output, X, self)


def take_over_reading(estimator: Any, reader: Any) -> None:
    """Take over what another estimator, which read X in its place, knows of columns.

    Parameters
    ----------
    estimator : estimator
        Whose attributes are set, and those of an earlier fit forgotten.
    reader : estimator
        The one that read X, fitted.
    """
    for name in ("n_features_in_", "feature_names_in_", "_fitted_on_table"):
        vars(estimator).pop(name, None)
        if hasattr(reader, name):
            setattr(estimator, name, getattr(reader, name))
