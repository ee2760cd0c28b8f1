# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""References of spaces: those that linear Gromov embeddings match with each."""

from collections.abc import Sequence
from dataclasses import replace
from numbers import Real
from typing import Any

import numpy as np

from .._random import RandomState, check_random_state
from ..sets import GraphSets, MetricSpace, PointSets, read_spaces
from ..solvers import linear_partial_gromov
from ._points import warn_of_mass
from ._seen import SpaceSolver, see_spaces

# What a string for ``reference`` means, of spaces.
SPACE_REFERENCES = ("barycenter", "kmedoids", "sample")

# Training spaces that "barycenter" averages, and among which "kmedoids" chooses; drawn
# at random where there are more.
N_AVERAGED, N_CANDIDATES = 10, 200


def learn_space_references(
    reference: Any,
    spaces: Sequence[MetricSpace],
    solve: SpaceSolver,
    *,
    n_reference: int | None = None,
    n_medoids: int = 4,
    max_iter: int = 20,
    alpha: float = 1.0,
    lam: float = 0.0,
    metric: str = "euclidean",
    masses: str = "probability",
    random_state: RandomState = None,
) -> tuple[list[MetricSpace], int]:
    """Make the references a user asked for, from training spaces where they are learnt.

    Parameters
    ----------
    reference : str, set-like, or list of set-likes
        What is matched with each space:

        - "barycenter": Gromov-Wasserstein barycentre of at most 10 training spaces;
        - "sample": a training space of common size;
        - "kmedoids": ``n_medoids`` training spaces such that each has one of these
          near, chosen among at most 200.

        Or one space, or a list of several, as users write them.
    spaces : list of MetricSpace
        Training spaces.
    solve : callable
        ``solve(reference, space)`` gives a result with ``plan`` and ``value``.
    n_reference : int or None, default=None
        Nodes of a learnt reference: a training space of this size is taken, or the
        nearest in size, and thinned out where it is larger. None takes the mean size,
        and thins out nothing.
    n_medoids : int, default=4
        Number of references of "kmedoids", at most.
    max_iter : int, default=20
        Iterations of "barycenter" and "kmedoids".
    alpha : float, default=1.0
        Share of the structure.
    lam : float, default=0.0
        Price of unmatched mass, where there is some.
    metric, masses : str, default="euclidean", "probability"
        How given references are read, as in `read_spaces`.
    random_state : int, RandomState, Generator or None, default=None
        Source of all that is random.

    Returns
    -------
    references : list of MetricSpace
        The references.
    n_iter : int
        Iterations, 1 where nothing iterates.

    Raises
    ------
    ValueError
        If a given reference is none, or has no features where these are compared.

    Warns
    -----
    UserWarning
        If a given reference has ten times the mass of the spaces, or a tenth.

    Notes
    -----
    One Gromov-Wasserstein problem for each space and iteration of "barycenter", and one
    for each of ``n_medoids`` and space of "kmedoids"; none for "sample".
    """
    if not isinstance(reference, str):
        return _given(reference, spaces, alpha, metric, masses), 1
    rng = check_random_state(random_state)
    start = _sample(spaces, n_reference, rng)
    if reference == "sample":
        return [start], 1
    if reference == "barycenter":
        chosen = [spaces[i] for i in _draw(spaces, N_AVERAGED, rng)]
        center, n_iter = _barycenter(start, chosen, solve, max_iter)
        return [center], n_iter
    chosen = [spaces[i] for i in _draw(spaces, N_CANDIDATES, rng)]
    D = _discrepancies(chosen, start, solve, n_medoids, alpha, lam)
    medoids, n_iter = kmedoids(D, n_medoids, max_iter)
    return [_thin(chosen[i], n_reference) for i in medoids], n_iter


def _discrepancies(
    spaces: list[MetricSpace],
    start: MetricSpace,
    solve: SpaceSolver,
    n_seeds: int,
    alpha: float,
    lam: float,
) -> np.ndarray:
    """Least squared discrepancies through several spaces, each far from the others."""
    n = len(spaces)
    reference, D, gaps = start, np.full((n, n), np.inf), np.full(n, np.inf)
    for _ in range(n_seeds):
        seen = see_spaces(spaces, reference, solve)
        D = np.minimum(D, linear_partial_gromov(seen.rows(), alpha=alpha, lam=lam))
        itself = [np.zeros_like(rows[:1]) for rows in seen.rows()]
        itself[1] = reference.weights[None]
        itself[2] = np.array([reference.weights.sum()])
        apart = linear_partial_gromov(tuple(itself), seen.rows(), alpha=alpha, lam=lam)
        gaps = np.minimum(gaps, apart[0])
        reference = spaces[int(gaps.argmax())]
    np.fill_diagonal(D, 0.0)
    return D


def _given(
    reference: Any,
    spaces: Sequence[MetricSpace],
    alpha: float,
    metric: str,
    masses: str,
) -> list[MetricSpace]:
    reference = _as_collection(reference)
    known = [isinstance(one, MetricSpace) for one in reference]
    if all(known):
        metric = "precomputed"
    elif any(known):
        raise ValueError("reference mixes MetricSpace with others")
    references = read_spaces(reference, metric=metric, masses=masses, name="reference")
    mean_mass = np.mean([space.weights.sum() for space in spaces])
    for i, one in enumerate(references):
        warn_of_mass(one.weights.sum(), mean_mass, f"reference[{i}]")
    if alpha == 1:
        return [replace(one, features=None) for one in references]
    features = spaces[0].features
    width = 0 if features is None else features.shape[1]
    for i, one in enumerate(references):
        if one.features is None or one.features.shape[1] != width:
            raise ValueError(
                f"alpha={alpha} compares features: reference[{i}] needs {width} of them"
            )
    return references


def _as_collection(reference: Any) -> Any:
    """Wrap one space into a list; leave several as they are."""
    if isinstance(reference, PointSets | GraphSets):
        return reference
    if hasattr(reference, "columns"):
        reference = reference.to_numpy()
    if hasattr(reference, "to_list"):
        reference = reference.to_list()
    if isinstance(reference, list) and all(map(_is_point, reference)):
        reference = np.asarray(reference)
    if isinstance(reference, list):
        return reference
    several = isinstance(reference, np.ndarray) and (
        reference.ndim == 3 or reference.dtype == object
    )
    return reference if several else [reference]


def _is_point(row: Any) -> bool:
    """Whether the row of a list is numbers, and not a space of its own."""
    return isinstance(row, list | tuple | np.ndarray) and all(
        isinstance(value, Real) for value in row
    )


def _draw(
    spaces: Sequence[MetricSpace], n: int, rng: np.random.RandomState
) -> np.ndarray:
    if len(spaces) <= n:
        return np.arange(len(spaces))
    return np.sort(rng.choice(len(spaces), n, replace=False))


def _sample(
    spaces: Sequence[MetricSpace], n_reference: int | None, rng: np.random.RandomState
) -> MetricSpace:
    """Draw one of the training spaces nearest in size to what is wanted."""
    sizes = np.array([len(space) for space in spaces])
    gaps = abs(sizes - (n_reference or sizes.mean()))
    return _thin(spaces[rng.choice(np.flatnonzero(gaps == gaps.min()))], n_reference)


def _thin(space: MetricSpace, n: int | None) -> MetricSpace:
    """Keep the n nodes farthest from each other; the rest add to the nearest."""
    if n is None or len(space) <= n:
        return space
    D = space.distances
    kept = [int((D @ space.weights).argmin())]
    gaps = D[kept[0]].copy()
    for _ in range(n - 1):
        kept.append(int(gaps.argmax()))
        gaps = np.minimum(gaps, D[kept[-1]])
    owner = D[:, kept].argmin(axis=1)
    owner[kept] = np.arange(n)  # also where two of them coincide
    return MetricSpace(
        D[np.ix_(kept, kept)],
        np.bincount(owner, space.weights, minlength=n),
        None if space.features is None else space.features[kept],
    )


def _barycenter(
    center: MetricSpace, spaces: list[MetricSpace], solve: SpaceSolver, max_iter: int
) -> tuple[MetricSpace, int]:
    """Average spaces as the nodes of the centre see them, and again.

    The distance of two nodes becomes the mean over the spaces of that of their images:
    for fixed plans the best there is, whatever the penalty of unmatched mass.
    """
    n = len(center)
    last, n_iter = np.inf, 0
    while n_iter < max_iter:
        n_iter += 1
        results = [solve(center, space) for space in spaces]
        value = sum(result.value for result in results)
        if value > (1 - 1e-3) * last:
            break
        last = value
        total, pairs = np.zeros((n, n)), np.zeros((n, n))
        mass, bends = np.zeros(n), 0.0
        for result, space in zip(results, spaces, strict=True):
            G, p = result.plan, result.plan.sum(axis=1)
            total += G @ space.distances @ G.T
            pairs += np.outer(p, p)
            mass += p
            if space.features is not None:
                bends = bends + G @ space.features
        D = np.divide(total, pairs, out=center.distances.copy(), where=pairs > 0)
        np.fill_diagonal(D, 0.0)
        features = center.features
        if features is not None:
            seen = mass[:, None] > 0
            features = np.divide(bends, mass[:, None], out=features.copy(), where=seen)
        center = replace(
            center, distances=(D + D.T) / 2, features=features, points=None
        )
    return center, n_iter


def kmedoids(D: np.ndarray, n_medoids: int, max_iter: int) -> tuple[list[int], int]:
    """Choose the items whose nearest others are, in sum, least far from them.

    Parameters
    ----------
    D : ndarray of shape (n, n)
        Dissimilarities.
    n_medoids : int
        Number of medoids, at most; fewer where items coincide.
    max_iter : int
        Rounds of improvement, at most.

    Returns
    -------
    medoids : list of int
        The items.
    n_iter : int
        Rounds, at least 1.
    """
    medoids: list[int] = []
    nearest = np.full(len(D), np.inf)
    while len(medoids) < n_medoids and nearest.max() > 0:
        best = int(np.minimum(nearest[:, None], D).sum(axis=0).argmin())
        if best in medoids:
            break
        medoids.append(best)
        nearest = np.minimum(nearest, D[:, best])
    n_iter = 0
    while n_iter < max_iter:
        n_iter += 1
        owner = D[:, medoids].argmin(axis=1)
        members = [np.flatnonzero(owner == k) for k in range(len(medoids))]
        moved = [
            int(m[D[np.ix_(m, m)].sum(axis=0).argmin()]) if len(m) else medoid
            for m, medoid in zip(members, medoids, strict=True)
        ]
        if moved == medoids:
            break
        medoids = moved
    return medoids, n_iter
