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
    "plot_partial_noise.py",
    "plot_partial_interpolation.py",
    "plot_shape_retrieval.py",
    "plot_shape_interpolation.py",
    "plot_sinkhorn_newton.py",
    "plot_large_divergence.py",
    "plot_dask.py",
]


def example_order(name):
    """Sort key of an example; a new one comes last until it is placed."""
    return (EXAMPLES.index(name) if name in EXAMPLES else len(EXAMPLES), name)
