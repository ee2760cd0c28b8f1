# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Settings of the whole suite."""

import os

from hypothesis import settings

# The first example of a property may compile or import; machines differ in speed.
settings.register_profile("skot", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("skot")
