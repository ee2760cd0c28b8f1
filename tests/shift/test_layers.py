# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Shift of representations and of layers."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier, MLPRegressor

from skot.shift import layerwise_wasserstein, representation_shift
from skot.shift._layers import activations, tail_constants


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
