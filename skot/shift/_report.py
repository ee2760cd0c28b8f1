# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""One page that says how far the data have moved, and what that will cost."""

from dataclasses import dataclass
from html import escape
from os import PathLike
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone, is_classifier
from sklearn.frozen import FrozenEstimator
from sklearn.utils.validation import check_is_fitted

from ..sets import MixedTable, PointSets, ReadRows, validate_rows
from ._cot import COTErrorEstimator
from ._html import describe_shift, tag
from ._permutation import TransportShiftTest
from ._pooled import Rows
from ._shift_result import ShiftResult

STYLE = """
body { font: 15px/1.5 sans-serif; color: #222; max-width: 860px; margin: 2em auto;
       padding: 0 1em; }
h1 { font-size: 1.6em; } h2 { font-size: 1.2em; margin-top: 2em; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 0.25em 1em 0.25em 0; vertical-align: middle; }
thead th { border-bottom: 1px solid #999; font-weight: normal; color: #666; }
caption { text-align: left; }
.note { color: #666; }
"""

LIMITS = (
    "A p-value says how surely something moved, and falls as rows are added; the "
    "effect says how far, in pooled standard deviations for distances. Rows are taken "
    "to be independent: where those of one day are alike, let a monitor learn limits "
    "from days. A test of features cannot see a change of what the labels mean."
)


@dataclass(frozen=True, eq=False, repr=False)
class ShiftReport:
    """A report, to be shown in a notebook or saved.

    Parameters
    ----------
    html : str
        The complete page, without scripts, styles or pictures of other files.
    shift : ShiftResult
        The test of the features.
    outputs : ShiftResult or None
        The test of what the model says of both samples.
    error : object or None
        Estimate of the error on the current sample, of an error estimator.
    """

    html: str
    shift: ShiftResult
    outputs: ShiftResult | None = None
    error: Any = None

    def save(self, path: str | PathLike[str]) -> None:
        """Write the page to a file.

        Parameters
        ----------
        path : str or path-like
            The file; one that exists is overwritten.
        """
        Path(path).write_text(self.html, encoding="utf-8")

    def __repr__(self) -> str:
        return f"ShiftReport({self.shift!r})"

    def _repr_html_(self) -> str:
        frame = escape(self.html)
        return f'<iframe srcdoc="{frame}" width="100%" height="600"></iframe>'


def shift_report(
    reference: ArrayLike,
    current: ArrayLike,
    *,
    model: Any = None,
    y: ArrayLike | None = None,
    test: TransportShiftTest | None = None,
    title: str = "Shift report",
) -> ShiftReport:
    """Compare two samples, and say on one page what was found.

    Parameters
    ----------
    reference : set-like, or frame of shape (n_rows, n_columns)
        A table, a frame of numbers and categories, or sets.
    current : set-like, or frame of shape (n_rows, n_columns)
        Other data of the same columns.
    model : fitted estimator or None, default=None
        What the shift may cost:

        - an error estimator, such as a fitted `COTErrorEstimator`: its estimate for
          ``current``;
        - a classifier, with ``y``: the same, with `COTErrorEstimator` learned on
          ``reference``, which the classifier must not have been trained on;
        - any other model: whether its outputs for both samples differ.
    y : array-like of shape (n_rows,) or None, default=None
        Labels of ``reference``.
    test : TransportShiftTest or None, default=None
        The test. None is one of its default settings with ``random_state=0``.
    title : str, default="Shift report"
        Heading of the page.

    Returns
    -------
    ShiftReport
        The page, and the results it shows.

    Raises
    ------
    ValueError
        As in ``TransportShiftTest.test``, and as the model does.

    Notes
    -----
    As the test, and as what the model takes.

    Examples
    --------
    >>> import numpy as np
    >>> from skot.shift import shift_report
    >>> rng = np.random.RandomState(0)
    >>> report = shift_report(rng.normal(size=(80, 2)), rng.normal(size=(60, 2)) + 1)
    >>> "The data have shifted" in report.html
    True
    """
    test = TransportShiftTest(random_state=0) if test is None else clone(test)
    rows = validate_rows(test.fit(reference), current, reset=False)
    result = test.test(ReadRows.by(test, rows))
    columns = _columns(test, rows)
    outputs = error = None
    parts = [tag("h1", escape(title)), describe_shift(result, columns)]
    if model is not None:
        error = _estimate(model, reference, y, current)
        outputs = _compare_outputs(model, reference, current, test)
        parts.append(_describe_model(model, error, outputs))
    parts.append(tag("p", escape(LIMITS), _class="note"))
    head = (
        '<meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        + tag("title", escape(title))
        + tag("style", STYLE)
    )
    page = tag("head", head) + tag("body", "\n".join(parts))
    html = "<!DOCTYPE html>\n" + tag("html", page, lang="en")
    return ShiftReport(html, result, outputs, error)


def _columns(
    test: TransportShiftTest, current: Rows
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Values of each column in both samples, where rows are those of a table."""
    reference = test.reference_
    if isinstance(current, MixedTable) and isinstance(reference, MixedTable):
        first, second = ({**r.numbers, **r.categories} for r in (reference, current))
        return {name: (first[name], second[name]) for name in current.names}
    if test.embedding is not None or not (_is_table(reference) and _is_table(current)):
        return {}
    names = getattr(test, "feature_names_in_", None)
    if names is None:
        names = [f"x{j}" for j in range(test.n_features_in_)]
    return {
        str(name): (reference.points[:, j], current.points[:, j])
        for j, name in enumerate(names)
    }


def _is_table(rows: Rows) -> TypeGuard[PointSets]:
    """Whether each row is one point."""
    return isinstance(rows, PointSets) and bool((rows.sizes == 1).all())


def _estimate(
    model: Any, reference: ArrayLike, y: ArrayLike | None, current: ArrayLike
) -> Any:
    if hasattr(model, "estimate"):
        return model.estimate(current)
    if y is None or not is_classifier(model):
        return None
    check_is_fitted(model)
    estimator = COTErrorEstimator(FrozenEstimator(model), random_state=0)
    return estimator.fit(reference, y).estimate(current)


def _compare_outputs(
    model: Any, reference: ArrayLike, current: ArrayLike, test: TransportShiftTest
) -> ShiftResult | None:
    """Test of what a model says of both samples; None for what says nothing of one."""
    for method in ("predict_proba", "decision_function", "predict"):
        if hasattr(model, method):
            break
    else:
        return None
    samples = [getattr(model, method)(X) for X in (reference, current)]
    if isinstance(samples[0], list):  # one table of probabilities for each output
        samples = [np.concatenate(tables, axis=1) for tables in samples]
    samples = [np.asarray(s) for s in samples]
    if samples[0].dtype.kind not in "fiu":
        return None
    samples = [s.reshape(len(s), -1) for s in samples]
    comparison = TransportShiftTest(
        n_permutations=test.n_permutations, alpha=test.alpha, random_state=test.seed_
    )
    return comparison.fit(samples[0]).test(samples[1])


def _describe_model(model: Any, error: Any, outputs: ShiftResult | None) -> str:
    parts = [tag("h2", f"What it means for {escape(type(model).__name__)}")]
    if error is not None:
        parts.append(error._repr_html_() or escape(str(error)))
    if outputs is not None:
        moved = "have shifted" if outputs.is_shift else "do not differ for certain"
        parts.append(
            tag(
                "p",
                f"Its outputs for the two samples {moved}: p = {outputs.p_value:.3g}, "
                f"effect {outputs.effect:.3g} pooled standard deviations.",
            )
        )
    return "".join(parts)
