# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""`MetricSpace`, one space with distances and masses."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Digits in which points must agree to be alike.
DIGITS = 9


@dataclass(frozen=True, eq=False, repr=False)
class MetricSpace:
    """A finite space with distances and masses: what Gromov-Wasserstein compares.

    Parameters
    ----------
    distances : ndarray of shape (n_points, n_points)
        Symmetric and non-negative.
    weights : ndarray of shape (n_points,)
        Positive masses.
    features : ndarray of shape (n_points, n_features) or None, default=None
        What the fused forms compare point by point: features of the nodes of a graph,
        coordinates of points.
    points : ndarray of shape (n_points, n_dims) or None, default=None
        Coordinates whose Euclidean distances these are, where there are such.
    """

    distances: np.ndarray
    weights: np.ndarray
    features: np.ndarray | None = None
    points: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.weights)

    def __repr__(self) -> str:
        return f"MetricSpace({len(self)} points, mass {self.weights.sum():.6g})"

    def canonical(self) -> "MetricSpace":
        """Bring the points into an order that does not depend on the given one.

        It follows from distances, weights and features alone, so that methods that
        break ties by position give the same, however the nodes of a graph are numbered.

        Returns
        -------
        MetricSpace
            The same space; two that differ in the order of points alone become one, but
            for rare cases of great symmetry.

        Notes
        -----
        ``O(n_points^2 log n_points)`` operations as a rule, and up to as many for each
        of many parts that are alike, such as components of a graph.
        """
        order = _canonical_order(self)
        return MetricSpace(
            np.ascontiguousarray(self.distances[np.ix_(order, order)]),
            self.weights[order],
            None if self.features is None else self.features[order],
            None if self.points is None else self.points[order],
        )


def _canonical_order(space: MetricSpace) -> NDArray[np.intp]:
    """Order points by what they see, and break ties by what is seen from chosen ones.

    What points see is the distances to others, by kinds of these, until no more kinds
    can be told apart; then one point of the first kind with several becomes a kind of
    its own. Which of them does not matter where a symmetry maps one onto the other.
    """
    D, n = space.distances, len(space)
    own = [space.weights / space.weights.max()]
    if space.features is not None:
        own.extend(space.features.T / (abs(space.features).max() or 1.0))
    levels = np.unique(np.round(D / (D.max() or 1.0), DIGITS), return_inverse=True)[1]
    levels = levels.reshape(n, n)
    kinds = _refine(_kinds(np.round(np.column_stack(own), DIGITS)), levels)
    while (n_kinds := kinds.max() + 1) < n:
        chosen = np.argmax(kinds == np.argmax(np.bincount(kinds) > 1))
        kinds = 2 * kinds
        kinds[chosen] -= 1
        kinds = _kinds(np.column_stack([kinds, levels[:, chosen]]))
        if kinds.max() > n_kinds:  # it told others apart
            kinds = _refine(kinds, levels)
    return np.argsort(kinds)


def _refine(kinds: NDArray[np.intp], levels: NDArray[np.intp]) -> NDArray[np.intp]:
    """Split kinds of points by how far away how many of each kind are."""
    n_kinds = 0
    while n_kinds < kinds.max() + 1 < len(kinds):
        n_kinds = kinds.max() + 1
        seen = np.sort(levels * n_kinds + kinds, axis=1)
        kinds = _kinds(np.column_stack([kinds, seen]))
    return kinds


def _kinds(rows: np.ndarray) -> NDArray[np.intp]:
    """Give rows numbers in the order of their values, equal ones the same."""
    return np.unique(rows, axis=0, return_inverse=True)[1].ravel()
