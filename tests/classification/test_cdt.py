# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Classifiers of signals and images: what they ignore, and published figures."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import softmax
from scipy.stats import norm
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from skot.classification import (
    CDTClassifier,
    NearestSubspaceClassifier,
    RadonCDTClassifier,
    SCDTClassifier,
)
from skot.classification._deformations import GENERATORS, tangents, turned
from skot.signal import CDT, SCDT, RadonCDT

MNIST = Path(os.environ.get("SKOT_DATA") or "nowhere") / "mnist_train5k_test1k.npz"


def make_images(n=12, side=20, margin=5, seed=0):
    """Noisy bars and crosses in the middle of a blank frame."""
    rng = np.random.RandomState(seed)
    y = np.arange(n) % 2
    X = np.zeros((n, side, side))
    inner = slice(margin, side - margin)
    width = side - 2 * margin
    X[:, inner, width // 2 + margin] = 1
    X[y == 1, side // 2, inner] = 1
    X[:, inner, inner] += rng.uniform(0, 0.3, (n, width, width))
    return X, y


def shifted(X, seed=0, reach=5):
    rng = np.random.RandomState(seed)
    axes = tuple(range(X.ndim - 1))
    steps = rng.randint(-reach, reach + 1, (len(X), X.ndim - 1))
    return np.stack([np.roll(x, s, axes) for x, s in zip(X, steps, strict=True)])


# -- what no class depends on ----------------------------------------------------------


@pytest.mark.parametrize("signed", [False, True])
def test_translated_images_are_the_same_images(signed):
    """Exactly along the axes; elsewhere pixels fall into bins in another way."""
    X, y = make_images()
    new, _ = make_images(seed=1)
    if signed:  # parts that do not cancel in a projection
        for images in (X, new):
            images[:, 5:10, 10:] = images[:, 10:, 5:10] = 0
            images[:, 10:, 10:] *= -1
    for angles, rtol in (([0.0, 90.0], 1e-9), ([0.0, 30.0, 60.0, 90.0], 0.2)):
        transformer = RadonCDT(slices=angles, signed=signed)
        classifier = RadonCDTClassifier(transformer, n_components=3).fit(X, y)
        expected = classifier.residuals(new)
        assert expected.min() > 1e-5
        atol = rtol * expected.max()
        assert_allclose(classifier.residuals(shifted(new)), expected, atol=atol)
        classifier.fit(shifted(X, 2), y)
        assert_allclose(classifier.residuals(new), expected, atol=atol)
        fixed = RadonCDTClassifier(transformer, deformations=()).fit(X, y)
        moved = fixed.residuals(shifted(new))
        assert abs(moved - fixed.residuals(new)).max() > 2 * expected.max()


def test_translated_volumes():
    X = np.zeros((4, 10, 10, 10))
    X[:, 3:7, 3:7, 3:7] = np.random.RandomState(0).uniform(size=(4, 4, 4, 4))
    y = np.array(["a", "b", "a", "b"])
    new = shifted(X, reach=3)
    axes = RadonCDTClassifier(RadonCDT(slices=np.eye(3))).fit(X, y)
    assert_array_equal(axes.predict(new), y)
    assert_allclose(axes.residuals(new), axes.residuals(X), atol=1e-12)
    spiral = RadonCDTClassifier(RadonCDT(30)).fit(X, y)
    assert_array_equal(spiral.predict(new), y)


def test_deformations_are_a_choice_of_directions():
    X, y = make_images()
    new, _ = make_images(seed=1)
    plain = make_pipeline(RadonCDT(), NearestSubspaceClassifier()).fit(X, y)
    ours = RadonCDTClassifier(deformations=()).fit(X, y)
    assert_array_equal(plain.decision_function(new), ours.decision_function(new))
    # to be larger as a whole is free: its tangent is the transform itself
    generators = np.array(GENERATORS["scale"] + GENERATORS["shear"])
    assert not np.trace(generators, axis1=1, axis2=2).any()


def gaussian_transforms(A, b, n_angles=360):
    """Quantiles along every angle of the normal law of A Z + b, Z diagonal normal."""
    angle = np.pi * np.arange(n_angles) / n_angles
    slices = np.column_stack([-np.sin(angle), np.cos(angle)])
    root = A @ np.diag([3.0, 1.0])
    levels = norm.ppf((np.arange(20) + 0.5) / 20)
    scale = np.linalg.norm(slices @ root, axis=1)
    return slices, scale[:, None] * levels + (slices @ b)[:, None]


@pytest.mark.parametrize("kind", ["scale", "shear"])
def test_tangents_are_derivatives_of_affine_maps(kind):
    step = 1e-5
    slices, Q = gaussian_transforms(np.eye(2), np.array([0.4, -0.3]))
    rows = tangents(slices, [kind])(Q.reshape(1, -1))
    assert len(rows) == len(GENERATORS[kind])
    for row, E in zip(rows, np.array(GENERATORS[kind]), strict=True):
        A = np.eye(2) + step * E
        _, moved = gaussian_transforms(A, A @ np.array([0.4, -0.3]))
        expected = (moved - Q) / step
        assert_allclose(row.reshape(Q.shape), expected, atol=2e-3 * abs(expected).max())


def test_turns_are_turns():
    angle = np.deg2rad(30)
    R = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    b = np.array([2.0, 1.0])
    _, Q = gaussian_transforms(np.eye(2), b, n_angles=12)
    _, turned_law = gaussian_transforms(R, R @ b, n_angles=12)
    steps = list(turned(Q[None], 2))
    assert len(steps) == 5
    assert_allclose(steps[2][0], Q)
    errors = [abs(q[0] - turned_law).max() for q in steps]
    assert min(errors[0], errors[4]) < 1e-12


def test_turned_images_are_found():
    X, y = make_images(side=21)
    new, _ = make_images(side=21, seed=1)
    classifier = RadonCDTClassifier(
        RadonCDT(12), deformations=("translation", "rotation"), max_rotation=90
    ).fit(X, y)
    quarter = np.rot90(new, axes=(1, 2))
    # a quarter is among the turns tried, and so is a quarter less any other
    still = RadonCDTClassifier(RadonCDT(12)).fit(X, y)
    distances = classifier.residuals(quarter)
    assert (distances <= still.residuals(new) * (1 + 1e-9)).all()
    assert classifier.score(quarter, y) == 1
    assert still.score(quarter, y) < 1
    none = RadonCDTClassifier(
        RadonCDT(12), deformations=("translation", "rotation"), max_rotation=14
    ).fit(X, y)
    assert_array_equal(none.residuals(new), still.residuals(new))


def test_few_shots_gain_by_scale_and_shear():
    X, y = load_digits(return_X_y=True)
    X = np.kron(X.reshape(-1, 8, 8), np.ones((2, 2)))
    means = []
    for deformations in (("translation",), ("translation", "scale", "shear")):
        classifier = RadonCDTClassifier(deformations=deformations)
        scores = []
        for seed in range(3):
            rng = np.random.RandomState(seed)
            first = [rng.choice(np.flatnonzero(y == k), 2) for k in range(10)]
            train = np.concatenate(first)
            scores.append(classifier.fit(X[train], y[train]).score(X[:300], y[:300]))
        means.append(np.mean(scores))
    assert means[1] > means[0] + 0.05


@pytest.mark.parametrize("signed", [False, True])
def test_translated_and_stretched_pulses(signed):
    rng = np.random.RandomState(0)
    shapes = rng.uniform(0.5, 1, (2, 12))
    if signed:
        shapes[:, ::3] *= -1

    def place(shape, factor, start):
        pulse = np.repeat(shape, factor)
        return np.concatenate(
            [np.zeros(start), pulse, np.zeros(80 - start - len(pulse))]
        )

    X = np.stack([place(s, 1, 10) for s in shapes])
    new = np.stack(
        [place(s, f, t) for s in shapes for f, t in ((1, 60), (3, 5), (5, 20))]
    )
    classifier = (SCDTClassifier if signed else CDTClassifier)().fit(X, ["a", "b"])
    assert_array_equal(classifier.predict(5 * new), np.repeat(["a", "b"], 3))
    own = classifier.residuals(new)[np.arange(6), np.repeat([0, 1], 3)]
    assert_allclose(own, 0, atol=1e-12)
    still = type(classifier)(deformations=("scale",)).fit(X, ["a", "b"])
    assert still.residuals(new)[np.arange(6), np.repeat([0, 1], 3)].max() > 1e-6


def make_waves(n, rng, n_cells=150):
    """Three wave forms under random smooth warps of the axis."""
    t = (np.arange(n_cells) + 0.5) / n_cells
    y = np.arange(n) % 3
    X = np.empty((n, n_cells))
    for i in range(n):
        power, bend, shift = rng.uniform(0.8, 1.3), *rng.uniform(-0.03, 0.03, 2)
        g = t**power + bend * np.sin(2 * np.pi * t) + shift
        window = np.exp(-((g - 0.5) ** 2) / 0.02)
        phase = 14 * np.pi * g
        wave = (
            np.sin(phase),
            2 * ((phase / (2 * np.pi)) % 1) - 1,
            np.sign(np.sin(phase)),
        )
        X[i] = window * wave[y[i]] * np.gradient(g, t)
    return X, y


def test_warped_waves_from_few():
    rng = np.random.RandomState(0)
    (X, y), (new, y_new) = make_waves(24, rng), make_waves(150, rng)
    ours = SCDTClassifier().fit(X, y).score(new, y_new)
    raw = NearestSubspaceClassifier().fit(X, y).score(new, y_new)
    assert ours > 0.95
    assert raw < 0.6
    masses = SCDTClassifier(SCDT(include_mass=True)).fit(X, y)
    assert masses.subspaces_.n_features_in_ == 302
    assert_allclose(masses.subspaces_.bases_[0][0, -2:], 0, atol=1e-15)


# -- estimators ------------------------------------------------------------------------


def test_images_rows_and_batches():
    X, y = make_images(24)
    names = np.array(["bar", "cross"], dtype=object)[y]
    whole = RadonCDTClassifier(deformations=("translation", "shear")).fit(X, names)
    rows = X.reshape(24, -1)
    assert_array_equal(whole.predict(rows), whole.predict(X))
    assert whole.n_features_in_ == 400
    parts = RadonCDTClassifier(deformations=("translation", "shear"))
    for part in (slice(0, 3), slice(3, 15), slice(15, 24)):
        parts.partial_fit(X[part], names[part], classes=["bar", "cross"])
    new = shifted(X, 5)
    scale = np.square(whole.transformer_.transform(new)).sum(axis=1).max()
    assert_allclose(parts.residuals(new), whole.residuals(new), atol=1e-11 * scale)
    small, y_small = make_images(8, side=16, margin=4)
    again = whole.fit(small, y_small)
    fresh = RadonCDTClassifier(deformations=("translation", "shear"))
    fresh.fit(small, y_small)
    assert_array_equal(again.residuals(small), fresh.residuals(small))


def test_a_second_fit_forgets_names():
    X = np.random.RandomState(0).uniform(size=(6, 16))
    names = [f"pixel {i}" for i in range(16)]
    frame = pd.DataFrame(X, columns=names)
    classifier = RadonCDTClassifier().fit(frame, [0, 1] * 3)
    assert_array_equal(classifier.feature_names_in_, names)
    classifier.fit(X[:, :9], [0, 1] * 3)
    assert not hasattr(classifier, "feature_names_in_")
    assert classifier.n_features_in_ == 9


def test_probabilities_know_about_turns():
    X, y = make_images(30, side=21)
    chosen = ("translation", "rotation")
    classifier = RadonCDTClassifier(
        RadonCDT(9), deformations=chosen, n_components=2, probability=True
    ).fit(X, y)
    assert not hasattr(classifier, "partial_fit")
    P = classifier.predict_proba(np.rot90(X, axes=(1, 2)))
    assert_allclose(P.sum(axis=1), 1)
    distances = classifier.residuals(np.rot90(X, axes=(1, 2)))
    assert_allclose(P, softmax(-distances / classifier.temperature_, axis=1))
    assert not hasattr(RadonCDTClassifier().fit(X, y), "predict_proba")


def test_transforms_are_searched():
    X, y = make_images(12)
    search = GridSearchCV(
        RadonCDTClassifier(RadonCDT()),
        {
            "transformer__n_slices": [4, 12],
            "deformations": [(), ("translation", "scale", "rotation")],
        },
        cv=2,
    ).fit(X, y)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert search.best_score_ == 1


@pytest.mark.parametrize(
    ("classifier", "message"),
    [
        (CDTClassifier(deformations=("shear",)), "'shear'; CDTClassifier knows trans"),
        (CDTClassifier(CDT(kind="displacement")), "go through the origin"),
        (CDTClassifier(SCDT()), "must be an instance of"),
        (
            SCDTClassifier(deformations=("rotation",)),
            "'rotation'; SCDTClassifier knows",
        ),
        (
            RadonCDTClassifier(deformations=("warp",)),
            "'warp'; RadonCDTClassifier knows",
        ),
        (RadonCDTClassifier(RadonCDT(normalize="max")), "invariant by itself"),
        (
            RadonCDTClassifier(
                RadonCDT(slices=[0, 10, 90]), deformations=("rotation",)
            ),
            "evenly spaced over half a turn",
        ),
        (
            RadonCDTClassifier(RadonCDT(slices=np.eye(2)), deformations=("scale",)),
            "evenly spaced over half a turn",
        ),
        (
            RadonCDTClassifier(RadonCDT(signed=True), deformations=("shear",)),
            "unsigned images of two axes",
        ),
        (RadonCDTClassifier(max_rotation=-1), "max_rotation"),
        (RadonCDTClassifier(probability=True), "a class has 1"),
    ],
)
def test_what_does_not_fit_is_refused(classifier, message):
    X = np.random.RandomState(0).uniform(size=(3, 16))
    with pytest.raises(ValueError, match=message):
        classifier.fit(X, [0, 1, 1])


def test_normalised_transforms_need_no_deformations():
    X, y = make_images()
    classifier = RadonCDTClassifier(RadonCDT(normalize="max"), deformations=())
    assert_array_equal(classifier.fit(X, y).predict(shifted(X)), y)


@pytest.mark.slow
@pytest.mark.skipif(not MNIST.exists(), reason="SKOT_DATA has no MNIST")
@pytest.mark.parametrize(
    ("n", "mean", "deviation"),
    [(1, 44.3, 4.98), (4, 68.6, 4.05), (16, 86.9, 1.4), (64, 93.7, 0.31)],
)
def test_published_accuracy(n, mean, deviation):
    data = np.load(MNIST)
    y, scores = data["y_train"], []
    for seed in range(10):
        rng = np.random.RandomState(int(f"{n}10{seed}"))
        index = [rng.choice(np.flatnonzero(y == k), n) for k in range(10)]
        index = np.concatenate(index)
        classifier = RadonCDTClassifier().fit(data["X_train"][index], y[index])
        scores.append(100 * classifier.score(data["X_test"], data["y_test"]))
    assert abs(np.mean(scores) - mean) < 2 * deviation
