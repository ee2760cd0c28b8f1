# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""References that every sample is compared with, and the price of leaving mass out.

`_points.py` has references of sets, `_spaces.py` those of metric spaces, `_seen.py`
what the nodes of one of these see of other spaces, and `_penalty.py` what users mean by
``lam``.
"""

from ._penalty import (
    check_penalty,
    learn_penalty,
    learn_space_penalty,
    reference_costs,
)
from ._points import (
    POINT_REFERENCES,
    learn_barycenter,
    learn_reference,
    warn_of_mass,
)
from ._seen import SeenSpaces, SpaceSolver, see_spaces
from ._spaces import SPACE_REFERENCES, learn_space_references

__all__ = [
    "POINT_REFERENCES",
    "SPACE_REFERENCES",
    "SeenSpaces",
    "SpaceSolver",
    "check_penalty",
    "learn_barycenter",
    "learn_penalty",
    "learn_reference",
    "learn_space_penalty",
    "learn_space_references",
    "reference_costs",
    "see_spaces",
    "warn_of_mass",
]
