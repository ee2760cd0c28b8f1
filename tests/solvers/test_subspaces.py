# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Spans of rows against NumPy's least squares and decompositions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from skot.solvers import local_squared_residuals, span, squared_residuals


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 100), st.integers(1, 12), st.integers(1, 6))
def test_a_span_and_its_growth(seed, n_rows, rank):
    rng = np.random.RandomState(seed)
    rows = rng.normal(size=(n_rows, rank)) @ rng.normal(size=(rank, 8))
    whole = span(rows)
    assert len(whole.basis) == np.linalg.matrix_rank(rows)
    assert_allclose(whole.basis @ whole.basis.T, np.eye(len(whole.basis)), atol=1e-12)
    assert_allclose(whole.rows.T @ whole.rows, rows.T @ rows, atol=1e-11)
    cut = rng.randint(n_rows + 1)
    grown = span(rows[cut:], known=span(rows[:cut]))
    assert_allclose(grown.singular_values, whole.singular_values, rtol=1e-10)
    new = rng.normal(size=(5, 8))
    coefficients = np.linalg.lstsq(rows.T, new.T, rcond=1e-10)[0]
    expected = np.square(new - coefficients.T @ rows).sum(axis=1)
    for basis in (whole.basis, grown.basis):
        assert_allclose(squared_residuals(new, basis), expected, atol=1e-10)


def test_shares_of_strength():
    s = span(np.diag([6.0, 3.0, 1.0]))
    assert [s.n_leading(x) for x in (0.5, 0.6, 0.61, 0.9, 0.95, 1)] == [
        1,
        1,
        2,
        2,
        3,
        3,
    ]
    # squares are 36, 9 and 1 of 46
    assert [s.n_leading(x, "variance") for x in (0.7, 0.95, 0.99)] == [1, 2, 3]
    nothing = span(np.empty((0, 4)))
    assert nothing.n_leading(0.99) == 0
    assert_allclose(squared_residuals(np.ones((1, 4)), nothing.basis), 4)
    assert len(span(np.zeros((3, 4))).basis) == 0


def local_oracle(x, groups, n_neighbors, shared, share):
    """The definition, one row and one group at a time."""
    own = [
        squared_residuals(x[None], span(np.vstack([shared, g])).basis)[0]
        for g in groups
    ]
    near = np.argsort(own, kind="stable")[:n_neighbors]
    s = span(np.vstack([shared, *groups[near]]))
    return squared_residuals(x[None], s.basis[: s.n_leading(share)])[0]


@pytest.mark.parametrize(("n_members", "n_shared"), [(1, 0), (1, 1), (3, 1)])
@pytest.mark.parametrize("share", [0.8, 1])
def test_local_spans_are_those_of_the_definition(n_members, n_shared, share):
    rng = np.random.RandomState(0)
    groups = rng.normal(size=(7, n_members, 15)) + 1
    shared, rows = np.ones((n_shared, 15)), rng.normal(size=(6, 15))
    for k in (1, 3, 7):
        ours = local_squared_residuals(rows, groups, k, shared=shared, share=share)
        theirs = [local_oracle(x, groups, k, shared, share) for x in rows]
        assert_allclose(ours, theirs, atol=1e-12)
        by_one = local_squared_residuals(
            rows, groups, k, shared=shared, share=share, max_entries=1
        )
        assert_allclose(by_one, ours, atol=1e-12)
    assert_allclose(local_squared_residuals(rows, 0 * groups, 2), (rows**2).sum(axis=1))
