# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Transport Lp distances of signals against linear programs and their limits."""

import numpy as np
import ot
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import linprog
from scipy.spatial.distance import cdist

from skot.distance import (
    PairwiseDistance,
    partial_wasserstein_distances,
    ptlp_distances,
    sliced_partial_distances,
    tlp_distances,
    wasserstein_distances,
)
from skot.sets import PointSets
from skot.signal import SignalLift

problems = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**31)
orders = st.sampled_from([1, 1.5, 2, 3])


def draw(seed, n_sets=3, *, weighted=False, n_channels=1, n_coords=1):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, 6, n_sets)
    # few levels: ties and coincident samples are the rule
    points = rng.integers(-2, 3, (sizes.sum(), n_coords + n_channels)) / 2
    weights = rng.uniform(0.2, 2, len(points)) if weighted else None
    return PointSets(points, np.concatenate([[0], np.cumsum(sizes)]), weights)


def masses(s):
    return np.ones(len(s.points)) if s.weights is None else s.weights


def costs(s, t, beta, p, n_coords=1):
    gaps = np.abs(s.points[:, None] - t.points[None]) ** p
    return gaps[..., :n_coords].sum(-1) / beta + gaps[..., n_coords:].sum(-1)


def linear_program(a, b, C, lam):
    """Partial transport over plans with marginals of at most a and b."""
    rows = np.kron(np.eye(len(a)), np.ones(len(b)))
    columns = np.kron(np.ones(len(a)), np.eye(len(b)))
    limits = np.concatenate([a, b])
    result = linprog((C - 2 * lam).ravel(), np.vstack([rows, columns]), limits)
    return result.fun + lam * limits.sum()


@problems
@given(seeds, orders, st.booleans(), st.sampled_from([0.1, 1.0, 5.0]))
def test_pair_by_pair(seed, p, weighted, beta):
    X = draw(seed, weighted=weighted, n_channels=2)
    D = tlp_distances(X, beta=beta, p=p) ** p
    P = ptlp_distances(X, beta=beta, p=p, lam=0.4) ** p
    assert_allclose(D, D.T)
    assert_array_equal(np.diag(D), 0)
    assert_array_equal(np.diag(P), 0)
    for i, s in enumerate(X):
        for j, t in enumerate(X):
            a, b, C = masses(s), masses(t), costs(s, t, beta, p)
            assert_allclose(P[i, j], linear_program(a, b, C, 0.4), atol=1e-9)
            whole = ot.emd2(a / a.sum(), b / b.sum(), C)
            assert_allclose(D[i, j], whole, atol=1e-9)


@problems
@given(seeds, orders)
def test_common_grid(seed, p):
    """Between L^p cut at 2 lam and transport of values, as beta goes from 0 to inf."""
    values = np.random.default_rng(seed).normal(size=(3, 6))
    X = SignalLift().fit_transform(values)
    gaps = np.abs(values[:, None] - values[None]) ** p
    cut = np.minimum(gaps, 2 * 0.3).sum(-1)
    assert_allclose(ptlp_distances(X, lam=0.3, beta=1e-6, p=p) ** p, cut, atol=1e-12)
    assert_allclose(tlp_distances(X, beta=1e-6, p=p) ** p, gaps.mean(-1), atol=1e-12)
    for beta in (0.1, 10.0):
        D, P = (
            tlp_distances(X, beta=beta, p=p),
            ptlp_distances(X, lam=0.3, beta=beta, p=p),
        )
        assert (D**p <= gaps.mean(-1) + 1e-9).all()
        assert (P**p <= cut + 1e-9).all()
    free = values[:, :, None]
    assert_allclose(
        ptlp_distances(X, lam=0.3, beta=1e12, p=p),
        partial_wasserstein_distances(free, lam=0.3, p=p),
        atol=1e-5,
    )
    assert_allclose(
        tlp_distances(X, beta=1e12, p=p), wasserstein_distances(free, p=p), atol=1e-5
    )


@problems
@given(seeds, orders)
def test_penalty_from_nothing_to_everything(seed, p):
    X = SignalLift().fit_transform(np.random.default_rng(seed).normal(size=(3, 5)))
    D = tlp_distances(X, p=p) ** p
    assert_allclose(ptlp_distances(X, lam=1e3, p=p) ** p, 5 * D, rtol=1e-7, atol=1e-9)
    shares = ptlp_distances(X, lam=1e3, p=p, masses="probability") ** p
    assert_allclose(shares, D, rtol=1e-7, atol=1e-9)
    # nothing moves at a penalty below what the nearest two samples are apart
    owner = np.repeat(np.arange(3), X.sizes)
    apart = owner[:, None] != owner
    nearest = cdist(X.points, X.points, "minkowski", p=p)[apart].min() ** p
    lam = min(1e-9, nearest / 4)
    tiny = ptlp_distances(X, lam=lam, p=p) ** p
    assert_allclose(tiny, lam * 10 * (1 - np.eye(3)), rtol=1e-6, atol=1e-6 * lam)


@problems
@given(seeds, orders, st.booleans())
def test_metric(seed, p, weighted):
    X = draw(seed, 5, weighted=weighted)
    for D in (tlp_distances(X, p=p), ptlp_distances(X, lam=0.5, p=p)):
        around = (D[:, :, None] + D[None]).min(axis=1)
        assert (around >= D - 1e-7).all()


@problems
@given(seeds, orders, st.floats(-100, 100))
def test_an_outlier_costs_at_most_its_penalty(seed, p, value):
    X, Y = draw(seed), draw(seed + 1)
    spoilt = PointSets.from_list([np.vstack([s.points, [0.3, value]]) for s in Y])
    clean = ptlp_distances(X, Y, lam=0.5, p=p) ** p
    assert (ptlp_distances(X, spoilt, lam=0.5, p=p) ** p <= clean + 0.5 + 1e-9).all()
    with_itself = np.diag(ptlp_distances(Y, spoilt, lam=0.5, p=p)) ** p
    assert_allclose(with_itself, 0.5)


def test_order_of_samples_does_not_matter():
    X = draw(4, weighted=True, n_channels=2)
    turned = PointSets.from_list([(s.points[::-1], s.weights[::-1]) for s in X])
    for f in (tlp_distances, lambda *sets: ptlp_distances(*sets, lam=0.4)):
        assert_allclose(f(X, turned), f(X), atol=1e-7)


@pytest.mark.parametrize("p", [1, 2, 2.5])
def test_beta_in_the_lift_or_in_the_distance(p):
    values = np.random.default_rng(3).normal(size=(4, 7, 2))
    grid = np.random.default_rng(4).normal(size=(7, 2))
    plain = SignalLift(grid=grid).fit_transform(values)
    scaled = SignalLift(grid=grid, beta=0.3, p=p).fit_transform(values)
    for f, params in ((tlp_distances, {}), (ptlp_distances, {"lam": 0.7})):
        params = {"p": p, "n_coords": 2, **params}
        assert_allclose(f(plain, beta=0.3, **params), f(scaled, **params))


def test_all_coordinates_and_no_values_is_wasserstein():
    X = draw(5, n_channels=0, n_coords=2)
    assert_allclose(tlp_distances(X, n_coords=2), wasserstein_distances(X))
    halved = tlp_distances(X, n_coords=2, beta=4.0)
    assert_allclose(halved, wasserstein_distances(X) / 2)


def test_slices_see_lifted_signals_as_any_sets():
    X = SignalLift().fit_transform(np.random.default_rng(6).normal(size=(3, 9)))
    slices = [[1.0, 0.0], [0.0, 1.0]]
    sliced = sliced_partial_distances(X, lam=0.2, slices=slices, lam_scale="projected")
    assert (sliced <= ptlp_distances(X, lam=0.2) + 1e-9).all()


def test_metrics_of_the_transformer():
    X = draw(7, weighted=True)
    params = {"lam": 0.4, "beta": 2.0}
    D = PairwiseDistance("ptlp", metric_params=params).fit_transform(X)
    assert_allclose(D, ptlp_distances(X, **params))
    assert_allclose(PairwiseDistance("tlp").fit(X).transform(X), tlp_distances(X, X))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"beta": 0.0}, "beta must be positive and finite, got 0.0"),
        ({"beta": np.nan}, "beta must be"),
        ({"beta": np.inf}, "beta must be"),
        ({"n_coords": 0}, "n_coords must be between 1 and the 2 columns of X"),
        ({"n_coords": 3}, "n_coords must be"),
        ({"p": 0.5}, "p must be"),
        ({"lam": 0.0}, "lam"),
        ({"lam": np.nan}, "lam"),
        ({"masses": "any"}, "masses must be"),
    ],
)
def test_faults_are_named(params, message):
    X = draw(8, weighted=True)
    with pytest.raises(ValueError, match=message):
        ptlp_distances(X, **{"lam": 1.0, **params})
    if "lam" not in params and "masses" not in params:
        with pytest.raises(ValueError, match=message):
            tlp_distances(X, **params)
