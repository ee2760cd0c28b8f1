# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Discovery of estimators and the checks every set estimator must pass."""

__all__ = []
