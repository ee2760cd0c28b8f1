# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Estimators that turn graphs into sets."""

from ._diffusion import GraphDiffusion

__all__ = ["GraphDiffusion"]
