# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Transport to labels, and thresholds: oracles and inequalities."""

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.testing import assert_allclose

from skot.shift._methods import LabelTransport, Threshold
from skot.solvers import exact
from tests._data.clouds import seeds
from tests._data.samples import draw, tv


def cot(proba, prior):
    return LabelTransport.solve(proba, prior).value


@given(seeds)
@settings(max_examples=200)
def test_inequalities(seed):
    proba, prior = draw(seed, n=30)
    other = np.random.default_rng(seed + 1).dirichlet(np.ones(4))
    doubt = 1 - proba.max(axis=1).mean()
    pseudo = np.bincount(proba.argmax(axis=1), minlength=4) / 30
    value = cot(proba, prior)
    distance = tv(pseudo, prior)
    assert max(doubt, distance - doubt) <= value + 1e-12
    assert value <= doubt + distance + 1e-12
    assert value >= distance / 2 - 1e-12
    assert abs(value - cot(proba, other)) <= tv(prior, other) + 1e-12
    assert_allclose(cot(proba, pseudo), doubt, atol=1e-12)
    order = np.random.default_rng(seed).permutation(30)
    assert_allclose(cot(proba[order], prior), value, atol=1e-12)
    classes = order[order < 4]
    assert_allclose(cot(proba[:, classes], prior[classes]), value, atol=1e-12)


@pytest.mark.parametrize(("n", "k"), [(12, 3), (60, 6), (300, 6)])
def test_the_program_of_as_many_labels_as_samples(n, k):
    """Whole numbers of labels: n x K and n x n are one program."""
    for seed in range(5):
        proba, prior = draw(seed, n, k)
        labels = np.random.default_rng(seed).choice(k, n, p=prior)
        one_hot = np.eye(k)[labels]
        C = abs(proba[:, None] - one_hot).max(axis=2)
        assert_allclose(C, 1 - proba[:, labels], atol=1e-14)
        u = np.full(n, 1 / n)
        shares = np.bincount(labels, minlength=k) / n
        assert_allclose(cot(proba, shares), exact(C, u, u).value, atol=1e-12)


def test_two_classes_in_closed_form():
    proba, _ = draw(0, 101, 2)
    for n_second in (0, 7, 50, 101):
        largest = np.sort(proba[:, 1])[::-1]
        value = (np.sum(1 - largest[:n_second]) + np.sum(largest[n_second:])) / 101
        shares = np.array([101 - n_second, n_second]) / 101
        assert_allclose(cot(proba, shares), value, atol=1e-12)


def test_zero_is_certainty_with_the_right_histogram():
    one_hot = np.eye(3)[[0, 0, 1, 2]]
    assert_allclose(cot(one_hot, [0.5, 0.25, 0.25]), 0, atol=1e-15)
    assert_allclose(cot(one_hot, [0.25, 0.5, 0.25]), 0.25, atol=1e-15)


@given(seeds)
@settings(max_examples=20)
def test_costs_of_samples(seed):
    proba, prior = draw(seed)
    transport = LabelTransport.solve(proba, prior)
    assert_allclose(transport.costs.mean(), transport.value, atol=1e-12)
    assert (transport.costs >= (1 - proba.max(axis=1)) - 1e-12).all()
    assert (transport.costs <= 1 + 1e-12).all()


def test_the_gradient_in_the_prior():
    proba, prior = draw(3, 400, 3, 2.0)
    prices = LabelTransport.solve(proba, prior).prices
    step = 1e-4 * np.array([1, -1, 0])
    change = cot(proba, prior + step) - cot(proba, prior - step)
    assert_allclose(change / 2e-4, prices[0] - prices[1], atol=2e-2)


def test_thresholds():
    scores = np.array([1.0, 2.0, 2.0, 2.0, 3.0])
    for n_errors in range(6):
        rule = Threshold.learn(scores, n_errors)
        assert_allclose(rule.error(scores), n_errors / 5)
    assert Threshold.learn(scores, 0).error(np.array([3.0, 4.0])) == 0.5
