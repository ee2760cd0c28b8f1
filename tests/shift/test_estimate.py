# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Forms of an estimate."""

import pytest

from skot.shift import COTErrorEstimator
from skot.shift._estimate import html_table
from tests._data.samples import labelled


def test_forms_of_a_result():
    proba, y = labelled(0)
    estimator = COTErrorEstimator(n_bootstrap=20, random_state=0).fit(proba, y)
    estimate = estimator.estimate(proba)
    assert "estimated error" in str(estimate)
    assert repr(estimate).startswith("ErrorEstimate(error=0.")
    assert "<table" in estimate._repr_html_()
    frame = estimate.to_frame()
    assert frame["accuracy"].item() == estimate.accuracy
    chunks = estimator.estimate_chunks(proba, 100)
    assert repr(chunks).startswith("ErrorEstimates(0: ")
    assert "<table" in chunks._repr_html_()
    with pytest.raises(ValueError, match="must not be negative"):
        estimate.cot_range(-0.1)


def test_estimates_are_equal_to_themselves_alone():
    proba, y = labelled(0)
    estimator = COTErrorEstimator(n_bootstrap=None).fit(proba, y)
    one, other = (estimator.estimate(proba) for _ in range(2))
    assert one == one
    assert one != other
    assert len({one, other, estimator.estimate_chunks(proba, 100)}) == 3


def test_tables_are_text():
    table = html_table(["<a>"], [["x & y"], [1]])
    assert "&lt;a&gt;" in table
    assert "x &amp; y" in table
    assert table.count("<tr>") == 3
