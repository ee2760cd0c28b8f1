# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Estimators that turn sets into vectors."""

__all__ = []
