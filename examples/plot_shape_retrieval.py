# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""
========================================================
Which shape is this? Turned, and with points added to it
========================================================

Outlines are turned at random, and come with outliers. Gromov-Wasserstein distances do
not see the turning; their partial form does not see the outliers either, but asks for
one hard problem for each pair. :class:`~skot.embedding.LPGWEmbedding` solves a few for
each shape, and gets all distances from them.
"""

# %%
# Flowers of two to five petals, 36 points each, stretched, roughened and turned at
# random. The last 40 are asked about, and have 12 points more, anywhere in a box twice
# as wide.

import numpy as np


def draw_shape(n_petals, n_outliers, rng):
    angle = 2 * np.pi * np.arange(36) / 36
    radius = 1 + 0.4 * np.cos(n_petals * angle) + 0.05 * rng.normal(size=36)
    points = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    points *= rng.uniform(0.8, 1.2, 2)
    points = np.vstack([points, rng.uniform(-2.8, 2.8, (n_outliers, 2))])
    turn, _ = np.linalg.qr(rng.normal(size=(2, 2)))
    return points @ turn


rng = np.random.RandomState(0)
y = np.arange(100) % 4
shapes = [draw_shape(2 + k, 12 if i >= 60 else 0, rng) for i, k in enumerate(y)]
train, test, y_train, y_test = shapes[:60], shapes[60:], y[:60], y[60:]

# %%
# The nearest shape answers
# -------------------------
# Both embeddings see shapes from four of the training shapes, and take the least of
# four distances. LGW must match outliers with something.

from sklearn.neighbors import KNeighborsClassifier

from skot.embedding import LGWEmbedding, LPGWEmbedding

answers = {}
for name, embedding in {
    "LGW": LGWEmbedding("kmedoids", n_medoids=4, random_state=0),
    "LPGW": LPGWEmbedding(n_medoids=4, random_state=0),
}.items():
    Z = embedding.fit_transform(train)
    nearest = KNeighborsClassifier(1, metric="precomputed")
    nearest.fit(embedding.pairwise(Z), y_train)
    answers[name] = nearest.predict(embedding.pairwise(embedding.transform(test), Z))
    print(f"{name}: accuracy {np.mean(answers[name] == y_test):.2f}")

# %%
# What all distances would have cost
# ----------------------------------
# Time of the embedding, for growing numbers of training shapes, against one problem for
# each pair: 40 pairs are timed, the others are assumed to take as long.

from time import perf_counter

from skot.sets import read_spaces
from skot.solvers import partial_gromov_wasserstein

spaces = read_spaces(train, masses="positive")
start = perf_counter()
for i, j in rng.randint(60, size=(40, 2)):
    C1, C2 = spaces[i].distances, spaces[j].distances
    partial_gromov_wasserstein(C1, C2, lam=embedding.lam_, n_starts=4)
one_pair = (perf_counter() - start) / 40

sizes = np.array([15, 30, 60])
linear = []
for n in sizes:
    start = perf_counter()
    embedding.pairwise(embedding.transform(train[:n]))
    linear.append(perf_counter() - start)
pairs = one_pair * sizes * (sizes - 1) / 2
print(f"60 shapes: {linear[-1]:.2f} s instead of {pairs[-1]:.2f} s")

# %%
# Who is taken for whom, and how long it takes.

import matplotlib.pyplot as plt
from sklearn.metrics import ConfusionMatrixDisplay

fig, axes = plt.subplots(1, 4, figsize=(12.5, 3.2), layout="constrained")
for k, color in enumerate(["#0077bb", "#ee7733", "#009988", "#aa3377"]):
    example = test[int(np.argmax(y_test == k))] + [7 * (k % 2), -7 * (k // 2)]
    axes[0].scatter(*example[:36].T, s=5, color=color)
    axes[0].scatter(*example[36:].T, s=12, marker="x", color="#999999")
axes[0].set(aspect="equal", xticks=[], yticks=[], title="one of each class")
for ax, (name, answer) in zip(axes[1:], answers.items(), strict=False):
    ConfusionMatrixDisplay.from_predictions(
        y_test, answer, ax=ax, colorbar=False, cmap="Blues"
    )
    ax.set_title(f"{name}: {100 * np.mean(answer == y_test):.0f} % right")
axes[3].plot(sizes, pairs, "s-", color="#cc3311", label="all pairs")
axes[3].plot(sizes, linear, "o-", color="#0077bb", label="LPGW, 4 references")
axes[3].set(xlabel="shapes", ylabel="seconds", title="all distances")
axes[3].legend()
plt.show()
