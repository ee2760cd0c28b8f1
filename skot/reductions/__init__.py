# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The few large kernel reductions: NumPy is the definition, KeOps the speed."""

from ._backend import choose_backend, gpu_available, prepare
from ._costs import COSTS, Cost, minkowski
from ._ranges import Ranges, batch_ranges, block_ranges
from ._reductions import (
    argkmin,
    argmin,
    cost_block,
    kernel_matvec,
    logsumexp,
    min_cost,
    softmin,
    weighted_sum,
)

__all__ = [
    "COSTS",
    "Cost",
    "Ranges",
    "argkmin",
    "argmin",
    "batch_ranges",
    "block_ranges",
    "choose_backend",
    "cost_block",
    "gpu_available",
    "kernel_matvec",
    "logsumexp",
    "min_cost",
    "minkowski",
    "prepare",
    "softmin",
    "weighted_sum",
]
