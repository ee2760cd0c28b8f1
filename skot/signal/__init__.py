# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Signals and images as measures."""

from ._lift import SignalLift

__all__ = ["SignalLift"]
