# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The sliced-Wasserstein kernel: positive semi-definite by construction."""

from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.utils.validation import check_is_fitted

from .._random import RANDOM_STATE, RandomState
from .._sklearn import Interval, StrOptions, fit_context
from ..base import SetTransformerMixin, SkotEstimator, take_over_reading
from ..embedding import SlicedWassersteinEmbedding
from ..solvers import SLICERS


class SlicedWassersteinKernel(SetTransformerMixin, SkotEstimator):
    r"""Gaussian kernel of the sliced 2-Wasserstein distance, against the training sets.

    .. math::
        k(\mu, \nu) = \exp(-\gamma \, SW_2^2(\mu, \nu)),

    for ``kernel="precomputed"`` learners: SVC, SVR, KernelPCA, spectral clustering. The
    sliced distance is that of Euclidean vectors, the embedding of the sets, so that the
    kernel is **positive semi-definite by construction**, whatever gamma.

    Parameters
    ----------
    gamma : float or "scale", default="scale"
        Width. "scale" takes the inverse of the mean squared distance between two
        training sets, which makes the kernel the same in any unit.
    n_slices : int, default=64
        Number of directions.
    n_quantiles : int or None, default=None
        Number of levels at which quantile functions are read. None takes the median
        number of points of the training sets.
    slices : str, array-like of shape (n_slices, n_dims) or callable, default="auto"
        Directions, as in `skot.embedding.SlicedWassersteinEmbedding`.
    n_jobs : int or None, default=None
        Workers, as in joblib.
    random_state : int, RandomState, Generator or None, default=None
        Source of random directions, drawn in ``fit``.
    verbose : int, default=0
        Progress is printed where positive.

    Attributes
    ----------
    gamma_ : float
        Width in use.
    embedding_ : SlicedWassersteinEmbedding
        The embedding behind the kernel.
    n_features_in_ : int
        Dimension of the points, n_dims.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, when fitted on a table that has some.

    See Also
    --------
    TransportKernel : Kernels of other distances, which need not be positive.
    skot.embedding.SlicedWassersteinEmbedding : With an RBF kernel on its vectors, the
        same kernel for learners that take vectors, such as Gaussian processes.

    Notes
    -----
    Sets are embedded once each; then ``n_sets * n_fit * n_slices * n_quantiles``
    operations, by matrix products. Memory: the vectors and the matrix.

    References
    ----------
    .. [1] Kolouri, Zou, Rohde, "Sliced Wasserstein kernels for probability
       distributions", CVPR 2016. https://arxiv.org/abs/1511.03198
    .. [2] Carriere, Cuturi, Oudot, "Sliced Wasserstein kernel for persistence
       diagrams", ICML 2017. https://arxiv.org/abs/1706.03358

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.svm import SVC
    >>> from skot.kernel import SlicedWassersteinKernel
    >>> X = [[[0.0], [1.0]], [[0.0], [2.0]], [[7.0]], [[8.0], [9.0]]]
    >>> svc = make_pipeline(SlicedWassersteinKernel(), SVC(kernel="precomputed"))
    >>> svc.fit(X, [0, 0, 1, 1]).predict([[[1.0], [3.0], [1.0]]])
    array([0])
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "gamma": [StrOptions({"scale"}), Interval(Real, 0, None, closed="neither")],
        "n_slices": [Interval(Integral, 1, None, closed="left")],
        "n_quantiles": [Interval(Integral, 1, None, closed="left"), None],
        "slices": [StrOptions(set(SLICERS)), "array-like", callable],
        "n_jobs": [Integral, None],
        "random_state": RANDOM_STATE,
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        gamma: float | str = "scale",
        *,
        n_slices: int = 64,
        n_quantiles: int | None = None,
        slices: Any = "auto",
        n_jobs: int | None = None,
        random_state: RandomState = None,
        verbose: int = 0,
    ) -> None:
        self.gamma = gamma
        self.n_slices = n_slices
        self.n_quantiles = n_quantiles
        self.slices = slices
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Embed the training sets and choose gamma.

        Parameters
        ----------
        X : set-like of shape (n_fit, n_dims)
            Training sets.
        y : None
            Ignored.

        Returns
        -------
        self
            The fitted kernel.

        Raises
        ------
        ValueError
            If a set is empty, has NaN, infinite or no mass; or if the slices do not
            fit the sets.
        """
        self.embedding_ = SlicedWassersteinEmbedding(
            self.n_slices,
            n_quantiles=self.n_quantiles,
            slices=self.slices,
            n_jobs=self.n_jobs,
            random_state=self.random_state,
            verbose=self.verbose,
        ).set_output(transform="default")  # arrays, whatever users ask of the kernel
        self._vectors = self.embedding_.fit_transform(X)
        take_over_reading(self, self.embedding_)
        n_fit = len(self._vectors)
        if self.gamma == "scale":
            # pairs of n vectors: the sum of squares about the mean, times 2 / (n - 1)
            spread = 2 * self._vectors.var(axis=0, dtype=float).sum()
            spread *= n_fit / max(n_fit - 1, 1)
            size = np.square(self._vectors, dtype=float).sum(axis=1).max()
            # sets that are all the same have no scale
            self.gamma_ = float(1 / spread) if spread > 1e-24 * size else 1.0
        else:
            self.gamma_ = float(self.gamma)
        self._n_features_out = n_fit
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Compute the kernel between sets and the training sets.

        Parameters
        ----------
        X : set-like of shape (n_sets, n_dims)
            Sets of any sizes.

        Returns
        -------
        ndarray of shape (n_sets, n_fit)
            Values in (0, 1].

        Raises
        ------
        ValueError
            If a set is empty, has NaN, infinite or no mass, or another dimension than
            in ``fit``.
        """
        check_is_fitted(self)
        vectors = self.embedding_.transform(X)
        K = rbf_kernel(
            *(v.astype(np.float64, copy=False) for v in (vectors, self._vectors)),
            gamma=self.gamma_,
        )
        return np.asarray(K.astype(vectors.dtype, copy=False))
