# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The shift test: exactness, inputs, what is refused."""

import datetime
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kstest
from sklearn.decomposition import PCA
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.random_projection import GaussianRandomProjection as RandomProjection
from sklearn.tree import DecisionTreeClassifier

from skot.shift import TransportShiftTest
from skot.shift._statistics import STATISTICS
from tests._data.samples import compare, frames, two_samples

NAMES = sorted(STATISTICS)


def randomized_p_value(result, rng):
    """Uniform without a shift, whatever the ties; at most ``result.p_value``."""
    above = np.sum(result.null > result.statistic + 1e-9)
    ties = 1 + np.sum(np.abs(result.null - result.statistic) <= 1e-9)
    return (above + rng.uniform() * ties) / (1 + len(result.null))


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"c2st"}))
def test_p_values_against_all_splits(name):
    X, Y = two_samples(4, 3, 2, shift=1.5)
    pooled = np.concatenate([X, Y])
    few = {"statistic": name, "n_slices": 10, "alpha": 0.5}
    values = []
    for first in combinations(range(7), 4):
        other = np.setdiff1d(np.arange(7), first)
        parts = pooled[list(first)], pooled[other]
        values.append(compare(*parts, n_permutations=1, **few).statistic)
    result = compare(X, Y, n_permutations=4000, **few)
    exact = np.mean(np.array(values) >= values[0] - 1e-9)
    assert result.statistic == pytest.approx(values[0])
    assert result.p_value == pytest.approx(exact, abs=0.03)


@pytest.mark.parametrize("name", NAMES)
def test_p_values_are_uniform_without_a_shift(name):
    rng = np.random.RandomState(0)
    p_values = []
    for seed in range(80):
        X, Y = two_samples(10, 8, 2, seed=seed)
        result = compare(X, Y, statistic=name, n_slices=10)
        assert result.p_value >= 1 / 20
        p_values.append(randomized_p_value(result, rng))
    assert kstest(p_values, "uniform").pvalue > 0.01


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_p_values_are_uniform_500(name):
    rng = np.random.RandomState(1)
    p_values = []
    for seed in range(500):
        X, Y = two_samples(20, 15, 3, seed=seed)
        result = compare(X, Y, statistic=name, n_permutations=99, n_slices=30)
        p_values.append(randomized_p_value(result, rng))
    assert kstest(p_values, "uniform").pvalue > 0.01


def test_large_samples_are_drawn_and_told():
    X, Y = two_samples(60, 40)
    result = compare(X, Y, max_samples=30)
    assert result.n_used == (30, 30)
    assert result.n_given == (60, 40)
    assert "30 rows against 30 of 60 and 40" in repr(result)


def test_results_do_not_depend_on_n_jobs():
    X, Y = two_samples()
    for name in ("sliced_wasserstein", "wasserstein"):
        one, two = (
            compare(X, Y, statistic=name, n_bootstrap=5, n_jobs=k) for k in (1, 2)
        )
        np.testing.assert_array_equal(one.null, two.null)
        assert one.effect_interval == two.effect_interval


def test_score_is_for_searches():
    X, Y = two_samples(80, 60, shift=1.0)
    fitted = TransportShiftTest(random_state=0).fit(X)
    assert fitted.score(Y) < -3 < fitted.score(X[::2] + 1e-9)
    pipeline = make_pipeline(StandardScaler(), TransportShiftTest(random_state=0))
    search = GridSearchCV(pipeline, {"standardscaler__with_std": [True, False]}, cv=2)
    search.fit(X)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda Y: Y[:0], "0 sample"),
        (lambda Y: Y[:1], "n_samples = 1"),
        (lambda Y: np.where(Y > 2, np.nan, Y), "NaN"),
        (lambda Y: Y[:, :2], "2 features"),
        (lambda Y: [Y[:4, :2], Y[:3, :2]], "2 features"),
    ],
)
def test_bad_tables(make, message):
    X, Y = two_samples(60, 60)
    with pytest.raises(ValueError, match=message):
        TransportShiftTest().fit(X).test(make(Y))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda f: f.drop(columns="age"), "feature names"),
        (lambda f: f[:0], "0 sample"),
        (lambda f: f.assign(age=np.nan), "NaN in column 'age'"),
        (lambda f: f.assign(age=-np.inf), "infinity in column 'age'"),
        (lambda f: f.assign(town=[None, *f["town"][1:]]), "missing values in column"),
        (lambda f: f.assign(age=f["town"]), r"\['age'\] hold numbers in one"),
        (lambda f: f.assign(town=1.0, owner=2.0), "hold numbers in one"),
        (lambda f: f.assign(age=pd.Timestamp("2020-01-01")), "dates in column 'age'"),
        (
            lambda f: f.assign(age=pd.Timestamp("2020-01-01", tz="UTC")),
            "dates in column 'age'",
        ),
        (
            lambda f: f.assign(age=datetime.date(2020, 1, 1)),
            "neither numbers nor strings in column 'age'",
        ),
        (
            lambda f: f.rename(columns={"town": "age"}),
            "more than one column named 'age'",
        ),
        (lambda f: f.assign(age=1j), "complex numbers in column 'age'"),
        (
            lambda f: f.assign(owner=pd.array([None, *[True] * 99], "boolean")),
            "NaN in column 'owner'",
        ),
    ],
)
def test_bad_frames(make, message):
    reference, current = map(pd.DataFrame, frames())
    with pytest.raises(ValueError, match=message):
        TransportShiftTest().fit(reference).test(make(current))


@pytest.mark.parametrize("statistic", ["energy", lambda X, Y: np.nan])
def test_a_statistic_that_is_no_number(statistic):
    X, Y = two_samples()
    with (
        pytest.raises(ValueError, match="is not a finite number"),
        np.errstate(all="ignore"),
    ):
        compare(1e200 * X, 1e200 * Y, statistic=statistic, standardize=False)


def test_steps_without_a_seed_take_that_of_the_test():
    X, Y = two_samples()
    for params in (
        {"statistic": "c2st", "classifier": DecisionTreeClassifier(max_features=1)},
        {"embedding": make_pipeline(StandardScaler(), RandomProjection(2))},
    ):
        test = TransportShiftTest(n_permutations=19, n_bootstrap=0, **params).fit(X)
        np.testing.assert_array_equal(test.test(Y).null, test.test(Y).null)


def test_embedding_of_categories_is_refused():
    with pytest.raises(ValueError, match="embedding takes sets or numbers"):
        TransportShiftTest(embedding=PCA()).fit(pd.DataFrame(frames()[0]))


def test_too_few_permutations():
    with pytest.raises(ValueError, match="takes 999 permutations"):
        TransportShiftTest(alpha=0.001).fit(two_samples()[0])


def test_the_statistic_alone_and_without_details():
    for X, Y in (two_samples(shift=0.5), map(pd.DataFrame, frames())):
        test = TransportShiftTest("energy", n_permutations=19, random_state=0).fit(X)
        result, lean = test.test(Y), test.test(Y, details=False)
        assert lean.statistic == pytest.approx(result.statistic, rel=1e-12)
        assert test.distance(Y) == pytest.approx(result.statistic, rel=1e-12)
        np.testing.assert_allclose(lean.null, result.null, rtol=1e-12)
        assert lean.effect == pytest.approx(result.effect, rel=1e-12)
        assert np.isnan(lean.effect_interval).all()
        assert lean.features is lean.directions is None
        assert test.score(Y) == -lean.z_score
        with pytest.raises(ValueError, match="details=True"):
            lean.to_frame()


def test_a_generator_is_a_source_like_any_other():
    X, _ = two_samples()
    rng = np.random.default_rng(0)
    seeds = [TransportShiftTest(random_state=rng).fit(X).seed_ for _ in range(2)]
    assert seeds[0] != seeds[1]
    again = TransportShiftTest(random_state=np.random.default_rng(0)).fit(X)
    assert again.seed_ == seeds[0]


def test_the_statistic_alone_has_slices_of_its_own():
    X, Y = two_samples(300, 300, shift=1.0)
    test = TransportShiftTest(n_slices=1000, random_state=0).fit(X)
    assert test.distance(Y) == test.distance(Y)
    expected = test.test(Y, details=False).statistic
    assert test.distance(Y) == pytest.approx(expected, rel=0.05)
