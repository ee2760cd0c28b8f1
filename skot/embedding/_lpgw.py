# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Linear partial Gromov-Wasserstein: shapes with outliers and missing parts."""

from functools import partial
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from .._random import RANDOM_STATE, RandomState
from .._sklearn import Interval, StrOptions, fit_context
from ..base import SetTransformerMixin, SkotEstimator
from ..references import (
    SPACE_REFERENCES,
    SeenSpaces,
    SpaceSolver,
    learn_space_penalty,
    learn_space_references,
)
from ..sets import Graph, GraphSets, Measure, MetricSpace, PointSets
from ..solvers import (
    GromovResult,
    fused_partial_gromov_wasserstein,
    linear_partial_gromov,
)
from ._columns import (
    feature_names,
    from_columns,
    n_columns,
    split_columns,
    to_columns,
)
from ._interpolation import check_n_dims, interpolate_spaces
from ._projections import METRICS, feature_cost, read_for, see_all


class LPGWEmbedding(SetTransformerMixin, SkotEstimator):
    r"""Linear partial Gromov-Wasserstein (LPGW) embedding of shapes and graphs.

    As `LGWEmbedding`, with plans that may leave mass unmatched, of the reference and of
    the space, at the price ``lam``: outliers and missing parts do not spoil the rest.
    Node j of the reference keeps the mass :math:`p_j = \sum_i G_{ji}`, of its own mass
    :math:`a_j`, and goes to :math:`T_j = \frac{1}{p_j} \sum_i G_{ji} x_i`. With
    :math:`K_{jk} = |T_j - T_k| - C^0_{jk}`, and M the mass of the space, the columns
    are

    .. math::
        \sqrt{p_j p_k} \, K_{jk}, \qquad
        \sqrt{2 \lambda |a|} \sqrt{p_j}, \qquad \sqrt{\lambda} \, M .

    `pairwise` gives the linear partial Gromov-Wasserstein discrepancy of two spaces,

    .. math::
        \sum_{jk} w_j w_k (K_{jk} - K'_{jk})^2 +
        \lambda \left( M^2 + M'^2 - 2 |w|^2 \right), \qquad w = \min(p, p'),

    as its square root: the distance to use. The Euclidean distance of the vectors
    is close to it, and is what learners on vectors see.

    Parameters
    ----------
    lam : float or str, default="auto"
        Price of unmatched mass, in units of squared distance: the distances of a point
        to the others may be off by :math:`\sqrt{2 \lambda}`, in root mean square,
        before it is better left out. "auto" takes a tenth of what it costs to match
        the points of a training space at random: of the mean squared distance between
        two of them, where structure alone counts; with ``alpha`` below 1, alpha times
        that, and ``1 - alpha`` times the mean squared difference of features, divided
        by the mass. The median over spaces; 1 where that is zero. "q50" makes ``2 *
        lam`` the median of the same squared distances, over all pairs of points of a
        training space, "q10" the 10 % quantile, and so on.
    reference : str or set-like, default="kmedoids"
        What is matched with each space. Learnt in ``fit``, from the training spaces
        alone:

        - "barycenter": partial Gromov-Wasserstein barycentre of at most 10 training
          spaces;
        - "sample": a training space of common size;
        - "kmedoids": ``n_medoids`` training spaces such that each of them has one of
          these near, by linear discrepancies through as many that lie far apart; chosen
          among at most 200.

        Or given, in the form X has: points, a `Measure`, a square matrix or tuple
        (matrix, weights) with ``metric="precomputed"``, a graph; or a `MetricSpace`
        whatever the metric; or a list of these, which are several references.
    n_reference : int or None, default=None
        Nodes of a learnt reference. A training space of this size is taken, or the
        nearest in size, and thinned out where it is larger, at the same total mass.
        None takes the mean size, and thins out nothing.
    n_medoids : int, default=4
        Number of references of "kmedoids", at most; each costs a problem a space. About
        four for each kind of shape keep nearest neighbours right where points are
        missing; one barycentre does where all shapes are variants of one.
    metric : str, default="euclidean"
        - "euclidean", "sqeuclidean", "cityblock", "chebyshev", "cosine": X holds sets;
        - "shortest_path", "hop", "diffusion": X holds graphs, parts of which may lie
          apart. Attributes of networkx nodes are features in
          ``GraphSets.from_list(graphs, node_attr=...)``, else degrees are;
        - "precomputed": X is a list of square matrices, or of tuples
          (matrix, weights) or (matrix, weights, features).

        As in `skot.sets.read_spaces`.
    masses : {"positive", "probability"}, default="positive"
        "positive" takes weights as they are given, 1 a point where there are none: a
        shape that lost points lost mass. "probability" scales those of each space to
        sum 1: points may be missing anywhere at no cost, and outliers make the others
        lighter.
    alpha : float, default=1.0
        Share of the structure, in (0, 1]. Below 1 the features of nodes count as well,
        or the coordinates of points: the plan is that of fused partial
        Gromov-Wasserstein, and ``(1 - alpha) * w_j`` times the squared differences of
        mean features is added. Structure counts by the square of the mass, features by
        the mass: with points of mass 1 structure dominates, and
        ``masses="probability"`` lets both count.
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
    lam_ : float
        Price of unmatched mass.
    references_ : list of MetricSpace
        The references: ``distances``, ``weights`` and ``features``.
    n_iter_ : int
        Iterations spent on the references, 1 where nothing iterates.
    n_features_in_ : int
        Dimension of the points, or number of features.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, when fitted on a table that has some.

    See Also
    --------
    LGWEmbedding : Matches all mass: faster, and enough where nothing is missing.

    Notes
    -----
    One partial Gromov-Wasserstein problem for each space and reference:
    ``O(n_points^2 * n_reference)`` operations an iteration, from several starts, since
    the problem is not convex. Vectors have ``n_reference * (n_reference + 1) / 2``
    columns for each reference, and one more.

    A reference retains of a space what resembles it, and outliers too where these fit.
    One reference for many unlike shapes therefore loses what tells them apart; with
    several, `pairwise` takes the least discrepancy, through the reference nearest to
    both. Where each node is matched to a single point, a discrepancy is the cost of a
    feasible way to match the two spaces, so that the least is nearest to the partial
    Gromov-Wasserstein one. In vectors, references count alike.

    The discrepancy of a space to itself is :math:`2 \lambda (M^2 - |p|^2)`: zero only
    where the reference matches all of it.

    References
    ----------
    .. [1] Bai, Kothapalli, Du, Martin, Kolouri, "Linear partial Gromov-Wasserstein
       embedding", ICML 2025. https://arxiv.org/abs/2410.16669
    .. [2] Bai, Martin, Kothapalli, Du, Liu, Kolouri, "Partial Gromov-Wasserstein
       metric", ICLR 2025. https://arxiv.org/abs/2402.03664

    Examples
    --------
    >>> import numpy as np
    >>> from skot.embedding import LPGWEmbedding
    >>> triangle = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 3.0]])
    >>> outlier = np.vstack([triangle, [[50.0, 50.0]]])
    >>> embedding = LPGWEmbedding(lam=1.0, reference=triangle)
    >>> Z = embedding.fit_transform([triangle, outlier, 1.1 * triangle])
    >>> embedding.pairwise(Z[:1], Z).round(3)
    array([[0.   , 2.646, 1.   ]])
    """

    _parameter_constraints = {
        "lam": [Interval(Real, 0, None, closed="neither"), str],
        "reference": [
            StrOptions(set(SPACE_REFERENCES)), "array-like", Measure, MetricSpace,
            Graph, GraphSets, tuple,
        ],
        "n_reference": [Interval(Integral, 1, None, closed="left"), None],
        "n_medoids": [Interval(Integral, 1, None, closed="left")],
        "metric": [StrOptions(set(METRICS))],
        "masses": [StrOptions({"positive", "probability"})],
        "alpha": [Interval(Real, 0, 1, closed="right")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "n_starts": [Interval(Integral, 1, None, closed="left")],
        "n_jobs": [Integral, None],
        "random_state": RANDOM_STATE,
        "verbose": ["verbose"],
    }  # fmt: skip

    def __init__(
        self,
        lam: float | str = "auto",
        *,
        reference: Any = "kmedoids",
        n_reference: int | None = None,
        n_medoids: int = 4,
        metric: str = "euclidean",
        masses: str = "positive",
        alpha: float = 1.0,
        max_iter: int = 20,
        n_starts: int = 4,
        n_jobs: int | None = None,
        random_state: RandomState = None,
        verbose: int = 0,
    ) -> None:
        self.lam = lam
        self.reference = reference
        self.n_reference = n_reference
        self.n_medoids = n_medoids
        self.metric = metric
        self.masses = masses
        self.alpha = alpha
        self.max_iter = max_iter
        self.n_starts = n_starts
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the price of unmatched mass, and the references.

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
            square, symmetric and non-negative; if a reference does not fit; or if
            ``lam`` is neither a positive number, nor "auto", nor a quantile.

        Warns
        -----
        UserWarning
            If a given reference has ten times the mass of the spaces, or a tenth.
        """
        spaces, _ = read_for(self, X, reset=True, masses=self.masses)
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
        spaces, dtype = read_for(self, X, reset=True, masses=self.masses)
        return self._learn(spaces)._embed(spaces, dtype)

    def _learn(self, spaces: list[MetricSpace]) -> Self:
        self.lam_ = learn_space_penalty(self.lam, spaces, alpha=self.alpha)
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
            masses=self.masses,
            lam=self.lam_,
        )
        self._n_features_out = 1 + sum(
            n_columns(reference, lam=self.lam_) for reference in self.references_
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
            For each reference, the structure of pairs j < k, times :math:`\sqrt{2}`, in
            the order of ``np.triu_indices``, then the features if any, then the
            retained masses; all divided by the root of the number of references. The
            mass of the space in the last column.

        Raises
        ------
        ValueError
            As in ``fit``; or if points have another dimension.
        """
        check_is_fitted(self)
        spaces, dtype = read_for(self, X, reset=False, masses=self.masses)
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
            to_columns(one, reference, alpha=self.alpha, lam=self.lam_)
            for one, reference in zip(seen, self.references_, strict=True)
        ]
        mass = np.sqrt(self.lam_) * seen[0].masses[:, None]
        out = np.hstack([np.hstack(blocks) / np.sqrt(len(blocks)), mass])
        return out.astype(dtype, copy=False)

    def pairwise(self, X: ArrayLike, Y: ArrayLike | None = None) -> np.ndarray:
        """Compute linear partial Gromov-Wasserstein discrepancies of embeddings.

        Parameters
        ----------
        X : array-like of shape (n_x, n_columns)
            Embeddings.
        Y : array-like of shape (n_y, n_columns) or None, default=None
            Embeddings. None takes X.

        Returns
        -------
        ndarray of shape (n_x, n_y)
            Square roots of the discrepancies, the least over the references. They are
            not zero on the diagonal where the references leave mass unmatched.

        Raises
        ------
        ValueError
            If X or Y has another number of columns than embeddings have.
        """
        check_is_fitted(self)
        left = self._read_columns(X)
        right = left if Y is None else self._read_columns(Y, "Y")
        D = self._discrepancies(left, right)
        return np.sqrt(np.min(D, axis=0))

    def interpolate(
        self, X: ArrayLike, times: ArrayLike, *, n_dims: int | None = None
    ) -> PointSets:
        """Realise spaces between two embeddings as sets of points.

        Distances between the images of the nodes go from those of one space to those
        of the other in a straight line, and so do the retained masses; points come
        from them by classical scaling, each frame turned onto the one before. What the
        reference does not match is left out: outliers of either space.

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
            One weighted set of at most n_reference points for each time, up to rigid
            motion; through the reference in which the two are nearest.

        Raises
        ------
        ValueError
            If X is not of shape (2, n_columns), or a time is outside of [0, 1].
        """
        check_is_fitted(self)
        pairs = self._read_columns(X)
        k = int(np.argmin([D[0, -1] for D in self._discrepancies(pairs, pairs)]))
        n_dims = check_n_dims(n_dims, self.metric, self.n_features_in_)
        return interpolate_spaces(pairs[k], self.references_[k], times, n_dims)

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
            Such as "lpgwembedding_structure2_5" for nodes 2 and 5,
            "lpgwembedding_retained2" and "lpgwembedding_mass"; with several references,
            "lpgwembedding_reference0_structure2_5".
        """
        check_is_fitted(self)
        super().get_feature_names_out(input_features)  # checks
        prefix = type(self).__name__.lower()
        return feature_names(prefix, self.references_, lam=self.lam_)

    def _solver(self) -> SpaceSolver:
        return partial(
            partial_plan, lam=self.lam_, alpha=self.alpha, n_starts=self.n_starts
        )

    def _read_columns(self, X: ArrayLike, name: str = "X") -> list[SeenSpaces]:
        *blocks, mass = split_columns(X, self.references_, lam=self.lam_, name=name)
        masses = mass[:, 0] / np.sqrt(self.lam_)
        root = np.sqrt(len(blocks))
        return [
            from_columns(
                root * block, reference, alpha=self.alpha, lam=self.lam_, masses=masses
            )
            for block, reference in zip(blocks, self.references_, strict=True)
        ]

    def _discrepancies(
        self, X: list[SeenSpaces], Y: list[SeenSpaces]
    ) -> list[np.ndarray]:
        return [
            linear_partial_gromov(x.rows(), y.rows(), lam=self.lam_, alpha=self.alpha)
            for x, y in zip(X, Y, strict=True)
        ]


def partial_plan(
    reference: MetricSpace, space: MetricSpace, **params: Any
) -> GromovResult:
    """Partial Gromov-Wasserstein plan, fused where there are features."""
    M = feature_cost(reference, space)
    weights = reference.weights, space.weights
    return fused_partial_gromov_wasserstein(
        reference.distances, space.distances, M, *weights, **params
    )
