# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The nearest-subspace classifier: its invariants, labels, batches, probabilities."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_digits
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, train_test_split

from skot.classification import NearestSubspaceClassifier
from skot.solvers import span


def make_planes(n_samples=90, n_features=12, rank=3, noise=0.0, seed=0):
    """Three classes, each about a subspace of its own."""
    rng = np.random.RandomState(seed)
    bases = rng.normal(size=(3, rank, n_features))
    y = np.arange(n_samples) % 3
    X = np.einsum("ir,irj->ij", rng.normal(size=(n_samples, rank)), bases[y])
    return X + noise * rng.normal(size=X.shape), y


seeds = settings(max_examples=20, deadline=None)(given(st.integers(0, 1000)))
test_rows = np.random.RandomState(2025).normal(size=(20, 12))


@seeds
def test_training_samples_lie_in_their_subspace(seed):
    X, y = make_planes(30, noise=0.1, seed=seed)
    classifier = NearestSubspaceClassifier(explained=1).fit(X, y)
    assert_allclose(classifier.residuals(X)[np.arange(30), y], 0, atol=1e-12)
    distances = classifier.residuals(test_rows)
    assert (distances >= 0).all()
    assert (distances <= np.square(test_rows).sum(axis=1)[:, None]).all()
    for basis in classifier.bases_:
        assert_allclose(basis @ basis.T, np.eye(len(basis)), atol=1e-12)
        within = test_rows - test_rows @ basis.T @ basis
        expected = np.square(within).sum(axis=1)
        assert np.isclose(distances, expected[:, None]).any(axis=1).all()


@seeds
def test_order_names_scale_and_copies_do_not_matter(seed):
    X, y = make_planes(30, noise=0.3, seed=seed)
    rng = np.random.RandomState(seed)
    classifier = NearestSubspaceClassifier(n_components=2)
    expected = classifier.fit(X, y).residuals(test_rows)
    order = rng.permutation(30)
    assert_allclose(classifier.fit(X[order], y[order]).residuals(test_rows), expected)
    new = rng.permutation(3)
    assert_allclose(classifier.fit(X, new[y]).residuals(test_rows)[:, new], expected)
    scaled = rng.uniform(0.1, 10, (20, 1)) * test_rows
    classifier.fit(X, y)
    assert_array_equal(classifier.predict(scaled), expected.argmin(axis=1))
    twice = classifier.fit(np.vstack([X, X]), np.append(y, y))
    assert_allclose(twice.residuals(test_rows), expected, atol=1e-10)


@seeds
def test_free_directions_are_free(seed):
    X, y = make_planes(12, noise=0.1, seed=seed)
    rng = np.random.RandomState(seed)
    moves = rng.normal(size=(2, 12))
    classifier = NearestSubspaceClassifier(explained=0.6, extra_directions=moves)
    expected = classifier.fit(X, y).residuals(test_rows)
    assert expected.min() > 1e-3
    moved = test_rows + rng.normal(size=(20, 2)) @ moves
    assert_allclose(classifier.residuals(moved), expected, atol=1e-10)
    X_moved = X + rng.normal(size=(12, 2)) @ moves
    again = classifier.fit(X_moved, y).residuals(test_rows)
    assert_allclose(again, expected, atol=1e-10)
    for basis, n in zip(
        classifier.bases_, classifier.n_components_per_class_, strict=True
    ):
        assert_allclose(basis @ basis.T, np.eye(n + 2), atol=1e-12)
    # from the definition: what is left of everything, in the classifier without moves
    away = np.eye(12) - span(moves).basis.T @ span(moves).basis
    plain = NearestSubspaceClassifier(explained=0.6).fit(X @ away, y)
    assert_allclose(plain.residuals(test_rows @ away), expected, atol=1e-10)


@seeds
def test_deformed_samples_count_as_samples(seed):
    X, y = make_planes(12, noise=0.1, seed=seed)
    moves = np.random.RandomState(seed).normal(size=(1, 12))
    classifier = NearestSubspaceClassifier(extra_directions=np.square).fit(X, y)
    twice = NearestSubspaceClassifier()
    twice.fit(np.vstack([X, np.square(X)]), np.append(y, y))
    assert_allclose(classifier.residuals(test_rows), twice.residuals(test_rows))
    both = NearestSubspaceClassifier(extra_directions=(moves, np.square)).fit(X, y)
    away = np.eye(12) - span(moves).basis.T @ span(moves).basis
    stack = np.vstack([X @ away, np.square(X @ away)])
    twice = NearestSubspaceClassifier(extra_directions=moves).fit(
        stack, np.append(y, y)
    )
    assert_allclose(both.residuals(test_rows), twice.residuals(test_rows), atol=1e-10)


@seeds
def test_batches_add_up(seed):
    X, y = make_planes(60, noise=0.2, seed=seed)
    names = np.array(["b", "a", "c"])
    y = names[y]
    settings = {"extra_directions": (np.ones((1, 12)), np.square)}
    whole = NearestSubspaceClassifier(**settings).fit(X, y)
    parts = NearestSubspaceClassifier(**settings)
    ends = np.sort(np.random.RandomState(seed).randint(1, 60, 3))
    for part in np.split(np.arange(60), np.unique(ends)):
        parts.partial_fit(X[part], y[part], classes=names)
    assert_array_equal(parts.n_components_per_class_, whole.n_components_per_class_)
    for ours, theirs in zip(
        parts.singular_values_, whole.singular_values_, strict=True
    ):
        assert_allclose(ours, theirs, rtol=1e-10, atol=1e-10)
    scale = np.square(test_rows).sum(axis=1).max()
    assert_allclose(
        parts.decision_function(test_rows),
        whole.decision_function(test_rows),
        atol=1e-10 * scale,
    )
    grown = NearestSubspaceClassifier(**settings).fit(X[:30], y[:30])
    grown.partial_fit(X[30:], y[30:])
    assert_allclose(grown.residuals(test_rows), whole.residuals(test_rows), atol=1e-9)


def test_batches_of_some_classes():
    X, y = make_planes()
    classifier = NearestSubspaceClassifier()
    classifier.partial_fit(X[y == 1], y[y == 1], classes=[0, 1, 2])
    assert_array_equal(classifier.predict(X), 1)
    assert_allclose(classifier.residuals(X)[:, 0], np.square(X).sum(axis=1))
    with pytest.raises(ValueError, match="differ from"):
        classifier.partial_fit(X, y, classes=[0, 1])
    with pytest.raises(ValueError, match=r"not among the classes: \[7\]"):
        classifier.partial_fit(X, np.where(y == 2, 7, y))
    with pytest.raises(ValueError, match="must be passed on the first call"):
        NearestSubspaceClassifier().partial_fit(X, y)
    refitted = classifier.fit(X[:, :9], y)
    fresh = NearestSubspaceClassifier().fit(X[:, :9], y)
    assert_array_equal(refitted.residuals(X[:, :9]), fresh.residuals(X[:, :9]))


@pytest.mark.parametrize(
    "names",
    [
        np.array(["x", "yy", "zzz"]),
        np.array(["x", "yy", "zzz"], dtype=object),
        np.array([-4, 10, 3]),
        np.array([2.0, 0.0, 5.0]),
    ],
)
def test_labels_of_any_type(names):
    X, y = make_planes()
    classifier = NearestSubspaceClassifier().fit(X, names[y])
    assert_array_equal(classifier.predict(X), names[y])
    assert_array_equal(classifier.classes_, np.unique(names))


def test_one_sample_of_each_class():
    X = make_planes(noise=0.01)[0]
    two = NearestSubspaceClassifier().fit(X[:2], np.array([True, False]))
    assert_array_equal(two.predict(3 * X[:2]), [True, False])
    assert_array_equal(two.n_components_per_class_, [1, 1])
    assert two.decision_function(X).shape == (90,)
    assert_array_equal(two.decision_function(X) > 0, two.predict(X))


def test_dimensions_follow_the_rule():
    rng = np.random.RandomState(0)
    # two classes of four and two equal directions
    X = np.vstack([np.eye(12)[:4], np.eye(12)[6:8]])
    y = np.repeat([0, 1], [4, 2])
    fit = NearestSubspaceClassifier(explained=0.75).fit(X, y)
    assert fit.n_components_ == 3
    assert_array_equal(fit.n_components_per_class_, [3, 2])
    own = NearestSubspaceClassifier(explained=0.5, shared_dimension=False).fit(X, y)
    assert_array_equal(own.n_components_per_class_, [2, 1])
    weak = X * np.array([10.0, 1, 1, 1, 10, 1])[:, None]
    singular, variance = (
        NearestSubspaceClassifier(explained=0.95, criterion=c).fit(weak, y)
        for c in ("singular_values", "variance")
    )
    assert (singular.n_components_, variance.n_components_) == (4, 1)
    # the whole space tells nothing apart, and is never taken
    full = NearestSubspaceClassifier().fit(rng.normal(size=(60, 3)), np.arange(60) % 2)
    assert full.n_components_ == 2


def test_probabilities_on_request():
    X, y = make_planes(300, noise=1.5, seed=3)
    train, test = np.arange(150), np.arange(150, 300)
    plain = NearestSubspaceClassifier(n_components=3).fit(X[train], y[train])
    assert not hasattr(plain, "predict_proba")
    asked = NearestSubspaceClassifier(n_components=3, probability=True)
    asked.fit(X[train], y[train])
    assert not hasattr(asked, "partial_fit")
    P = asked.predict_proba(X[test])
    assert_allclose(P.sum(axis=1), 1)
    assert_array_equal(P.argmax(axis=1), plain.predict(X[test]))
    theirs = CalibratedClassifierCV(plain, method="temperature", ensemble=False, cv=5)
    theirs = theirs.fit(X[train], y[train]).predict_proba(X[test])
    assert log_loss(y[test], P) < log_loss(y[test], theirs) + 0.01
    # how sure it is, on average, is how often it is right
    assert abs(P.max(axis=1).mean() - np.mean(P.argmax(axis=1) == y[test])) < 0.08
    with pytest.raises(ValueError, match="at least 2 of each, but a class has 1"):
        asked.fit(X[:4], y[:4])


def test_bad_input_is_refused():
    X, y = make_planes()
    with pytest.raises(ValueError, match="1 class"):
        NearestSubspaceClassifier().fit(X, np.zeros(90))
    for extra in (np.ones((1, 5)), lambda rows: rows[:, :5]):
        with pytest.raises(ValueError, match="5 columns, but X has 12"):
            NearestSubspaceClassifier(extra_directions=extra).fit(X, y)
    for extra in ((np.negative,), (np.negative, X[:1]), (np.negative, np.negative)):
        with pytest.raises(ValueError, match="a tuple is"):
            NearestSubspaceClassifier(extra_directions=extra).fit(X, y)
    with pytest.raises(ValueError, match="extra_directions contains NaN"):
        NearestSubspaceClassifier(extra_directions=X[:1] * np.nan).fit(X, y)


def test_a_fit_that_failed_leaves_nothing_to_widen():
    X, y = make_planes()
    classifier = NearestSubspaceClassifier(extra_directions=np.ones((1, 5)))
    with pytest.raises(ValueError, match="5 columns"):
        classifier.fit(X, y)
    classifier.set_params(extra_directions=None).partial_fit(X, y, np.unique(y))
    fresh = NearestSubspaceClassifier().fit(X, y)
    assert_allclose(classifier.residuals(X), fresh.residuals(X), atol=1e-12)


def test_digits_in_a_grid_search():
    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    grid = {"explained": [0.5, 0.7, 0.9]}
    search = GridSearchCV(NearestSubspaceClassifier(), grid, cv=3)
    assert search.fit(X_train, y_train).score(X_test, y_test) > 0.97
