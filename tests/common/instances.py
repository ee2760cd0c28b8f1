# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Instances of every estimator for the common checks."""

from skot.utils import all_estimators

# Settings beside the defaults, in which every estimator is checked as well. Small for
# speed: there is no test-only default in a class.
VARIANTS = {
    "GraphDiffusion": [{"pooling": "mean"}, {"pooling": "concat", "n_layers": 2}],
    "PoolingEmbedding": [
        {"pooling": "max"},
        {"pooling": ["mean", "sort"], "n_quantiles": 5},
    ],
    "SlicedWassersteinEmbedding": [
        {"slices": "gaussian", "n_slices": 7, "n_quantiles": 5},
        {"slices": "orthogonal", "n_slices": 7},
    ],
    "WassersteinEmbedding": [
        {"reference": "barycenter"},
        {"reference": "normal", "n_reference": 4},
        {"reference": "medoid"},
    ],
}

# scikit-learn's checks, or ours, that an estimator is known to fail, and why. Empty.
EXPECTED_FAILURES = {}


def instances():
    """Every estimator, in its default and its other settings."""
    return [
        cls(**params)
        for name, cls in all_estimators()
        for params in [{}, *VARIANTS.get(name, [])]
    ]
