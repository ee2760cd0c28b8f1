# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Who does a reduction: what is small, wide or without a formula stays in NumPy."""

from skot.reductions import choose_backend, gpu_available
from tests._data.reductions import CONSTANT


def test_small_calls_stay_in_numpy():
    assert choose_backend(99_999, 3) == "numpy"
    assert choose_backend(10**10, 300) == "numpy"
    assert choose_backend(10**10, 3, cost="precomputed") == "numpy"
    assert choose_backend(10**10, 3, cost=CONSTANT) == "numpy"


def test_gpu_is_a_question_with_an_answer():
    assert gpu_available() in (True, False)
