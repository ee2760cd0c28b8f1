# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""How far the data have moved, and what that will cost."""

from ._baselines import BaselineErrorEstimator
from ._compare import ErrorComparison, compare_error_estimators
from ._cot import COTErrorEstimator
from ._dependence import wasserstein_dependence
from ._estimate import ErrorEstimate, ErrorEstimates, LossEstimate
from ._layers import (
    LayerwiseShift,
    RepresentationShift,
    layerwise_wasserstein,
    representation_shift,
)
from ._monitor import ChunkRecord, ShiftMonitor
from ._permutation import TransportShiftTest
from ._regression import DirectLossEstimator
from ._report import ShiftReport, shift_report
from ._shift_result import Attribution, ShiftResult

__all__ = [
    "Attribution",
    "BaselineErrorEstimator",
    "COTErrorEstimator",
    "ChunkRecord",
    "DirectLossEstimator",
    "ErrorComparison",
    "ErrorEstimate",
    "ErrorEstimates",
    "LayerwiseShift",
    "LossEstimate",
    "RepresentationShift",
    "ShiftMonitor",
    "ShiftReport",
    "ShiftResult",
    "TransportShiftTest",
    "compare_error_estimators",
    "layerwise_wasserstein",
    "representation_shift",
    "shift_report",
    "wasserstein_dependence",
]
