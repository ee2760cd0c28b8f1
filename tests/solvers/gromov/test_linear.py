# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Linear partial Gromov-Wasserstein: golden values, and laws of its algebra."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.spatial.distance import cdist

from skot.solvers import (
    linear_partial_gromov,
    project_space,
)
from tests._data.clouds import clouds, scales, seeds, seq, shifts

A, B, B2 = seq(4, 0), 1.4 * seq(5, 0.25), seq(4, 0.55) * (1.2, 0.7)


def energy(C1, C2, plan, lam, a, b):
    """Partial Gromov-Wasserstein objective, from its definition."""
    gaps = np.square(C1[:, None, :, None] - C2[None, :, None, :])
    moved = np.einsum("ijkl,ij,kl->", gaps, plan, plan)
    return moved + lam * (a.sum() ** 2 + b.sum() ** 2 - 2 * plan.sum() ** 2)


def best_matching(x, y, lam):
    """Optimal plan of unit masses, by trying every partial matching."""
    C1, C2 = cdist(x, x), cdist(y, y)
    best, plan = np.inf, None
    for images in product(range(-1, len(y)), repeat=len(x)):
        used = [i for i in images if i >= 0]
        if len(set(used)) < len(used):
            continue
        G = np.zeros((len(x), len(y)))
        G[[j for j, i in enumerate(images) if i >= 0], used] = 1
        value = energy(C1, C2, G, lam, np.ones(len(x)), np.ones(len(y)))
        if value < best:
            best, plan = value, G
    return best, plan


def seen(reference, space, plan):
    """The rows that `linear_partial_gromov` takes, of one space of unit masses."""
    image = project_space(plan, np.ones(len(reference)), points=space)
    upper = np.triu_indices(len(reference), 1)
    kernel = (image.structure - cdist(reference, reference))[upper]
    return kernel[None], image.retained[None], np.array([float(len(space))])


@pytest.mark.parametrize(
    ("lam", "retained", "unmatched", "discrepancy", "exact", "to_reference"),
    [
        (0.02, 3, (16, 0), 0.568923102329380, 0.482775750149594, 0.538454681517228),
        (0.1, 4, (9, 0), 1.389281377153960, 1.389281377153960, 1.747056571019809),
        (1.0, 4, (9, 0), 9.489281377153960, 9.489281377153960, 9.847056571019810),
    ],
)
def test_golden_rows(lam, retained, unmatched, discrepancy, exact, to_reference):
    value, plan = best_matching(A, B, lam)
    value2, plan2 = best_matching(A, B2, lam)
    assert_allclose([value, value2], [to_reference, 0.103795969338575], atol=1e-8)
    first, second = seen(A, B, plan), seen(A, B2, plan2)
    assert first[1].sum() == retained
    assert second[1].sum() == 4
    for (_, p, mass), c in zip((first, second), unmatched, strict=True):
        assert mass[0] ** 2 - p.sum() ** 2 == c
    result = linear_partial_gromov(first, second, lam=lam)
    assert_allclose(result, [[discrepancy]], rtol=0, atol=1e-8)
    assert_allclose(best_matching(B, B2, lam)[0], exact, rtol=0, atol=1e-8)
    # the discrepancy is a feasible cost: the matchings composed
    assert discrepancy >= exact - 1e-12


@given(seeds, st.floats(0.01, 100.0))
@settings(max_examples=30)
def test_distance_to_the_reference_is_the_cost_of_the_plan(seed, lam):
    x, y = clouds(seed, 5, 7)
    rng = np.random.default_rng(seed)
    plan = np.zeros((5, 7))
    plan[rng.permutation(5)[:4], rng.permutation(7)[:4]] = 1
    zero = np.zeros((1, 10)), np.ones((1, 5)), np.array([5.0])
    value = linear_partial_gromov(zero, seen(x, y, plan), lam=lam)
    expected = energy(cdist(x, x), cdist(y, y), plan, lam, np.ones(5), np.ones(7))
    assert_allclose(value, [[expected]], rtol=1e-10)


@given(seeds, st.floats(0.01, 100.0))
@settings(max_examples=30)
def test_discrepancy_is_the_cost_of_the_composed_plan(seed, lam):
    z, x, y = clouds(seed, 5, 6, 7)
    rng = np.random.default_rng(seed)
    plans = []
    for n in (6, 7):
        plan = np.zeros((5, n))
        plan[rng.permutation(5)[:4], rng.permutation(n)[:4]] = 1
        plans.append(plan)
    value = linear_partial_gromov(seen(z, x, plans[0]), seen(z, y, plans[1]), lam=lam)
    composed = plans[0].T @ plans[1]
    expected = energy(cdist(x, x), cdist(y, y), composed, lam, np.ones(6), np.ones(7))
    assert_allclose(value, [[expected]], rtol=1e-10)


@given(seeds, scales)
@settings(max_examples=30)
def test_scaling(seed, s):
    """Distances times s and lam times s^2, or masses times s: squares times s^2."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(3, 6)), rng.uniform(size=(3, 4)), rng.uniform(4, 5, size=3)
    value = linear_partial_gromov(x, lam=0.7)
    stretched = linear_partial_gromov((s * x[0], *x[1:]), lam=0.7 * s**2)
    heavier = linear_partial_gromov((x[0], s * x[1], s * x[2]), lam=0.7)
    assert_allclose(stretched, s**2 * value, rtol=1e-9)
    assert_allclose(heavier, s**2 * value, rtol=1e-9)
    assert_allclose(value, value.T)
    unmatched = x[2] ** 2 - x[1].sum(axis=1) ** 2
    assert_allclose(value.diagonal(), 2 * 0.7 * unmatched)


def test_blocks_change_nothing(monkeypatch):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(5, 6)), rng.uniform(size=(5, 4)), np.full(5, 4.0)
    x += (rng.normal(size=(5, 4, 2)),)
    whole = linear_partial_gromov(x, lam=1.0, alpha=0.3)
    monkeypatch.setattr("skot.solvers._gromov.linear.BLOCK", 20)
    assert_allclose(linear_partial_gromov(x, x, lam=1.0, alpha=0.3), whole)


@given(seeds, shifts)
@settings(max_examples=30)
def test_coordinates_and_distances_see_the_same(seed, shift):
    (x,) = clouds(seed, 7)
    rng = np.random.default_rng(seed)
    plan = rng.uniform(size=(4, 7)) * (rng.uniform(size=(4, 7)) < 0.6)
    plan[0] = 0
    a = plan.sum(axis=1) + rng.uniform(size=4)
    one = project_space(plan, a, points=x + shift, features=x)
    two = project_space(plan, a, distances=cdist(x, x))
    scale = max(1.0, np.ptp(x))
    assert_allclose(one.structure, two.structure, atol=1e-6 * scale)
    for image in (one, two):
        assert_allclose(image.structure, image.structure.T)
        assert (image.structure.diagonal() == 0).all()
        assert (image.structure[0] == 0).all()
    matched = one.retained > 0
    assert_allclose(
        one.structure[np.ix_(matched, matched)],
        cdist(one.features[matched], one.features[matched]),
        atol=1e-9 * (scale + 100),
    )


def test_rows_are_divided_by_what_they_keep():
    """Not by the mass of the node, which would shrink the image to the origin."""
    points = np.array([[10.0, 0.0], [12.0, 0.0], [10.0, 4.0]])
    plan = np.array([[0.25, 0.25, 0.0], [0.0, 0.0, 0.1]])
    image = project_space(plan, np.ones(2), points=points, features=points)
    assert_allclose(image.features, [[11, 0], [10, 4]])
    assert_allclose(image.structure[0, 1], np.sqrt(17))
