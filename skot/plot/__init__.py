# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pictures of results, in the manner of scikit-learn's displays."""

from ._error_estimate import ErrorEstimateDisplay
from ._shift import MonitorDisplay, ShiftDisplay

__all__ = ["ErrorEstimateDisplay", "MonitorDisplay", "ShiftDisplay"]
