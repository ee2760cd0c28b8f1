# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Transforms of signals and images: the family of cumulative distributions."""

from ._radon import RadonCDT

__all__ = ["RadonCDT"]
