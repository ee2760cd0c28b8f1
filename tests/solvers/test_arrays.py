# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The reader of what solvers are given: what it takes, what it says where it cannot."""

from fractions import Fraction

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.sparse import csr_array

from skot.solvers import _arrays as read


@pytest.mark.parametrize(
    "values",
    [
        [[1, 2], [3, 4]],
        ((True, False), (False, True)),
        np.arange(4, dtype=np.float32).reshape(2, 2),
        np.asfortranarray(np.eye(2)),
        np.array([[Fraction(1, 2), 1], [2, 3]], dtype=object),
        np.ma.masked_array(np.eye(2), mask=False),
    ],
)
def test_one_reading(values):
    array = read.read_array(values, "x", "n", "m")
    assert array.dtype == np.float64
    assert array.flags.c_contiguous
    assert_array_equal(array, np.array(values).astype(float))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[1.0, np.nan]], "x holds NaN or infinity"),
        ([[1.0, -np.inf]], "x holds NaN or infinity"),
        ([[1.0], [1.0, 2.0]], "x is ragged"),
        ([[1j]], "x must be real numbers, but is complex"),
        ([["1"]], "x must be real numbers, but is of type <U1"),
        ([[None]], "x must be real numbers, but is of type object"),
        (np.array([["2020-01-01"]], dtype="M8[D]"), "but is of type datetime64"),
        (np.zeros((1, 1), dtype=[("a", float)]), "x must be real numbers"),
        (csr_array(np.eye(2)), "x is sparse"),
        (np.ma.masked_array(np.eye(2), mask=np.eye(2)), "x has masked entries"),
        ([1.0], r"x must have shape \(n, 2\), got \(1,\)"),
        ([[1.0]], r"x must have shape \(n, 2\), got \(1, 1\)"),
        (np.empty((0, 2)), r"x must have shape \(n, 2\), got \(0, 2\)"),
    ],
)
def test_refused_arrays(values, message):
    with pytest.raises(ValueError, match=message):
        read.read_array(values, "x", "n", 2)


def test_squares():
    assert_array_equal(read.read_square(np.eye(3), "C"), np.eye(3))
    for values, n, message in [
        (np.ones((2, 3)), None, r"C must have shape \(2, 2\), got \(2, 3\)"),
        (np.eye(2), 3, r"C must have shape \(3, 3\), got \(2, 2\)"),
        ([1.0], None, r"C must have shape \(n, n\), got \(1,\)"),
    ]:
        with pytest.raises(ValueError, match=message):
            read.read_square(values, "C", n)


def test_weights():
    assert_array_equal(read.read_weights(None, 4, "a"), [0.25] * 4)
    assert_array_equal(read.read_masses(None, 2, "a"), [1, 1])
    assert_array_equal(read.read_weights([1, 3], 2, "a"), [1, 3])
    assert_array_equal(read.read_probabilities([1, 3], 2, "a"), [0.25, 0.75])
    for weights, message in [
        ([1.0, -1.0], "a holds a negative weight"),
        ([0.0, 0.0], "a has no mass"),
        ([1e308, 1e308], "a has more mass than floats hold"),
        ([1.0], r"a must have shape \(2,\), got \(1,\)"),
    ]:
        with pytest.raises(ValueError, match=message):
            read.read_masses(weights, 2, "a")


def test_problems():
    C, a, b = read.read_problem([[0, 1, 2]], None, None, "exact")
    assert (C.shape, a.tolist(), b.tolist()) == ((1, 3), [1.0], [1 / 3] * 3)
    with pytest.raises(ValueError, match="a and b must have one mass, got 1 and 2"):
        read.read_problem([[0]], [1], [2], "exact")
    with pytest.raises(ValueError, match=r"costs come first, .*: exact\(C, a, b\)"):
        read.read_problem([0.5, 0.5], [0.5, 0.5], np.eye(2), "exact")


@pytest.mark.parametrize(
    ("reader", "good", "bad"),
    [
        (read.read_order, [1, 1.5, np.float32(2)], [0.5, np.inf, np.nan, "2", None]),
        (read.read_penalty, [1, np.array(2.0)], [0, -1, np.inf, 1e308, "auto"]),
        (lambda v: read.read_positive(v, "reg"), [1e-300, 5], [0, -1, np.nan, "1"]),
        (lambda v: read.read_non_negative(v, "tol"), [0, 1e-9], [-1, np.nan, np.inf]),
        (lambda v: read.read_share(v, "alpha"), [0, 1, 0.5], [-0.1, 1.1, None]),
        (lambda v: read.read_count(v, "n"), [1, np.int8(3)], [0, 1.0, True, "1"]),
        (lambda v: read.read_mass(v, 3, 2), [1, 2], [0, 2.1, np.nan, None]),
    ],
)
def test_numbers(reader, good, bad):
    for value in good:
        assert reader(value) == float(value)
    for value in bad:
        with pytest.raises(ValueError, match="must be"):
            reader(value)


def test_choices():
    assert read.read_choice("a", "method", ("a", "b")) == "a"
    with pytest.raises(ValueError, match='method must be one of "a", "b", got 1'):
        read.read_choice(1, "method", ("a", "b"))


def test_distances_within_a_space():
    C = [[0, 1], [1 + 1e-9, 0]]
    assert_array_equal(read.read_distances(C, "C"), C)
    for values, message in [
        ([[0, -1], [-1, 0]], "C holds a negative distance"),
        ([[0, 1], [2, 0]], "C is not symmetric"),
        ([[0, 1, 2]], r"C must have shape"),
    ]:
        with pytest.raises(ValueError, match=message):
            read.read_distances(values, "C")


def test_prices():
    assert read.read_price(2, None, 1, 1) == (2.0, None)
    assert read.read_price(None, 0.5, 1, 2) == (None, 0.5)
    for lam, mass, message in [
        (None, None, "give either lam"),
        (1.0, 1.0, "give either lam"),
        (None, 1.5, "mass must be positive and at most 1, that of the lighter side"),
    ]:
        with pytest.raises(ValueError, match=message):
            read.read_price(lam, mass, 1, 2)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_costs_are_read_in_place(dtype):
    C = np.ones((3, 2), dtype=dtype)
    assert read.read_large_costs(C, "semidiscrete") is C
    assert read.read_large_costs(C.astype(int), "semidiscrete").dtype == np.float64
    for spoil in (np.nan, np.inf, -np.inf):
        C[1, 1] = spoil
        with pytest.raises(ValueError, match="C holds NaN or infinity"):
            read.read_large_costs(C, "semidiscrete")


def test_sets_before_weights():
    with pytest.raises(
        ValueError, match=r"come before weights: f\(sets, a\); got list"
    ):
        read.refuse_no_sets([1.0], "f(sets, a)")
