# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The report, also in a real browser."""

import shutil
import subprocess

import numpy as np
import pytest
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from skot.shift import COTErrorEstimator, shift_report
from tests._data.pages import assert_well_formed, drifting_frames

BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "chrome",
)


BROWSER = next(filter(None, map(shutil.which, BROWSERS)), None)


def test_report_is_one_page():
    report = shift_report(*drifting_frames())
    assert_well_formed(report.html)
    assert "The data have shifted" in report.html
    assert report.shift.is_shift
    assert report.outputs is None
    assert "&lt;b&gt;x&lt;/b&gt;" in report.html
    assert_well_formed(report.shift._repr_html_())
    assert "iframe" in report._repr_html_()


def test_report_on_a_model():
    rng = np.random.RandomState(0)
    X, Y = rng.normal(size=(2, 150, 2))
    y = (X[:, 0] + 0.3 * rng.normal(size=150) > 0).astype(int)
    Y[:, 0] += 1
    model = LogisticRegression().fit(X[:50], y[:50])
    report = shift_report(X[50:], Y, model=model, y=y[50:])
    assert 0 <= report.error.error <= 1
    assert report.outputs.is_shift
    assert "LogisticRegression" in report.html
    assert_well_formed(report.html)
    estimator = COTErrorEstimator(FrozenEstimator(model), random_state=0).fit(
        X[50:], y[50:]
    )
    assert shift_report(X[50:], Y, model=estimator).error is not None
    assert shift_report(X[50:], Y, model=model).error is None


def test_report_on_a_model_of_two_outputs():
    rng = np.random.RandomState(0)
    X = rng.normal(size=(60, 2))
    model = DecisionTreeClassifier(max_depth=2).fit(X, X > 0)
    assert shift_report(X, X + 2, model=model).outputs.is_shift


def test_report_on_sets():
    rng = np.random.RandomState(0)
    sets, others = (
        [scale * rng.normal(size=(rng.randint(3, 7), 2)) for _ in range(20)]
        for scale in (1, 3)
    )
    assert_well_formed(shift_report(sets, others).html)


@pytest.mark.skipif(BROWSER is None, reason="no headless browser")
def test_report_in_a_browser(tmp_path):
    page, picture = tmp_path / "report.html", tmp_path / "report.png"
    shift_report(*drifting_frames(), title="Drift <of> age").save(page)
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--window-size=900,1000"]

    def browse(*more):
        return subprocess.run(
            [BROWSER, *options, *more, page.as_uri()],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout

    dom = browse("--dump-dom")
    assert "<title>Drift &lt;of&gt; age</title>" in dom
    assert "The data have shifted" in dom
    assert dom.count("<svg") == 4  # the null distribution and three columns
    assert "<tbody>" in dom
    browse(f"--screenshot={picture}")
    import matplotlib.image

    pixels = matplotlib.image.imread(picture)[..., :3]
    for color in ((0x00, 0x77, 0xBB), (0xEE, 0x77, 0x33)):  # both samples are drawn
        near = np.abs(pixels * 255 - color).max(axis=-1) < 3
        assert near.sum() > 300
