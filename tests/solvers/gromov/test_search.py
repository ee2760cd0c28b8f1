# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The search for good plans: near the best of all, and never above a single descent."""

from itertools import permutations

import numpy as np
import ot
import pytest
from numpy.testing import assert_allclose

from skot.solvers import gromov_wasserstein, partial_gromov_wasserstein
from tests._data.spaces import distances, penalised, random_pair


def test_best_of_all_matchings():
    """Between few points, the search finds the global optimum, nearly always."""
    missed = 0
    for seed in range(30):
        rng = np.random.RandomState(seed)
        C1, C2 = (distances(rng.normal(size=(6, 2))) for _ in "12")
        perms = np.array(list(permutations(range(6))))
        gaps = C1 - C2[perms[:, :, None], perms[:, None, :]]
        best = (gaps**2).sum(axis=(1, 2)).min() / 36
        value = gromov_wasserstein(C1, C2).value
        assert value >= best * (1 - 1e-12)
        missed += value > best * (1 + 1e-9)
    assert missed <= 1


@pytest.mark.parametrize("seed", range(10))
def test_order_of_points_does_not_matter(seed):
    C1, C2, rng = random_pair(seed)
    i, j = rng.permutation(len(C1)), rng.permutation(len(C2))
    for solve in (
        lambda C1, C2: partial_gromov_wasserstein(C1, C2, lam=0.4),
        gromov_wasserstein,
    ):
        first = solve(C1, C2)
        second = solve(C1[np.ix_(i, i)], C2[np.ix_(j, j)])
        assert_allclose(second.value, first.value, rtol=1e-9)


def test_copies_are_recognised():
    for seed in range(10):
        rng = np.random.RandomState(seed)
        x, i = rng.normal(size=(30, 2)), rng.permutation(30)
        turn = np.linalg.qr(rng.normal(size=(2, 2)))[0]
        C1, C2 = distances(x), distances(x[i] @ turn + 5)
        assert gromov_wasserstein(C1, C2).value < 1e-12
        assert partial_gromov_wasserstein(C1, C2, lam=1.0).value < 1e-10


@pytest.mark.parametrize("lam", [0.02, 0.1, 0.5])
def test_never_above_the_product_start(lam):
    for seed in range(15):
        C1, C2, _ = random_pair(seed)
        best = partial_gromov_wasserstein(C1, C2, lam=lam)
        single = partial_gromov_wasserstein(C1, C2, lam=lam, n_starts=1)
        assert best.value <= single.value * (1 + 1e-9)


@pytest.mark.parametrize("lam", [0.02, 0.1, 0.5])
@pytest.mark.parametrize("equal", [True, False])
def test_never_above_pot_at_the_mass_found(lam, equal):
    for seed in range(15):
        C1, C2, rng = random_pair(seed)
        a, b = np.ones(len(C1)), np.ones(len(C2))
        if not equal:
            a, b = rng.uniform(0.5, 2, len(a)), rng.uniform(0.5, 2, len(b))
        best = partial_gromov_wasserstein(C1, C2, a, b, lam=lam)
        mass = min(best.mass, a.sum(), b.sum())
        theirs = ot.gromov.partial_gromov_wasserstein(C1, C2, a, b, m=mass)
        slack = 1e-9 * lam * (a.sum() ** 2 + b.sum() ** 2)
        assert best.converged
        assert best.value <= penalised(theirs, C1, C2, a, b, lam) + slack
