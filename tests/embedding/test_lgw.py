# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Linear Gromov-Wasserstein: golden values, invariants, references, interpolation."""

import os
from dataclasses import replace
from itertools import product
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import cdist, pdist
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

from skot.embedding import LGWEmbedding, LPGWEmbedding, _lgw
from skot.sets import MetricSpace
from skot.solvers import (
    fused_gromov_wasserstein,
    fused_partial_gromov_wasserstein,
    gromov_wasserstein,
    linear_partial_gromov,
    partial_gromov_wasserstein,
    project_space,
    realise_space,
)
from tests._data.clouds import clouds, scales, seeds, seq, shifts, turned

DATA = Path(os.environ.get("SKOT_DATA") or "nowhere")

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


# -- golden values ---------------------------------------------------------------------


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


# -- invariants of the algebra ---------------------------------------------------------


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


# -- coordinates from distances --------------------------------------------------------


@given(seeds, st.integers(1, 8))
@settings(max_examples=30)
def test_realised_distances(seed, n):
    (x,) = clouds(seed, n)
    weights = np.random.default_rng(seed).uniform(0.1, 1, n)
    for mass in (None, weights):
        points = realise_space(cdist(x, x), 3, mass)
        assert_allclose(
            cdist(points, points), cdist(x, x), atol=1e-5 * np.ptp(x) + 1e-6
        )
        assert_allclose(np.average(points, axis=0, weights=mass), 0, atol=1e-6)


# -- the embeddings --------------------------------------------------------------------


def distances(spaces):
    return [cdist(x, x) for x in spaces]


@pytest.fixture
def shapes():
    return clouds(0, 6, 8, 7, 8, 5, n_dims=2)


@pytest.mark.parametrize("embedding", [LGWEmbedding(), LPGWEmbedding(n_medoids=2)])
def test_isometric_shapes_are_one(shapes, embedding):
    embedding = clone(embedding).set_params(random_state=0).fit(shapes)
    moved = [turned(x, i) for i, x in enumerate(shapes)]
    assert_allclose(embedding.transform(moved), embedding.transform(shapes), atol=1e-9)


def test_norm_is_the_gromov_distance_to_the_reference(shapes):
    """Where reference and space are of one size: then the plan is a map."""
    z, x = shapes[1], shapes[3]
    vector = LGWEmbedding(z).fit([z]).transform([x])
    exact = gromov_wasserstein(*distances([z, x]), n_starts=4).value
    assert_allclose(np.linalg.norm(vector), np.sqrt(exact), rtol=1e-6)
    assert_allclose(LGWEmbedding(z).fit([z]).transform([z]), 0, atol=1e-9)


@pytest.mark.parametrize("lam", [0.05, 0.5, 5.0])
def test_discrepancy_to_the_reference(shapes, lam):
    z = shapes[1]
    embedding = LPGWEmbedding(lam, reference=z).fit(shapes)
    vectors = embedding.transform(shapes)
    retained = embedding._read_columns(vectors)[0].retained
    D = embedding.pairwise(vectors[1:2], vectors)[0]
    for x, p, d in zip(shapes, retained, D, strict=True):
        result = partial_gromov_wasserstein(*distances([z, x]), lam=lam, n_starts=4)
        assert_allclose(p, result.plan.sum(axis=1), atol=1e-7)
        if np.isin(result.plan.round(9), (0, 1)).all():
            assert_allclose(d, np.sqrt(result.value), rtol=1e-6, atol=1e-6)


def test_large_lam_and_equal_masses_give_lgw(shapes):
    z, x, y = shapes[1], shapes[3], turned(shapes[1] + 0.2 * shapes[3], 0)
    lgw = LGWEmbedding(z, n_starts=16).fit([z])
    lpgw = LPGWEmbedding(1e3, reference=z, n_starts=16).fit([z])
    D = lgw.pairwise(lgw.transform([x, y]))
    E = lpgw.pairwise(lpgw.transform([x, y]))
    assert_allclose(E, 8 * D, rtol=1e-6, atol=1e-4)


def test_far_outliers_change_nothing_but_the_mass(shapes):
    z, x = shapes[1], turned(shapes[1], 0) * 1.05
    embedding = LPGWEmbedding(0.1, reference=z, n_starts=16).fit([z])
    spoilt = np.vstack([x, [[200.0, 0.0], [0.0, -300.0], [500.0, 500.0]]])
    vectors = embedding.transform([z, x, spoilt])
    assert_allclose(vectors[1, :-1], vectors[2, :-1], atol=1e-9)
    assert_allclose(vectors[:, -1], np.sqrt(0.1) * np.array([8, 8, 11]))
    D = embedding.pairwise(vectors)
    assert_allclose(D[0, 2] ** 2 - D[0, 1] ** 2, 0.1 * (11**2 - 8**2))
    assert_allclose(D[2, 2] ** 2, 2 * 0.1 * (11**2 - 8**2))
    assert_allclose(D[1, 1], 0, atol=1e-6)


@pytest.mark.parametrize("cls", [LGWEmbedding, LPGWEmbedding])
def test_matrices_and_points_give_one_vector(shapes, cls):
    vectors = cls(reference=shapes[2]).fit_transform(shapes)
    matrices = distances(shapes)
    embedding = cls(reference=matrices[2], metric="precomputed").fit(matrices)
    assert_allclose(embedding.transform(matrices), vectors, atol=1e-5)
    weighted = [(D, np.full(len(D), 1.0)) for D in matrices]
    assert_allclose(embedding.transform(weighted), vectors, atol=1e-5)
    space = MetricSpace(matrices[2], np.full(7, 1 / 7 if cls is LGWEmbedding else 1.0))
    assert_allclose(cls(reference=space).fit_transform(shapes), vectors, atol=1e-5)


def test_vectors_hold_what_pairwise_needs(shapes):
    """Distances from the columns are those from the projections themselves."""
    z = shapes[2]
    embedding = LPGWEmbedding(0.3, reference=z, alpha=0.7).fit(shapes)
    vectors = embedding.transform(shapes)
    rows = [[], [], [], []]
    for x in shapes:
        plan = fused_partial_gromov_wasserstein(
            cdist(z, x, "sqeuclidean"), *distances([z, x]),
            lam=0.3, alpha=0.7, n_starts=4,
        ).plan  # fmt: skip
        image = project_space(plan, np.ones(7), points=x, features=x)
        upper = np.triu_indices(7, 1)
        entries = (image.structure - cdist(z, z))[upper], image.retained, len(x)
        for row, entry in zip(rows, (*entries, image.features - z), strict=True):
            row.append(entry)
    expected = linear_partial_gromov([np.array(r) for r in rows], lam=0.3, alpha=0.7)
    assert_allclose(embedding.pairwise(vectors) ** 2, expected, rtol=1e-6, atol=1e-6)


def test_several_references(shapes):
    """Vectors lie side by side; `pairwise` takes the least distance."""
    for cls in (LGWEmbedding, LPGWEmbedding):
        both = cls(reference=shapes[:2]).fit(shapes)
        D = both.pairwise(both.transform(shapes))
        each = []
        for z in shapes[:2]:
            one = cls(reference=z).fit(shapes)
            each.append(one.pairwise(one.transform(shapes)))
        assert_allclose(D, np.minimum(*each), atol=1e-9)
        Z = both.transform(shapes)
        assert_allclose(both.pairwise(Z[:2], Z), D[:2])
    one = LGWEmbedding(shapes[0]).fit(shapes)
    Z = one.transform(shapes)
    assert_allclose(one.pairwise(Z), cdist(Z, Z))
    with pytest.raises(ValueError, match="X has 14 columns, but embeddings have 15"):
        one.pairwise(Z[:, 1:])


def test_automatic_price(shapes):
    spreads = [np.mean(cdist(x, x) ** 2) for x in shapes]
    embedding = LPGWEmbedding(reference="sample", random_state=0).fit(shapes)
    assert_allclose(embedding.lam_, np.median(spreads) / 10)
    assert LPGWEmbedding().fit(np.arange(6.0).reshape(3, 2)).lam_ == 1.0


def test_price_by_quantile(shapes):
    squares = [pdist(x, "sqeuclidean") for x in shapes]
    embedding = LPGWEmbedding("q50", reference="sample", random_state=0)
    for X, scale in ((shapes, 1), ([3 * x for x in shapes], 9)):
        lam = embedding.fit(X).lam_
        # each space counts alike, whatever its size
        below = [(scale * one < 2 * lam).mean() for one in squares]
        assert abs(np.mean(below) - 0.5) < 0.02
    low = clone(embedding).set_params(lam="q10").fit(shapes).lam_
    assert low < embedding.fit(shapes).lam_
    fused = clone(embedding).set_params(alpha=0.5, masses="probability").fit(shapes)
    # features are the coordinates: their squared differences are the same once more
    assert_allclose(fused.lam_, embedding.lam_)
    assert embedding.fit(np.arange(6.0).reshape(3, 2)).lam_ == 1.0
    with pytest.raises(ValueError, match="quantile in percent"):
        LPGWEmbedding("median").fit(shapes)


# -- what goes wrong -------------------------------------------------------------------


def test_bad_input(shapes):
    for lam in (0, -1.0, np.nan, np.inf):
        with pytest.raises(ValueError, match="'lam' parameter of LPGWEmbedding"):
            LPGWEmbedding(lam).fit(shapes)
    matrices = distances(shapes)
    faults = {
        "not a square matrix": matrices[0][:, :3],
        "not symmetric": np.triu(matrices[0]),
        "negative": -matrices[0],
        "NaN": matrices[0] * np.nan,
    }
    for message, bad in faults.items():
        for cls in (LGWEmbedding, LPGWEmbedding):
            model = cls(metric="precomputed", reference="sample")
            with pytest.raises(ValueError, match=message):
                model.fit([matrices[1], bad])
            model.fit(matrices)
            with pytest.raises(ValueError, match=message):
                model.transform([bad])
    with pytest.raises(ValueError, match=r"X\[0\] has no features, and these are"):
        LGWEmbedding(metric="precomputed", alpha=0.5).fit(matrices)
    with pytest.raises(ValueError, match=r"reference\[0\] needs 2 of them"):
        LGWEmbedding(MetricSpace(matrices[0], np.ones(6)), alpha=0.5).fit(shapes)
    with pytest.raises(ValueError, match="is for graphs, but X holds none"):
        LGWEmbedding(metric="hop").fit(shapes)
    model = LGWEmbedding(metric="precomputed", reference="sample").fit(matrices)
    with pytest.raises(ValueError, match=r"X\[0\] has 1 features, but LGWEmbedding is"):
        model.transform([(matrices[0], None, np.ones((6, 1)))])


def test_plans_that_do_not_settle(shapes, monkeypatch):
    def stopped(*args, **params):
        return replace(fused_gromov_wasserstein(*args, **params), converged=False)

    monkeypatch.setattr(_lgw, "fused_gromov_wasserstein", stopped)
    with pytest.warns(ConvergenceWarning, match="5 of 5 plans stopped"):
        LGWEmbedding(shapes[0]).fit_transform(shapes)


def test_automatic_price_counts_features():
    """Something is matched whatever the unit of features."""
    rng = np.random.RandomState(0)
    graphs = [(path(n), rng.normal(size=(n, 1))) for n in (5, 6, 7)]
    for scale in (1.0, 1e3):
        X = [(adjacency, scale * features) for adjacency, features in graphs]
        embedding = LPGWEmbedding(metric="hop", alpha=0.5, random_state=0).fit(X)
        D = embedding.pairwise(embedding.transform(X))
        apart = np.sqrt(embedding.lam_ * (5**2 + 6**2))
        assert D[0, 1] < 0.95 * apart


# -- graphs ----------------------------------------------------------------------------


def path(n):
    A = np.zeros((n, n))
    A[range(n - 1), range(1, n)] = 1
    return A + A.T


def test_graphs_of_different_sizes():
    graphs = [(path(n), np.arange(n, dtype=float)[:, None] / n) for n in (3, 5, 6, 9)]
    for metric in ("shortest_path", "diffusion"):
        plain = LGWEmbedding("sample", metric=metric, random_state=0).fit(graphs)
        assert plain.transform(graphs).shape == (4, 15 if len(plain.references_[0]) == 6
                                                 else 10)  # fmt: skip
        fused = clone(plain).set_params(alpha=0.5).fit(graphs)
        n = len(fused.references_[0])
        assert fused.transform(graphs).shape == (4, n * (n - 1) // 2 + n)
    # features alone tell apart graphs of one structure
    twins = [(path(5), f * np.ones((5, 1))) for f in (0.0, 0.0, 3.0)]
    plain = LGWEmbedding("sample", metric="hop", random_state=0).fit(twins)
    assert_allclose(plain.pairwise(plain.transform(twins)), 0, atol=1e-6)
    fused = LGWEmbedding("sample", metric="hop", alpha=0.25, random_state=0).fit(twins)
    D = fused.pairwise(fused.transform(twins))
    assert_allclose(D[0], [0, 0, np.sqrt(0.75 * 9)], atol=1e-6)


@pytest.mark.parametrize("cls", [LGWEmbedding, LPGWEmbedding])
@pytest.mark.parametrize("reference", ["barycenter", "kmedoids", "sample"])
def test_numbers_of_nodes_do_not_matter(cls, reference):
    """Also where symmetries leave plans a choice."""
    graphs = [nx.cycle_graph(8), nx.star_graph(6), nx.grid_2d_graph(3, 3)]
    X = [(nx.to_numpy_array(g), None) for g in [*graphs, nx.lollipop_graph(4, 3)]]
    rng = np.random.RandomState(0)
    Y = []
    for adjacency, _ in X:
        order = rng.permutation(len(adjacency))
        Y.append((adjacency[np.ix_(order, order)], None))
    embedding = cls(reference=reference, metric="hop", random_state=0).fit(X)
    assert_array_equal(embedding.transform(Y), embedding.transform(X))


# -- interpolation ---------------------------------------------------------------------


def test_interpolation_goes_from_one_to_the_other(shapes):
    z, x = shapes[1], turned(1.3 * shapes[1], 0)
    times = [0, 0.25, 0.5, 1]
    for embedding in (LGWEmbedding(z), LPGWEmbedding(0.5, reference=z)):
        vectors = embedding.fit([z]).transform([z, x])
        frames = embedding.interpolate(vectors, times)
        for t, frame in zip(times, frames, strict=True):
            expected = (1 + 0.3 * t) * cdist(z, z)
            assert_allclose(cdist(frame.points, frame.points), expected, atol=1e-6)
            assert_allclose(frame.weights, frame.weights[0])
        # each frame is turned onto the one before
        assert_allclose(frames[3].points, 1.3 * frames[0].points, atol=1e-5)
    flat = LGWEmbedding([z, x]).fit([z])
    assert flat.interpolate(flat.transform([z, x]), [0.5], n_dims=1).shape == (1, 1)


def test_interpolation_leaves_outliers_out(shapes):
    z = shapes[1]
    spoilt = np.vstack([turned(z, 0)[:-1], [[90.0, 80.0]]])
    embedding = LPGWEmbedding(0.2, reference=z).fit([z])
    frames = embedding.interpolate(embedding.transform([z, spoilt]), [0, 0.5, 1])
    assert [len(frame) for frame in frames] == [8, 8, 7]
    assert_allclose(sorted(frames[1].weights), [0.5] + 7 * [1])
    for frame in frames:
        assert np.abs(frame.points).max() < 10
    with pytest.raises(ValueError, match="times must be numbers from 0 to 1"):
        embedding.interpolate(embedding.transform([z, z]), [0, 1.5])
    with pytest.raises(ValueError, match="X holds 1 embeddings, expected 2"):
        embedding.interpolate(embedding.transform([z]), [0.5])


# -- real shapes -----------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(not DATA.exists(), reason="SKOT_DATA is not set")
def test_linear_distances_follow_the_exact_ones():
    """A third of the animals of Beier, Beinert and Steidl; .954 and .123 in print."""
    with np.load(DATA / "mmspaces3d_lgw_k25_k50.npz") as data:
        D, w = data["D50"][::3].astype(float), data["w50"][::3]
    D /= D.max(axis=(1, 2), keepdims=True)
    spaces = [(d, a / a.sum()) for d, a in zip(D, w, strict=True)]
    embedding = LGWEmbedding(metric="precomputed", random_state=0)
    linear = embedding.pairwise(embedding.fit_transform(spaces))
    pairs = np.column_stack(np.triu_indices(len(spaces), 1))
    exact = [
        gromov_wasserstein(D[i], D[j], spaces[i][1], spaces[j][1], n_starts=4).value
        for i, j in pairs
    ]
    linear, exact = linear[tuple(pairs.T)], np.sqrt(exact)
    assert np.corrcoef(linear, exact)[0, 1] > 0.95
    assert np.mean(abs(linear - exact) / exact) < 0.13


@pytest.mark.parametrize("cls", [LGWEmbedding, LPGWEmbedding])
def test_messages_name_what_is_wrong(cls, shapes):
    embedding = cls(reference="sample", random_state=0)
    Z = embedding.fit_transform(shapes)
    with pytest.raises(ValueError, match=r"^Y has \d+ columns"):
        embedding.pairwise(Z, Z[:, :-1])
    with pytest.raises(ValueError, match="Input Y contains NaN"):
        embedding.pairwise(Z, Z * np.nan)
    with pytest.raises(ValueError, match="numbers from 0 to 1, a list of them"):
        embedding.interpolate(Z[:2], 0.5)
    with pytest.raises(ValueError, match="n_dims must be at least 1"):
        embedding.interpolate(Z[:2], [0.5], n_dims=0)


def test_names_of_columns(shapes):
    triangle = shapes[0][:3]
    plain = LGWEmbedding(triangle).fit(shapes)
    assert plain.get_feature_names_out().tolist() == [
        "lgwembedding_structure0_1",
        "lgwembedding_structure0_2",
        "lgwembedding_structure1_2",
    ]
    partial = LPGWEmbedding(reference=[triangle, triangle[:2]], alpha=0.5).fit(shapes)
    names = partial.get_feature_names_out().tolist()
    assert len(names) == partial.transform(shapes).shape[1]
    assert len(set(names)) == len(names)
    assert names[-3:] == [
        "lpgwembedding_reference1_retained0",
        "lpgwembedding_reference1_retained1",
        "lpgwembedding_mass",
    ]
    assert names[3] == "lpgwembedding_reference0_feature0_0"
    one = LGWEmbedding(triangle[:1]).fit(shapes)
    assert one.get_feature_names_out().tolist() == ["lgwembedding_structure"]


def test_a_reference_of_another_mass_is_suspicious(shapes):
    heavy = MetricSpace(cdist(shapes[0], shapes[0]), np.full(len(shapes[0]), 100.0))
    with pytest.warns(UserWarning, match=r"reference\[0\] has mass"):
        LPGWEmbedding(reference=heavy).fit(shapes)
