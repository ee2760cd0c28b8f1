# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Classification of vectors by the nearest of the subspaces that classes span."""

from collections.abc import Callable
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import gen_batches
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from .._sklearn import Interval, StrOptions, fit_context
from ..base import SkotEstimator
from ..solvers import span, squared_residuals
from ._labels import ProbabilityMixin, encode_labels, held_out_temperature

FLOATS = (np.float64, np.float32)
CHUNK = 2**21  # floats converted to double precision at a time


class NearestSubspaceClassifier(ProbabilityMixin, SkotEstimator):
    r"""Classifier by the nearest of the linear subspaces that classes span.

    Each class is the span of its training samples, cut to their leading directions. A
    sample goes to the class whose subspace it is nearest to:

    .. math::
        \min_k \min_{v \in V_k} \|x - v\|^2 = \min_k \|x - B_k^\top B_k x\|^2,

    where the rows of :math:`B_k` are the first right singular vectors of the samples of
    class :math:`k`. Samples are not centred: a subspace goes through the origin. The
    rule needs few samples, one of each class at least, and suits features in which a
    class is a template and its deformations, such as transport transforms.

    Parameters
    ----------
    n_components : int or None, default=None
        Dimension of the subspaces, at most that of the samples of a class, and less
        than n_features. None finds it by ``explained``.
    explained : float, default=0.99
        Each class needs its first directions up to this share of the sum of all its
        singular values. In (0, 1]; 1 keeps every direction.
    criterion : {"singular_values", "variance"}, default="singular_values"
        Whether the share is that of singular values or that of their squares. A share
        of squares keeps far fewer directions.
    shared_dimension : bool, default=True
        Whether all subspaces have the dimension of the class that needs most. Otherwise
        each has its own.
    extra_directions : array-like, callable, tuple or None, default=None
        Directions along which samples of every class move. An array of shape
        (n_directions, n_features) is free: every subspace contains its rows, beside its
        ``n_components``. A callable maps the samples of a class, one by one and without
        their part along free directions, to rows that count as samples of the class. A
        tuple is one of each, in this order.
    probability : bool, default=False
        Whether to offer ``predict_proba``. ``fit`` then also learns a temperature on
        held-out samples, by cross-validation, and there is no ``partial_fit``.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    bases_ : list of ndarray of shape (n_free + n_components, n_features)
        Orthonormal rows that span the subspace of each class: free directions, if any,
        then components.
    singular_values_ : list of ndarray
        All singular values of each class, decreasing.
    n_components_ : int
        Dimension of the largest subspace, without free directions.
    n_components_per_class_ : ndarray of int of shape (n_classes,)
        Dimension of each subspace, without free directions.
    temperature_ : float
        Squared distance over which odds change by a factor e. Only if ``probability``.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, when fitted on a frame.

    See Also
    --------
    NearestLocalSubspaceClassifier : Subspaces of the neighbours of each sample.
    RadonCDTClassifier : For images.
    SCDTClassifier : For signals.

    Notes
    -----
    ``fit`` takes a singular value decomposition for each class, of n_samples_k by
    n_features: O(n_samples_k n_features min(n_samples_k, n_features)). Prediction takes
    O(n_features sum_k n_components_k) for each sample. The whole span of each class is
    kept for ``partial_fit``, at most n_features rows of n_features. Squared distances
    are accurate to rounding of the squared norm.

    References
    ----------
    .. [1] Shifat-E-Rabbi, Yin, Rubaiyat, Li, Kolouri, Aldroubi, Nichols, Rohde, "Radon
       cumulative distribution transform subspace modeling for image classification",
       Journal of Mathematical Imaging and Vision 63, 2021.
       https://arxiv.org/abs/2004.03669

    Examples
    --------
    >>> from skot.classification import NearestSubspaceClassifier
    >>> X = [[1.0, 2.0, 0.1], [3.0, 1.0, 0.0], [0.0, 0.1, 2.0]]
    >>> classifier = NearestSubspaceClassifier().fit(X, ["plane", "plane", "axis"])
    >>> classifier.predict([[-2.0, 4.0, 0.3], [0.2, 0.0, -1.0]])
    array(['plane', 'axis'], dtype='<U5')
    >>> classifier.n_components_per_class_
    array([1, 2])
    """

    _parameter_constraints = {
        "n_components": [Interval(Integral, 1, None, closed="left"), None],
        "explained": [Interval(Real, 0, 1, closed="right")],
        "criterion": [StrOptions({"singular_values", "variance"})],
        "shared_dimension": ["boolean"],
        "extra_directions": ["array-like", callable, tuple, None],
        "probability": ["boolean"],
    }

    def __init__(
        self,
        n_components: int | None = None,
        *,
        explained: float = 0.99,
        criterion: str = "singular_values",
        shared_dimension: bool = True,
        extra_directions: Any = None,
        probability: bool = False,
    ) -> None:
        self.n_components = n_components
        self.explained = explained
        self.criterion = criterion
        self.shared_dimension = shared_dimension
        self.extra_directions = extra_directions
        self.probability = probability

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        # the tag speaks of blobs about their mean in the plane: a line through the mean
        # does not know on which side of it a blob lies
        tags.classifier_tags.poor_score = True
        return tags

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any) -> Self:
        """Span the subspace of each class.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Training samples.
        y : array-like of shape (n_samples,)
            Labels of any kind; at least two classes.

        Returns
        -------
        self
            The fitted classifier.

        Raises
        ------
        ValueError
            If X has NaN or infinite entries; if there is but one class; if
            ``extra_directions`` has other columns than X; if ``probability`` is set and
            a class has but one sample.
        """
        X, y = validate_data(self, X, y, dtype=FLOATS)
        classes, labels = encode_labels(y)
        empty = [span(X[:0])] * len(classes)
        self.classes_, self._spans = classes, self._widen(empty, X, labels)
        self._cut()
        if self.probability:

            def held_out(train, test):
                spans = self._widen(empty, X[train], labels[train])
                return squared_distances(X[test], self._leading(spans))

            self.temperature_ = held_out_temperature(held_out, labels)
        return self

    @available_if(lambda self: not self.probability)
    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any, classes: ArrayLike | None = None) -> Self:
        """Widen the subspaces by more samples.

        The result is that of ``fit`` on all samples so far, up to rounding, whatever
        the batches. There is none where ``probability`` is set.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Training samples.
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
            If the first call has no ``classes``, or later ones other classes; if y has
            a label that is not among them; and as in ``fit``.
        """
        first = not hasattr(self, "classes_")
        X, y = validate_data(self, X, y, dtype=FLOATS, reset=first)
        if first and classes is None:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        known = encode_labels(classes)[0] if classes is not None else self.classes_
        if not first and not np.array_equal(known, self.classes_):
            raise ValueError(
                f"classes={classes!r} differ from the {self.classes_} so far"
            )
        labels = np.searchsorted(known, y).clip(max=len(known) - 1)
        if not np.array_equal(known[labels], y):
            new = np.setdiff1d(y, known)
            raise ValueError(f"y has labels that are not among the classes: {new}")
        spans = [span(X[:0])] * len(known) if first else self._spans
        self.classes_, self._spans = known, self._widen(spans, X, labels)
        self._cut()
        return self

    def residuals(self, X: Any) -> np.ndarray:
        """Compute squared distances to the subspaces.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Squared Euclidean distances, float64.

        Raises
        ------
        ValueError
            If X has NaN or infinite entries, or another number of features than in
            ``fit``.
        """
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=FLOATS)
        return squared_distances(X, self.bases_)

    def _widen(self, spans, X, labels):
        """Spans of the classes after more samples."""
        free, deform = read_directions(self.extra_directions, X.shape[1])
        spans = list(spans)
        for k in np.unique(labels):
            rows = X[labels == k].astype(np.float64, copy=False)
            rows = without(rows, free)
            if deform is not None:
                moved = read_rows(deform(rows), X.shape[1])
                rows = np.vstack([rows, without(moved, free)])
            spans[k] = span(rows, known=spans[k])
        return spans

    def _leading(self, spans):
        """Bases of the free and the leading directions of each span."""
        free, _ = read_directions(self.extra_directions, self.n_features_in_)
        counts = [
            self.n_components or s.n_leading(self.explained, self.criterion)
            for s in spans
        ]
        if self.shared_dimension:
            counts = [max(counts)] * len(counts)
        # nothing is far from the whole space
        counts = np.minimum(counts, max(1, self.n_features_in_ - len(free) - 1))
        return [
            np.vstack([free, s.basis[:r]]) for s, r in zip(spans, counts, strict=True)
        ]

    def _cut(self):
        """Set what follows from the spans."""
        self.bases_ = self._leading(self._spans)
        self.singular_values_ = [s.singular_values for s in self._spans]
        free, _ = read_directions(self.extra_directions, self.n_features_in_)
        self.n_components_per_class_ = np.array(
            [len(b) - len(free) for b in self.bases_]
        )
        self.n_components_ = int(self.n_components_per_class_.max())


def squared_distances(X: np.ndarray, bases: list[np.ndarray]) -> np.ndarray:
    """Squared distances of samples to subspaces, chunk by chunk in double precision."""
    distances = np.empty((len(X), len(bases)))
    for part in gen_batches(len(X), max(1, CHUNK // X.shape[1])):
        rows = X[part].astype(np.float64, copy=False)
        for k, basis in enumerate(bases):
            distances[part, k] = squared_residuals(rows, basis)
    return distances


def without(rows: np.ndarray, free: np.ndarray) -> np.ndarray:
    """Rows without their part along orthonormal directions."""
    return rows - (rows @ free.T) @ free if len(free) else rows


def read_directions(
    directions: Any, n_features: int
) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray] | None]:
    """Orthonormal free directions, and a function of samples or None."""
    deform = None
    if isinstance(directions, tuple) and any(map(callable, directions)):
        if [callable(part) for part in directions] != [False, True]:
            raise ValueError("extra_directions as a tuple is (array, callable)")
        directions, deform = directions
    elif callable(directions):
        directions, deform = None, directions
    if directions is None:
        return np.empty((0, n_features)), deform
    return span(read_rows(directions, n_features)).basis, deform


def read_rows(directions: ArrayLike, n_features: int) -> np.ndarray:
    """Directions as a table beside samples of ``n_features``."""
    rows = check_array(directions, dtype=np.float64, input_name="extra_directions")
    if rows.shape[1] != n_features:
        raise ValueError(
            f"extra_directions has {rows.shape[1]} columns, but X has {n_features}"
        )
    return rows
