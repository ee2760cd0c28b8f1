# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Dependence by transport: closed forms, laws, selection."""

from functools import partial

import numpy as np
import pytest
from scipy.stats import kstest
from sklearn.feature_selection import SelectKBest

from skot.shift import wasserstein_dependence

MEASURES = ["wdm", "wcorr", "etic"]


def test_gaussian_closed_form():
    """W_2^2 of a normal pair and its product: 4 - 2 (sqrt(1 + r) + sqrt(1 - r))."""
    rng = np.random.RandomState(0)
    x, e = rng.normal(size=(2, 1000))
    y = 0.9 * x + np.sqrt(1 - 0.81) * e
    score = wasserstein_dependence(
        x[:, None], y, p=2, debias=False, n_shuffles=1, max_samples=None, random_state=0
    )
    assert score[0] ** 2 == pytest.approx(0.61073, rel=0.15)


def test_reference_values():
    """Wasserstein correlation of known laws, x uniform, n = 1000."""
    rng = np.random.RandomState(0)
    x, e = rng.uniform(size=1000), rng.normal(size=1000)
    cases = [
        (rng.uniform(size=1000), 0.121),
        (x + 0.1 * e, 0.830),
        (x, 0.951),
        (np.sin(6 * x), 0.909),
    ]
    for y, expected in cases:
        score = wasserstein_dependence(x[:, None], y, measure="wcorr", debias=False)
        assert score[0] == pytest.approx(expected, abs=0.04)


@pytest.mark.parametrize("measure", MEASURES)
def test_dependence_of_any_form_is_found(measure):
    rng = np.random.RandomState(0)
    X = rng.normal(size=(150, 4))
    y = np.abs(X[:, 1]) + 0.1 * rng.normal(size=150)
    score = partial(
        wasserstein_dependence, measure=measure, n_permutations=19, random_state=0
    )
    selected = SelectKBest(score, k=1).fit(X, y)
    np.testing.assert_array_equal(selected.get_support(), np.arange(4) == 1)
    assert selected.pvalues_[1] == 1 / 20
    scores = wasserstein_dependence(X, y, measure=measure, random_state=0)
    assert scores[1] > 0.1
    assert np.abs(np.delete(scores, 1)).max() < 0.1
    classes = np.where(np.abs(X[:, 1]) > 0.7, "far", "near")
    scores = wasserstein_dependence(X, classes, measure=measure, random_state=0)
    assert np.argmax(scores) == 1


@pytest.mark.parametrize("measure", MEASURES)
def test_p_values_of_independence_are_uniform(measure):
    rng = np.random.RandomState(0)
    X, y = rng.normal(size=(15, 80)), rng.normal(size=15)
    _, p_values = wasserstein_dependence(
        X, y, measure=measure, n_permutations=39, random_state=0
    )
    # exact p-values are multiples of 1 / 40
    p_values -= rng.uniform(size=80) / 40
    assert kstest(p_values, "uniform").pvalue > 0.01


@pytest.mark.parametrize("measure", MEASURES)
def test_laws(measure):
    rng = np.random.RandomState(0)
    x, e = rng.normal(size=(2, 60))
    y = x + e
    score = partial(
        wasserstein_dependence, measure=measure, debias=False, random_state=0
    )
    value = score(x[:, None], y)[0]
    assert score(5 * x[:, None] - 2, 3 * y + 1)[0] == pytest.approx(value)
    rank = score(x[:, None], y, standardize="rank")[0]
    assert score(x[:, None], np.exp(y), standardize="rank")[0] == pytest.approx(rank)
    if measure == "etic":
        assert score(y[:, None], x)[0] == pytest.approx(value)
    assert score(np.ones((60, 1)), y)[0] == pytest.approx(0, abs=0.2)
    np.testing.assert_array_equal(
        *(score(np.c_[x, e], y, n_jobs=n_jobs) for n_jobs in (1, 2))
    )


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"measure": "mi"}, "measure must be one of"),
        ({"p": 3}, "p must be 1 or 2"),
        ({"standardize": "minmax"}, "standardize must be"),
        ({"n_shuffles": 0}, "n_shuffles must be 1 at least"),
        ({"n_permutations": -1}, "n_permutations must be 0 at least"),
        ({"max_samples": 2}, "max_samples must be 3 at least"),
    ],
)
def test_bad_parameters(params, message):
    with pytest.raises(ValueError, match=message):
        wasserstein_dependence(np.eye(4), np.arange(4.0), **params)


def test_bad_data():
    with pytest.raises(ValueError, match="NaN"):
        wasserstein_dependence([[np.nan], [1.0], [2.0]], [0.0, 1.0, 2.0])
    with pytest.raises(ValueError, match="2 sample"):
        wasserstein_dependence([[0.0], [1.0]], [0.0, 1.0])
