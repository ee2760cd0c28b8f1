# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""References of linear Gromov embeddings: given in any form, learnt, thinned out."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist

from skot.embedding import LGWEmbedding, LPGWEmbedding
from skot.references._spaces import kmedoids
from skot.sets import GraphSets, MetricSpace, read_spaces
from tests._data.clouds import clouds, turned


@pytest.fixture
def shapes():
    return clouds(0, 6, 8, 7, 8, 5, n_dims=2)


@pytest.mark.parametrize("cls", [LGWEmbedding, LPGWEmbedding])
def test_given_references_in_any_form(cls, shapes):
    graphs = [nx.path_graph(4), nx.cycle_graph(5), nx.star_graph(4)]
    X = GraphSets.from_list(graphs)
    pair = nx.to_numpy_array(graphs[0]), None
    for one in (graphs[0], [graphs[0]], pair, [pair], X[0], X[:1]):
        embedding = cls(reference=one, metric="hop").fit(graphs)
        assert len(embedding.references_) == 1
        assert len(embedding.references_[0]) == 4
    for two in (graphs[:2], X[:2]):
        embedding = cls(reference=two, metric="hop").fit(X)
        assert [len(r) for r in embedding.references_] == [4, 5]
    points = shapes[0]
    for one in (
        points,
        points.tolist(),
        pd.DataFrame(points),
        [points],
        (points, None),
    ):
        embedding = cls(reference=one).fit(shapes)
        assert [len(r) for r in embedding.references_] == [len(points)]
    for two in (shapes[:2], pd.Series(shapes[:2])):
        embedding = cls(reference=two).fit(shapes)
        assert [len(r) for r in embedding.references_] == [len(x) for x in shapes[:2]]
    space = read_spaces([points])[0]
    with pytest.raises(ValueError, match="reference mixes MetricSpace"):
        cls(reference=[space, points]).fit(shapes)
    bare = MetricSpace(space.distances, space.weights)
    with pytest.raises(ValueError, match=r"reference\[0\] needs 2 of them"):
        cls(reference=bare, alpha=0.5).fit(shapes)


@pytest.mark.parametrize("cls", [LGWEmbedding, LPGWEmbedding])
def test_learnt_references(shapes, cls):
    for reference, n in (("barycenter", 1), ("sample", 1), ("kmedoids", 3)):
        params = {"reference": reference, "n_medoids": 3, "random_state": 0}
        embedding = cls(**params).fit(shapes)
        assert len(embedding.references_) == n
        assert len(embedding.references_[0]) in (5, 6, 7, 8)
        thin = cls(n_reference=4, **params).fit(shapes)
        assert [len(one) for one in thin.references_] == [4] * n
        mass = 1.0 if cls is LGWEmbedding else None
        for one in thin.references_:
            assert one.weights.sum() == pytest.approx(mass or round(one.weights.sum()))
            assert (one.distances.diagonal() == 0).all()
        # no learnt reference is larger than the largest of the training spaces
        large = cls(n_reference=99, **params).fit(shapes)
        assert max(len(one) for one in large.references_) <= 8


def test_barycenter_lowers_the_objective(shapes):
    rng = np.random.default_rng(0)
    noisy = [turned(shapes[1] + 0.1 * rng.normal(size=(8, 2)), i) for i in range(6)]
    means = [
        np.square(LGWEmbedding(r, random_state=0).fit_transform(noisy))
        .sum(axis=1)
        .mean()
        for r in ("sample", "barycenter")
    ]
    assert means[1] < 0.7 * means[0]


def test_given_reference_larger_than_any_set(shapes):
    """Nothing special: masses split, or stay unmatched."""
    (z,) = clouds(1, 20, n_dims=2)
    assert LGWEmbedding(z).fit_transform(shapes).shape == (5, 190)
    embedding = LPGWEmbedding(reference=z).fit(shapes)
    seen = embedding._read_columns(embedding.transform(shapes))[0]
    assert (seen.retained.sum(axis=1) <= [len(x) + 1e-9 for x in shapes]).all()


def test_medoids():
    x = np.array([0.0, 0.1, 0.2, 5.0, 5.1, 9.0])[:, None]
    medoids, _ = kmedoids(cdist(x, x), 3, 20)
    assert sorted(medoids)[0] == 1
    assert sorted(medoids)[2] == 5
    assert len(kmedoids(np.zeros((4, 4)), 3, 20)[0]) == 1


@pytest.mark.parametrize("cls", [LGWEmbedding, LPGWEmbedding])
def test_medoids_cover_the_kinds_there_are(cls):
    rng = np.random.default_rng(0)
    kinds = clouds(3, 7, 7, 7, n_dims=2)
    noisy = [turned(x + 0.05 * rng.normal(size=x.shape), i)
             for i, x in enumerate(kinds * 4)]  # fmt: skip
    for seed in range(3):
        embedding = cls(reference="kmedoids", n_medoids=3, random_state=seed).fit(noisy)
        found = {
            int(
                np.argmin([abs(one.distances.sum() - cdist(x, x).sum()) for x in noisy])
            )
            % 3
            for one in embedding.references_
        }
        assert found == {0, 1, 2}
