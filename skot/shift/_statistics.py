# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Two-sample statistics by name, on a pooled sample and all its splits at once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import chain

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.base import clone
from sklearn.utils.parallel import Parallel, delayed

from .._parallel import map_chunks
from ..solvers import (
    auc_of_scores,
    auc_splits,
    energy_splits,
    mmd_splits,
    sample_slices,
    sinkhorn_splits,
    sliced_splits,
    wasserstein_splits,
)
from ._pooled import seeded_clone

# Slices, or splits, of one task: they do not depend on the number of workers.
TASK = 16

N_FOLDS = 5


@dataclass(frozen=True, eq=False)
class Computed:
    """Values of a statistic on all splits of a pooled sample.

    Parameters
    ----------
    values : ndarray of shape (n_splits,)
        The first is that of the two samples as they were observed.
    resampled : ndarray of shape (n_resamples,)
        Values of bootstrap resamples.
    slices : ndarray of shape (n_slices, n_dims) or None
        Directions, for statistics that look along some.
    per_slice : ndarray of shape (n_splits, n_slices) or None
        Distance along each, for each split.
    """

    values: np.ndarray
    resampled: np.ndarray
    slices: np.ndarray | None = None
    per_slice: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Statistic:
    """A statistic, and how to read it.

    Parameters
    ----------
    compute : callable
        ``compute(points, splits, test, rng)`` returns `Computed`; ``test`` is the
        estimator, for its parameters.
    power : int or None
        Power in which chance adds to the statistic; None for the order p of the test.
    max_samples : int or None
        Rows of each sample that are affordable: all pairs are held, or solved.
    """

    compute: Callable
    power: float | None = 1
    max_samples: int | None = None


def _slice_costs(points, slices, splits, test):
    chunks = [slice(i, i + TASK) for i in range(0, len(slices), TASK)]
    work = partial(_costs_along, points=points, splits=splits, p=test.p)
    parts = [part for _, part in map_chunks(work, slices, chunks, n_jobs=test.n_jobs)]
    return tuple(np.concatenate(costs, axis=1) for costs in zip(*parts, strict=True))


def _costs_along(slices, points, splits, p):
    return sliced_splits(points, slices, splits, p=p)


def _draw(points, test, rng):
    return sample_slices(test.n_slices, points.shape[1], test.slices, rng)


def _sliced(points, splits, test, rng):
    slices = _draw(points, test, rng)
    costs, resampled = _slice_costs(points, slices, splits, test)
    root = 1 / test.p
    return Computed(
        costs.mean(axis=1) ** root,
        resampled.mean(axis=1) ** root,
        slices,
        costs**root,
    )


def _max_sliced(points, splits, test, rng):
    n_dims = points.shape[1]
    slices = _draw(points, test, rng)
    if n_dims > 1:
        # label-free, so that permutations maximise over the same directions
        centred = points - points.mean(axis=0)
        axes = np.linalg.eigh(centred.T @ centred)[1].T
        slices = np.concatenate([np.eye(n_dims), axes, slices])
    costs, resampled = _slice_costs(points, slices, splits, test)
    root = 1 / test.p
    return Computed(
        costs.max(axis=1) ** root, resampled.max(axis=1) ** root, slices, costs**root
    )


def _wasserstein(points, splits, test, rng):
    if points.shape[1] == 1:  # on a line, transport is sorting
        slices = np.ones((1, 1))
        costs, resampled = sliced_splits(points, slices, splits, p=test.p)
        return Computed(*(c[:, 0] ** (1 / test.p) for c in (costs, resampled)))
    C = _costs(points, test.p)
    n_rows = len(splits.labels) + len(splits.counts)
    parts = _parallel(test)(
        delayed(wasserstein_splits)(C, splits, slice(i, i + TASK))
        for i in range(0, n_rows, TASK)
    )
    values = np.concatenate(parts) ** (1 / test.p)
    return Computed(*np.split(values, [len(splits.labels)]))


def _sinkhorn(points, splits, test, rng):
    C = _costs(points, 2) / 2
    reg = test.reg * _median(C)
    values = sinkhorn_splits(C, splits, reg=reg)
    # as a distance: for small reg this is W_2
    return Computed(*(np.sqrt(2 * np.maximum(v, 0.0)) for v in values))


def _energy(points, splits, test, rng):
    return Computed(*energy_splits(_costs(points), splits))


def _mmd(points, splits, test, rng):
    return Computed(*mmd_splits(_gaussian_kernel(points), splits))


def _c2st(points, splits, test, rng):
    folds = rng.permutation(np.arange(len(points)) % N_FOLDS)
    if test.classifier is None:
        return Computed(*auc_splits(_gaussian_kernel(points), splits, folds))
    work, classifier = delayed(_scores_left_out), seeded_clone(test.classifier, rng)
    scores = _parallel(test)(
        work(classifier, points, row, folds) for row in splits.labels
    )
    return Computed(*auc_of_scores(np.array(scores), splits, folds))


def _scores_left_out(classifier, points, label, folds):
    """Scores of points of each fold, by the classifier fitted on the others."""
    scores = np.zeros(len(points))
    for fold in range(N_FOLDS):
        out = folds == fold
        if not out.any() or len(np.unique(label[~out])) < 2:
            continue
        fitted = clone(classifier).fit(points[~out], label[~out])
        if hasattr(fitted, "decision_function"):
            scores[out] = fitted.decision_function(points[out])
        else:
            scores[out] = fitted.predict_proba(points[out])[:, 1]
    return scores


def from_callable(function):
    """Make a statistic of a function of two samples.

    Parameters
    ----------
    function : callable
        Maps arrays of shapes (n, n_dims) and (m, n_dims) to a number, the larger the
        farther apart.

    Returns
    -------
    Statistic
        It is called once for each split.
    """

    def evaluate(points, a, b):
        return float(function(np.repeat(points, a, axis=0), np.repeat(points, b, 0)))

    def compute(points, splits, test, rng):
        label = splits.labels[0]
        pairs = chain(
            ((row, 1 - row) for row in splits.labels),
            ((count * label, count * (1 - label)) for count in splits.counts),
        )
        values = _parallel(test)(delayed(evaluate)(points, a, b) for a, b in pairs)
        return Computed(*np.split(np.array(values), [len(splits.labels)]))

    return Statistic(compute)


def _parallel(test):
    return Parallel(n_jobs=test.n_jobs, prefer="threads")


def _gaussian_kernel(points):
    """Gaussian kernel of the median distance of the pooled sample, and no other."""
    C = _costs(points, 2)
    return np.exp(-C / (2 * _median(C)))


def _costs(points, p=1):
    """Distances of all rows to the p."""
    C = cdist(points, points, "sqeuclidean" if p == 2 else "euclidean")
    C = C if p in (1, 2) else C**p
    if not np.isfinite(C).all():
        raise ValueError(
            "distances are too large: the statistic is not a finite number; values "
            "may be divided, or standardised"
        )
    return C


def _median(C):
    between = C[np.triu_indices(len(C), 1)]
    median = np.median(between)
    return float(median if median > 0 else between.mean() or 1.0)


STATISTICS = {
    "sliced_wasserstein": Statistic(_sliced, None),
    "max_sliced": Statistic(_max_sliced, None),
    "wasserstein": Statistic(_wasserstein, None, 500),
    "sinkhorn": Statistic(_sinkhorn, 2, 500),
    "energy": Statistic(_energy, 2, 2000),
    "mmd": Statistic(_mmd, 1, 2000),
    "c2st": Statistic(_c2st, 1, 2000),
}
