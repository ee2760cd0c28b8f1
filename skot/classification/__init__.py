# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Classifiers of sets."""

from ._barycenter import NearestBarycenterClassifier
from ._cdt import CDTClassifier, RadonCDTClassifier, SCDTClassifier
from ._local_subspace import NearestLocalSubspaceClassifier
from ._subspace import NearestSubspaceClassifier

__all__ = [
    "CDTClassifier",
    "NearestBarycenterClassifier",
    "NearestLocalSubspaceClassifier",
    "NearestSubspaceClassifier",
    "RadonCDTClassifier",
    "SCDTClassifier",
]
