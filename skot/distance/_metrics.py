# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""All metrics by name, and what estimators hold of one.

A `Metric` is the one thing behind the functions of this room, `PairwiseDistance` and
`skot.kernel.TransportKernel`. On its way every collection takes four steps, each once:

1. ``read``, or ``validate`` for an estimator: what the user gives becomes a container,
   and every value is checked. Nothing below reads again.
2. ``fit``: what is random is drawn, what is left open (``reg="auto"``, ``lam="q50"``)
   is learnt, from the sets that others are compared with. The result is a metric
   without anything left open.
3. ``prepare``: each set becomes what all its pairs need: explicit masses, one order of
   points, distances within a space, projections, its transport to itself.
4. ``pairs``: prepared sets are compared, each pair once.

Functions take these steps in `distances_between`. Estimators hold a `FittedMetric`,
which keeps the training sets as prepared in their ``fit``. An embedding is a metric
whose reading gives vectors, and a function of two measures one that prepares nothing
but masses.
"""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from functools import partial
from typing import Any

import numpy as np
from sklearn.base import clone

from .._parallel import map_rows
from .._random import RandomState, check_random_state
from ..base import take_over_reading
from ..sets import Measure, PointSets, probabilities
from ._base import Metric
from ._pairwise import MaxSlicedWasserstein, SlicedWasserstein, Wasserstein
from ._partial import LinearPartial, PartialWasserstein, SlicedPartial
from ._sinkhorn import SinkhornDivergence
from ._spaces import (
    FusedGromovWasserstein,
    FusedPartialGromovWasserstein,
    GromovWasserstein,
    PartialGromovWasserstein,
)
from ._transport_lp import PartialTransportLp, TransportLp

METRICS: dict[str, type[Metric]] = {
    "fused_gromov_wasserstein": FusedGromovWasserstein,
    "fused_partial_gromov_wasserstein": FusedPartialGromovWasserstein,
    "gromov_wasserstein": GromovWasserstein,
    "lopt": LinearPartial,
    "max_sliced_wasserstein": MaxSlicedWasserstein,
    "partial_gromov_wasserstein": PartialGromovWasserstein,
    "partial_wasserstein": PartialWasserstein,
    "ptlp": PartialTransportLp,
    "sinkhorn_divergence": SinkhornDivergence,
    "sliced_partial": SlicedPartial,
    "sliced_wasserstein": SlicedWasserstein,
    "tlp": TransportLp,
    "wasserstein": Wasserstein,
}
"""Metrics by name: ``METRICS[name](**metric_params)``."""

# Attributes of estimators that metrics set.
LEARNT = ("lam_", "metric_", "reg_")


@dataclass(frozen=True, kw_only=True, eq=False)
class PairFunction(Metric):
    """A function of two measures, which need not be symmetric."""

    function: Callable[[Measure, Measure], float]

    def prepare(self, sets: PointSets, name: str = "X", **how: Any) -> PointSets:
        """Spell out the weights."""
        weighed: PointSets = sets.with_weights(probabilities(sets))
        return weighed

    def pairs(self, X: PointSets, Y: PointSets | None = None, **how: Any) -> np.ndarray:
        """Evaluate all pairs, both ways round."""
        columns = X if Y is None else Y
        D = np.empty((len(X), len(columns)))
        work = partial(_evaluate, function=self.function)
        for row, part, values in map_rows(work, X, columns, **how):
            D[row, part] = values
        return D


def _evaluate(
    measure: Measure, sets: PointSets, function: Callable[[Measure, Measure], float]
) -> list[float]:
    return [float(function(measure, other)) for other in sets]


@dataclass(frozen=True, kw_only=True, eq=False)
class Embedded(Metric):
    """Distances between the vectors of an embedding, which reads and learns itself."""

    embedding: Any

    def validate(
        self, estimator: Any, X: Any, y: Any = None, *, reset: bool
    ) -> np.ndarray:
        """Embed what an estimator is given."""
        if not reset:
            return np.asarray(self.embedding.transform(X))  # no frame
        both = getattr(self.embedding, "fit_transform", None)  # reads once
        Z = both(X, y) if both else self.embedding.fit(X, y).transform(X)
        take_over_reading(estimator, self.embedding)
        return np.asarray(Z)

    def learnt(self) -> dict[str, Any]:
        """Fitted embedding."""
        return {"metric_": self.embedding}

    def pairs(
        self, X: np.ndarray, Y: np.ndarray | None = None, **how: Any
    ) -> np.ndarray:
        """Compare vectors."""
        D: np.ndarray = self.embedding.pairwise(X, Y)
        return D


def as_metric(metric: Any, params: dict[str, Any] | None, seed: int) -> Metric:
    """Make the metric that a user asked for; ``seed`` freezes what is random.

    Parameters
    ----------
    metric : str, callable or embedding
        As in `PairwiseDistance`.
    params : dict or None
        Parameters of a metric with a name.
    seed : int
        Source of what is random, where neither ``params`` nor the embedding have one.

    Returns
    -------
    Metric
        A new one, parameters checked.

    Raises
    ------
    ValueError
        If a parameter is missing or out of range, or an embedding is given some.
    TypeError
        If a parameter is unknown.
    """
    params = dict(params or {})
    if hasattr(metric, "pairwise"):
        if params:
            raise ValueError(
                "metric is an embedding: set its parameters, not metric_params"
            )
        embedding = clone(metric)
        if embedding.get_params().get("random_state", 0) is None:
            embedding.set_params(random_state=seed)
        return Embedded(embedding=embedding)
    if not isinstance(metric, str):
        if params:
            raise TypeError(f"metric is a function without metric_params, got {params}")
        return PairFunction(function=metric)
    known = {field.name: field.default for field in fields(METRICS[metric])}
    for name in params:
        if name not in known:
            raise TypeError(
                f"{metric!r} has no parameter {name!r}; it has: {sorted(known)}"
            )
    for name, default in known.items():
        if default is MISSING and name not in params:
            raise ValueError(f"{metric!r} needs {name!r} in metric_params")
    if "random_state" in known:
        params.setdefault("random_state", seed)
    return METRICS[metric](**params)


class FittedMetric:
    """A metric, and the training sets as it prepared them.

    What an estimator holds that compares any sets with its training sets. Making one
    is the first thing in its ``fit``: X is read, with scikit-learn's bookkeeping, and
    what the metric learnt becomes an attribute of the estimator, such as ``reg_``,
    ``lam_``, or ``metric_`` for an embedding.

    Parameters
    ----------
    estimator : estimator
        Whose attributes are set.
    X : set-like, graph-like, or list of matrices
        Training sets, what the metric reads.
    y : array-like or None, default=None
        Target, for embeddings that learn from one.
    metric : str, callable or embedding
        As in `PairwiseDistance`.
    params : dict or None, default=None
        Parameters of a metric with a name.
    random_state : int, RandomState, Generator or None, default=None
        Source of what is random in the metric.
    n_jobs : int or None, default=None
        Workers, as in joblib.
    verbose : int, default=0
        Progress is printed where positive.

    Attributes
    ----------
    sets : PointSets, GraphSets, list of MetricSpace or ndarray
        The training sets as read; their vectors where ``metric`` is an embedding.

    Raises
    ------
    ValueError
        If parameters are missing or out of range, or X cannot be read.
    TypeError
        If the metric does not know a parameter.
    """

    def __init__(
        self,
        estimator: Any,
        X: Any,
        y: Any = None,
        *,
        metric: Any,
        params: dict[str, Any] | None = None,
        random_state: RandomState = None,
        n_jobs: int | None = None,
        verbose: int = 0,
    ) -> None:
        seed = check_random_state(random_state).randint(np.iinfo(np.int32).max)
        unfitted = as_metric(metric, params, seed)
        self.sets = unfitted.validate(estimator, X, y, reset=True)
        self._metric = unfitted.fit(self.sets)
        self._prepared = self._metric.prepare(self.sets, n_jobs=n_jobs, verbose=verbose)
        for name in LEARNT:
            vars(estimator).pop(name, None)
        for name, value in self._metric.learnt().items():
            setattr(estimator, name, value)

    def read(self, estimator: Any, X: Any) -> Any:
        """Read sets to compare with the training sets.

        Parameters
        ----------
        estimator : estimator
            Whose attributes are checked.
        X : set-like, graph-like, or list of matrices
            Sets.

        Returns
        -------
        PointSets, GraphSets, list of MetricSpace or ndarray
            The sets as read.
        """
        return self._metric.validate(estimator, X, reset=False)

    def distances(
        self, sets: Any = None, *, n_jobs: int | None = None, verbose: int = 0
    ) -> np.ndarray:
        """Compute the distances to the training sets.

        Parameters
        ----------
        sets : PointSets, GraphSets, list of MetricSpace, ndarray or None, default=None
            What `read` returned. None is for distances between the training sets, each
            pair solved once.
        n_jobs : int or None, default=None
            Workers, as in joblib.
        verbose : int, default=0
            Progress is printed where positive.

        Returns
        -------
        ndarray of shape (n_sets, n_fit)
            Distances, float64.
        """
        how: dict[str, Any] = {"n_jobs": n_jobs, "verbose": verbose}
        if sets is None:
            return self._metric.pairs(self._prepared, **how)
        prepared = self._metric.prepare(sets, **how)
        return self._metric.pairs(prepared, self._prepared, **how)
