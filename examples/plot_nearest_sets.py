# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""
=======================================
Nearest sets, and most pairs unsolved
=======================================

Which clouds are most like this one? Sorting exact distances answers, at the price of
one linear program for each pair. :func:`~skot.distance.nearest_sets` gives the same
answer from a few of them: cheap lower bounds tell which pairs cannot matter.
"""

# %%
# Handwritten digits as weighted point sets: inked pixels are points, and the ink is
# their weight. 40 of them are queries, the others are searched.

import numpy as np

from skot.datasets import load_digit_clouds

X, _ = load_digit_clouds(return_X_y=True)
order = np.random.RandomState(0).permutation(len(X))
queries, X = X[order[:40]], X[order[40:]]
X

# %%
# The same answer
# ---------------
# Beside distances and indices, the search tells how many problems it solved.

from skot.distance import nearest_sets, wasserstein_distances

found = nearest_sets(queries, X[:300], n_neighbors=5)
D = wasserstein_distances(queries, X[:300])
assert np.allclose(found.distances, np.sort(D, axis=1)[:, :5])
print(f"{found.n_solved} of {D.size} problems solved")

# %%
# The more clouds, the smaller the share
# --------------------------------------
# A query needs its nearest clouds and those that come close. Their number grows far
# more slowly than the collection.

sizes = [50, 100, 200, 400, 800]
shares = {
    k: [nearest_sets(queries, X[:n], n_neighbors=k).n_solved / (40 * n) for n in sizes]
    for k in (1, 5, 10)
}
for k, share in shares.items():
    print(f"{k:2d} nearest:", *(f"{s:7.1%}" for s in share))

# %%
# In one picture: queries and their nearest clouds, and the share of problems solved.

import matplotlib.pyplot as plt

fig = plt.figure(figsize=(10, 4.4), layout="constrained")
clouds, chart = fig.subfigures(1, 2, width_ratios=[1.2, 1])

found = nearest_sets(queries[:4], X, n_neighbors=5)
axes = clouds.subplots(4, 6)
for i, row in enumerate(axes):
    for ax, cloud in zip(row, [queries[i], *X[found.indices[i]]], strict=True):
        color = "#cc3311" if ax is row[0] else "#0077bb"
        ax.scatter(*cloud.points.T, s=1.6 * cloud.weights, color=color)
        ax.set(xlim=(0, 8), ylim=(0, 8), aspect="equal", xticks=[], yticks=[])
    for ax, distance in zip(row[1:], found.distances[i], strict=True):
        ax.set_xlabel(f"{distance:.2f}", fontsize=8, labelpad=2)
axes[0, 0].set_title("query", color="#cc3311", fontsize=11)
axes[0, 3].set_title("its nearest clouds, and their distances", fontsize=11)

ax = chart.subplots()
styles = {1: ("o-", "#44aa99"), 5: ("s-", "#0077bb"), 10: ("^-", "#332288")}
for k, share in shares.items():
    marker, color = styles[k]
    ax.loglog(sizes, share, marker, color=color, label=f"{k} nearest")
    ax.loglog(sizes, k / np.array(sizes), ":", color=color)
ax.plot([], [], ":", color="black", label="the neighbours alone")
ax.set_xticks(sizes, sizes, minor=False)
ax.set_xticks([], minor=True)
ticks = [0.001, 0.01, 0.1, 1]
ax.set_yticks(ticks, [f"{100 * t:g} %" for t in ticks])
ax.set(xlabel="clouds searched", ylim=(0.001, 1))
ax.set_title("Share of exact problems solved")
ax.legend()
plt.show()
