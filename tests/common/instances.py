# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Instances of every estimator for the common checks."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline

from skot.embedding import LOPTEmbedding, SlicedWassersteinEmbedding
from skot.shift import TransportShiftTest
from skot.signal import RadonCDT
from skot.utils import all_estimators


def on_sets(learner):
    """Make a learner of tables and of sets, for those that judge one."""
    embedding = SlicedWassersteinEmbedding(n_slices=5, n_quantiles=5, random_state=0)
    return make_pipeline(embedding, learner)


# Newton's method takes few steps, each a small system.
CLASSIFIER = on_sets(LogisticRegression(solver="newton-cholesky"))


# What all instances have: the estimator that a meta-estimator must be given (without a
# classifier, some read probabilities), and sizes that keep the checks quick.
GIVEN = {
    "BaselineErrorEstimator": {"estimator": CLASSIFIER, "cv": 2, "n_bootstrap": 2},
    "COTErrorEstimator": {"estimator": CLASSIFIER, "cv": 2, "n_bootstrap": 2},
    "DirectLossEstimator": {"estimator": on_sets(Ridge()), "cv": 2},
    "LPGWEmbedding": {"n_medoids": 2, "n_starts": 1},
}

# Settings beside the defaults, in which every estimator is checked as well. Small for
# speed: there is no test-only default in a class.
VARIANTS = {
    "CDT": [{"kind": "displacement", "n_quantiles": 5}],
    "CDTClassifier": [{"deformations": ("translation", "scale"), "n_components": 2}],
    "COTErrorEstimator": [{"method": "cot", "calibration": "isotonic"}],
    "GraphDiffusion": [{"pooling": "mean"}, {"pooling": "concat", "n_layers": 2}],
    "LGWEmbedding": [{"reference": "sample", "alpha": 0.5, "metric": "cityblock"}],
    "LPGWEmbedding": [
        {
            "reference": "barycenter",
            "lam": 0.1,
            "alpha": 0.5,
            "masses": "probability",
            "n_starts": 4,
        }
    ],
    "LOPTEmbedding": [
        {"lam": 2.0, "reference": "medoid", "self_zero": True},
        {"lam": "q20", "masses": "probability", "reference": "kmeans"},
    ],
    "NearestBarycenterClassifier": [{"n_atoms": 3}],
    "NearestLocalSubspaceClassifier": [{"n_neighbors": 2, "enrichment_order": 1}],
    "NearestSubspaceClassifier": [
        {"n_components": 1, "extra_directions": np.negative},
        {"criterion": "variance", "shared_dimension": False, "probability": True},
    ],
    "PairwiseDistance": [
        {
            "metric": "partial_gromov_wasserstein",
            "metric_params": {"lam": 0.5, "n_starts": 1},
        },
        {"metric": "sliced_wasserstein"},
        {"metric": "sinkhorn_divergence", "metric_params": {"reg": 1.0}},
        {
            "metric": "max_sliced_wasserstein",
            "metric_params": {"n_starts": 1, "tol": 1e-2},
        },
        {"metric_params": {"p": 1, "metric": "cityblock"}},
        {"metric": "partial_wasserstein", "metric_params": {"lam": 0.5}},
        {"metric": "sliced_partial", "metric_params": {"lam": 0.5, "n_slices": 1}},
        {"metric": "ptlp", "metric_params": {"lam": 0.5}},
        {"metric": LOPTEmbedding(lam=2.0, reference="kmeans", random_state=0)},
    ],
    "PoolingEmbedding": [
        {"pooling": "max"},
        {"pooling": ["mean", "sort"], "n_quantiles": 5},
    ],
    "RadonCDT": [
        {"signed": True, "n_slices": 7},
        {"normalize": "max", "n_quantiles": 6},
        {"projection": "rotation", "slices": [0.0, 90.0, 135.0]},
    ],
    "RadonCDTClassifier": [
        {
            "transformer": RadonCDT(n_slices=6),
            "deformations": ("translation", "scale", "shear", "rotation"),
        },
    ],
    "SCDT": [{"include_mass": False}],
    # scikit-learn's check of probabilities has negative data, whatever the tags say
    "SCDTClassifier": [{"deformations": (), "probability": True}],
    "ShiftMonitor": [
        {"limits": "permutation"},
        {
            "chunk_size": 2,
            "alpha": 0.4,
            # an orthogonal basis of 512 dimensions for each chunk is dear
            "test": TransportShiftTest(n_slices=8, slices="gaussian"),
        },
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
    "TransportShiftTest": [{"statistic": "energy", "n_permutations": 19}],
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

# Estimators whose samples are rows: features, signals, flat images.
OF_ROWS = {
    "CDT",
    "CDTClassifier",
    "NearestLocalSubspaceClassifier",
    "NearestSubspaceClassifier",
    "RadonCDT",
    "RadonCDTClassifier",
    "SCDT",
    "SCDTClassifier",
    "SignalLift",
}

# scikit-learn's checks, or ours, that an estimator is known to fail, and why. Empty.
EXPECTED_FAILURES = {}


def instances():
    """Every estimator, in its default and its other settings."""
    return [
        cls(**(GIVEN.get(name, {}) | params))
        for name, cls in all_estimators()
        for params in [{}, *VARIANTS.get(name, [])]
    ]


def settings(estimator):
    """What our checks must know of an estimator."""
    rows = type(estimator).__name__ in OF_ROWS
    return {"samples": "rows" if rows else "sets", "masses": masses_of(estimator)}


def masses_of(estimator):
    params = estimator.get_params(deep=False)
    metric = params.get("metric")
    if isinstance(metric, BaseEstimator):
        return masses_of(metric)
    if isinstance(metric, str) and ("partial" in metric or metric == "ptlp"):
        params["masses"] = "positive"
    params |= params.get("metric_params") or {}
    return params.get("masses", "probability")
