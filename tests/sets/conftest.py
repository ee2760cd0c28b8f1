# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""What several tests of containers choose from."""

import numpy as np
import pytest

from skot.sets import PointSets


@pytest.fixture
def X():
    """Four weighted sets of 3, 1, 4 and 2 points in the plane."""
    rng = np.random.default_rng(0)
    sets = [rng.normal(size=(n, 2)) for n in (3, 1, 4, 2)]
    return PointSets.from_list(sets, weights=[np.arange(len(s)) + 1.0 for s in sets])
