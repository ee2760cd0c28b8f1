# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Linear Gromov-Wasserstein embedding: shapes, graphs, real animals."""

import os
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import cdist
from sklearn.base import clone

from skot.embedding import LGWEmbedding, LPGWEmbedding
from skot.solvers import (
    gromov_wasserstein,
)
from tests._data.clouds import turned

DATA = Path(os.environ.get("SKOT_DATA") or "nowhere")


def distances(spaces):
    return [cdist(x, x) for x in spaces]


def path(n):
    A = np.zeros((n, n))
    A[range(n - 1), range(1, n)] = 1
    return A + A.T


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
