# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Index arithmetic shared by the flat containers, and their common surface."""

import operator
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray


def as_offsets(sizes: Sequence[int] | np.ndarray) -> NDArray[np.int64]:
    """Offsets (n + 1,) of consecutive blocks of the given sizes (n,)."""
    offsets = np.zeros(len(sizes) + 1, dtype=np.int64)
    np.cumsum(sizes, out=offsets[1:])
    return offsets


def check_offsets(offsets: ArrayLike, n_total: int, what: str) -> NDArray[np.int64]:
    """Return ``offsets`` as int64; raise ValueError unless they cut ``n_total``."""
    offsets = np.asarray(offsets)
    if offsets.ndim != 1 or len(offsets) < 1 or offsets.dtype.kind not in "iu":
        raise ValueError("offsets must be a 1-D array of integers, one more than sets")
    offsets = offsets.astype(np.int64, copy=False)
    if offsets[0] != 0 or offsets[-1] != n_total or (np.diff(offsets) < 0).any():
        raise ValueError(
            f"offsets must rise from 0 to the number of {what}, {n_total}; "
            f"they run from {offsets[0]} to {offsets[-1]}"
        )
    return offsets


def gather_index(
    offsets: NDArray[np.int64], index: NDArray[Any]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find where chosen blocks of a flat array lie.

    Parameters
    ----------
    offsets : ndarray of int of shape (n_blocks + 1,)
        Block ``i`` lies from ``offsets[i]`` to ``offsets[i + 1]``.
    index : ndarray of int of shape (n_chosen,)
        Blocks to choose, counted from 0; not checked.

    Returns
    -------
    flat : ndarray of int of shape (n_chosen_total,)
        Positions of their entries, block after block.
    offsets : ndarray of int of shape (n_chosen + 1,)
        Where each chosen block lies among these.

    Examples
    --------
    >>> import numpy as np
    >>> from skot.sets import gather_index
    >>> gather_index(np.array([0, 2, 5]), np.array([1, 0]))
    (array([2, 3, 4, 0, 1]), array([0, 3, 5]))
    """
    starts = offsets[index]
    sizes = offsets[index + 1] - starts
    out_offsets = as_offsets(sizes)
    flat = np.repeat(starts - out_offsets[:-1], sizes)
    flat += np.arange(len(flat))
    return flat, out_offsets


def join_weights(
    weights: Sequence[np.ndarray | None], sizes: Sequence[int]
) -> np.ndarray | None:
    """Concatenate weights of blocks; a block without has mass 1 a point."""
    if all(w is None for w in weights):
        return None
    return np.concatenate(
        [np.ones(n) if w is None else w for w, n in zip(weights, sizes, strict=True)]
    )


def equal_arrays(one: np.ndarray | None, other: np.ndarray | None) -> bool:
    """Whether both are None, or arrays that are equal."""
    if one is None or other is None:
        return one is other
    return np.array_equal(one, other)


Item = TypeVar("Item", covariant=True)


class RaggedSets(Generic[Item]):
    """Common surface of the containers: what scikit-learn needs to split them.

    Subclasses hold flat arrays with ``offsets`` and define ``_item(i)``,
    ``_slice(start, stop)``, ``_gather(index)``, ``_columns(key)``, ``shape`` and
    ``dtype``. Containers are immutable by convention.
    """

    __slots__ = ()
    ndim = 2

    if TYPE_CHECKING:  # what subclasses define

        @property
        def offsets(self) -> NDArray[np.int64]: ...
        def _item(self, i: int) -> Item: ...
        def _slice(self, start: int, stop: int) -> Self: ...
        def _gather(self, index: np.ndarray) -> Self: ...
        def _columns(self, key: Any) -> Self: ...

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __iter__(self) -> Iterator[Item]:
        return (self._item(i) for i in range(len(self)))

    @overload
    def __getitem__(self, key: int | np.integer[Any]) -> Item: ...
    @overload
    def __getitem__(self, key: slice | Sequence[Any] | np.ndarray) -> Self: ...
    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, tuple):
            if len(key) != 2:
                raise IndexError(
                    f"{type(self).__name__} takes one or two indices, got {len(key)}"
                )
            rows, columns = key
            chosen: Any = self[rows]
            return chosen if columns is Ellipsis else chosen._columns(columns)
        if isinstance(key, slice):
            start, stop, step = key.indices(len(self))
            if step == 1:
                return self._slice(start, max(start, stop))
            return self._gather(np.arange(start, stop, step))
        if not isinstance(key, np.ndarray):
            try:
                i = operator.index(key)
            except TypeError:
                pass
            else:
                return self._item(self._check_index(np.array([i]))[0])
        return self._gather(self._as_index(key))

    def _as_index(self, key: Any) -> NDArray[np.int64]:
        key = np.asarray(key)
        if key.ndim == 0 and key.dtype.kind in "iu":
            key = key[None]
        if key.dtype == bool:
            if key.shape != (len(self),):
                raise IndexError(
                    f"mask of shape {key.shape} does not match {len(self)} sets"
                )
            return np.flatnonzero(key)
        if key.size == 0:
            return np.zeros(0, dtype=np.int64)
        if key.ndim != 1 or key.dtype.kind not in "iu":
            raise IndexError("sets are chosen by integers, slices, or a boolean mask")
        return self._check_index(key.astype(np.int64, copy=False))

    def _check_index(self, index: NDArray[np.int64]) -> NDArray[np.int64]:
        n, low, high = len(self), index.min(), index.max()
        if low < -n or high >= n:
            bad = index[(index < -n) | (index >= n)][0]
            raise IndexError(f"index {bad} is out of range for {n} sets")
        return index if low >= 0 else np.where(index < 0, index + n, index)

    def take(
        self, indices: ArrayLike, axis: int = 0, out: None = None, mode: str = "raise"
    ) -> Self:
        """Gather sets by index, as ``numpy.take`` along the first axis.

        Parameters
        ----------
        indices : array-like of int
            Sets to take.
        axis : {0}, default=0
            Sets lie along the first axis.
        out, mode
            Present for ``numpy.take``; only their defaults are accepted.

        Returns
        -------
        same type
            The chosen sets.

        Raises
        ------
        ValueError
            If another axis, output or mode is asked for.
        """
        if axis != 0 or out is not None or mode != "raise":
            raise ValueError("take works along axis 0, without out and mode")
        return self._gather(self._as_index(np.asarray(indices).ravel()))

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Number of points of each set, ndarray of shape (n_sets,)."""
        return np.diff(self.offsets)

    def __array__(
        self, dtype: DTypeLike | None = None, copy: bool | None = None
    ) -> np.ndarray:
        if dtype is not None and np.dtype(dtype) != np.dtype(object):
            raise TypeError(
                f"{type(self).__name__} holds sets, not rows of numbers: embed first, "
                "for example with skot.embedding.SlicedWassersteinEmbedding"
            )
        array = np.empty(len(self), dtype=object)
        for i, item in enumerate(self):
            array[i] = item
        return array

    def __array_namespace__(self, api_version: str | None = None) -> Any:
        return np
