# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""What linear Gromov embeddings share on the way to projections."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.exceptions import ConvergenceWarning

from .._warnings import warn
from ..references import SeenSpaces, SpaceSolver, see_spaces
from ..sets import (
    GRAPH_METRICS,
    POINT_METRICS,
    MetricSpace,
    PointSets,
    measure_spaces,
    validate_spaces,
)

# What ``metric`` of these estimators may be.
METRICS = (*sorted(POINT_METRICS), *GRAPH_METRICS, "precomputed")


def read_for(
    estimator: Any, X: Any, *, reset: bool, masses: str
) -> tuple[list[MetricSpace], np.dtype[Any]]:
    """Read the spaces of an estimator with ``metric`` and ``alpha``.

    Parameters
    ----------
    estimator : estimator
        Whose attributes are set or checked.
    X : set-like, graph-like, or list of matrices
        As `read_spaces` takes for the metric.
    reset : bool
        True in ``fit``, False elsewhere.
    masses : {"probability", "positive"}
        As in `read_spaces`.

    Returns
    -------
    spaces : list of MetricSpace
        The spaces, in canonical order; features only where alpha is less than 1.
    dtype : dtype
        Type of what comes out.

    Raises
    ------
    ValueError
        As in `read_spaces`; if alpha asks for features that are not there; or if there
        are more or fewer of them than in ``fit``.
    """
    metric, alpha = estimator.metric, estimator.alpha
    X = validate_spaces(
        estimator, X, reset=reset, metric=metric, masses=masses, fused=alpha < 1
    )
    dtype = X.dtype if isinstance(X, PointSets) else np.dtype(np.float64)
    spaces = measure_spaces(
        X, metric=metric, masses=masses, features=alpha < 1, canonical=True
    )
    return spaces, dtype


def see_all(
    spaces: Sequence[MetricSpace],
    references: Sequence[MetricSpace],
    solve: SpaceSolver,
    *,
    n_jobs: int | None,
    verbose: int,
) -> list[SeenSpaces]:
    """Project spaces onto each reference; warn of plans that are not settled."""
    seen = [
        see_spaces(spaces, reference, solve, n_jobs=n_jobs, verbose=verbose)
        for reference in references
    ]
    n_failed = sum(one.n_failed for one in seen)
    if n_failed:
        warn(
            f"{n_failed} of {len(spaces) * len(references)} plans stopped before they "
            "settled: their projections are approximate. Use smaller references or "
            "spaces.",
            ConvergenceWarning,
        )
    return seen


def feature_cost(reference: MetricSpace, space: MetricSpace) -> np.ndarray | None:
    """Squared distances between features, None without."""
    if reference.features is None or space.features is None:
        return None
    return cdist(reference.features, space.features, "sqeuclidean")
