# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Two-sample statistics of many splits of one pooled sample, all at once.

What a permutation test costs is what these cost: projections are sorted, distances and
kernels are computed, once for all splits.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment
from scipy.stats import rankdata

from ..._random import RandomState, check_random_state
from .._arrays import (
    Floats,
    read_array,
    read_costs,
    read_count,
    read_order,
    read_positive,
    read_square,
    uniform,
)
from .._exact.exact import network_simplex
from .._line.line import uniform_plan
from .._loop import Change, OneSide, Sweep, TwoSides, iterate

__all__ = [
    "Splits",
    "auc_of_scores",
    "auc_splits",
    "draw_splits",
    "energy_splits",
    "mmd_splits",
    "sinkhorn_splits",
    "sliced_splits",
    "uniform_cost",
    "wasserstein_splits",
]

# Entries of the Gibbs kernel stop here: no row of it vanishes, however far a point is.
SMALLEST = 1e-200


@dataclass(frozen=True, eq=False)
class Splits:
    """Ways to divide a pooled sample in two, and to resample its two parts.

    Parameters
    ----------
    labels : ndarray of uint8 of shape (n_splits, n_points)
        1 for points of the first part, 0 for those of the second; as many ones in each
        row. The first row is the split that was observed.
    counts : ndarray of uint8 of shape (n_bootstrap, n_points)
        How often each point stands in a resample of its own part in the first row of
        labels; the sizes of the parts are kept.
    """

    labels: NDArray[np.uint8]
    counts: NDArray[np.uint8]

    @property
    def n_points(self) -> int:
        """Points of the pooled sample."""
        return int(self.labels.shape[1])

    @property
    def sizes(self) -> tuple[int, int]:
        """Points of the first part, and of the second."""
        n = int(self.labels[0].sum())
        return n, self.n_points - n

    def weights(self) -> tuple[Floats, Floats]:
        """Count points in each part, for splits and then for resamples.

        Returns
        -------
        tuple of ndarray, each of shape (n_splits + n_bootstrap, n_points)
            Counts in the first part, and in the second.
        """
        labels = self.labels.astype(np.float64)
        counts = self.counts.astype(np.float64)
        return (
            np.concatenate([labels, counts * labels[0]]),
            np.concatenate([1 - labels, counts * (1 - labels[0])]),
        )

    def divide(self, values: Floats) -> tuple[Floats, Floats]:
        """Divide one value for each row into those of splits and of resamples.

        Parameters
        ----------
        values : ndarray of shape (n_splits + n_bootstrap,)
            In the order of ``weights``.

        Returns
        -------
        tuple of ndarray, of shapes (n_splits,) and (n_bootstrap,)
            The values.
        """
        n_splits = len(self.labels)
        return values[:n_splits], values[n_splits:]


def draw_splits(
    n: int,
    m: int,
    n_permutations: int,
    n_bootstrap: int = 0,
    random_state: RandomState = None,
) -> Splits:
    """Draw permutations of the labels of a pooled sample, and bootstrap resamples.

    Parameters
    ----------
    n : int
        Points of the first part, which stand first.
    m : int
        Points of the second part.
    n_permutations : int
        Random splits, beside the observed one.
    n_bootstrap : int, default=0
        Resamples of each part, with replacement.
    random_state : int, RandomState, Generator or None, default=None
        Source of both.

    Returns
    -------
    Splits
        The observed split and ``n_permutations`` more, and the resamples.

    Raises
    ------
    ValueError
        If a number is too small, or ``random_state`` is no source.

    Examples
    --------
    >>> from skot.solvers import draw_splits
    >>> draw_splits(2, 3, n_permutations=1, random_state=0).labels
    array([[1, 1, 0, 0, 0],
           [1, 0, 1, 0, 0]], dtype=uint8)
    """
    n, m = read_count(n, "n"), read_count(m, "m")
    n_permutations = read_count(n_permutations, "n_permutations", least=0)
    n_bootstrap = read_count(n_bootstrap, "n_bootstrap", least=0)
    rng = check_random_state(random_state)
    labels = np.zeros((1 + n_permutations, n + m), np.uint8)
    labels[0, :n] = 1
    for row in labels[1:]:
        row[rng.permutation(n + m)[:n]] = 1
    counts = np.zeros((n_bootstrap, n + m), np.uint8)
    for row in counts:
        row[:n] = np.bincount(rng.randint(n, size=n), minlength=n)
        row[n:] = np.bincount(rng.randint(m, size=m), minlength=m)
    return Splits(labels, counts)


def sliced_splits(
    points: ArrayLike, slices: ArrayLike, splits: Splits, *, p: float = 2
) -> tuple[Floats, Floats]:
    """Compute W_p^p between the parts of each split, along each slice.

    Parameters
    ----------
    points : array-like of shape (n_points, n_dims)
        The pooled sample.
    slices : array-like of shape (n_slices, n_dims)
        Directions.
    splits : Splits
        Its splits and resamples.
    p : float, default=2
        Order, at least 1.

    Returns
    -------
    ndarray of shape (n_splits, n_slices)
        Costs of the splits: their mean over slices is the sliced distance to the p.
    ndarray of shape (n_bootstrap, n_slices)
        Costs of the resamples.

    Notes
    -----
    Each slice is sorted once, in ``O(n_points log n_points)``; a split then takes one
    pass over it, about a nanosecond a point.

    Examples
    --------
    >>> import numpy as np
    >>> from skot.solvers import draw_splits, sliced_splits
    >>> points = np.array([[0.0], [1.0], [5.0], [6.0]])
    >>> splits = draw_splits(2, 2, n_permutations=3, random_state=0)
    >>> sliced_splits(points, np.ones((1, 1)), splits)[0].ravel()
    array([25., 25.,  1.,  1.])
    """
    from .split_kernels import resampled_costs, split_costs

    p = read_order(p)
    points = read_array(points, "points", splits.n_points, "n_dims")
    slices = read_array(slices, "slices", "n_slices", points.shape[1])
    values = slices @ points.T
    order = values.argsort(axis=1)
    values = np.take_along_axis(values, order, 1)
    order = order.astype(np.int32)
    rows, columns, masses = uniform_plan(*splits.sizes)
    costs = np.empty((len(splits.labels), len(slices)))
    split_costs(values, order, splits.labels, rows, columns, masses, p, costs)
    resampled = np.empty((len(splits.counts), len(slices)))
    resampled_costs(
        values, order, splits.labels[0], splits.counts, rows, columns, masses, p,
        resampled,
    )  # fmt: skip
    return costs, resampled


def wasserstein_splits(
    C: ArrayLike, splits: Splits, part: slice = slice(None)
) -> Floats:
    """Solve exact transport between the parts of each split, or of some of them.

    Parameters
    ----------
    C : array-like of shape (n_points, n_points)
        Costs between all points of the pooled sample.
    splits : Splits
        Its splits and resamples.
    part : slice, default=slice(None)
        Which of all rows, splits and then resamples.

    Returns
    -------
    ndarray of shape (n_rows,)
        Optimal costs.

    Notes
    -----
    One linear program a row: an assignment where both parts are of one size.
    """
    C = read_square(C, "C", splits.n_points)
    rows = np.concatenate([splits.labels, splits.counts])[part]
    first = np.arange(len(splits.labels) + len(splits.counts))[part]
    costs = np.empty(len(rows))
    for k, (row, number) in enumerate(zip(rows, first, strict=True)):
        if number < len(splits.labels):
            x, y = np.flatnonzero(row), np.flatnonzero(row == 0)
        else:
            label = splits.labels[0].astype(bool)
            x, y = (np.repeat(np.flatnonzero(a), row[a]) for a in (label, ~label))
        costs[k] = _uniform_cost(C[np.ix_(x, y)])
    return costs


def uniform_cost(C: ArrayLike) -> float:
    """Solve exact transport between points that weigh the same on each side.

    Parameters
    ----------
    C : array-like of shape (n_source, n_target)
        Finite costs.

    Returns
    -------
    float
        Optimal cost, of a mass of 1.

    Raises
    ------
    ValueError
        If costs are not finite, or there are none.

    Notes
    -----
    An assignment where both sides are of one size, else a linear program: up to
    ``O(n^3)`` for n points.

    Examples
    --------
    >>> from skot.solvers import uniform_cost
    >>> uniform_cost([[0.0, 4.0], [1.0, 1.0]])
    0.5
    """
    return _uniform_cost(read_costs(C, "uniform_cost"))


def _uniform_cost(C: Floats) -> float:
    n, m = C.shape
    if n == m:
        return float(C[linear_sum_assignment(C)].mean())
    plan = network_simplex(C, uniform(n), uniform(m))[0]
    return float(np.vdot(plan, C))


def sinkhorn_splits(
    C: ArrayLike,
    splits: Splits,
    *,
    reg: float,
    tol: float = 1e-7,
    max_iter: int = 500,
) -> tuple[Floats, Floats]:
    """Compute the debiased Sinkhorn divergence between the parts of each split.

    Parameters
    ----------
    C : array-like of shape (n_points, n_points)
        Symmetric costs between all points of the pooled sample.
    splits : Splits
        Its splits and resamples.
    reg : float
        Weight of the entropy, in units of the cost.
    tol : float, default=1e-7
        Sweeps end when no value changes by more than this share of ``reg``.
    max_iter : int, default=500
        Sweeps, at most. A statistic of few sweeps is one like any other: what a test
        promises does not hang on convergence.

    Returns
    -------
    ndarray of shape (n_splits,)
        Divergences of the splits.
    ndarray of shape (n_bootstrap,)
        Divergences of the resamples.

    Notes
    -----
    A sweep is one matrix product of shapes (n_points, n_points) and (n_points, n_rows)
    for each side of each of three problems. Costs above ``460 * reg`` count as that.
    """
    C, reg = read_square(C, "C", splits.n_points), read_positive(reg, "reg")
    tol, max_iter = read_positive(tol, "tol"), read_count(max_iter, "max_iter")
    n, m = splits.sizes
    a, b = (w.T for w in splits.weights())
    a, b = np.ascontiguousarray(a / n), np.ascontiguousarray(b / m)
    K = np.maximum(np.exp(-C / reg), SMALLEST)
    values = _cross(K, a, b, tol, max_iter)
    values -= (_own(K, a, tol, max_iter) + _own(K, b, tol, max_iter)) / 2
    return splits.divide(reg * values)


def _cross(K: Floats, a: Floats, b: Floats, tol: float, max_iter: int) -> Floats:
    """Entropic transport of each column of a to that of b, in units of reg."""
    change = Change(
        lambda done: (
            (a * np.log(done.f)).sum(axis=0) + (b * np.log(done.image)).sum(axis=0)
        )
    )
    # exponentials of potentials
    sides = TwoSides(lambda v, *_: 1 / (K @ (b * v)), lambda u, *_: 1 / (K @ (a * u)))
    start = np.ones_like(b)
    iterate(sides, start, start, left=change, tol=tol, max_iter=max_iter)
    return np.asarray(change.value)


def _own(K: Floats, a: Floats, tol: float, max_iter: int) -> Floats:
    """Entropic transport of each column of a to itself, in units of reg."""

    def value_of(done: Sweep) -> Floats:
        value: Floats = 2 * (a * np.log(done.g)).sum(axis=0) + 1
        value -= (a * done.g / done.f).sum(axis=0)
        return value

    def mean(u: Floats, new: Floats) -> Floats:
        # elsewhere no one asks for the potential, which may be huge
        return np.where(a > 0, np.sqrt(u * new), 1.0)

    change = Change(value_of)
    sides = OneSide(lambda u, *_: 1 / (K @ (a * u)), mean)
    start = np.ones_like(a)
    iterate(sides, start, start, left=change, tol=tol, max_iter=max_iter)
    return np.asarray(change.value)


def energy_splits(D: ArrayLike, splits: Splits) -> tuple[Floats, Floats]:
    """Compute the energy distance between the parts of each split.

    The root form of SciPy: ``sqrt(2 E|X - Y| - E|X - X'| - E|Y - Y'|)``.

    Parameters
    ----------
    D : array-like of shape (n_points, n_points)
        Distances between all points of the pooled sample.
    splits : Splits
        Its splits and resamples.

    Returns
    -------
    ndarray of shape (n_splits,)
        Distances of the splits.
    ndarray of shape (n_bootstrap,)
        Distances of the resamples.

    Notes
    -----
    One matrix product of shapes (n_rows, n_points) and (n_points, n_points).
    """
    D = read_square(D, "D", splits.n_points)
    n, m = splits.sizes
    a, b = splits.weights()
    signed = a / n - b / m
    squares = -((signed @ D) * signed).sum(axis=1)
    return splits.divide(np.sqrt(np.maximum(squares, 0.0)))


def mmd_splits(K: ArrayLike, splits: Splits) -> tuple[Floats, Floats]:
    """Compute the unbiased squared kernel distance (MMD) between parts of each split.

    Parameters
    ----------
    K : array-like of shape (n_points, n_points)
        Kernel between all points of the pooled sample.
    splits : Splits
        Its splits and resamples; both parts of two points at least.

    Returns
    -------
    ndarray of shape (n_splits,)
        Squared distances of the splits; negative by chance where there is none.
    ndarray of shape (n_bootstrap,)
        Squared distances of the resamples.

    Notes
    -----
    Two matrix products of shapes (n_rows, n_points) and (n_points, n_points).
    """
    K = read_square(K, "K", splits.n_points)
    n, m = splits.sizes
    a, b = splits.weights()
    K = K - np.diag(np.diagonal(K))
    a_image = a @ K
    within = (a_image * a).sum(axis=1) / (n * (n - 1))
    within += ((b @ K) * b).sum(axis=1) / (m * (m - 1))
    values = within - 2 * (a_image * b).sum(axis=1) / (n * m)
    return splits.divide(values)


def auc_splits(
    K: ArrayLike, splits: Splits, folds: ArrayLike, *, ridge: float = 1.0
) -> tuple[Floats, Floats]:
    """Compute how well a kernel classifier tells the parts of each split apart.

    The classifier is kernel ridge regression on the labels. Its predictions for a fold
    are linear in the labels of the others, so that one matrix serves all splits.

    Parameters
    ----------
    K : array-like of shape (n_points, n_points)
        Kernel between all points of the pooled sample.
    splits : Splits
        Its splits and resamples.
    folds : array-like of int of shape (n_points,)
        Fold of each point, drawn without looking at labels.
    ridge : float, default=1.0
        Penalty, in the unit of the kernel.

    Returns
    -------
    ndarray of shape (n_splits,)
        Area under the ROC curve within folds, of points left out in fitting.
    ndarray of shape (n_bootstrap,)
        Areas of resamples, with the predictions of the observed split.

    Notes
    -----
    One linear system of the size of the sample for each fold, and a product of shapes
    (n_splits, n_points) and (n_points, n_points).
    """
    K, folds = read_square(K, "K", splits.n_points), np.asarray(folds)
    ridge = read_positive(ridge, "ridge")
    n, m = splits.sizes
    labels = splits.labels.astype(np.float64)
    signed = labels / n - (1 - labels) / m
    scores = np.empty(labels.shape)
    for fold in np.unique(folds):
        out, kept = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        inner = K[np.ix_(kept, kept)] + ridge * np.eye(len(kept))
        smoother = np.linalg.solve(inner, K[np.ix_(kept, out)])
        scores[:, out] = signed[:, kept] @ smoother
    return auc_of_scores(scores, splits, folds)


def auc_of_scores(
    scores: ArrayLike, splits: Splits, folds: ArrayLike
) -> tuple[Floats, Floats]:
    """Compute the area under the ROC curve within folds, from scores of each split.

    Only pairs of one fold are compared: scores of different folds come from different
    fits, whose offsets would speak for the labels left out.

    Parameters
    ----------
    scores : array-like of shape (n_splits, n_points)
        Score of each point, the higher the more it looks like one of the first part.
    splits : Splits
        Splits and resamples of the pooled sample.
    folds : array-like of int of shape (n_points,)
        Fold of each point.

    Returns
    -------
    ndarray of shape (n_splits,)
        Areas of the splits; 1/2 where no fold has points of both parts.
    ndarray of shape (n_bootstrap,)
        Areas of resamples, with the scores of the observed split.

    Notes
    -----
    A sort of each row of scores, and for resamples products of all pairs of a fold.
    """
    scores = read_array(scores, "scores", *splits.labels.shape)
    folds = np.asarray(folds)
    labels = splits.labels.astype(np.float64)
    label = splits.labels[0].astype(bool)
    won, pairs = np.zeros(len(labels)), np.zeros(len(labels))
    won_again, pairs_again = np.zeros((2, len(splits.counts)))
    for fold in np.unique(folds):
        own = folds == fold
        n_first = labels[:, own].sum(axis=1)
        ranks = rankdata(scores[:, own], axis=1)
        won += (ranks * labels[:, own]).sum(axis=1) - n_first * (n_first + 1) / 2
        pairs += n_first * (own.sum() - n_first)
        x, y = own & label, own & ~label
        wins = scores[0, x][:, None] - scores[0, y]
        a = splits.counts[:, x].astype(np.float64)
        b = splits.counts[:, y].astype(np.float64)
        won_again += ((a @ ((np.sign(wins) + 1) / 2)) * b).sum(axis=1)
        pairs_again += a.sum(axis=1) * b.sum(axis=1)
    return _shares(won, pairs), _shares(won_again, pairs_again)


def _shares(won: Floats, pairs: Floats) -> Floats:
    shares = np.full(len(won), 0.5)
    np.divide(won, pairs, out=shares, where=pairs > 0)
    return shares
