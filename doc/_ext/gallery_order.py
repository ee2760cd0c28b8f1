# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The order of the examples: from the first question to the rarer ones."""

EXAMPLES = [
    "plot_quickstart.py",
    "plot_choose_embedding.py",
    "plot_weights_in_cv.py",
    "plot_pca_modes.py",
    "plot_graphs.py",
    "plot_graphs_sizes.py",
    "plot_which_distance.py",
    "plot_nearest_sets.py",
    "plot_kernels.py",
    "plot_cdt_pulse.py",
    "plot_rcdt_morphing.py",
    "plot_few_shot_digits.py",
    "plot_unseen_deformations.py",
    "plot_time_series.py",
    "plot_partial_noise.py",
    "plot_partial_interpolation.py",
    "plot_shape_retrieval.py",
    "plot_shape_interpolation.py",
    "plot_sinkhorn_newton.py",
    "plot_large_divergence.py",
    "plot_error_under_shift.py",
    "plot_label_first.py",
    "plot_tabular_drift.py",
    "plot_transport_dependence.py",
    "plot_dask.py",
]


def example_order(name):
    """Sort key of an example; a new one comes last until it is placed."""
    return (EXAMPLES.index(name) if name in EXAMPLES else len(EXAMPLES), name)
