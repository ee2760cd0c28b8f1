# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""How far the data have moved, and what that will cost."""

from ._baselines import BaselineErrorEstimator
from ._compare import ErrorComparison, compare_error_estimators
from ._cot import COTErrorEstimator
from ._estimate import ErrorEstimate, ErrorEstimates

__all__ = [
    "BaselineErrorEstimator",
    "COTErrorEstimator",
    "ErrorComparison",
    "ErrorEstimate",
    "ErrorEstimates",
    "compare_error_estimators",
]
