# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Spaces seen from a reference."""

from dataclasses import replace

import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import cdist

from skot.references import _seen, see_spaces
from skot.sets import read_spaces
from skot.solvers import fused_gromov_wasserstein
from tests._data.clouds import clouds, turned


def solve(reference, space):
    M = None
    if reference.features is not None:
        M = cdist(reference.features, space.features, "sqeuclidean")
    return fused_gromov_wasserstein(
        C1=reference.distances,
        C2=space.distances,
        M=M,
        a=reference.weights,
        b=space.weights,
    )


@pytest.fixture
def spaces():
    return read_spaces(clouds(0, 6, 8, 7, 5, n_dims=2))


def test_rows(spaces):
    seen = see_spaces(spaces, spaces[2], solve)
    assert seen.structure.shape == (4, 21)
    assert_allclose(seen.retained, 1 / 7)
    assert_allclose(seen.masses, 1)
    assert seen.features.shape == (4, 7, 2)
    assert seen.n_failed == 0
    # the reference sees itself as it is
    assert_allclose(seen.structure[2], 0, atol=1e-9)
    assert_allclose(seen.features[2], 0, atol=1e-9)
    assert [len(rows) for rows in seen.rows()] == [4] * 4


def test_without_features(spaces):
    (z,) = read_spaces([turned(spaces[1].points, 0)])
    z = replace(z, features=None)
    seen = see_spaces(spaces, z, solve)
    assert seen.features is None
    assert len(seen.rows()) == 3
    assert_allclose(seen.structure[1], 0, atol=1e-9)


def test_chunks_and_workers_change_nothing(spaces, monkeypatch):
    whole = see_spaces(spaces, spaces[0], solve)
    monkeypatch.setattr(_seen, "CHUNK", 1)
    parts = see_spaces(spaces, spaces[0], solve, n_jobs=2)
    for one, two in zip(whole.rows(), parts.rows(), strict=True):
        assert_array_equal(one, two)
