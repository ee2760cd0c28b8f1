# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Linear optimal partial transport: sets as what becomes of one reference."""

from functools import partial
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_array, check_is_fitted

from .._parallel import chunk_bounds, map_chunks
from .._random import RANDOM_STATE, RandomState
from .._sklearn import Interval, StrOptions, fit_context
from .._warnings import warn
from ..base import SetTransformerMixin, SkotEstimator
from ..references import (
    POINT_REFERENCES,
    check_penalty,
    learn_penalty,
    learn_reference,
    reference_costs,
    warn_of_mass,
)
from ..sets import Measure, PointSets, as_measure, masses, probabilities, validate_sets
from ..solvers import linear_partial, partial_projections
from ._interpolation import check_times

# Entries of the cost matrices of one chunk of sets, as for balanced transport.
CHUNK = 2**16


class LOPTEmbedding(SetTransformerMixin, SkotEstimator):
    r"""Linear optimal partial transport (LOPT) embedding of sets with outliers.

    One reference, with atoms :math:`z_j` of mass :math:`a_j`, is transported onto each
    set as far as that pays: every unit of mass left unmatched costs ``lam``, on either
    side, so that nothing moves farther than :math:`\sqrt{2 \lambda}`. What becomes of
    the reference is the embedding:

    - how far each atom moves, :math:`u_j = \frac{1}{p_j} \sum_i G_{ji} x_i - z_j`;
    - what it keeps of its mass, :math:`p_j = \sum_i G_{ji}`;
    - the mass M of the set that is matched with nothing: its outliers.

    Points out of reach change nothing but M. Distances between embeddings are not
    Euclidean: `pairwise` computes them, from the vectors alone.

    Parameters
    ----------
    reference : str, array-like, Measure or callable, default="barycenter"
        What is transported: "barycenter", "kmeans", "normal" or "medoid", learnt in
        ``fit`` as in `WassersteinEmbedding`, with the mean mass of the training sets.
        Outliers draw centroids of "kmeans" to themselves; a barycentre stays where
        most sets have their mass. Best are sets without outliers, or one of your own.
        The atoms of an array (n_reference, n_dims) have mass 1 each, and those of a
        `Measure`, or of a tuple (points, weights), its weights; a callable
        ``f(sets, n_reference, rng)`` returns either, and is given the mean mass.
    n_reference : int or None, default=None
        Number of atoms of a learnt reference. None takes the mean number of points of
        the training sets, rounded: where points have mass 1, so have atoms then.
    lam : float or str, default="auto"
        Penalty of a unit of mass left unmatched, in squared units of the points, on
        either side: ``2 * lam`` is the largest squared distance at which anything
        moves. "q50" makes that the median squared distance between atoms of the
        reference and points of the training sets, "q10" the 10 % quantile, and so on;
        the fewer outliers are to be let in, the lower. "auto" is "q50".
    masses : {"positive", "probability"}, default="positive"
        "positive" takes weights as they are, and points without weights have mass 1
        each: sets differ in mass. "probability" scales the mass of each set to 1.
    self_zero : bool, default=False
        Whether `pairwise` takes the unmatched masses of two sets for the same mass, the
        lesser of both, so that every set is at distance 0 from itself. Without it, as
        in [1]_, a set with outliers of mass M is at distance
        :math:`\sqrt{2 \lambda M}` from itself.
    max_iter : int, default=100
        Iterations of "kmeans" and "barycenter".
    tol : float, default=1e-7
        Tolerance of "barycenter", as in `WassersteinEmbedding`.
    n_jobs : int or None, default=None
        Workers of ``transform``, as in joblib.
    random_state : int, RandomState, Generator or None, default=None
        Source of randomness in ``fit``; ``transform`` has none.
    verbose : int, default=0
        Progress of ``transform`` is printed where positive.

    Attributes
    ----------
    reference_ : ndarray of shape (n_reference, n_dims)
        Atoms of the reference.
    reference_weights_ : ndarray of shape (n_reference,)
        Their masses.
    lam_ : float
        Penalty in use.
    n_iter_ : int
        Iterations spent on the reference, 1 where nothing iterates.
    n_features_in_ : int
        Dimension of the points, n_dims.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, when fitted on a table that has some.

    See Also
    --------
    WassersteinEmbedding : Without outliers: Euclidean, and nothing is left unmatched.
    skot.distance.partial_wasserstein_distances : Exact, pair by pair.

    Notes
    -----
    One linear program for each set, as in `WassersteinEmbedding`; smaller where ``lam``
    leaves much out of reach. Vectors have ``n_reference * (n_dims + 1) + 1`` entries.

    The reference itself is embedded at u = 0, p = a, M = 0, and the distance to it is
    the partial transport distance where all masses are 1. Between two sets of unit
    points `pairwise` is never less than their partial transport distance. Each unit of
    the mass of the reference that a set does not match adds ``lam``.

    Learners that take vectors see displacements, masses and outliers as columns of
    their own scale; those of ``u`` alone are the first ``n_reference * n_dims``.

    References
    ----------
    .. [1] Bai, Medri, Diaz Martin, Shahroz, Kolouri, "Linear optimal partial transport
       embedding", ICML 2023. https://arxiv.org/abs/2302.03232

    Examples
    --------
    Two atoms; the second set has a point that is out of their reach:

    >>> from skot.embedding import LOPTEmbedding
    >>> X = [[[0.5], [11.0]], [[1.0], [30.0]]]
    >>> embedding = LOPTEmbedding(reference=[[0.0], [10.0]], lam=5.0)
    >>> Z = embedding.fit_transform(X)
    >>> Z
    array([[0.5, 1. , 1. , 1. , 0. ],
           [1. , 0. , 1. , 0. , 1. ]])
    >>> embedding.pairwise(Z[:1], Z[1:]) ** 2
    array([[10.25]])
    """

    _parameter_constraints = {
        "reference": [
            StrOptions(set(POINT_REFERENCES)),
            "array-like",
            Measure,
            callable,
        ],
        "n_reference": [Interval(Integral, 1, None, closed="left"), None],
        "lam": [Interval(Real, 0, None, closed="neither"), str],
        "masses": [StrOptions({"positive", "probability"})],
        "self_zero": ["boolean"],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "n_jobs": [Integral, None],
        "random_state": RANDOM_STATE,
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        reference: Any = "barycenter",
        *,
        n_reference: int | None = None,
        lam: float | str = "auto",
        masses: str = "positive",
        self_zero: bool = False,
        max_iter: int = 100,
        tol: float = 1e-7,
        n_jobs: int | None = None,
        random_state: RandomState = None,
        verbose: int = 0,
    ) -> None:
        self.reference = reference
        self.n_reference = n_reference
        self.lam = lam
        self.masses = masses
        self.self_zero = self_zero
        self.max_iter = max_iter
        self.tol = tol
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the reference and the penalty.

        Parameters
        ----------
        X : set-like of shape (n_sets, n_dims)
            Training sets.
        y : None
            Ignored.

        Returns
        -------
        self
            The fitted embedding.

        Raises
        ------
        ValueError
            If a set is empty, has NaN, infinite or no mass; if the reference does not
            fit the sets; or if ``lam`` is neither a positive number nor a quantile.

        Warns
        -----
        UserWarning
            If a given reference has ten times the mass of the sets, or a tenth.
        """
        return self._learn(self._read(X, reset=True))

    @fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, X: Any, y: Any = None) -> np.ndarray:
        """Fit, and embed the training sets, which are read once.

        Parameters
        ----------
        X : set-like of shape (n_sets, n_dims)
            Training sets.
        y : None
            Ignored.

        Returns
        -------
        ndarray of shape (n_sets, n_reference * (n_dims + 1) + 1)
            As by ``transform``.
        """
        sets = self._read(X, reset=True)
        return self._learn(sets)._embed(sets)

    def _read(self, X: Any, *, reset: bool) -> PointSets:
        sets = validate_sets(self, X, reset=reset, masses=self.masses)
        if self.masses == "positive":
            return sets
        return sets.with_weights(probabilities(sets))

    def _learn(self, X: PointSets) -> Self:
        check_penalty(self.lam)
        X = X.canonical()
        n_reference = self.n_reference or max(1, round(X.sizes.mean()))
        self.reference_, weights, self.n_iter_ = learn_reference(
            self.reference,
            X.normalized(),
            n_reference=n_reference,
            max_iter=self.max_iter,
            tol=self.tol,
            random_state=self.random_state,
        )
        self.reference_weights_ = weights * self._reference_mass(X.masses.mean())
        atoms, weights = self.reference_, self.reference_weights_
        self.lam_ = learn_penalty(self.lam, lambda: reference_costs(X, atoms, weights))
        self._n_features_out = self.reference_.size + len(self.reference_) + 1
        return self

    def _reference_mass(self, mean_mass: float) -> float:
        """Mass of the reference, where that of sets is known."""
        reference = self.reference
        if self.masses == "probability":
            return 1.0
        if isinstance(reference, str) or callable(reference):
            return mean_mass
        mass = float(masses(as_measure(reference)).sum())
        warn_of_mass(mass, mean_mass)
        return mass

    def transform(self, X: Any) -> np.ndarray:
        """Embed sets.

        Parameters
        ----------
        X : set-like of shape (n_sets, n_dims)
            Sets of any sizes.

        Returns
        -------
        ndarray of shape (n_sets, n_reference * (n_dims + 1) + 1)
            Displacements of the atoms, one after the other; then their retained masses;
            then the unmatched mass of the set.

        Raises
        ------
        ValueError
            If a set is empty, has NaN, infinite or no mass, or another dimension than
            in ``fit``.

        Warns
        -----
        ConvergenceWarning
            If the network simplex ran out of pivots on some sets.
        """
        check_is_fitted(self)
        return self._embed(self._read(X, reset=False))

    def _embed(self, X: PointSets) -> np.ndarray:
        out = np.empty((len(X), self._n_features_out), dtype=X.dtype)
        chunks = chunk_bounds(X.sizes, CHUNK // len(self.reference_))
        work = partial(
            partial_projections,
            self.reference_,
            weights=self.reference_weights_,
            lam=self.lam_,
        )
        n_failed = 0
        for chunk, result in map_chunks(
            work, X, chunks, n_jobs=self.n_jobs, verbose=self.verbose
        ):
            size = len(result.created)
            parts = result.displacements.reshape(size, -1), result.retained
            out[chunk] = np.hstack([*parts, result.created[:, None]])
            n_failed += int(np.count_nonzero(~result.converged))
        if n_failed:
            warn(
                f"{n_failed} of {len(X)} transport plans are not optimal: the network "
                "simplex ran out of pivots. Their embeddings are approximate; use a "
                "smaller reference or smaller sets.",
                ConvergenceWarning,
            )
        return out

    def pairwise(self, X: ArrayLike, Y: ArrayLike | None = None) -> np.ndarray:
        r"""Compute LOPT distances between embeddings.

        Parameters
        ----------
        X : array-like of shape (n_sets_X, n_features)
            Embeddings, as given by `transform`.
        Y : array-like of shape (n_sets_Y, n_features) or None, default=None
            Other embeddings. None takes X.

        Returns
        -------
        ndarray of shape (n_sets_X, n_sets_Y)
            Root of the LOPT discrepancy: :math:`\min(|u^1_j - u^2_j|^2, 2 \lambda)`
            for the mass that both sets retain of each atom, and ``lam`` for every other
            unit of mass.

        Raises
        ------
        ValueError
            If the number of columns is not that of embeddings.
        """
        left = self._split(X)
        right = None if Y is None else self._split(Y, "Y")
        return linear_partial(left, right, lam=self.lam_, self_zero=self.self_zero)

    def inverse_transform(self, X: ArrayLike) -> PointSets:
        """Turn embeddings back into sets, without what was left unmatched.

        Parameters
        ----------
        X : array-like of shape (n_sets, n_features)
            Embeddings, or points between and around them.

        Returns
        -------
        PointSets
            Atoms at ``z_j + u_j`` of mass ``p_j``, where that is positive. A set out of
            reach of the reference comes back empty.

        Raises
        ------
        ValueError
            If the number of columns is not that of embeddings.
        """
        u, p, _ = self._split(X)
        return _collect(self.reference_ + u, p)

    def interpolate(self, X: ArrayLike, times: ArrayLike) -> PointSets:
        """Move from one embedding to another.

        An atom of the reference that both sets retain, and that has less than
        ``sqrt(2 * lam)`` to go, moves on a line, with the mass both have in common. All
        other mass stays where it is, and fades out or in. Unmatched mass of the sets is
        not known to embeddings, and not shown.

        Parameters
        ----------
        X : array-like of shape (2, n_features)
            Two embeddings.
        times : array-like of shape (n_times,)
            Shares of the second one, from 0 to 1.

        Returns
        -------
        PointSets
            One set for each time: `inverse_transform` of the first embedding at 0, of
            the second at 1.

        Raises
        ------
        ValueError
            If X is not of shape (2, n_features), or a time is outside of [0, 1].
        """
        u, p, _ = self._split(X)
        times = check_times(times, len(u))
        (u, v), (p, q) = u, p
        near = ((u - v) ** 2).sum(axis=1) < 2 * self.lam_
        both = np.where(near, np.minimum(p, q), 0.0)
        moves, kept = [], []
        for t in times:
            moves.append(np.concatenate([(1 - t) * u + t * v, u, v]))
            kept.append(np.concatenate([both, (1 - t) * (p - both), t * (q - both)]))
        return _collect(np.tile(self.reference_, (3, 1)) + moves, np.array(kept))

    def get_feature_names_out(
        self, input_features: ArrayLike | None = None
    ) -> np.ndarray:
        """Get output feature names: displacements, retained and unmatched masses.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Checked against the fitted features when fitted on a table. Ignored when
            fitted on sets.

        Returns
        -------
        ndarray of str
            Such as "loptembedding_move3_1" for coordinate 1 of the displacement of atom
            3, "loptembedding_retained3" and "loptembedding_unmatched".
        """
        prefix = type(self).__name__.lower()
        super().get_feature_names_out(input_features)  # checks
        n_atoms, n_dims = self.reference_.shape
        moves = [f"_move{j}_{k}" for j in range(n_atoms) for k in range(n_dims)]
        kept = [f"_retained{j}" for j in range(n_atoms)]
        names = [prefix + name for name in [*moves, *kept, "_unmatched"]]
        return np.asarray(names, dtype=object)

    def _split(
        self, X: ArrayLike, name: str = "X"
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Displacements, retained and unmatched masses of checked embeddings."""
        check_is_fitted(self)
        V: np.ndarray = check_array(X, dtype=np.float64, input_name=name)
        if V.shape[1] != self._n_features_out:
            raise ValueError(
                f"{name} has {V.shape[1]} columns, but embeddings have "
                f"{self._n_features_out}"
            )
        atoms = self.reference_
        u = V[:, : atoms.size].reshape(len(V), *atoms.shape)
        p = V[:, atoms.size : -1]
        return u, np.maximum(p, 0.0), np.maximum(V[:, -1], 0.0)


def _collect(points: np.ndarray, masses: np.ndarray) -> PointSets:
    """Collect the atoms that have mass, set by set."""
    kept = masses > 0
    offsets = np.concatenate([[0], np.cumsum(kept.sum(axis=1))])
    return PointSets(points[kept], offsets, masses[kept])
