# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Statistics of splits: one problem at a time, and in closed form."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.stats import energy_distance

from skot.solvers import (
    Splits,
    draw_splits,
    energy_splits,
    mmd_splits,
    sample_slices,
    sinkhorn_divergence,
    sinkhorn_splits,
    sliced_splits,
    wasserstein_1d,
    wasserstein_splits,
)
from tests._data.samples import two_samples


@pytest.mark.parametrize("sizes", [(12, 12), (7, 12), (12, 5), (1, 4)])
@pytest.mark.parametrize("p", [1, 1.5, 2, 3])
def test_sliced_splits_against_one_problem_at_a_time(sizes, p):
    rng = np.random.RandomState(0)
    points = rng.normal(size=(sum(sizes), 3)).round(1)  # with ties
    slices = sample_slices(5, 3, "gaussian", 0)
    splits = draw_splits(*sizes, 6, 4, rng)
    costs, resampled = sliced_splits(points, slices, splits, p=p)
    for label, cost in zip(splits.labels, costs, strict=True):
        x, y = points[label == 1] @ slices.T, points[label == 0] @ slices.T
        np.testing.assert_allclose(cost, wasserstein_1d(x.T, y.T, p=p), atol=1e-12)
    label = splits.labels[0] == 1
    for counts, cost in zip(splits.counts, resampled, strict=True):
        x, y = (np.repeat(points[k], counts[k], axis=0) for k in (label, ~label))
        expected = wasserstein_1d((x @ slices.T).T, (y @ slices.T).T, p=p)
        np.testing.assert_allclose(cost, expected, atol=1e-12)


def test_sliced_splits_are_those_of_pot():
    ot = pytest.importorskip("ot")
    points = np.random.RandomState(0).normal(size=(40, 4))
    slices = sample_slices(20, 4, "gaussian", 0)
    splits = draw_splits(25, 15, 5, random_state=0)
    costs, _ = sliced_splits(points, slices, splits)
    for label, cost in zip(splits.labels, costs, strict=True):
        x, y = points[label == 1], points[label == 0]
        expected = ot.sliced_wasserstein_distance(x, y, projections=slices.T)
        assert np.sqrt(cost.mean()) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("sizes", [(9, 9), (7, 10)])
def test_other_splits_against_one_problem_at_a_time(sizes):

    points = np.random.RandomState(0).normal(size=(sum(sizes), 1))
    splits = draw_splits(*sizes, 4, 3, random_state=0)
    D = cdist(points, points)
    label = splits.labels[0] == 1
    rows = [(points[k == 1], points[k == 0]) for k in splits.labels]
    rows += [
        tuple(np.repeat(points[k], c[k], axis=0) for k in (label, ~label))
        for c in splits.counts
    ]
    exact = wasserstein_splits(D**2, splits)
    energy = np.concatenate(energy_splits(D, splits))
    sinkhorn = np.concatenate(sinkhorn_splits(D**2, splits, reg=0.2))
    for k, (x, y) in enumerate(rows):
        x, y = x.ravel(), y.ravel()
        assert exact[k] == pytest.approx(wasserstein_1d(x, y), abs=1e-12)
        assert energy[k] == pytest.approx(energy_distance(x, y), abs=1e-7)
        divergence = sinkhorn_divergence(x[:, None], y[:, None], reg=0.2).value
        assert sinkhorn[k] == pytest.approx(divergence, abs=1e-5)
    K = np.exp(-(D**2))
    for k, (x, y) in enumerate(rows[: len(splits.labels)]):
        Kx, Ky, Kxy = (
            np.exp(-(np.subtract.outer(*pair)[:, 0, :, 0] ** 2))
            for pair in ((x, x), (y, y), (x, y))
        )
        n, m = len(x), len(y)
        expected = (
            (Kx.sum() - n) / (n * (n - 1))
            + (Ky.sum() - m) / (m * (m - 1))
            - 2 * Kxy.mean()
        )
        assert mmd_splits(K, splits)[0][k] == pytest.approx(expected, abs=1e-12)


def test_sinkhorn_between_transport_and_means():
    X, Y = two_samples(8, 8, shift=1.0)
    points = np.concatenate([X, Y])

    C = cdist(points, points, "sqeuclidean") / 2
    splits = draw_splits(8, 8, 0)
    small = sinkhorn_splits(C, splits, reg=0.02, max_iter=5000)[0][0]
    assert small == pytest.approx(wasserstein_splits(C, splits)[0], rel=1e-2)
    large = sinkhorn_splits(C, splits, reg=1e4, tol=1e-14)[0][0]
    gap = X.mean(axis=0) - Y.mean(axis=0)
    assert large == pytest.approx(gap @ gap / 2, rel=1e-2)


def test_sinkhorn_survives_an_outlier():
    points = np.append(np.random.RandomState(0).normal(size=29), 1e4)[:, None]
    C = (points - points.T) ** 2 / 2
    values, _ = sinkhorn_splits(C, draw_splits(15, 15, 5, random_state=0), reg=0.1)
    assert np.isfinite(values).all()


def test_energy_is_a_kernel_distance():
    X, Y = two_samples(12, 9)
    points = np.concatenate([X, Y])
    D = np.linalg.norm(points[:, None] - points, axis=2)
    splits = draw_splits(12, 9, 0)
    x, y = splits.weights()
    w = (x / 12 - y / 9)[0]
    lengths = np.linalg.norm(points, axis=1)
    K = (lengths[:, None] + lengths - D) / 2
    assert energy_splits(D, splits)[0][0] ** 2 == pytest.approx(2 * w @ K @ w)


def test_splits_know_their_sizes():
    splits = draw_splits(3, 5, 10, 2, 0)
    assert isinstance(splits, Splits)
    assert splits.sizes == (3, 5)
    assert (splits.labels.sum(axis=1) == 3).all()
    assert (splits.counts[:, :3].sum(axis=1) == 3).all()
    assert (splits.counts[:, 3:].sum(axis=1) == 5).all()
