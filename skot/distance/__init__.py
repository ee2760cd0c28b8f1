# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Distances between sets, pair by pair."""

from ._nearest import NearestSets, nearest_sets
from ._pairwise import (
    max_sliced_wasserstein_distances,
    sliced_wasserstein_distances,
    wasserstein_distances,
)
from ._sinkhorn import sinkhorn_divergences
from ._transformer import METRICS, PairwiseDistance

__all__ = [
    "METRICS",
    "NearestSets",
    "PairwiseDistance",
    "max_sliced_wasserstein_distances",
    "nearest_sets",
    "sinkhorn_divergences",
    "sliced_wasserstein_distances",
    "wasserstein_distances",
]
