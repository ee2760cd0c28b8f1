# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Classifiers of sets."""

from ._barycenter import NearestBarycenterClassifier

__all__ = ["NearestBarycenterClassifier"]
