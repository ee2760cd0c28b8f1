# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Directions on the unit sphere to project sets on."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from ..._random import RandomState, check_random_state
from .._arrays import Floats, read_array, read_choice, read_count

# From numbers of slices and dimensions and a source of random numbers, unit rows.
Slicer = Callable[[int, int, np.random.RandomState], ArrayLike]

__all__ = ["SLICERS", "sample_slices"]


def _unit_rows(directions: Floats) -> Floats:
    rows: Floats = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    return rows


def _gaussian(n_slices: int, n_dims: int, rng: np.random.RandomState) -> Floats:
    return _unit_rows(rng.standard_normal((n_slices, n_dims)))


def _orthogonal(n_slices: int, n_dims: int, rng: np.random.RandomState) -> Floats:
    n_bases = -(-n_slices // n_dims)
    gaussian = rng.standard_normal((n_bases, n_dims, n_dims))
    bases, upper = np.linalg.qr(gaussian)
    # the sign convention of QR is not uniform on rotations; this one is
    bases *= np.sign(np.diagonal(upper, axis1=1, axis2=2))[:, None, :]
    return bases.transpose(0, 2, 1).reshape(-1, n_dims)[:n_slices]


def _spiral(n_slices: int, n_dims: int, rng: np.random.RandomState) -> Floats:
    if n_dims != 3:
        raise ValueError(f"slices='spiral' needs points in R^3, got R^{n_dims}")
    # all of the sphere: on half of it, a spiral is uneven where it ends
    height = 1 - (2 * np.arange(n_slices) + 1) / n_slices
    azimuth = 1.8 * np.sqrt(n_slices) * np.arccos(height)
    radius = np.sqrt(1 - height**2)
    return np.column_stack([radius * np.cos(azimuth), radius * np.sin(azimuth), height])


def _rotated_spiral(n_slices: int, n_dims: int, rng: np.random.RandomState) -> Floats:
    return _spiral(n_slices, n_dims, rng) @ _orthogonal(3, 3, rng)


def _sobol(n_slices: int, n_dims: int, rng: np.random.RandomState) -> Floats:
    from scipy.special import ndtri
    from scipy.stats import qmc

    seed = np.random.default_rng(rng.randint(2**31))
    sequence = qmc.Sobol(n_dims, scramble=True, seed=seed)
    # a power of two and then cut: only these are balanced
    levels = sequence.random_base2(int(np.ceil(np.log2(n_slices))))[:n_slices]
    return _unit_rows(ndtri(np.clip(levels, 1e-12, 1 - 1e-12)))


def _angles(n_slices: int, n_dims: int, rng: np.random.RandomState) -> Floats:
    if n_dims != 2:
        raise ValueError(f"slices='angles' needs points in R^2, got R^{n_dims}")
    angle = np.pi * np.arange(n_slices) / n_slices
    return np.column_stack([np.cos(angle), np.sin(angle)])


def _auto(n_slices: int, n_dims: int, rng: np.random.RandomState) -> Floats:
    if n_dims == 1:
        return np.ones((1, 1))
    slicer = {2: _angles, 3: _spiral}.get(n_dims, _orthogonal)
    return slicer(n_slices, n_dims, rng)


SLICERS: dict[str, Slicer] = {
    "auto": _auto,
    "gaussian": _gaussian,
    "orthogonal": _orthogonal,
    "sobol": _sobol,
    "spiral": _spiral,
    "rotated_spiral": _rotated_spiral,
    "angles": _angles,
}


def sample_slices(
    n_slices: int,
    n_dims: int,
    slices: str | Slicer | ArrayLike = "auto",
    random_state: RandomState = None,
) -> Floats:
    """Choose directions to project on.

    Parameters
    ----------
    n_slices : int
        Number of directions.
    n_dims : int
        Dimension of the points.
    slices : {"auto", "gaussian", "orthogonal", "sobol", "spiral", "rotated_spiral", \
"angles"}, callable or array-like of shape (n_slices, n_dims), default="auto"
        - "gaussian": independent and uniform;
        - "orthogonal": random orthonormal bases, one after the other;
        - "sobol": a scrambled Sobol sequence, more even than "gaussian";
        - "spiral": evenly spread on the sphere, in three dimensions;
        - "rotated_spiral": the same, turned at random, so that means are unbiased;
        - "angles": evenly spread on half a circle, in two dimensions;
        - "auto": "angles", "spiral" or "orthogonal", as the dimension allows; in one
          dimension the only slice there is, which is exact;
        - a callable ``f(n_slices, n_dims, rng)`` that returns such an array;
        - the directions themselves, as unit rows; ``n_slices`` is then ignored.
    random_state : int, RandomState, Generator or None, default=None
        Source of "gaussian", "orthogonal", "sobol" and "rotated_spiral".

    Returns
    -------
    ndarray of shape (n_slices, n_dims)
        Unit rows.

    Raises
    ------
    ValueError
        If the name is unknown or does not fit the dimension, or rows are not of unit
        length.

    References
    ----------
    .. [1] Sisouk, Delon, Tierny, "A user's guide to sampling strategies for sliced
       optimal transport", TMLR 2025. https://arxiv.org/abs/2502.02275
    .. [2] Nguyen, Bariletto, Ho, "Quasi-Monte Carlo for 3D sliced Wasserstein", ICLR
       2024. https://arxiv.org/abs/2309.11713

    Examples
    --------
    >>> from skot.solvers import sample_slices
    >>> sample_slices(2, 2, "angles").round(6) + 0.0
    array([[1., 0.],
           [0., 1.]])
    """
    if isinstance(slices, str):
        slices = SLICERS[read_choice(slices, "slices", SLICERS)]
    if callable(slices):
        n_slices = read_count(n_slices, "n_slices")
        slices = slices(n_slices, n_dims, check_random_state(random_state))
    rows = read_array(slices, "slices", "n_slices", n_dims)
    norms = np.linalg.norm(rows, axis=1)
    off = ~(abs(norms - 1) < 1e-5)
    if off.any():
        row = np.argmax(off)
        raise ValueError(f"slices[{row}] has length {norms[row]:.4g}, expected 1")
    return rows
