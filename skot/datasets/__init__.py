# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Generators with known answers, and cached fetchers."""

from ._digits import load_digit_clouds
from ._fetch import fetch_tu_graphs
from ._make import (
    make_gaussian_clouds,
    make_graphs,
    make_point_clouds,
    make_translated_clouds,
    make_weighted_clouds,
)

__all__ = [
    "fetch_tu_graphs",
    "load_digit_clouds",
    "make_gaussian_clouds",
    "make_graphs",
    "make_point_clouds",
    "make_translated_clouds",
    "make_weighted_clouds",
]
