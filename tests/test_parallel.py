# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Work in chunks: every item once, in order, and not too far ahead."""

import mmap
from threading import Semaphore

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn import config_context

from skot._parallel import chunk_bounds, map_chunks
from skot.sets import PointSets


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_results_wait_within_half_the_working_memory(n_jobs):
    # 1 MB holds 2**17 floats, and half of it 16 chunks of one row
    loads = np.full(80, 2**12)
    chunks = chunk_bounds(loads, 2**12)
    made, taken, ahead, done = [], [], [], Semaphore(0)

    def work(rows):
        made.append(len(rows))
        done.release()
        return rows

    with config_context(working_memory=1):
        for chunk, rows in map_chunks(
            work, np.arange(80), chunks, loads=loads, n_jobs=n_jobs
        ):
            if n_jobs == 2 and len(taken) % 16 == 0:
                # slower than the workers: they run ahead as far as they may
                for _ in range(16):
                    assert done.acquire(timeout=60)
            taken.append(rows)
            ahead.append(len(made) - len(taken))
            assert_array_equal(rows, np.arange(80)[chunk])
    assert_array_equal(np.concatenate(taken), np.arange(80))
    assert max(ahead) == (15 if n_jobs == 2 else 0)


def test_a_chunk_beyond_the_working_memory_goes_alone():
    loads = np.array([1, 2**17, 2**17, 1, 1])
    chunks = chunk_bounds(loads, 2**17)
    with config_context(working_memory=0.5):
        found = [
            rows
            for _, rows in map_chunks(
                np.negative, np.arange(5), chunks, loads=loads, n_jobs=2
            )
        ]
    assert_array_equal(np.concatenate(found), -np.arange(5))


class Watched(mmap.mmap):
    """A mapped file that remembers what it was told of its pages."""

    def madvise(self, *advice):
        self.advice = [*getattr(self, "advice", []), advice]


@pytest.mark.skipif(not hasattr(mmap, "MADV_DONTNEED"), reason="needs Unix")
@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("access", [mmap.ACCESS_READ, mmap.ACCESS_COPY])
def test_mapped_files_are_let_go_where_that_loses_nothing(tmp_path, access, n_jobs):
    path = tmp_path / "points"
    np.arange(40.0).tofile(path)
    with path.open("r+b") as file:
        pages = Watched(file.fileno(), 0, access=access)
    points = np.ndarray((20, 2), buffer=pages)
    sets = PointSets(points, np.arange(0, 21, 4))
    chunks = chunk_bounds(sets.sizes, 4)
    found = map_chunks(lambda s: s.points.mean(), sets, chunks, n_jobs=n_jobs)
    means = [mean for _, mean in found]
    assert_array_equal(means, np.arange(40.0).reshape(5, 8).mean(axis=1))
    told = [(mmap.MADV_DONTNEED,)] * 5 if access == mmap.ACCESS_READ else []
    assert getattr(pages, "advice", []) == told
