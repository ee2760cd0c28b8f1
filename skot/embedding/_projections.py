# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""What linear Gromov embeddings share: projections, columns, interpolation."""

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_array

from .._parallel import chunk_bounds, map_chunks
from .._warnings import warn
from ..sets import PointSets, read_spaces, validate_spaces
from ..solvers import align_points, project_space, realise_space

SET_METRICS = ("euclidean", "sqeuclidean", "cityblock", "chebyshev", "cosine")
GRAPH_METRICS = ("shortest_path", "hop", "diffusion")
METRICS = (*SET_METRICS, *GRAPH_METRICS, "precomputed")

# Entries of the cost matrices of one chunk of spaces: some 10 ms of solving and more.
CHUNK = 2**14


@dataclass(frozen=True)
class Projections:
    """Spaces seen from one reference, as differences from it.

    Parameters
    ----------
    structure : ndarray of shape (n_spaces, n_pairs)
        Distances of the images of each pair of nodes, less those of the nodes.
    retained : ndarray of shape (n_spaces, n_reference)
        Masses that the nodes keep.
    masses : ndarray of shape (n_spaces,)
        Masses of the spaces.
    features : ndarray of shape (n_spaces, n_reference, n_features) or None
        Mean features of the images, less those of the nodes.
    n_failed : int
        Number of plans whose solver ran out of iterations.
    """

    structure: np.ndarray
    retained: np.ndarray
    masses: np.ndarray
    features: np.ndarray | None
    n_failed: int = 0

    def __getitem__(self, index):
        features = None if self.features is None else self.features[index]
        rows = self.structure[index], self.retained[index], self.masses[index]
        return Projections(*rows, features)

    def rows(self):
        """Arrays that `linear_partial_gromov` takes."""
        rows = self.structure, self.retained, self.masses
        return rows if self.features is None else (*rows, self.features)


def see_spaces(spaces, reference, solve, *, n_jobs=None, verbose=0):
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
    Projections
        One row for each space.
    """
    pairs = np.triu_indices(len(reference), 1)
    sizes = np.array([len(space) for space in spaces])
    chunks = chunk_bounds(sizes * np.maximum(sizes, len(reference)), CHUNK)
    images, masses, n_failed = [], [], 0

    def work(part):
        return [_see(reference, space, solve) for space in part]

    for _, seen in map_chunks(work, spaces, chunks, n_jobs=n_jobs, verbose=verbose):
        for image, mass, converged in seen:
            images.append(image)
            masses.append(mass)
            n_failed += not converged
    features = None
    if reference.features is not None:
        features = np.array([s.features for s in images]) - reference.features
    return Projections(
        np.array([s.structure[pairs] for s in images]) - reference.distances[pairs],
        np.array([s.retained for s in images]),
        np.array(masses),
        features,
        n_failed,
    )


def _see(reference, space, solve):
    result = solve(reference, space)
    image = project_space(
        result.plan,
        reference.weights,
        distances=space.distances,
        points=space.points,
        features=None if reference.features is None else space.features,
    )
    return image, space.weights.sum(), result.converged


# -- columns ---------------------------------------------------------------------------


def to_columns(seen, reference, *, alpha, lam=None):
    """Columns whose Euclidean distance is the discrepancy, or comes close to it.

    Parameters
    ----------
    seen : Projections
        Spaces seen from the reference.
    reference : MetricSpace
        The reference.
    alpha : float
        Share of the structure.
    lam : float or None, default=None
        Price of unmatched mass; None where all mass is matched.

    Returns
    -------
    ndarray of shape (n_spaces, n_columns)
        Structure, features where there are some, and retained mass where it varies.
    """
    first, second = np.triu_indices(len(reference), 1)
    root = np.sqrt(seen.retained)
    parts = [np.sqrt(2 * alpha) * root[:, first] * root[:, second] * seen.structure]
    if seen.features is not None:
        bends = np.sqrt(1 - alpha) * root[:, :, None] * seen.features
        parts.append(bends.reshape(len(root), -1))
    if lam is not None:
        parts.append(np.sqrt(2 * lam * reference.weights.sum()) * root)
    elif len(reference) == 1 and seen.features is None:
        parts.append(np.zeros((len(root), 1)))  # one node has no structure
    return np.hstack(parts)


def from_columns(columns, reference, *, alpha, lam=None, masses=None):
    """Read what `to_columns` wrote; what unmatched nodes see is lost, and zero."""
    n = len(reference)
    first, second = np.triu_indices(n, 1)
    columns = np.asarray(columns, dtype=np.float64)
    if lam is None:
        retained = np.broadcast_to(reference.weights, (len(columns), n))
        masses = retained.sum(axis=1)
    else:
        retained = columns[:, -n:] ** 2 / (2 * lam * reference.weights.sum())
    root = np.sqrt(retained)
    structure = _divide(
        columns[:, : len(first)], np.sqrt(2 * alpha) * root[:, first] * root[:, second]
    )
    features = None
    if alpha < 1:
        shape = len(columns), n, reference.features.shape[1]
        bends = columns[:, len(first) : len(first) + shape[1] * shape[2]]
        features = _divide(bends.reshape(shape), np.sqrt(1 - alpha) * root[:, :, None])
    return Projections(structure, retained, masses, features)


def _divide(a, b):
    return np.divide(a, b, out=np.zeros_like(a), where=b > 0)


# -- interpolation ---------------------------------------------------------------------


def interpolate_spaces(estimator, pair, reference, times, n_dims):
    """Place points between two spaces seen from one reference.

    Distances and masses are averaged, and realised in coordinates; each frame is
    turned onto the one before. A node that only one of the two matches keeps the
    distances it has there, and fades.

    Parameters
    ----------
    estimator : estimator
        Whose ``metric`` tells the dimension where there is one.
    pair : Projections
        The two spaces.
    reference : MetricSpace
        The reference.
    times : array-like of shape (n_times,)
        Shares of the second space, 0 to 1.
    n_dims : int or None
        Dimension of the points.

    Returns
    -------
    PointSets
        One set for each time.

    Raises
    ------
    ValueError
        If there are not two spaces, or a time is outside of [0, 1].
    """
    times = np.asarray(times, dtype=np.float64)
    if len(pair.structure) != 2:
        raise ValueError(f"X holds {len(pair.structure)} embeddings, expected 2")
    if times.ndim != 1 or not ((times >= 0) & (times <= 1)).all():
        raise ValueError(
            f"times must be numbers from 0 to 1, a list of them, got {times}"
        )
    if n_dims is not None and n_dims < 1:
        raise ValueError(f"n_dims must be at least 1, got {n_dims}")
    if n_dims is None:
        n_dims = estimator.n_features_in_ if estimator.metric in SET_METRICS else 2
    n = len(reference)
    pairs = np.triu_indices(n, 1)
    distances = np.zeros((2, n, n))
    distances[:, pairs[0], pairs[1]] = pair.structure + reference.distances[pairs]
    distances += distances.transpose(0, 2, 1)
    matched = pair.retained > 0
    known = matched[:, :, None] & matched[:, None, :]
    sets, last = [], None
    for t in times:
        share = np.array([1 - t, t])
        weight = known * share[:, None, None]
        blend = _divide((weight * distances).sum(axis=0), weight.sum(axis=0))
        blend = np.where(weight.sum(axis=0) > 0, blend, reference.distances)
        mass = share @ pair.retained
        kept = mass > 0
        points = np.zeros((n, n_dims))
        points[kept] = realise_space(blend[np.ix_(kept, kept)], n_dims, mass[kept])
        if last is not None:
            both = np.where(kept & last[1], mass, 0.0)
            points[kept] = align_points(points, last[0], both)[kept]
        last = points, kept
        sets.append((points[kept], mass[kept]))
    return PointSets.from_list(sets)


# -- what the estimators share ---------------------------------------------------------


def read_for(estimator, X, *, reset, masses):
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
    dtype = np.dtype(np.float64)
    if isinstance(X, PointSets):
        dtype, X = X.dtype, X.canonical()
    spaces = read_spaces(X, metric=metric, masses=masses)
    if alpha == 1:
        spaces = [replace(space, features=None) for space in spaces]
    return [space.canonical() for space in spaces], dtype


def see_all(spaces, references, solve, *, n_jobs, verbose):
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


def feature_cost(reference, space):
    """Squared distances between features, None without."""
    if reference.features is None:
        return None
    return cdist(reference.features, space.features, "sqeuclidean")


def split_columns(X, references, *, alpha, lam=None, name="X"):
    """Cut vectors into one block of columns for each reference.

    Parameters
    ----------
    X : array-like of shape (n_spaces, n_columns)
        Vectors.
    references : list of MetricSpace
        The references.
    alpha, lam : float, float or None
        As in `to_columns`.
    name : str, default="X"
        How messages call the vectors.

    Returns
    -------
    list of ndarray
        The blocks, and the mass of each space at last where ``lam`` is given.

    Raises
    ------
    ValueError
        If X has another number of columns.
    """
    X = check_array(X, dtype=np.float64, input_name=name)
    widths = [n_columns(reference, alpha=alpha, lam=lam) for reference in references]
    total = sum(widths) + (lam is not None)
    if X.shape[1] != total:
        raise ValueError(
            f"{name} has {X.shape[1]} columns, but embeddings have {total}"
        )
    return np.split(X, np.cumsum(widths)[: None if lam is not None else -1], axis=1)


def n_columns(reference, *, alpha, lam=None):
    """Width of what `to_columns` gives."""
    n = len(reference)
    width = n * (n - 1) // 2
    if alpha < 1:
        width += n * reference.features.shape[1]
    if lam is not None:
        width += n
    return max(width, 1)


def feature_names(estimator, *, lam=None):
    """Names of all columns of an estimator: those of each reference in turn."""
    prefix = type(estimator).__name__.lower()
    several = len(estimator.references_) > 1
    names = [
        f"{prefix}_reference{r}{name}" if several else prefix + name
        for r, reference in enumerate(estimator.references_)
        for name in _column_names(reference, estimator.alpha, lam)
    ]
    return np.asarray(names + [f"{prefix}_mass"] * (lam is not None), dtype=object)


def _column_names(reference, alpha, lam):
    nodes = range(len(reference))
    names = [f"_structure{j}_{k}" for j, k in combinations(nodes, 2)]
    if alpha < 1:
        width = reference.features.shape[1]
        names += [f"_feature{j}_{c}" for j in nodes for c in range(width)]
    if lam is not None:
        names += [f"_retained{j}" for j in nodes]
    return names or ["_structure"]
