# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""What every metric is made of: each set prepared once, each pair compared once."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.exceptions import ConvergenceWarning

from skot.distance._base import Metric, all_pairs, distances_between
from skot.utils.estimator_checks import make_sets


@dataclass(frozen=True, kw_only=True, eq=False)
class Counting(Metric):
    """Sizes of pairs, and a note of all that was done."""

    done: Counter = field(default_factory=Counter)

    def read(self, X, name="X"):
        self.done["read", name] += 1
        return super().read(X, name)

    def fit(self, sets):
        self.done["fit", len(sets)] += 1
        return self

    def prepare(self, sets, name="X", **how):
        self.done["prepare", name] += 1
        return [len(s) for s in sets]

    def pairs(self, X, Y=None, **how):
        def work(size, others):
            self.done["pairs"] += len(others)
            return [size + other for other in others], np.array(others) < 1000

        return all_pairs(work, X, Y, sizes=int, **how)


def test_each_step_is_taken_once():
    X, _ = make_sets(6)
    metric, how = Counting(), {"n_jobs": None, "verbose": 0}
    D = distances_between(metric, X, **how)
    assert_array_equal(D, (X.sizes[:, None] + X.sizes) * (1 - np.eye(6)))
    steps = {("read", "X"): 1, ("fit", 6): 1, ("prepare", "X"): 1, "pairs": 15}
    assert metric.done == steps
    metric = Counting()
    D = distances_between(metric, X, X[:4], **how)
    assert_array_equal(D, X.sizes[:, None] + X.sizes[:4])
    # what is learnt is learnt from Y, as estimators learn from the training sets
    steps = {("read", "X"): 1, ("read", "Y"): 1, ("fit", 4): 1, "pairs": 24}
    assert metric.done == steps | {("prepare", "X"): 1, ("prepare", "Y"): 1}


def test_collections_that_do_not_match_are_refused():
    X, _ = make_sets(3)
    with pytest.raises(ValueError, match=r"X is in R\^3, but Y is in R\^2"):
        distances_between(Counting(), X, X[:, :2], n_jobs=None, verbose=0)


def test_failures_are_counted_and_told():
    def work(item, others):
        return np.zeros(len(others)), np.array(others) < 2

    with pytest.warns(ConvergenceWarning, match="^3 plans are not optimal"):
        all_pairs(work, [0, 1, 2], [1, 2], "plans are not optimal", sizes=int)
