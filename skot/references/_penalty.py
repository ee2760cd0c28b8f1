# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The price of a unit of mass left unmatched: a number, or learnt from costs."""

import re
from collections.abc import Callable
from numbers import Real

import numpy as np
from scipy.spatial.distance import cdist

from ..sets import MetricSpace, PointSets, masses

# Costs, at most, of which a quantile is taken.
SAMPLE = 2**20


def check_penalty(lam: float | str) -> None:
    """Refuse a ``lam`` that is no price, nor a rule that gives one.

    Parameters
    ----------
    lam : float or str
        As in `learn_penalty`.

    Raises
    ------
    ValueError
        If it is neither a positive finite number, nor "auto", nor a quantile.
    """
    if isinstance(lam, str):
        right = lam == "auto" or 0 < _share(lam) < 1
    else:
        right = 0 < 4 * _number(lam) < np.inf  # multiples are compared with costs
    if not right:
        raise ValueError(
            'lam must be a positive finite number, "auto", or a quantile in percent '
            f'such as "q50", got {lam!r}'
        )


def learn_penalty(
    lam: float | str,
    costs: Callable[[], tuple[np.ndarray, np.ndarray]],
    *,
    auto: str | Callable[[], float] = "q50",
) -> float:
    """Choose the price of a unit of mass left unmatched that a user asked for.

    Parameters
    ----------
    lam : float or str
        A number is the price itself, in units of the cost: nothing is matched at a cost
        above ``2 * lam``. "q50" makes ``2 * lam`` the median of the costs, "q10" their
        10 % quantile, and so on, in percent between 0 and 100. "auto" is what ``auto``
        says.
    costs : callable
        ``costs()`` gives two arrays of one length: costs of which "q50" takes a
        quantile, such as squared distances, and their positive weights. It is called
        only for a quantile.
    auto : str or callable, default="q50"
        What "auto" means: a quantile, or a price as ``auto()`` gives it.

    Returns
    -------
    float
        The price. Quantiles lie halfway to the next greater cost, so that no cost is at
        the very border, and where all costs are zero, or there are none, the price is
        1.

    Raises
    ------
    ValueError
        As `check_penalty`.

    Notes
    -----
    ``O(n log n)`` operations for n costs.

    Examples
    --------
    >>> import numpy as np
    >>> from skot.references import learn_penalty
    >>> costs = np.array([1.0, 4.0, 6.0, 100.0]), np.ones(4)
    >>> learn_penalty("q50", lambda: costs)
    2.5
    >>> learn_penalty(7.0, lambda: costs)
    7.0
    """
    check_penalty(lam)
    if lam == "auto":
        if callable(auto):
            return float(auto())
        lam = auto
    if not isinstance(lam, str):
        return _number(lam)
    values, weights = costs()
    return _half_quantile(values, weights, _share(lam))


def reference_costs(
    sets: PointSets, atoms: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Compute squared distances between a reference and sets, for `learn_penalty`.

    Parameters
    ----------
    sets : PointSets
        The sets, in canonical order, so that it does not matter which order they had.
    atoms : ndarray of shape (n_reference, n_dims)
        Points of the reference.
    weights : ndarray of shape (n_reference,)
        Their masses.

    Returns
    -------
    costs : ndarray of shape (n_costs,)
        Squared distances between all atoms and all points, or some of these where
        there are more than a million.
    weights : ndarray of shape (n_costs,)
        Products of masses.
    """
    mass = masses(sets)
    step = -(-len(mass) * len(weights) // SAMPLE)
    points, mass = sets.points[::step].astype(np.float64), mass[::step]
    squares = cdist(points, atoms, "sqeuclidean")
    mass = np.outer(mass / mass.sum(), weights / weights.sum())
    return squares.ravel(), mass.ravel()


def learn_space_penalty(
    lam: float | str, spaces: list[MetricSpace], *, alpha: float = 1.0
) -> float:
    """Choose the price of unmatched mass for spaces, as `learn_penalty`.

    Parameters
    ----------
    lam : float or str
        A number is the price itself. "auto" takes a tenth of what it costs to match the
        points of a space at random, the median over spaces, and 1 where that is zero.
        "q50" makes ``2 * lam`` the median of the costs of two points of a space, over
        all spaces, "q10" the 10 % quantile, and so on.
    spaces : list of MetricSpace
        Spaces to learn from.
    alpha : float, default=1.0
        Share of the structure in the cost, of squared distances within spaces; the
        rest is of squared distances of features, divided by the mass.

    Returns
    -------
    float
        The price.

    Raises
    ------
    ValueError
        As `check_penalty`.

    Examples
    --------
    >>> from skot.references import learn_space_penalty
    >>> from skot.sets import read_spaces
    >>> spaces = read_spaces([[[0.0], [2.0]]])
    >>> learn_space_penalty("auto", spaces)
    0.2
    """
    return learn_penalty(
        lam,
        lambda: _pair_costs(spaces, alpha),
        auto=lambda: _typical_price(spaces, alpha),
    )


def _typical_price(spaces: list[MetricSpace], alpha: float) -> float:
    """Tenth of what it costs to match the points of a space at random."""
    spreads = []
    for space in spaces:
        mass = space.weights.sum()
        share = space.weights / mass
        spread = alpha * (share @ np.square(space.distances) @ share)
        if alpha < 1:  # twice the variance is the mean squared difference
            features = _features(space)
            gaps = features - share @ features
            spread += (1 - alpha) * 2 * (share @ np.square(gaps)).sum() / mass
        spreads.append(spread)
    return float(np.median(spreads)) / 10 or 1.0


def _pair_costs(
    spaces: list[MetricSpace], alpha: float
) -> tuple[np.ndarray, np.ndarray]:
    """Costs of all pairs of points of a space, of all spaces, and their weights."""
    n_pairs = sum(len(space) * (len(space) - 1) // 2 for space in spaces)
    step = -(-n_pairs // SAMPLE) or 1
    costs, weights = [np.empty(0)], [np.empty(0)]
    for space in spaces:
        first, second = (side[::step] for side in np.triu_indices(len(space), 1))
        mass = space.weights[first] * space.weights[second]
        cost = alpha * np.square(space.distances[first, second])
        if alpha < 1:
            features = _features(space)
            gaps = np.square(features[first] - features[second]).sum(axis=1)
            cost += (1 - alpha) * gaps / space.weights.sum()
        costs.append(cost)
        weights.append(mass / mass.sum())
    return np.concatenate(costs), np.concatenate(weights)


def _features(space: MetricSpace) -> np.ndarray:
    assert space.features is not None
    return space.features


def _share(lam: str) -> float:
    """Share of the quantile that a string asks for, NaN where it asks for none."""
    found = re.fullmatch(r"q(\d{1,3}(?:\.\d+)?)", lam)
    return float(found[1]) / 100 if found else np.nan


def _number(lam: float) -> float:
    if isinstance(lam, np.ndarray) and lam.ndim == 0:
        lam = lam[()]
    return float(lam) if isinstance(lam, Real) else np.nan


def _half_quantile(values: np.ndarray, weights: np.ndarray, share: float) -> float:
    if len(values) == 0:
        return 1.0
    order = np.argsort(values)
    levels = np.cumsum(weights[order])
    low = values[order[np.searchsorted(levels, share * levels[-1])]]
    # halfway to the next: no cost is at the very border, where both would be right
    high = values[values > low * (1 + 1e-6)].min(initial=2 * low)
    return float((low + min(high, 2 * low)) / 4) or 1.0
