# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Compare two tables on the command line: ``python -m skot.shift report A B``."""

import argparse
import sys

from ._permutation import TransportShiftTest
from ._report import ShiftReport, shift_report
from ._statistics import STATISTICS


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : list of str or None, default=None
        Those of the command line where None.

    Returns
    -------
    int
        Exit status: 0, or with ``--fail-on-shift`` 1 where a shift was found; 2 where
        the data cannot be compared.
    """
    options = _parser().parse_args(arguments)
    try:
        report = _report(options)
        report.save(options.output)
    except (OSError, ValueError, KeyError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(report.shift)
    print(f"report: {options.output}")
    return int(options.fail_on_shift and report.shift.is_shift)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m skot.shift", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    report = commands.add_parser("report", help="write an HTML report of two CSV files")
    add = report.add_argument
    add("reference", help="CSV file of the reference")
    add("current", help="CSV file of the data to compare, of the same columns")
    add("-o", "--output", default="shift_report.html", help="page to write")
    add("--statistic", default="sliced_wasserstein", choices=sorted(STATISTICS))
    add("--permutations", type=int, default=199, help="random labellings")
    add("--alpha", type=float, default=0.05, help="level of the test")
    add("--seed", type=int, default=0)
    add("--drop", action="append", default=[], help="column to leave out; repeat")
    add("--drop-missing", action="store_true", help="leave out rows with gaps")
    add("--model", help="fitted model, saved by joblib: load files you trust only")
    add("--target", help="column of labels, left out of the comparison")
    add("--fail-on-shift", action="store_true", help="exit with status 1 on a shift")
    return parser


def _report(options: argparse.Namespace) -> ShiftReport:
    import joblib
    import pandas as pd

    tables: list[pd.DataFrame] = []
    found: set[str] = set()
    y = None
    left_out = [*options.drop, *([options.target] if options.target else [])]
    for path in (options.reference, options.current):
        frame = pd.read_csv(path)
        if options.drop_missing:
            kept = frame.drop(columns=left_out, errors="ignore").notna().all(axis=1)
            print(f"{path}: {(~kept).sum()} of {len(frame)} rows have gaps, left out")
            frame = frame[kept]
        if not tables and options.target in frame:
            y = frame[options.target].to_numpy()
        found.update(c for c in left_out if c in frame)
        tables.append(frame.drop(columns=left_out, errors="ignore"))
    for name in left_out:
        if name not in found:
            raise ValueError(f"no file has a column {name!r}")
    if options.target and y is None:
        raise ValueError(f"{options.reference} has no column {options.target!r}")
    test = TransportShiftTest(
        options.statistic,
        n_permutations=options.permutations,
        alpha=options.alpha,
        random_state=options.seed,
    )
    model = joblib.load(options.model) if options.model else None
    title = f"{options.current} against {options.reference}"
    return shift_report(*tables, model=model, y=y, test=test, title=title)


if __name__ == "__main__":
    sys.exit(main())
