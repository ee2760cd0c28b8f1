# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Measures on a line: sort, cumulate masses, and walk along both.

Here transport has closed forms: costs, plans and slopes between rows of numbers,
quantiles of weighted sets, and the cumulative distribution transform of signals.
Each function takes many rows at once and leaves the walk to compiled loops in
``*_kernels.py``.

Read ``line.py`` first; ``quantiles.py`` turns projected sets into vectors, ``cdt.py``
goes from signals to quantiles and back. What slices do with it stands in ``_sliced``.
"""
