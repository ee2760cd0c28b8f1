# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Columns of linear Gromov embeddings: written, read, cut, and named."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.spatial.distance import cdist

from skot.embedding import LGWEmbedding, LPGWEmbedding
from skot.embedding._columns import from_columns, n_columns, to_columns
from skot.references import SeenSpaces
from skot.sets import MetricSpace


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


@pytest.mark.parametrize("cls", [LGWEmbedding, LPGWEmbedding])
def test_messages_name_what_is_wrong(cls, shapes):
    embedding = cls(reference="sample", random_state=0)
    Z = embedding.fit_transform(shapes)
    with pytest.raises(ValueError, match=r"^Y has \d+ columns"):
        embedding.pairwise(Z, Z[:, :-1])
    with pytest.raises(ValueError, match="Input Y contains NaN"):
        embedding.pairwise(Z, Z * np.nan)


@pytest.mark.parametrize("lam", [None, 0.7])
@pytest.mark.parametrize("alpha", [1.0, 0.3])
def test_what_is_written_is_read(lam, alpha):
    """But for the differences that nodes without mass see, which are lost."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4, 2))
    features = None if alpha == 1 else x
    reference = MetricSpace(cdist(x, x), np.array([0.5, 1, 2, 1]), features)
    retained = np.tile(reference.weights, (3, 1))
    if lam is not None:
        retained = retained * rng.uniform(size=(3, 4))
        retained[1, 2] = 0
    bends = None if alpha == 1 else rng.normal(size=(3, 4, 2))
    seen = SeenSpaces(rng.normal(size=(3, 6)), retained, retained.sum(axis=1), bends)
    params = {"alpha": alpha, "lam": lam}
    columns = to_columns(seen, reference, **params)
    assert columns.shape == (3, n_columns(reference, lam=lam))
    again = from_columns(columns, reference, masses=seen.masses, **params)
    assert_allclose(again.retained, retained)
    first, second = np.triu_indices(4, 1)
    known = (retained[:, first] > 0) & (retained[:, second] > 0)
    assert_allclose(again.structure, np.where(known, seen.structure, 0))
    if alpha < 1:
        known = retained[:, :, None] > 0
        assert_allclose(again.features, np.where(known, seen.features, 0))
