# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Exact transport: linear programs, solved by POT's network simplex.

The only family that knows POT. Costs are scaled, masses put into range, and every
answer carries a duality gap. Above one problem stand the loops over a collection,
barycentric projections, barycentres, and bounds that save solving.

Read ``exact.py`` first, and there `network_simplex`, the inner loop of all else;
``semidiscrete.py`` brings very many points onto few atoms.
"""
