# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pictures of shift tests and streams."""

import numpy as np
import pytest

from skot.plot import MonitorDisplay, ShiftDisplay
from skot.shift import ShiftMonitor, TransportShiftTest
from tests._data.pages import drifting_frames


def test_pictures():
    X, Y = (f[["age"]].assign(noise=np.arange(120.0)) for f in drifting_frames())
    test = TransportShiftTest(random_state=0).fit(X)
    display = ShiftDisplay.from_estimator(test, Y)
    assert display.axes_[1].get_title() == "1 of 2 features moved"
    labels = [text.get_text() for text in display.axes_[1].get_yticklabels()]
    assert labels == ["noise", "age"]  # the surest on top
    again = ShiftDisplay.from_predictions(
        display.result, axes=display.axes_, max_features=1
    )
    assert again.figure_ is display.figure_
    with pytest.raises(ValueError, match="axes must hold 2"):
        display.plot(axes=display.axes_[:1])
    monitor = ShiftMonitor(chunk_size=2).fit(X)
    with pytest.raises(ValueError, match="no chunk"):
        MonitorDisplay.from_estimator(monitor)
    monitor.partial_fit(X[:2]).partial_fit(X[2:4] + 99)
    display = MonitorDisplay.from_estimator(monitor)
    assert MonitorDisplay.from_predictions(monitor.history_, ax=display.ax_)


def test_an_answer_without_features_is_not_drawn():
    X, Y = (f[["age"]] for f in drifting_frames())
    result = TransportShiftTest(random_state=0).fit(X).test(Y, details=False)
    with pytest.raises(ValueError, match="details=True"):
        ShiftDisplay.from_predictions(result)
