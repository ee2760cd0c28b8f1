# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Transport of densities on a grid: their quantiles, and densities from quantiles."""

import numpy as np
from numpy.typing import ArrayLike

from .._arrays import Floats, read_array, read_count, read_rows, refuse_weights

__all__ = ["density_quantiles", "quantile_masses"]


def density_quantiles(masses: ArrayLike, edges: ArrayLike, n_quantiles: int) -> Floats:
    """Evaluate the quantile function of densities that are constant on cells.

    At levels ``(i - 1/2) / n_quantiles``, i = 1, ..., n_quantiles.

    Parameters
    ----------
    masses : array-like of shape (n_cells,) or (n_rows, n_cells)
        Mass on each cell, spread evenly; each row is a density of its own and is
        scaled to mass 1.
    edges : array-like of shape (n_cells + 1,)
        Ends of the cells, increasing.
    n_quantiles : int
        Number of levels.

    Returns
    -------
    ndarray of shape (n_quantiles,) or (n_rows, n_quantiles)
        Quantiles: exact, by linear interpolation of the distribution function. At a
        level that is met all along a gap, the lower end of the gap.

    Raises
    ------
    ValueError
        If shapes do not match, edges do not increase, masses are negative or not
        finite, or a row has none.

    Notes
    -----
    ``O(n_cells + n_quantiles)`` operations a row, some nanoseconds each.

    Examples
    --------
    >>> from skot.solvers import density_quantiles
    >>> density_quantiles([1.0, 0.0, 3.0], [0.0, 1.0, 2.0, 3.0], 4)
    array([0.5       , 2.16666667, 2.5       , 2.83333333])
    """
    from .cdt_kernels import quantiles_of_rows

    masses = read_rows(masses, "masses")
    rows, n_quantiles = np.atleast_2d(masses), read_count(n_quantiles, "n_quantiles")
    edges = _read_edges(edges)
    if rows.shape[1] != len(edges) - 1:
        raise ValueError(
            f"masses must have {len(edges) - 1} columns, one fewer than edges, "
            f"got shape {masses.shape}"
        )
    refuse_weights(rows, "masses")
    out = np.empty((len(rows), n_quantiles))
    quantiles_of_rows(rows, edges, out)
    return out.reshape(*masses.shape[:-1], n_quantiles)


def quantile_masses(quantiles: ArrayLike, edges: ArrayLike) -> Floats:
    """Find the mass on each cell of a grid of laws given by their quantiles.

    The inverse of `density_quantiles`, up to the resolution of levels and cells.

    Parameters
    ----------
    quantiles : array-like of shape (n_quantiles,) or (n_rows, n_quantiles)
        Values at levels ``(i - 1/2) / n_quantiles``. In any order: what counts is the
        law of a value at a random level, and sorting does not change it.
    edges : array-like of shape (n_cells + 1,)
        Ends of the cells, increasing. Values outside are moved to the nearest end.

    Returns
    -------
    ndarray of shape (n_cells,) or (n_rows, n_cells)
        Masses; each row sums to 1.

    Raises
    ------
    ValueError
        If there are no quantiles, they are not finite, or edges do not increase.

    Notes
    -----
    Mass ``1 / n_quantiles`` lies evenly between neighbours, and half of it beyond the
    first and the last at the same density. Where neighbours coincide it is an atom.

    Examples
    --------
    >>> from skot.solvers import quantile_masses
    >>> quantile_masses([0.5, 1.5, 2.5, 3.5], [0.0, 2.0, 4.0])
    array([0.5, 0.5])
    """
    from .cdt_kernels import masses_of_rows

    quantiles = read_rows(quantiles, "quantiles")
    edges = _read_edges(edges)
    out = np.zeros((*quantiles.shape[:-1], len(edges) - 1))
    quantiles = np.clip(np.sort(quantiles), edges[0], edges[-1])
    masses_of_rows(np.atleast_2d(quantiles), edges, np.atleast_2d(out))
    return out


def _read_edges(edges: ArrayLike) -> Floats:
    """Read the ends of cells, which increase."""
    edges = read_array(edges, "edges", "n_cells + 1")
    if len(edges) < 2 or not (np.diff(edges) > 0).all():
        raise ValueError("edges must be one axis of 2 or more increasing numbers")
    return edges
