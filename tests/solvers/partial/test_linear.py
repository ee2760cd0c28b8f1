# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Sets as a reference sees them partially: by hand, in blocks, rounding aside."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skot.sets import PointSets
from skot.solvers import linear_partial, partial_projections
from skot.solvers._partial import linear


def project(sets, reference, weights, lam):
    return partial_projections(
        reference=np.array(reference),
        weights=np.array(weights),
        sets=PointSets.from_list(sets),
        lam=lam,
    )


def test_a_reference_that_stays_moves_and_is_destroyed():
    sets = [[[1.0], [30.0]], [[0.5], [11.0]], [[500.0]]]
    seen = project(sets, [[0.0], [10.0]], [1.0, 1.0], lam=5.0)
    assert_array_equal(seen.displacements[..., 0], [[1, 0], [0.5, 1], [0, 0]])
    assert_array_equal(seen.retained, [[1, 0], [1, 1], [0, 0]])
    assert_array_equal(seen.created, [1, 0, 1])
    assert_allclose(seen.values, [1 + 10, 0.25 + 1, 15])
    assert seen.converged.all()


def test_mass_that_is_split_moves_to_its_mean():
    seen = project([[[0.0], [2.0]]], [[1.5]], [4.0], lam=50.0)
    assert_allclose(seen.displacements, [[[-0.5]]])
    assert_allclose(seen.retained, 2)
    assert_allclose(seen.values, 2.25 + 0.25 + 2 * 50)


def test_what_rounding_leaves_of_an_atom_is_nothing():
    # more mass than there is to meet it: what is destroyed is destroyed exactly
    rng = np.random.default_rng(0)
    reference = rng.normal(size=(30, 2))
    weights = rng.uniform(0.1, 1, 30)
    seen = project([rng.normal(size=(5, 2))], reference, weights, lam=2.0)
    kept = seen.retained[0]
    assert ((kept == 0) | (kept > 1e-12 * weights)).all()
    assert (kept <= weights).all()
    assert (seen.displacements[0][kept == 0] == 0).all()
    assert (kept == 0).any()


def embeddings(seed, n_sets, n_reference=4, n_dims=2):
    rng = np.random.default_rng(seed)
    return (
        rng.normal(size=(n_sets, n_reference, n_dims)),
        rng.uniform(size=(n_sets, n_reference)),
        rng.uniform(size=n_sets),
    )


@pytest.mark.parametrize("self_zero", [False, True])
def test_discrepancies_from_their_definition(self_zero, monkeypatch):
    left, right, lam = embeddings(0, 3), embeddings(1, 5), 0.7
    D = linear_partial(left, right, lam=lam, self_zero=self_zero)
    for i in range(3):
        for j in range(5):
            (u, p, m), (v, q, k) = ([e[s] for e in side] for side, s in
                                    ((left, i), (right, j)))  # fmt: skip
            w = np.minimum(p, q)
            squares = np.minimum(((u - v) ** 2).sum(axis=1), 2 * lam)
            created = abs(m - k) if self_zero else m + k
            total = squares @ w + lam * (p.sum() + q.sum() - 2 * w.sum() + created)
            assert_allclose(D[i, j], np.sqrt(total))
    monkeypatch.setattr(linear, "BLOCK", 7)
    assert_allclose(linear_partial(left, right, lam=lam, self_zero=self_zero), D)
    own = linear_partial(left, lam=lam, self_zero=True)
    assert_allclose(own, own.T)
    assert_allclose(np.diag(own), 0, atol=1e-12)
