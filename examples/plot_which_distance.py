# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""
=================================
Which distance for which data
=================================

Four distances between point clouds stand in :mod:`skot.distance`. Which one to take
depends on what sets the clouds apart, and on how long one can wait. Here four pairs of
classes differ in four ways, and each distance has to tell them apart by the nearest
neighbours of a cloud. The distance of the means stands beside, as the answer without
transport.
"""

# %%
# Four ways to differ
# -------------------
# Each collection has two classes of small clouds, 40 points each.

import numpy as np

rng = np.random.RandomState(0)
n_clouds, n_points = 20, 40
y = np.arange(n_clouds) % 2


def moved(label):
    """Place: the second class lies further right; every cloud has its own spread."""
    return rng.normal(size=(n_points, 2)) * rng.uniform(0.5, 1) + [1.2 * label, 0]


def shaped(label):
    """Shape: a ring, or a heap with the same mean and covariance."""
    angle = rng.uniform(0, 2 * np.pi, n_points)
    ring = np.sqrt(2) * np.column_stack([np.cos(angle), np.sin(angle)])
    heap = rng.normal(size=(n_points, 2))
    return (ring if label else heap) + 0.3 * rng.normal(size=2)


def clumped(label):
    """Clumps: each class has twenty of its own in thirty dimensions, mean zero."""
    chosen = CLUMPS[label][rng.randint(0, 20, n_points)]
    return chosen + 1.5 * rng.normal(size=(n_points, 30))


CLUMPS = rng.normal(size=(2, 20, 30))
CLUMPS -= CLUMPS.mean(axis=1, keepdims=True)


def hidden(label):
    """One direction of sixty: two clumps along it, or one."""
    cloud = rng.normal(size=(n_points, 60))
    if label:
        cloud[:, 0] = np.sign(cloud[:, 0]) * 1.8 + 0.3 * cloud[:, 0]
    return cloud


collections = {
    "place": [moved(label) for label in y],
    "shape": [shaped(label) for label in y],
    "many clumps\nin R³⁰": [clumped(label) for label in y],
    "one direction\nof sixty": [hidden(label) for label in y],
}

# %%
# Five distances
# --------------
# Exact transport, its two cheap relatives along lines, and entropic transport. A
# cloud gets the label of most of its five nearest neighbours among the others.

from functools import partial
from time import perf_counter

from scipy.spatial.distance import cdist

from skot.distance import (
    max_sliced_wasserstein_distances,
    sinkhorn_divergences,
    sliced_wasserstein_distances,
    wasserstein_distances,
)


def of_means(X):
    """Distance of the means: no transport at all."""
    means = np.array([cloud.mean(axis=0) for cloud in X])
    return cdist(means, means)


distances = {
    "means": of_means,
    "sliced": sliced_wasserstein_distances,
    "max-sliced": partial(
        max_sliced_wasserstein_distances, n_starts=6, tol=1e-3, random_state=0
    ),
    "Sinkhorn": sinkhorn_divergences,
    "exact": wasserstein_distances,
}


def accuracy(D):
    """Accuracy of five nearest neighbours, each cloud left out in turn."""
    D = D + np.diag(np.full(len(D), np.inf))
    votes = y[np.argsort(D, axis=1)[:, :5]]
    return np.mean((votes.mean(axis=1) > 0.5) == y)


scores = np.empty((len(collections), len(distances)))
seconds = np.empty_like(scores)
for i, X in enumerate(collections.values()):
    for j, distance in enumerate(distances.values()):
        distance(X[:3])  # compiled code loads on the first call
        start = perf_counter()
        scores[i, j] = accuracy(distance(X))
        seconds[i, j] = perf_counter() - start

n_pairs = n_clouds * (n_clouds - 1) / 2
microseconds = 1e6 * np.median(seconds, axis=0) / n_pairs

# %%
# The means see places and nothing else. The sliced distance sees shapes at a fraction
# of the price of an exact one: it is where to start. Where points lie together in many
# dimensions is lost in projections, and exact and entropic transport see it. A single
# direction among many is lost in an average over slices, and in the noise that sixty
# dimensions add to exact distances; the max-sliced distance looks for it.

import matplotlib.pyplot as plt

fig = plt.figure(figsize=(10, 5.6), layout="constrained")
clouds, chart = fig.subfigures(1, 2, width_ratios=[1, 2.4])

for ax, (_, X) in zip(clouds.subplots(4, 1), collections.items(), strict=True):
    for label, color in enumerate(["#0077bb", "#ee7733"]):
        cloud = X[label]
        ax.scatter(cloud[:, 0], cloud[:, 1], s=7, color=color)
    ax.set(xlim=(-3.4, 3.4), ylim=(-2.6, 2.6), aspect="equal", xticks=[], yticks=[])
clouds.suptitle("A cloud of each class", fontsize=12)

ax = chart.subplots()
ax.imshow(scores, cmap="Blues", vmin=0.4, vmax=1.15, aspect="auto")
for (i, j), score in np.ndenumerate(scores):
    color = "white" if score > 0.85 else "black"
    ax.text(j, i, f"{score:.0%}", ha="center", va="center", color=color, fontsize=13)
ax.set_xticks(
    range(len(distances)),
    [f"{name}\n{t:.0f} µs" for name, t in zip(distances, microseconds, strict=True)],
)
ax.set_yticks(range(len(collections)), collections)
ax.tick_params(length=0)
ax.spines[:].set_visible(False)
ax.set_title("Accuracy of nearest neighbours, and time for a pair of clouds")
plt.show()
