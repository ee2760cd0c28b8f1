# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""References that embeddings compare every sample with: given, learnt, looked through.

`_points.py` has those of sets, `_spaces.py` those of metric spaces, and `_seen.py` what
the nodes of one of these see of other spaces.
"""

from ._points import (
    POINT_REFERENCES,
    learn_barycenter,
    learn_reference,
    warn_of_mass,
)
from ._seen import SeenSpaces, see_spaces
from ._spaces import SPACE_REFERENCES, learn_space_references

__all__ = [
    "POINT_REFERENCES",
    "SPACE_REFERENCES",
    "SeenSpaces",
    "learn_barycenter",
    "learn_reference",
    "learn_space_references",
    "see_spaces",
    "warn_of_mass",
]
