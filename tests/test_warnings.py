# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""A warning names the line of the user that led to it, wherever the fault is found."""

import subprocess
import sys
import warnings

import joblib
import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline

from skot.classification import CDTClassifier, NearestBarycenterClassifier
from skot.cluster import WassersteinKMeans
from skot.distance import max_sliced_wasserstein_distances, sinkhorn_divergences
from skot.embedding import LOPTEmbedding, WassersteinEmbedding
from skot.signal import RadonCDT
from skot.solvers import partial_wasserstein_1d
from skot.solvers._partial import line
from skot.utils.estimator_checks import make_sets

X, y = make_sets(12)
rows = np.array([[1.0, 2], [0, 0], [1, 1], [2, 1]])  # one without mass
radon = RadonCDT(2).fit(rows + 1)
cdt = CDTClassifier().fit(rows + 1, [0, 0, 1, 1])
kmeans = WassersteinKMeans(2, n_atoms=4, max_iter=1, random_state=0)
hasty = WassersteinEmbedding("barycenter", n_reference=4, max_iter=1, tol=0)
lopt = LOPTEmbedding(([[0.0] * 3], [1e3]))
nearest = NearestBarycenterClassifier(max_iter=1)
piped = make_pipeline(hasty, DummyClassifier())
search = GridSearchCV(piped, {"wassersteinembedding__n_reference": [3, 4]}, cv=2)
weights = [0.1, 0.77]

CALLS = {
    "fit": lambda: kmeans.fit(X),
    "fit, of a reference": lambda: lopt.fit(X),
    "fit, through fit_transform": lambda: hasty.fit_transform(X),
    "fit, class by class": lambda: nearest.fit(X, y),
    "transform": lambda: radon.transform(rows),
    "predict": lambda: cdt.predict(rows),
    "distances": lambda: max_sliced_wasserstein_distances(X, max_iter=1),
    "divergences": lambda: sinkhorn_divergences(X, reg=1e-4, max_iter=1, tol=1e-12),
    "solver": lambda: partial_wasserstein_1d([0, 1], [2, 3, 4], weights, lam=1),
    "pipeline": lambda: piped.fit(X, y),
    "grid search": lambda: search.fit(X, y),
    "cross-validation": lambda: cross_val_score(piped, X, y, cv=2),
}


def places(call):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return {(one.filename, one.lineno) for one in caught}


@pytest.mark.parametrize("name", CALLS)
def test_a_warning_names_the_line_of_the_call(name, monkeypatch):
    monkeypatch.setattr(line, "LARGE", 5)
    call = CALLS[name]
    assert places(call) == {(__file__, call.__code__.co_firstlineno)}


@pytest.mark.parametrize("name", ["grid search", "cross-validation"])
def test_from_threads(name):
    call = CALLS[name]
    with joblib.parallel_config("threading", n_jobs=2):
        assert places(call) == {(__file__, call.__code__.co_firstlineno)}


def test_from_processes(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import numpy as np\n"
        "from sklearn.dummy import DummyClassifier\n"
        "from sklearn.model_selection import cross_val_score\n"
        "from sklearn.pipeline import make_pipeline\n"
        "from skot.embedding import WassersteinEmbedding\n"
        "X = np.random.default_rng(0).normal(size=(12, 5, 2))\n"
        "hasty = WassersteinEmbedding('barycenter', max_iter=1, tol=0)\n"
        "piped = make_pipeline(hasty, DummyClassifier())\n"
        "cross_val_score(piped, X, [0, 1] * 6, cv=2, n_jobs=2)\n"
    )
    run = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=True
    )
    told = [text for text in run.stderr.splitlines() if "ConvergenceWarning" in text]
    assert told
    for text in told:
        # the first line of skot: no line of the user is known to the process
        assert "_wasserstein.py" in text
