# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Statistics of samples: two samples, and pairs of features.

What tests of shift and scores of dependence compute many times over: a statistic for
all splits of one pooled sample at once, transport between a joint law and the product
of its marginals.

Read ``splits.py`` first.
"""
