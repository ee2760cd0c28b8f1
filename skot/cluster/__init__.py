# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Sets as clusters: barycentres and k-means."""

from ._barycenter import WassersteinBarycenter
from ._kmeans import WassersteinKMeans

__all__ = ["WassersteinBarycenter", "WassersteinKMeans"]
