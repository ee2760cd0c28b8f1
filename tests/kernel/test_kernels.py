# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Kernels between sets: values, positivity, and learners that take them."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.decomposition import KernelPCA
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, WhiteKernel
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from skot.distance import (
    gromov_wasserstein_distances,
    sliced_wasserstein_distances,
    wasserstein_distances,
)
from skot.embedding import SlicedWassersteinEmbedding
from skot.kernel import SlicedWassersteinKernel, TransportKernel
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


def test_sliced_kernel_is_that_of_the_sliced_distance():
    X = np.random.RandomState(0).normal(size=(9, 6, 3))
    kernel = SlicedWassersteinKernel(random_state=0)
    K = kernel.fit_transform(X)
    D = sliced_wasserstein_distances(X, slices=kernel.embedding_.slices_)
    assert_allclose(K, np.exp(-kernel.gamma_ * D**2), atol=1e-12)
    pairs = np.triu_indices(9, 1)
    assert_allclose(kernel.gamma_, 1 / np.mean(D[pairs] ** 2))
    assert_allclose(kernel.transform(X[2:4]), K[2:4], atol=1e-12)


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
    # mean squared projection on the axes: the squared distance over n_dims
    sliced = SlicedWassersteinKernel(0.3 * 3, slices=np.eye(3)).fit(X)
    assert_allclose(sliced.transform(Y), rbf_kernel(Y, X, gamma=0.3))


@pytest.mark.parametrize("kernel", [SlicedWassersteinKernel, TransportKernel])
def test_scale_knows_no_unit(kernel):
    X, _ = make_sets(10)
    small = X.with_points(X.points * 1e-3)
    K = kernel(random_state=0).fit_transform(X)
    assert_allclose(kernel(random_state=0).fit_transform(small), K, rtol=1e-6)
    same = kernel().fit(X[[0, 0, 0]])  # no spread: any gamma will do
    assert_allclose(same.transform(X[:1]), 1)


# -- positivity ------------------------------------------------------------------------


@given(
    seed=st.integers(0, 10**6),
    gamma=st.sampled_from([1e-3, 1.0, "scale", 1e3]),
    weighted=st.booleans(),
)
def test_sliced_kernel_is_positive(seed, gamma, weighted):
    X, _ = make_sets(15, weighted=weighted, seed=seed)
    kernel = SlicedWassersteinKernel(gamma, n_slices=3, n_quantiles=4, random_state=0)
    assert np.linalg.eigvalsh(kernel.fit_transform(X))[0] > -1e-12


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
    SlicedWassersteinKernel(random_state=0),
    TransportKernel(),
    TransportKernel(psd="shift"),
    TransportKernel("sliced_wasserstein", random_state=0),
]


@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
def test_learners_in_cross_validation(kernel):
    X, y = make_sets(30)
    svc = make_pipeline(kernel, SVC(kernel="precomputed"))
    assert cross_val_score(svc, X, y, cv=3).min() == 1
    name = type(kernel).__name__.lower()
    search = GridSearchCV(svc, {f"{name}__gamma": ["scale", 1.0]}, cv=3, n_jobs=2)
    assert search.fit(X, y).best_score_ == 1
    pca = make_pipeline(kernel, KernelPCA(2, kernel="precomputed"))
    components = pca.fit_transform(X)
    assert np.ptp(np.sign(components[y == 0, 0])) == 0  # classes part on the first
    assert_allclose(pca.transform(X), components, atol=1e-6)


def test_gaussian_process_on_the_embedding():
    """With vectors and an RBF kernel, the same kernel, its width fitted."""
    X, _ = make_sets(40)
    target = np.array([m.points.std() for m in X])
    process = make_pipeline(
        SlicedWassersteinEmbedding(16, random_state=0),
        GaussianProcessRegressor(
            RBF(1.0, (0.05, 50)) + WhiteKernel(1e-3, (1e-6, 1)), normalize_y=True
        ),
    ).fit(X[:30], target[:30])
    mean, deviation = process.predict(X[30:], return_std=True)
    assert mean.shape == deviation.shape == (10,)
    assert process.score(X[:30], target[:30]) > 0.8


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
