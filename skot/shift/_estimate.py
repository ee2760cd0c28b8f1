# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""What error estimators answer: small objects to print, show and tabulate."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas

_STYLE = (
    "border-collapse:collapse;font-family:sans-serif;font-size:90%;"
    "font-variant-numeric:tabular-nums"
)


class Printable:
    """Forms of one estimate, of its ``_head``, ``_lines`` and ``_row``."""

    _head: Callable[[], str]
    _lines: Callable[[], Iterator[tuple[str, str, str]]]
    _row: Callable[[], dict[str, Any]]

    def to_frame(self) -> "pandas.DataFrame":
        """Make a pandas frame of one row.

        Returns
        -------
        DataFrame
            With columns for the estimate, low, high, and what else is known.
        """
        return ErrorEstimates((self,), (0,)).to_frame()

    def __str__(self) -> str:
        lines = list(self._lines())
        widths = [max(len(line[i]) for line in lines) for i in (0, 1)]
        return "\n".join(
            [
                self._head(),
                *(
                    f"  {a:<{widths[0]}}  {b:>{widths[1]}}  {c}".rstrip()
                    for a, b, c in lines
                ),
            ]
        )

    def _repr_html_(self) -> str:
        body = "".join(
            f"<tr><th style='text-align:left'>{escape(a)}</th>"
            f"<td style='text-align:right'>{escape(b)}</td><td>{escape(c)}</td></tr>"
            for a, b, c in self._lines()
        )
        return (
            f"<table style='{_STYLE}'><caption>{escape(self._head())}</caption>"
            f"<tbody>{body}</tbody></table>"
        )


@dataclass(frozen=True, eq=False, repr=False)
class ErrorEstimate(Printable):
    """Estimated error of a classifier on samples without labels.

    Parameters
    ----------
    error : float
        Estimated share of samples that are predicted wrongly.
    interval : tuple of float or None
        Bootstrap interval of the error, corrected for ``bias``. It tells what the
        sampling of both sets leaves open, and nothing about assumptions that fail.
    bias : float or None
        By how much ``error`` is too large because both sets are finite: of COT, more
        with more classes. None for methods with a threshold.
    confidence_level : float
        Its level.
    method : str
        Which estimate this is.
    n_samples : int
        Number of samples.
    pseudo_label_tv : float
        Total variation distance of the predicted classes and the prior. Where the
        prior is that of the samples, the true error is at least this.
    prior : ndarray of shape (n_classes,)
        Assumed shares of the classes.
    cot : float or None
        Transport cost of the probabilities to labels of these shares; of COT methods.
    bounds : tuple of float or None
        Between which ``cot`` lies, by the confidence and by ``pseudo_label_tv``.
    sensitivity : float or None
        Rate at which ``cot`` moves with the prior: its change, to first order, as mass
        goes from the class of lowest price to that of highest. At most 1.
    gap : float or None
        Duality gap of ``cot``.
    """

    error: float
    interval: tuple[float, float] | None
    bias: float | None
    confidence_level: float
    method: str
    n_samples: int
    pseudo_label_tv: float
    prior: np.ndarray
    cot: float | None = None
    bounds: tuple[float, float] | None = None
    sensitivity: float | None = None
    gap: float | None = None

    @property
    def accuracy(self) -> float:
        """Estimated share of samples that are predicted rightly."""
        return 1 - self.error

    def cot_range(self, label_shift: float) -> tuple[float, float]:
        """Range of ``cot`` over all priors that are no farther than this.

        Parameters
        ----------
        label_shift : float
            Total variation distance of the prior assumed and the true one, at most.

        Returns
        -------
        tuple of float
            The least and the largest that ``cot`` can be.

        Raises
        ------
        ValueError
            If the estimate is not one of transport, or ``label_shift`` is negative.
        """
        if self.cot is None:
            raise ValueError(f"method {self.method!r} knows no prior")
        if label_shift < 0:
            raise ValueError(f"label_shift must not be negative, got {label_shift}")
        return max(self.cot - label_shift, 0.0), min(self.cot + label_shift, 1.0)

    def _row(self) -> dict[str, Any]:
        low, high = self.interval or (np.nan, np.nan)
        row: dict[str, Any] = {
            "n_samples": self.n_samples,
            "error": self.error,
            "accuracy": self.accuracy,
            "low": low,
            "high": high,
            "bias": np.nan if self.bias is None else self.bias,
            "pseudo_label_tv": self.pseudo_label_tv,
        }
        if self.bounds is not None:
            row |= {
                "cot": self.cot,
                "cot_lower_bound": self.bounds[0],
                "cot_upper_bound": self.bounds[1],
                "sensitivity": self.sensitivity,
                "gap": self.gap,
            }
        return row

    def _lines(self) -> Iterator[tuple[str, str, str]]:
        """Pairs of what and how much, for people."""
        spread = ""
        if self.interval:
            low, high = self.interval
            spread = f"{low:.1%} to {high:.1%} at {self.confidence_level:.0%}"
        yield "estimated error", f"{self.error:.1%}", spread
        yield "estimated accuracy", f"{self.accuracy:.1%}", ""
        yield (
            "predicted classes against the prior",
            f"{self.pseudo_label_tv:.1%}",
            "the error is at least this, if the prior is right",
        )
        if self.bounds is not None:
            low, high = self.bounds
            yield "transport cost", f"{self.cot:.1%}", f"within {low:.1%} to {high:.1%}"
            yield (
                "its change with the prior",
                f"{self.sensitivity:.2f}",
                "points for each point of label shift",
            )

    def _head(self) -> str:
        return f"Error of {self.n_samples} samples without labels, by {self.method}"

    def __repr__(self) -> str:
        spread = ""
        if self.interval:
            spread = f", interval=({self.interval[0]:.3f}, {self.interval[1]:.3f})"
        return f"ErrorEstimate(error={self.error:.3f}{spread}, method={self.method!r})"


@dataclass(frozen=True, eq=False, repr=False)
class ErrorEstimates:
    """Estimates of several chunks, in order.

    Parameters
    ----------
    estimates : tuple of ErrorEstimate or LossEstimate
        One for each chunk.
    chunks : tuple
        Names of the chunks.
    """

    estimates: tuple[Any, ...]
    chunks: tuple[Hashable, ...]

    def __len__(self) -> int:
        return len(self.estimates)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.estimates)

    def __getitem__(self, key: Any) -> Any:
        return self.estimates[key]

    def to_frame(self) -> "pandas.DataFrame":
        """Make a pandas frame of one row for each chunk.

        Returns
        -------
        DataFrame
            As that of one estimate; the index names the chunks.
        """
        import pandas as pd

        index = pd.Index(self.chunks, name="chunk")
        return pd.DataFrame([e._row() for e in self.estimates], index=index)

    def __repr__(self) -> str:
        inside = ", ".join(
            f"{chunk}: {next(e._lines())[1]}"
            for chunk, e in zip(self.chunks, self.estimates, strict=True)
        )
        return f"{type(self).__name__}({inside})"

    def _repr_html_(self) -> str:
        rows = []
        for chunk, e in zip(self.chunks, self.estimates, strict=True):
            _, value, spread = next(e._lines())
            rows.append((chunk, e.n_samples, value, spread))
        return html_table(["chunk", "samples", "estimate", "interval"], rows)


@dataclass(frozen=True, eq=False, repr=False)
class LossEstimate(Printable):
    """Estimated loss of a regressor on samples without targets.

    Parameters
    ----------
    loss : float
        Estimated mean loss, in the unit of the loss.
    interval : tuple of float or None
        Interval of the loss by the spread of both sets.
    confidence_level : float
        Its level.
    name : str
        Which loss.
    n_samples : int
        Number of samples.
    validation_loss : float
        Mean loss of the validation set.
    transport_cost : float
        Mean distance from the samples to the validation samples they are moved to.
    validation_cost : float
        The same from each validation sample to the others: what no shift looks like.
    growth : float
        Part of the loss added for samples that lie farther out than validation samples.
    """

    loss: float
    interval: tuple[float, float] | None
    confidence_level: float
    name: str
    n_samples: int
    validation_loss: float
    transport_cost: float
    validation_cost: float
    growth: float

    def _row(self) -> dict[str, Any]:
        low, high = self.interval or (np.nan, np.nan)
        return {
            "n_samples": self.n_samples,
            "loss": self.loss,
            "low": low,
            "high": high,
            "validation_loss": self.validation_loss,
            "transport_cost": self.transport_cost,
            "validation_cost": self.validation_cost,
            "growth": self.growth,
        }

    def _lines(self) -> Iterator[tuple[str, str, str]]:
        spread = ""
        if self.interval:
            low, high = self.interval
            spread = f"{low:.4g} to {high:.4g} at {self.confidence_level:.0%}"
        yield "estimated " + self.name, f"{self.loss:.4g}", spread
        yield "on the validation set", f"{self.validation_loss:.4g}", ""
        yield (
            "transport cost to it",
            f"{self.transport_cost:.4g}",
            f"{self.validation_cost:.4g} without shift",
        )
        yield "added for what lies farther out", f"{self.growth:.4g}", ""

    def _head(self) -> str:
        return f"Loss of {self.n_samples} samples without targets"

    def __repr__(self) -> str:
        spread = ""
        if self.interval:
            spread = f", interval=({self.interval[0]:.4g}, {self.interval[1]:.4g})"
        return f"LossEstimate(loss={self.loss:.4g}{spread}, name={self.name!r})"


def html_table(columns: Iterable[Any], rows: Iterable[Iterable[Any]]) -> str:
    """Plain table in HTML, self-contained."""
    head = "".join(
        f"<th style='text-align:right'>{escape(str(c))}</th>" for c in columns
    )
    body = "".join(
        "<tr>"
        + "".join(f"<td style='text-align:right'>{escape(str(c))}</td>" for c in row)
        + "</tr>"
        for row in rows
    )
    return (
        f"<table style='{_STYLE}'><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )
