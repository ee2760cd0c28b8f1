# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Classifiers of signals and images by subspaces of their transport transforms."""

from numbers import Real
from typing import Any

import numpy as np
from sklearn.utils import gen_batches

from .._sklearn import Interval
from ..signal import CDT, SCDT, RadonCDT
from ._deformations import half_turn_step, tangents, turned
from ._subspace import CHUNK
from ._transformed import TransformClassifier


class CDTClassifier(TransformClassifier):
    r"""Classifier of densities on a grid, by subspaces of their transforms.

    `CDT`, then `NearestSubspaceClassifier`: a class is a template under warps of the
    axis. Warps of a template that add up to warps again fill a convex cone once
    transformed, and few samples span it.

    Parameters
    ----------
    transformer : CDT or None, default=None
        The transform, fitted as a copy. None takes ``CDT()``.
    deformations : tuple of {"translation", "scale"}, default=("translation",)
        What no class depends on. "translation" makes the classifier blind to where on
        the grid a signal lies. "scale" costs nothing: a stretched signal has a multiple
        of the transform, in the same subspace; where the centre of stretching is not
        the origin of the grid, it takes "translation" too.
    n_components : int or None, default=None
        Dimension of the subspaces beside translations. None finds it by ``explained``.
    explained : float, default=0.99
        Share of the sum of singular values that the subspace of each class holds, as in
        `NearestSubspaceClassifier`.
    probability : bool, default=False
        Whether to offer ``predict_proba``, at a temperature learnt by cross-validation.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    transformer_ : CDT
        The fitted transform.
    subspaces_ : NearestSubspaceClassifier
        The fitted classifier of transforms.
    temperature_ : float
        As in `NearestSubspaceClassifier`. Only if ``probability``.
    n_features_in_ : int
        Number of cells.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the cells, when fitted on a frame.

    See Also
    --------
    SCDTClassifier : Signals of both signs.
    RadonCDTClassifier : Images.

    Notes
    -----
    Costs are those of the transform and of `NearestSubspaceClassifier` with n_quantiles
    features.

    References
    ----------
    .. [1] Park, Kolouri, Kundu, Rohde, "The cumulative distribution transform and
       linear pattern classification", ACHA 45, 2018.
       https://arxiv.org/abs/1507.05936
    .. [2] Shifat-E-Rabbi, Yin, Rubaiyat, Li, Kolouri, Aldroubi, Nichols, Rohde, "Radon
       cumulative distribution transform subspace modeling for image classification",
       Journal of Mathematical Imaging and Vision 63, 2021.
       https://arxiv.org/abs/2004.03669

    Examples
    --------
    One pulse or two, wherever they are; one example of each is enough:

    >>> from skot.classification import CDTClassifier
    >>> X = [[1, 1, 1, 0, 0, 0, 0, 0, 0, 0], [1, 0, 1, 0, 0, 0, 0, 0, 0, 0]]
    >>> classifier = CDTClassifier().fit(X, ["one", "two"])
    >>> classifier.predict([[0, 0, 0, 0, 0, 0, 3, 0, 3, 0]])
    array(['two'], dtype='<U3')
    """

    _known_deformations = ("translation", "scale")
    _default_transformer = CDT
    _parameter_constraints = {
        "transformer": [CDT, None],
        **TransformClassifier._parameter_constraints,
    }

    def __init__(
        self,
        transformer: Any = None,
        *,
        deformations: tuple | str = ("translation",),
        n_components: int | None = None,
        explained: float = 0.99,
        probability: bool = False,
    ) -> None:
        self.transformer = transformer
        self.deformations = deformations
        self.n_components = n_components
        self.explained = explained
        self.probability = probability

    def _directions(self):
        transformer = self.transformer_
        if transformer.kind != "map":
            raise ValueError(
                "subspaces go through the origin, and warps through that of "
                f"kind='map'; got CDT(kind={transformer.kind!r})"
            )
        if "translation" not in self.deformations:
            return None
        return np.ones((1, transformer.n_quantiles_))


class SCDTClassifier(TransformClassifier):
    r"""Classifier of signals of both signs, by subspaces of their transforms.

    `SCDT`, then `NearestSubspaceClassifier`: a class is a template under warps of the
    axis.

    Parameters
    ----------
    transformer : SCDT or None, default=None
        The transform, fitted as a copy. None takes ``SCDT(include_mass=False)``: a
        signal and its multiples are one.
    deformations : tuple of {"translation", "scale"}, default=("translation",)
        What no class depends on, as in `CDTClassifier`.
    n_components : int or None, default=None
        Dimension of the subspaces beside translations. None finds it by ``explained``.
    explained : float, default=0.99
        Share of the sum of singular values that the subspace of each class holds, as in
        `NearestSubspaceClassifier`.
    probability : bool, default=False
        Whether to offer ``predict_proba``, at a temperature learnt by cross-validation.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    transformer_ : SCDT
        The fitted transform.
    subspaces_ : NearestSubspaceClassifier
        The fitted classifier of transforms.
    temperature_ : float
        As in `NearestSubspaceClassifier`. Only if ``probability``.
    n_features_in_ : int
        Number of cells.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the cells, when fitted on a frame.

    See Also
    --------
    CDTClassifier : Densities.
    NearestLocalSubspaceClassifier : After `SCDT`, for classes of several templates.

    Notes
    -----
    Costs are those of the transform and of `NearestSubspaceClassifier` with
    2 n_quantiles features. A warp moves the positive and the negative part together; of
    a signal without one of them, "translation" frees a direction it does not move in.

    References
    ----------
    .. [1] Rubaiyat, Shifat-E-Rabbi, Zhuang, Li, Rohde, "Nearest subspace search in the
       signed cumulative distribution transform space for 1D signal classification",
       ICASSP 2022. https://arxiv.org/abs/2110.05606

    Examples
    --------
    >>> import numpy as np
    >>> from skot.classification import SCDTClassifier
    >>> t = np.linspace(0, 1, 100)
    >>> bump = lambda centre: np.exp(-((t - centre) ** 2) / 0.002)
    >>> X = [bump(0.3) - bump(0.5), bump(0.5) - bump(0.3)]
    >>> classifier = SCDTClassifier().fit(X, ["down", "up"])
    >>> classifier.predict([bump(0.7) - bump(0.85), bump(0.6) - bump(0.35)])
    array(['down', 'up'], dtype='<U4')
    """

    _known_deformations = ("translation", "scale")
    _parameter_constraints = {
        "transformer": [SCDT, None],
        **TransformClassifier._parameter_constraints,
    }

    def __init__(
        self,
        transformer: Any = None,
        *,
        deformations: tuple | str = ("translation",),
        n_components: int | None = None,
        explained: float = 0.99,
        probability: bool = False,
    ) -> None:
        self.transformer = transformer
        self.deformations = deformations
        self.n_components = n_components
        self.explained = explained
        self.probability = probability

    @staticmethod
    def _default_transformer():
        return SCDT(include_mass=False)

    def _directions(self):
        if "translation" not in self.deformations:
            return None
        blocks = np.ones(2 * self.transformer_.n_quantiles_)
        return np.append(blocks, np.zeros(2 * self.transformer_.include_mass))[None]


class RadonCDTClassifier(TransformClassifier):
    r"""Classifier of images, by subspaces of their Radon transforms.

    `RadonCDT`, then `NearestSubspaceClassifier`: a class is a template under smooth
    deformations. One image of each class may do, and nothing need be tuned.

    Parameters
    ----------
    transformer : RadonCDT or None, default=None
        The transform, fitted as a copy. None takes ``RadonCDT()``.
    deformations : tuple of str, default=("translation",)
        What no class depends on; with all four, any affine map that is not too wild.
        All but "translation" need images of two axes and angles evenly spaced over half
        a turn.

        - "translation": to anywhere in the frame, in training and afterwards, as
          exactly as pixels fall into the bins of a projection.
        - "scale": to be wider or higher, to first order. To be larger as a whole costs
          nothing and is free with or without.
        - "shear": along either axis, to first order.
        - "rotation": ``predict`` turns each image by all steps of the angles up to
          ``max_rotation`` and takes the nearest, for each class.
    max_rotation : float, default=40.0
        Degrees, to either side, of "rotation".
    n_components : int or None, default=None
        Dimension of the subspaces beside translations. None finds it by ``explained``.
    explained : float, default=0.99
        Share of the sum of singular values that the subspace of each class holds, as in
        `NearestSubspaceClassifier`.
    probability : bool, default=False
        Whether to offer ``predict_proba``, at a temperature learnt by cross-validation.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    transformer_ : RadonCDT
        The fitted transform.
    subspaces_ : NearestSubspaceClassifier
        The fitted classifier of transforms.
    temperature_ : float
        As in `NearestSubspaceClassifier`. Only if ``probability``.
    n_features_in_ : int
        Number of pixels.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the pixels, when fitted on a frame.

    See Also
    --------
    skot.signal.RadonCDT : The transform.
    NearestSubspaceClassifier : For other features.

    Notes
    -----
    Under a linear map :math:`x \mapsto (I + \varepsilon E) x`, the quantile function
    :math:`Q_\theta` of the projection on :math:`w = w_\theta` changes by

    .. math::
        \varepsilon \left( (w^\top E w) Q_\theta + (w^\top E w') \partial_\theta
        Q_\theta \right), \quad w' = \partial_\theta w,

    to first order. "scale" adds one such row for each training image, "shear" two: they
    count as samples of the class. The first summand alone is the model of [2]_; with
    the second, which that leaves out, the rows are tangent to the images that affine
    maps make, and accuracy is higher. Where a projection of a signed image lacks one of
    its parts, "translation" frees a direction in which it does not move.

    ``fit`` takes a singular value decomposition for each class, of up to 4 n_samples_k
    rows of n_features = n_angles n_quantiles; "rotation" multiplies the time to predict
    by the number of turns, 21 for 45 angles.

    References
    ----------
    .. [1] Shifat-E-Rabbi, Yin, Rubaiyat, Li, Kolouri, Aldroubi, Nichols, Rohde, "Radon
       cumulative distribution transform subspace modeling for image classification",
       Journal of Mathematical Imaging and Vision 63, 2021.
       https://arxiv.org/abs/2004.03669
    .. [2] Shifat-E-Rabbi, Zhuang, Li, Rubaiyat, Yin, Rohde, "Invariance encoding in
       sliced-Wasserstein space for image classification with limited training data",
       Pattern Recognition 137, 2023. https://arxiv.org/abs/2201.02980

    Examples
    --------
    A disc and a ring of one image each, recognised elsewhere and larger:

    >>> import numpy as np
    >>> from skot.classification import RadonCDTClassifier
    >>> row, column = np.indices((32, 32))
    >>> def disc(r, c, radius):
    ...     return (np.hypot(row - r, column - c) < radius).astype(float)
    >>> X = np.stack([disc(10, 10, 5), disc(10, 10, 5) - disc(10, 10, 3)])
    >>> classifier = RadonCDTClassifier().fit(X, ["disc", "ring"])
    >>> new = np.stack([disc(18, 20, 8) - disc(18, 20, 5), disc(22, 15, 7)])
    >>> classifier.predict(new)
    array(['ring', 'disc'], dtype='<U4')
    """

    _known_deformations = ("translation", "scale", "shear", "rotation")
    _default_transformer = RadonCDT
    _parameter_constraints = {
        "transformer": [RadonCDT, None],
        "max_rotation": [Interval(Real, 0, 180, closed="both")],
        **TransformClassifier._parameter_constraints,
    }

    def __init__(
        self,
        transformer: Any = None,
        *,
        deformations: tuple = ("translation",),
        max_rotation: float = 40.0,
        n_components: int | None = None,
        explained: float = 0.99,
        probability: bool = False,
    ) -> None:
        self.transformer = transformer
        self.deformations = deformations
        self.max_rotation = max_rotation
        self.n_components = n_components
        self.explained = explained
        self.probability = probability

    def _directions(self):
        transformer, chosen = self.transformer_, self.deformations
        self._n_turns = 0  # to either side
        if transformer.normalize is not None:
            if len(chosen):
                raise ValueError(
                    "a normalised RadonCDT is invariant by itself: set deformations=()"
                )
            return None
        first_order = [d for d in chosen if d in ("scale", "shear")]
        if first_order or "rotation" in chosen:
            step = half_turn_step(transformer)
            if "rotation" in chosen:
                self._n_turns = int(self.max_rotation / step + 1e-9)
        free, deform = None, None
        if "translation" in chosen:
            free = np.repeat(transformer.slices_.T, transformer.n_quantiles_, axis=1)
            if transformer.signed:
                masses = np.zeros((len(free), 2 * len(transformer.slices_)))
                free = np.hstack([free, free, masses])
        if first_order:
            deform = tangents(transformer.slices_, first_order)
        return free if deform is None else deform if free is None else (free, deform)

    def _distances(self, subspaces, F):
        if not self._n_turns:
            return subspaces.residuals(F)
        distances = np.empty((len(F), len(subspaces.classes_)))
        for part in gen_batches(len(F), max(1, CHUNK // F.shape[1])):
            shape = (-1, len(self.transformer_.slices_), self.transformer_.n_quantiles_)
            distances[part] = np.minimum.reduce(
                [
                    subspaces.residuals(rows.reshape(len(rows), -1))
                    for rows in turned(F[part].reshape(shape), self._n_turns)
                ]
            )
        return distances
