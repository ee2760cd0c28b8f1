# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Every kind of source of random numbers that users have."""

import inspect
import pkgutil
from importlib import import_module

import joblib
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.utils import check_random_state as of_scikit_learn

import skot
from skot._random import check_random_state
from skot.cluster import WassersteinBarycenter
from skot.embedding import (
    LGWEmbedding,
    LOPTEmbedding,
    LPGWEmbedding,
    SlicedWassersteinEmbedding,
    WassersteinEmbedding,
)
from skot.sets import read_spaces
from skot.solvers import gromov_wasserstein
from skot.utils.estimator_checks import METHODS, make_rows, make_sets

from .common.instances import instances, settings


@pytest.mark.parametrize("seed", [0, np.int64(7), 2**32 - 1])
def test_seeds_are_those_of_scikit_learn(seed):
    draws = check_random_state(seed).normal(size=5)
    assert_array_equal(draws, of_scikit_learn(seed).normal(size=5))


def test_sources_are_themselves():
    source = np.random.RandomState(0)
    assert check_random_state(source) is source
    assert check_random_state(None) is of_scikit_learn(None)
    assert check_random_state(np.random) is of_scikit_learn(None)


def test_a_generator_gives_one_source_after_the_other():
    first, again = np.random.default_rng(3), np.random.default_rng(3)
    one, two = (check_random_state(first).normal(size=4) for _ in range(2))
    assert_array_equal(one, check_random_state(again).normal(size=4))
    assert (one != two).all()


@pytest.mark.parametrize("seed", ["0", 1.0, -1, 2**32, True, [1]])
def test_refusals(seed):
    with pytest.raises(ValueError, match="random_state must be"):
        check_random_state(seed)


@pytest.mark.parametrize(
    "estimator",
    [
        WassersteinEmbedding(),
        SlicedWassersteinEmbedding(n_slices=4, slices="gaussian"),
        LGWEmbedding("sample"),
        LPGWEmbedding(),
        LOPTEmbedding(),
        WassersteinBarycenter(),
    ],
)
def test_a_generator_gives_one_fit_after_the_other(estimator):
    X = np.random.default_rng(0).normal(size=(12, 5, 3))
    X *= np.arange(1, 13)[:, None, None]
    one, other = (
        clone(estimator).set_params(random_state=np.random.default_rng(1))
        for _ in range(2)
    )
    first = one.fit_transform(X)
    assert_array_equal(first, other.fit_transform(X))
    assert one.random_state is not other.random_state
    assert (one.fit_transform(X) != first).any()  # drawn anew


# -- a law: a Generator works wherever a RandomState does ------------------------------


DRAWING = [e for e in instances() if "random_state" in e.get_params(deep=False)]


@pytest.mark.parametrize("estimator", DRAWING, ids=lambda e: " ".join(repr(e).split()))
def test_estimators_take_a_generator(estimator):
    draw = make_rows if settings(estimator)["samples"] == "rows" else make_sets
    X, y = draw()

    def answers():
        source = np.random.default_rng(1)
        fitted = clone(estimator).set_params(random_state=source).fit(X, y)
        answers = {m: getattr(fitted, m)(X) for m in METHODS if hasattr(fitted, m)}
        return answers or {k: v for k, v in vars(fitted).items() if k.endswith("_")}

    one, other = answers(), answers()
    assert one
    assert joblib.hash(one) == joblib.hash(other)


SETS, _ = make_sets(6)
ROWS, LABELS = make_rows(20)
PAIR = SETS[0].points, SETS[1].points
SLICES = {"n_slices": 8, "slices": "gaussian"}


def solve(reference, space):
    return gromov_wasserstein(
        reference.distances, space.distances, reference.weights, space.weights
    )


# How each public function that draws is called.
CALLS = {
    "datasets.make_gaussian_clouds": ((4,), {}),
    "datasets.make_graphs": ((4,), {}),
    "datasets.make_point_clouds": ((4,), {}),
    "datasets.make_translated_clouds": ((4,), {}),
    "datasets.make_weighted_clouds": ((4,), {}),
    "distance.max_sliced_wasserstein_distances": ((SETS,), {"n_starts": 2}),
    "distance.sliced_partial_distances": ((SETS,), {"lam": 0.5, **SLICES}),
    "distance.sliced_wasserstein_distances": ((SETS,), SLICES),
    "references.learn_barycenter": ((SETS, 3), {}),
    "references.learn_reference": (("kmeans", SETS), {"n_reference": 3}),
    "references.learn_space_references": (
        ("barycenter", read_spaces(SETS), solve),
        {"max_iter": 1},
    ),
    "shift.layerwise_wasserstein": ((None, [ROWS], [ROWS + 1]), {}),
    "shift.representation_shift": ((ROWS, ROWS + 1), {}),
    "shift.wasserstein_dependence": ((ROWS[:, :2], LABELS), {}),
    "solvers.draw_splits": ((5, 5, 3), {}),
    "solvers.energy_sliced_wasserstein": (PAIR, SLICES),
    "solvers.max_sliced_wasserstein": (PAIR, {"n_starts": 2}),
    "solvers.sample_slices": ((4, 3, "gaussian"), {}),
    "solvers.sliced_partial_wasserstein": (PAIR, {"lam": 0.5, **SLICES}),
    "solvers.sliced_wasserstein": (PAIR, SLICES),
    "solvers.von_mises_sliced_wasserstein": (PAIR, {"n_slices": 8, "n_starts": 1}),
}


def functions_that_draw():
    for room in pkgutil.iter_modules(skot.__path__):
        if room.name.startswith("_"):
            continue
        module = import_module(f"skot.{room.name}")
        for name in getattr(module, "__all__", ()):
            thing = getattr(module, name)
            if not inspect.isfunction(thing):
                continue
            if "random_state" in inspect.signature(thing).parameters:
                yield f"{room.name}.{name}"


def test_every_function_that_draws_is_called():
    assert set(functions_that_draw()) == set(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_functions_take_a_generator(name):
    room, function = name.split(".")
    call = getattr(import_module(f"skot.{room}"), function)
    positional, named = CALLS[name]

    def answer(source):
        return joblib.hash(call(*positional, **named, random_state=source))

    source = np.random.default_rng(1)
    assert answer(source) == answer(np.random.default_rng(1))
    untouched = np.random.default_rng(1).bit_generator.state
    assert source.bit_generator.state != untouched  # it is what was drawn from
