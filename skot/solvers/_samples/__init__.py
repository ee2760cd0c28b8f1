# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Statistics of samples: two samples, pairs of features, scores and labels.

What tests of shift and scores of dependence compute many times over: a statistic for
all splits of one pooled sample at once, transport between a joint law and the product
of its marginals. And the temperature at which scores of classes are probabilities.

Read ``splits.py`` first.
"""
