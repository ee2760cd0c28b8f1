# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""
==========================================
Kernels between sets, in SVC and KernelPCA
==========================================

How do sets get into kernel methods? As a Gram matrix:
:class:`~skot.kernel.SlicedWassersteinKernel` and :class:`~skot.kernel.TransportKernel`
are transformers whose output ``kernel="precomputed"`` learners take. The first is
positive semi-definite by construction. The second need not be, and says what it does
about it.
"""

# %%
# Three shapes of one mean and one spread: what tells them apart is no average of
# coordinates.

import numpy as np

from skot.sets import PointSets

rng = np.random.RandomState(0)
y = np.arange(90) % 3
names = ["ring", "cross", "square"]


def draw(label):
    """Points of a ring, a cross or the corners of a square, of covariance one."""
    n_points = rng.randint(20, 40)
    place = (np.arange(n_points) + rng.uniform(size=n_points)) / n_points
    if label == 0:
        angle = 2 * np.pi * place
        points = np.sqrt(2) * np.column_stack([np.cos(angle), np.sin(angle)])
    elif label == 1:
        side = np.arange(n_points) % 2
        points = (2 * place - 1)[:, None] * np.column_stack([side, 1 - side])
        points *= np.sqrt(6)
    else:
        corner = np.arange(n_points)
        points = 2.0 * np.column_stack([corner % 2, corner // 2 % 2]) - 1
    points += 0.3 * rng.normal(size=points.shape)
    return points - points.mean(axis=0)


X = PointSets.from_list([draw(label) for label in y])
X

# %%
# A kernel in a pipeline
# ----------------------
# The transformer computes the kernel to its training sets, so that cross-validation
# and grid search work as ever. ``gamma="scale"`` is the inverse of the mean squared
# distance.

from sklearn.decomposition import KernelPCA
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skot.embedding import PoolingEmbedding
from skot.kernel import SlicedWassersteinKernel, TransportKernel

pipelines = {
    "mean and covariance": make_pipeline(PoolingEmbedding(), StandardScaler(), SVC()),
    "sliced kernel": make_pipeline(
        SlicedWassersteinKernel(), SVC(C=10, kernel="precomputed")
    ),
    "transport kernel": make_pipeline(
        TransportKernel(), SVC(C=10, kernel="precomputed")
    ),
}
for name, pipeline in pipelines.items():
    scores = cross_val_score(pipeline, X, y, cv=3)
    print(f"{name:20s} accuracy {scores.mean():.3f}")

pca = make_pipeline(
    SlicedWassersteinKernel(), KernelPCA(n_components=2, kernel="precomputed")
)
components = pca.fit_transform(X)

# %%
# Positive, or not
# ----------------
# Of a Gram matrix, learners expect no negative eigenvalue. The kernel of the sliced
# distance has none. That of the exact distance has some where gamma is small, on
# clouds that differ by chance alone.

clouds = rng.normal(size=(60, 15, 3))
gammas = np.geomspace(0.01, 10, 13)
kernels = {
    "exact distance": TransportKernel(psd="clip"),
    "sliced distance": TransportKernel("sliced_wasserstein", psd="clip"),
}
lowest = {}
for name, kernel in kernels.items():
    scale = kernel.fit(clouds).gamma_
    lowest[name] = [
        kernel.set_params(gamma=gamma * scale).fit(clouds).min_eigenvalue_
        for gamma in gammas
    ]
    print(f"{name}: least eigenvalue {min(lowest[name]):.1e}")

# %%
# ``psd="check"`` refuses; "clip", the default, leaves the negative part out, of
# training rows and test rows alike; "shift" adds to the diagonal; None passes it on.

try:
    TransportKernel(gamma=0.02, psd="check").fit(clouds)
except ValueError as error:
    print(error)

# %%
# In one picture:

import matplotlib.pyplot as plt

COLORS = ["#0077bb", "#ee7733", "#117733"]
fig = plt.figure(figsize=(11, 4), layout="constrained")
left, middle, right = fig.subfigures(1, 3, width_ratios=[0.4, 1, 1])

for ax, label in zip(left.subplots(3, 1), range(3), strict=True):
    ax.scatter(*X[label].points.T, s=8, color=COLORS[label])
    ax.set(xlim=(-3.2, 3.2), ylim=(-3.2, 3.2), aspect="equal", xticks=[], yticks=[])
left.suptitle("Three shapes", fontsize=12)

ax = middle.subplots()
for label, name in enumerate(names):
    ax.scatter(*components[y == label].T, s=18, color=COLORS[label], label=name)
ax.set(xticks=[], yticks=[], xlabel="first component", ylabel="second component")
ax.legend()
ax.set_title("KernelPCA with the sliced kernel")

ax = right.subplots()
ax.axhline(0, color="0.7", lw=1)
for (name, values), color in zip(lowest.items(), ["#cc3311", "#0077bb"], strict=True):
    ax.plot(gammas, values, "o-", ms=4, color=color, label=name)
ax.set_xscale("log")
ax.set_yscale("symlog", linthresh=1e-3)
ax.set(xlabel="gamma, in units of 'scale'")
ax.legend()
ax.set_title("Least eigenvalue of the Gram matrix")
plt.show()
