# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The shift test: oracles, exactness, attribution, inputs."""

import datetime
from itertools import combinations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.stats import energy_distance, kstest
from sklearn.decomposition import PCA
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.random_projection import GaussianRandomProjection as RandomProjection
from sklearn.tree import DecisionTreeClassifier

from skot.embedding import PoolingEmbedding
from skot.sets import PointSets
from skot.shift import TransportShiftTest
from skot.shift._statistics import STATISTICS
from skot.solvers import (
    Splits,
    draw_splits,
    energy_splits,
    mmd_splits,
    sample_slices,
    sinkhorn_divergence,
    sinkhorn_splits,
    sliced_splits,
    wasserstein_1d,
    wasserstein_splits,
)

NAMES = sorted(STATISTICS)


def two_samples(n=30, m=25, d=3, shift=0.0, seed=0):
    rng = np.random.RandomState(seed)
    X, Y = rng.normal(size=(n, d)), rng.normal(size=(m, d))
    Y[:, 0] += shift
    return X, Y


def compare(X, Y, **params):
    params = {"random_state": 0, "n_permutations": 19, "n_bootstrap": 0, **params}
    return TransportShiftTest(**params).fit(X).test(Y)


def randomized_p_value(result, rng):
    """Uniform without a shift, whatever the ties; at most ``result.p_value``."""
    above = np.sum(result.null > result.statistic + 1e-9)
    ties = 1 + np.sum(np.abs(result.null - result.statistic) <= 1e-9)
    return (above + rng.uniform() * ties) / (1 + len(result.null))


# -- statistics of splits --------------------------------------------------------------


@pytest.mark.parametrize("sizes", [(12, 12), (7, 12), (12, 5), (1, 4)])
@pytest.mark.parametrize("p", [1, 1.5, 2, 3])
def test_sliced_splits_against_one_problem_at_a_time(sizes, p):
    rng = np.random.RandomState(0)
    points = rng.normal(size=(sum(sizes), 3)).round(1)  # with ties
    slices = sample_slices(5, 3, "gaussian", 0)
    splits = draw_splits(*sizes, 6, 4, rng)
    costs, resampled = sliced_splits(points, slices, splits, p=p)
    for label, cost in zip(splits.labels, costs, strict=True):
        x, y = points[label == 1] @ slices.T, points[label == 0] @ slices.T
        np.testing.assert_allclose(cost, wasserstein_1d(x.T, y.T, p=p), atol=1e-12)
    label = splits.labels[0] == 1
    for counts, cost in zip(splits.counts, resampled, strict=True):
        x, y = (np.repeat(points[k], counts[k], axis=0) for k in (label, ~label))
        expected = wasserstein_1d((x @ slices.T).T, (y @ slices.T).T, p=p)
        np.testing.assert_allclose(cost, expected, atol=1e-12)


def test_sliced_splits_are_those_of_pot():
    ot = pytest.importorskip("ot")
    points = np.random.RandomState(0).normal(size=(40, 4))
    slices = sample_slices(20, 4, "gaussian", 0)
    splits = draw_splits(25, 15, 5, random_state=0)
    costs, _ = sliced_splits(points, slices, splits)
    for label, cost in zip(splits.labels, costs, strict=True):
        x, y = points[label == 1], points[label == 0]
        expected = ot.sliced_wasserstein_distance(x, y, projections=slices.T)
        assert np.sqrt(cost.mean()) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("sizes", [(9, 9), (7, 10)])
def test_other_splits_against_one_problem_at_a_time(sizes):
    from scipy.spatial.distance import cdist

    points = np.random.RandomState(0).normal(size=(sum(sizes), 1))
    splits = draw_splits(*sizes, 4, 3, random_state=0)
    D = cdist(points, points)
    label = splits.labels[0] == 1
    rows = [(points[k == 1], points[k == 0]) for k in splits.labels]
    rows += [
        tuple(np.repeat(points[k], c[k], axis=0) for k in (label, ~label))
        for c in splits.counts
    ]
    exact = wasserstein_splits(D**2, splits)
    energy = np.concatenate(energy_splits(D, splits))
    sinkhorn = np.concatenate(sinkhorn_splits(D**2 / 2, splits, reg=0.1))
    for k, (x, y) in enumerate(rows):
        x, y = x.ravel(), y.ravel()
        assert exact[k] == pytest.approx(wasserstein_1d(x, y), abs=1e-12)
        assert energy[k] == pytest.approx(energy_distance(x, y), abs=1e-7)
        divergence = sinkhorn_divergence(x[:, None], y[:, None], reg=0.1).value
        assert sinkhorn[k] == pytest.approx(divergence, abs=1e-5)
    K = np.exp(-(D**2))
    for k, (x, y) in enumerate(rows[: len(splits.labels)]):
        Kx, Ky, Kxy = (
            np.exp(-(np.subtract.outer(*pair)[:, 0, :, 0] ** 2))
            for pair in ((x, x), (y, y), (x, y))
        )
        n, m = len(x), len(y)
        expected = (
            (Kx.sum() - n) / (n * (n - 1))
            + (Ky.sum() - m) / (m * (m - 1))
            - 2 * Kxy.mean()
        )
        assert mmd_splits(K, splits)[0][k] == pytest.approx(expected, abs=1e-12)


def test_sinkhorn_between_transport_and_means():
    X, Y = two_samples(8, 8, shift=1.0)
    points = np.concatenate([X, Y])
    from scipy.spatial.distance import cdist

    C = cdist(points, points, "sqeuclidean") / 2
    splits = draw_splits(8, 8, 0)
    small = sinkhorn_splits(C, splits, reg=0.02, max_iter=5000)[0][0]
    assert small == pytest.approx(wasserstein_splits(C, splits)[0], rel=1e-2)
    large = sinkhorn_splits(C, splits, reg=1e4, tol=1e-14)[0][0]
    gap = X.mean(axis=0) - Y.mean(axis=0)
    assert large == pytest.approx(gap @ gap / 2, rel=1e-2)


def test_sinkhorn_survives_an_outlier():
    points = np.append(np.random.RandomState(0).normal(size=29), 1e4)[:, None]
    C = (points - points.T) ** 2 / 2
    values, _ = sinkhorn_splits(C, draw_splits(15, 15, 5, random_state=0), reg=0.1)
    assert np.isfinite(values).all()


def test_energy_is_a_kernel_distance():
    X, Y = two_samples(12, 9)
    points = np.concatenate([X, Y])
    D = np.linalg.norm(points[:, None] - points, axis=2)
    splits = draw_splits(12, 9, 0)
    x, y = splits.weights()
    w = (x / 12 - y / 9)[0]
    lengths = np.linalg.norm(points, axis=1)
    K = (lengths[:, None] + lengths - D) / 2
    assert energy_splits(D, splits)[0][0] ** 2 == pytest.approx(2 * w @ K @ w)


# -- laws every statistic obeys --------------------------------------------------------


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


def test_a_classifier_is_at_one_half_without_a_shift():
    areas = [
        compare(*two_samples(12, 9, 2, seed=seed), statistic="c2st").statistic
        for seed in range(100)
    ]
    assert np.mean(areas) == pytest.approx(0.5, abs=0.04)


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


def test_interval_covers_the_translation():
    """SW_2 of a translation by t along one of d axes is t / sqrt(d)."""
    covered = 0
    for seed in range(60):
        X, Y = two_samples(80, 80, 2, shift=1.0, seed=seed)
        result = compare(
            X, Y, standardize=False, n_slices=20, n_bootstrap=100,
            confidence_level=0.9,
        )  # fmt: skip
        low, high = result.effect_interval
        covered += low <= 1 / np.sqrt(2) <= high
    assert covered >= 47  # nine in ten, less three standard deviations


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


# -- who moved -------------------------------------------------------------------------


def test_features_and_directions_that_moved():
    rng = np.random.RandomState(0)
    X, Y = rng.normal(size=(2, 150, 5))
    Y[:, 3] += 0.8
    result = compare(X, Y, statistic="max_sliced", n_permutations=99)
    np.testing.assert_array_equal(
        result.features.adjusted_p_values <= 0.05, np.arange(5) == 3
    )
    best = result.directions.vectors[np.argmax(result.directions.distances)]
    assert abs(best[3]) > 0.8
    assert (result.features.adjusted_p_values >= result.features.p_values).all()
    assert result.to_frame().index[0] == "x3"


def test_error_of_naming_a_feature():
    named = 0
    for seed in range(100):
        X, Y = two_samples(15, 15, 6, seed=seed)
        result = compare(X, Y, n_slices=1)
        named += (result.features.adjusted_p_values <= 0.1).any()
    assert named <= 19  # ten in a hundred, and three standard deviations


def test_ranks_do_not_mind_long_tails():
    X, Y = two_samples(shift=0.7)
    result = compare(X, Y, standardize="rank")
    again = compare(np.exp(3 * X), np.exp(3 * Y), standardize="rank")
    assert again.statistic == pytest.approx(result.statistic)
    np.testing.assert_array_equal(again.null, result.null)


def test_a_constant_column_did_not_move():
    X, Y = two_samples(shift=2.0)
    X[:, 2] = Y[:, 2] = 0.1
    result = compare(X, Y)
    assert result.features.adjusted_p_values[2] == 1
    assert result.features.distances[2] == pytest.approx(0)


@pytest.mark.parametrize(("offset", "scale"), [(1e13, 1), (0, 1e200), (0, 1e-200)])
def test_columns_far_away_huge_and_tiny(offset, scale):
    X, Y = two_samples(shift=1.0)
    result = compare(offset + scale * X, offset + scale * Y)
    assert result.statistic == pytest.approx(compare(X, Y).statistic, rel=1e-2)


# -- frames, sets, pipelines -----------------------------------------------------------


def frames():
    rng = np.random.RandomState(0)
    reference = {
        "age": rng.normal(40, 10, 120),
        "town": rng.choice(["a", "b", "c"], 120),
        "owner": rng.choice([True, False], 120).astype(object),
    }
    current = {
        "age": rng.normal(40, 10, 100),
        "town": rng.choice(["b", "c", "new"], 100, p=[0.2, 0.2, 0.6]),
        "owner": rng.choice([True, False], 100).astype(object),
    }
    return reference, current


def test_numbers_and_categories():
    reference, current = frames()
    result = compare(pd.DataFrame(reference), pd.DataFrame(current), n_permutations=99)
    assert list(result.features.names) == ["age", "town", "owner"]
    moved = result.features.adjusted_p_values <= 0.05
    np.testing.assert_array_equal(moved, [False, True, False])
    share = [np.unique(f["town"], return_counts=True) for f in (reference, current)]
    share = [dict(zip(k, c / c.sum(), strict=True)) for k, c in share]
    gap = sum(abs(share[0].get(k, 0) - share[1].get(k, 0)) for k in ("a", "b", "c"))
    gap += share[1]["new"]
    assert result.features.distances[1] == pytest.approx(gap / 2)


def test_polars_and_categorical_columns_agree_with_pandas():
    reference, current = ({k: f[k] for k in ("age", "town")} for f in frames())
    expected = compare(pd.DataFrame(reference), pd.DataFrame(current))
    again = compare(pl.DataFrame(reference), pl.DataFrame(current))
    assert again.statistic == expected.statistic
    frame = pd.DataFrame(reference).astype({"town": "category"})
    other = pd.DataFrame(current).astype({"town": "category"})
    assert compare(frame, other).statistic == expected.statistic


def test_a_frame_of_numbers_is_a_table():
    X, Y = two_samples()
    names = ["a", "b", "c"]
    result = compare(pd.DataFrame(X, columns=names), pd.DataFrame(Y, columns=names))
    assert result.statistic == pytest.approx(compare(X, Y).statistic)
    assert list(result.features.names) == names


def clouds(n, spread, seed):
    rng = np.random.RandomState(seed)
    return [spread * rng.normal(size=(rng.randint(4, 9), 2)) for _ in range(n)]


def test_sets_in_any_container():
    X, Y = clouds(25, 1.0, 0), clouds(20, 1.6, 1)
    result = compare(X, Y)
    assert result.is_shift
    assert list(result.features.names) == ["x0", "x1"]
    again = compare(PointSets.from_list(X), [cloud[::-1] for cloud in Y])
    assert again.statistic == pytest.approx(result.statistic, rel=1e-9)
    pooled = compare(X, Y, embedding=PoolingEmbedding(["mean", "max"]))
    assert pooled.is_shift
    assert len(pooled.features) == 4
    table = two_samples()
    diracs = [PointSets.diracs(part) for part in table]
    assert compare(*diracs).statistic == compare(*table).statistic


def test_the_coordinate_of_sets_that_moved():
    X, Y = clouds(40, 1.0, 0), clouds(40, 1.0, 1)
    Y = [cloud + [0, 0.8] for cloud in Y]
    moved = compare(X, Y, n_permutations=99).features.adjusted_p_values <= 0.05
    np.testing.assert_array_equal(moved, [False, True])
    # a table of Diracs and sets are one kind of rows
    table = np.array([cloud.mean(axis=0) for cloud in X])
    assert compare(table, Y).is_shift


def test_embeddings_are_fitted_on_both_samples_or_frozen():
    X, Y = two_samples(shift=1.0)
    learned = compare(X, Y, embedding=PCA(2))
    pooled = PCA(2).fit(np.concatenate([X, Y]))
    frozen = compare(X, Y, embedding=FrozenEstimator(pooled))
    assert learned.statistic == pytest.approx(frozen.statistic, rel=1e-9)


def test_score_is_for_searches():
    X, Y = two_samples(80, 60, shift=1.0)
    fitted = TransportShiftTest(random_state=0).fit(X)
    assert fitted.score(Y) < -3 < fitted.score(X[::2] + 1e-9)
    pipeline = make_pipeline(StandardScaler(), TransportShiftTest(random_state=0))
    search = GridSearchCV(pipeline, {"standardscaler__with_std": [True, False]}, cv=2)
    search.fit(X)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


# -- bad input -------------------------------------------------------------------------


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


def test_truth_values_are_numbers_however_they_are_stored():
    rng = np.random.RandomState(0)
    X, Y = (pd.DataFrame({"a": rng.normal(size=30)}) for _ in range(2))
    X["b"], Y["b"] = rng.uniform(size=(2, 30)) > 0.5
    X["c"] = Y["c"] = "x"
    expected = compare(X, Y).statistic
    for dtype in (object, "boolean"):  # a file with gaps, once these are left out
        assert compare(X, Y.astype({"b": dtype})).statistic == expected


def test_identifiers_are_no_categories():
    X, Y = (pd.DataFrame({"id": [f"{k}{i}" for i in range(600)]}) for k in "ab")
    with pytest.raises(ValueError, match="'id' has 1200 categories, more than 1000"):
        compare(X, Y)


def test_columns_by_number_are_compared():
    X = pd.DataFrame(frames()[0])
    X.columns = range(3)
    with pytest.raises(ValueError, match="columns of reference and X differ"):
        compare(X, X.rename(columns={2: 3}))


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


def test_splits_know_their_sizes():
    splits = draw_splits(3, 5, 10, 2, 0)
    assert isinstance(splits, Splits)
    assert splits.sizes == (3, 5)
    assert (splits.labels.sum(axis=1) == 3).all()
    assert (splits.counts[:, :3].sum(axis=1) == 3).all()
    assert (splits.counts[:, 3:].sum(axis=1) == 5).all()
