# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Kernels of transport distances: values, positivity, learners that take them."""

import networkx as nx
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.decomposition import KernelPCA
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from skot.distance import (
    gromov_wasserstein_distances,
    wasserstein_distances,
)
from skot.embedding import LOPTEmbedding
from skot.kernel import TransportKernel
from skot.sets import read_spaces
from skot.utils.estimator_checks import make_sets


@pytest.fixture(scope="module")
def indefinite():
    """Random clouds on which exp(-gamma W_2^2) has clearly negative eigenvalues."""
    X = np.random.RandomState(0).normal(size=(60, 20, 3))
    gamma = 0.1
    K = np.exp(-gamma * wasserstein_distances(X) ** 2)
    assert np.linalg.eigvalsh(K)[0] < -1e-3
    return X, gamma, K


# -- values ----------------------------------------------------------------------------


@pytest.mark.parametrize("power", [1.0, 2.0])
def test_transport_kernel_is_that_of_the_distance(power):
    X, _ = make_sets(8)
    kernel = TransportKernel(power=power, psd=None, metric_params={"p": 1})
    K = kernel.fit_transform(X)
    D = wasserstein_distances(X, p=1)
    assert_allclose(K, np.exp(-kernel.gamma_ * D**power), atol=1e-12)
    assert_allclose(kernel.gamma_, 1 / np.mean(D[np.triu_indices(8, 1)] ** power))
    assert kernel.min_eigenvalue_ is None


def test_a_table_has_the_gaussian_kernel():
    X = np.random.RandomState(0).normal(size=(12, 3))
    Y = np.random.RandomState(1).normal(size=(5, 3))
    exact = TransportKernel(gamma=0.3, psd="check").fit(X)
    assert_allclose(exact.transform(Y), rbf_kernel(Y, X, gamma=0.3))


def test_scale_knows_no_unit():
    X, _ = make_sets(10)
    small = X.with_points(X.points * 1e-3)
    K = TransportKernel().fit_transform(X)
    assert_allclose(TransportKernel().fit_transform(small), K, rtol=1e-6)
    same = TransportKernel().fit(X[[0, 0, 0]])  # no spread: any gamma will do
    assert_allclose(same.transform(X[:1]), 1)


# -- positivity ------------------------------------------------------------------------


def test_indefinite_is_refused(indefinite):
    X, gamma, K = indefinite
    with pytest.raises(ValueError, match="not positive semi-definite") as error:
        TransportKernel(gamma=gamma, psd="check").fit(X)
    assert f"{np.linalg.eigvalsh(K)[0]:.2g}" in str(error.value)
    definite = TransportKernel(gamma=1.0, psd="check").fit(X)
    assert definite.min_eigenvalue_ > 0


@pytest.mark.parametrize("psd", ["clip", "shift"])
def test_indefinite_is_mended(indefinite, psd):
    X, gamma, K = indefinite
    kernel = TransportKernel(gamma=gamma, psd=psd)
    mended = kernel.fit_transform(X)
    values, vectors = np.linalg.eigh(K)
    assert_allclose(kernel.min_eigenvalue_, values[0], atol=1e-10)
    assert np.linalg.eigvalsh(mended)[0] > -1e-10
    if psd == "clip":
        nearest = (vectors * np.maximum(values, 0)) @ vectors.T
        assert_allclose(mended, nearest, atol=1e-10)
    else:
        assert_allclose(mended, K - values[0] * np.eye(len(K)), atol=1e-10)
    # what was learnt in fit is applied to any rows, known sets among them
    assert_allclose(kernel.transform(X), mended, atol=1e-10)
    assert_allclose(kernel.transform(X[::-1][:3]), mended[::-1][:3], atol=1e-10)
    # a set in other order of points is the same set
    assert_allclose(kernel.transform(X[:, ::-1]), mended, atol=1e-8)


def test_indefinite_is_passed_on_when_asked(indefinite):
    X, gamma, K = indefinite
    kernel = TransportKernel(gamma=gamma, psd=None)
    assert_allclose(kernel.fit_transform(X), K, atol=1e-12)


def test_shift_of_duplicated_sets(indefinite):
    X, gamma, _ = indefinite
    twice = np.concatenate([X[:40], X[:40]])
    K = TransportKernel(gamma=gamma, psd="shift").fit_transform(twice)
    assert np.linalg.eigvalsh(K)[0] > -1e-10


def test_an_asymmetric_metric_is_refused():
    X, _ = make_sets(5)
    with pytest.raises(ValueError, match="not symmetric"):
        TransportKernel(lambda a, b: max(a.points[0, 0] - b.points[0, 0], 0)).fit(X)


# -- learners --------------------------------------------------------------------------

KERNELS = [
    TransportKernel(),
    TransportKernel(psd="shift"),
    TransportKernel("sliced_wasserstein", random_state=0),
]


@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
def test_learners_in_cross_validation(kernel):
    X, y = make_sets(30)
    svc = make_pipeline(kernel, SVC(kernel="precomputed"))
    assert cross_val_score(svc, X, y, cv=3).min() == 1
    grid = {"transportkernel__gamma": ["scale", 1.0]}
    assert GridSearchCV(svc, grid, cv=3, n_jobs=2).fit(X, y).best_score_ == 1
    pca = make_pipeline(kernel, KernelPCA(2, kernel="precomputed"))
    components = pca.fit_transform(X)
    assert np.ptp(np.sign(components[y == 0, 0])) == 0  # classes part on the first
    assert_allclose(pca.transform(X), components, atol=1e-6)


@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
def test_training_rows_are_the_gram_matrix(kernel):
    X, _ = make_sets(20)
    K = kernel.fit_transform(X)
    assert_allclose(kernel.fit(X).transform(X), K, atol=1e-10)
    assert_allclose(K, K.T, atol=1e-12)
    assert_array_equal(kernel.get_feature_names_out().shape, (20,))


@pytest.mark.parametrize("metric", ["hop", "precomputed"])
def test_kernels_of_graphs_and_matrices(metric):
    graphs = [(nx.to_numpy_array(g), None) for g in map(nx.path_graph, (3, 4, 5, 7))]
    if metric == "precomputed":
        graphs = [s.distances for s in read_spaces(graphs, metric="hop")]
    kernel = TransportKernel("gromov_wasserstein", metric_params={"metric": metric})
    K = kernel.fit_transform(graphs)
    D = gromov_wasserstein_distances(graphs, metric=metric)
    assert_allclose(K, np.exp(-kernel.gamma_ * D**2), atol=1e-9)
    assert_allclose(kernel.transform(graphs[:2]), K[:2], atol=1e-7)


# -- embeddings ------------------------------------------------------------------------


def test_kernel_of_an_embedding():
    X, _ = make_sets(12)
    embedding = LOPTEmbedding(lam=1.0, random_state=0)
    kernel = TransportKernel(embedding, gamma=0.3, psd=None)
    K = kernel.fit_transform(X[:8])
    fitted = clone(embedding).fit(X[:8])
    Z = fitted.transform(X)
    assert_allclose(K, np.exp(-0.3 * fitted.pairwise(Z[:8]) ** 2))
    expected = np.exp(-0.3 * fitted.pairwise(Z[8:], Z[:8]) ** 2)
    assert_allclose(kernel.transform(X[8:]), expected)
    assert kernel.n_features_in_ == 3
    assert kernel.metric_.lam_ == 1.0
    assert_allclose(kernel.X_fit_, Z[:8])
    with pytest.raises(ValueError, match="metric is an embedding"):
        TransportKernel(embedding, metric_params={"lam": 1.0}).fit(X)


def test_search_over_the_parameters_of_an_embedding():
    X, y = make_sets(24)
    svc = SVC(kernel="precomputed")
    pipeline = make_pipeline(TransportKernel(LOPTEmbedding(random_state=0)), svc)
    grid = {"transportkernel__metric__lam": [0.1, 1.0, "q50", "auto"]}
    search = GridSearchCV(pipeline, grid, cv=3, error_score="raise").fit(X, y)
    assert search.best_score_ == 1
    scores = search.cv_results_["mean_test_score"]
    assert_allclose(*scores[[2, 3]])  # "auto" is "q50"


def test_shift_needs_sets_to_know_themselves():
    def apart(a, b):  # no set is at distance 0 from itself, and some are far off
        return 1.0 if len(a) == len(b) else 0.0

    X = [np.zeros((n, 1)) for n in (1, 2, 3)]
    with pytest.raises(ValueError, match="psd='shift' knows a set by its distance"):
        TransportKernel(apart, psd="shift").fit(X)
    assert TransportKernel(apart, psd="clip").fit(X).min_eigenvalue_ < 0
