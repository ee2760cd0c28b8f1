# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""One thing behind functions, transformer and kernel: read once, prepared once."""

import sys
from collections import Counter
from dataclasses import fields
from inspect import Parameter, signature

import networkx as nx
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import cdist
from sklearn.base import BaseEstimator

import skot.distance
from skot.distance import (
    METRICS,
    PairwiseDistance,
    nearest_sets,
    sliced_wasserstein_distances,
)
from skot.distance import _sinkhorn as sinkhorn_file
from skot.distance import _spaces as spaces_file
from skot.embedding import LGWEmbedding, LOPTEmbedding, LPGWEmbedding
from skot.kernel import SlicedWassersteinKernel, TransportKernel
from skot.sets import PointSets
from skot.utils.estimator_checks import make_sets

READERS = [
    "read_graphs", "read_sets", "open_spaces", "read_spaces",
    "validate_graphs", "validate_sets", "validate_spaces",
]  # fmt: skip

# What looks at the values of sets, of graphs and of matrices.
CHECKS = ["check_sets", "check_edges", "_read_matrices"]

FUNCTIONS = {
    "sinkhorn_divergence": "sinkhorn_divergences",
    "sliced_partial": "sliced_partial_distances",
}

# What a metric cannot do without.
NEEDED = {
    "fused_partial_gromov_wasserstein": {"lam": 0.5},
    "lopt": {"lam": 0.5, "reference": np.eye(3)},
    "partial_gromov_wasserstein": {"lam": 0.5},
    "partial_wasserstein": {"lam": 0.5},
    "ptlp": {"lam": 0.5},
    "sliced_partial": {"lam": 0.5},
}


def function_of(name):
    return getattr(skot.distance, FUNCTIONS.get(name, f"{name}_distances"))


@pytest.fixture
def readings(monkeypatch):
    """Count readings: calls of readers from outside of `sets`, and of checks."""
    calls, depth = Counter(), [0]

    def counted(name, function):
        def call(*args, **kwargs):
            calls[name] += 1
            calls["read"] += name in READERS and depth[0] == 0
            depth[0] += 1
            try:
                return function(*args, **kwargs)
            finally:
                depth[0] -= 1

        return call

    modules = [m for name, m in sys.modules.items() if name.startswith("skot.")]
    found = {}
    for module in modules:
        for name in READERS + CHECKS:
            function = vars(module).get(name)
            if callable(function):
                found.setdefault(function, counted(name, function))
                monkeypatch.setattr(module, name, found[function])
    return calls


def once(calls, n=1):
    """Whether n collections were read since last asked."""
    seen = calls.copy()
    calls.clear()
    return seen["read"] == n and all(seen[name] <= n for name in CHECKS)


CLOUDS, _ = make_sets(7)
PLAIN = [(m.points, m.weights) for m in CLOUDS]
GRAPHS = [(nx.to_numpy_array(g), None) for g in map(nx.path_graph, (3, 4, 5, 6))]
MATRICES = [(cdist(m.points, m.points), None, m.points) for m in CLOUDS]
COLLECTIONS = [("euclidean", PLAIN), ("hop", GRAPHS), ("precomputed", MATRICES)]


@pytest.mark.parametrize("name", METRICS)
def test_functions_read_once(name, readings):
    function, params = function_of(name), NEEDED.get(name, {})
    for metric, X in COLLECTIONS if "gromov" in name else COLLECTIONS[:1]:
        params = params | ({"metric": metric} if "gromov" in name else {})
        readings.clear()
        function(X, **params)
        assert once(readings, 1 + (name == "lopt"))  # and its reference
        function(X, X[:2], **params)
        assert once(readings, 2 + (name == "lopt"))


def test_nearest_sets_reads_once(readings):
    nearest_sets(PLAIN, n_neighbors=2)
    assert once(readings)
    nearest_sets(PLAIN, PLAIN, n_neighbors=2)
    assert once(readings, 2)


@pytest.mark.parametrize("estimator", [PairwiseDistance, TransportKernel])
@pytest.mark.parametrize("name", METRICS)
def test_estimators_read_once(name, estimator, readings):
    params = NEEDED.get(name, {})
    for metric, X in COLLECTIONS if "gromov" in name else COLLECTIONS[:1]:
        params = params | ({"metric": metric} if "gromov" in name else {})
        model = estimator(name, metric_params=params, random_state=0)
        readings.clear()
        model.fit(X)
        assert once(readings, 1 + (name == "lopt"))
        model.transform(X[:3])
        assert once(readings)
        model.fit_transform(X)
        assert once(readings, 1 + (name == "lopt"))


@pytest.mark.parametrize("estimator", [PairwiseDistance, TransportKernel])
def test_estimators_of_a_function_read_once(estimator, readings):
    model = estimator(lambda a, b: abs(a.points.mean() - b.points.mean()))
    model.fit(PLAIN)
    assert once(readings)
    model.transform(PLAIN)
    assert once(readings)


def test_embeddings_of_spaces_read_once(readings):
    for metric, X in COLLECTIONS:
        for alpha in (1.0, 0.5):
            for cls in (LGWEmbedding, LPGWEmbedding):
                model = cls(reference="barycenter", metric=metric, alpha=alpha)
                readings.clear()
                model.fit(X)
                assert once(readings)
                model.transform(X)
                assert once(readings)
                assert_allclose(model.fit_transform(X), model.transform(X))
                assert once(readings, 2)


@pytest.mark.parametrize("estimator", [PairwiseDistance, TransportKernel])
def test_estimators_of_an_embedding_read_once(estimator, readings):
    for embedding in (LOPTEmbedding(), LGWEmbedding(), LPGWEmbedding()):
        model = estimator(embedding, random_state=0).fit(PLAIN)
        assert once(readings)
        model.transform(PLAIN)
        assert once(readings)


def test_the_sliced_kernel_reads_once(readings):
    kernel = SlicedWassersteinKernel().fit(PLAIN)
    assert once(readings)
    kernel.transform(PLAIN)
    assert once(readings)


# -- prepared once ---------------------------------------------------------------------


def test_transport_to_itself_is_solved_once_a_set(monkeypatch):
    calls = Counter()

    def counted(*args, solve=sinkhorn_file.self_potential, **kwargs):
        calls["self"] += 1
        return solve(*args, **kwargs)

    monkeypatch.setattr(sinkhorn_file, "self_potential", counted)
    model = PairwiseDistance("sinkhorn_divergence").fit(PLAIN)
    assert calls["self"] == 7
    model.transform(PLAIN[:2])
    assert calls["self"] == 9


def test_distances_within_a_space_are_measured_once(monkeypatch):
    measured = Counter()

    def counted(X, *, measure=spaces_file.measure_spaces, **params):
        measured["spaces"] += len(X)
        return measure(X, **params)

    monkeypatch.setattr(spaces_file, "measure_spaces", counted)
    params = {"lam": 0.5, "n_starts": 1}
    model = PairwiseDistance("partial_gromov_wasserstein", metric_params=params)
    model.fit(PLAIN)
    assert measured["spaces"] == 7
    model.transform(PLAIN[:2])
    assert measured["spaces"] == 9


@pytest.mark.parametrize("name", METRICS)
def test_estimators_answer_as_functions_do(name):
    params = NEEDED.get(name, {})
    random = (
        {"random_state": 3}
        if "random_state" in signature(function_of(name)).parameters
        else {}
    )
    given = params | random
    model = PairwiseDistance(name, metric_params=given)
    assert_allclose(model.fit_transform(PLAIN), function_of(name)(PLAIN, **given))
    D = function_of(name)(PLAIN[2:5], PLAIN, **given)
    assert_allclose(model.transform(PLAIN[2:5]), D, atol=1e-12)


# -- names and parameters --------------------------------------------------------------


@pytest.mark.parametrize("name", METRICS)
def test_functions_and_metrics_have_the_same_parameters(name):
    keywords = {
        key: parameter.default
        for key, parameter in signature(function_of(name)).parameters.items()
        if parameter.kind == Parameter.KEYWORD_ONLY and key not in ("n_jobs", "verbose")
    }
    needed = {k for k, default in keywords.items() if default is Parameter.empty}
    assert needed == NEEDED.get(name, {}).keys()
    optional = {k: v for k, v in keywords.items() if k not in needed}
    known = {field.name: field.default for field in fields(METRICS[name])}
    assert known.keys() == keywords.keys()
    assert {k: known[k] for k in optional} == optional


def test_parameters_of_a_function_are_refused():
    with pytest.raises(TypeError, match="without metric_params"):
        PairwiseDistance(lambda a, b: 0.0, metric_params={"p": 1}).fit(PLAIN)


def test_what_was_taken_is_told():
    X = CLOUDS.normalized()
    D = PairwiseDistance("sinkhorn_divergence").fit(X)
    spread = X.points - X.weights @ X.points / 7
    mean = X.weights @ np.square(spread).sum(axis=1) / 7
    assert_allclose(D.reg_, 0.05 * 2 * mean)  # between two points
    kernel = TransportKernel("sinkhorn_divergence", metric_params={"reg": 2}).fit(X)
    assert kernel.reg_ == 2
    D.set_params(metric="ptlp", metric_params={"lam": 3}).fit(X)
    assert D.lam_ == 3
    assert not hasattr(D, "reg_")
    assert not hasattr(D.set_params(metric="tlp", metric_params=None).fit(X), "lam_")
    with pytest.raises(ValueError, match="reg must be positive"):
        PairwiseDistance("sinkhorn_divergence", metric_params={"reg": "best"}).fit(X)


def test_a_quantile_for_lam_of_sets():
    """A share of the pairs of points are within reach."""
    X = PointSets.from_list([[[0.0], [1.0]], [[3.0], [7.0]]])
    params = {"lam": "q60"}  # squares: 1, 4, 9, 16, 36, 49
    D = PairwiseDistance("partial_wasserstein", metric_params=params).fit(X)
    assert_allclose(2 * D.lam_, (16 + 32) / 2)
    assert_allclose(
        D.transform(X),
        PairwiseDistance("partial_wasserstein", metric_params={"lam": D.lam_})
        .fit(X)
        .transform(X),
    )
    params = {"lam": "auto", "p": 1}  # the median
    D.set_params(metric_params=params).fit(X)
    assert_allclose(2 * D.lam_, (3 + 4) / 2)
    sliced = PairwiseDistance("sliced_partial", metric_params=params).fit(X)
    assert_allclose(sliced.lam_, D.lam_)
    lifted = {"lam": "q60", "beta": 4.0}
    D.set_params(metric="ptlp", metric_params=lifted).fit(X)
    assert_allclose(2 * D.lam_, (16 / 4 + 32 / 4) / 2)
    D.set_params(metric="lopt", metric_params={"lam": "q50", "reference": [[0.0]]})
    assert_allclose(2 * D.fit(X).lam_, (1 + 2) / 2)  # squares: 0, 1, 9, 49
    for name in ("partial_wasserstein", "partial_gromov_wasserstein"):
        with pytest.raises(ValueError, match="lam must be a positive finite number"):
            PairwiseDistance(name, metric_params={"lam": "q0"}).fit(X)


def test_a_quantile_for_lam_of_spaces():
    """That of the embeddings."""
    for lam in ("auto", "q30"):
        params = {"lam": lam, "alpha": 0.7}
        D = PairwiseDistance("fused_partial_gromov_wasserstein", metric_params=params)
        embedding = LPGWEmbedding(lam, alpha=0.7, reference="sample")
        assert_allclose(D.fit(PLAIN).lam_, embedding.fit(PLAIN).lam_)


def test_generators_are_random_states():
    draws = [
        sliced_wasserstein_distances(
            PLAIN, slices="gaussian", random_state=np.random.default_rng(seed)
        )
        for seed in (0, 0, 1)
    ]
    assert_array_equal(draws[0], draws[1])
    assert abs(draws[0] - draws[2]).max() > 1e-9
    for estimator in (PairwiseDistance, TransportKernel):
        model = estimator("max_sliced_wasserstein")
        model.set_params(random_state=np.random.default_rng(0))
        D = model.fit_transform(PLAIN)
        assert_allclose(model.transform(PLAIN), D, atol=1e-5)


class Means(BaseEstimator):
    """Three methods are enough."""

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return np.array([points.mean(axis=0) for points, _ in X])

    def pairwise(self, X, Y=None):
        return cdist(X, X if Y is None else Y)


def test_an_embedding_of_three_methods():
    Z = Means().transform(PLAIN)
    assert_allclose(PairwiseDistance(Means()).fit_transform(PLAIN), cdist(Z, Z))
    kernel = TransportKernel(Means(), gamma=0.1)
    assert_allclose(kernel.fit_transform(PLAIN), np.exp(-0.1 * cdist(Z, Z) ** 2))
