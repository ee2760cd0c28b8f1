# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""What every metric is made of: read once, prepare each set once, compare pairs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from .._parallel import map_rows
from .._warnings import warn
from ..sets import PointSets, read_sets, validate_sets

# Sets as a metric prepares them, where it does so one by one.
Prepared = PointSets | Sequence[Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class Metric:
    """A way to compare sets, with its parameters, which are checked when it is made.

    Subclasses are frozen dataclasses whose fields are what users name. They say how a
    set is prepared, once, and what a pair of prepared sets is worth.
    """

    # "probability" scales the weights of each set to sum 1, "positive" keeps them.
    masses = "probability"

    def read(self, X: Any, name: str = "X") -> Any:
        """Read what a function is given."""
        return read_sets(X, masses=self.masses, name=name)

    def validate(self, estimator: Any, X: Any, y: Any = None, *, reset: bool) -> Any:
        """Read what an estimator is given, with scikit-learn's bookkeeping."""
        return validate_sets(estimator, X, reset=reset, masses=self.masses)

    def match(self, X: Any, Y: Any) -> None:
        """Refuse two collections, as read, that cannot be compared."""
        if X.shape[1] != Y.shape[1]:
            raise ValueError(f"X is in R^{X.shape[1]}, but Y is in R^{Y.shape[1]}")

    def fit(self, sets: Any) -> Self:
        """Draw, and learn from the sets to be compared with, what was left open."""
        return self

    def learnt(self) -> dict[str, Any]:
        """Attributes of an estimator with this metric, once fitted."""
        return {}

    def prepare(self, sets: Any, name: str = "X", **how: Any) -> Any:
        """Compute what each set needs in all its pairs."""
        return sets

    def pairs(self, X: Any, Y: Any = None, **how: Any) -> np.ndarray:
        """Compare all pairs of prepared sets; those of X among each other for None."""
        raise NotImplementedError


def distances_between(
    metric: Metric, X: Any, Y: Any = None, *, n_jobs: int | None, verbose: int
) -> np.ndarray:
    """Compare what a user gives, from the first look to the matrix."""
    X, Y = read_both(metric, X, Y)
    metric = metric.fit(X if Y is None else Y)
    how: dict[str, Any] = {"n_jobs": n_jobs, "verbose": verbose}
    X = metric.prepare(X, **how)
    if Y is not None:
        Y = metric.prepare(Y, "Y", **how)
    return metric.pairs(X, Y, **how)


def read_both(metric: Metric, X: Any, Y: Any) -> tuple[Any, Any]:
    """Read both collections, which can be compared; Y may be None."""
    X = metric.read(X)
    if Y is not None:
        Y = metric.read(Y, "Y")
        metric.match(X, Y)
    return X, Y


def all_pairs(
    work: Callable[[Any, Any], tuple[Any, np.ndarray]],
    X: Prepared,
    Y: Prepared | None,
    fault: str = "",
    *,
    sizes: Callable[[Any], int] = len,
    **how: Any,
) -> np.ndarray:
    """Fill a matrix by rows of values; warn of the problems that did not converge.

    Parameters
    ----------
    work : callable
        Maps an item of X and some of Y to their values, and to which converged.
    X, Y : sequence
        Prepared sets. None takes X, and solves each pair once.
    fault : str, default=""
        What may not converge, and what to change; their number goes before it.
    sizes : callable, default=len
        Number of points of an item.
    **how
        Workers and verbosity.

    Returns
    -------
    ndarray of shape (n_X, n_Y)
        Values.
    """
    D, n_failed = np.zeros((len(X), len(X if Y is None else Y))), 0
    loads = _loads(X, sizes), _loads(X if Y is None else Y, sizes)
    for row, part, result in map_rows(work, X, Y, sizes=loads, **how):
        D[row, part], converged = result
        n_failed += int(np.count_nonzero(~converged))
    if n_failed:
        warn(f"{n_failed} {fault}", ConvergenceWarning)
    return D if Y is not None else symmetric(D)


def _loads(side: Prepared, sizes: Callable[[Any], int]) -> np.ndarray:
    return np.asarray(
        side.sizes if isinstance(side, PointSets) else [sizes(item) for item in side]
    )


def symmetric(upper: np.ndarray) -> np.ndarray:
    """Fill the lower half of a matrix that has only the upper."""
    full: np.ndarray = upper + upper.T
    return full
