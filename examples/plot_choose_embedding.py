# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""
=================================
When does which embedding lose?
=================================

Four embeddings, one classifier, and clouds whose classes differ in shape alone. The
shape lies in a plane, and the plane lies in a space of more and more dimensions, where
all others are noise. Summary statistics lose at once; sorting along the axes and along
slices loses as dimensions grow; linear optimal transport loses last.
"""

# %%
# The clouds
# ----------
# Points follow a closed curve, another for each class, with the same mean and the same
# covariance for all.

import matplotlib.pyplot as plt
import numpy as np

from skot.datasets import make_point_clouds

X, y = make_point_clouds(300, n_points=(20, 40), random_state=0)

fig, axes = plt.subplots(1, 4, figsize=(9, 2.5), layout="constrained")
for label, ax in enumerate(axes):
    for cloud in X[np.flatnonzero(y == label)[:20]]:
        ax.scatter(*cloud.points.T, s=2, color="#0077bb")
    ax.set(title=f"class {label}", xlim=(-3.5, 3.5), ylim=(-3.5, 3.5), aspect="equal")
fig.suptitle("Twenty clouds of each class, one over the other")
plt.show()

# %%
# More dimensions
# ---------------
# Noise is added in further dimensions, of half the standard deviation of the clouds.
# Then all is rotated, so that no axis is special.


def hide(X, n_dims, seed=0):
    """Lay the clouds in a random plane of R^n_dims, and add noise around it."""
    rng = np.random.default_rng(seed)
    noise = 0.5 * rng.normal(size=(len(X.points), n_dims - 2))
    rotation = np.linalg.qr(rng.normal(size=(n_dims, n_dims)))[0]
    return X.with_points(np.hstack([X.points, noise]) @ rotation)


# %%
# The contest
# -----------
# Settings are the defaults, and the same support vector machine follows each
# embedding.

from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skot.embedding import (
    PoolingEmbedding,
    SlicedWassersteinEmbedding,
    WassersteinEmbedding,
)

# sphinx_gallery_thumbnail_number = 2
embeddings = {
    "mean and covariance": PoolingEmbedding(["mean", "covariance"]),
    "sorted coordinates": PoolingEmbedding("sort"),
    "64 slices": SlicedWassersteinEmbedding(64, random_state=0),
    "linear transport": WassersteinEmbedding(random_state=0),
}
dimensions = [2, 5, 10, 20, 50]

scores = {name: [] for name in embeddings}
for n_dims in dimensions:
    hidden = hide(X, n_dims)
    for name, embedding in embeddings.items():
        pipeline = make_pipeline(embedding, StandardScaler(), SVC(C=10))
        scores[name].append(cross_val_score(pipeline, hidden, y, cv=3).mean())

print(f"{'dimensions':20s}", *(f"{d:5d}" for d in dimensions))
for name, row in scores.items():
    print(f"{name:20s}", *(f"{score:5.2f}" for score in row))

# %%
# With all that, the cheapest embedding that sees the difference is the best one: had
# the classes differed in their means, the first would have done.

styles = {
    "mean and covariance": {"color": "#777777", "marker": "s"},
    "sorted coordinates": {"color": "#aa4499", "marker": "^"},
    "64 slices": {"color": "#ee7733", "marker": "o"},
    "linear transport": {"color": "#0077bb", "marker": "D"},
}
fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
for name, row in scores.items():
    ax.plot(dimensions, row, label=name, **styles[name])
ax.axhline(0.25, color="black", lw=1, ls=":")
ax.text(2, 0.235, "chance", va="top")
ax.set_xscale("log")
ax.minorticks_off()
ax.set_xticks(dimensions, dimensions)
ax.set(ylim=(0, 1.03), xlabel="dimensions, two of which matter")
ax.set_ylabel("accuracy (3-fold cross-validation)")
ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False)
ax.set_title("Shapes hidden in noise")
plt.show()
