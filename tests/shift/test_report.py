# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The report in a real browser, the command line, and the pictures."""

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from skot.plot import MonitorDisplay, ShiftDisplay
from skot.shift import COTErrorEstimator, ShiftMonitor, TransportShiftTest, shift_report
from skot.shift.__main__ import main

BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "chrome",
)
BROWSER = next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(autouse=True)
def no_window():
    import matplotlib.pyplot as plt

    before = mpl.get_backend()
    mpl.use("Agg")
    yield
    plt.close("all")
    mpl.use(before)


def frames(n=120, seed=0):
    rng = np.random.RandomState(seed)
    reference = pd.DataFrame(
        {
            "age": rng.normal(40, 10, n),
            "<script>alert(1)</script>": rng.normal(size=n),
            "town & land": rng.choice(["<b>x</b>", "y"], n),
        }
    )
    current = reference.sample(frac=1, random_state=1).reset_index(drop=True)
    current["age"] += 12
    return reference, current


class Balance(HTMLParser):
    """Every element that opens closes, in order."""

    def __init__(self):
        super().__init__()
        self.open, self.names = [], set()

    def handle_starttag(self, name, attributes):
        self.names.add(name)
        if name not in ("meta", "br"):
            self.open.append(name)

    def handle_endtag(self, name):
        assert self.open.pop() == name


def assert_well_formed(html):
    parser = Balance()
    parser.feed(html)
    assert parser.open == []
    assert "script" not in parser.names, "names of columns are no markup"
    assert not re.search(r'(src|href)="|url\(|@import', html), "one file, no other"


def test_report_is_one_page():
    report = shift_report(*frames())
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
    shift_report(*frames(), title="Drift <of> age").save(page)
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


def test_command_line(tmp_path, capsys):
    reference, current = frames()
    paths = [str(tmp_path / name) for name in ("a.csv", "b.csv")]
    reference.assign(label=0).to_csv(paths[0], index=False)
    current.to_csv(paths[1], index=False)
    page = tmp_path / "page.html"
    command = ["report", *paths, "-o", str(page), "--target", "label"]
    assert main(command) == 0
    assert "p_value=0.005" in capsys.readouterr().out
    assert_well_formed(page.read_text())
    assert main([*command, "--fail-on-shift"]) == 1
    assert main([*command, "--fail-on-shift", "--drop", "age"]) == 0
    current.loc[3, "age"] = np.nan
    current.to_csv(paths[1], index=False)
    assert main(command) == 2
    assert "NaN in column 'age'" in capsys.readouterr().err
    assert main([*command, "--drop-missing"]) == 0
    assert "1 of 120 rows have gaps, left out" in capsys.readouterr().out
    assert main(["report", paths[0], str(tmp_path / "none.csv")]) == 2
    for wrong in (["--drop", "agee"], ["--target", "labels"], ["-o", "none/p.html"]):
        assert main([*command, "--drop-missing", *wrong]) == 2


def test_command_line_with_a_model(tmp_path):
    import joblib

    rng = np.random.RandomState(0)
    X = pd.DataFrame(rng.normal(size=(100, 2)), columns=["a", "b"])
    y = (X["a"] > 0).astype(int)
    joblib.dump(LogisticRegression().fit(X, y), tmp_path / "model.joblib")
    X.assign(y=y).to_csv(tmp_path / "a.csv", index=False)
    (X + 1).to_csv(tmp_path / "b.csv", index=False)
    page = tmp_path / "page.html"
    done = subprocess.run(
        [
            sys.executable, "-m", "skot.shift", "report", "a.csv", "b.csv", "-o", page,
            "--model", "model.joblib", "--target", "y", "--permutations", "39",
        ],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Error of 100 samples" in page.read_text()


def test_pictures():
    X, Y = (f[["age"]].assign(noise=np.arange(120.0)) for f in frames())
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
