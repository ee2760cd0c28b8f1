# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Gaussian measures: moments, distances and maps in closed form.

Two Gaussian measures are as far apart as their means and covariances are, in the
distance of Bures and Wasserstein, and the map between them is affine. For other
measures of these moments this is a lower bound, and a first map.

Read ``maps.py``.
"""
