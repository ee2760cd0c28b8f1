# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Discovery of estimators, and the checks every set estimator must pass."""

from ._discovery import all_estimators
from .estimator_checks import (
    check_set_estimator,
    parametrize_with_set_checks,
    yield_set_checks,
)

__all__ = [
    "all_estimators",
    "check_set_estimator",
    "parametrize_with_set_checks",
    "yield_set_checks",
]
