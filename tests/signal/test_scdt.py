# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""SCDT: laws of both parts, the inverse, masses."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import pdist

from skot.signal import CDT, SCDT

seeds = st.integers(0, 2**32 - 1)


def draw_signed(seed, n=4, n_cells=200):
    """Smooth signals of both signs: differences of pulses."""
    rng = np.random.RandomState(seed)
    t = (np.arange(n_cells) + 0.5) / n_cells
    centre = [[[0.25]], [[0.55]]] + rng.uniform(0, 0.2, (2, n, 1))
    width = rng.uniform(0.05, 0.1, (2, n, 1))
    height = rng.uniform(0.5, 2, (2, n, 1))
    return (
        (height * np.exp(-(((t - centre) / width) ** 2))) * [[[1.0]], [[-1.0]]]
    ).sum(axis=0)


@given(seeds)
def test_distance_of_signed_signals(seed):
    X = draw_signed(seed, n=2)
    scdt = SCDT(50).fit(X)
    u, v = scdt.transform(X)
    expected = 0.0
    for part, sign in enumerate((1, -1)):
        parts = np.maximum(sign * X, 0)
        mass = parts.mean(axis=1)
        assert_allclose([u[100 + part], v[100 + part]], mass)
        expected += pdist(CDT(50).fit_transform(parts))[0] ** 2
        expected += (mass[0] - mass[1]) ** 2
    assert_allclose(((u - v) ** 2).sum(), expected, rtol=1e-10)
    assert_array_equal(SCDT(50, include_mass=False).fit(X).transform(X)[0], u[:100])


@given(seeds)
def test_signed_signals_come_back(seed):
    X = draw_signed(seed)
    scdt = SCDT(1000).fit(X)
    back = scdt.inverse_transform(scdt.transform(X))
    for sign in (1, -1):
        masses = [np.maximum(sign * signal, 0).mean(axis=1) for signal in (back, X)]
        # parts that come back may overlap by a cell, where the signal changes sign
        assert_allclose(*masses, rtol=0.01)
    assert (abs(back - X).mean(axis=1) < 0.02 * abs(X).mean(axis=1)).all()


@given(seeds, st.floats(-0.9, 0.9))
def test_warps_compose_with_both_parts_and_keep_masses(seed, strength):
    t = (np.arange(400) + 0.5) / 400
    warp = t + strength * np.sin(2 * np.pi * t) / (2 * np.pi)
    slope = 1 + strength * np.cos(2 * np.pi * t)
    rng = np.random.RandomState(seed)
    place, width = rng.uniform(0.3, 0.7), rng.uniform(0.05, 0.2)

    def signal(t):
        return np.sin((t - place) / width) * np.exp(-(((t - place) / 0.2) ** 2))

    plain, warped = SCDT(100).fit_transform([signal(t), slope * signal(warp)])
    assert_allclose(warped[-2:], plain[-2:], atol=1e-3)
    back = np.interp(10 * warped[:-2], t, warp)
    assert np.median(abs(back - 10 * plain[:-2])) < 2e-3


def test_a_signal_of_one_sign_has_an_empty_part():
    X = np.random.RandomState(0).uniform(size=(3, 20))
    for signals, empty in ((X, slice(20, 40)), (-X, slice(0, 20))):
        found = SCDT().fit_transform(signals)
        assert not found[:, empty].any()
        assert not found[:, 41 if empty.start else 40].any()
    assert not SCDT().fit_transform(np.zeros((2, 20))).any()
    scdt = SCDT().fit(X)
    assert not scdt.inverse_transform(scdt.transform(np.zeros((2, 20)))).any()


def test_scaling_a_signal_scales_its_masses_alone():
    X = draw_signed(0)
    plain, scaled = SCDT().fit_transform(X), SCDT().fit(X).transform(3 * X)
    assert_allclose(scaled[:, :-2], plain[:, :-2], atol=1e-12)
    assert_allclose(scaled[:, -2:], 3 * plain[:, -2:])
