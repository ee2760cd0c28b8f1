# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Sinkhorn's loop, written once: it knows soft minima, and not what they are taken of.

A soft minimum gives the best potential of one side for that of the other. Points, a
matrix, a product of matrices or a batch of problems, one a column, are all the same to
the loop. So are potentials and their exponentials, if these are what the soft minima
take and return: only what averages them must know.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Protocol

import numpy as np

from ._arrays import Floats

# Ratio of one temperature to the one before: the square of the length ratio 0.6.
COOLING = 0.36
# Updates that Anderson's acceleration combines.
MEMORY = 6

# From the potential of one side, the temperature, and a guess of the answer, for those
# that leave out what is far from it: the best potential of the other side.
Softmin = Callable[[Floats, float, Floats], Floats]


def damped(softmin: Softmin, reach: float) -> Softmin:
    """Soft minimum for sums that are free, at a price of reach times their divergence.

    Parameters
    ----------
    softmin : Softmin
        That of given sums.
    reach : float
        The price, in the unit of potentials; infinity changes nothing.

    Returns
    -------
    Softmin
        It shrinks potentials by ``1 / (1 + eps / reach)``.
    """

    def best(potential: Floats, eps: float, guess: Floats) -> Floats:
        damping = 1.0 / (1.0 + eps / reach)
        return damping * softmin(potential, eps, guess / damping)

    return best


def halfway(old: Floats, new: Floats) -> Floats:
    """Mean of two potentials."""
    return (old + new) / 2


class Sides(Protocol):
    """How the potentials of a problem take turns."""

    gain: ClassVar[float]  # what is left to do, as a multiple of a sweep's step

    def anneal(self, f: Floats, g: Floats, eps: float) -> tuple[Floats, Floats]:
        """Move both potentials, at a temperature that will be left at once."""

    def sweep(self, f: Floats, g: Floats, eps: float) -> tuple[Floats, Floats]:
        """Return the best f for g, and what comes after g."""


@dataclass(frozen=True, eq=False)
class TwoSides:
    """Two measures, whose potentials are updated in turn.

    Parameters
    ----------
    x_of_y, y_of_x : Softmin
        Potential f of the first from g of the second, and the other way round.
    settle : callable, default=None
        ``settle(f, g)`` returns g moved by the constant that sweeps alone approach
        slowly, where sums are free.
    """

    gain: ClassVar[float] = 1.0

    x_of_y: Softmin
    y_of_x: Softmin
    settle: Callable[[Floats, Floats], Floats] | None = None

    def anneal(self, f: Floats, g: Floats, eps: float) -> tuple[Floats, Floats]:
        """Update both from the old values, and average with these: this is stable."""
        new_f, new_g = self.x_of_y(g, eps, f), self.y_of_x(f, eps, g)
        return halfway(f, new_f), halfway(g, new_g)

    def sweep(self, f: Floats, g: Floats, eps: float) -> tuple[Floats, Floats]:
        """Alternate: the best f for g, then the best g for that f."""
        f = self.x_of_y(g, eps, f)
        new = self.y_of_x(f, eps, g)
        return f, new if self.settle is None else self.settle(f, new)


@dataclass(frozen=True, eq=False)
class OneSide:
    """A measure and itself: one potential, averaged with its update.

    What alternates dies out at once: some tens of sweeps do at any temperature.

    Parameters
    ----------
    softmin : Softmin
        From the measure to itself.
    mean : callable, default=halfway
        Average of the old potential and the new; the geometric one of exponentials.
    """

    gain: ClassVar[float] = 2.0

    softmin: Softmin
    mean: Callable[[Floats, Floats], Floats] = halfway

    def anneal(self, f: Floats, g: Floats, eps: float) -> tuple[Floats, Floats]:
        """Average f with its update."""
        f = self.mean(f, self.softmin(f, eps, f))
        return f, f

    def sweep(self, f: Floats, g: Floats, eps: float) -> tuple[Floats, Floats]:
        """Return the best f for g, and its average with g."""
        new = self.softmin(g, eps, f)
        return new, self.mean(g, new)


# -- when to stop ----------------------------------------------------------------------


class Sweep(NamedTuple):
    """What a sweep did: f is the best for g, and image comes after g."""

    f: Floats
    g: Floats
    image: Floats
    eps: float


class MarginalError:
    """What the sums of the plan miss on the side of g, relative to the mass.

    Parameters
    ----------
    weights : ndarray of shape (n,)
        What they should be.
    sides : Sides
        Whose sweeps are judged.
    """

    def __init__(self, weights: Floats, sides: Sides) -> None:
        self.weights, self.gain = weights, sides.gain
        self.mass = float(weights.sum())

    def __call__(self, done: Sweep) -> float:
        with np.errstate(over="ignore"):
            missed = np.expm1(-self.gain * (done.image - done.g) / done.eps)
        return float(self.weights @ np.abs(missed)) / self.mass


class Change:
    """Largest change of a value, or of any of a batch of values, since the last sweep.

    Parameters
    ----------
    value_of : callable
        The value of a `Sweep`, a number or one for each problem of a batch.
    """

    def __init__(self, value_of: Callable[[Sweep], Floats | float]) -> None:
        self.value_of = value_of
        self.value: Floats | float = np.inf

    def __call__(self, done: Sweep) -> float:
        last, self.value = self.value, self.value_of(done)
        gap = self.value - last
        return abs(gap) if isinstance(gap, float) else float(np.abs(gap).max())


# -- the loop --------------------------------------------------------------------------


class Reached(NamedTuple):
    """Where the loop ended: potentials, of which f is the best for g, and how well."""

    f: Floats
    g: Floats
    image: Floats
    n_iter: int
    error: float


def cool(
    sides: Sides, f: Floats, g: Floats, eps: float, floor: float
) -> tuple[Floats, Floats, float, int]:
    """Lower the temperature to a floor, with one update at each step.

    Returns
    -------
    f, g : ndarray
        Potentials.
    eps : float
        Temperature reached: the floor, or below it from the start.
    n_iter : int
        Updates made.
    """
    n_iter = 0
    while eps > floor:
        f, g = sides.anneal(f, g, eps)
        eps = max(floor, COOLING * eps)
        n_iter += 1
    return f, g, eps, n_iter


def iterate(
    sides: Sides,
    f: Floats,
    g: Floats,
    eps: float = 1.0,
    *,
    left: Callable[[Sweep], float] | None = None,
    tol: float = 0.0,
    max_iter: int,
    anderson: "Anderson | None" = None,
) -> Reached:
    """Sweep at one temperature until little is left to do.

    Parameters
    ----------
    sides : Sides
        Two measures, or one and itself.
    f, g : ndarray
        Potentials to start from; f is a guess only.
    eps : float, default=1.0
        The temperature.
    left : callable, default=None
        What is left to do after a `Sweep`; None makes all sweeps.
    tol : float, default=0.0
        Where to stop.
    max_iter : int
        Sweeps, at most.
    anderson : Anderson, default=None
        Combines updates; None takes each as it is.

    Returns
    -------
    Reached
        The potentials of the last sweep.
    """
    for n_iter in range(1, max_iter + 1):
        f, image = sides.sweep(f, g, eps)
        error = np.inf if left is None else left(Sweep(f, g, image, eps))
        if error <= tol or n_iter == max_iter:
            break
        g = image if anderson is None else anderson.after(g, image, error)
    return Reached(f, g, image, n_iter, error)


class Anderson:
    """Anderson's acceleration: updates combined such that least remains to be done.

    Parameters
    ----------
    weights : ndarray of shape (n,)
        Of the entries of a potential.
    """

    def __init__(self, weights: Floats) -> None:
        self.weights, self.root = weights, np.sqrt(weights)
        self.images: list[Floats] = []
        self.steps: list[Floats] = []
        self.best, self.best_image = np.inf, weights

    def after(self, g: Floats, image: Floats, error: float) -> Floats:
        """Return where to go from g, whose plain update is image, at some error."""
        if self.images and not error < 4 * self.best:
            # combining went astray: back to the best plain update
            self.images, self.steps, self.best = [], [], np.inf
            return self.best_image
        if error < self.best:
            self.best, self.best_image = error, image
        self.images.append(image)
        self.steps.append(image - g)
        del self.images[: -MEMORY - 1], self.steps[: -MEMORY - 1]
        return self._combined()

    def _combined(self) -> Floats:
        images, steps = self.images, self.steps
        if len(images) == 1:
            return images[-1]
        changes = np.stack([s - steps[-1] for s in steps[:-1]], axis=1)
        changes *= self.root[:, None]
        gram = changes.T @ changes
        gram.flat[:: len(gram) + 1] += 1e-12 * np.trace(gram)
        try:
            share = np.linalg.solve(gram, changes.T @ (self.root * steps[-1]))
        except np.linalg.LinAlgError:
            return images[-1]
        out = images[-1].copy()
        for weight, image in zip(share, images[:-1], strict=True):
            out -= weight * (image - images[-1])
        return out
