# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""One reader for all that solvers are given: one wording for each fault.

Every reader takes a value and the name of its argument, and returns float64 arrays or
plain numbers; what cannot be read is a ValueError that names the argument.
"""

from collections.abc import Collection
from math import isfinite
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..sets import PointSets

Floats = NDArray[np.float64]

# Totals of two sides that differ by less than this share are one total.
SAME_MASS = 1e-6

# No penalty is above this: multiples of it are compared with costs.
LARGEST = 1e300

# Share of the largest entry by which a symmetric matrix may differ from its transpose.
SYMMETRIC = 1e-8


def _real_numbers(values: ArrayLike, name: str) -> NDArray[Any]:
    """Read real numbers of any shape and type, which may not be finite."""
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise ValueError(f"{name} has masked entries: fill or remove them first")
    if hasattr(values, "toarray") and hasattr(values, "nnz"):
        raise ValueError(f"{name} is sparse: pass {name}.toarray()")
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ValueError(f"{name} is ragged: its rows differ in length") from error
    if array.dtype.kind == "O" and all(isinstance(v, Real) for v in array.flat):
        array = array.astype(np.float64)
    if array.dtype.kind not in "buif":
        kind = "complex" if array.dtype.kind == "c" else f"of type {array.dtype}"
        raise ValueError(f"{name} must be real numbers, but is {kind}")
    return array


def read_floats(values: ArrayLike, name: str) -> Floats:
    """Read finite real numbers, of any shape."""
    array = np.asarray(_real_numbers(values, name), dtype=np.float64)
    # a sum of squares is the quickest to see that none is NaN or infinite
    if not (isfinite(np.vdot(array, array)) or np.isfinite(array).all()):
        raise ValueError(f"{name} holds NaN or infinity")
    return array


def read_array(values: ArrayLike, name: str, *shape: int | str) -> Floats:
    """Read finite real numbers of a shape, in order; a name stands for any length."""
    array = read_floats(values, name)
    if array.shape != shape and (
        array.ndim != len(shape)
        or any(
            size == 0 if isinstance(wanted, str) else size != wanted
            for size, wanted in zip(array.shape, shape, strict=True)
        )
    ):
        wanted = f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"
        raise ValueError(f"{name} must have shape {wanted}, got {array.shape}")
    return np.ascontiguousarray(array)


def read_points(points: ArrayLike, name: str, n_dims: int | str = "n_dims") -> Floats:
    """Read points, (n, n_dims)."""
    return read_array(points, name, "n_points", n_dims)


def read_square(values: ArrayLike, name: str, n: int | None = None) -> Floats:
    """Read a number for each pair of n points, (n, n)."""
    array = read_array(values, name, "n", "n")
    n = len(array) if n is None else n
    if array.shape != (n, n):
        raise ValueError(f"{name} must have shape ({n}, {n}), got {array.shape}")
    return array


def read_rows(values: ArrayLike, name: str) -> Floats:
    """Read one row of numbers or several, (n,) or (n_rows, n)."""
    array = read_floats(values, name)
    if array.ndim not in (1, 2) or array.shape[-1] == 0:
        raise ValueError(f"{name} must have 1 or 2 axes and values, got {array.shape}")
    return np.ascontiguousarray(array)


def read_pair(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """Read the points of both sides, in one dimension."""
    x = read_points(x, "x")
    return x, read_points(y, "y", x.shape[1])


def uniform(n: int) -> Floats:
    """Equal weights of n atoms, of sum 1."""
    return np.full(n, 1.0 / n)


def read_weights(weights: ArrayLike | None, n: int, name: str) -> Floats:
    """Read the weights of n atoms as they are; None is uniform, of sum 1."""
    if weights is None:
        return uniform(n)
    weights = read_array(weights, name, n)
    refuse_weights(weights, name)
    return weights


def read_rows_of_weights(
    weights: ArrayLike | None, shape: tuple[int, ...], name: str
) -> Floats | None:
    """Read the weights of rows, or those that all rows share; None stays None."""
    if weights is None or np.ndim(weights) != 2 or len(shape) != 2:
        return None if weights is None else read_weights(weights, shape[-1], name)
    weights = read_array(weights, name, *shape)
    refuse_weights(weights, name)
    return weights


def read_probabilities(weights: ArrayLike | None, n: int, name: str) -> Floats:
    """Read the weights of n atoms, scaled to sum 1; None is uniform."""
    weights = read_weights(weights, n, name)
    return weights / float(weights.sum())


def read_masses(weights: ArrayLike | None, n: int, name: str) -> Floats:
    """Read the masses of n atoms as they are; None gives each mass 1."""
    return np.ones(n) if weights is None else read_weights(weights, n, name)


def refuse_weights(weights: Floats, name: str) -> None:
    """Refuse weights that are negative, or rows without any mass, or with too much."""
    if weights.min() < 0:
        raise ValueError(f"{name} holds a negative weight")
    with np.errstate(over="ignore"):
        totals = weights.sum(axis=-1)
    one = weights.ndim == 1
    if not (totals if one else totals.min()) > 0:
        raise ValueError(f"{name} has no mass")
    if (totals if one else totals.max()) == np.inf:
        raise ValueError(f"{name} has more mass than floats hold: scale it")


def read_costs(
    C: ArrayLike | None, solver: str, *, non_negative: bool = False
) -> Floats:
    """Read the costs between two sides, (n_source, n_target)."""
    array = read_floats(_costs_first(C, solver), "C")
    if non_negative and array.min() < 0:
        raise ValueError("C holds a negative cost")
    return np.ascontiguousarray(array)


def read_large_costs(
    C: ArrayLike | None, solver: str
) -> NDArray[np.float32] | NDArray[np.float64]:
    """Read costs as `read_costs` does, but float32 in place, and without a mask."""
    array = _costs_first(C, solver)
    if array.dtype != np.float32:
        array = np.asarray(array, dtype=np.float64)
    if not (np.isfinite(array.min()) and np.isfinite(array.max())):
        raise ValueError("C holds NaN or infinity")
    return np.ascontiguousarray(array)


def _costs_first(C: ArrayLike | None, solver: str) -> NDArray[Any]:
    """Refuse what stands where the costs should, such as weights."""
    array = None if C is None else _real_numbers(C, "C")
    if array is None or array.ndim != 2 or 0 in array.shape:
        given = "None" if array is None else array.shape
        raise ValueError(
            f"C must have shape (n_source, n_target), got {given}; costs come first, "
            f"weights after them: {solver}(C, a, b)"
        )
    return array


def read_distances(C: ArrayLike, name: str) -> Floats:
    """Read the distances within a space, (n_points, n_points)."""
    array = read_symmetric(C, name)
    if array.min() < 0:
        raise ValueError(f"{name} holds a negative distance")
    return array


def read_symmetric(values: ArrayLike, name: str, n: int | None = None) -> Floats:
    """Read a symmetric matrix: symmetric but for rounding, that is."""
    array = read_square(values, name, n)
    gap = np.abs(array - array.T).max()
    if gap > 0 and gap > SYMMETRIC * np.abs(array).max():
        raise ValueError(f"{name} is not symmetric")
    return array


def read_problem(
    C: ArrayLike | None, a: ArrayLike | None, b: ArrayLike | None, solver: str
) -> tuple[Floats, Floats, Floats]:
    """Read costs and the weights of both sides, of one total."""
    C = read_costs(C, solver)
    a = read_weights(a, C.shape[0], "a")
    b = read_weights(b, C.shape[1], "b")
    refuse_masses(a.sum(), b.sum())
    return C, a, b


def refuse_masses(a_mass: float, b_mass: float) -> None:
    """Refuse totals that differ by more than rounding."""
    if abs(a_mass - b_mass) > SAME_MASS * max(a_mass, b_mass):
        raise ValueError(f"a and b must have one mass, got {a_mass:g} and {b_mass:g}")


def refuse_no_sets(sets: object, call: str) -> None:
    """Refuse weights, or anything else, in the place of a collection of sets."""
    if not isinstance(sets, PointSets):
        raise ValueError(
            f"sets must be PointSets, and come before weights: {call}; "
            f"got {type(sets).__name__}"
        )


# -- numbers ---------------------------------------------------------------------------


def as_number(value: Any) -> float:
    """Return a number as a float, and NaN for what is none."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    return float(value) if isinstance(value, Real) else np.nan


def read_order(p: float) -> float:
    """Read the order of a cost.

    Parameters
    ----------
    p : float
        Power of the distance.

    Returns
    -------
    float
        The order, finite and at least 1.

    Raises
    ------
    ValueError
        If it is anything else.
    """
    value = as_number(p)
    if not 1 <= value < np.inf:
        raise ValueError(f"p must be a finite number of at least 1, got {p!r}")
    return value


def read_positive(value: float, name: str) -> float:
    """Read a positive finite number: a regularisation, a tolerance, a price.

    Parameters
    ----------
    value : float
        What was given.
    name : str
        How messages call it.

    Returns
    -------
    float
        The number, finite and above 0.

    Raises
    ------
    ValueError
        If it is anything else.
    """
    number = as_number(value)
    if not 0 < number < np.inf:
        raise ValueError(f"{name} must be positive and finite, got {value!r}")
    return number


def read_non_negative(value: float, name: str) -> float:
    """Read a number that may be 0: a tolerance, a concentration.

    Parameters
    ----------
    value : float
        What was given.
    name : str
        How messages call it.

    Returns
    -------
    float
        The number, finite and not negative.

    Raises
    ------
    ValueError
        If it is anything else.
    """
    number = as_number(value)
    if not 0 <= number < np.inf:
        raise ValueError(f"{name} must be finite and not negative, got {value!r}")
    return number


def read_penalty(lam: float) -> float:
    """Read the price of a unit of mass left unmatched.

    Parameters
    ----------
    lam : float
        The penalty.

    Returns
    -------
    float
        The penalty, positive and at most 1e300.

    Raises
    ------
    ValueError
        If it is anything else.
    """
    number = as_number(lam)
    if not 0 < number <= LARGEST:
        raise ValueError(f"lam must be positive and at most {LARGEST:g}, got {lam!r}")
    return number


def read_mass(mass: float | None, a_mass: float, b_mass: float) -> float:
    """Read how much to transport: at most what the lighter side has."""
    number, most = as_number(mass), float(min(a_mass, b_mass))
    if not 0 < number <= most * (1 + 1e-9):
        raise ValueError(
            f"mass must be positive and at most {most:g}, that of the lighter side; "
            f"got {mass!r}"
        )
    return min(number, most)


def read_price(
    lam: float | None, mass: float | None, a_mass: float, b_mass: float
) -> tuple[float | None, float | None]:
    """Read what bounds a partial plan: a penalty or a mass, the other one None."""
    if (lam is None) == (mass is None):
        raise ValueError(
            "give either lam, the price of unmatched mass, or mass, what to move"
        )
    if lam is not None:
        return read_penalty(lam), None
    return None, read_mass(mass, a_mass, b_mass)


def read_share(value: float, name: str) -> float:
    """Read a share, such as that of the structure of a space.

    Parameters
    ----------
    value : float
        What was given.
    name : str
        How messages call it.

    Returns
    -------
    float
        The share, from 0 to 1.

    Raises
    ------
    ValueError
        If it is anything else.
    """
    number = as_number(value)
    if not 0 <= number <= 1:
        raise ValueError(f"{name} must be between 0 and 1, got {value!r}")
    return number


def read_count(value: int, name: str, *, least: int = 1) -> int:
    """Read a whole number: of slices, starts, iterations.

    Parameters
    ----------
    value : int
        What was given.
    name : str
        How messages call it.
    least : int, default=1
        The least that is allowed.

    Returns
    -------
    int
        The number.

    Raises
    ------
    ValueError
        If it is no int, or too small.
    """
    whole = isinstance(value, Integral) and not isinstance(value, bool | np.bool_)
    if not whole or value < least:
        raise ValueError(f"{name} must be an int of at least {least}, got {value!r}")
    return int(value)


def read_choice(value: Any, name: str, choices: Collection[str]) -> str:
    """Read one of some words."""
    if not isinstance(value, str) or value not in choices:
        words = ", ".join(f'"{word}"' for word in choices)
        raise ValueError(f"{name} must be one of {words}, got {value!r}")
    return value
