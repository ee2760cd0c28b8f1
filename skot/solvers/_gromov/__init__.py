# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Gromov-Wasserstein: spaces compared by their own distances, not by a common cost.

Not convex: Frank and Wolfe's descent from several starts, exchange moves between them,
for balanced and partial problems, with and without features.

Read ``gromov.py`` first, what users call; ``space.py`` prepares each space,
``search.py`` chooses starts, ``frank_wolfe.py`` descends, ``linear.py`` sees all spaces
from one reference.
"""
