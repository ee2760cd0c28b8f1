# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Transport between a joint law and the product of its marginals."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import linear_sum_assignment

from .._arrays import Floats, read_array, read_count, read_positive, read_square
from .._loop import Change, OneSide, TwoSides, iterate

__all__ = ["etic", "joint_product_cost", "wasserstein_correlation"]

# Entries of the Gibbs kernels stop here: their sums never vanish.
SMALLEST = 1e-150


def joint_product_cost(A: ArrayLike, B: ArrayLike, pairings: ArrayLike) -> float:
    r"""Compute the optimal cost between a joint sample and samples of its product.

    .. math::
        \frac{1}{n} \min_\sigma \sum_i A_{i, \sigma(i)} + B_{i, \pi(\sigma(i))},

    the plug-in of the Wasserstein dependence measure [1]_: pairs :math:`(x_i, y_i)`
    against pairs :math:`(x_j, y_{\pi(j)})`, averaged over random pairings.

    Parameters
    ----------
    A : array-like of shape (n, n)
        Costs between the values of x.
    B : array-like of shape (n, n)
        Costs between the values of y.
    pairings : array-like of int of shape (n_pairings, n)
        Permutations.

    Returns
    -------
    float
        Mean cost over pairings.

    Raises
    ------
    ValueError
        If costs are no square matrices of one size, or there are no pairings.

    Notes
    -----
    An assignment of n to n for each pairing, up to ``O(n^3)``.

    References
    ----------
    .. [1] Ozair, Lynch, Bengio, van den Oord, Levine, Sermanet, "Wasserstein dependency
       measure for representation learning", NeurIPS 2019.
       https://arxiv.org/abs/1903.11780

    Examples
    --------
    >>> import numpy as np
    >>> from skot.solvers import joint_product_cost
    >>> D = np.abs(np.subtract.outer([0.0, 1.0], [0.0, 1.0]))
    >>> joint_product_cost(D, D, np.array([[1, 0]]))  # (0, 0), (1, 1) to (0, 1), (1, 0)
    1.0
    """
    A = read_square(A, "A")
    B = read_square(B, "B", len(A))
    pairings = read_array(pairings, "pairings", "n_pairings", len(A)).astype(np.intp)
    costs = []
    for pairing in pairings:
        C = A + B[:, pairing]
        costs.append(C[linear_sum_assignment(C)].mean())
    return float(np.mean(costs))


def wasserstein_correlation(cells: ArrayLike, values: ArrayLike) -> float:
    r"""Compute the Wasserstein correlation of a partition with a variable.

    .. math::
        \frac{\sum_c \frac{n_c}{n} W_1(P_{V \mid c}, P_V)}{\mathbb{E} |V - V'|},

    0 where each cell looks like the whole, 1 where the variable is constant on cells
    and varies between them.

    Parameters
    ----------
    cells : array-like of int of shape (n,)
        Cell of each sample, from 0.
    values : array-like of shape (n,)
        The variable.

    Returns
    -------
    float
        Between 0 and 1; 0 for a constant.

    Raises
    ------
    ValueError
        If there is not one cell for each value, or no value.

    Notes
    -----
    ``O(n (log n + n_cells))`` operations and ``O(n n_cells)`` memory.

    References
    ----------
    .. [1] Wiesel, "Measuring association with Wasserstein distances", Bernoulli 28(4),
       2022. https://arxiv.org/abs/2102.00356

    Examples
    --------
    >>> import numpy as np
    >>> from skot.solvers import wasserstein_correlation
    >>> wasserstein_correlation(np.array([0, 0, 1, 1]), np.array([2.0, 2.0, 5.0, 5.0]))
    1.0
    """
    values = read_array(values, "values", "n")
    n = len(values)
    cells = read_array(cells, "cells", n).astype(np.intp)
    order = np.argsort(values, kind="stable")
    gaps = np.diff(values[order])
    sizes = np.bincount(cells).astype(np.float64)
    member = np.zeros((len(sizes), n))
    member[cells[order], np.arange(n)] = 1.0
    if not sizes.all():  # cells that hold no sample
        member, sizes = member[sizes > 0], sizes[sizes > 0]
    levels = member.cumsum(axis=1)[:, :-1] / sizes[:, None]
    whole = np.arange(1, n) / n
    within = np.abs(levels - whole) @ gaps
    spread = 2 * (whole * (1 - whole)) @ gaps
    return float(sizes @ within / (n * spread)) if spread > 0 else 0.0


def etic(
    C1: ArrayLike,
    C2: ArrayLike,
    *,
    reg: float = 1.0,
    tol: float = 1e-6,
    max_iter: int = 500,
) -> float:
    r"""Compute the entropy-regularised transport independence criterion.

    The debiased Sinkhorn divergence between the joint sample and the product of its
    marginals, ``n`` atoms against ``n^2``, with cost ``C1 + C2``:

    .. math::
        S(P_{XY}, P_X \otimes P_Y) = T(P_{XY}, P_X \otimes P_Y)
        - \tfrac{1}{2} T(P_{XY}, P_{XY})
        - \tfrac{1}{2} T(P_X \otimes P_Y, P_X \otimes P_Y).

    Parameters
    ----------
    C1 : array-like of shape (n, n)
        Symmetric costs between the values of x.
    C2 : array-like of shape (n, n)
        Symmetric costs between the values of y.
    reg : float, default=1.0
        Weight of the entropy, in units of the costs.
    tol : float, default=1e-6
        Sweeps end when a value changes by less than this share of ``reg``.
    max_iter : int, default=500
        Sweeps, at most.

    Returns
    -------
    float
        The divergence, not negative up to the tolerance.

    Raises
    ------
    ValueError
        If costs are no square matrices of one size, or a parameter is out of range.

    Notes
    -----
    The kernel of the product is a product of kernels: a sweep is two products of (n,
    n) matrices, ``O(n^3)`` where the ``n^2`` by ``n`` kernel would take as much memory.

    References
    ----------
    .. [1] Liu, Pal, Harchaoui, "Entropy regularized optimal transport independence
       criterion", AISTATS 2022. https://arxiv.org/abs/2112.15265

    Examples
    --------
    >>> import numpy as np
    >>> from skot.solvers import etic
    >>> C = np.subtract.outer(np.arange(3.0), np.arange(3.0)) ** 2
    >>> round(etic(C, C), 2), round(etic(C, np.zeros((3, 3))), 2)
    (0.48, 0.0)
    """
    C1 = read_square(C1, "C1")
    C2 = read_square(C2, "C2", len(C1))
    reg, tol = read_positive(reg, "reg"), read_positive(tol, "tol")
    max_iter = read_count(max_iter, "max_iter")
    K1, K2 = (np.maximum(np.exp(-C / reg), SMALLEST) for C in (C1, C2))
    cross = _joint_to_product(K1, K2, tol, max_iter)
    joint = _to_itself(K1 * K2, tol, max_iter)
    product = _to_itself(K1, tol, max_iter) + _to_itself(K2, tol, max_iter)
    return float(reg * (cross - (joint + product) / 2))


def _joint_to_product(K1: Floats, K2: Floats, tol: float, max_iter: int) -> float:
    """Entropic transport of the grid to the diagonal, in units of reg."""
    n = len(K1)
    change = Change(lambda done: np.log(done.image).mean() + np.log(done.f).mean())
    # exponentials of potentials, one each atom
    sides = TwoSides(
        lambda u, *_: n / ((K1 * u) @ K2),
        lambda v, *_: n**2 / (K1 * (K2 @ v.T)).sum(axis=1),
    )
    start = np.ones(n)
    iterate(sides, start, start, left=change, tol=tol, max_iter=max_iter)
    return float(change.value)


def _to_itself(K: Floats, tol: float, max_iter: int) -> float:
    """Entropic transport of n atoms to themselves, in units of reg."""
    n = len(K)
    change = Change(
        lambda done: 2 * np.log(done.g).mean() - (done.g / done.f).mean() + 1
    )
    sides = OneSide(lambda u, *_: n / (K @ u), lambda u, new: np.sqrt(u * new))
    start = np.ones(n)
    iterate(sides, start, start, left=change, tol=tol, max_iter=max_iter)
    return float(change.value)
