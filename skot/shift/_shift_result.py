# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Answer of a shift test, and who is behind the shift."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    import pandas

# Values that differ by the rounding of their sums are one.
ROUNDING = 1e-10


@dataclass(frozen=True, eq=False, repr=False)
class Attribution:
    """What each feature, or each direction, has to do with a shift.

    Parameters
    ----------
    names : ndarray of str of shape (n_parts,)
        Features, or directions by number.
    distances : ndarray of shape (n_parts,)
        Distance of the two samples in this part alone: ``W_p`` of numbers, the total
        variation of categories.
    p_values : ndarray of shape (n_parts,)
        Permutation p-value of each part on its own.
    adjusted_p_values : ndarray of shape (n_parts,)
        Corrected for the number of parts: the chance that any part that did not move
        has one below ``alpha`` is at most ``alpha`` (Westfall and Young, step-down).
    vectors : ndarray of shape (n_parts, n_dims) or None
        Unit vectors of directions.
    """

    names: np.ndarray
    distances: np.ndarray
    p_values: np.ndarray
    adjusted_p_values: np.ndarray
    vectors: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.names)

    def __repr__(self) -> str:
        first = np.argsort(-self.distances)[:3]
        shown = ", ".join(f"{self.names[j]} {self.distances[j]:.3g}" for j in first)
        return f"Attribution({len(self)} parts, farthest: {shown})"


@dataclass(frozen=True, eq=False, repr=False)
class ShiftResult:
    """Answer of a shift test.

    Parameters
    ----------
    name : str
        The statistic.
    statistic : float
        Its value; for distances in pooled standard deviations, unless these were not
        standardised.
    p_value : float
        Share of the labellings of the pooled rows, the observed one and the random
        ones, with a statistic as large: never 0, and at most ``alpha`` with a chance
        of ``alpha`` at most where there is no shift.
    effect : float
        The statistic without what chance alone adds to it, at least 0: it does not
        grow with the sample, where the p-value falls.
    effect_interval : tuple of two float
        Bootstrap interval of the effect; NaN without bootstrap draws.
    null : ndarray of shape (n_permutations,)
        Statistic of random labellings.
    alpha : float
        Level of ``is_shift``.
    features : Attribution or None
        What each column has to do with it; None where this was not asked for.
    directions : Attribution or None
        What each slice has to do with it, for statistics that look along slices.
    n_used : tuple of two int
        Rows of the reference and of the current sample in the test.
    n_given : tuple of two int
        Rows that were given.
    reg : float or None, default=None
        Entropy that was taken, in units of the squared distance; of "sinkhorn".
    """

    name: str
    statistic: float
    p_value: float
    effect: float
    effect_interval: tuple[float, float]
    null: np.ndarray
    alpha: float
    features: Attribution | None
    directions: Attribution | None
    n_used: tuple[int, int]
    n_given: tuple[int, int]
    reg: float | None = None

    @property
    def is_shift(self) -> bool:
        """Whether the p-value is at most alpha."""
        return self.p_value <= self.alpha

    @property
    def threshold(self) -> float:
        """Value of the statistic that ``is_shift`` asks to exceed."""
        kept = int(np.floor(self.alpha * (len(self.null) + 1) + 1e-9))
        return float(np.sort(self.null)[-kept]) if kept else float("inf")

    @property
    def z_score(self) -> float:
        """Statistic in standard deviations of its null distribution, from its mean."""
        spread = self.null.std()
        return float((self.statistic - self.null.mean()) / (spread or 1.0))

    def to_frame(self) -> "pandas.DataFrame":
        """Tabulate features, the farthest first.

        Returns
        -------
        pandas.DataFrame
            Columns ``distance``, ``p_value`` and ``adjusted_p_value``, one row each.

        Raises
        ------
        ValueError
            If features were not asked for.
        """
        import pandas as pd

        if self.features is None:
            raise ValueError("there are no features: test with details=True")

        frame = pd.DataFrame(
            {
                "distance": self.features.distances,
                "p_value": self.features.p_values,
                "adjusted_p_value": self.features.adjusted_p_values,
            },
            index=pd.Index(self.features.names, name="feature"),
        )
        return frame.sort_values(
            ["adjusted_p_value", "distance"], ascending=[True, False]
        )

    def __repr__(self) -> str:
        low, high = self.effect_interval
        n, m = self.n_used
        text = (
            f"ShiftResult({self.name}={self.statistic:.4g}, "
            f"p_value={self.p_value:.3g}, effect={self.effect:.3g} "
            f"[{low:.3g}, {high:.3g}], {n} rows against {m}"
        )
        if self.n_given != self.n_used:
            text += f" of {self.n_given[0]} and {self.n_given[1]}"
        return text + ")"

    def _repr_html_(self) -> str:
        from ._html import describe_shift

        return describe_shift(self)


def attribute(
    names: ArrayLike, distances: np.ndarray, vectors: np.ndarray | None = None
) -> Attribution:
    """Judge parts by their distances on all splits, the observed one first.

    Scores are distances in standard deviations over splits, which makes parts of
    different scales comparable; largest scores over splits give the correction.
    """
    spread = distances.std(axis=0)
    spread = np.where(spread > ROUNDING * distances.max(axis=0), spread, np.inf)
    scores = (distances - distances.mean(axis=0)) / spread
    p_values = (scores >= scores[0] - ROUNDING).mean(axis=0)
    order = np.argsort(scores[0])
    # the largest score among parts that are no more shifted than each
    largest = np.maximum.accumulate(scores[:, order], axis=1)
    adjusted = (largest >= scores[0, order] - ROUNDING).mean(axis=0)
    adjusted = np.maximum.accumulate(adjusted[::-1])[::-1]
    names = np.asarray(names, dtype=str)
    back = np.argsort(order)
    return Attribution(names, distances[0], p_values, adjusted[back], vectors)


def p_value(values: np.ndarray) -> float:
    """Share of values as large as the first, which counts itself."""
    slack = ROUNDING * np.abs(values).max()
    return float((values >= values[0] - slack).mean())


def effect_size(
    values: np.ndarray, resampled: np.ndarray, power: float, confidence_level: float
) -> tuple[float, tuple[float, float]]:
    """Statistic without what chance adds, and its bootstrap interval.

    Chance adds to the ``power``: as much as it does, on average, to permuted labels.
    A resample has the noise of the sample and its own; fluctuations about its mean are
    those of the sample about the truth.
    """
    root = 1 / power
    raised = values**power
    excess = raised[0] - raised[1:].mean() if len(values) > 1 else raised[0]
    effect = float(max(excess, 0.0) ** root)
    if len(resampled) == 0:
        return effect, (np.nan, np.nan)
    again = resampled**power
    tail = (1 - confidence_level) / 2
    ends = excess + np.quantile(again - again.mean(), [tail, 1 - tail])
    low, high = np.maximum(ends, 0.0) ** root
    return effect, (float(low), float(high))
