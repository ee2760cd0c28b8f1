# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Two-sample statistics by name, on a pooled sample and all its splits at once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any, Literal

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.base import clone
from sklearn.utils.parallel import Parallel, delayed

from .._parallel import map_chunks
from ..solvers import (
    Splits,
    auc_of_scores,
    auc_splits,
    auto_reg,
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

# Entropy of "sinkhorn" where none is given, as a share of the mean cost.
AUTO_REG = 0.1


@dataclass(frozen=True, eq=False)
class Settings:
    """What statistics may ask for beside the points.

    Parameters
    ----------
    p : float
        Order of transport distances.
    n_slices : int
        Directions.
    slices : str, callable or array-like of shape (n_slices, n_dims)
        As in `skot.solvers.sample_slices`.
    reg : float or "auto"
        Entropy, in units of the cost, the squared distance.
    classifier : estimator or None
        That of "c2st".
    n_jobs : int or None
        Workers.
    """

    p: float = 2
    n_slices: int = 100
    slices: Any = "auto"
    reg: float | Literal["auto"] = "auto"
    classifier: Any = None
    n_jobs: int | None = None


@dataclass(frozen=True, eq=False)
class Computed:
    """Values of a statistic on all splits of a pooled sample.

    Parameters
    ----------
    values : ndarray of shape (n_splits,)
        The first is that of the two samples as they were observed.
    resampled : ndarray of shape (n_bootstrap,)
        Values of bootstrap resamples.
    slices : ndarray of shape (n_slices, n_dims) or None
        Directions, for statistics that look along some.
    per_slice : ndarray of shape (n_splits, n_slices) or None
        Distance along each, for each split.
    reg : float or None
        Entropy, for the statistic that has one.
    """

    values: np.ndarray
    resampled: np.ndarray
    slices: np.ndarray | None = None
    per_slice: np.ndarray | None = None
    reg: float | None = None


@dataclass(frozen=True, eq=False)
class Statistic:
    """A statistic, and how to read it.

    Parameters
    ----------
    name : str
        How results call it.
    compute : callable
        ``compute(points, splits, settings, rng)`` returns `Computed`.
    power : int or None
        Power in which chance adds to the statistic; None for the order p of the test.
    max_samples : int or None
        Rows of each sample that are affordable: all pairs are held, or solved.
    """

    name: str
    compute: Callable[[np.ndarray, Splits, Settings, np.random.RandomState], Computed]
    power: float | None = 1
    max_samples: int | None = None


def read_statistic(statistic: str | Callable[..., float]) -> Statistic:
    """Find a statistic by its name, or make one of a function."""
    return from_callable(statistic) if callable(statistic) else STATISTICS[statistic]


def _slice_costs(
    points: np.ndarray, slices: np.ndarray, splits: Splits, settings: Settings
) -> tuple[np.ndarray, ...]:
    chunks = [slice(i, i + TASK) for i in range(0, len(slices), TASK)]
    work = partial(_costs_along, points=points, splits=splits, p=settings.p)
    parts = [
        part for _, part in map_chunks(work, slices, chunks, n_jobs=settings.n_jobs)
    ]
    return tuple(np.concatenate(costs, axis=1) for costs in zip(*parts, strict=True))


def _costs_along(
    slices: np.ndarray, points: np.ndarray, splits: Splits, p: float
) -> tuple[np.ndarray, np.ndarray]:
    return sliced_splits(points, slices, splits, p=p)


def _draw(
    points: np.ndarray, settings: Settings, rng: np.random.RandomState
) -> np.ndarray:
    return sample_slices(settings.n_slices, points.shape[1], settings.slices, rng)


def _sliced(
    points: np.ndarray,
    splits: Splits,
    settings: Settings,
    rng: np.random.RandomState,
) -> Computed:
    slices = _draw(points, settings, rng)
    costs, resampled = _slice_costs(points, slices, splits, settings)
    root = 1 / settings.p
    return Computed(
        costs.mean(axis=1) ** root,
        resampled.mean(axis=1) ** root,
        slices,
        costs**root,
    )


def _max_sliced(
    points: np.ndarray,
    splits: Splits,
    settings: Settings,
    rng: np.random.RandomState,
) -> Computed:
    n_dims = points.shape[1]
    slices = _draw(points, settings, rng)
    if n_dims > 1:
        # label-free, so that permutations maximise over the same directions
        centred = points - points.mean(axis=0)
        axes = np.linalg.eigh(centred.T @ centred)[1].T
        slices = np.concatenate([np.eye(n_dims), axes, slices])
    costs, resampled = _slice_costs(points, slices, splits, settings)
    root = 1 / settings.p
    return Computed(
        costs.max(axis=1) ** root, resampled.max(axis=1) ** root, slices, costs**root
    )


def _wasserstein(
    points: np.ndarray,
    splits: Splits,
    settings: Settings,
    rng: np.random.RandomState,
) -> Computed:
    if points.shape[1] == 1:  # on a line, transport is sorting
        slices = np.ones((1, 1))
        costs, resampled = sliced_splits(points, slices, splits, p=settings.p)
        root = 1 / settings.p
        return Computed(costs[:, 0] ** root, resampled[:, 0] ** root)
    C = _costs(points, settings.p)
    n_rows = len(splits.labels) + len(splits.counts)
    parts = _parallel(settings)(
        delayed(wasserstein_splits)(C, splits, slice(i, i + TASK))
        for i in range(0, n_rows, TASK)
    )
    values = np.concatenate(parts) ** (1 / settings.p)
    return Computed(*splits.divide(values))


def _sinkhorn(
    points: np.ndarray,
    splits: Splits,
    settings: Settings,
    rng: np.random.RandomState,
) -> Computed:
    C = _costs(points, 2)
    reg = settings.reg
    if reg == "auto":  # of all rows, whichever sample they are of: the test stays exact
        reg = auto_reg(points, share=AUTO_REG)
    values, resampled = sinkhorn_splits(C, splits, reg=reg)
    # as a distance: for small reg this is W_2
    return Computed(
        np.sqrt(np.maximum(values, 0.0)),
        np.sqrt(np.maximum(resampled, 0.0)),
        reg=float(reg),
    )


def _energy(
    points: np.ndarray,
    splits: Splits,
    settings: Settings,
    rng: np.random.RandomState,
) -> Computed:
    return Computed(*energy_splits(_costs(points), splits))


def _mmd(
    points: np.ndarray,
    splits: Splits,
    settings: Settings,
    rng: np.random.RandomState,
) -> Computed:
    return Computed(*mmd_splits(_gaussian_kernel(points), splits))


def _c2st(
    points: np.ndarray,
    splits: Splits,
    settings: Settings,
    rng: np.random.RandomState,
) -> Computed:
    folds = rng.permutation(np.arange(len(points)) % N_FOLDS)
    if settings.classifier is None:
        return Computed(*auc_splits(_gaussian_kernel(points), splits, folds))
    work, classifier = delayed(_scores_left_out), seeded_clone(settings.classifier, rng)
    scores = _parallel(settings)(
        work(classifier, points, row, folds) for row in splits.labels
    )
    return Computed(*auc_of_scores(np.array(scores), splits, folds))


def _scores_left_out(
    classifier: Any, points: np.ndarray, label: np.ndarray, folds: np.ndarray
) -> np.ndarray:
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


def from_callable(function: Callable[..., float]) -> Statistic:
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

    def evaluate(points: np.ndarray, a: np.ndarray, b: np.ndarray) -> float:
        return float(function(np.repeat(points, a, axis=0), np.repeat(points, b, 0)))

    def compute(
        points: np.ndarray,
        splits: Splits,
        settings: Settings,
        rng: np.random.RandomState,
    ) -> Computed:
        label = splits.labels[0]
        pairs = chain(
            ((row, 1 - row) for row in splits.labels),
            ((count * label, count * (1 - label)) for count in splits.counts),
        )
        values = _parallel(settings)(delayed(evaluate)(points, a, b) for a, b in pairs)
        return Computed(*splits.divide(np.array(values)))

    return Statistic(getattr(function, "__name__", "statistic"), compute)


def _parallel(settings: Settings) -> Parallel:
    return Parallel(n_jobs=settings.n_jobs, prefer="threads")


def _gaussian_kernel(points: np.ndarray) -> np.ndarray:
    """Gaussian kernel of the median distance of the pooled sample, and no other."""
    C = _costs(points, 2)
    return np.exp(-C / (2 * _median(C)))


def _costs(points: np.ndarray, p: float = 1) -> np.ndarray:
    """Distances of all rows to the p."""
    C = cdist(points, points, "sqeuclidean" if p == 2 else "euclidean")
    C = C if p in (1, 2) else C**p
    if not np.isfinite(C).all():
        raise ValueError(
            "distances are too large: the statistic is not a finite number; values "
            "may be divided, or standardised"
        )
    return C


def _median(C: np.ndarray) -> float:
    between = C[np.triu_indices(len(C), 1)]
    median = np.median(between)
    return float(median if median > 0 else between.mean() or 1.0)


STATISTICS = {
    statistic.name: statistic
    for statistic in (
        Statistic("sliced_wasserstein", _sliced, None),
        Statistic("max_sliced", _max_sliced, None),
        Statistic("wasserstein", _wasserstein, None, 500),
        Statistic("sinkhorn", _sinkhorn, 2, 500),
        Statistic("energy", _energy, 2, 2000),
        Statistic("mmd", _mmd, 1, 2000),
        Statistic("c2st", _c2st, 1, 2000),
    )
}
