# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""What every solver answers: a value, and how far it can be trusted."""

from dataclasses import dataclass
from typing import ClassVar

__all__ = ["Result", "is_closed"]

# Duality gap, relative to the scale of the costs, that is that of an optimum, ...
CLOSED = 1e-9
# ... and what rounding leaves of terms that cancel.
ROUNDING = 1e-13


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Result:
    """Answer of a solver, and how far it can be trusted.

    Results hold arrays, and are compared by identity: each is equal to itself alone,
    and can be a key.

    Parameters
    ----------
    value : float
        What was computed; each solver says in which unit.
    converged : bool
        Whether ``error`` is at most what was asked for.
    error : float
        A bound, or an estimate, of what is missing: each result says of what in
        ``error_of``.
    n_iter : int or None, default=None
        Iterations, where the solver counts them.
    """

    error_of: ClassVar[str]  # what `error` is: "duality gap", "marginal error", ...
    told: ClassVar[tuple[str, ...]] = ()  # further numbers that the repr shows

    value: float
    converged: bool
    error: float
    n_iter: int | None = None

    def __repr__(self) -> str:
        numbers = "".join(
            f", {name}={getattr(self, name):.6g}" for name in ("value", *self.told)
        )
        state = "converged" if self.converged else "NOT CONVERGED"
        name = type(self).__name__
        return f"{name}({numbers[2:]}, {state}, {self.error_of} {self.error:.2g})"


def is_closed(gap: float, scale: float, terms: float) -> bool:
    """Whether a duality gap is that of an optimum.

    Parameters
    ----------
    gap : float
        The gap.
    scale : float
        What plans can cost more than others.
    terms : float
        Size of the terms of which the gap is what is left.

    Returns
    -------
    bool
        Whether the gap is beneath the scale, or beneath rounding.
    """
    return bool(gap <= CLOSED * scale + ROUNDING * terms)
