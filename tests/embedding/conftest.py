# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Shapes that tests of several files embed."""

import pytest

from tests._data.clouds import clouds


@pytest.fixture
def shapes():
    return clouds(0, 6, 8, 7, 8, 5, n_dims=2)
