# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Spaces seen from a reference: what its nodes are matched with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .._parallel import chunk_bounds, map_chunks
from ..sets import MetricSpace
from ..solvers import GromovResult, ProjectedSpace, project_space

# Matches a reference, which comes first, with a space.
SpaceSolver = Callable[[MetricSpace, MetricSpace], GromovResult]

# Entries of the cost matrices of one chunk of spaces: some 10 ms of solving and more.
CHUNK = 2**14


@dataclass(frozen=True, eq=False)
class SeenSpaces:
    """Spaces seen from one reference, as differences from it.

    Parameters
    ----------
    structure : ndarray of shape (n_spaces, n_pairs)
        Distances of the images of each pair of nodes, less those of the nodes; pairs
        in the order of ``np.triu_indices(n_reference, 1)``.
    retained : ndarray of shape (n_spaces, n_reference)
        Masses that the nodes keep.
    masses : ndarray of shape (n_spaces,)
        Masses of the spaces.
    features : ndarray of shape (n_spaces, n_reference, n_features) or None
        Mean features of the images, less those of the nodes.
    n_failed : int, default=0
        Number of plans whose solver ran out of iterations.
    """

    structure: np.ndarray
    retained: np.ndarray
    masses: np.ndarray
    features: np.ndarray | None
    n_failed: int = 0

    def rows(self) -> tuple[np.ndarray, ...]:
        """Give the arrays that `linear_partial_gromov` takes.

        Returns
        -------
        tuple of ndarray
            Structure, retained masses and masses; features where there are some.
        """
        rows = self.structure, self.retained, self.masses
        return rows if self.features is None else (*rows, self.features)


def see_spaces(
    spaces: Sequence[MetricSpace],
    reference: MetricSpace,
    solve: SpaceSolver,
    *,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> SeenSpaces:
    """Project spaces onto a reference.

    Parameters
    ----------
    spaces : list of MetricSpace
        The collection.
    reference : MetricSpace
        The reference.
    solve : callable
        ``solve(reference, space)`` gives a result with ``plan`` and ``converged``.
    n_jobs, verbose : int or None, int
        As in `map_chunks`.

    Returns
    -------
    SeenSpaces
        One row for each space.
    """
    pairs = np.triu_indices(len(reference), 1)
    sizes = np.array([len(space) for space in spaces])
    chunks = chunk_bounds(sizes * np.maximum(sizes, len(reference)), CHUNK)
    images, masses, n_failed = [], [], 0

    def work(part: Sequence[MetricSpace]) -> list[tuple[ProjectedSpace, float, bool]]:
        return [_see(reference, space, solve) for space in part]

    for _, seen in map_chunks(work, spaces, chunks, n_jobs=n_jobs, verbose=verbose):
        for image, mass, converged in seen:
            images.append(image)
            masses.append(mass)
            n_failed += not converged
    features = None
    if reference.features is not None:
        features = np.array([s.features for s in images]) - reference.features
    return SeenSpaces(
        np.array([s.structure[pairs] for s in images]) - reference.distances[pairs],
        np.array([s.retained for s in images]),
        np.array(masses),
        features,
        n_failed,
    )


def _see(
    reference: MetricSpace,
    space: MetricSpace,
    solve: SpaceSolver,
) -> tuple[ProjectedSpace, float, bool]:
    result = solve(reference, space)
    image = project_space(
        result.plan,
        reference.weights,
        distances=space.distances,
        points=space.points,
        features=None if reference.features is None else space.features,
    )
    return image, space.weights.sum(), result.converged
