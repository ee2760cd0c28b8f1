# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""What classifiers by subspaces of a transform share."""

from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.utils import get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, column_or_1d

from .._sklearn import Interval, fit_context
from ..base import SkotEstimator
from ._labels import ProbabilityMixin, held_out_temperature
from ._subspace import NearestSubspaceClassifier


class TransformClassifier(ProbabilityMixin, SkotEstimator):
    """A transform, then the nearest subspace.

    A subclass says which transform is its default, which deformations it knows, and how
    they act on transformed samples.
    """

    _parameter_constraints = {
        "deformations": [tuple, list],
        "n_components": [Interval(Integral, 1, None, closed="left"), None],
        "explained": [Interval(Real, 0, 1, closed="right")],
        "probability": ["boolean"],
    }

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags = get_tags(self._transformer()).input_tags
        tags.classifier_tags.poor_score = True  # as NearestSubspaceClassifier
        return tags

    def _transformer(self):
        if self.transformer is None:
            return self._default_transformer()
        return clone(self.transformer)

    @property
    def n_features_in_(self) -> int:
        """Number of features."""
        return self.transformer_.n_features_in_

    @property
    def feature_names_in_(self) -> np.ndarray:
        """Names of the features, when fitted on a frame."""
        return self.transformer_.feature_names_in_

    def _start(self, X):
        """Fit the transform; check the deformations it has to bear."""
        unknown = [d for d in self.deformations if d not in self._known_deformations]
        if unknown:
            raise ValueError(
                f"deformations holds {unknown[0]!r}; {type(self).__name__} knows "
                f"{', '.join(self._known_deformations)}"
            )
        self.transformer_ = self._transformer().fit(X)
        self.subspaces_ = NearestSubspaceClassifier(
            self.n_components,
            explained=self.explained,
            extra_directions=self._directions(),
        )

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any) -> Self:
        """Span the subspace of each class, transformed.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Training samples, as the transform reads them.
        y : array-like of shape (n_samples,)
            Labels of any kind; at least two classes.

        Returns
        -------
        self
            The fitted classifier.

        Raises
        ------
        ValueError
            If a sample is refused by the transform; if there is but one class; if a
            deformation is unknown or does not suit the transform; if ``probability`` is
            set and a class has but one sample.
        """
        self._start(X)
        F = self.transformer_.transform(X)
        self.subspaces_.fit(F, y)
        self.classes_ = self.subspaces_.classes_
        if self.probability:
            labels = np.searchsorted(self.classes_, column_or_1d(y))

            def held_out(train, test):
                fold = clone(self.subspaces_).fit(F[train], labels[train])
                return self._distances(fold, F[test])

            self.temperature_ = held_out_temperature(held_out, labels)
        return self

    @available_if(lambda self: not self.probability)
    @fit_context(prefer_skip_nested_validation=False)
    def partial_fit(self, X: Any, y: Any, classes: ArrayLike | None = None) -> Self:
        """Widen the subspaces by more samples.

        The result is that of ``fit`` on all samples so far, up to rounding, whatever
        the batches. There is none where ``probability`` is set.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Training samples, as the transform reads them.
        y : array-like of shape (n_samples,)
            Their labels.
        classes : array-like of shape (n_classes,) or None, default=None
            All labels there will be. Required in the first call, unless ``fit`` came
            before.

        Returns
        -------
        self
            The fitted classifier.

        Raises
        ------
        ValueError
            As in ``fit``; if the first call has no ``classes``, or later ones others;
            if y has a label that is not among them.
        """
        if not hasattr(self, "classes_"):
            self._start(X)
        F = self.transformer_.transform(X)
        self.subspaces_.partial_fit(F, y, classes)
        self.classes_ = self.subspaces_.classes_
        return self

    def residuals(self, X: Any) -> np.ndarray:
        """Compute squared distances to the subspaces.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Samples, as the transform reads them.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Squared Euclidean distances of their transforms, float64.

        Raises
        ------
        ValueError
            If a sample is refused by the transform.
        """
        check_is_fitted(self)
        return self._distances(self.subspaces_, self.transformer_.transform(X))

    def _distances(self, subspaces, F):
        return subspaces.residuals(F)
