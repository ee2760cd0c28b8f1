# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pictures are drawn without a window."""

import matplotlib as mpl
import pytest


@pytest.fixture(autouse=True)
def no_window():
    import matplotlib.pyplot as plt

    before = mpl.get_backend()
    mpl.use("Agg")
    yield
    plt.close("all")
    mpl.use(before)
