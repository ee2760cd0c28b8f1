# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Entropic transport: Sinkhorn's iterations, and what is built on their potentials.

``sinkhorn.py`` solves one problem whose costs are at hand, and finishes by Newton's
method (``newton.py`` on the plan of ``scaling.py``). ``divergence.py`` compares clouds
of points too large for that: costs are computed as they are used, from coarse to fine
(``multiscale.py`` runs the loop of ``_loop.py`` over the cells of ``cells.py``). Maps
and plans of low rank use both.

Read ``sinkhorn.py`` first.
"""
