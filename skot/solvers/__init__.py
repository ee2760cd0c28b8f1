# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Optimal transport solvers: pure functions on arrays, one result object out."""

from ._arrays import (
    read_count,
    read_non_negative,
    read_order,
    read_penalty,
    read_positive,
    read_share,
)
from ._entropic.divergence import (
    DivergenceResult,
    SelfPotential,
    self_potential,
    sinkhorn_divergence,
)
from ._entropic.factored import FactoredResult, GluedPlan, factored, glue_plans
from ._entropic.maps import EntropicMapResult, entropic_map
from ._entropic.regularisation import auto_reg
from ._entropic.sinkhorn import SinkhornResult, sinkhorn
from ._exact.barycenter import BarycenterResult, free_support_barycenter
from ._exact.bounds import DualBound, SlicedBound
from ._exact.exact import TransportResult, exact
from ._exact.pairs import exact_costs
from ._exact.projections import Projections, barycentric_projections
from ._exact.semidiscrete import SemidiscreteResult, semidiscrete
from ._gaussian.maps import (
    GaussianMapResult,
    bures_distance,
    gaussian_map,
    gaussian_moments,
)
from ._gromov.barycenter import GromovBarycenterResult, gromov_barycenter
from ._gromov.gromov import (
    GromovResult,
    fused_gromov_wasserstein,
    fused_partial_gromov_wasserstein,
    gromov_wasserstein,
    partial_gromov_wasserstein,
)
from ._gromov.linear import (
    ProjectedSpace,
    linear_partial_gromov,
    project_space,
)
from ._gromov.space import PreparedSpace, prepare_space
from ._line.cdt import density_quantiles, quantile_masses
from ._line.line import wasserstein_1d
from ._line.quantiles import projected_quantiles
from ._partial.line import (
    PartialLineResult,
    PartialPath,
    partial_path_1d,
    partial_wasserstein_1d,
)
from ._partial.linear import PartialProjections, linear_partial, partial_projections
from ._partial.pairs import partial_costs
from ._partial.partial import PartialResult, partial_wasserstein
from ._partial.sliced import partial_line_costs, sliced_partial_wasserstein
from ._rigid import align_points, realise_space
from ._samples.dependence import etic, joint_product_cost, wasserstein_correlation
from ._samples.splits import (
    Splits,
    auc_of_scores,
    auc_splits,
    draw_splits,
    energy_splits,
    mmd_splits,
    sinkhorn_splits,
    sliced_splits,
    uniform_cost,
    wasserstein_splits,
)
from ._samples.temperature import learn_temperature
from ._sliced.control_variates import CONTROL_VARIATES
from ._sliced.max_sliced import (
    MaxSlicedResult,
    energy_sliced_wasserstein,
    max_sliced_wasserstein,
    von_mises_sliced_wasserstein,
)
from ._sliced.pairs import sliced_wasserstein_pairs
from ._sliced.radon import (
    PROJECTIONS,
    RadonOperator,
    back_project,
    radon_masses,
    radon_operator,
    radon_quantiles,
)
from ._sliced.sliced import SlicedResult, sliced_scaling, sliced_wasserstein
from ._sliced.slices import SLICERS, sample_slices
from ._subspaces import Subspace, local_squared_residuals, span, squared_residuals

__all__ = [
    "CONTROL_VARIATES",
    "PROJECTIONS",
    "SLICERS",
    "BarycenterResult",
    "DivergenceResult",
    "DualBound",
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
    "PreparedSpace",
    "ProjectedSpace",
    "Projections",
    "RadonOperator",
    "SelfPotential",
    "SemidiscreteResult",
    "SinkhornResult",
    "SlicedBound",
    "SlicedResult",
    "Splits",
    "Subspace",
    "TransportResult",
    "align_points",
    "auc_of_scores",
    "auc_splits",
    "auto_reg",
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
    "exact_costs",
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
    "learn_temperature",
    "linear_partial",
    "linear_partial_gromov",
    "local_squared_residuals",
    "max_sliced_wasserstein",
    "mmd_splits",
    "partial_costs",
    "partial_gromov_wasserstein",
    "partial_line_costs",
    "partial_path_1d",
    "partial_projections",
    "partial_wasserstein",
    "partial_wasserstein_1d",
    "prepare_space",
    "project_space",
    "projected_quantiles",
    "quantile_masses",
    "radon_masses",
    "radon_operator",
    "radon_quantiles",
    "read_count",
    "read_non_negative",
    "read_order",
    "read_penalty",
    "read_positive",
    "read_share",
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
    "uniform_cost",
    "von_mises_sliced_wasserstein",
    "wasserstein_1d",
    "wasserstein_correlation",
    "wasserstein_splits",
]
