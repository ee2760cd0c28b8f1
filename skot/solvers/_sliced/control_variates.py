# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Functions on the sphere of known mean, to take noise out of an average over slices.

Each is a polynomial of even degree, centred by its closed-form mean over the sphere, so
that the intercept of a regression on them estimates the average that is wanted.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from .._arrays import Floats

# From slices, the difference of the means and both covariances: functions of the slice.
ControlVariate = Callable[[Floats, Floats, Floats, Floats], Iterable[Floats]]

__all__ = ["CONTROL_VARIATES"]


def _lower(slices: Floats, gap: Floats, *covariances: Floats) -> list[Floats]:
    return [_squares(slices, gap)]


def _upper(slices: Floats, gap: Floats, source: Floats, target: Floats) -> list[Floats]:
    return [_squares(slices, gap) + _forms(slices, source + target)]


def _both(slices: Floats, gap: Floats, source: Floats, target: Floats) -> list[Floats]:
    return [_squares(slices, gap), _forms(slices, source + target)]


def _harmonics(degree: int) -> ControlVariate:
    """All monomials of one even degree: they span the even harmonics up to it."""

    def features(slices: Floats, *moments: Floats) -> Iterator[Floats]:
        n_dims = slices.shape[1]
        powers = list(combinations_with_replacement(range(n_dims), degree))
        # the sum of all squares is constant: one column follows from the others
        for columns in powers[:-1]:
            exponents = np.bincount(columns, minlength=n_dims)
            yield slices[:, columns].prod(axis=1) - _monomial_mean(exponents)

    return features


def _monomial_mean(exponents: NDArray[np.intp]) -> float:
    """Mean of ``prod(slice ** exponents)`` over the sphere."""
    if (exponents % 2).any():
        return 0.0
    odd = np.concatenate([np.arange(1, e, 2) for e in exponents])
    half = exponents.sum() // 2
    return float(odd.prod() / (len(exponents) + 2.0 * np.arange(half)).prod())


def _moments(degree: int) -> ControlVariate:
    """Products of the quadratic forms of the mean difference and both covariances."""

    def features(
        slices: Floats, gap: Floats, source: Floats, target: Floats
    ) -> Iterator[Floats]:
        n_dims = len(gap)
        matrices = [np.outer(gap, gap), source, target]
        # without trace: each form has mean zero
        matrices = [m - np.trace(m) / n_dims * np.eye(n_dims) for m in matrices]
        forms = [_forms(slices, m) for m in matrices]
        yield from forms
        for i, j in combinations_with_replacement(range(3), 2):
            mean = 2 * np.vdot(matrices[i], matrices[j]) / (n_dims * (n_dims + 2))
            yield forms[i] * forms[j] - mean
        if degree < 6:
            return
        for i, j, k in combinations_with_replacement(range(3), 3):
            trace = np.vdot(matrices[i] @ matrices[j], matrices[k])
            mean = 8 * trace / (n_dims * (n_dims + 2) * (n_dims + 4))
            yield forms[i] * forms[j] * forms[k] - mean

    return features


def _squares(slices: Floats, gap: Floats) -> Floats:
    squares: Floats = (slices @ gap) ** 2 - gap @ gap / len(gap)
    return squares


def _forms(slices: Floats, matrix: Floats) -> Floats:
    mean = np.trace(matrix) / len(matrix)
    forms: Floats = ((slices @ matrix) * slices).sum(axis=1) - mean
    return forms


# name -> function of the slices (n_slices, n_dims), the difference of means and both
# covariances, that gives functions of mean zero, each of shape (n_slices,)
CONTROL_VARIATES: dict[str, ControlVariate] = {
    "lower": _lower,
    "upper": _upper,
    "both": _both,
    "harmonic2": _harmonics(2),
    "harmonic4": _harmonics(4),
    "moments4": _moments(4),
    "moments6": _moments(6),
}

# Slices wanted for each of the 9 and 19 functions of "moments4" and "moments6".
PER_FUNCTION = 5


def choose(n_slices: int, n_dims: int) -> str | None:
    """Return the name, or None, of what "auto" stands for."""
    if n_dims == 1:
        return None  # all slices agree
    for name, n_functions in (("moments6", 19), ("moments4", 9), ("both", 2)):
        if n_slices >= PER_FUNCTION * n_functions:
            return name
    return None


def sphere_mean(values: Floats, functions: list[Floats]) -> tuple[float, float]:
    """Estimate the mean over the sphere of a function known along some slices.

    Parameters
    ----------
    values : ndarray of shape (n_slices,)
        Values of the function.
    functions : list of ndarray of shape (n_slices,)
        Functions of mean zero, control variates; may be empty.

    Returns
    -------
    mean : float
        Intercept of the least-squares regression of the values on the functions; the
        mean of the values where there are none.
    standard_error : float
        Its standard error, were the slices independent; NaN for a single slice. Slices
        that pull the regression towards themselves would make a usual one too small:
        each residual is taken from the fit without its slice, as in [1]_.

    Raises
    ------
    ValueError
        If there are too few slices to regress on so many functions.

    References
    ----------
    .. [1] MacKinnon, White, "Some heteroskedasticity-consistent covariance matrix
       estimators with improved finite sample properties", Journal of Econometrics 29,
       1985. https://doi.org/10.1016/0304-4076(85)90158-7
    """
    n_slices = len(values)
    wanted = int(1.3 * len(functions)) + 2 if functions else 1
    if n_slices < wanted:
        raise ValueError(
            f"{len(functions)} control variates need at least {wanted} slices, "
            f"got {n_slices}"
        )
    design = np.column_stack([np.ones(n_slices), *functions])
    largest = np.abs(design).max(axis=0)
    design /= np.where(largest > 0, largest, 1.0)
    # by singular values, since functions may coincide, or vanish where means are equal
    left, singular, right = np.linalg.svd(design, full_matrices=False)
    kept = singular > 1e-10 * singular[0]
    left = left[:, kept]
    weights = left @ (right[kept, 0] / singular[kept])
    residual = values - left @ (left.T @ values)
    left_out = 1 - (left * left).sum(axis=1)
    if n_slices == 1 or (left_out < 1e-10).any():
        return float(weights @ values), np.nan
    return float(weights @ values), float(np.linalg.norm(weights * residual / left_out))
