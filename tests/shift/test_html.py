# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pieces of a page: names are text, drawings say what they draw."""

import re
from dataclasses import replace

import numpy as np
import pytest

from skot.shift._html import (
    SHOWN,
    column_drawing,
    describe_shift,
    null_drawing,
    number,
    table,
    tag,
)
from tests._data.pages import assert_well_formed
from tests._data.samples import compare, two_samples


def test_tags_and_tables():
    assert tag("p", "text", _class="note") == '<p class="note">text</p>'
    assert tag("rect", x=1, stroke_width='2"') == (
        '<rect x="1" stroke-width="2&quot;"></rect>'
    )
    assert_well_formed(table(["a", "b"], [["1", "2"], ["3", "4"]]))


def test_numbers():
    assert [number(v) for v in (0.123456, 1e-9, np.nan)] == ["0.123", "1e-09", "–"]


def heights(drawing):
    return [float(h) for h in re.findall(r'<rect [^>]*height="([\d.]+)"', drawing)]


def test_the_null_distribution_is_drawn_with_what_was_observed():
    result = compare(*two_samples(shift=2.0))
    drawing = null_drawing(result)
    assert_well_formed(drawing)
    assert f"observed {number(result.statistic)}" in drawing
    assert len(heights(drawing)) == 30
    assert_well_formed(null_drawing(replace(result, null=np.ones(3), statistic=1.0)))


def test_a_column_of_numbers_is_drawn_as_two_densities():
    drawing = column_drawing(np.arange(100.0), np.append(np.zeros(99), 1e9))
    assert_well_formed(drawing)
    assert len(heights(drawing)) == 24
    assert max(heights(drawing)) == 44
    assert_well_formed(column_drawing(np.ones(5), np.ones(4)))  # a constant


def test_a_column_of_categories_is_drawn_as_shares():
    names = np.array([f"<b>{i}</b>" for i in range(20)])
    drawing = column_drawing(names, names[:10])
    assert_well_formed(drawing)
    assert "&lt;b&gt;" in drawing
    assert "9 other categories: " in drawing
    few = column_drawing(names[:2], names[:1])
    assert "50.0% to 100.0%" in few


@pytest.mark.parametrize("shift", [0.0, 2.0])
def test_a_result_is_described(shift):
    result = compare(*two_samples(shift=shift))
    page = describe_shift(result)
    assert_well_formed(page)
    verdict = "The data have shifted" if shift else "No shift was found"
    assert verdict in page
    assert ("<strong>x0</strong>" in page) == (shift > 0)
    alone = describe_shift(replace(result, features=None))
    assert "features moved" not in alone


def test_many_features_are_shown_in_part():
    X = np.random.RandomState(0).normal(size=(20, SHOWN + 5))
    page = describe_shift(compare(X, X, n_slices=1))
    assert f"0 of {SHOWN + 5} features moved; the first {SHOWN}" in page
