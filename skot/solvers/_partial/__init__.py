# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Partial transport: masses need not agree, and what is too far stays, at a price.

The price ``lam`` is that of a unit of mass left unmatched, on either side; nothing
moves at a cost of twice that. Exact, with a dummy atom on each side, on lines by
growing a matching along a path of penalties, and along slices.

Read ``partial.py`` first; ``line.py`` for tens of thousands of points on a line.
"""
