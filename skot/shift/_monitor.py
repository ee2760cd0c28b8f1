# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Watch a stream of chunks, with limits learned on chunks without a shift."""

from dataclasses import dataclass
from math import ceil
from numbers import Integral, Real
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from .._sklearn import Interval, StrOptions, fit_context
from ..base import SkotEstimator
from ..sets import ReadRows, validate_rows
from ._permutation import TransportShiftTest

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, eq=False)
class ChunkRecord:
    """What a monitor found in one chunk.

    Parameters
    ----------
    number : int
        Chunks of the stream before it.
    n_rows : int
        Its rows.
    statistic : float
        Its distance to the reference.
    limit : float
        Distance above which it is an alert; NaN where permutations decide.
    p_value : float
        Share of calibration chunks, or of permutations, with a statistic as large.
    is_alert : bool
        Whether the p-value is at most ``alpha``.
    """

    number: int
    n_rows: int
    statistic: float
    limit: float
    p_value: float
    is_alert: bool


class ShiftMonitor(SkotEstimator):
    r"""Watch a stream of chunks of data for a shift, at a known rate of false alarms.

    ``fit`` cuts the reference in chunks. The first part is the baseline, and the
    distances :math:`T_1, \ldots, T_K` of the other chunks to it are the limits: a later
    chunk at distance :math:`T` has

    .. math::
        p = \frac{1 + \#\{k : T_k \ge T\}}{1 + K}.

    Where chunks are exchangeable, as they are without a shift, a chunk is an alert with
    a chance of ``alpha`` at most, whatever the statistic, and however alike the rows
    within a chunk: what differs from day to day is in the limits.

    Parameters
    ----------
    test : TransportShiftTest or None, default=None
        The statistic, and how rows become points. None is ``TransportShiftTest()``.
    chunk_size : int or None, default=None
        Rows of a chunk of the reference. None cuts twice as many calibration chunks
        as ``alpha`` asks for, about, if that leaves 2 rows in each.
    baseline : float, default=0.5
        Share of the chunks of the reference that are the baseline.
    alpha : float, default=0.05
        Chance of a false alarm, for each chunk; between two of them, ``1 / alpha``
        chunks go by on average.
    limits : {"auto", "chunks", "permutation"}, default="auto"
        "chunks" is as above, and takes ``1 / alpha - 1`` calibration chunks at least;
        "permutation" tests each chunk against the whole reference by permuting rows,
        exact where rows are independent; "auto" is the first where the reference has
        chunks enough.

    Attributes
    ----------
    test_ : TransportShiftTest
        The test, fitted on the baseline.
    limits_ : {"chunks", "permutation"}
        How alerts are decided.
    calibration_ : ndarray of shape (n_calibration,)
        Statistics of calibration chunks; empty where permutations decide.
    limit_ : float
        Statistic above which a chunk is an alert; NaN where permutations decide.
    chunk_size_ : int
        Rows of the smallest calibration chunk.
    history_ : list of ChunkRecord
        The stream since ``fit``.
    n_features_in_ : int
        Columns of the table, or dimension of the points of sets.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, when fitted on a table that has some.

    See Also
    --------
    TransportShiftTest : One comparison, with what moved.

    Notes
    -----
    ``fit`` computes a statistic for each calibration chunk, and ``partial_fit`` one for
    its chunk, without permutations unless these decide. A chunk of fewer rows than the
    smallest calibration chunk is farther by chance, and is tested by permutation
    against the baseline; larger ones are less likely to be a false alarm.

    The chance is over references, too: given one reference, the rate of false alarms
    is some number whose mean is ``alpha`` at most, within a standard deviation of about
    ``sqrt(alpha / K)``.

    References
    ----------
    .. [1] Vovk, Gammerman, Shafer, "Algorithmic learning in a random world", Springer,
       2005. https://doi.org/10.1007/b106715
    .. [2] Lei, G'Sell, Rinaldo, Tibshirani, Wasserman, "Distribution-free predictive
       inference for regression", JASA 113, 2018. https://arxiv.org/abs/1604.04173

    Examples
    --------
    >>> import numpy as np
    >>> from skot.shift import ShiftMonitor
    >>> rng = np.random.RandomState(0)
    >>> monitor = ShiftMonitor(chunk_size=50).fit(rng.normal(size=(4000, 3)))
    >>> for drift in (0.0, 0.0, 0.6):
    ...     monitor = monitor.partial_fit(rng.normal(size=(50, 3)) + drift)
    >>> [record.is_alert for record in monitor.history_]
    [False, False, True]
    """

    _parameter_constraints = {
        "test": [TransportShiftTest, None],
        "chunk_size": [Interval(Integral, 2, None, closed="left"), None],
        "baseline": [Interval(Real, 0, 1, closed="neither")],
        "alpha": [Interval(Real, 0, 1, closed="neither")],
        "limits": [StrOptions({"auto", "chunks", "permutation"})],
    }

    def __init__(
        self,
        test: TransportShiftTest | None = None,
        *,
        chunk_size: int | None = None,
        baseline: float = 0.5,
        alpha: float = 0.05,
        limits: str = "auto",
    ) -> None:
        self.test = test
        self.chunk_size = chunk_size
        self.baseline = baseline
        self.alpha = alpha
        self.limits = limits

    @fit_context(prefer_skip_nested_validation=False)
    def fit(
        self, X: ArrayLike, y: None = None, *, chunks: ArrayLike | None = None
    ) -> Self:
        """Learn limits from a reference without a shift; the history starts anew.

        Parameters
        ----------
        X : set-like, or frame of shape (n_rows, n_columns)
            The reference, in the order of time.
        y : None
            Ignored.
        chunks : array-like of shape (n_rows,) or None, default=None
            Chunk of each row, such as its day, in any order: chunks follow one another
            as they appear. None cuts every ``chunk_size`` rows.

        Returns
        -------
        self
            The fitted monitor.

        Raises
        ------
        ValueError
            If there are fewer than 2 rows, values are missing, NaN or infinite; or if
            ``limits="chunks"`` and there are too few chunks for ``alpha``; or if a
            chunk after the baseline has 1 row.
        """
        rows = ReadRows.by(self, validate_rows(self, X, reset=True))
        needed = ceil(1 / self.alpha - 1e-9) - 1
        parts = self._cut(len(rows), chunks, needed)
        n_baseline = max(1, int(self.baseline * len(parts)))
        n_calibration = len(parts) - n_baseline
        self.limits_ = self.limits
        if self.limits == "auto":
            self.limits_ = "chunks" if n_calibration >= needed else "permutation"
        if self.limits_ == "chunks" and n_calibration < needed:
            raise ValueError(
                f"alpha={self.alpha} takes {needed} calibration chunks, and the "
                f"reference has {n_calibration}: lower chunk_size or baseline, raise "
                "alpha, or choose limits='permutation'"
            )
        if self.limits_ == "permutation":
            n_baseline = len(parts)
        baseline, later = np.concatenate(parts[:n_baseline]), parts[n_baseline:]
        if any(len(chunk) < 2 for chunk in later):
            raise ValueError("a chunk of the reference has 1 row; 2 are needed")
        test = clone(self.test) if self.test else TransportShiftTest()
        # a p-value of alpha must be within reach where permutations decide
        most = max(needed, test.n_permutations)
        test.set_params(alpha=self.alpha, n_permutations=most)
        self.test_ = test.fit(rows.take(baseline))
        distances = [self.test_.distance(rows.take(chunk)) for chunk in later]
        self.calibration_ = np.array(distances)
        self.limit_, self.chunk_size_ = np.nan, 0
        if self.limits_ == "chunks":
            rank = ceil((1 - self.alpha) * (n_calibration + 1) - 1e-9)
            self.limit_ = float(np.sort(self.calibration_)[rank - 1])
            self.chunk_size_ = min(map(len, later))
        self.history_: list[ChunkRecord] = []
        return self

    def partial_fit(self, X: ArrayLike, y: None = None) -> Self:
        """Watch the next chunk: judge it and add it to the history.

        The first call of a monitor that is not fitted takes its rows for the reference.

        Parameters
        ----------
        X : set-like, or frame of shape (n_rows, n_columns)
            The chunk, of at least 2 rows.
        y : None
            Ignored.

        Returns
        -------
        self
            The monitor, with one more record at the end of ``history_``.

        Raises
        ------
        ValueError
            As in ``test``.
        """
        if not hasattr(self, "history_"):
            return self.fit(X)
        self.history_.append(self.test_chunk(X))
        return self

    def test_chunk(self, X: ArrayLike) -> ChunkRecord:
        """Judge a chunk, and leave the history as it is.

        Parameters
        ----------
        X : set-like, or frame of shape (n_rows, n_columns)
            The chunk, of at least 2 rows.

        Returns
        -------
        ChunkRecord
            Its statistic, limit and p-value.

        Raises
        ------
        ValueError
            If the chunk has fewer than 2 rows, values are missing, NaN or infinite, or
            columns differ from those of the reference.
        """
        check_is_fitted(self)
        rows = ReadRows.by(self, validate_rows(self, X, reset=False))
        if len(rows) < 2:
            raise ValueError("X has n_samples = 1; a chunk of at least 2 is needed")
        if self.limits_ == "permutation" or len(rows) < self.chunk_size_:
            result = self.test_.test(rows, details=False)
            statistic, p, limit = result.statistic, result.p_value, np.nan
        else:
            statistic, limit = self.test_.distance(rows), self.limit_
            as_far = int(np.sum(self.calibration_ >= statistic))
            p = (1 + as_far) / (1 + len(self.calibration_))
        return ChunkRecord(
            number=len(self.history_),
            n_rows=len(rows),
            statistic=statistic,
            limit=limit,
            p_value=p,
            is_alert=p <= self.alpha + 1e-12,
        )

    def to_frame(self) -> "pandas.DataFrame":
        """Tabulate the history.

        Returns
        -------
        pandas.DataFrame
            One row for each chunk of the stream, one column for each field of
            `ChunkRecord`.
        """
        import pandas as pd

        check_is_fitted(self)
        names = list(ChunkRecord.__dataclass_fields__)
        return pd.DataFrame(
            [[getattr(r, name) for name in names] for r in self.history_],
            columns=names,
        ).set_index("number")

    def _cut(self, n: int, chunks: ArrayLike | None, needed: int) -> list[np.ndarray]:
        """Find the rows of each chunk of the reference."""
        if n < 2:
            raise ValueError("X has n_samples = 1; a reference of at least 2 is needed")
        if chunks is not None:
            check_consistent_length(np.empty(n), chunks)
            _, first, label = np.unique(
                np.asarray(chunks), return_index=True, return_inverse=True
            )
            rank = np.argsort(np.argsort(first))[label]
            return [np.flatnonzero(rank == k) for k in range(len(first))]
        size = self.chunk_size
        if size is None:
            wanted = (2 * needed + 1) / (1 - self.baseline)
            size = max(2, int(n // (wanted + 1)))
        # rows left over stand first: in the baseline, where sizes do not matter
        return np.split(np.arange(n), np.arange(n % size + size, n, size))
