# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""See what errors are estimated, and where they are known, how well."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..shift import (
        BaselineErrorEstimator,
        COTErrorEstimator,
        ErrorComparison,
        ErrorEstimates,
    )

ESTIMATED, TRUE, SURE = "#0077bb", "#ee7733", "#bbbbbb"
# Of methods, the best first: apart in hue, in lightness and in shape.
COLORS = ("#0077bb", "#ee7733", "#009988", "#cc3311", "#33bbee", "#ee3377", "#666666")
MARKERS = "osD^vPX*<>"


class ErrorEstimateDisplay:
    """Picture of estimated errors: chunk by chunk, or against the truth.

    Parameters
    ----------
    names : sequence of str
        Names of the chunks.
    errors : ndarray of shape (n_chunks,) or (n_chunks, n_methods)
        Estimated errors.
    intervals : ndarray of shape (n_chunks, 2) or None, default=None
        Their intervals.
    truth : ndarray of shape (n_chunks,) or None, default=None
        True errors.
    methods : sequence of str or None, default=None
        Names of the methods, where there are several.

    Attributes
    ----------
    figure_ : matplotlib Figure
        The figure.
    ax_ : matplotlib Axes
        The axes.

    See Also
    --------
    skot.shift.COTErrorEstimator : What is shown.

    Examples
    --------
    >>> import numpy as np
    >>> from skot.plot import ErrorEstimateDisplay
    >>> from skot.shift import COTErrorEstimator
    >>> rng = np.random.RandomState(0)
    >>> proba = rng.dirichlet([0.5, 0.5, 0.5], 300)
    >>> y = np.array([rng.choice(3, p=p) for p in proba])
    >>> estimator = COTErrorEstimator(random_state=0).fit(proba[:200], y[:200])
    >>> display = ErrorEstimateDisplay.from_estimator(
    ...     estimator, proba[200:], y[200:], chunks=50
    ... )
    >>> display.errors.shape
    (2,)
    """

    def __init__(
        self,
        names: Sequence[Any],
        errors: np.ndarray,
        *,
        intervals: np.ndarray | None = None,
        truth: np.ndarray | None = None,
        methods: Sequence[str] | None = None,
    ) -> None:
        self.names = names
        self.errors = errors
        self.intervals = intervals
        self.truth = truth
        self.methods = methods

    @classmethod
    def from_estimator(
        cls,
        estimator: "COTErrorEstimator | BaselineErrorEstimator",
        X: ArrayLike,
        y: ArrayLike | None = None,
        *,
        chunks: int | ArrayLike,
        ax: "Axes | None" = None,
    ) -> Self:
        """Estimate the error of each chunk, and draw.

        Parameters
        ----------
        estimator : COTErrorEstimator or BaselineErrorEstimator
            Fitted on a validation set.
        X : array-like or set-like of shape (n_samples, n_features)
            What it takes.
        y : array-like of shape (n_samples,) or None, default=None
            Labels, where they are known: for true errors beside.
        chunks : int or array-like of shape (n_samples,)
            As in ``estimate_chunks``.
        ax : matplotlib Axes or None, default=None
            Where to draw; a new figure if None.

        Returns
        -------
        ErrorEstimateDisplay
            The picture.
        """
        estimates = estimator.estimate_chunks(X, chunks)
        truth = None
        if y is not None:
            truth = estimator.true_errors(X, y, chunks)
        return cls.from_predictions(estimates, truth, ax=ax)

    @classmethod
    def from_predictions(
        cls,
        estimates: "ErrorEstimates | ErrorComparison",
        truth: ArrayLike | None = None,
        *,
        ax: "Axes | None" = None,
    ) -> Self:
        """Draw estimates that are at hand.

        Parameters
        ----------
        estimates : ErrorEstimates or ErrorComparison
            Estimates of chunks, drawn in their order with their intervals; or of all
            methods, drawn against the true errors.
        truth : array-like of shape (n_chunks,) or None, default=None
            True errors of the chunks. A comparison has its own.
        ax : matplotlib Axes or None, default=None
            Where to draw; a new figure if None.

        Returns
        -------
        ErrorEstimateDisplay
            The picture.

        Raises
        ------
        ValueError
            If the targets of a comparison have no labels.
        """
        from ..shift import ErrorComparison

        if isinstance(estimates, ErrorComparison):
            if not np.isfinite(estimates.truth).any():
                raise ValueError(
                    "no target has labels: there is no truth to draw against"
                )
            display = cls(
                estimates.targets,
                estimates.errors,
                truth=estimates.truth,
                methods=estimates.methods,
            )
            return display.plot(ax=ax)
        intervals = [e.interval for e in estimates]
        display = cls(
            estimates.chunks,
            np.array([e.error for e in estimates]),
            intervals=None if None in intervals else np.array(intervals),
            truth=None if truth is None else np.asarray(truth),
        )
        return display.plot(ax=ax)

    def plot(self, *, ax: "Axes | None" = None) -> Self:
        """Draw.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Where to draw; a new figure if None.

        Returns
        -------
        ErrorEstimateDisplay
            The picture.
        """
        from matplotlib import pyplot as plt
        from matplotlib.ticker import PercentFormatter

        if ax is None:
            ax = plt.subplots(figsize=(6, 4), layout="constrained")[1]
        self.ax_, self.figure_ = ax, ax.figure
        if self.methods is None or self.truth is None:
            self._draw_chunks(ax)
        else:
            self._draw_methods(ax, self.truth, self.methods)
            ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        ax.spines[["top", "right"]].set_visible(False)
        return self

    def _draw_chunks(self, ax: "Axes") -> None:
        at = np.arange(len(self.errors))
        if self.intervals is not None:
            low, high = self.intervals.T
            ax.vlines(at, low, high, color=ESTIMATED, lw=6, alpha=0.25)
        ax.plot(at, self.errors, "o", color=ESTIMATED, label="estimated")
        if self.truth is not None:
            ax.plot(at, self.truth, "D", ms=5, color=TRUE, label="true")
        long = sum(len(str(name)) for name in self.names) > 60
        ax.set_xticks(at, self.names, rotation=90 if long else 0)
        ax.set(ylabel="error", ylim=(0, None))
        ax.legend(frameon=False)

    def _draw_methods(
        self, ax: "Axes", truth: np.ndarray, methods: Sequence[str]
    ) -> None:
        known = np.isfinite(truth)
        top = 1.05 * max(truth[known].max(), self.errors[known].max())
        ax.plot([0, top], [0, top], color=SURE, lw=1, zorder=0)
        means = np.abs(self.errors - truth[:, None])[known].mean(axis=0)
        for place, j in enumerate(np.argsort(means)):
            ax.plot(
                truth[known],
                self.errors[known, j],
                MARKERS[place % len(MARKERS)],
                ms=5,
                color=COLORS[place % len(COLORS)],
                zorder=len(means) - place,
                label=f"{methods[j]}: {means[j]:.1%}",
            )
        ax.legend(
            frameon=False,
            title="off by",
            loc="center left",
            bbox_to_anchor=(1, 0.5),
        )
        ax.set(xlabel="true error", ylabel="estimated error")
        ax.set(xlim=(0, top), ylim=(0, top), aspect="equal")
