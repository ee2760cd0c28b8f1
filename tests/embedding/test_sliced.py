# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Sliced-Wasserstein embedding: golden value, invariants, slices, quantiles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import pdist

from skot.embedding import SlicedWassersteinEmbedding
from skot.solvers import SLICERS
from tests._data.clouds import X6, X, Y, Z, clouds, scales, seeds, shifts

ot = pytest.importorskip("ot")


def embed(sets, **params):
    embedding = SlicedWassersteinEmbedding(
        **{"n_slices": 12, "random_state": 0} | params
    )
    return embedding.fit_transform(sets)


def test_golden_value():
    u, v = embed([X, Y], n_slices=4, slices="angles", n_quantiles=8)
    assert_allclose(((u - v) ** 2).sum(), 0.4374431274950008, rtol=0, atol=1e-9)


@given(seeds, st.sampled_from(sorted(SLICERS.keys() - {"angles"})))
def test_equal_sizes_give_the_sliced_distance(seed, slices):
    x, y = clouds(seed, 8, 8)
    embedding = SlicedWassersteinEmbedding(10, slices=slices, random_state=0).fit(
        [x, y]
    )
    distance = pdist(embedding.transform([x, y]))
    expected = ot.sliced_wasserstein_distance(x, y, projections=embedding.slices_.T)
    assert_allclose(distance, [expected], rtol=1e-10)


@given(seeds, st.integers(1, 6), st.integers(1, 6))
def test_exact_where_levels_are_a_multiple_of_sizes(seed, n, m):
    x, y = clouds(seed, n, m)
    embedding = SlicedWassersteinEmbedding(7, n_quantiles=60, random_state=0).fit([x])
    distance = pdist(embedding.transform([x, y]))
    expected = ot.sliced_wasserstein_distance(x, y, projections=embedding.slices_.T)
    assert_allclose(distance, [expected], rtol=1e-10)


@given(seeds)
def test_distances_do_not_depend_on_the_reference(seed):
    x, y, z, w = clouds(seed, 5, 9, 7, 7)
    expected = pdist(embed([x, y], n_quantiles=7))
    for reference in (z, w):
        assert_allclose(pdist(embed([x, y], reference=reference)), expected, atol=1e-12)


@given(seeds)
def test_reference_is_embedded_at_zero(seed):
    (z,) = clouds(seed, 7)
    order = np.random.default_rng(seed).permutation(7)
    assert_allclose(embed([z, z[order]], reference=z), 0, atol=1e-12)


@given(seeds, shifts)
def test_translation(seed, t):
    (x,) = clouds(seed, 6)
    embedding = SlicedWassersteinEmbedding(12, random_state=0).fit([x])
    u, v = embedding.transform([x, x + t])
    expected = ((embedding.slices_ @ t) ** 2).mean()
    assert_allclose(((u - v) ** 2).sum(), expected, rtol=1e-9, atol=1e-15)


def test_translation_is_seen_in_all_directions():
    x, t = np.random.default_rng(0).normal(size=(5, 4)), np.array([1.0, 2.0, 0.0, -1.0])
    u, v = embed([x, x + t], n_slices=4000)
    assert_allclose(((u - v) ** 2).sum(), (t**2).sum() / 4, rtol=1e-9)


@given(seeds, st.integers(1, 5), st.integers(1, 4))
def test_line(seed, n, k):
    """One dimension, one slice: the distance is W2."""
    x, y = clouds(seed, n, n, n_dims=1)
    u, v = embed([x, y], n_quantiles=n * k)
    assert u.shape == (n * k,)
    expected = np.sqrt(((np.sort(x, 0) - np.sort(y, 0)) ** 2).mean())
    assert_allclose(np.linalg.norm(u - v), expected, atol=1e-12)


@given(seeds)
def test_below_the_wasserstein_distance(seed):
    x, y = clouds(seed, 6, 6)
    w2 = np.sqrt(ot.emd2([], [], ot.dist(x, y)))
    assert pdist(embed([x, y]))[0] <= w2 + 1e-9


@given(seeds)
def test_doubled_sets(seed):
    (x,) = clouds(seed, 5)
    u, v = embed([x, np.repeat(x, 2, axis=0)], n_quantiles=13)
    assert_array_equal(u, v)


@given(seeds, scales)
def test_scaling(seed, s):
    x, z = clouds(seed, 6, 7)
    plain = embed([x, s * x])
    assert_allclose(plain[1], s * plain[0], rtol=1e-12, atol=1e-14 * s)
    u, v = embed([x, s * x], reference=z)
    embedding = SlicedWassersteinEmbedding(12, reference=z, random_state=0).fit([x])
    r = (embedding.slices_ @ z.T).ravel() / np.sqrt(12 * 7)
    assert_allclose(v + r, s * (u + r), rtol=1e-9, atol=1e-12 * (1 + s))


@given(seeds)
def test_axes_as_slices(seed):
    x, y = clouds(seed, 6, 6)
    u, v = embed([x, y], slices=np.eye(3))
    per_axis = ((np.sort(x, axis=0) - np.sort(y, axis=0)) ** 2).mean(axis=0)
    assert_allclose(3 * ((u - v) ** 2).sum(), per_axis.sum())


# -- quantiles -------------------------------------------------------------------------


def test_levels_that_meet_a_step():
    """Level 1/2 of two equal masses is the lower point, however mass is written."""
    x = np.array([[0.0], [1.0]])
    sets = [x, (x, [0.5, 0.5]), (x, [0.1 + 0.2, 0.3]), np.repeat(x, 3, axis=0)]
    assert_array_equal(embed(sets, n_quantiles=1), 0)


@pytest.mark.parametrize("quantile", ["step", "linear"])
def test_ragged_collections_set_by_set(quantile):
    rng = np.random.default_rng(0)
    sizes = rng.integers(1, 6, 50)
    sets = [rng.normal(size=(n, 2)) for n in sizes]
    together = embed(sets, n_quantiles=4, quantile=quantile)
    for vector, x in zip(together, sets, strict=True):
        alone = embed([x], n_quantiles=4, quantile=quantile)
        assert_allclose(alone[0], vector, atol=1e-15)


def test_more_work_than_a_block(monkeypatch):
    from skot.solvers._line import quantiles as _quantiles

    sets = clouds(0, 30, 30, 12)
    expected = embed(sets)
    monkeypatch.setattr(_quantiles, "BLOCK", 40)
    monkeypatch.setattr("skot.embedding._sliced.CHUNK", 40)
    assert_allclose(embed(sets), expected, rtol=1e-13)


def test_number_of_levels():
    assert SlicedWassersteinEmbedding().fit([X, X6, X6]).n_quantiles_ == 6
    assert SlicedWassersteinEmbedding(n_quantiles=3).fit([X]).n_quantiles_ == 3
    assert SlicedWassersteinEmbedding(reference=Z).fit([X6]).n_quantiles_ == 8


# -- slices ----------------------------------------------------------------------------


def test_slices_of_a_user():
    assert embed([X], slices=[[0.6, 0.8]]).shape == (1, 8)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"slices": "spiral"}, "needs points in R\\^3, got R\\^2"),
        ({"slices": np.eye(3)}, r"slices must have shape \(n_slices, 2\)"),
        ({"slices": [[1.0, 1.0]]}, r"slices\[0\] has length 1.414, expected 1"),
        ({"slices": [[np.nan, 1.0]]}, "slices holds NaN or infinity"),
        ({"slices": "random"}, "must be a str among"),
        ({"reference": np.ones((3, 3))}, r"reference must have shape \(3, 2\)"),
        ({"reference": Z, "n_quantiles": 4}, r"reference must have shape \(4, 2\)"),
        ({"quantile": "nearest"}, "must be a str among"),
    ],
)
def test_bad_parameters(params, message):
    with pytest.raises(ValueError, match=message):
        SlicedWassersteinEmbedding(**params).fit([X])


def test_angles_need_a_plane():
    with pytest.raises(ValueError, match="needs points in R\\^2, got R\\^3"):
        SlicedWassersteinEmbedding(slices="angles").fit(clouds(0, 4))


@settings(max_examples=20)
@given(seeds)
def test_weighted_distance_tends_to_the_exact_one(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(2, 6, 2))
    a, b = rng.dirichlet(np.ones(6), 2)
    embedding = SlicedWassersteinEmbedding(8, n_quantiles=2000).fit([x])
    distance = pdist(embedding.transform([(x, a), (y, b)]))[0]
    expected = ot.sliced_wasserstein_distance(
        x, y, a, b, projections=embedding.slices_.T
    )
    assert_allclose(distance, expected, rtol=0.02)
