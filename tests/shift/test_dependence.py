# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Dependence by transport: oracles, laws, selection; and shift of layers."""

from functools import partial

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.stats import kstest
from sklearn.datasets import load_digits
from sklearn.feature_selection import SelectKBest
from sklearn.neural_network import MLPClassifier, MLPRegressor

from skot.shift import (
    layerwise_wasserstein,
    representation_shift,
    wasserstein_dependence,
)
from skot.shift._layers import activations, tail_constants
from skot.solvers import etic, exact, joint_product_cost, wasserstein_correlation

MEASURES = ["wdm", "wcorr", "etic"]


def brute_force_sinkhorn(a, b, C, n_iter=2000):
    """Entropic transport with the whole kernel, in the log domain; reg = 1."""
    f, g = np.zeros(len(a)), np.zeros(len(b))
    log_a, log_b = np.log(a), np.log(b)
    for _ in range(n_iter):
        f = -np.logaddexp.reduce(g + log_b - C, axis=1)
        g = -np.logaddexp.reduce((f + log_a)[:, None] - C, axis=0)
    return a @ f + b @ g


@pytest.mark.parametrize("n", [3, 8])
def test_etic_is_a_divergence_of_n_against_n_squared_atoms(n):
    rng = np.random.RandomState(n)
    x, y = rng.normal(size=(2, n))
    C1, C2 = ((v[:, None] - v) ** 2 for v in (x, y))
    i, j = map(np.ravel, np.meshgrid(range(n), range(n), indexing="ij"))
    joint, product = np.full(n, 1 / n), np.full(n * n, 1 / n**2)
    expected = brute_force_sinkhorn(joint, product, C1[:, i] + C2[:, j])
    expected -= brute_force_sinkhorn(joint, joint, C1 + C2) / 2
    full = C1[np.ix_(i, i)] + C2[np.ix_(j, j)]
    expected -= brute_force_sinkhorn(product, product, full) / 2
    assert etic(C1, C2, tol=1e-12) == pytest.approx(expected, abs=1e-8)


def test_joint_product_cost_is_optimal_transport():
    rng = np.random.RandomState(0)
    x, y = rng.normal(size=(2, 10))
    A, B = (np.abs(v[:, None] - v) for v in (x, y))
    pairing = rng.permutation(10)
    C = cdist(np.c_[x, y], np.c_[x, y[pairing]], "cityblock")
    expected = exact(C, np.full(10, 0.1), np.full(10, 0.1)).value
    assert joint_product_cost(A, B, pairing[None]) == pytest.approx(expected)


def test_wasserstein_correlation_by_hand():
    from scipy.stats import wasserstein_distance

    rng = np.random.RandomState(0)
    values, cells = rng.normal(size=60), rng.randint(0, 5, 60)
    expected = sum(
        np.mean(cells == c) * wasserstein_distance(values[cells == c], values)
        for c in range(5)
    ) / np.mean(np.abs(values[:, None] - values))
    assert wasserstein_correlation(cells, values) == pytest.approx(expected)
    assert wasserstein_correlation(cells, np.ones(60)) == 0


def test_gaussian_closed_form():
    """W_2^2 of a normal pair and its product: 4 - 2 (sqrt(1 + r) + sqrt(1 - r))."""
    rng = np.random.RandomState(0)
    x, e = rng.normal(size=(2, 1000))
    y = 0.9 * x + np.sqrt(1 - 0.81) * e
    score = wasserstein_dependence(
        x[:, None], y, p=2, debias=False, n_shuffles=1, max_samples=None, random_state=0
    )
    assert score[0] ** 2 == pytest.approx(0.61073, rel=0.15)


def test_reference_values():
    """Wasserstein correlation of known laws, x uniform, n = 1000."""
    rng = np.random.RandomState(0)
    x, e = rng.uniform(size=1000), rng.normal(size=1000)
    cases = [
        (rng.uniform(size=1000), 0.121),
        (x + 0.1 * e, 0.830),
        (x, 0.951),
        (np.sin(6 * x), 0.909),
    ]
    for y, expected in cases:
        score = wasserstein_dependence(x[:, None], y, measure="wcorr", debias=False)
        assert score[0] == pytest.approx(expected, abs=0.04)


@pytest.mark.parametrize("measure", MEASURES)
def test_dependence_of_any_form_is_found(measure):
    rng = np.random.RandomState(0)
    X = rng.normal(size=(150, 4))
    y = np.abs(X[:, 1]) + 0.1 * rng.normal(size=150)
    score = partial(
        wasserstein_dependence, measure=measure, n_permutations=19, random_state=0
    )
    selected = SelectKBest(score, k=1).fit(X, y)
    np.testing.assert_array_equal(selected.get_support(), np.arange(4) == 1)
    assert selected.pvalues_[1] == 1 / 20
    scores = wasserstein_dependence(X, y, measure=measure, random_state=0)
    assert scores[1] > 0.1
    assert np.abs(np.delete(scores, 1)).max() < 0.1
    classes = np.where(np.abs(X[:, 1]) > 0.7, "far", "near")
    scores = wasserstein_dependence(X, classes, measure=measure, random_state=0)
    assert np.argmax(scores) == 1


@pytest.mark.parametrize("measure", MEASURES)
def test_p_values_of_independence_are_uniform(measure):
    rng = np.random.RandomState(0)
    X, y = rng.normal(size=(15, 80)), rng.normal(size=15)
    _, p_values = wasserstein_dependence(
        X, y, measure=measure, n_permutations=39, random_state=0
    )
    # exact p-values are multiples of 1 / 40
    p_values -= rng.uniform(size=80) / 40
    assert kstest(p_values, "uniform").pvalue > 0.01


@pytest.mark.parametrize("measure", MEASURES)
def test_laws(measure):
    rng = np.random.RandomState(0)
    x, e = rng.normal(size=(2, 60))
    y = x + e
    score = partial(
        wasserstein_dependence, measure=measure, debias=False, random_state=0
    )
    value = score(x[:, None], y)[0]
    assert score(5 * x[:, None] - 2, 3 * y + 1)[0] == pytest.approx(value)
    rank = score(x[:, None], y, standardize="rank")[0]
    assert score(x[:, None], np.exp(y), standardize="rank")[0] == pytest.approx(rank)
    if measure == "etic":
        assert score(y[:, None], x)[0] == pytest.approx(value)
    assert score(np.ones((60, 1)), y)[0] == pytest.approx(0, abs=0.2)
    np.testing.assert_array_equal(
        *(score(np.c_[x, e], y, n_jobs=n_jobs) for n_jobs in (1, 2))
    )


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"measure": "mi"}, "measure must be one of"),
        ({"p": 3}, "p must be 1 or 2"),
        ({"standardize": "minmax"}, "standardize must be"),
        ({"n_shuffles": 0}, "n_shuffles must be 1 at least"),
        ({"n_permutations": -1}, "n_permutations must be 0 at least"),
        ({"max_samples": 2}, "max_samples must be 3 at least"),
    ],
)
def test_bad_parameters(params, message):
    with pytest.raises(ValueError, match=message):
        wasserstein_dependence(np.eye(4), np.arange(4.0), **params)


def test_bad_data():
    with pytest.raises(ValueError, match="NaN"):
        wasserstein_dependence([[np.nan], [1.0], [2.0]], [0.0, 1.0, 2.0])
    with pytest.raises(ValueError, match="2 sample"):
        wasserstein_dependence([[0.0], [1.0]], [0.0, 1.0])


# -- layers ----------------------------------------------------------------------------


def test_equal_representations_have_not_moved():
    rng = np.random.RandomState(0)
    H, y = rng.normal(size=(40, 3)), rng.randint(0, 2, 40)
    shift = representation_shift(H, H[::-1], y, y[::-1], random_state=0)
    assert shift.value == shift.unlabelled == 0
    other = rng.normal(size=(30, 3))
    labelled = representation_shift(H, other, y, y[:30], random_state=0)
    assert labelled.value >= labelled.unlabelled
    assert labelled.n_matched == 20


def mlp(activation="relu", **params):
    X, y = load_digits(return_X_y=True)
    X = X / 16
    network = MLPClassifier((16, 8), activation=activation, max_iter=15, random_state=0)
    return network.fit(X[:200], y[:200]), X, y


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("activation", ["relu", "tanh", "logistic", "identity"])
def test_activations_and_lipschitz_constants(activation):
    network, X, _ = mlp(activation)
    layers = activations(network, X[:50])
    assert [h.shape[1] for h in layers] == [64, 16, 8, 10]
    logits = layers[-1]
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(p, network.predict_proba(X[:50]), atol=1e-12)
    constants = tail_constants(network)
    assert constants[-1] == 1
    gaps = np.linalg.norm(logits[:25] - logits[25:], axis=1)
    for h, constant in zip(layers, constants, strict=True):
        moves = np.linalg.norm(h[:25] - h[25:], axis=1)
        assert (gaps <= constant * moves + 1e-12).all()


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_bounds_hold():
    network, X, y = mlp()
    train, test = (X[:200], y[:200]), (X[200:400], (y[200:400] + 1) % 10)
    shift = layerwise_wasserstein(
        network, train[0], test[0], train[1], test[1], random_state=0
    )

    def risk(X, y):  # in [0, 1], and 1-Lipschitz in the output
        gap = activations(network, X)[-1] - np.eye(10)[y]
        return np.minimum(np.linalg.norm(gap, axis=1), 1).mean()

    difference = abs(risk(*train) - risk(*test))
    assert (shift.bounds >= difference - 1e-12).all()
    frame = shift.to_frame()
    assert len(frame) == 4
    assert list(frame["lipschitz"])[-1] == 1
    assert shift.funnel_layer == np.argmin(shift.bounds)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_layers_of_plain_arrays_and_regressors():
    rng = np.random.RandomState(0)
    X = rng.normal(size=(60, 3))
    network = MLPRegressor(
        hidden_layer_sizes=(5,), max_iter=5, random_state=0, tol=1.0
    ).fit(X, X[:, 0])
    far = layerwise_wasserstein(network, X, X + 5, random_state=0)
    arrays = [activations(network, part) for part in (X, X + 5)]
    again = layerwise_wasserstein(None, *arrays, random_state=0)
    assert [s.value for s in far.layers] == [s.value for s in again.layers]
    assert again.lipschitz is None
    assert far.layers[0].ratio > 2


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_bad_layers():
    H = np.zeros((5, 2))
    with pytest.raises(ValueError, match="2 units, and H_test 1"):
        representation_shift(H, H[:, :1])
    with pytest.raises(ValueError, match="max_samples must be 2"):
        representation_shift(H, H, max_samples=1)
    with pytest.raises(ValueError, match="both training and test"):
        representation_shift(H, H, np.zeros(5))
    with pytest.raises(ValueError, match="network must be"):
        layerwise_wasserstein(MLPClassifier(), H, H)
    with pytest.raises(ValueError, match="layers of training"):
        layerwise_wasserstein(None, [H], [H, H])
    network, X, _ = mlp()
    with pytest.raises(ValueError, match="expecting 64"):
        layerwise_wasserstein(network, X, X[:, :3])
