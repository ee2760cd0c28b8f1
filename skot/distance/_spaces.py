# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Metrics of spaces: Gromov-Wasserstein, with features or without, in whole or part."""

from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from typing import Any, Self

import numpy as np
from scipy.spatial.distance import cdist

from ..references import check_penalty, learn_space_penalty
from ..sets import (
    GraphSets,
    MetricSpace,
    PointSets,
    check_masses,
    measure_spaces,
    open_spaces,
    validate_spaces,
)
from ..solvers import (
    PreparedSpace,
    fused_gromov_wasserstein,
    fused_partial_gromov_wasserstein,
    read_count,
    read_non_negative,
    read_share,
)
from ._base import Metric, all_pairs
from ._pairwise import Ground

Spaces = PointSets | GraphSets | list[MetricSpace]


class Shape:
    """What each space needs in all its problems.

    Of two spaces, the one with the smaller ``key`` comes first in their problem, so
    that distances are symmetric.
    """

    def __init__(self, space: MetricSpace, name: str, fused: bool) -> None:
        C, weights = space.distances, space.weights
        self.space = PreparedSpace(C, weights, name, f"mass of {name}")
        self.features = space.features if fused else None
        digest = sha256(self.space.C.tobytes())
        digest.update(self.space.weights.tobytes())
        if self.features is not None:
            digest.update(self.features.tobytes())
        self.key = len(weights), digest.digest()

    def __len__(self) -> int:
        return len(self.space)


@dataclass(frozen=True, kw_only=True, eq=False)
class GromovWasserstein(Metric):
    """Spaces by the distances within; subclasses compare features, or leave mass."""

    metric: Ground = "euclidean"
    n_starts: int = 4
    max_iter: int = 1000
    tol: float = 1e-9

    def __post_init__(self) -> None:
        read_count(self.n_starts, "n_starts")
        read_count(self.max_iter, "max_iter")
        read_non_negative(self.tol, "tol")
        check_masses(self.masses)
        if self.share is not None:
            read_share(self.share, "alpha")

    @property
    def share(self) -> float | None:
        """Share of the structure; None where features are not compared."""
        return getattr(self, "alpha", None)

    def read(self, X: Any, name: str = "X") -> Spaces:
        """Read spaces."""
        spaces: Spaces = open_spaces(X, name=name, **self._reading())
        return spaces

    def validate(self, estimator: Any, X: Any, y: Any = None, *, reset: bool) -> Spaces:
        """Read spaces for an estimator."""
        spaces: Spaces = validate_spaces(estimator, X, reset=reset, **self._reading())
        return spaces

    def match(self, X: Spaces, Y: Spaces) -> None:
        """Refuse features that cannot be compared."""
        if self.share is None:
            return
        n_x, n_y = _n_features(X), _n_features(Y)
        if n_x != n_y:
            raise ValueError(f"X has {n_x} features, but Y has {n_y}")

    def prepare(self, sets: Spaces, name: str = "X", **how: Any) -> list[Shape]:
        """Measure the distances within each space."""
        fused = self.share is not None
        return [
            Shape(space, f"{name}[{i}]", fused)
            for i, space in enumerate(self._measured(sets, name))
        ]

    def pairs(
        self, X: list[Shape], Y: list[Shape] | None = None, **how: Any
    ) -> np.ndarray:
        """Search for the best plan of each pair."""
        params = {name: getattr(self, name) for name in ("n_starts", "max_iter", "tol")}
        work = partial(_row, lam=getattr(self, "lam", None), alpha=self.share, **params)
        fault = (
            f"descents stopped after max_iter={self.max_iter} steps: distances may be "
            "too large. Raise max_iter or tol."
        )
        return np.asarray(np.sqrt(all_pairs(work, X, Y, fault, **how)))

    def _reading(self) -> dict[str, Any]:
        fused = self.share is not None
        return {"metric": self.metric, "masses": self.masses, "fused": fused}

    def _measured(self, sets: Spaces, name: str = "X") -> list[MetricSpace]:
        spaces: list[MetricSpace] = measure_spaces(
            sets, metric=self.metric, masses=self.masses, canonical=True, name=name
        )
        return spaces


@dataclass(frozen=True, kw_only=True, eq=False)
class FusedGromovWasserstein(GromovWasserstein):
    """Spaces by the distances within, and by features."""

    alpha: float = 0.5


@dataclass(frozen=True, kw_only=True, eq=False)
class PartialGromovWasserstein(GromovWasserstein):
    """Parts of spaces by the distances within."""

    lam: float | str
    masses: str = "positive"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_penalty(self.lam)

    def fit(self, sets: Spaces) -> Self:
        """Choose the penalty."""
        share = 1.0 if self.share is None else float(self.share)
        spaces = self._measured(sets) if isinstance(self.lam, str) else []
        return replace(self, lam=learn_space_penalty(self.lam, spaces, alpha=share))

    def learnt(self) -> dict[str, Any]:
        """Penalty in use."""
        return {"lam_": self.lam}


@dataclass(frozen=True, kw_only=True, eq=False)
class FusedPartialGromovWasserstein(PartialGromovWasserstein):
    """Parts of spaces by the distances within, and by features."""

    alpha: float = 0.5


def _n_features(X: Spaces) -> int:
    if not isinstance(X, list):
        return int(X.shape[1])
    features = X[0].features
    return 0 if features is None else features.shape[1]


def _row(x: Shape, others: list[Shape], **params: Any) -> tuple[np.ndarray, np.ndarray]:
    values, converged = np.zeros(len(others)), np.ones(len(others), dtype=bool)
    for j, other in enumerate(others):
        if x.key != other.key:
            first, second = sorted((x, other), key=lambda shape: shape.key)
            values[j], converged[j] = _solve(first, second, **params)
    return values, converged


def _solve(
    x: Shape, y: Shape, *, lam: float | None, alpha: float | None, **search: Any
) -> tuple[float, bool]:
    """Value of one problem, and whether it converged."""
    M = None
    if alpha is not None and x.features is not None and y.features is not None:
        M, search["alpha"] = cdist(x.features, y.features, "sqeuclidean"), alpha
    if lam is None:
        result = fused_gromov_wasserstein(x.space, y.space, M, **search)
    else:
        result = fused_partial_gromov_wasserstein(
            x.space, y.space, M, lam=lam, **search
        )
    return result.value, result.converged
