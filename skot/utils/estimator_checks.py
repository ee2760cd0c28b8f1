# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Checks of estimators whose samples are sets, beside those of scikit-learn.

scikit-learn's `check_estimator` knows tables alone. These checks hold an estimator to
what a user of sets may expect: any container gives the same answer, the points of a
set have no order, an atom may be split, weights stay with their points, and bad input
is refused by name. Estimators whose samples are rows (features, signals, images) are
held to those checks that rows can meet.
"""

import pickle
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from inspect import signature
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.model_selection import KFold

from .._sklearn import safe_indexing
from ..sets import PointSets, probabilities

__all__ = ["check_set_estimator", "parametrize_with_set_checks", "yield_set_checks"]

# Draws samples of two classes, and their labels.
Draw = Callable[..., tuple[Any, np.ndarray]]

METHODS = ("transform", "predict", "predict_proba", "decision_function")


def check_set_estimator(
    estimator: Any, *, samples: str = "sets", masses: str = "probability"
) -> None:
    """Run every check on an estimator; the first that fails raises.

    Parameters
    ----------
    estimator : estimator instance
        Fitted on copies; it stays as it is.
    samples : {"sets", "rows"}, default="sets"
        What a sample is: a set of points, or a row of a table, such as features, a
        signal or an image.
    masses : {"probability", "positive"}, default="probability"
        What the weights of a set are: shares of it, or masses, so that a set of twice
        the weights is another set, as it is to partial methods.

    Raises
    ------
    AssertionError
        From the check that failed.
    ValueError
        If ``samples`` or ``masses`` is none of these.

    Examples
    --------
    >>> from skot.embedding import PoolingEmbedding
    >>> from skot.utils import check_set_estimator
    >>> check_set_estimator(PoolingEmbedding())
    """
    for checked, check in yield_set_checks(estimator, samples=samples, masses=masses):
        check(checked)


def yield_set_checks(
    estimator: Any, *, samples: str = "sets", masses: str = "probability"
) -> Iterator[tuple[Any, Callable[[Any], None]]]:
    """Yield the checks that apply to an estimator.

    Parameters
    ----------
    estimator : estimator instance
        What to check.
    samples : {"sets", "rows"}, default="sets"
        As in `check_set_estimator`.
    masses : {"probability", "positive"}, default="probability"
        As in `check_set_estimator`.

    Yields
    ------
    tuple (estimator, callable)
        A copy of the estimator, and a check to call on it.

    Raises
    ------
    ValueError
        If ``samples`` or ``masses`` is none of these.
    """
    if samples not in ("sets", "rows"):
        raise ValueError(f'samples must be "sets" or "rows", got {samples!r}')
    if masses not in ("probability", "positive"):
        raise ValueError(f'masses must be "probability" or "positive", got {masses!r}')
    sets = samples == "sets"
    known = {"draw": make_sets if sets else make_rows, "masses": masses}
    for check in CHECKS if sets else ROW_CHECKS:
        if check is check_n_jobs and "n_jobs" not in estimator.get_params(deep=False):
            continue
        if check is check_weight_scale and masses == "positive":
            continue
        asked = signature(check).parameters
        given = {name: value for name, value in known.items() if name in asked}
        yield clone(estimator), partial(check, **given)
    for fault in FAULTS if sets else ():
        yield clone(estimator), partial(check_bad_input, fault=fault)


def parametrize_with_set_checks(
    estimators: list, *, settings: Callable[..., Any] | None = None
) -> Callable[[Callable], Callable]:
    """Pytest decorator: one test for each estimator and check.

    Parameters
    ----------
    estimators : list of estimator instances
        What to check.
    settings : callable or None, default=None
        Maps an estimator to a dict of the keyword arguments of `yield_set_checks`,
        where estimators differ. None takes the defaults.

    Returns
    -------
    decorator
        For a test of arguments ``estimator`` and ``check``.

    See Also
    --------
    sklearn.utils.estimator_checks.parametrize_with_checks : For tables.
    """
    import pytest

    cases = [
        case
        for estimator in estimators
        for case in yield_set_checks(
            estimator, **(settings(estimator) if settings else {})
        )
    ]
    return pytest.mark.parametrize(("estimator", "check"), cases, ids=_name_of)


def _name_of(thing):
    if isinstance(thing, partial):
        fault = thing.keywords.get("fault")
        return thing.func.__name__ + (f"[{fault}]" if fault else "")
    return " ".join(str(thing).split())


# -- data and comparison -------------------------------------------------------------


def make_sets(
    n_sets: int = 14, n_dims: int = 3, *, weighted: bool = True, seed: int = 0
) -> tuple[PointSets, np.ndarray]:
    """Draw ragged sets of two classes, all coordinates positive.

    Parameters
    ----------
    n_sets : int, default=14
        Number of sets.
    n_dims : int, default=3
        Dimension.
    weighted : bool, default=True
        Whether points carry weights.
    seed : int, default=0
        Seed.

    Returns
    -------
    X : PointSets
        The sets, of 3 to 8 points.
    y : ndarray of shape (n_sets,)
        Labels 0 and 1.
    """
    rng = np.random.RandomState(seed)
    sizes = rng.randint(3, 9, n_sets)
    y = np.arange(n_sets) % 2
    points = rng.uniform(0.5, 1.5, (sizes.sum(), n_dims))
    points += 2 * np.repeat(y, sizes)[:, None]
    weights = rng.uniform(0.2, 1, len(points)) if weighted else None
    return PointSets(points, np.concatenate([[0], np.cumsum(sizes)]), weights), y


def make_rows(
    n_rows: int = 14, n_features: int = 16, *, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Draw rows of two classes, all entries positive.

    Parameters
    ----------
    n_rows : int, default=14
        Number of rows.
    n_features : int, default=16
        Number of columns; a square may be read as an image.
    seed : int, default=0
        Seed.

    Returns
    -------
    X : ndarray of shape (n_rows, n_features)
        The rows.
    y : ndarray of shape (n_rows,)
        Labels 0 and 1.
    """
    rng = np.random.RandomState(seed)
    y = np.arange(n_rows) % 2
    bump = np.linspace(0, np.pi, n_features)
    centre = np.sin(bump) + np.outer(y, np.sin(2 * bump) + 1)
    return centre + rng.uniform(0.1, 0.6, (n_rows, n_features)), y


def _fit(estimator, X, y):
    estimator = clone(estimator)
    if "random_state" in estimator.get_params(deep=False):
        estimator.set_params(random_state=0)
    return estimator.fit(X, y)


def _methods(estimator):
    return [method for method in METHODS if hasattr(estimator, method)]


def _answers(estimator, X):
    return {method: getattr(estimator, method)(X) for method in _methods(estimator)}


def _assert_same(left, right, *, rtol=1e-9, what):
    """Compare answers of `_answers`; sets are compared as measures."""
    assert left.keys() == right.keys()
    for method, a in left.items():
        b = right[method]
        message = f"{method} differs: {what}"
        if isinstance(a, PointSets):
            a, b = (s.canonical(masses="probability") for s in (a, b))
            np.testing.assert_array_equal(a.offsets, b.offsets, err_msg=message)
            _assert_close(a.points, b.points, rtol, message)
            _assert_close(*(probabilities(s) for s in (a, b)), rtol, message)
        elif np.asarray(a).dtype.kind == "f":
            _assert_close(np.asarray(a), np.asarray(b), rtol, message)
        else:
            np.testing.assert_array_equal(a, b, err_msg=message)


def _assert_close(a, b, rtol, message):
    scale = max(float(abs(a).max(initial=0.0)), 1e-300)
    np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol * scale, err_msg=message)


# -- the checks ------------------------------------------------------------------------


def check_containers(estimator: Any) -> None:
    """List, object array, Series, frame, padded array and `PointSets` agree."""
    import pandas as pd

    for weighted in (False, True):
        X, y = make_sets(weighted=weighted)
        expected = _answers(_fit(estimator, X, y), X)
        forms = {
            "list of measures": list(X),
            "list of arrays or tuples": X.to_list(),
            "object array": np.asarray(X),
            "Series": pd.Series(list(X), index=np.arange(len(X)) + 7),
            "one-column frame": pd.DataFrame({"cloud": list(X)}),
        }
        if not weighted:
            forms["unpadded"] = PointSets.from_padded(*X.to_padded(fill=np.nan))
        for name, form in forms.items():
            _assert_same(expected, _answers(_fit(estimator, form, y), form), what=name)
    cube = np.random.RandomState(0).uniform(size=(14, 4, 3))
    expected = _answers(_fit(estimator, list(cube), y), list(cube))
    _assert_same(expected, _answers(_fit(estimator, cube, y), cube), what="3-D array")


def check_point_order(estimator: Any) -> None:
    """The points of a set have no order, in ``fit`` and after it."""
    rng = np.random.RandomState(1)
    for weighted in (False, True):
        X, y = make_sets(weighted=weighted)
        order = np.concatenate(
            [rng.permutation(np.arange(i, j)) for i, j in pairwise(X.offsets)]
        )
        shuffled = X.with_points(X.points[order])
        if weighted:
            shuffled = shuffled.with_weights(probabilities(X)[order])
        fitted = _fit(estimator, X, y)
        expected = _answers(fitted, X)
        _assert_same(expected, _answers(fitted, shuffled), what="points permuted")
        again = _answers(_fit(estimator, shuffled, y), X)
        _assert_same(expected, again, what="points permuted in fit")


def check_duplicated_point(estimator: Any) -> None:
    """A point that stands twice is a point of twice the weight."""
    X, y = make_sets(weighted=False)
    twice = PointSets.from_list([np.vstack([m.points, m.points[:1]]) for m in X])
    weights = np.ones(len(X.points))
    weights[X.offsets[:-1]] = 2.0
    doubled = X.with_weights(weights)
    fitted = _fit(estimator, X, y)
    _assert_same(_answers(fitted, twice), _answers(fitted, doubled), what="duplicated")


def check_zero_weight(estimator: Any) -> None:
    """A point of weight zero is absent, in ``fit`` and after it."""
    X, y = make_sets()
    padded = PointSets.from_list(
        [
            (np.vstack([m.points, m.points[:1] + 50]), np.append(probabilities(m), 0.0))
            for m in X
        ]
    )
    expected = _answers(_fit(estimator, X, y), X)
    _assert_same(expected, _answers(_fit(estimator, padded, y), padded), what="zero")


def check_weight_scale(estimator: Any) -> None:
    """Weights are relative: each set is a probability measure."""
    X, y = make_sets()
    scaled = X.with_weights(X.weights * np.repeat(1.0 + np.arange(len(X)), X.sizes))
    fitted = _fit(estimator, X, y)
    _assert_same(_answers(fitted, X), _answers(fitted, scaled), what="weights scaled")


def check_diracs(estimator: Any) -> None:
    """A table is a collection of sets of one point."""
    rng = np.random.RandomState(0)
    table, y = rng.uniform(size=(14, 3)), np.arange(14) % 2
    sets = PointSets.diracs(table)
    from_table = _answers(_fit(estimator, table, y), table)
    for method, answer in _answers(_fit(estimator, sets, y), sets).items():
        if isinstance(answer, PointSets):
            assert not isinstance(from_table[method], PointSets), "a table for a table"
            answer = answer.points
        _assert_same({method: from_table[method]}, {method: answer}, what="table")


def check_batch(estimator: Any, draw: Draw = make_sets) -> None:
    """The answer for a sample does not depend on those it arrives with."""
    X, y = draw()
    fitted = _fit(estimator, X, y)
    together = _answers(fitted, X)
    for i in (0, len(X) - 1):
        for method, alone in _answers(fitted, X[i : i + 1]).items():
            part = together[method][i : i + 1]
            _assert_same({method: part}, {method: alone}, what=f"sample {i} alone")


def check_splits(estimator: Any) -> None:
    """Weights stay with their points through scikit-learn's splitters."""
    X, y = make_sets()
    tuples = X.to_list()
    for train, test in KFold(3, shuffle=True, random_state=0).split(X, y):
        parts = [safe_indexing(X, index) for index in (train, test)]
        lists = [[tuples[i] for i in index] for index in (train, test)]
        _assert_same(
            _answers(_fit(estimator, parts[0], y[train]), parts[1]),
            _answers(_fit(estimator, lists[0], y[train]), lists[1]),
            what="a fold of PointSets against a list of tuples",
        )


def check_float32(estimator: Any, draw: Draw = make_sets) -> None:
    """Single precision comes in and goes out, and is about right."""
    X, y = draw()
    fitted = _fit(estimator, X, y)
    single = _answers(fitted, X.astype(np.float32))
    for method, answer in single.items():
        if method == "transform" and answer.dtype.kind == "f":
            assert answer.dtype == np.float32, f"{method} gave {answer.dtype}"
    if not isinstance(single.get("transform"), PointSets):
        _assert_same(_answers(fitted, X), single, rtol=1e-4, what="float32")


def check_integers(estimator: Any) -> None:
    """Integer points are read as floats."""
    X, y = make_sets()
    X = X.with_points(np.round(X.points * 10))
    whole = X.with_points(X.points.astype(np.int64))
    expected = _answers(_fit(estimator, X, y), X)
    _assert_same(expected, _answers(_fit(estimator, whole, y), whole), what="integers")


def check_memory_map(estimator: Any) -> None:
    """Read-only memory-mapped sets give the same answers."""
    X, y = make_sets()
    expected = _answers(_fit(estimator, X, y), X)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sets.npz"
        X.save(path)
        mapped = PointSets.load(path, mmap_mode="r")
        _assert_same(expected, _answers(_fit(estimator, mapped, y), mapped), what="map")
        del mapped


def check_input_untouched(estimator: Any, draw: Draw = make_sets) -> None:
    """Neither ``fit`` nor what follows changes its input."""
    X, y = draw()
    before = pickle.loads(pickle.dumps(X))
    _answers(_fit(estimator, X, y), X)
    same = np.array_equal(X, before) if isinstance(X, np.ndarray) else X.equals(before)
    assert same, "the input was changed"


def check_n_jobs(estimator: Any, draw: Draw = make_sets) -> None:
    """Results do not depend on the number of workers."""
    X, y = draw(20)
    one = _fit(clone(estimator).set_params(n_jobs=1), X, y)
    two = _fit(clone(estimator).set_params(n_jobs=2), X, y)
    _assert_same(_answers(one, X), _answers(two, X), rtol=1e-13, what="n_jobs=2")


def check_pickle(estimator: Any, draw: Draw = make_sets) -> None:
    """A fitted estimator survives pickling."""
    X, y = draw()
    fitted = _fit(estimator, X, y)
    revived = pickle.loads(pickle.dumps(fitted))
    _assert_same(_answers(fitted, X), _answers(revived, X), rtol=0, what="pickled")


def check_refit(estimator: Any, draw: Draw = make_sets) -> None:
    """A second ``fit`` forgets the first."""
    X, y = draw()
    other, y_other = draw(10, seed=1)
    twice = _fit(estimator, X, y)
    twice.fit(other, y_other)
    fresh = _fit(estimator, other, y_other)
    _assert_same(_answers(twice, other), _answers(fresh, other), what="refitted")


def check_refit_other_width(estimator: Any) -> None:
    """A second ``fit`` forgets the width of the first."""
    other, y_other = make_rows(n_features=25, seed=1)
    twice = _fit(estimator, *make_rows()).fit(other, y_other)
    fresh = _fit(estimator, other, y_other)
    _assert_same(_answers(twice, other), _answers(fresh, other), what="refitted")


def check_one_set(estimator: Any) -> None:
    """One set, and sets of one point, are collections like any other."""
    X, y = make_sets()
    fitted = _fit(estimator, X, y)
    for sets in (X[:1], PointSets.diracs(X.points[:3])):
        for method, answer in _answers(fitted, sets).items():
            assert len(answer) == len(sets), f"{method} of {sets}"


def check_coincident_points(estimator: Any, masses: str = "probability") -> None:
    """Sets whose points all coincide are Diracs."""
    X, y = make_sets(weighted=False)
    spots = PointSets.diracs(X.points[:4])
    heaps = PointSets.from_list([np.repeat(m.points, 5, axis=0) for m in spots])
    if masses == "positive":
        spots = spots.with_weights(np.full(len(spots), 5.0))
    fitted = _fit(estimator, X, y)
    _assert_same(_answers(fitted, spots), _answers(fitted, heaps), what="coincident")


def check_set_output(estimator: Any) -> None:
    """Vectors come as a data frame when asked; the index of a Series is kept."""
    import pandas as pd

    if not hasattr(estimator, "set_output"):
        return
    X, y = make_sets()
    fitted = _fit(estimator, X, y)
    expected = fitted.transform(X)
    fitted.set_output(transform="pandas")
    column = pd.Series(list(X), index=np.arange(len(X)) + 7)
    frame = fitted.transform(column)
    if isinstance(expected, PointSets):
        assert isinstance(frame, PointSets), "sets stay sets"
        return
    assert list(frame.columns) == list(fitted.get_feature_names_out())
    assert frame.index.equals(column.index)
    np.testing.assert_allclose(frame.to_numpy(), expected, rtol=1e-12)


def check_wrong_dimension(estimator: Any) -> None:
    """Sets of another dimension than in ``fit`` are refused."""
    X, y = make_sets()
    fitted = _fit(estimator, X, y)
    other, _ = make_sets(n_dims=2)
    for method in _methods(fitted):
        _assert_refused(
            lambda m=method: getattr(fitted, m)(other), "X has 2 features, but", method
        )


def check_bad_input(estimator: Any, fault: str) -> None:
    """One fault, in ``fit`` and after it: a ValueError that names it."""
    make, message = FAULTS[fault]
    X, y = make_sets(10)
    bad = make(X)
    _assert_refused(lambda: _fit(estimator, bad, y[: len(bad)]), message, "fit")
    fitted = _fit(estimator, X, y)
    for method in _methods(fitted):
        _assert_refused(lambda m=method: getattr(fitted, m)(bad), message, method)


def _assert_refused(call, message, method):
    try:
        call()
    except ValueError as error:
        assert message in str(error), f"{method}: {error} does not say {message!r}"
    else:
        raise AssertionError(f"{method} accepted what it should refuse: {message}")


def _spoil_points(value):
    def make(X):
        sets = [m.points.copy() for m in X]
        sets[2][1, 0] = value
        return sets

    return make


def _spoil_weights(*values):
    def make(X):
        sets = X.to_list()
        sets[2] = (sets[2][0][: len(values)], np.array(values))
        return sets

    return make


def _replace(cell):
    def make(X):
        return [*X.to_list()[:2], cell(X[2].points), X[3].points]

    return make


FAULTS = {
    "NaN": (_spoil_points(np.nan), "X[2] contains NaN"),
    "infinity": (_spoil_points(-np.inf), "X[2] contains infinity"),
    "empty set": (_replace(lambda p: p[:0]), "X[2] is empty"),
    "ragged columns": (_replace(lambda p: p[:, :2]), "X[2] has 2 columns, expected 3"),
    "complex": (_replace(lambda p: p + 1j), "X[2] is complex"),
    "strings": (_replace(lambda p: p.astype(str)), "X[2] is of type <U"),
    "objects": (_replace(lambda p: np.full(p.shape, object())), "X[2] is not numeric"),
    "sparse": (_replace(csr_array), "X[2] is sparse"),
    "one axis": (_replace(lambda p: p[0]), "X[2] has 1 axis"),
    "no sets": (lambda X: [], "X holds 0 sets"),
    "negative weight": (_spoil_weights(1.0, -0.5), "X[2] has a negative weight"),
    "NaN weight": (_spoil_weights(1.0, np.nan), "X[2] has a weight that is NaN"),
    "zero mass": (_spoil_weights(0.0, 0.0), "X[2] has zero mass"),
    "weights missing": (
        _replace(lambda p: (p, np.ones(1))),
        "points but weights of shape (1,)",
    ),
}

CHECKS = (
    check_containers,
    check_point_order,
    check_duplicated_point,
    check_zero_weight,
    check_weight_scale,
    check_diracs,
    check_batch,
    check_splits,
    check_float32,
    check_integers,
    check_memory_map,
    check_input_untouched,
    check_n_jobs,
    check_pickle,
    check_refit,
    check_one_set,
    check_coincident_points,
    check_set_output,
    check_wrong_dimension,
)

ROW_CHECKS = (
    check_batch,
    check_float32,
    check_input_untouched,
    check_n_jobs,
    check_pickle,
    check_refit,
    check_refit_other_width,
)
