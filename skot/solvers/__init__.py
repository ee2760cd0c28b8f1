# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Optimal transport solvers: pure functions on arrays, one result object out."""

from ._barycenter import BarycenterResult, free_support_barycenter
from ._exact import TransportResult, exact
from ._line import wasserstein_1d
from ._projection import Projections, barycentric_projections
from ._quantiles import projected_quantiles
from ._sinkhorn import SinkhornResult, sinkhorn
from ._sliced_pairs import sliced_wasserstein_pairs
from ._slices import SLICERS, sample_slices

__all__ = [
    "SLICERS",
    "BarycenterResult",
    "Projections",
    "SinkhornResult",
    "TransportResult",
    "barycentric_projections",
    "exact",
    "free_support_barycenter",
    "projected_quantiles",
    "sample_slices",
    "sinkhorn",
    "sliced_wasserstein_pairs",
    "wasserstein_1d",
]
