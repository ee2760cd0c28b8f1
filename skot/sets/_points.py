# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""`PointSets`, a ragged collection of weighted point sets."""

import os
from collections.abc import Iterable, Sequence
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from ._cells import read_list
from ._layouts import read_frame, read_histograms, read_images, read_padded
from ._measure import Measure, check_masses
from ._ragged import (
    RaggedSets,
    as_offsets,
    check_offsets,
    equal_arrays,
    gather_index,
    join_weights,
)


class PointSets(RaggedSets[Measure]):
    """A ragged collection of point sets, each point with an optional weight.

    All points lie in one flat array, cut by offsets. The container survives
    scikit-learn's splitters as itself: weights stay with their points through
    cross-validation, contiguous slices are views, and joblib memory-maps the arrays.

    Parameters
    ----------
    points : ndarray of shape (n_total, n_dims)
        All points, set after set.
    offsets : ndarray of shape (n_sets + 1,)
        Set ``i`` holds ``points[offsets[i]:offsets[i + 1]]``.
    weights : ndarray of shape (n_total,) or None, default=None
        Weight of each point. None means that all points weigh the same.

    Attributes
    ----------
    points, offsets, weights
        As given.
    shape : tuple (n_sets, n_dims)
        What scikit-learn reads as samples and features.
    sizes : ndarray of shape (n_sets,)
        Number of points of each set.
    masses : ndarray of shape (n_sets,)
        Sum of the weights of each set.

    Raises
    ------
    ValueError
        If the arrays do not fit together.

    See Also
    --------
    read_sets : Reads anything that can stand for a collection, and checks values.

    Examples
    --------
    >>> import numpy as np
    >>> from skot.sets import PointSets
    >>> X = PointSets.from_list([np.zeros((3, 2)), np.ones((5, 2))])
    >>> X
    PointSets(2 sets of 3 to 5 points in R^2)
    >>> X[1]
    Measure(5 points in R^2)
    >>> X.shape
    (2, 2)
    """

    __slots__ = ("offsets", "points", "weights")

    points: np.ndarray
    offsets: NDArray[np.int64]
    weights: np.ndarray | None

    def __init__(
        self, points: ArrayLike, offsets: ArrayLike, weights: ArrayLike | None = None
    ) -> None:
        # a memory map stays a memory map
        self.points = points if isinstance(points, np.ndarray) else np.asarray(points)
        if self.points.ndim != 2:
            raise ValueError(f"points must be 2-D, got {self.points.ndim} axes")
        self.offsets = check_offsets(offsets, len(self.points), "points")
        if weights is not None:
            if not isinstance(weights, np.ndarray):
                weights = np.asarray(weights)
            if weights.shape != (len(self.points),):
                raise ValueError(
                    f"weights must have one entry for each of the {len(self.points)} "
                    f"points, got shape {weights.shape}"
                )
        self.weights = weights

    # -- readers; `read_sets` covers lists, series, tables and 3-D arrays ------------

    @classmethod
    def from_list(
        cls, sets: Iterable[Any], weights: Sequence[ArrayLike] | None = None
    ) -> Self:
        """Build from a list of sets.

        Parameters
        ----------
        sets : sequence
            Arrays of shape (n_i, n_dims), `Measure` objects, or tuples
            (points, weights).
        weights : sequence of array-like of shape (n_i,) or None, default=None
            Weights of the points, one array a set.

        Returns
        -------
        PointSets
            The collection; integers become floats, float32 is kept.

        Raises
        ------
        ValueError
            Naming the first set that cannot be read, and why.
        """
        return cls(*read_list(sets, weights))

    @classmethod
    def from_padded(
        cls,
        X: ArrayLike,
        mask: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Self:
        """Build from a 3-D array in which sets may be padded.

        Parameters
        ----------
        X : array-like of shape (n_sets, n_max, n_dims)
            Points; padded rows may hold anything.
        mask : array-like of bool of shape (n_sets, n_max) or None, default=None
            True where a row is a point. None takes every row.
        weights : array-like of shape (n_sets, n_max) or None, default=None
            Weights of the points.

        Returns
        -------
        PointSets
            The unpadded collection.

        Raises
        ------
        ValueError
            If the shapes do not match.
        """
        return cls(*read_padded(X, mask, weights))

    @classmethod
    def from_frame(
        cls,
        df: Any,
        *,
        by: str,
        columns: list[str] | None = None,
        weights: str | None = None,
    ) -> Self:
        """Build from a long data frame, one row a point.

        Sets come in the sorted order of their keys, as ``df.groupby(by)`` gives
        them, so that ``df.groupby(by)["label"].first()`` is an aligned target.

        Parameters
        ----------
        df : pandas or polars DataFrame
            One row a point.
        by : str
            Column that tells which set a row belongs to.
        columns : list of str or None, default=None
            Coordinates. None takes all columns but ``by`` and ``weights``.
        weights : str or None, default=None
            Column of point weights.

        Returns
        -------
        PointSets
            The collection.

        Raises
        ------
        ValueError
            If a column is missing, or a key is missing in a row.
        """
        return cls(*read_frame(df, by, columns, weights))

    @classmethod
    def from_histograms(cls, H: ArrayLike, support: ArrayLike | None = None) -> Self:
        """Build from histograms on a shared support; empty bins are left out.

        Parameters
        ----------
        H : array-like of shape (n_sets, n_bins)
            Non-negative masses.
        support : array-like of shape (n_bins,) or (n_bins, n_dims) or None
            Position of the bins. None places them at 0, 1, 2, ...

        Returns
        -------
        PointSets
            One weighted set for each histogram.

        Raises
        ------
        ValueError
            If the shapes do not match, or a mass is negative or not finite.
        """
        return cls(*read_histograms(H, support))

    @classmethod
    def from_images(
        cls, images: ArrayLike, *, pixel_size: float | Sequence[float] = 1.0
    ) -> Self:
        """Build from grey images or volumes: bright pixels are heavy points.

        Parameters
        ----------
        images : array-like of shape (n_sets, n_rows, n_columns) or with more axes
            Non-negative intensities. Pixels of intensity zero are left out.
        pixel_size : float or sequence of float, default=1.0
            Side of a pixel, in the unit wanted for the points.

        Returns
        -------
        PointSets
            Points are pixel centres in array order, (row, column); weights are
            intensities.

        Raises
        ------
        ValueError
            If an intensity is negative or not finite.
        """
        return cls(*read_images(images, pixel_size))

    @classmethod
    def diracs(cls, X: ArrayLike) -> Self:
        """Read a table as a collection of Diracs: row x is one point at x.

        Parameters
        ----------
        X : array-like of shape (n_sets, n_dims)
            The table.

        Returns
        -------
        PointSets
            Sets of one point.
        """
        X = X if isinstance(X, np.ndarray) else np.asarray(X)
        return cls(X, np.arange(len(X) + 1))

    @classmethod
    def concat(cls, collections: Iterable["PointSets"]) -> Self:
        """Join collections one after the other.

        Parameters
        ----------
        collections : sequence of PointSets
            Where some carry weights, points of the others have mass 1.

        Returns
        -------
        PointSets
            All their sets.
        """
        collections = list(collections)
        return cls(
            np.concatenate([c.points for c in collections]),
            as_offsets(np.concatenate([c.sizes for c in collections])),
            join_weights(
                [c.weights for c in collections], [len(c.points) for c in collections]
            ),
        )

    # -- what it is ------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, int]:
        """Number of sets and of coordinates."""
        return len(self), self.points.shape[1]

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the coordinates."""
        return self.points.dtype

    @property
    def masses(self) -> NDArray[np.float64]:
        """Sum of the weights of each set, ndarray of shape (n_sets,)."""
        if self.weights is None:
            return self.sizes.astype(float)
        total = np.concatenate([np.asarray(self.weights, dtype=float), [0.0]])
        # reduceat gives the next entry, not zero, for an empty set
        return np.where(self.sizes, np.add.reduceat(total, self.offsets[:-1]), 0.0)

    @property
    def set_index(self) -> NDArray[np.intp]:
        """Number of the set each point belongs to, ndarray of shape (n_total,)."""
        return np.repeat(np.arange(len(self)), self.sizes)

    def __repr__(self) -> str:
        kind = "" if self.weights is None else "weighted "
        low, high = (self.sizes.min(), self.sizes.max()) if len(self) else (0, 0)
        many = f"{low}" if low == high else f"{low} to {high}"
        word = "point" if high == 1 else "points"
        plural = "set" if len(self) == 1 else "sets"
        return (
            f"PointSets({len(self)} {plural} of {many} {kind}{word} in "
            f"R^{self.points.shape[1]})"
        )

    def equals(self, other: object) -> bool:
        """Whether two collections hold the same sets, weights and order included.

        Parameters
        ----------
        other : object
            What to compare with.

        Returns
        -------
        bool
            True if every array is equal.
        """
        return (
            isinstance(other, PointSets)
            and np.array_equal(self.offsets, other.offsets)
            and np.array_equal(self.points, other.points)
            and equal_arrays(self.weights, other.weights)
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return PointSets, (self.points, self.offsets, self.weights)

    # -- parts of it -----------------------------------------------------------------

    def _item(self, i: int) -> Measure:
        part = slice(self.offsets[i], self.offsets[i + 1])
        return Measure(
            self.points[part], None if self.weights is None else self.weights[part]
        )

    def _slice(self, start: int, stop: int) -> "PointSets":
        offsets = self.offsets[start : stop + 1]
        part = slice(offsets[0], offsets[-1])
        weights = None if self.weights is None else self.weights[part]
        return PointSets(self.points[part], offsets - offsets[0], weights)

    def _gather(self, index: np.ndarray) -> "PointSets":
        flat, offsets = gather_index(self.offsets, index)
        weights = None if self.weights is None else self.weights[flat]
        return PointSets(np.take(self.points, flat, axis=0), offsets, weights)

    def _columns(self, key: Any) -> "PointSets":
        if not isinstance(key, slice):
            key = np.atleast_1d(key)
        return self.with_points(self.points[:, key])

    # -- other forms -----------------------------------------------------------------

    def with_points(self, points: ArrayLike) -> "PointSets":
        """Return the same sets with other points.

        Parameters
        ----------
        points : ndarray of shape (n_total, n_other_dims)
            New points, in the same order.

        Returns
        -------
        PointSets
            Same offsets and weights.
        """
        return PointSets(points, self.offsets, self.weights)

    def with_weights(self, weights: ArrayLike | None) -> "PointSets":
        """Return the same sets with other weights.

        Parameters
        ----------
        weights : ndarray of shape (n_total,) or None
            New weights, in the same order.

        Returns
        -------
        PointSets
            Same points and offsets.
        """
        return PointSets(self.points, self.offsets, weights)

    def astype(self, dtype: DTypeLike) -> "PointSets":
        """Return the same sets with coordinates of another type.

        Parameters
        ----------
        dtype : dtype
            Floating type of the coordinates.

        Returns
        -------
        PointSets
            Itself, if nothing changes.
        """
        if self.dtype == np.dtype(dtype):
            return self
        return self.with_points(self.points.astype(dtype))

    def normalized(self) -> "PointSets":
        """Return weights scaled so that each set has mass 1.

        Returns
        -------
        PointSets
            Itself when unweighted: equal weights are implied.

        Raises
        ------
        ValueError
            If a set has zero mass.
        """
        if self.weights is None:
            return self
        masses = self.masses
        if (masses == 0).any():
            raise ValueError(f"X[{np.flatnonzero(masses == 0)[0]}] has zero mass")
        return self.with_weights(self.weights / np.repeat(masses, self.sizes))

    def canonical(self, *, masses: str = "positive") -> "PointSets":
        """Return the same measures, points in a fixed order, duplicates merged.

        Two collections that describe the same measures, whatever the order of their
        points and however an atom is split, get the same canonical form. So a solver
        that breaks ties by order gives the same answer for both.

        Parameters
        ----------
        masses : {"positive", "probability"}, default="positive"
            "probability" scales the weights of each set to sum to 1, as `normalized`;
            "positive" keeps them as given.

        Returns
        -------
        PointSets
            Weighted where atoms were merged, an unweighted point having mass 1. Else
            equal weights stay implied, for which solvers may have a shorter way;
            `probabilities` and `masses` spell them out.
        """
        check_masses(masses)
        if masses == "probability":
            return self.canonical().normalized()
        if (self.sizes <= 1).all():
            return self
        owner = self.set_index
        # any fixed direction without rational relations: distinct points rarely tie
        direction = np.sqrt(np.arange(2, 2 + self.points.shape[1]) + 1 / np.pi)
        key = (self.points * direction.astype(self.dtype)).sum(axis=1)
        order = np.lexsort((key, owner))
        points, owner = self.points[order], owner[order]
        same = (key[order][1:] == key[order][:-1]) & (owner[1:] == owner[:-1])
        if same.any():
            # rows that tie on the key are put in full lexicographic order
            order = np.lexsort((*self.points.T[::-1], key, self.set_index))
            points = self.points[order]
            same &= (points[1:] == points[:-1]).all(axis=1)
        weights = None if self.weights is None else self.weights[order]
        if not same.any():
            return PointSets(points, self.offsets, weights)
        first = np.flatnonzero(np.concatenate([[True], ~same]))
        if weights is None:
            weights = np.ones(len(points))
        sizes = np.bincount(owner[first], minlength=len(self))
        return PointSets(
            points[first], as_offsets(sizes), np.add.reduceat(weights, first)
        )

    def to_list(self) -> list[Any]:
        """Return a list, which `from_list` reads back.

        Returns
        -------
        list
            Arrays of points, or tuples (points, weights) when weighted.
        """
        if self.weights is None:
            return [m.points for m in self]
        return [(m.points, m.weights) for m in self]

    def to_padded(self, fill: float = 0.0) -> tuple[np.ndarray, NDArray[np.bool_]]:
        """Return a padded array and its mask; weights are not part of it.

        Parameters
        ----------
        fill : float, default=0.0
            What stands in the padded rows.

        Returns
        -------
        X : ndarray of shape (n_sets, n_max, n_dims)
            Points.
        mask : ndarray of bool of shape (n_sets, n_max)
            True where a row is a point.
        """
        n_max = int(self.sizes.max(initial=0))
        mask = np.arange(n_max) < self.sizes[:, None]
        X = np.full((len(self), n_max, self.shape[1]), fill, dtype=self.dtype)
        X[mask] = self.points
        return X, mask

    def to_series(self, index: Any = None, name: str | None = None) -> Any:
        """Return a pandas Series of measures, a column for a data frame.

        Parameters
        ----------
        index : pandas Index or None, default=None
            Index of the series.
        name : str or None, default=None
            Name of the series.

        Returns
        -------
        pandas.Series
            One `Measure` a row; weights travel along.
        """
        import pandas as pd

        return pd.Series(np.asarray(self), index=index, name=name)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write to an uncompressed ``.npz`` file, which `load` can memory-map.

        Parameters
        ----------
        path : str or path-like
            Name of the file.
        """
        from ._io import save_arrays

        arrays = {"points": self.points, "offsets": self.offsets}
        if self.weights is not None:
            arrays["weights"] = self.weights
        save_arrays(path, arrays)

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], *, mmap_mode: Literal["r", "c"] | None = None
    ) -> Self:
        """Read what `save` wrote.

        Parameters
        ----------
        path : str or path-like
            Name of the file.
        mmap_mode : {None, "r", "c"}, default=None
            "r" leaves points and weights on disk, read-only, until they are used.

        Returns
        -------
        PointSets
            The collection.

        Raises
        ------
        ValueError
            If the file cannot be memory-mapped, or holds no point sets.
        """
        from ._io import load_arrays

        arrays = load_arrays(path, mmap_mode)
        if not {"points", "offsets"} <= arrays.keys():
            raise ValueError(f"{path} holds no point sets")
        return cls(arrays["points"], arrays["offsets"], arrays.get("weights"))
