# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Optimal transport solvers: pure functions on arrays, one result object out."""

from ._barycenter import BarycenterResult, free_support_barycenter
from ._cdt import density_quantiles, quantile_masses
from ._control_variates import CONTROL_VARIATES
from ._dependence import etic, joint_product_cost, wasserstein_correlation
from ._divergence import (
    DivergenceResult,
    SelfPotential,
    self_potential,
    sinkhorn_divergence,
)
from ._exact import TransportResult, exact
from ._factored import FactoredResult, GluedPlan, factored, glue_plans
from ._gromov import (
    GromovResult,
    fused_gromov_wasserstein,
    fused_partial_gromov_wasserstein,
    gromov_wasserstein,
    partial_gromov_wasserstein,
)
from ._gromov_barycenter import GromovBarycenterResult, gromov_barycenter
from ._line import wasserstein_1d
from ._linear_gromov import (
    ProjectedSpace,
    align_points,
    linear_partial_gromov,
    project_space,
    realise_space,
)
from ._linear_partial import PartialProjections, linear_partial, partial_projections
from ._maps import (
    EntropicMapResult,
    GaussianMapResult,
    bures_distance,
    entropic_map,
    gaussian_map,
    gaussian_moments,
)
from ._max_sliced import (
    MaxSlicedResult,
    energy_sliced_wasserstein,
    max_sliced_wasserstein,
    von_mises_sliced_wasserstein,
)
from ._partial import PartialResult, partial_wasserstein
from ._partial_line import (
    PartialLineResult,
    PartialPath,
    partial_path_1d,
    partial_wasserstein_1d,
)
from ._partial_sliced import sliced_partial_wasserstein
from ._projection import Projections, barycentric_projections
from ._quantiles import projected_quantiles
from ._radon import (
    PROJECTIONS,
    RadonOperator,
    back_project,
    radon_masses,
    radon_operator,
    radon_quantiles,
)
from ._semidiscrete import SemidiscreteResult, semidiscrete
from ._sinkhorn import SinkhornResult, sinkhorn
from ._sliced import SlicedResult, sliced_scaling, sliced_wasserstein
from ._sliced_pairs import sliced_wasserstein_pairs
from ._slices import SLICERS, sample_slices
from ._splits import (
    Splits,
    auc_splits,
    draw_splits,
    energy_splits,
    mmd_splits,
    sinkhorn_splits,
    sliced_splits,
    wasserstein_splits,
)
from ._subspaces import Subspace, local_squared_residuals, span, squared_residuals

__all__ = [
    "CONTROL_VARIATES",
    "PROJECTIONS",
    "SLICERS",
    "BarycenterResult",
    "DivergenceResult",
    "EntropicMapResult",
    "FactoredResult",
    "GaussianMapResult",
    "GluedPlan",
    "GromovBarycenterResult",
    "GromovResult",
    "MaxSlicedResult",
    "PartialLineResult",
    "PartialPath",
    "PartialProjections",
    "PartialResult",
    "ProjectedSpace",
    "Projections",
    "RadonOperator",
    "SelfPotential",
    "SemidiscreteResult",
    "SinkhornResult",
    "SlicedResult",
    "Splits",
    "Subspace",
    "TransportResult",
    "align_points",
    "auc_splits",
    "back_project",
    "barycentric_projections",
    "bures_distance",
    "density_quantiles",
    "draw_splits",
    "energy_sliced_wasserstein",
    "energy_splits",
    "entropic_map",
    "etic",
    "exact",
    "factored",
    "free_support_barycenter",
    "fused_gromov_wasserstein",
    "fused_partial_gromov_wasserstein",
    "gaussian_map",
    "gaussian_moments",
    "glue_plans",
    "gromov_barycenter",
    "gromov_wasserstein",
    "joint_product_cost",
    "linear_partial",
    "linear_partial_gromov",
    "local_squared_residuals",
    "max_sliced_wasserstein",
    "mmd_splits",
    "partial_gromov_wasserstein",
    "partial_path_1d",
    "partial_projections",
    "partial_wasserstein",
    "partial_wasserstein_1d",
    "project_space",
    "projected_quantiles",
    "quantile_masses",
    "radon_masses",
    "radon_operator",
    "radon_quantiles",
    "realise_space",
    "sample_slices",
    "self_potential",
    "semidiscrete",
    "sinkhorn",
    "sinkhorn_divergence",
    "sinkhorn_splits",
    "sliced_partial_wasserstein",
    "sliced_scaling",
    "sliced_splits",
    "sliced_wasserstein",
    "sliced_wasserstein_pairs",
    "span",
    "squared_residuals",
    "von_mises_sliced_wasserstein",
    "wasserstein_1d",
    "wasserstein_correlation",
    "wasserstein_splits",
]
