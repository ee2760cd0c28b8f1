# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The monitor: false alarms at the promised rate, and shifts found."""

import pickle
from dataclasses import astuple

import numpy as np
import pandas as pd
import pytest

from skot.sets import PointSets
from skot.shift import ShiftMonitor, TransportShiftTest

FAST = TransportShiftTest(n_slices=5, n_permutations=19, random_state=0)


def draw(n, rng, batch=0.0, size=10):
    """Rows in batches, each of which has a mean of its own."""
    offsets = np.repeat(rng.normal(scale=batch, size=n // size), size)
    return rng.normal(size=(n, 2)) + offsets[:, None]


def false_alarm_rate(limits, batch, n_streams, n_chunks=2, alpha=0.1):
    alerts = []
    for seed in range(n_streams):
        rng = np.random.RandomState(seed)
        monitor = ShiftMonitor(FAST, chunk_size=10, alpha=alpha, limits=limits)
        monitor.fit(draw(240, rng, batch))
        for _ in range(n_chunks):
            monitor.partial_fit(draw(10, rng, batch))
        alerts += [record.is_alert for record in monitor.history_]
    return np.mean(alerts)


@pytest.mark.parametrize("batch", [0.0, 1.0])
def test_false_alarms_of_chunk_limits(batch):
    # 12 calibration chunks: p is k / 13, and one in 13 alarms, batches or none
    rate = false_alarm_rate("chunks", batch, 150)
    assert rate == pytest.approx(1 / 13, abs=0.045)


def test_false_alarms_of_permutations():
    assert false_alarm_rate("permutation", 0.0, 100) == pytest.approx(0.1, abs=0.065)
    # rows of a batch are not independent: this is what chunk limits are for
    assert false_alarm_rate("permutation", 1.0, 20) > 0.4


def test_limits_by_hand():
    rng = np.random.RandomState(0)
    monitor = ShiftMonitor(FAST, chunk_size=20, alpha=0.1).fit(draw(810, rng)[5:])
    assert monitor.limits_ == "chunks"
    assert len(monitor.calibration_) == 20
    assert monitor.chunk_size_ == 20
    assert len(monitor.test_.reference_) == 405  # rows left over are in the baseline
    # at most one of ten: the second largest of 20 is not exceeded
    assert monitor.limit_ == np.sort(monitor.calibration_)[-2]
    record = monitor.test_chunk(draw(20, rng) + 3)
    assert record.is_alert
    assert record.p_value == 1 / 21
    assert monitor.history_ == []


@pytest.mark.parametrize("seed", range(5))
def test_alerts_are_values_above_the_limit(seed):
    rng = np.random.RandomState(seed)
    monitor = ShiftMonitor(FAST, chunk_size=10, alpha=0.2).fit(draw(400, rng))
    for shift in (0.0, 0.3, 0.6, 0.9):
        monitor.partial_fit(draw(10, rng) + shift)
    for record in monitor.history_:
        assert record.is_alert == (record.statistic > record.limit)


def test_auto_limits_fall_back_to_permutations():
    rng = np.random.RandomState(0)
    monitor = ShiftMonitor(FAST, chunk_size=50).fit(draw(200, rng))
    assert monitor.limits_ == "permutation"
    assert len(monitor.test_.reference_) == 200
    monitor.partial_fit(draw(30, rng) + 2)
    assert monitor.history_[0].is_alert
    assert np.isnan(monitor.history_[0].limit)


def test_too_few_chunks():
    X = draw(200, np.random.RandomState(0))
    with pytest.raises(ValueError, match="takes 19 calibration chunks"):
        ShiftMonitor(chunk_size=50, limits="chunks").fit(X)


def test_bad_parts():
    X = draw(120, np.random.RandomState(0))
    with pytest.raises(ValueError, match="'statistic' parameter"):
        ShiftMonitor(TransportShiftTest("none")).fit(X)
    with pytest.raises(ValueError, match="has 1 row"):
        ShiftMonitor(FAST, alpha=0.3).fit(X, chunks=[*np.arange(119) // 10, 99])


def test_a_monitor_is_pickled_amid_a_stream():
    rng = np.random.RandomState(0)
    monitor = ShiftMonitor(FAST).fit(draw(400, rng)).partial_fit(draw(10, rng))
    again = pickle.loads(pickle.dumps(monitor))
    chunk = draw(10, rng)
    pd.testing.assert_frame_equal(
        again.partial_fit(chunk).to_frame(), monitor.partial_fit(chunk).to_frame()
    )
    assert len(again.history_) == 2


def test_small_chunks_are_permuted():
    rng = np.random.RandomState(0)
    monitor = ShiftMonitor(FAST, chunk_size=20, alpha=0.1).fit(draw(800, rng))
    assert np.isnan(monitor.test_chunk(draw(10, rng)).limit)
    with pytest.raises(ValueError, match="n_samples = 1"):
        monitor.partial_fit(draw(10, rng)[:1])


def test_chunks_by_label_in_frames():
    rng = np.random.RandomState(0)
    day = np.repeat(np.arange(44), 12)
    frame = pd.DataFrame(
        {"x": rng.normal(size=528), "kind": rng.choice(["a", "b"], 528)}
    )
    monitor = ShiftMonitor(FAST).fit(frame, chunks=day)
    assert len(monitor.calibration_) == 22
    later = frame[:12].assign(kind="c")
    monitor.partial_fit(frame[12:24]).partial_fit(later)
    assert monitor.history_[1].is_alert
    table = monitor.to_frame()
    assert list(table["n_rows"]) == [12, 12]
    with pytest.raises(ValueError, match="inconsistent numbers"):
        ShiftMonitor().fit(frame, chunks=day[:5])


def test_the_first_portion_is_the_reference():
    rng = np.random.RandomState(0)
    reference, chunk = draw(400, rng), draw(20, rng)
    streamed = ShiftMonitor(FAST).partial_fit(reference).partial_fit(chunk)
    fitted = ShiftMonitor(FAST).fit(reference)
    assert [astuple(r) for r in streamed.history_] == [
        astuple(fitted.test_chunk(chunk))
    ]
    assert fitted.fit(reference).history_ == []


def test_sets_are_watched():
    rng = np.random.RandomState(0)

    def sets(n, spread):
        return [spread * rng.normal(size=(rng.randint(3, 8), 2)) for _ in range(n)]

    monitor = ShiftMonitor(FAST, chunk_size=5, alpha=0.1).fit(sets(120, 1.0))
    assert monitor.partial_fit(sets(5, 4.0)).history_[0].is_alert


def test_the_monitor_asks_its_test():
    rng = np.random.RandomState(0)
    X, chunk = draw(400, rng), draw(10, rng)
    monitor = ShiftMonitor(FAST, chunk_size=10).fit(X)
    baseline = 400 - 10 * len(monitor.calibration_)
    test = FAST.set_params(alpha=0.05).fit(X[:baseline])
    chunks = [X[i : i + 10] for i in range(baseline, 400, 10)]
    np.testing.assert_array_equal(
        monitor.calibration_, list(map(test.distance, chunks))
    )
    assert monitor.test_chunk(chunk).statistic == test.distance(chunk)
    # what moved is for the test to say
    assert len(monitor.test_.test(chunk).features) == 2


@pytest.mark.parametrize("form", ["list", "Series", "frame", "PointSets"])
def test_sets_and_frames_are_cut_as_they_come(form):
    rng = np.random.RandomState(0)
    sets = [rng.normal(size=(rng.randint(3, 8), 2)) for _ in range(130)]
    make = {
        "list": list,
        "Series": pd.Series,
        "frame": lambda s: pd.DataFrame({"cloud": s}),
        "PointSets": PointSets.from_list,
    }[form]
    expected = ShiftMonitor(FAST, chunk_size=5, alpha=0.1).fit(sets[:120])
    found = ShiftMonitor(FAST, chunk_size=5, alpha=0.1).fit(make(sets[:120]))
    np.testing.assert_allclose(found.calibration_, expected.calibration_, rtol=1e-12)
    record = found.test_chunk(make(sets[120:]))
    assert record.statistic == expected.test_chunk(sets[120:]).statistic


def test_a_fault_of_a_row_is_named_by_its_place_in_the_reference():
    rng = np.random.RandomState(0)
    sets = [rng.normal(size=(4, 2)) for _ in range(120)]
    sets[87] = sets[87] * np.nan
    with pytest.raises(ValueError, match=r"X\[87\] contains NaN"):
        ShiftMonitor(FAST, chunk_size=5, alpha=0.1).fit(sets)
