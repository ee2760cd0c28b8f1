# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""
=============================
Leaving one machine with Dask
=============================

What changes in the code when the work goes to a cluster? One line. skot and
scikit-learn spread their work with joblib, and joblib can hand it to Dask. The results
are the same to the last bit; whether it is faster depends on how much work a task
holds.
"""

# %%
# A cluster
# ---------
# Two worker processes on this machine stand for a cluster; ``Client("tcp://...")``
# connects to a real one. (``SubprocessCluster`` starts workers that do not import this
# file. With ``LocalCluster``, as on Windows, a script must keep everything under
# ``if __name__ == "__main__":``; a notebook need not.)

from dask.distributed import Client, SubprocessCluster

cluster = SubprocessCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
client = Client(cluster)
client.wait_for_workers(2)
print(len(client.scheduler_info()["workers"]), "workers")

# %%
# Work for it
# -----------
# A grid search over a pipeline: 200 clouds, 6 candidates, 3 folds, and one transport
# problem for each cloud every time. The search keeps all workers busy, so the embedding
# inside it is told not to split its work further, ``n_jobs=1``.

from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from skot.datasets import make_point_clouds
from skot.embedding import WassersteinEmbedding

X, y = make_point_clouds(200, noise=0.3, weighted=True, random_state=0)
embedding = WassersteinEmbedding("normal", n_jobs=1, random_state=0)
pipeline = make_pipeline(embedding, SVC())
grid = {
    "wassersteinembedding__n_reference": [50, 100],
    "svc__C": [1, 10, 100],
}
print(X)

# %%
# The same search, three ways
# ---------------------------
# First one process, then the two processes that joblib starts on this machine, then
# Dask. Only the context differs. Each place is warmed up before the clock starts.

from time import perf_counter

import joblib
import numpy as np

places = {
    "one process": {"backend": "threading", "n_jobs": 1},
    "joblib, two processes": {"backend": "loky", "n_jobs": 2},
    "Dask, two workers": {"backend": "dask"},
}
seconds, results = {}, {}
for place, config in places.items():
    with joblib.parallel_config(**config):
        GridSearchCV(pipeline, {"svc__C": [1, 10]}, cv=2).fit(X[:50], y[:50])
        start = perf_counter()
        search = GridSearchCV(pipeline, grid, cv=3).fit(X, y)
        seconds[place] = perf_counter() - start
    results[place] = search.cv_results_["mean_test_score"]
    print(f"{place:22s} {seconds[place]:5.1f} s  best {search.best_score_:.4f}")

# %%
# Every candidate has the same score everywhere: what is random is drawn in ``fit``
# from ``random_state``, and no result depends on who computes it.

same = [np.array_equal(score, results["one process"]) for score in results.values()]
print(same)

# %%
# When it does not pay
# --------------------
# A task has to be worth the journey. A sliced embedding takes less time than to send
# the clouds to another process and the vectors back.

from skot.embedding import SlicedWassersteinEmbedding

sliced = SlicedWassersteinEmbedding().fit(X)
transform_seconds, vectors = {}, {}
for place, config in places.items():
    with joblib.parallel_config(**config):
        sliced.transform(X)
        start = perf_counter()
        vectors[place] = sliced.transform(X)
        transform_seconds[place] = perf_counter() - start
same = [np.array_equal(v, vectors["one process"]) for v in vectors.values()]
print(same)

# %%
# Times are of the machine that built this page, one run each. With two cores, two
# times as fast is the most there is to gain.

import matplotlib.pyplot as plt

fig, axes = plt.subplots(1, 2, figsize=(10, 3), sharey=True, layout="constrained")
tasks = {"Grid search": seconds, "Sliced embedding alone": transform_seconds}
for ax, (task, times) in zip(axes, tasks.items(), strict=True):
    names = list(times)[::-1]
    bars = ax.barh(names, [times[name] for name in names], color="#0077bb")
    ax.bar_label(bars, fmt="%.2g s", padding=4)
    ax.set(title=task, xlabel="seconds", xlim=(0, 1.2 * max(times.values())))

client.close()
cluster.close()
plt.show()
