# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Kernels between sets, for learners that take them precomputed."""

from ._sliced import SlicedWassersteinKernel
from ._transport import TransportKernel

__all__ = ["SlicedWassersteinKernel", "TransportKernel"]
