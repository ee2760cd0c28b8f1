# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Generators with known answers, and cached fetchers."""

__all__ = []
