# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Transforms of signals and images: the family of cumulative distributions."""

from ._cdt import CDT
from ._radon import RadonCDT
from ._scdt import SCDT

__all__ = ["CDT", "SCDT", "RadonCDT"]
