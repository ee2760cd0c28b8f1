# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""What classifiers by distance share: labels in, decisions and probabilities out."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import softmax
from sklearn.base import ClassifierMixin
from sklearn.model_selection import StratifiedKFold
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets

from ..solvers import learn_temperature

# Temperatures that are looked at, in units of the mean distance.
TEMPERATURES = (np.exp(-12.0), np.exp(6.0))


def encode_labels(y: Any) -> tuple[np.ndarray, np.ndarray]:
    """Distinct labels, sorted, and the place of each label among them."""
    check_classification_targets(y)
    classes, labels = np.unique(y, return_inverse=True)
    if len(classes) < 2:
        raise ValueError(f"y has {len(classes)} class; at least 2 are needed")
    return classes, labels


class ResidualsMixin(ClassifierMixin):
    """Mixin of classifiers whose ``residuals`` are squared distances to the classes."""

    def decision_function(self, X: Any) -> np.ndarray:
        """Compute how near samples are to the subspaces.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Samples, as ``fit`` reads them.

        Returns
        -------
        ndarray of shape (n_samples, n_classes) or (n_samples,)
            Minus the squared distances; of two classes, that of the second less that
            of the first.

        Raises
        ------
        ValueError
            As in ``residuals``.
        """
        distances = self.residuals(X)
        if distances.shape[1] == 2:
            return distances[:, 0] - distances[:, 1]
        return -distances

    def predict(self, X: Any) -> np.ndarray:
        """Predict the class of the nearest subspace.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Samples, as ``fit`` reads them.

        Returns
        -------
        ndarray of shape (n_samples,)
            Labels; the first of those at one distance.

        Raises
        ------
        ValueError
            As in ``residuals``.
        """
        nearest = self.residuals(X).argmin(axis=1)
        return self.classes_[nearest]


class ProbabilityMixin(ResidualsMixin):
    """The same, with probabilities where the parameter ``probability`` is true.

    ``fit`` then sets ``temperature_``.
    """

    @available_if(lambda self: self.probability)
    def predict_proba(self, X: Any) -> np.ndarray:
        """Predict the probability of each class.

        The softmax of minus the squared distances over ``temperature_``.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Samples, as ``fit`` reads them.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Probabilities, in the order of ``classes_``.

        Raises
        ------
        ValueError
            As in ``residuals``.
        """
        distances = self.residuals(X)
        return softmax(-distances / self.temperature_, axis=1)


def held_out_temperature(
    held_out: Callable[[np.ndarray, np.ndarray], np.ndarray],
    labels: np.ndarray,
    n_folds: int = 5,
) -> float:
    """Temperature that makes the labels of held-out samples likeliest.

    Parameters
    ----------
    held_out : callable
        Maps indices of training and of test samples to the distances of the latter to
        the classes of the former, of shape (n_test, n_classes).
    labels : ndarray of int of shape (n_samples,)
        Classes of the samples, 0 to n_classes - 1.
    n_folds : int, default=5
        Folds, at most; fewer where the smallest class has fewer samples.

    Returns
    -------
    float
        The temperature, in units of the distances.

    Raises
    ------
    ValueError
        If a class has but one sample, of which none can be held out.
    """
    counts = np.bincount(labels)
    if counts.min() < 2:
        raise ValueError(
            "probability=True holds samples out of every class and needs at least 2 of "
            f"each, but a class has {counts.min()}"
        )
    distances = np.empty((len(labels), len(counts)))
    folds = StratifiedKFold(min(n_folds, counts.min()), shuffle=True, random_state=0)
    for train, test in folds.split(labels, labels):
        distances[test] = held_out(train, test)
    distances -= distances.min(axis=1, keepdims=True)
    scale = float(distances.mean()) or 1.0
    return scale * learn_temperature(-distances / scale, labels, bounds=TEMPERATURES)
