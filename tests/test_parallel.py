# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Work in chunks: every item once, in order, and not too far ahead."""

import time

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn import config_context

from skot._parallel import chunk_bounds, map_chunks


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_results_wait_within_half_the_working_memory(n_jobs):
    # 1 MB holds 2**17 floats, and half of it 16 chunks of one row
    loads = np.full(80, 2**12)
    chunks = chunk_bounds(loads, 2**12)
    made, taken, ahead = [], [], []

    def work(rows):
        made.append(len(rows))
        return rows

    with config_context(working_memory=1):
        for chunk, rows in map_chunks(
            work, np.arange(80), chunks, loads=loads, n_jobs=n_jobs
        ):
            time.sleep(1e-3)  # slower than the workers
            taken.append(rows)
            ahead.append(len(made) - len(taken))
            assert_array_equal(rows, np.arange(80)[chunk])
    assert_array_equal(np.concatenate(taken), np.arange(80))
    assert max(ahead) < 16


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
