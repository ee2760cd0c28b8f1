# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Estimators that turn sets into vectors."""

from ._lgw import LGWEmbedding
from ._lopt import LOPTEmbedding
from ._lpgw import LPGWEmbedding
from ._pooling import PoolingEmbedding
from ._sliced import SlicedWassersteinEmbedding
from ._wasserstein import WassersteinEmbedding

__all__ = [
    "LGWEmbedding",
    "LOPTEmbedding",
    "LPGWEmbedding",
    "PoolingEmbedding",
    "SlicedWassersteinEmbedding",
    "WassersteinEmbedding",
]
