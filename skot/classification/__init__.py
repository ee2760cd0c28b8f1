# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Classifiers of sets."""

from ._barycenter import NearestBarycenterClassifier
from ._local_subspace import NearestLocalSubspaceClassifier
from ._subspace import NearestSubspaceClassifier

__all__ = [
    "NearestBarycenterClassifier",
    "NearestLocalSubspaceClassifier",
    "NearestSubspaceClassifier",
]
