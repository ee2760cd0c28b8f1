# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Patterns of pairs: ragged batches, and blocks to keep."""

import numpy as np
import pytest
from scipy.special import logsumexp as scipy_logsumexp

from skot.reductions import (
    argmin,
    batch_ranges,
    block_ranges,
    cost_block,
    kernel_matvec,
    logsumexp,
    min_cost,
    softmin,
    weighted_sum,
)
from tests._data.reductions import EPS, cloud


def test_a_ragged_batch_is_a_loop(backend):
    x, y, h = cloud()
    x_offsets, y_offsets = [0, 1, 17, 40], [0, 20, 21, 53]
    ranges = batch_ranges(x_offsets, y_offsets)
    assert ranges.n_pairs == 1 * 20 + 16 * 1 + 23 * 32
    parts = [
        (slice(*x_offsets[k : k + 2]), slice(*y_offsets[k : k + 2])) for k in range(3)
    ]
    for function, arguments in [
        (softmin, lambda J: (h[J], EPS)),
        (weighted_sum, lambda J: (h[J], EPS, y[J])),
        (kernel_matvec, lambda J: (h[J], EPS)),
        (min_cost, lambda J: (h[J],)),
    ]:
        loop = [function(x[i], y[j], *arguments(j), backend="numpy") for i, j in parts]
        everything = slice(None)
        out = function(x, y, *arguments(everything), ranges=ranges, backend=backend)
        np.testing.assert_allclose(out, np.concatenate(loop), rtol=0, atol=1e-12)
    loop = [argmin(x[i], y[j], h[j]) + j.start for i, j in parts]
    out = argmin(x, y, h, ranges=ranges, backend=backend)
    np.testing.assert_array_equal(out, np.concatenate(loop))


def test_blocks_to_keep(backend):
    x, y, h = cloud()
    x_offsets, y_offsets = np.array([0, 10, 25, 40]), np.array([0, 5, 20, 30, 53])
    keep = np.array([[1, 1, 0, 1], [0, 0, 0, 0], [0, 1, 0, 0]], dtype=bool)
    mask = np.repeat(np.repeat(keep, np.diff(x_offsets), 0), np.diff(y_offsets), 1)
    ranges = block_ranges(x_offsets, y_offsets, keep)
    assert ranges.n_pairs == mask.sum()
    with np.errstate(divide="ignore"):
        E = np.where(mask, h - cost_block(x, y) / EPS, -np.inf)
        expected = scipy_logsumexp(E, axis=1)
    out = logsumexp(x, y, h, EPS, ranges=ranges, backend=backend)
    np.testing.assert_allclose(out, expected, rtol=0, atol=1e-10)


def test_batches_of_one_size():
    with pytest.raises(ValueError, match="as many sets, got 1 and 2"):
        batch_ranges([0, 1], [0, 1, 2])
