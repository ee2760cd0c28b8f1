# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Statistics of two samples: laws, oracles, what they find."""

from functools import partial

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.linear_model import LogisticRegression

from skot.shift._statistics import AUTO_REG, STATISTICS, read_statistic
from skot.solvers import draw_splits, sinkhorn_splits
from tests._data.samples import compare, two_samples

NAMES = sorted(STATISTICS)


@pytest.mark.parametrize("name", NAMES)
def test_zero_symmetric_and_translation_invariant(name):
    X, Y = two_samples(shift=0.7)
    one = compare(X, X.copy(), statistic=name)
    if name == "c2st":
        assert one.statistic < 0.7
    else:
        assert one.statistic <= 1e-6
        assert one.p_value > 0.9
    there, back = compare(X, Y, statistic=name), compare(Y, X, statistic=name)
    if name != "c2st":  # whose folds are drawn for the rows as they stand
        assert there.statistic == pytest.approx(back.statistic, rel=1e-6)
    moved = compare(X + 1e3, Y + 1e3, statistic=name)
    assert there.statistic == pytest.approx(moved.statistic, rel=1e-6)
    scaled = compare(X * 7, Y * 7, statistic=name)
    assert there.statistic == pytest.approx(scaled.statistic, rel=1e-6)


def test_inequalities_on_200_random_cases():
    rng = np.random.RandomState(0)
    for seed in range(200):
        n, m, d = rng.randint(2, 12), rng.randint(2, 12), rng.randint(1, 5)
        p, shift = rng.choice([1, 2, 3]), rng.uniform(0, 2)
        X, Y = two_samples(n, m, d, shift, seed)
        sliced, largest, exact, energy = (
            compare(
                X, Y, statistic=name, n_permutations=1, p=p, n_slices=8, alpha=0.5
            ).statistic
            for name in ("sliced_wasserstein", "max_sliced", "wasserstein", "energy")
        )
        assert sliced <= largest * (1 + 1e-12)
        assert largest <= exact * (1 + 1e-9)
        # E^2 <= 2 W_1, and W_1 <= W_p
        assert 0 <= energy**2 <= 2 * exact * (1 + 1e-9)


def test_an_answer_is_what_pot_says_along_its_slices():
    ot = pytest.importorskip("ot")
    X, Y = two_samples(40, 40, shift=0.5)
    result = compare(X, Y)
    pooled = np.concatenate([X, Y])
    X, Y = (v / pooled.std(axis=0) for v in (X, Y))
    slices = result.directions.vectors
    expected = ot.sliced_wasserstein_distance(X, Y, projections=slices.T)
    assert result.statistic == pytest.approx(expected, rel=1e-9)


def test_a_classifier_is_at_one_half_without_a_shift():
    areas = [
        compare(*two_samples(12, 9, 2, seed=seed), statistic="c2st").statistic
        for seed in range(100)
    ]
    assert np.mean(areas) == pytest.approx(0.5, abs=0.04)


@pytest.mark.parametrize("name", NAMES)
def test_a_shift_is_found(name):
    X, Y = two_samples(60, 50, shift=1.5)
    result = compare(X, Y, statistic=name, n_bootstrap=40)
    assert result.is_shift
    assert result.p_value == 1 / 20
    assert result.statistic > result.null.max() == result.threshold
    low, high = result.effect_interval
    assert 0 <= low < result.effect < high
    assert result.z_score > 1.5


def test_monotone_transforms_give_one_p_value():
    def gap(X, Y):
        return np.abs(X.mean(axis=0) - Y.mean(axis=0)).sum()

    X, Y = two_samples(shift=0.5)
    one = compare(X, Y, statistic=gap)
    other = compare(X, Y, statistic=lambda X, Y: np.exp(3 * gap(X, Y)))
    assert one.p_value == other.p_value
    assert one.name == "gap"


def test_a_classifier_of_ones_own():
    X, Y = two_samples(40, 40, shift=2.0)
    result = compare(X, Y, statistic="c2st", classifier=LogisticRegression())
    assert result.is_shift
    assert result.statistic > 0.8


@pytest.mark.parametrize("reg", [0.3, 5.0])
def test_sinkhorn_is_the_root_of_the_divergence(reg):
    """At a price of the entropy in units of the squared distance."""
    X, Y = two_samples(shift=0.7)
    result = compare(X, Y, statistic="sinkhorn", reg=reg, standardize=False)
    assert result.reg == reg
    C = cdist(np.concatenate([X, Y]), np.concatenate([X, Y]), "sqeuclidean")
    values, _ = sinkhorn_splits(C, draw_splits(30, 25, 0), reg=reg)
    assert result.statistic == pytest.approx(np.sqrt(values[0]), rel=1e-6)


def test_entropy_by_itself_is_a_share_of_the_mean_cost():
    X, Y = two_samples()
    # two rows are at a squared distance of 2 in each standardised column
    assert compare(X, Y, statistic="sinkhorn").reg == pytest.approx(AUTO_REG * 6)
    plain = compare(X, Y, statistic="sinkhorn", standardize=False)
    pooled = np.concatenate([X, Y])
    mean = (cdist(pooled, pooled) ** 2).mean()
    assert plain.reg == pytest.approx(AUTO_REG * mean)
    scaled = compare(9 * X, 9 * Y, statistic="sinkhorn", standardize=False)
    assert scaled.statistic == pytest.approx(9 * plain.statistic, rel=1e-9)
    assert compare(X, X[:1].repeat(5, 0), statistic="energy").reg is None
    spot = np.ones((4, 2))
    assert compare(spot, spot, statistic="sinkhorn").statistic == 0


def test_a_statistic_has_the_name_of_its_function():
    assert read_statistic("energy").name == "energy"
    assert read_statistic(np.median).name == "median"
    assert read_statistic(partial(np.quantile, q=0.5)).name == "statistic"
