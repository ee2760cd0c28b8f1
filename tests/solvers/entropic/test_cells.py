# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Points in cells, and soft minima that leave far cells out."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skot import reductions
from skot.solvers._entropic.cells import (
    COARSER,
    COARSEST,
    Cells,
    Cloud,
    Softmin,
    hierarchy,
    split,
)

BACKENDS = ["cells", "numpy", "keops"]


def celled(n, d, seed, leaf=8):
    rng = np.random.default_rng(seed)
    points, weights = rng.random((n, d)), rng.dirichlet(np.ones(n))
    order, levels = split(points, leaf)
    points, weights = points[order], weights[order]
    return Cloud(points, weights, Cells.around(points, levels[-1]))


def softmin(rows, columns, backend="cells", share=1e-6):
    if backend == "keops":
        pytest.importorskip("pykeops", exc_type=ImportError)
    return Softmin(
        rows, columns, cost="sqeuclidean", backend=backend, share=share, n_calls=1
    )


@pytest.mark.parametrize("n", [1, 2, 7, 100])
@pytest.mark.parametrize("d", [1, 3])
def test_split(n, d):
    points = np.random.default_rng(0).random((n, d))
    order, levels = split(points, 8)
    assert_array_equal(np.sort(order), np.arange(n))
    assert np.diff(levels[-1]).max() <= 8
    for coarse, fine in pairwise(levels):
        assert set(coarse) <= set(fine)
        sizes = np.diff(fine)
        assert sizes.min() >= 1
        assert sizes.max() - sizes.min() <= 1  # halves


def test_halves_lie_side_by_side():
    points = np.random.default_rng(0).random((64, 2)) * [10, 1]
    order, levels = split(points, 32)
    left, right = points[order[:32]], points[order[32:]]
    assert left[:, 0].max() <= right[:, 0].min()
    assert_array_equal(levels[1], [0, 32, 64])


def test_boxes():
    cloud = celled(50, 2, 0)
    for k, (start, stop) in enumerate(
        zip(cloud.cells.bounds[:-1], cloud.cells.bounds[1:], strict=True)
    ):
        part = cloud.points[start:stop]
        assert_array_equal(cloud.cells.low[:2, k], part.min(axis=0))
        assert_array_equal(cloud.cells.high[:2, k], part.max(axis=0))
    assert_array_equal(cloud.cells.low[2], 0)
    values = np.arange(50.0)
    assert_array_equal(cloud.cells.highest(values), cloud.cells.bounds[1:] - 1)
    assert_allclose(np.exp(cloud.log_weights), cloud.weights)


def test_hierarchy():
    rng = np.random.default_rng(0)
    n = 2 * COARSEST * COARSER**2
    points, weights = rng.random((n, 3)), rng.dirichlet(np.ones(n))
    clouds, parents, order = hierarchy(points, weights)
    assert len(clouds) == 3
    assert_array_equal(clouds[-1].points, points[order])
    for coarse, fine, way in zip(clouds[:-1], clouds[1:], parents, strict=True):
        assert COARSER / 2 <= len(fine) / len(coarse) <= 2 * COARSER
        assert_allclose(np.bincount(way, fine.weights), coarse.weights)
        centres = [
            np.bincount(way, fine.weights * x) / coarse.weights for x in fine.points.T
        ]
        assert_allclose(np.transpose(centres), coarse.points)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("d", [1, 2, 3])
@pytest.mark.parametrize("eps", [1e-3, 0.1, 10.0])
def test_what_is_left_out_is_a_share(d, eps, backend):
    rows, columns = celled(90, d, 1), celled(120, d, 2)
    g = 0.1 * np.random.default_rng(3).random(120)
    exact = reductions.softmin(
        rows.points, columns.points, columns.log_weights + g / eps, eps
    )
    for share in (1e-9, 1e-4):
        found = softmin(rows, columns, backend, share)(g, eps, exact)
        # a share of the largest term's bound: of a row's sum, within its cells
        assert (found >= exact - 1e-9 * eps).all()
        assert (found <= exact + 100 * share * eps).all()


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("off", [-1e3, -3.0, 3.0, 1e3])
def test_a_guess_that_is_far_off(backend, off):
    rows, columns, eps = celled(60, 2, 1), celled(50, 2, 2), 0.01
    g = np.zeros(50)
    exact = reductions.softmin(rows.points, columns.points, columns.log_weights, eps)
    found = softmin(rows, columns, backend)(g, eps, exact + off)
    assert_allclose(found, exact, atol=1e-4 * eps)


def test_no_cells_no_guess():
    rng = np.random.default_rng(0)
    rows, columns = (Cloud(rng.random((n, 7)), np.full(n, 1 / n)) for n in (9, 8))
    found = softmin(rows, columns, "numpy")(np.zeros(8), 0.5, np.full(9, np.nan))
    exact = reductions.softmin(rows.points, columns.points, columns.log_weights, 0.5)
    assert_array_equal(found, exact)


@pytest.mark.parametrize("backend", BACKENDS)
def test_barycenters(backend):
    rows, columns, eps = celled(60, 2, 1), celled(50, 2, 2), 0.05
    g = 0.1 * np.random.default_rng(0).random(50)
    h = columns.log_weights + g / eps
    f = reductions.softmin(rows.points, columns.points, h, eps)
    expected = reductions.weighted_sum(
        rows.points, columns.points, h, eps, columns.points
    )
    found = softmin(rows, columns, backend, 1e-10).barycenters(g, eps, f)
    assert_allclose(found, expected, atol=1e-8)
    plain = softmin(Cloud(rows.points, rows.weights), columns, "numpy").barycenters(
        g, eps, f
    )
    assert_allclose(plain, expected, atol=1e-14)


def test_many_cells_are_shared_among_threads(monkeypatch):
    from skot.solvers._entropic import cell_kernels

    rows, columns, eps = celled(400, 3, 1, 4), celled(300, 3, 2, 4), 0.01
    guess = reductions.softmin(rows.points, columns.points, columns.log_weights, eps)
    values = []
    for threads in (1, 3):
        monkeypatch.setattr(cell_kernels, "get_num_threads", lambda t=threads: t)
        values.append(softmin(rows, columns)(np.zeros(300), eps, guess))
    assert_array_equal(*values)
