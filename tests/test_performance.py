# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""What makes methods fast and small, guarded without a clock."""

import sys
import tracemalloc
from importlib import util
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from skot.embedding import SlicedWassersteinEmbedding, WassersteinEmbedding
from skot.sets import PointSets
from skot.solvers import sinkhorn_divergence
from skot.solvers._exact import projections as _projection

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture(scope="module")
def bench():
    """Give the benchmark as a module: what it compares must agree."""
    path = BENCHMARKS / "bench_embedding.py"
    if not path.exists():
        pytest.skip("the benchmarks are not part of this distribution")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
        spec = util.spec_from_file_location("bench_embedding", path)
        module = util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module


def make_sets(n_sets, n_points=40, weighted=True, seed=0):
    rng = np.random.default_rng(seed)
    n_total = n_sets * n_points
    return PointSets(
        rng.standard_normal((n_total, 3)),
        np.arange(n_sets + 1) * n_points,
        rng.uniform(0.5, 1.5, n_total) if weighted else None,
    )


# -- values of the benchmark's sides ------------------------------------------------


def test_all_sliced_distances_agree_with_pot(bench):
    rng = np.random.default_rng(0)
    clouds = bench.make_clouds(12, 50, rng)
    slices = rng.standard_normal((16, 3))
    slices /= np.linalg.norm(slices, axis=1, keepdims=True)
    pairs = np.transpose(np.triu_indices(12, 1))
    D = bench.all_sliced_distances(clouds, slices)
    pot = bench.pot_sliced_distances(clouds, slices, pairs)
    assert_allclose(D[tuple(pairs.T)], pot, rtol=0, atol=1e-9)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_embedding_agrees_with_a_loop_over_pot(bench, n_jobs):
    sets, reference = bench.make_node_sets(60, np.random.default_rng(0))
    embedding = WassersteinEmbedding(reference=reference, n_jobs=n_jobs)
    expected = bench.pot_embedding(sets, reference)
    assert_allclose(embedding.fit_transform(sets), expected, rtol=0, atol=1e-9)


# -- work ---------------------------------------------------------------------------


def test_one_transport_problem_for_each_set(monkeypatch):
    solved = []

    def counted(C, a, b, max_iter):
        solved.append(C.shape)
        return solve(C, a, b, max_iter)

    solve = _projection.scaled_simplex
    monkeypatch.setattr(_projection, "scaled_simplex", counted)
    X = make_sets(9, n_points=7)
    embedding = WassersteinEmbedding(n_reference=5, random_state=0).fit(X)
    assert solved == []  # k-means transports nothing
    embedding.transform(X)
    assert solved == [(7, 5)] * 9


def test_chunks_do_not_change_the_result(monkeypatch):
    X = make_sets(50)
    for module, embedding in (
        ("_sliced", SlicedWassersteinEmbedding(8, n_quantiles=16)),
        ("_wasserstein", WassersteinEmbedding("normal", random_state=0)),
    ):
        whole = embedding.fit(X).transform(X)
        monkeypatch.setattr(f"skot.embedding.{module}.CHUNK", 2000)
        assert_allclose(embedding.transform(X), whole, rtol=0, atol=1e-13)


# -- memory -------------------------------------------------------------------------


@pytest.mark.parametrize("weighted", [False, True])
def test_memory_beyond_the_output_does_not_grow(weighted):
    embedding = SlicedWassersteinEmbedding(16, n_quantiles=32)
    beyond = []
    for n_sets in (10_000, 25_000):  # several chunks of 3276
        X = make_sets(n_sets, weighted=weighted)
        embedding.fit(X[:5]).transform(X[:5])  # what is imported on the way
        tracemalloc.start()
        vectors = embedding.fit_transform(X)
        beyond.append(tracemalloc.get_traced_memory()[1] - vectors.nbytes)
        tracemalloc.stop()
    few, many = beyond
    assert many < few + 2**20
    assert many < 2**26


def test_memory_of_a_divergence_is_that_of_its_points():
    """The cost matrix of 20 000 points, on which others fail, would take 3.2 GB."""
    rng = np.random.default_rng(0)
    peaks = []
    for n in (20, 20_000):  # the first imports and compiles
        x, y = rng.random((n, 3)), rng.random((n, 3)) + 0.1
        tracemalloc.start()
        result = sinkhorn_divergence(
            x, y, solver="multiscale", reg=2 * 0.05**2, tol=0.1
        )
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert result.converged
    assert peaks[1] < 2**26


def test_pages_of_a_mapped_file_are_let_go(tmp_path):
    smaps = Path("/proc/self/smaps")
    if not smaps.exists():
        pytest.skip("needs /proc")
    path = tmp_path / "sets.npz"
    make_sets(20_000).save(path)
    X = PointSets.load(path, mmap_mode="r")
    vectors = SlicedWassersteinEmbedding(4, n_quantiles=8).fit_transform(X)
    lines = smaps.read_text().splitlines()
    resident = [
        int(lines[i + k].split()[1])
        for i, line in enumerate(lines)
        if line.endswith(str(path))
        for k in range(1, 8)
        if lines[i + k].startswith("Rss:")
    ]
    assert resident
    assert sum(resident) * 1024 < path.stat().st_size / 4
    loaded = PointSets.load(path)
    again = SlicedWassersteinEmbedding(4, n_quantiles=8).fit_transform(loaded)
    assert_allclose(vectors, again, rtol=0, atol=1e-14)


def test_changes_in_a_copy_on_write_map_survive(tmp_path):
    path = tmp_path / "sets.npz"
    make_sets(100).save(path)
    X = PointSets.load(path, mmap_mode="c")
    X.points[:] = 1.0
    vectors = SlicedWassersteinEmbedding(1, slices=[[1.0, 0.0, 0.0]]).fit_transform(X)
    assert (X.points == 1.0).all()
    assert_allclose(vectors, 1 / np.sqrt(40))


@pytest.mark.slow
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_peak_memory_of_a_large_mapped_collection(bench, tmp_path, dtype, weighted):
    path = tmp_path / "sets.npz"
    bench.write_sets(path, 100_000, 100, dtype, weighted)
    seen = bench.fresh_process(bench.__file__, "child", "memory", path, 2)
    assert seen["peak"] < seen["output"] + 500e6
    assert seen["difference"] < (1e-12 if dtype == "float64" else 1e-6)
