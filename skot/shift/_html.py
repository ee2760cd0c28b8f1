# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pieces of a page about a shift: tables and drawings, without scripts or files."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import numpy as np

REFERENCE, CURRENT, QUIET = "#0077bb", "#ee7733", "#999999"

# Features in a table, at most; a report says how many there are.
SHOWN = 20

# Heights of bars in both samples, and what each says of itself.
Bars = tuple[np.ndarray, np.ndarray, list[str]]
# Values of features in both samples.
Columns = Mapping[str, tuple[np.ndarray, np.ndarray]]


def tag(name: str, content: str = "", **attributes: object) -> str:
    """Write one element; underscores of attribute names are hyphens."""
    given = "".join(
        f' {key.strip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
    )
    return f"<{name}{given}>{content}</{name}>"


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Write a table; cells that are not numbers must be escaped, or be markup."""
    head = tag("tr", "".join(tag("th", c) for c in columns))
    body = "".join(tag("tr", "".join(tag("td", c) for c in row)) for row in rows)
    return tag("table", tag("thead", head) + tag("tbody", body))


def number(value: float) -> str:
    """Write a number in three digits."""
    return "–" if not np.isfinite(value) else f"{value:.3g}"


def null_drawing(result: Any, width: int = 420, height: int = 120) -> str:
    """Histogram of the statistic under random labels, and where it was observed."""
    values = np.append(result.null, result.statistic)
    low, high = values.min(), values.max()
    span = (high - low) or 1.0
    low, high = low - 0.04 * span, high + 0.04 * span
    counts, edges = np.histogram(result.null, bins=30, range=(low, high))
    place = (edges - low) / (high - low) * width
    tall = counts / max(counts.max(), 1) * (height - 34)
    bars = "".join(
        tag(
            "rect", x=f"{x:.1f}", y=f"{height - 18 - h:.1f}", fill=QUIET,
            width=f"{place[1] - place[0] - 1:.1f}", height=f"{h:.1f}",
        )
        for x, h in zip(place, tall, strict=False)
    )  # fmt: skip
    at = (result.statistic - low) / (high - low) * width
    anchor = "end" if at > width / 2 else "start"
    line = tag(
        "line", x1=f"{at:.1f}", x2=f"{at:.1f}", y1=14, y2=height - 18,
        stroke=CURRENT, stroke_width=2.5,
    )  # fmt: skip
    note = tag(
        "text", f"observed {number(result.statistic)}", x=f"{at:.1f}", y=11,
        text_anchor=anchor, fill=CURRENT,
    )  # fmt: skip
    ends = tag("text", number(low), x=0, y=height - 4)
    ends += tag("text", number(high), x=width, y=height - 4, text_anchor="end")
    return _drawing(bars + line + note + ends, width, height, "null distribution")


def column_drawing(
    reference: np.ndarray, current: np.ndarray, width: int = 180, height: int = 44
) -> str:
    """Draw the values of a column in both samples: densities, or shares."""
    if np.asarray(reference).dtype.kind in "US":
        first, second, labels = _shares(reference, current)
    else:
        first, second, labels = _densities(reference, current)
    top = max(first.max(), second.max()) or 1.0
    step = width / len(first)
    marks = ""
    for k, (a, b) in enumerate(zip(first, second, strict=True)):
        title = tag("title", f"{escape(labels[k])}: {a:.1%} to {b:.1%}")
        for value, x, color in (
            (a, k * step, REFERENCE),
            (b, (k + 0.42) * step, CURRENT),
        ):
            h = value / top * height
            marks += tag(
                "rect", title, x=f"{x:.1f}", y=f"{height - h:.1f}", fill=color,
                width=f"{0.42 * step:.1f}", height=f"{h:.1f}",
            )  # fmt: skip
    return _drawing(marks, width, height, "values in reference and current sample")


def _densities(reference: np.ndarray, current: np.ndarray) -> Bars:
    pooled = np.concatenate([reference, current])
    # the ends hold what lies beyond: an outlier must not flatten the rest
    low, high = np.quantile(pooled, [0.005, 0.995])
    if low == high:
        low, high = pooled.min() - 0.5, pooled.max() + 0.5
    edges = np.linspace(low, high, 13)
    first, second = (
        np.histogram(np.clip(v, low, high), edges)[0] / len(v)
        for v in (reference, current)
    )
    labels = [f"{number(a)} to {number(b)}" for a, b in zip(edges, edges[1:])]  # noqa: B905, RUF007
    return first, second, labels


def _shares(reference: np.ndarray, current: np.ndarray) -> Bars:
    pooled = np.concatenate([reference, current])
    levels, codes = np.unique(pooled, return_inverse=True)
    parts = np.split(codes, [len(reference)])
    shares = np.array([np.bincount(c, minlength=len(levels)) / len(c) for c in parts])
    order = np.argsort(-shares.sum(axis=0))
    kept, rest = order[:11], order[11:]
    labels = [str(levels[k]) for k in kept]
    first, second = shares[:, kept]
    if len(rest):
        labels.append(f"{len(rest)} other categories")
        first, second = (
            np.append(a, shares[i, rest].sum()) for i, a in enumerate((first, second))
        )
    return first, second, labels


def _drawing(marks: str, width: int, height: int, label: str) -> str:
    return tag(
        "svg", marks, viewBox=f"0 0 {width} {height}", width=width, height=height,
        role="img", aria_label=label, font_size=11, font_family="sans-serif",
        fill="#333333", xmlns="http://www.w3.org/2000/svg",
    )  # fmt: skip


def describe_shift(result: Any, columns: Columns | None = None) -> str:
    """Describe a test: verdict, null distribution and features.

    Parameters
    ----------
    result : ShiftResult
        The test.
    columns : dict of str to tuple of two ndarray, or None, default=None
        Values of features in the reference and in the current sample, to draw.

    Returns
    -------
    str
        HTML.
    """
    verdict = "The data have shifted" if result.is_shift else "No shift was found"
    low, high = result.effect_interval
    (n, m), given = result.n_used, result.n_given
    rows = f"{n} rows of the reference against {m} of the current sample"
    if given != result.n_used:
        rows += f", drawn from {given[0]} and {given[1]}"
    facts = [
        ("p-value", number(result.p_value), f"{len(result.null)} permutations"),
        (escape(result.name), number(result.statistic), "what was compared"),
        (
            "effect",
            number(result.effect),
            f"{number(low)} to {number(high)}, without what chance adds",
        ),
        ("rows", f"{n} / {m}", rows),
    ]
    parts = [
        tag("p", tag("strong", verdict) + f" (level {result.alpha:g})."),
        table(["", "value", ""], facts),
        tag("p", "The statistic for random labels of the same rows:"),
        null_drawing(result),
    ]
    if result.features is not None:
        parts.append(_describe_features(result, result.features, columns or {}))
    return tag("div", "".join(parts), _class="skot-shift")


def _describe_features(result: Any, features: Any, columns: Columns) -> str:
    order = np.lexsort((-features.distances, features.adjusted_p_values))[:SHOWN]
    rows = []
    for j in order:
        name = str(features.names[j])
        moved = features.adjusted_p_values[j] <= result.alpha
        cells = [
            tag("strong", escape(name)) if moved else escape(name),
            number(features.distances[j]),
            number(features.p_values[j]),
            number(features.adjusted_p_values[j]),
        ]
        if columns:
            cells.append(column_drawing(*columns[name]) if name in columns else "")
        rows.append(cells)
    heads = ["feature", "distance", "p-value", "corrected"]
    if columns:
        heads.append(
            tag("span", "reference", style=f"color:{REFERENCE}")
            + " and "
            + tag("span", "current", style=f"color:{CURRENT}")
        )
    n_moved = int(np.sum(features.adjusted_p_values <= result.alpha))
    lead = f"{n_moved} of {len(features)} features moved"
    if len(order) < len(features):
        lead += f"; the first {len(order)}"
    lead += f" (corrected p-value at most {result.alpha:g}):"
    return tag("p", lead) + table(heads, rows)
