# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""What linear Gromov embeddings read, refuse and warn of."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.spatial.distance import cdist
from sklearn.exceptions import ConvergenceWarning

from skot.embedding import LGWEmbedding, LPGWEmbedding, _lgw
from skot.sets import MetricSpace
from skot.solvers import (
    fused_gromov_wasserstein,
)


def distances(spaces):
    return [cdist(x, x) for x in spaces]


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


def test_bad_input(shapes):
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
