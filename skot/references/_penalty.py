# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The price of a unit of mass left unmatched: a number, or learnt from costs."""

import re
from collections.abc import Callable
from numbers import Real

import numpy as np


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
