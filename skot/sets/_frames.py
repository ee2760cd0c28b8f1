# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Data frames of numbers and categories, as rows to compare."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray

from ._points import PointSets
from ._read import validate_sets


@dataclass(frozen=True, eq=False)
class MixedTable:
    """Rows of numbers and categories.

    Parameters
    ----------
    names : tuple of str
        Columns, in the order of the frame.
    numbers : dict of str to ndarray of float64 of shape (n_rows,)
        Columns of numbers.
    categories : dict of str to ndarray of str of shape (n_rows,)
        Columns of categories.
    """

    names: tuple[str, ...]
    numbers: dict[str, NDArray[np.float64]]
    categories: dict[str, NDArray[np.str_]]

    def __len__(self) -> int:
        return len(next(iter({**self.numbers, **self.categories}.values())))

    def take(self, index: slice | Sequence[int] | np.ndarray) -> "MixedTable":
        """Select rows.

        Parameters
        ----------
        index : array-like of int or slice
            Which rows.

        Returns
        -------
        MixedTable
            The selection.
        """
        return MixedTable(
            self.names,
            {name: column[index] for name, column in self.numbers.items()},
            {name: column[index] for name, column in self.categories.items()},
        )

    @classmethod
    def concat(cls, tables: Sequence["MixedTable"]) -> Self:
        """Put tables of the same columns below one another.

        Parameters
        ----------
        tables : sequence of MixedTable
            At least one.

        Returns
        -------
        MixedTable
            All rows.
        """
        first = tables[0]
        return cls(
            first.names,
            {k: np.concatenate([t.numbers[k] for t in tables]) for k in first.numbers},
            {
                k: np.concatenate([t.categories[k] for t in tables])
                for k in first.categories
            },
        )


@dataclass(frozen=True, eq=False)
class ReadRows:
    """Rows that an estimator has read, to hand to another: it reads them no more.

    Parameters
    ----------
    rows : PointSets or MixedTable
        As `validate_rows` returns them.
    n_features : int
        The estimator's ``n_features_in_``.
    names : ndarray of str of shape (n_features,) or None
        Its ``feature_names_in_``, where it has some.
    on_table : bool
        Whether it was fitted on a table, and not on sets.
    """

    rows: PointSets | MixedTable
    n_features: int
    names: np.ndarray | None
    on_table: bool

    @classmethod
    def by(cls, estimator: Any, rows: PointSets | MixedTable) -> Self:
        """Put rows beside what the estimator that has read them knows of them.

        Parameters
        ----------
        estimator : estimator
            That `validate_rows` was called for.
        rows : PointSets or MixedTable
            What it returned.

        Returns
        -------
        ReadRows
            To be given as X to another estimator that calls `validate_rows`.
        """
        names = getattr(estimator, "feature_names_in_", None)
        return cls(rows, estimator.n_features_in_, names, estimator._fitted_on_table)

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, index: Sequence[int] | np.ndarray) -> Self:
        """Select rows.

        Parameters
        ----------
        index : array-like of int
            Which rows.

        Returns
        -------
        ReadRows
            The selection.
        """
        return replace(self, rows=self.rows.take(index))

    def tell(self, estimator: Any, *, reset: bool) -> None:
        """Tell an estimator of features, as if it had read the rows.

        Parameters
        ----------
        estimator : estimator
            Whose ``n_features_in_`` and ``feature_names_in_`` are set or checked.
        reset : bool
            True in ``fit``, False elsewhere.

        Raises
        ------
        ValueError
            If features differ from those of ``fit``.
        """
        if reset:
            estimator.n_features_in_ = self.n_features
            estimator._fitted_on_table = self.on_table
            vars(estimator).pop("feature_names_in_", None)
            if self.names is not None:
                estimator.feature_names_in_ = self.names
            return
        names = getattr(estimator, "feature_names_in_", None)
        if self.n_features != estimator.n_features_in_ or (
            names is not None
            and self.names is not None
            and list(names) != list(self.names)
        ):
            raise ValueError(
                f"rows were read with {self.n_features} features, of names "
                f"{self.names}, and {type(estimator).__name__} is expecting "
                f"{estimator.n_features_in_}, of names {names}"
            )


def validate_rows(estimator: Any, X: Any, *, reset: bool) -> PointSets | MixedTable:
    """Read rows to compare: sets, a table, or a frame of numbers and categories.

    Parameters
    ----------
    estimator : estimator
        Whose ``n_features_in_`` and ``feature_names_in_`` are set or checked.
    X : set-like, or frame of shape (n_rows, n_columns)
        As in `read_sets`; or a data frame some columns of which hold strings,
        categories or other objects; or `ReadRows`, which are read no more.
    reset : bool
        True in ``fit``, False elsewhere.

    Returns
    -------
    PointSets or MixedTable
        The rows. A table of numbers is a collection of Diracs.

    Raises
    ------
    ValueError
        As in `read_sets`; or if a column has missing values, or holds dates or other
        objects that are neither numbers nor strings.
    """
    from sklearn.utils.validation import validate_data

    if isinstance(X, ReadRows):
        X.tell(estimator, reset=reset)
        return X.rows
    mixed = _is_mixed(X)
    if not mixed:
        return validate_sets(estimator, X, reset=reset)
    if X.shape[0] == 0:
        raise ValueError("X has 0 rows; at least 1 is required")
    validate_data(estimator, X, reset=reset, skip_check_array=True)
    if reset:
        estimator._fitted_on_table = True
    numbers, categories = {}, {}
    for name in X.columns:
        if _is_category(X[name]):
            categories[str(name)] = _read_categories(X[name], name)
        else:
            numbers[str(name)] = _read_numbers(X[name], name)
    return MixedTable(tuple(map(str, X.columns)), numbers, categories)


def concat_rows(
    collections: Sequence[PointSets | MixedTable],
) -> PointSets | MixedTable:
    """Put collections of `validate_rows` below one another, if they are of one kind.

    Parameters
    ----------
    collections : sequence of PointSets or of MixedTable
        The rows.

    Returns
    -------
    PointSets or MixedTable
        All rows.

    Raises
    ------
    ValueError
        If columns differ, or one holds numbers here and categories there.
    """
    first, *others = collections
    for other in others:
        names = [getattr(rows, "names", None) for rows in (first, other)]
        if None not in names and names[0] != names[1]:
            raise ValueError(f"columns of reference and X differ: {names}")
        if type(other) is not type(first) or (
            isinstance(first, MixedTable)
            and isinstance(other, MixedTable)
            and set(first.numbers) != set(other.numbers)
        ):
            raise ValueError(_kinds_differ(first, other))
    if isinstance(first, MixedTable):
        return MixedTable.concat(cast("Sequence[MixedTable]", collections))
    return PointSets.concat(cast("Sequence[PointSets]", collections))


def _kinds_differ(first: Any, other: Any) -> str:
    kinds = [getattr(rows, "categories", {}) for rows in (first, other)]
    changed = sorted(set(kinds[0]) ^ set(kinds[1]))
    return (
        f"columns {changed} hold numbers in one of reference and X, and categories in "
        "the other"
    )


def _is_mixed(X: Any) -> bool:
    if not (hasattr(X, "columns") and len(getattr(X, "shape", ())) == 2):
        return False
    names = list(map(str, X.columns))
    again = [name for i, name in enumerate(names) if name in names[:i]]
    if again:
        raise ValueError(f"X has more than one column named {again[0]!r}")
    if any(_holds_sets(X[name]) for name in X.columns):
        return False
    return any(_is_category(X[name]) or _is_date(X[name]) for name in X.columns)


def _holds_sets(column: Any) -> bool:
    values = np.asarray(column[:1])
    return (
        values.dtype == object
        and len(values) == 1
        and not isinstance(values[0], str)
        and hasattr(values[0], "__len__")
    )


def _is_category(column: Any) -> bool:
    if str(column.dtype).lower().startswith(("category", "categorical", "enum")):
        return True
    values = np.asarray(column)
    if values.dtype == object:  # numbers and truth values may come as objects
        return any(isinstance(v, str) or v is None for v in values)
    return values.dtype.kind in "UST"


def _is_date(column: Any) -> bool:
    return str(column.dtype).lower().startswith(("date", "period", "time", "duration"))


def _is_missing(column: Any) -> NDArray[np.bool_]:
    return np.asarray(column.isna() if hasattr(column, "isna") else column.is_null())


def _read_categories(column: Any, name: str) -> NDArray[np.str_]:
    if _is_missing(column).any():
        raise ValueError(
            f"X has missing values in column {name!r}; give them a name, such as "
            "'missing', to compare how many there are"
        )
    return np.asarray(column).astype(str)


def _read_numbers(column: Any, name: str) -> NDArray[np.float64]:
    if _is_date(column):
        raise ValueError(
            f"X has dates in column {name!r}; turn them into numbers, or drop them"
        )
    if _is_missing(column).any():
        raise ValueError(f"X contains NaN in column {name!r}")
    values = np.asarray(column)
    if values.dtype.kind == "c":
        raise ValueError(f"X has complex numbers in column {name!r}")
    try:
        values = values.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"X has neither numbers nor strings in column {name!r}: {error}"
        ) from error
    for test, fault in ((np.isnan, "NaN"), (np.isinf, "infinity")):
        if test(values).any():
            raise ValueError(f"X contains {fault} in column {name!r}")
    return values
