# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Distances between sets, pair by pair."""

from ._gromov import (
    fused_gromov_wasserstein_distances,
    fused_partial_gromov_wasserstein_distances,
    gromov_wasserstein_distances,
    partial_gromov_wasserstein_distances,
)
from ._metrics import METRICS, FittedMetric
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
from ._transformer import PairwiseDistance
from ._transport_lp import ptlp_distances, tlp_distances

__all__ = [
    "METRICS",
    "FittedMetric",
    "NearestSets",
    "PairwiseDistance",
    "fused_gromov_wasserstein_distances",
    "fused_partial_gromov_wasserstein_distances",
    "gromov_wasserstein_distances",
    "lopt_distances",
    "max_sliced_wasserstein_distances",
    "nearest_sets",
    "partial_gromov_wasserstein_distances",
    "partial_wasserstein_distances",
    "ptlp_distances",
    "sinkhorn_divergences",
    "sliced_partial_distances",
    "sliced_wasserstein_distances",
    "tlp_distances",
    "wasserstein_distances",
]
