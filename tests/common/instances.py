# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Instances of every estimator for the common checks."""

from skot.utils import all_estimators

# Settings beside the defaults, in which every estimator is checked as well. Small for
# speed: there is no test-only default in a class.
VARIANTS = {
    "GraphDiffusion": [{"pooling": "mean"}, {"pooling": "concat", "n_layers": 2}],
    "LGWEmbedding": [{"reference": "sample", "alpha": 0.5, "metric": "cityblock"}],
    "LPGWEmbedding": [
        {"reference": "barycenter", "lam": 0.1, "alpha": 0.5, "masses": "probability"}
    ],
    "LOPTEmbedding": [
        {"lam": 2.0, "reference": "medoid", "self_zero": True},
        {"lam": "q20", "masses": "probability", "reference": "kmeans"},
    ],
    "NearestBarycenterClassifier": [{"n_atoms": 3}],
    "PairwiseDistance": [
        {
            "metric": "partial_gromov_wasserstein",
            "metric_params": {"lam": 0.5, "n_starts": 1},
        },
        {"metric": "sliced_wasserstein"},
        {"metric": "sinkhorn_divergence"},
        {"metric": "max_sliced_wasserstein", "metric_params": {"n_starts": 1}},
        {"metric_params": {"p": 1, "metric": "cityblock"}},
        {"metric": "partial_wasserstein", "metric_params": {"lam": 0.5}},
        {"metric": "sliced_partial", "metric_params": {"lam": 0.5, "n_slices": 1}},
        {"metric": "ptlp", "metric_params": {"lam": 0.5}},
    ],
    "PoolingEmbedding": [
        {"pooling": "max"},
        {"pooling": ["mean", "sort"], "n_quantiles": 5},
    ],
    "SignalLift": [{"weights": "lebesgue"}, {"beta": 0.1, "normalize": True}],
    "SlicedWassersteinEmbedding": [
        {"slices": "gaussian", "n_slices": 7, "n_quantiles": 5},
        {"slices": "orthogonal", "n_slices": 7},
    ],
    "SlicedWassersteinKernel": [{"gamma": 0.3, "slices": "gaussian"}],
    "TransportKernel": [
        {"psd": "shift"},
        {"psd": None, "power": 1.0, "metric_params": {"p": 1}},
        {"metric": "sliced_wasserstein", "psd": "check"},
    ],
    "WassersteinBarycenter": [{"n_atoms": 3}],
    "WassersteinEmbedding": [
        {"reference": "barycenter"},
        {"reference": "normal", "n_reference": 4},
        {"reference": "medoid"},
    ],
    "WassersteinKMeans": [
        {"n_clusters": 3, "n_atoms": 4, "init": "random", "n_init": 2},
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
