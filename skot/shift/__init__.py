# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""How far the data have moved, and what that will cost."""

from ._baselines import BaselineErrorEstimator
from ._compare import ErrorComparison, compare_error_estimators
from ._cot import COTErrorEstimator
from ._estimate import ErrorEstimate, ErrorEstimates
from ._monitor import ChunkRecord, ShiftMonitor
from ._shift_result import Attribution, ShiftResult
from ._test import TransportShiftTest

__all__ = [
    "Attribution",
    "BaselineErrorEstimator",
    "COTErrorEstimator",
    "ChunkRecord",
    "ErrorComparison",
    "ErrorEstimate",
    "ErrorEstimates",
    "ShiftMonitor",
    "ShiftResult",
    "TransportShiftTest",
    "compare_error_estimators",
]
