# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The one way to warn: of the user's own line, however deep the fault is found."""

import sys
import threading
import warnings
from collections.abc import Iterator
from types import FrameType

# Packages whose frames lie between a fault and the line of the user that led to it.
# Python 3.12 has `skip_file_prefixes` for this, but knows no other threads.
BETWEEN = {"skot", "sklearn", "joblib", "dask", "distributed"}
BETWEEN |= {"threading", "multiprocessing", "concurrent", "contextlib", "runpy"}


def warn(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn of the line outside of skot and scikit-learn that led here.

    A thread of joblib's has no such line: then it is the one where the main thread
    waits for joblib. Nor has a process of joblib's: then it is the line of skot that
    was reached first, and the warning is printed by that process.

    Parameters
    ----------
    message : str
        What is wrong, and what to change.
    category : type, default=UserWarning
        Class of the warning.
    """
    frame = _line_of_user()
    warnings.warn_explicit(
        message,
        category,
        frame.f_code.co_filename,
        frame.f_lineno,
        module=frame.f_globals.get("__name__"),
        registry=frame.f_globals.setdefault("__warningregistry__", {}),
    )


def _line_of_user() -> FrameType:
    here = [(frame, _package(frame)) for frame in _outward(sys._getframe(2))]
    for frame, package in here:
        if package not in BETWEEN:
            return frame
    passed = set()
    main = sys._current_frames().get(threading.main_thread().ident or 0)
    for frame in _outward(main):
        package = _package(frame)
        if package not in BETWEEN and "joblib" in passed:
            return frame
        passed.add(package)
    return [frame for frame, package in here if package == "skot"][-1]


def _outward(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _package(frame: FrameType) -> str:
    spec = frame.f_globals.get("__spec__")  # of `python -m`, whose name is __main__
    name = spec.name if spec else frame.f_globals.get("__name__", "")
    return name.partition(".")[0]
