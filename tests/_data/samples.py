# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Two samples, frames of them, and probabilities with labels."""

import numpy as np

from skot.shift import TransportShiftTest


def two_samples(n=30, m=25, d=3, shift=0.0, seed=0):
    rng = np.random.RandomState(seed)
    X, Y = rng.normal(size=(n, d)), rng.normal(size=(m, d))
    Y[:, 0] += shift
    return X, Y


def compare(X, Y, **params):
    params = {"random_state": 0, "n_permutations": 19, "n_bootstrap": 0, **params}
    return TransportShiftTest(**params).fit(X).test(Y)


def frames():
    rng = np.random.RandomState(0)
    reference = {
        "age": rng.normal(40, 10, 120),
        "town": rng.choice(["a", "b", "c"], 120),
        "owner": rng.choice([True, False], 120).astype(object),
    }
    current = {
        "age": rng.normal(40, 10, 100),
        "town": rng.choice(["b", "c", "new"], 100, p=[0.2, 0.2, 0.6]),
        "owner": rng.choice([True, False], 100).astype(object),
    }
    return reference, current


def clouds(n, spread, seed):
    rng = np.random.RandomState(seed)
    return [spread * rng.normal(size=(rng.randint(4, 9), 2)) for _ in range(n)]


def draw(seed, n=60, k=4, sharpness=0.4):
    rng = np.random.default_rng(seed)
    return rng.dirichlet(np.full(k, sharpness), n), rng.dirichlet(np.ones(k))


def labelled(seed, n=200, k=4, sharpness=0.4):
    """Probabilities and labels drawn from them: calibrated."""
    proba, _ = draw(seed, n, k, sharpness)
    rng = np.random.default_rng(seed + 1)
    y = (proba.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)
    y[:k] = np.arange(k)  # every class is there
    return proba, y


def tv(p, q):
    return abs(p - q).sum() / 2
