# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""See how far data have moved, and who moved."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..shift import (
        Attribution,
        ChunkRecord,
        ShiftMonitor,
        ShiftResult,
        TransportShiftTest,
    )

MOVED, STILL, LINE = "#ee7733", "#bbbbbb", "#0077bb"


class ShiftDisplay:
    """Picture of a shift test: the null distribution, and the features.

    Parameters
    ----------
    result : "ShiftResult"
        Answer of ``TransportShiftTest.test``.

    Attributes
    ----------
    figure_ : matplotlib Figure
        The figure.
    axes_ : ndarray of matplotlib Axes of shape (2,)
        Null distribution, and features.

    See Also
    --------
    MonitorDisplay : A stream of chunks.

    Examples
    --------
    >>> import numpy as np
    >>> from skot.plot import ShiftDisplay
    >>> from skot.shift import TransportShiftTest
    >>> rng = np.random.RandomState(0)
    >>> test = TransportShiftTest(random_state=0).fit(rng.normal(size=(90, 3)))
    >>> display = ShiftDisplay.from_estimator(test, rng.normal(1.0, size=(80, 3)))
    >>> len(display.axes_)
    2
    """

    def __init__(self, result: "ShiftResult") -> None:
        self.result = result

    @classmethod
    def from_estimator(
        cls,
        estimator: "TransportShiftTest",
        X: ArrayLike,
        *,
        axes: "Sequence[Axes] | None" = None,
        max_features: int = 15,
    ) -> Self:
        """Test data, and draw the answer.

        Parameters
        ----------
        estimator : "TransportShiftTest"
            Fitted on the reference.
        X : set-like, or frame of shape (n_rows, n_columns)
            Data to compare with it.
        axes : sequence of two matplotlib Axes or None, default=None
            Where to draw; a new figure if None.
        max_features : int, default=15
            Features to show, the surest first.

        Returns
        -------
        ShiftDisplay
            The picture.
        """
        result = estimator.test(X)
        return cls.from_predictions(result, axes=axes, max_features=max_features)

    @classmethod
    def from_predictions(
        cls,
        result: "ShiftResult",
        *,
        axes: "Sequence[Axes] | None" = None,
        max_features: int = 15,
    ) -> Self:
        """Draw an answer that is at hand.

        Parameters
        ----------
        result : "ShiftResult"
            The answer.
        axes : sequence of two matplotlib Axes or None, default=None
            Where to draw; a new figure if None.
        max_features : int, default=15
            Features to show, the surest first.

        Returns
        -------
        ShiftDisplay
            The picture.
        """
        return cls(result).plot(axes=axes, max_features=max_features)

    def plot(
        self, *, axes: "Sequence[Axes] | None" = None, max_features: int = 15
    ) -> Self:
        """Draw.

        Parameters
        ----------
        axes : sequence of two matplotlib Axes or None, default=None
            Where to draw; a new figure if None.
        max_features : int, default=15
            Features to show, the surest first.

        Returns
        -------
        ShiftDisplay
            The picture.

        Raises
        ------
        ValueError
            If the answer has no features, or there are not two axes.
        """
        features = self.result.features
        if features is None:
            raise ValueError("there are no features to draw: test with details=True")
        self.axes_ = _axes(axes, 2, (9, 3.6))
        self.figure_ = self.axes_[0].figure
        self._draw_null(self.axes_[0])
        self._draw_features(self.axes_[1], features, max_features)
        return self

    def _draw_null(self, ax: "Axes") -> None:
        result = self.result
        ax.hist(result.null, bins=25, color=STILL, label="random labels")
        color = MOVED if result.is_shift else LINE
        ax.axvline(result.statistic, color=color, lw=2.5, label="observed")
        ax.set(
            xlabel=result.name.replace("_", " "),
            yticks=[],
            title=f"p = {result.p_value:.3g}, effect {result.effect:.2g}",
        )
        ax.legend(frameon=False)
        ax.spines[["left", "top", "right"]].set_visible(False)

    def _draw_features(
        self, ax: "Axes", features: "Attribution", max_features: int
    ) -> None:
        result = self.result
        order = np.lexsort((-features.distances, features.adjusted_p_values))
        order = order[:max_features][::-1]
        moved = features.adjusted_p_values[order] <= result.alpha
        ax.barh(
            range(len(order)),
            features.distances[order],
            color=np.where(moved, MOVED, STILL),
        )
        ax.set_yticks(range(len(order)), features.names[order])
        n_moved = int(np.sum(features.adjusted_p_values <= result.alpha))
        ax.set(
            xlabel="distance of each feature",
            title=f"{n_moved} of {len(features)} features moved",
        )
        ax.spines[["top", "right"]].set_visible(False)


class MonitorDisplay:
    """Picture of a stream: the statistic of each chunk, and the limit.

    Parameters
    ----------
    records : sequence of ChunkRecord
        Chunks, in order.

    Attributes
    ----------
    figure_ : matplotlib Figure
        The figure.
    ax_ : matplotlib Axes
        The axes.

    See Also
    --------
    ShiftDisplay : One comparison.

    Examples
    --------
    >>> import numpy as np
    >>> from skot.plot import MonitorDisplay
    >>> from skot.shift import ShiftMonitor
    >>> rng = np.random.RandomState(0)
    >>> monitor = ShiftMonitor(chunk_size=20).fit(rng.normal(size=(1000, 2)))
    >>> for shift in (0.0, 1.0):
    ...     monitor = monitor.partial_fit(rng.normal(size=(20, 2)) + shift)
    >>> MonitorDisplay.from_estimator(monitor).ax_.get_xlabel()
    'chunk'
    """

    def __init__(self, records: "Sequence[ChunkRecord]") -> None:
        self.records = records

    @classmethod
    def from_estimator(
        cls, estimator: "ShiftMonitor", *, ax: "Axes | None" = None
    ) -> Self:
        """Draw the history of a monitor.

        Parameters
        ----------
        estimator : "ShiftMonitor"
            Fitted, with some chunks watched.
        ax : matplotlib Axes or None, default=None
            Where to draw; a new figure if None.

        Returns
        -------
        MonitorDisplay
            The picture.
        """
        return cls(list(estimator.history_)).plot(ax=ax)

    @classmethod
    def from_predictions(
        cls, records: "Sequence[ChunkRecord]", *, ax: "Axes | None" = None
    ) -> Self:
        """Draw records that are at hand.

        Parameters
        ----------
        records : sequence of ChunkRecord
            Chunks, in order.
        ax : matplotlib Axes or None, default=None
            Where to draw; a new figure if None.

        Returns
        -------
        MonitorDisplay
            The picture.
        """
        return cls(records).plot(ax=ax)

    def plot(self, *, ax: "Axes | None" = None) -> Self:
        """Draw.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Where to draw; a new figure if None.

        Returns
        -------
        MonitorDisplay
            The picture.

        Raises
        ------
        ValueError
            If there are no records.
        """
        if not self.records:
            raise ValueError("there is no chunk to draw: call partial_fit first")
        self.ax_ = ax = _axes(None if ax is None else [ax], 1, (8, 3))[0]
        self.figure_ = ax.figure
        number = np.array([r.number for r in self.records])
        value = np.array([r.statistic for r in self.records])
        alert = np.array([r.is_alert for r in self.records])
        limit = np.array([r.limit for r in self.records])
        ax.plot(number, value, color=STILL, lw=1, zorder=1)
        ax.scatter(number[~alert], value[~alert], color=LINE, s=28, label="chunk")
        ax.scatter(number[alert], value[alert], color=MOVED, s=40, label="alert")
        if np.isfinite(limit).any():
            ax.plot(number, limit, color=MOVED, ls="--", lw=1, label="limit")
        ax.set(
            xlabel="chunk",
            ylabel="distance to the reference",
            ylim=(min(0, value.min()), None),
        )
        ax.legend(frameon=False, loc="upper left")
        ax.spines[["top", "right"]].set_visible(False)
        return self


def _axes(
    axes: "Sequence[Axes] | None", n_axes: int, figsize: tuple[float, float]
) -> np.ndarray:
    if axes is None:
        import matplotlib.pyplot as plt

        _, axes = plt.subplots(1, n_axes, figsize=figsize, layout="constrained")
    given = np.ravel(np.asarray(axes))
    if len(given) != n_axes:
        raise ValueError(f"axes must hold {n_axes}, got {len(given)}")
    return given
