# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Wasserstein distances of all pairs: oracles, axioms, tables, bad input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import linprog
from scipy.spatial.distance import cdist
from sklearn.exceptions import ConvergenceWarning

from skot.distance import (
    max_sliced_wasserstein_distances,
    sliced_wasserstein_distances,
    wasserstein_distances,
)
from skot.embedding import (
    SlicedWassersteinEmbedding,
)
from skot.sets import PointSets
from skot.solvers import max_sliced_wasserstein
from skot.utils.estimator_checks import make_sets

FUNCTIONS = [wasserstein_distances, sliced_wasserstein_distances]
each_function = pytest.mark.parametrize("function", FUNCTIONS)


def linear_program(a, b, C):
    """Optimal transport cost by scipy, an oracle that shares no line with us."""
    n, m = C.shape
    rows = np.kron(np.eye(n), np.ones(m))
    columns = np.kron(np.ones(n), np.eye(m))
    result = linprog(
        C.ravel(), A_eq=np.vstack([rows, columns]), b_eq=np.concatenate([a, b])
    )
    return result.fun


@pytest.mark.parametrize("p", [1, 2, 3.5])
@pytest.mark.parametrize("metric", ["euclidean", "cityblock", "chebyshev", "cosine"])
def test_agrees_with_linear_programming(p, metric):
    X, _ = make_sets(5)
    D = wasserstein_distances(X, p=p, metric=metric)
    for i in range(5):
        for j in range(i):
            C = cdist(X[i].points, X[j].points, metric) ** p
            a, b = (m.weights / m.weights.sum() for m in (X[i], X[j]))
            assert_allclose(D[i, j] ** p, linear_program(a, b, C), rtol=1e-7, atol=1e-7)
    assert_array_equal(D, D.T)
    assert_array_equal(D.diagonal(), 0)


@pytest.mark.parametrize("p", [1, 2, 3])
def test_on_a_line_by_sorting(p):
    X, _ = make_sets(6, n_dims=1)
    plane = X.with_points(np.hstack([X.points, np.zeros_like(X.points)]))
    assert_allclose(
        wasserstein_distances(X, p=p), wasserstein_distances(plane, p=p), atol=1e-12
    )
    sliced = sliced_wasserstein_distances(X, p=p)
    assert_allclose(sliced, wasserstein_distances(X, p=p), atol=1e-12)


def test_a_callable_metric_between_points():
    X, _ = make_sets(5)
    named = wasserstein_distances(X, metric="cityblock", p=1)
    called = wasserstein_distances(
        X, metric=lambda x, y: abs(x[:, None] - y).sum(axis=2), p=1
    )
    assert_allclose(called, named, atol=1e-12)


def test_translation_and_far_sets_lose_no_digits():
    X, _ = make_sets(6, weighted=False)
    shift = np.array([1e6, -1e6, 1e6])
    moved = X.with_points(X.points + shift)
    D = wasserstein_distances(X, moved)
    assert_allclose(D.diagonal(), np.linalg.norm(shift), rtol=1e-12)
    assert_allclose(wasserstein_distances(moved), wasserstein_distances(X), rtol=1e-7)
    assert_allclose(wasserstein_distances(X, X).diagonal(), 0, atol=1e-13)
    for scale in (1e-150, 1e120):
        scaled = wasserstein_distances(X.with_points(X.points * scale))
        assert_allclose(scaled / scale, wasserstein_distances(X), rtol=1e-9)


@given(seed=st.integers(0, 10**6), p=st.sampled_from([1, 1.5, 2, 3]))
def test_metric_axioms(seed, p):
    rng = np.random.RandomState(seed)
    sizes = rng.randint(1, 6, 4)
    # few places and round masses: ties, coincident points, identical sets
    X = PointSets.from_list(
        [rng.randint(0, 3, (n, 2)).astype(float) for n in sizes],
        [rng.randint(1, 4, n).astype(float) for n in sizes],
    )
    for function in FUNCTIONS:
        D = function(X, p=p)
        assert (D >= 0).all()
        assert_array_equal(D, D.T)
        assert_array_equal(D.diagonal(), 0)
        assert (D[:, None] <= D[:, :, None] + D[None] + 1e-9).all()
    assert (wasserstein_distances(X, p=p) + 1e-9 >= D).all()  # sliced is below


@each_function
def test_a_table_is_a_table(function):
    rng = np.random.RandomState(0)
    X, Y = rng.normal(size=(9, 4)), rng.normal(size=(5, 4))
    if function is wasserstein_distances:
        assert_allclose(function(X, Y), cdist(X, Y), rtol=1e-12)
        assert_allclose(function(X, p=1, metric="cityblock"), cdist(X, X, "cityblock"))
        mixed = PointSets.from_list([[x] for x in X[:-1]] + [Y])
        D = function(mixed, Y)
        assert_allclose(D[:-1], cdist(X[:-1], Y), rtol=1e-12)
        assert_allclose(D[-1] ** 2, (cdist(Y, Y) ** 2).mean(axis=0))
    else:
        bases = function(X, Y, slices=np.eye(4))
        assert_allclose(bases, cdist(X, Y) / 2, rtol=1e-12)


def test_sliced_is_the_distance_of_embeddings():
    rng = np.random.RandomState(0)
    X = rng.normal(size=(6, 8, 3))
    embedding = SlicedWassersteinEmbedding(32, random_state=0)
    vectors = embedding.fit_transform(X)
    D = sliced_wasserstein_distances(X, slices=embedding.slices_)
    assert_allclose(D, cdist(vectors, vectors), atol=1e-12)


@each_function
def test_results_do_not_depend_on_the_workers(function):
    X, _ = make_sets(30)
    params = {} if function is wasserstein_distances else {"random_state": 0}
    for Y in (None, X[:7]):
        one, two = (function(X, Y, n_jobs=n, **params) for n in (1, 2))
        assert_array_equal(one, two)
    both = function(X, X[:7], **params), function(X, **params)[:, :7]
    assert_allclose(*both, atol=1e-12)


@each_function
def test_bad_input_is_refused(function):
    X, _ = make_sets(4)
    with pytest.raises(ValueError, match="X is in R\\^3, but Y is in R\\^2"):
        function(X, X[:, :2])
    with pytest.raises(ValueError, match=r"Y\[1\] contains NaN"):
        function(X, [np.ones((2, 3)), np.full((2, 3), np.nan)])
    for p in (0.5, np.inf, np.nan):
        with pytest.raises(ValueError, match="p must be a finite number"):
            function(X, p=p)


def test_an_unknown_metric_is_refused():
    X, _ = make_sets(3)
    with pytest.raises(ValueError, match="metric must be one of"):
        wasserstein_distances(X, metric="euclid")


def test_progress_is_printed(capfd):
    X, _ = make_sets(30)
    wasserstein_distances(X, verbose=10)
    out = capfd.readouterr()
    assert "Done" in out.out + out.err


def test_max_sliced_is_that_of_the_solver():
    X, _ = make_sets(5)
    D = max_sliced_wasserstein_distances(X, random_state=0)
    for i in range(5):
        for j in range(i):
            one = max_sliced_wasserstein(
                X[i].points, X[j].points, X[i].weights, X[j].weights, random_state=1
            )
            assert_allclose(D[i, j], one.value, rtol=1e-3)
    assert (sliced_wasserstein_distances(X) <= D).all()
    assert (wasserstein_distances(X) + 1e-9 >= D).all()


def test_max_sliced_is_symmetric_and_independent_of_workers():
    X, _ = make_sets(8)
    D = max_sliced_wasserstein_distances(X, random_state=0)
    assert_array_equal(D, D.T)
    assert_array_equal(D.diagonal(), 0)
    assert (D[np.triu_indices(8, 1)] > 0).all()
    assert_array_equal(max_sliced_wasserstein_distances(X, n_jobs=2, random_state=0), D)
    # the other way round an ascent may end elsewhere, within its tolerance
    both = max_sliced_wasserstein_distances(X, X, random_state=0)
    assert_allclose(both, D, atol=1e-5)


def test_max_sliced_of_tables():
    X = np.random.RandomState(0).normal(size=(6, 3))
    assert_allclose(max_sliced_wasserstein_distances(X), cdist(X, X), atol=1e-7)


def test_ascents_that_did_not_converge_are_told():
    X, _ = make_sets(4)
    with pytest.warns(ConvergenceWarning, match="Raise"):
        max_sliced_wasserstein_distances(X, max_iter=1)
