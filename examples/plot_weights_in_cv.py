# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""
==========================================
Weights of points under cross-validation
==========================================

Where do weights of points belong? They are part of the sample, so they travel inside
``X``: in a :class:`~skot.sets.PointSets`, a list of tuples, or a column of measures in
a data frame. Then cross-validation cannot lose them. To see it, take two classes that
differ in nothing but the weights.
"""

# %%
# The points of both classes are standard normal. In class 1 points on the right weigh
# more, in class 0 points on the left.

import numpy as np

from skot.datasets import make_weighted_clouds

X, y = make_weighted_clouds(200, contrast=0.3, random_state=0)
X

# %%
# The same clouds in three more containers: a list of tuples ``(points, weights)``, one
# column of a data frame, whose cells are :class:`~skot.sets.Measure` objects, and,
# for comparison, the points alone.

import pandas as pd

as_tuples = [(cloud.points, cloud.weights) for cloud in X]
as_column = pd.DataFrame({"cloud": X.to_series()})
without_weights = X.with_weights(None)

print(as_column.head(3))

# %%
# Cross-validation
# ----------------
# One pipeline, ten folds, the string scorer that most people use. Nothing has to be
# routed: each fold takes its clouds, and each cloud brings its weights.

from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from skot.embedding import SlicedWassersteinEmbedding

pipeline = make_pipeline(SlicedWassersteinEmbedding(n_slices=16), LogisticRegression())

collections = {
    "PointSets": X,
    "list of (points, weights)": as_tuples,
    "data frame of measures": as_column,
    "points only": without_weights,
}
scores = {
    name: cross_val_score(pipeline, collection, y, cv=10, scoring="accuracy")
    for name, collection in collections.items()
}
for name, score in scores.items():
    print(f"{name:26s} {score.mean():.3f}")

# %%
# The three containers give the same ten numbers, not only the same mean.

print(np.ptp([scores[name] for name in list(scores)[:3]], axis=0).max())

# %%
# Without the weights there is nothing to learn: what is left is chance. A pipeline that
# is given weights beside ``X``, as metadata, ends there too, without an error, as soon
# as one of its steps or scorers does not hand them on.

import matplotlib.pyplot as plt

BLUE, ORANGE = "#0077bb", "#ee7733"

fig, axes = plt.subplot_mosaic(
    [["one", "scores"], ["zero", "scores"]],
    figsize=(10, 5),
    width_ratios=[1, 1.8],
    layout="constrained",
)
for label, name, color in [(1, "one", BLUE), (0, "zero", ORANGE)]:
    cloud = X[int(np.argmax(y == label))]
    ax = axes[name]
    ax.scatter(*cloud.points.T, s=1500 * cloud.weights, color=color, alpha=0.6)
    ax.axvline(cloud.weights @ cloud.points[:, 0], color="black", lw=1, ls="--")
    ax.set(xlim=(-3.5, 3.5), ylim=(-3.5, 3.5), aspect="equal")
    ax.set_title(f"A cloud of class {label}")
axes["zero"].set_xlabel("area: weight; dashed: weighted mean")

ax = axes["scores"]
names = list(scores)[::-1]
jitter = np.linspace(-0.15, 0.15, 10)  # one height for each fold
for row, name in enumerate(names):
    color = "#999999" if name == "points only" else BLUE
    ax.scatter(scores[name], row + jitter, s=25, color=color)
    ax.plot([scores[name].mean()] * 2, [row - 0.25, row + 0.25], color="black", lw=2)
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    text = f"{scores[name].mean():.2f}"
    ax.text(scores[name].mean(), row + 0.28, text, ha="center", bbox=box)
ax.axvline(0.5, color="black", lw=1, ls=":")
ax.text(0.5, -0.5, " chance", va="center")
ax.set_yticks(range(len(names)), names)
ax.set(xlim=(0, 1.02), ylim=(-0.7, len(names) - 0.4))
ax.set_xlabel("accuracy (dots: the ten folds, bar: their mean)")
ax.set_title("The classes differ in the weights alone")
plt.show()
