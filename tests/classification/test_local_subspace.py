# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The local nearest-subspace classifier: tuning, enrichment, no batch dependence."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skot.classification import (
    NearestLocalSubspaceClassifier,
    NearestSubspaceClassifier,
)
from skot.classification._local_subspace import choose_neighbors, choose_order, enrich
from skot.solvers import span


def make_unions(n_samples=120, n_features=6, noise=0.01, seed=0):
    """Two classes, each a union of three planes, which span all of the space."""
    rng = np.random.RandomState(seed)
    bases = rng.normal(size=(6, 2, n_features))
    template = np.arange(n_samples) % 6
    X = np.einsum("ir,irj->ij", rng.normal(size=(n_samples, 2)), bases[template])
    return X + noise * rng.normal(size=X.shape), template % 2


def test_unions_of_subspaces():
    X, y = make_unions(360)
    train, test = np.arange(180), np.arange(180, 360)
    local = NearestLocalSubspaceClassifier(random_state=0).fit(X[train], y[train])
    assert local.n_neighbors_ > 1
    whole = NearestSubspaceClassifier().fit(X[train], y[train])
    assert local.score(X[test], y[test]) > 0.96
    assert whole.score(X[test], y[test]) < 0.95


def test_all_neighbours_span_the_class():
    X, y = make_unions(18)
    new = np.random.RandomState(1).normal(size=(5, 6))
    local = NearestLocalSubspaceClassifier(9, enrichment_order=0).fit(X, y)
    whole = NearestSubspaceClassifier(
        extra_directions=lambda rows: np.ones((1, 6)), shared_dimension=False
    ).fit(X, y)
    assert_allclose(local.residuals(new), whole.residuals(new), atol=1e-12)
    many = NearestLocalSubspaceClassifier(500, enrichment_order=0).fit(X, y)
    assert_array_equal(many.residuals(new), local.residuals(new))


def test_enrichment_is_that_of_the_definition():
    g = np.random.RandomState(0).uniform(size=(1, 30))
    for order in (1, 3):
        signs = [s * i for i in range(1, order + 1) for s in (1, -1)]
        spelled = [g, *(g - np.sin(i * np.pi * g) / (abs(i) * np.pi) for i in signs)]
        ours = enrich(g, order, 0.0, 1.0)[0]
        theirs = np.vstack(spelled)
        assert len(ours) == order + 1
        assert_allclose(ours.T @ ours, theirs.T @ theirs, atol=1e-12)
    assert_array_equal(enrich(g, -1, 0.0, 1.0), g[:, None])
    assert_array_equal(enrich(g, 0, 0.0, 1.0), g[:, None])
    assert_array_equal(enrich(g, 4, 0.5, 0.0), g[:, None])


def test_warps_of_templates_are_learnt_from_few():
    """Sines stand for reparametrisations; without them few samples say little."""
    rng = np.random.RandomState(0)
    q = np.linspace(0, 1, 40)
    templates = np.stack([q**3, 0.5 + 0.5 * np.sin(3 * q) ** 3])

    def draw(n):
        y = np.arange(n) % 2
        a = rng.uniform(-0.9, 0.9, (n, 1))
        return templates[y] + a * np.sin(np.pi * templates[y]) / np.pi, y

    (X, y), (new, y_new) = draw(4), draw(200)
    bare, rich = (
        NearestLocalSubspaceClassifier(1, enrichment_order=order).fit(X, y)
        for order in (-1, 1)
    )
    own = np.arange(200), y_new
    assert rich.score(new, y_new) == 1
    assert rich.residuals(new)[own].mean() < bare.residuals(new)[own].mean() / 5


def test_rows_do_not_know_each_other():
    X, y = make_unions()
    new = np.random.RandomState(1).normal(size=(9, 6))
    local = NearestLocalSubspaceClassifier(4, enrichment_order=1).fit(X, y)
    alone = np.vstack([local.residuals(row[None]) for row in new])
    assert_allclose(local.residuals(new), alone, rtol=1e-10)


def test_tuning_follows_its_rule():
    seen = []

    def scores(*values):
        def accuracy(k):
            seen.append(k)
            return values[min(k, len(values)) - 1]

        return accuracy

    assert choose_neighbors(scores(0.5, 0.7, 0.7, 0.6), 99) == 3
    assert seen == list(range(1, 13))
    assert choose_neighbors(scores(0.5, 0.7, 0.6, 0.8), 3) == 2
    assert choose_neighbors(scores(0.9), 99) == 11
    assert choose_order(lambda n: 0.7) == -1
    assert choose_order(lambda n: 0.5 + (n == 2) / 4) == 2
    assert choose_order(lambda n: 1.0 if n < 3 else 0.9) == 2


def test_choices_are_made_within_the_training_samples():
    X, y = make_unions()
    auto = NearestLocalSubspaceClassifier(random_state=3).fit(X, y)
    again = NearestLocalSubspaceClassifier(
        auto.n_neighbors_, enrichment_order=auto.enrichment_order_
    ).fit(X, y)
    new = np.random.RandomState(1).normal(size=(5, 6))
    assert_array_equal(auto.residuals(new), again.residuals(new))
    few = NearestLocalSubspaceClassifier().fit(X[:2], ["a", "b"])
    assert (few.n_neighbors_, few.enrichment_order_) == (1, -1)
    assert_array_equal(few.predict(-2 * X[:2]), ["a", "b"])
    lines = [span(x[None]).basis[0] for x in X[:2]]
    expected = [(x @ x) - (x @ lines[0]) ** 2 for x in new]
    assert_allclose(few.residuals(new)[:, 0], expected)
    # one class of one sample beside larger ones
    odd = NearestLocalSubspaceClassifier(random_state=0)
    odd.fit(X[:21], np.append(y[:20], 2))
    assert odd.n_neighbors_ == 1


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="1 class"):
        NearestLocalSubspaceClassifier().fit(np.eye(3), [1, 1, 1])
