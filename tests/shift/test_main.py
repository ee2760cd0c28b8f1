# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The command line."""

import subprocess
import sys

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from skot.shift.__main__ import main
from tests._data.pages import assert_well_formed, drifting_frames


def test_command_line(tmp_path, capsys):
    reference, current = drifting_frames()
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
