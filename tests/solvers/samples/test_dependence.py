# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Joint laws against products: oracles."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from skot.solvers import etic, exact, joint_product_cost, wasserstein_correlation


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
