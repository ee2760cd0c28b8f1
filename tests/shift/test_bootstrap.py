# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Intervals of error estimates: width, coverage, no spread."""

import warnings

import numpy as np
import pytest

from skot.shift import COTErrorEstimator
from tests._data.samples import labelled


def test_wider_levels_and_more_samples():
    proba, y = labelled(0, 3000)
    target, _ = labelled(5, 3000)
    for method in ("cot", "cott"):
        widths = {}
        for n, level in ((300, 0.9), (3000, 0.9), (3000, 0.5)):
            estimator = COTErrorEstimator(
                method=method,
                confidence_level=level,
                n_bootstrap=60,
                random_state=0,
            )
            estimate = estimator.fit(proba[:n], y[:n]).estimate(target[:n])
            widths[n, level] = np.ptp(estimate.interval)
        assert widths[3000, 0.5] < widths[3000, 0.9]
        assert 2 < widths[300, 0.9] / widths[3000, 0.9] < 5  # about the root of ten


def test_intervals_without_spread():
    proba, y = labelled(0)
    for n_bootstrap, target in ((1, proba), (20, proba[:1])):
        judge = COTErrorEstimator(
            method="cot", calibration=None, prior="uniform", n_bootstrap=n_bootstrap
        )
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            low, high = judge.fit(proba, y).estimate(target).interval
        assert 0 <= low <= high <= 1


def coverage(n_repetitions, n_bootstrap, **settings):
    """Share of intervals that hold the true error: calibrated, no label shift."""
    rng = np.random.default_rng(99)
    true = 1 - rng.dirichlet(np.full(4, 0.5), 500_000).max(axis=1).mean()
    held = 0
    for seed in range(n_repetitions):
        proba, y = labelled(10 * seed, 400, sharpness=0.5)
        target, _ = labelled(10 * seed + 5, 400, sharpness=0.5)
        estimator = COTErrorEstimator(
            n_bootstrap=n_bootstrap, random_state=0, **settings
        )
        low, high = estimator.fit(proba, y).estimate(target).interval
        held += low <= true <= high
    return held / n_repetitions


@pytest.mark.parametrize("method", ["cot", "cott"])
def test_coverage_is_about_right(method):
    assert coverage(15, 30, method=method) >= 0.6


@pytest.mark.slow
@pytest.mark.parametrize("method", ["cot", "cott"])
def test_coverage(method):
    """90 % plus or minus 3, beside the noise of 300 repetitions."""
    assert abs(coverage(300, 100, method=method) - 0.9) <= 0.03 + 0.017


@pytest.mark.parametrize("n_bootstrap", [0, None])
def test_no_draws_give_no_interval(n_bootstrap):
    proba, y = labelled(0)
    judge = COTErrorEstimator(n_bootstrap=n_bootstrap).fit(proba, y)
    assert judge.estimate(proba).interval is None
    assert judge.estimate(proba).bias is None


def test_sources_of_draws():
    proba, y = labelled(0)

    def interval(random_state):
        judge = COTErrorEstimator(n_bootstrap=5, random_state=random_state)
        return judge.fit(proba, y).estimate(proba).interval

    rng = np.random.default_rng(0)
    first, second = interval(rng), interval(rng)
    assert first == interval(np.random.default_rng(0))
    assert first != second
    assert interval(0) == interval(np.random.RandomState(0))
