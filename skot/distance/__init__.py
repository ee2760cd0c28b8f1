# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Distances between sets, pair by pair."""

from ._nearest import NearestSets, nearest_sets
from ._pairwise import (
    max_sliced_wasserstein_distances,
    sliced_wasserstein_distances,
    wasserstein_distances,
)
from ._partial import (
    lopt_distances,
    partial_wasserstein_distances,
    sliced_partial_distances,
)
from ._sinkhorn import sinkhorn_divergences
from ._transformer import METRICS, PairwiseDistance

__all__ = [
    "METRICS",
    "NearestSets",
    "PairwiseDistance",
    "lopt_distances",
    "max_sliced_wasserstein_distances",
    "nearest_sets",
    "partial_wasserstein_distances",
    "sinkhorn_divergences",
    "sliced_partial_distances",
    "sliced_wasserstein_distances",
    "wasserstein_distances",
]
