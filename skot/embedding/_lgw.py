# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Linear Gromov-Wasserstein: shapes as distances between the nodes of a reference."""

from functools import partial
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial.distance import cdist
from sklearn.utils.validation import check_is_fitted

from .._random import RANDOM_STATE, RandomState
from .._sklearn import Interval, StrOptions, fit_context
from ..base import SetTransformerMixin, SkotEstimator
from ..references import SPACE_REFERENCES, SpaceSolver, learn_space_references
from ..sets import Graph, GraphSets, Measure, MetricSpace, PointSets
from ..solvers import GromovResult, fused_gromov_wasserstein
from ._columns import (
    feature_names,
    from_columns,
    n_columns,
    split_columns,
    to_columns,
)
from ._interpolation import check_n_dims, interpolate_spaces
from ._projections import METRICS, feature_cost, read_for, see_all


class LGWEmbedding(SetTransformerMixin, SkotEstimator):
    r"""Linear Gromov-Wasserstein (LGW) embedding of shapes and graphs.

    One reference, with distances :math:`C^0_{jk}` between nodes of mass :math:`a_j`, is
    matched with each space by a Gromov-Wasserstein plan. Each node goes to the mean
    :math:`T_j` of what it is matched to, and what becomes of the distances between
    nodes is the embedding:

    .. math::
        \phi_{jk} = \sqrt{a_j a_k} \, K_{jk}, \qquad
        K_{jk} = |T_j - T_k| - C^0_{jk} .

    The Euclidean distance between two embeddings approximates the Gromov-Wasserstein
    distance, at the price of one problem for each space instead of one for each pair.
    It does not see rotations, reflections and translations.

    Parameters
    ----------
    reference : str or set-like, default="barycenter"
        What is matched with each space. Learnt in ``fit``, from the training spaces
        alone:

        - "barycenter": Gromov-Wasserstein barycentre of at most 10 training spaces;
        - "sample": a training space of common size;
        - "kmedoids": ``n_medoids`` training spaces such that each of them has one of
          these near, by linear distances through as many that lie far apart; chosen
          among at most 200.

        Or given, in the form X has: points, a `Measure`, a square matrix or tuple
        (matrix, weights) with ``metric="precomputed"``, a graph; or a `MetricSpace`
        whatever the metric; or a list of these, which are several references.
    n_reference : int or None, default=None
        Nodes of a learnt reference. A training space of this size is taken, or the
        nearest in size, and thinned out where it is larger. None takes the mean size,
        and thins out nothing.
    n_medoids : int, default=4
        Number of references of "kmedoids", at most.
    metric : str, default="euclidean"
        - "euclidean", "sqeuclidean", "cityblock", "chebyshev", "cosine": X holds sets;
        - "shortest_path", "hop", "diffusion": X holds graphs, parts of which may lie
          apart. Attributes of networkx nodes are features in
          ``GraphSets.from_list(graphs, node_attr=...)``, else degrees are;
        - "precomputed": X is a list of square matrices, or of tuples
          (matrix, weights) or (matrix, weights, features).

        As in `skot.sets.read_spaces`.
    alpha : float, default=1.0
        Share of the structure, in (0, 1]. Below 1 the features of nodes count as well,
        or the coordinates of points: the plan is that of fused Gromov-Wasserstein, and
        ``(1 - alpha)`` times the squared differences of mean features is added.
    max_iter : int, default=20
        Iterations of "barycenter" and "kmedoids".
    n_starts : int, default=4
        Starts of each Gromov-Wasserstein problem, which is not convex.
    n_jobs : int or None, default=None
        Workers of ``transform``, as in joblib.
    random_state : int, RandomState, Generator or None, default=None
        Source of randomness in ``fit``; ``transform`` has none.
    verbose : int, default=0
        Progress of ``transform`` is printed where positive.

    Attributes
    ----------
    references_ : list of MetricSpace
        The references: ``distances``, ``weights`` of sum 1, and ``features``.
    n_iter_ : int
        Iterations spent on the references, 1 where nothing iterates.
    n_features_in_ : int
        Dimension of the points, or number of features.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, when fitted on a table that has some.

    See Also
    --------
    LPGWEmbedding : Leaves unmatched what fits nowhere: outliers, missing parts.
    WassersteinEmbedding : Where coordinates have a meaning of their own.

    Notes
    -----
    One Gromov-Wasserstein problem for each space and reference, some milliseconds for
    50 points: ``O(n_points^2 * n_reference)`` operations an iteration. The problem is
    not convex, and what is found is a local optimum. Vectors have
    ``n_reference * (n_reference - 1) / 2`` columns for each reference, and
    ``n_reference * n_features`` more where alpha is below 1.

    With several references, the Euclidean distance is the root mean square of the
    distances through each, and `pairwise` takes the least: where each node is matched
    to a single point, every one of them is the cost of a way to match the two spaces,
    so that the least is nearest to the true distance.

    References differ from those of [1]_ where spaces have no coordinates: there a node
    goes to one point of the space. Here distances between means are those that the
    squared distances of the space imply, as if it were Euclidean.

    References
    ----------
    .. [1] Beier, Beinert, Steidl, "On a linear Gromov-Wasserstein distance", IEEE
       Transactions on Image Processing 31, 2022. https://arxiv.org/abs/2112.11964
    .. [2] Vayer, Chapel, Flamary, Tavenard, Courty, "Optimal transport for structured
       data with application on graphs", ICML 2019. https://arxiv.org/abs/1805.09114

    Examples
    --------
    >>> import numpy as np
    >>> from skot.embedding import LGWEmbedding
    >>> triangle = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 3.0]])
    >>> turned = triangle @ [[0.0, 1.0], [-1.0, 0.0]]
    >>> embedding = LGWEmbedding("sample", random_state=0)
    >>> Z = embedding.fit_transform([triangle, turned, 2 * triangle])
    >>> embedding.pairwise(Z).round(3)
    array([[0.   , 0.   , 3.333],
           [0.   , 0.   , 3.333],
           [3.333, 3.333, 0.   ]])
    """

    _parameter_constraints = {
        "reference": [
            StrOptions(set(SPACE_REFERENCES)), "array-like", Measure, MetricSpace,
            Graph, GraphSets, tuple,
        ],
        "n_reference": [Interval(Integral, 1, None, closed="left"), None],
        "n_medoids": [Interval(Integral, 1, None, closed="left")],
        "metric": [StrOptions(set(METRICS))],
        "alpha": [Interval(Real, 0, 1, closed="right")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "n_starts": [Interval(Integral, 1, None, closed="left")],
        "n_jobs": [Integral, None],
        "random_state": RANDOM_STATE,
        "verbose": ["verbose"],
    }  # fmt: skip

    def __init__(
        self,
        reference: Any = "barycenter",
        *,
        n_reference: int | None = None,
        n_medoids: int = 4,
        metric: str = "euclidean",
        alpha: float = 1.0,
        max_iter: int = 20,
        n_starts: int = 4,
        n_jobs: int | None = None,
        random_state: RandomState = None,
        verbose: int = 0,
    ) -> None:
        self.reference = reference
        self.n_reference = n_reference
        self.n_medoids = n_medoids
        self.metric = metric
        self.alpha = alpha
        self.max_iter = max_iter
        self.n_starts = n_starts
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the references.

        Parameters
        ----------
        X : set-like of shape (n_spaces, n_dims), graph-like, or list of matrices
            Training spaces, as ``metric`` says.
        y : None
            Ignored.

        Returns
        -------
        self
            The fitted embedding.

        Raises
        ------
        ValueError
            If a space is empty, has NaN, infinite or no mass, or a matrix that is not
            square, symmetric and non-negative; or if a reference does not fit.
        """
        spaces, _ = read_for(self, X, reset=True, masses="probability")
        return self._learn(spaces)

    @fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, X: Any, y: Any = None) -> np.ndarray:
        """Fit, and embed the training spaces, which are read once.

        Parameters
        ----------
        X : set-like of shape (n_spaces, n_dims), graph-like, or list of matrices
            Training spaces.
        y : None
            Ignored.

        Returns
        -------
        ndarray of shape (n_spaces, n_columns)
            As by ``transform``.
        """
        spaces, dtype = read_for(self, X, reset=True, masses="probability")
        return self._learn(spaces)._embed(spaces, dtype)

    def _learn(self, spaces: list[MetricSpace]) -> Self:
        self.references_, self.n_iter_ = learn_space_references(
            self.reference,
            spaces,
            self._solver(),
            n_reference=self.n_reference,
            n_medoids=self.n_medoids,
            max_iter=self.max_iter,
            alpha=self.alpha,
            random_state=self.random_state,
            metric=self.metric,
            masses="probability",
        )
        self._n_features_out = sum(
            n_columns(reference) for reference in self.references_
        )
        return self

    def transform(self, X: Any) -> np.ndarray:
        r"""Embed spaces.

        Parameters
        ----------
        X : set-like of shape (n_spaces, n_dims), graph-like, or list of matrices
            Spaces of any sizes.

        Returns
        -------
        ndarray of shape (n_spaces, n_columns)
            For each reference, the entries :math:`\sqrt{2} \phi_{jk}` for j < k, in
            the order of ``np.triu_indices``, then the features if any; all divided by
            the root of the number of references. A reference of one node has one
            column, of zeros.

        Raises
        ------
        ValueError
            As in ``fit``; or if points have another dimension.
        """
        check_is_fitted(self)
        spaces, dtype = read_for(self, X, reset=False, masses="probability")
        return self._embed(spaces, dtype)

    def _embed(self, spaces: list[MetricSpace], dtype: np.dtype) -> np.ndarray:
        seen = see_all(
            spaces,
            self.references_,
            self._solver(),
            n_jobs=self.n_jobs,
            verbose=self.verbose,
        )
        blocks = [
            to_columns(one, reference, alpha=self.alpha)
            for one, reference in zip(seen, self.references_, strict=True)
        ]
        return (np.hstack(blocks) / np.sqrt(len(blocks))).astype(dtype, copy=False)

    def pairwise(self, X: ArrayLike, Y: ArrayLike | None = None) -> np.ndarray:
        """Compute linear Gromov-Wasserstein distances of embeddings.

        Parameters
        ----------
        X : array-like of shape (n_x, n_columns)
            Embeddings.
        Y : array-like of shape (n_y, n_columns) or None, default=None
            Embeddings. None takes X.

        Returns
        -------
        ndarray of shape (n_x, n_y)
            Distances: the Euclidean ones with a single reference, the least of those
            through each with several.

        Raises
        ------
        ValueError
            If X or Y has another number of columns than embeddings have.
        """
        check_is_fitted(self)
        left = self._split(X)
        right = left if Y is None else self._split(Y, "Y")
        D = [cdist(x, y) for x, y in zip(left, right, strict=True)]
        return np.min(D, axis=0) * np.sqrt(len(D))

    def interpolate(
        self, X: ArrayLike, times: ArrayLike, *, n_dims: int | None = None
    ) -> PointSets:
        """Realise spaces between two embeddings as sets of points.

        Distances between the images of the nodes go from those of one space to those
        of the other in a straight line; points come from them by classical scaling,
        each frame turned onto the one before.

        Parameters
        ----------
        X : array-like of shape (2, n_columns)
            Two embeddings.
        times : array-like of shape (n_times,)
            Shares of the second one, from 0 to 1.
        n_dims : int or None, default=None
            Dimension of the points. None takes that of the training sets, 2 for graphs
            and matrices.

        Returns
        -------
        PointSets
            One set of n_reference points for each time, up to rigid motion; through
            the reference in which the two are nearest.

        Raises
        ------
        ValueError
            If X is not of shape (2, n_columns), or a time is outside of [0, 1].
        """
        check_is_fitted(self)
        blocks = self._split(X)
        k = int(np.argmin([np.linalg.norm(np.diff(b, axis=0)) for b in blocks]))
        block = blocks[k] * np.sqrt(len(blocks))
        pair = from_columns(block, self.references_[k], alpha=self.alpha)
        n_dims = check_n_dims(n_dims, self.metric, self.n_features_in_)
        return interpolate_spaces(pair, self.references_[k], times, n_dims)

    def get_feature_names_out(
        self, input_features: ArrayLike | None = None
    ) -> np.ndarray:
        """Get output feature names: of pairs of nodes, and of nodes.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Checked against the fitted features when fitted on a table. Ignored when
            fitted on sets.

        Returns
        -------
        ndarray of str
            Such as "lgwembedding_structure2_5" for nodes 2 and 5; with several
            references, "lgwembedding_reference0_structure2_5".
        """
        check_is_fitted(self)
        super().get_feature_names_out(input_features)  # checks
        prefix = type(self).__name__.lower()
        return feature_names(prefix, self.references_)

    def _solver(self) -> SpaceSolver:
        return partial(balanced_plan, alpha=self.alpha, n_starts=self.n_starts)

    def _split(self, X: ArrayLike, name: str = "X") -> list[np.ndarray]:
        return split_columns(X, self.references_, name=name)


def balanced_plan(
    reference: MetricSpace, space: MetricSpace, **params: Any
) -> GromovResult:
    """Gromov-Wasserstein plan, fused where there are features."""
    M = feature_cost(reference, space)
    weights = reference.weights, space.weights
    return fused_gromov_wasserstein(
        reference.distances, space.distances, M, *weights, **params
    )
