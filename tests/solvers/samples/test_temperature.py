# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Temperature scaling: an oracle, laws, bounds, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from skot.solvers import learn_temperature

seeds = st.integers(0, 2**32 - 1)
# Scores from nearly equal to far apart, and how wrong they are.
scales = st.sampled_from([0.3, 3.0, 30.0])


def scores(seed, n=80, k=4, scale=3.0, temperature=1.0):
    """Logits, and labels drawn at a temperature."""
    rng = np.random.default_rng(seed)
    logits = scale * rng.normal(size=(n, k))
    proba = softmax(logits / temperature, axis=1)
    return logits, (proba.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)


def surprise(logits, labels, temperature):
    found = log_softmax(logits / temperature, axis=1)
    return -found[np.arange(len(labels)), labels].sum()


@given(seeds, scales)
@settings(max_examples=60)
def test_no_other_temperature_is_likelier(seed, scale):
    logits, labels = scores(seed, scale=scale)
    found = learn_temperature(logits, labels)
    best = minimize_scalar(
        lambda x: surprise(logits, labels, np.exp(x)),
        bounds=(np.log(0.05), np.log(20)),
        method="bounded",
        options={"xatol": 1e-9},
    )
    least = surprise(logits, labels, found)
    at_a_bound = np.isclose(found, [0.05, 20], rtol=2e-5).any()
    slack = 1e-3 if at_a_bound else 1e-8
    assert least <= best.fun * (1 + slack) + 1e-8


@given(seeds)
@settings(max_examples=30)
def test_units_offsets_and_order(seed):
    logits, labels = scores(seed, temperature=2.0)
    found = learn_temperature(logits, labels)
    again = learn_temperature(3 * logits, labels, bounds=(0.15, 60), start=3.0)
    assert_allclose(again, 3 * found, rtol=1e-4)
    rng = np.random.default_rng(seed)
    order, classes = rng.permutation(80), rng.permutation(4)
    moved = (logits + rng.normal(size=(80, 1)))[order][:, classes]
    again = learn_temperature(moved, np.argsort(classes)[labels[order]])
    assert_allclose(again, found, rtol=1e-4)
    assert_allclose(learn_temperature(logits.astype(np.float32), labels), found, 1e-3)


def test_the_temperature_of_many_labels():
    for temperature in (0.5, 1.0, 4.0):
        logits, labels = scores(0, 100_000, temperature=temperature)  # two blocks
        assert_allclose(learn_temperature(logits, labels), temperature, rtol=0.02)


def test_two_classes_in_closed_form():
    """Sure of 0.8, right in 2 of 3: log 4 / T = log 2."""
    logits = np.log([[0.8, 0.2]] * 3)
    assert_allclose(learn_temperature(logits, [0, 0, 1]), 2, rtol=1e-9)


@pytest.mark.parametrize("gap", [1e-3, 1.0, 1e3])
def test_labels_that_are_all_the_likeliest_ask_for_zero(gap):
    """Or for what is as good, to rounding: then the hottest of these is kept."""
    logits, labels = gap * np.eye(3), np.arange(3)
    found = learn_temperature(logits, labels)
    assert found == pytest.approx(0.05 if gap <= 1 else 20, rel=1e-4)
    found = learn_temperature(logits, labels, bounds=(1e-6, 1e3))
    assert surprise(logits, labels, found) < 1e-11


def test_labels_that_are_all_the_least_likely_ask_for_the_hottest():
    assert_allclose(learn_temperature(np.eye(3), [1, 2, 0]), 20, rtol=1e-4)


def test_few_steps_reach_an_optimum_that_is_far():
    """One error of a thousand at a gap of a thousandth of the others."""
    logits = np.column_stack([np.repeat([1.0, 1e-3], [999, 1]), np.zeros(1000)])
    labels = np.repeat([0, 1], [999, 1])
    found = learn_temperature(logits, labels, bounds=(1e-6, 1e3))
    slope = [
        surprise(logits, labels, found * c) - surprise(logits, labels, found)
        for c in (1 - 1e-2, 1 + 1e-2)
    ]
    assert min(slope) > 0


def test_two_steps_from_nearly_the_same_data():
    logits, labels = scores(1, 2000, temperature=1.5)
    start = learn_temperature(logits, labels)
    rows = np.random.default_rng(0).integers(2000, size=2000)
    expected = learn_temperature(logits[rows], labels[rows])
    found = learn_temperature(logits[rows], labels[rows], start=start, max_iter=2)
    assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("logits", "labels", "params", "message"),
    [
        (np.eye(2), [0, 1, 1], {}, r"labels must be whole numbers of shape \(2,\)"),
        (np.eye(2), [0.0, 1.0], {}, "labels must be whole numbers"),
        (np.eye(2), [0, 2], {}, "labels must be from 0 to 1"),
        (np.eye(2), [-1, 0], {}, "labels must be from 0 to 1"),
        (np.ones(2), [0, 1], {}, "logits must be floats of shape"),
        (np.eye(2, dtype=int), [0, 1], {}, "logits must be floats of shape"),
        (np.eye(2)[:0], [], {}, "logits must be floats of shape"),
        (np.eye(2), [0, 1], {"bounds": (0, 1)}, "positive and in order"),
        (np.eye(2), [0, 1], {"start": 30}, "positive and in order"),
    ],
)
def test_bad_input(logits, labels, params, message):
    with pytest.raises(ValueError, match=message):
        learn_temperature(logits, labels, **params)
