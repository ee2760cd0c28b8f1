# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Signals and images: transforms by cumulative distributions, and signals as sets."""

from ._cdt import CDT
from ._lift import SignalLift
from ._radon import RadonCDT
from ._scdt import SCDT

__all__ = ["CDT", "SCDT", "RadonCDT", "SignalLift"]
