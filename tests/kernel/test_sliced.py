# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The sliced-Wasserstein kernel: values, positivity, learners that take it."""

import numpy as np
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
    sliced_wasserstein_distances,
)
from skot.embedding import SlicedWassersteinEmbedding
from skot.kernel import SlicedWassersteinKernel
from skot.utils.estimator_checks import make_sets


def test_sliced_kernel_is_that_of_the_sliced_distance():
    X = np.random.RandomState(0).normal(size=(9, 6, 3))
    kernel = SlicedWassersteinKernel(random_state=0)
    K = kernel.fit_transform(X)
    D = sliced_wasserstein_distances(X, slices=kernel.embedding_.slices_)
    assert_allclose(K, np.exp(-kernel.gamma_ * D**2), atol=1e-12)
    pairs = np.triu_indices(9, 1)
    assert_allclose(kernel.gamma_, 1 / np.mean(D[pairs] ** 2))
    assert_allclose(kernel.transform(X[2:4]), K[2:4], atol=1e-12)


def test_a_table_has_the_gaussian_kernel():
    X = np.random.RandomState(0).normal(size=(12, 3))
    Y = np.random.RandomState(1).normal(size=(5, 3))
    # mean squared projection on the axes: the squared distance over n_dims
    sliced = SlicedWassersteinKernel(0.3 * 3, slices=np.eye(3)).fit(X)
    assert_allclose(sliced.transform(Y), rbf_kernel(Y, X, gamma=0.3))


def test_scale_knows_no_unit():
    X, _ = make_sets(10)
    small = X.with_points(X.points * 1e-3)
    K = SlicedWassersteinKernel(random_state=0).fit_transform(X)
    again = SlicedWassersteinKernel(random_state=0).fit_transform(small)
    assert_allclose(again, K, rtol=1e-6)
    same = SlicedWassersteinKernel().fit(X[[0, 0, 0]])  # no spread: any gamma will do
    assert_allclose(same.transform(X[:1]), 1)


@given(
    seed=st.integers(0, 10**6),
    gamma=st.sampled_from([1e-3, 1.0, "scale", 1e3]),
    weighted=st.booleans(),
)
def test_sliced_kernel_is_positive(seed, gamma, weighted):
    X, _ = make_sets(15, weighted=weighted, seed=seed)
    kernel = SlicedWassersteinKernel(gamma, n_slices=3, n_quantiles=4, random_state=0)
    assert np.linalg.eigvalsh(kernel.fit_transform(X))[0] > -1e-12


def test_learners_in_cross_validation():
    X, y = make_sets(30)
    kernel = SlicedWassersteinKernel(random_state=0)
    svc = make_pipeline(kernel, SVC(kernel="precomputed"))
    assert cross_val_score(svc, X, y, cv=3).min() == 1
    grid = {"slicedwassersteinkernel__gamma": ["scale", 1.0]}
    assert GridSearchCV(svc, grid, cv=3, n_jobs=2).fit(X, y).best_score_ == 1
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


def test_training_rows_are_the_gram_matrix():
    X, _ = make_sets(20)
    kernel = SlicedWassersteinKernel(random_state=0)
    K = kernel.fit_transform(X)
    assert_allclose(kernel.fit(X).transform(X), K, atol=1e-10)
    assert_allclose(K, K.T, atol=1e-12)
    assert_array_equal(kernel.get_feature_names_out().shape, (20,))
