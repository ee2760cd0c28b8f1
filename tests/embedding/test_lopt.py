# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Linear optimal partial transport: golden values, and what must hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from skot.distance import (
    PairwiseDistance,
    lopt_distances,
    partial_wasserstein_distances,
)
from skot.embedding import LOPTEmbedding, WassersteinEmbedding
from skot.sets import Measure, PointSets
from skot.solvers import partial_projections, partial_wasserstein

seeds = st.integers(0, 2**32 - 1)


def sequence(n, offset):
    """Points of a low-discrepancy sequence in the unit square."""
    steps = np.outer(np.arange(1, n + 1), [0.7548776662466927, 0.5698402909980532])
    return (steps + offset) % 1


Z = sequence(8, 0)
X = sequence(8, 0.3) * [1.5, 0.8] + [0.2, -0.1]
Y = np.vstack([sequence(8, 0.6) ** 2 + [-0.3, 0.4], [[5, 5], [6, 5]]])

GOLDEN = [
    # lam, retained and created X, retained and created Y, OPT(Z,X), LOPT, OPT(X,Y)
    (0.02, 3, 5, 2, 8, 0.24125645244458, 0.36, 0.35732922072606),
    (0.1, 4, 4, 6, 4, 0.89500568758024, 1.5305771474638, 1.4075627361392),
    (0.5, 7, 1, 8, 2, 2.6774017937909, 6.5520419306449, 5.5339735140223),
    (50, 8, 0, 8, 2, 2.6958205297151, 107.4848441785725, 107.2226245138821),
]


def embed(lam, *sets, reference=Z, **params):
    embedding = LOPTEmbedding(reference=reference, lam=lam, **params).fit(list(sets))
    return embedding, embedding.transform(list(sets))


def parts(embedding, V):
    u, p, m = embedding._split(V)
    return u, p, m


@pytest.mark.parametrize("row", GOLDEN)
def test_golden_values(row):
    lam, kept_x, new_x, kept_y, new_y, opt_zx, lopt, opt_xy = row
    embedding, V = embed(lam, X, Y)
    _, p, created = parts(embedding, V)
    assert_allclose(p.sum(axis=1), [kept_x, kept_y], atol=1e-12)
    assert_allclose(created, [new_x, new_y], atol=1e-12)
    assert_allclose(embedding.pairwise(V[:1], V[1:]) ** 2, lopt, atol=1e-8)
    exact = partial_wasserstein_distances([Z, X], [X, Y], lam=lam) ** 2
    assert_allclose(exact[0, 0], opt_zx, atol=1e-8)
    assert_allclose(exact[1, 1], opt_xy, atol=1e-8)


def test_by_hand():
    sets = [[[1.0], [30.0]], [[0.5], [11.0]]]
    embedding, V = embed(5.0, *sets, reference=[[0.0], [10.0]])
    assert_array_equal(V, [[1, 0, 1, 0, 1], [0.5, 1, 1, 1, 0]])
    assert_allclose(embedding.pairwise(V[:1], V[1:]) ** 2, 10.25)
    D = partial_wasserstein_distances([[[0.0], [10.0]], sets[1]], sets, lam=5.0) ** 2
    assert_allclose(D[:, 0], [11, 10.25])


def clouds(seed, n_sets=4, unit=True):
    rng = np.random.default_rng(seed)
    sets = []
    for _ in range(n_sets):
        size = rng.integers(4, 9)
        points = rng.normal(size=(size, 2)) + rng.normal(size=2)
        sets.append(points if unit else (points, rng.uniform(0.1, 2, size)))
    return PointSets.from_list(sets)


@given(seeds, st.sampled_from([0.05, 0.4, 2, 1000]), st.booleans())
@settings(max_examples=15, deadline=None)
def test_invariants(seed, lam, unit):
    sets = clouds(seed, unit=unit)
    reference = np.random.default_rng(seed + 1).normal(size=(6, 2))
    embedding, V = embed(lam, *sets, reference=reference)
    u, p, created = parts(embedding, V)
    # bookkeeping
    assert_allclose(p.sum(axis=1) + created, sets.masses)
    assert (p <= 1).all()
    assert (p >= 0).all()
    assert (u[p == 0] == 0).all()
    seen = partial_projections(reference, sets, lam=lam)
    exact = partial_wasserstein_distances(sets, lam=lam) ** 2
    to_reference = partial_wasserstein_distances([reference], sets, lam=lam) ** 2
    assert_allclose(seen.values, to_reference[0])
    # bounds, symmetry, triangles
    D = embedding.pairwise(V)
    total = lam * np.add.outer(sets.masses, sets.masses)
    assert_allclose(D, D.T)
    assert (total * (1 + 1e-12) >= D**2).all()
    for k in range(len(D)):
        assert (D[:, [k]] + D[[k]] + 1e-9 >= D).all()
    assert_allclose(np.diag(D) ** 2, 2 * lam * created, atol=1e-9)
    embedding.set_params(self_zero=True)
    closer = embedding.pairwise(V)
    assert_allclose(np.diag(closer), 0, atol=1e-6)
    assert (closer <= D + 1e-12).all()
    for k in range(len(D)):
        assert (closer <= closer[:, [k]] + closer[[k]] + 1e-9).all()
    if not unit:
        return
    # unit masses: the reference is at the true distance, others are not nearer
    origin = np.concatenate([np.zeros(12), np.ones(6), [0]])[None]
    assert_allclose(embedding.pairwise(origin, V) ** 2, to_reference)
    off = ~np.eye(len(D), dtype=bool)
    assert (D[off] ** 2 >= exact[off] - 1e-9).all()


def test_limits():
    # a set whose best plan is unique: ties go either way
    sets = PointSets.from_list([X, Y[:8], X * [1.1, 0.7] + 0.2])
    embedding, V = embed(1e-7, *sets)
    assert_allclose(embedding.pairwise(V) ** 2, 16e-7)
    embedding, V = embed(1e4, *sets)
    balanced = WassersteinEmbedding(reference=Z).fit_transform(sets)
    gaps = ((balanced[:, None] - balanced) ** 2).sum(axis=2)
    assert_allclose(embedding.pairwise(V) ** 2, 8 * gaps, atol=1e-9)


def test_outliers_change_nothing_but_their_mass():
    embedding, V = embed(0.4, X)
    far = np.vstack([X, [[9.0, 9], [-7, 3], [30, 1]]])
    again = embedding.transform([far])
    assert_allclose(again[:, :-1], V[:, :-1])
    assert_allclose(again[:, -1], V[:, -1] + 3)


def test_retained_mass_grows_with_the_penalty():
    kept = [embed(lam, X)[1][0, 16:24].sum() for lam in np.linspace(0.01, 2, 30)]
    assert (np.diff(kept) >= 0).all()


def test_scale_and_translation():
    embedding, V = embed(0.3, X, Y)
    base = embedding.pairwise(V)
    other, W = embed(0.3 * 49, 7 * X, 7 * Y, reference=7 * Z)
    assert_allclose(other.pairwise(W), 7 * base)
    other, W = embed(0.3, X + 1e3, Y + 1e3, reference=Z + 1e3)
    assert_allclose(other.pairwise(W), base, rtol=1e-9)
    assert_allclose(W, V, atol=1e-9)


def test_penalty_rule():
    sets = clouds(0, 10)
    lams = [LOPTEmbedding(lam=q, random_state=0).fit(sets) for q in ("q10", "q50")]
    assert lams[0].lam_ < lams[1].lam_
    for embedding, share in zip(lams, (0.1, 0.5), strict=True):
        squares = (sets.points[:, None] - embedding.reference_) ** 2
        inside = squares.sum(axis=2) < 2 * embedding.lam_
        assert abs(inside.mean() - share) < 0.02
    doubled = PointSets.from_list([2 * s.points for s in sets])
    other = LOPTEmbedding(lam="q50", random_state=0).fit(doubled)
    assert_allclose(other.lam_, 4 * lams[1].lam_, rtol=1e-9)
    assert LOPTEmbedding(random_state=0).fit(sets).lam_ == lams[1].lam_
    for bad in ("q0", "q100", "median", "50"):
        with pytest.raises(
            ValueError, match='lam must be a positive finite number, "au'
        ):
            LOPTEmbedding(lam=bad).fit(sets)


@pytest.mark.parametrize("lam", [0, -1.0, np.nan, np.inf])
def test_bad_penalty(lam):
    with pytest.raises(ValueError, match="lam"):
        LOPTEmbedding(lam=lam).fit(clouds(0))
    with pytest.raises(ValueError, match="lam must be a positive finite number"):
        lopt_distances(clouds(0), lam=lam, reference=Z)


def test_masses_of_the_reference():
    sets = clouds(1, unit=False)
    learnt = LOPTEmbedding(n_reference=5, random_state=0).fit(sets)
    assert_allclose(learnt.reference_weights_, sets.masses.mean() / 5)
    given = LOPTEmbedding(reference=Measure(Z, np.arange(1.0, 9) / 4), lam=1.0).fit(
        sets
    )
    assert_allclose(given.reference_weights_, np.arange(1, 9) / 4)
    one = LOPTEmbedding(reference=Z, masses="probability", lam=1.0).fit(sets)
    assert_allclose(one.reference_weights_, 1 / 8)
    V = one.transform(sets)
    assert_allclose(V[:, 16:].sum(axis=1), 1)
    heavy = sets.with_weights(100 * sets.weights)
    assert_allclose(one.transform(heavy), V)


def test_a_reference_larger_than_any_set():
    """The rest of it is destroyed, and costs its penalty."""
    big = np.vstack([Z, sequence(8, 0.5), sequence(8, 0.7)])
    embedding, V = embed(3.0, X, Y[:8], reference=big)
    _, p, created = parts(embedding, V)
    assert_allclose(p.sum(axis=1), 8)
    assert_array_equal(created, 0)
    with pytest.warns(UserWarning, match="the reference has mass 600"):
        LOPTEmbedding(reference=np.tile(Z, (75, 1)), lam=1.0).fit([X])
    with pytest.warns(UserWarning, match="the reference has mass 0.008"):
        LOPTEmbedding(reference=Measure(Z, np.full(8, 1e-3)), lam=1.0).fit([X])


def test_inverse_and_interpolation():
    embedding, V = embed(0.5, X, Y)
    back = embedding.inverse_transform(V)
    assert_array_equal(back.sizes, [7, 8])
    # what was matched comes back, point by point
    assert {tuple(q.round(9)) for q in back[0].points} <= {tuple(q.round(9)) for q in X}
    assert_allclose(embedding.transform(back)[:, :-1], V[:, :-1], atol=1e-12)
    frames = embedding.interpolate(V, [0, 0.5, 1])
    for on, end in ((frames[0], back[0]), (frames[2], back[1])):
        value = partial_wasserstein(
            x=on.points, y=end.points, a=on.weights, b=end.weights, lam=1.0
        )
        assert value.value < 1e-12
    assert_allclose(frames.masses[1], (7 + 8) / 2)
    for bad in ([1.5], [-0.5, 0.5], 0.5, [], [np.nan]):
        with pytest.raises(ValueError, match="times must be numbers from 0 to 1"):
            embedding.interpolate(V, bad)
    with pytest.raises(ValueError, match="X holds 1 embeddings, expected 2"):
        embedding.interpolate(V[:1], [0.5])
    with pytest.raises(TypeError):
        embedding.interpolate(V[:1], V[1:], 0.5)
    with pytest.raises(ValueError, match="columns, but embeddings have 25"):
        embedding.pairwise(V[:, 1:])
    nothing = embedding.inverse_transform(embedding.transform([X + 100]))
    assert_array_equal(nothing.sizes, [0])


def test_as_a_metric():
    sets = [X, Y, sequence(9, 0.4)]
    embedding, V = embed(0.3, *sets)
    D = embedding.pairwise(V)
    assert_allclose(lopt_distances(sets, lam=0.3, reference=Z), D)
    assert_allclose(lopt_distances(sets[:1], sets, lam=0.3, reference=Z), D[:1])
    params = {"lam": 0.3, "reference": Z, "self_zero": True}
    metric = PairwiseDistance("lopt", metric_params=params)
    embedding.set_params(self_zero=True)
    assert_allclose(metric.fit_transform(sets), embedding.pairwise(V), atol=1e-9)
    assert_allclose(metric.transform(sets[1:]), embedding.pairwise(V)[1:], atol=1e-9)
    with pytest.raises(ValueError, match="but the reference in R"):
        lopt_distances(sets, lam=1.0, reference=[[0.0]])


def test_names():
    embedding, V = embed(0.3, X, reference=Z[:2])
    assert list(embedding.get_feature_names_out()) == [
        *(f"loptembedding_move{j}_{k}" for j in range(2) for k in range(2)),
        "loptembedding_retained0",
        "loptembedding_retained1",
        "loptembedding_unmatched",
    ]
    assert V.shape == (1, 7)


def test_a_set_is_at_no_distance_from_itself_at_any_penalty():
    rng = np.random.default_rng(0)
    x, reference = rng.normal(size=(2, 12, 2))
    for lam in (1e6, 1e12):
        embedding = LOPTEmbedding(reference, lam=lam).fit([x])
        Z = embedding.transform([x, x[::-1]])
        assert_array_equal(embedding.pairwise(Z), np.zeros((2, 2)))


def test_messages_name_what_is_wrong():
    rng = np.random.default_rng(0)
    points, weights = rng.normal(size=(5, 2)), rng.uniform(1, 2, 5)
    embedding = LOPTEmbedding((points, weights), lam=1.0)
    Z = embedding.fit_transform([points, points + 1])
    assert_allclose(embedding.reference_weights_, weights)
    with pytest.raises(ValueError, match=r"^Y has \d+ columns"):
        embedding.pairwise(Z, Z[:, :-1])
    with pytest.raises(ValueError, match="X holds 4 embeddings, expected 2"):
        embedding.interpolate(np.vstack([Z, Z]), [0.0, 0.5])


def test_references_in_any_form():
    X = [np.arange(6.0).reshape(3, 2)]
    points = ((0.0, 0.0), (1.0, 1.0))
    for reference in (points, list(points), np.array(points), (points, [1.0, 1.0])):
        embedding = LOPTEmbedding(reference, lam=1.0).fit(X)
        assert_array_equal(embedding.reference_, points)
        assert_array_equal(embedding.reference_weights_, 1.0)


def test_points_beyond_squares_are_left_out():
    points = np.random.default_rng(0).normal(size=(5, 2))
    far = np.vstack([points, [1e200, 1e200]])
    embedding = LOPTEmbedding(points, lam=1.0).fit([points])
    u, v = embedding.transform([points, far])
    assert_allclose(v[:-1], u[:-1])
    assert_allclose(v[-1], 1)
