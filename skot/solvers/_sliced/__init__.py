# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Sliced transport: from many dimensions to many lines.

Measures are projected onto directions, solved on each line by ``_line``, and averaged.
The mean over all directions is estimated from few of them, with control variates and
a standard error; the largest is found by ascent. Images are projected by the Radon
transform.

Read ``sliced.py`` first; ``slices.py`` draws the directions, ``pairs.py`` compares all
pairs of a collection, ``max_sliced.py`` looks for the worst slice.
"""
