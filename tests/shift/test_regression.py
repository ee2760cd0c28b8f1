# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Loss of a regressor without targets."""

from dataclasses import astuple

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures

from skot.embedding import PoolingEmbedding
from skot.sets import PointSets
from skot.shift import DirectLossEstimator


def draw(n, low, high, seed):
    """Noise that grows with x: a shift of x is a shift of the loss."""
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.uniform(low, high, n), rng.normal(size=n)])
    return X, X[:, 0] + rng.normal(size=n) * (0.1 + np.abs(X[:, 0]))


X_VAL, Y_VAL = draw(2000, -1, 1, 0)
REGRESSOR = FrozenEstimator(LinearRegression().fit(*draw(2000, -1, 1, 1)))


@pytest.mark.parametrize("loss", ["absolute_error", "squared_error"])
def test_shift_within_the_validation_set(loss):
    """Twice the loss where the noise is, and half where it is not."""
    estimator = DirectLossEstimator(REGRESSOR, loss=loss, confidence_level=0.99)
    estimator.fit(X_VAL, Y_VAL)
    for low, high in ((-1, 1), (0.5, 1), (-0.2, 0.2)):
        X, y = draw(2000, low, high, 2)
        estimate = estimator.estimate(X)
        residuals = REGRESSOR.predict(X) - y
        true = np.mean(abs(residuals) if loss[0] == "a" else residuals**2)
        assert_allclose(estimate.loss, true, rtol=0.15)
        assert estimate.interval[0] < true < estimate.interval[1]
        assert_allclose(estimator.score(X, y), -abs(estimate.loss - true))
        assert_allclose(estimator.sample_losses(X).mean(), estimate.loss)


def test_far_from_the_validation_set():
    """A line through a curve: the loss grows, and so does the estimate; cost tells."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1000, 1))
    y = X[:, 0] ** 3 + rng.normal(0, 0.1, 1000)
    regressor = FrozenEstimator(LinearRegression().fit(X, y))
    estimator = DirectLossEstimator(regressor).fit(X, y)
    near, far = (estimator.estimate(X + shift) for shift in (0, 4))
    assert_allclose(near.loss, estimator.validation_loss_, rtol=0.1)
    assert estimator.slope_ > 0
    assert far.growth > 0
    assert far.loss > 3 * near.loss
    assert far.transport_cost > 10 * far.validation_cost


def test_out_of_fold_losses():
    estimator = DirectLossEstimator(Ridge(), n_neighbors=5).fit(X_VAL, Y_VAL)
    assert_allclose(
        estimator.validation_loss_, abs(X_VAL[:, 0] - Y_VAL).mean(), rtol=0.02
    )
    with pytest.warns(UserWarning, match="is fitted anew"):
        DirectLossEstimator(Ridge().fit(X_VAL, Y_VAL)).fit(X_VAL, Y_VAL)


def test_chunks_and_forms():
    estimator = DirectLossEstimator(REGRESSOR).fit(X_VAL, Y_VAL)
    X, _ = draw(90, -1, 1, 3)
    chunks = estimator.estimate_chunks(X, 40)
    assert [e.n_samples for e in chunks] == [40, 40, 10]
    assert_allclose(chunks[0].loss, estimator.estimate(X[:40]).loss)
    assert_allclose(chunks.to_frame()["loss"], [e.loss for e in chunks])
    estimate = chunks[0]
    assert "estimated absolute error" in str(estimate)
    assert repr(estimate).startswith("LossEstimate(loss=")
    assert "<table" in estimate._repr_html_()
    assert "<table" in chunks._repr_html_()
    assert estimate.to_frame()["validation_loss"].item() == estimator.validation_loss_


def clouds(n, seed, scale=1.0):
    rng = np.random.default_rng(seed)
    sets = [scale * rng.normal(size=(rng.integers(5, 20), 2)) for _ in range(n)]
    return sets, np.array([cloud.std() for cloud in sets])


def test_sets():
    """A pipeline compares sets by its own steps; others are told how."""
    X, y = clouds(200, 0)
    pipeline = make_pipeline(PoolingEmbedding(), PolynomialFeatures(), Ridge())
    estimator = DirectLossEstimator(pipeline).fit(X, y)
    same, _ = clouds(100, 1)
    wider, _ = clouds(100, 1, 3.0)
    estimates = [estimator.estimate(sets) for sets in (same, wider)]
    assert estimates[1].transport_cost > 3 * estimates[0].transport_cost
    lists = estimator.estimate(PointSets.from_list(same))
    assert_allclose(lists.loss, estimates[0].loss)

    class OfSets(LinearRegression):
        def fit(self, X, y):
            self.embedding_ = PoolingEmbedding().fit(X)
            return super().fit(self.embedding_.transform(X), y)

        def predict(self, X):
            return super().predict(self.embedding_.transform(X))

    told = DirectLossEstimator(OfSets(), representation=PoolingEmbedding())
    assert told.fit(X, y).estimate(same).loss > 0
    with pytest.raises(ValueError, match=r"array|inhomogeneous"):
        DirectLossEstimator(OfSets()).fit(X, y)


def test_bad_input():
    estimator = DirectLossEstimator(REGRESSOR)
    with pytest.raises(ValueError, match="y contains NaN"):
        estimator.fit(X_VAL, np.where(np.arange(2000) == 7, np.nan, Y_VAL))
    with pytest.raises(ValueError, match="inconsistent numbers"):
        estimator.fit(X_VAL, Y_VAL[1:])
    estimator.fit(X_VAL, Y_VAL)
    with pytest.raises(ValueError, match="0 sample"):
        estimator.estimate(X_VAL[:0])
    with pytest.raises(ValueError, match="features"):
        estimator.estimate(X_VAL[:, :1])
    with pytest.raises(NotFittedError):
        DirectLossEstimator(REGRESSOR).score(X_VAL, Y_VAL)
    two = LinearRegression().fit(X_VAL, np.column_stack([Y_VAL, Y_VAL]))
    with pytest.raises(ValueError, match="not predict one number for each"):
        DirectLossEstimator(FrozenEstimator(two)).fit(X_VAL, Y_VAL)


def test_a_column_of_predictions():
    column = FrozenEstimator(LinearRegression().fit(X_VAL, Y_VAL[:, None]))
    plain = FrozenEstimator(LinearRegression().fit(X_VAL, Y_VAL))
    losses = [
        DirectLossEstimator(r).fit(X_VAL, Y_VAL).estimate(X_VAL[:99]).loss
        for r in (column, plain)
    ]
    assert_allclose(*losses)


def test_a_search_over_pipelines():
    pipeline = make_pipeline(PolynomialFeatures(2), Ridge())
    search = GridSearchCV(pipeline, {"ridge__alpha": [1.0]}, cv=2)
    found = search.fit(X_VAL, Y_VAL)
    estimates = [
        DirectLossEstimator(FrozenEstimator(r)).fit(X_VAL, Y_VAL).estimate(X_VAL[:99])
        for r in (found, found.best_estimator_)
    ]
    assert astuple(estimates[0]) == astuple(estimates[1])
