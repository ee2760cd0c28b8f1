# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Optimal transport solvers: pure functions on arrays, one result object out."""

__all__ = []
