# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The way from one shape to another."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import cdist

from skot.embedding import LGWEmbedding, LPGWEmbedding
from skot.embedding._interpolation import check_n_dims, check_times
from tests._data.clouds import turned


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


@pytest.mark.parametrize("cls", [LGWEmbedding, LPGWEmbedding])
def test_messages_name_what_is_wrong(cls, shapes):
    embedding = cls(reference="sample", random_state=0)
    Z = embedding.fit_transform(shapes)
    with pytest.raises(ValueError, match="numbers from 0 to 1, a list of them"):
        embedding.interpolate(Z[:2], 0.5)
    with pytest.raises(ValueError, match="n_dims must be at least 1"):
        embedding.interpolate(Z[:2], [0.5], n_dims=0)


def test_dimension_of_frames(shapes):
    """That of the sets; graphs and matrices are drawn in the plane."""
    assert check_n_dims(None, "euclidean", 3) == 3
    assert check_n_dims(None, "precomputed", 3) == 2
    assert check_n_dims(None, "hop", 5) == 2
    assert check_n_dims(4, "euclidean", 3) == 4


@pytest.mark.parametrize("times", [0.5, [], [[0.5]], [-1e-9], [1.5], [np.nan]])
def test_bad_times(times):
    with pytest.raises(ValueError, match="times must be numbers from 0 to 1"):
        check_times(times, 2)


def test_two_embeddings_are_wanted():
    assert_array_equal(check_times([0, 1], 2), [0.0, 1.0])
    for n in (1, 3):
        with pytest.raises(ValueError, match=rf"X holds {n} embeddings, expected 2: "):
            check_times([0.5], n)
