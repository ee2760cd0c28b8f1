# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""
============================================
Between two shapes, with outliers in the way
============================================

What lies half way between a star and a heart that may be turned and moved at will?
:class:`~skot.embedding.LGWEmbedding` describes both by distances between the nodes of
one reference; distances can be averaged, and averages drawn. It also averages outliers.
:class:`~skot.embedding.LPGWEmbedding` leaves them unmatched.
"""

# %%
# Two outlines of 60 points, one of them turned, each with 12 points that belong to
# nothing.

import numpy as np

rng = np.random.RandomState(0)
angle = 2 * np.pi * np.arange(60) / 60
corner = abs((5 * angle / (2 * np.pi)) % 1 - 0.5)
radius = 1.1 - 1.1 * corner
star = np.column_stack([radius * np.sin(angle), radius * np.cos(angle)])
heart = np.column_stack(
    [
        16 * np.sin(angle) ** 3,
        13 * np.cos(angle) - 5 * np.cos(2 * angle) - 2 * np.cos(3 * angle),
    ]
)
heart /= 17
turn = np.array([[0.8, 0.6], [-0.6, 0.8]])
shapes = [star, heart @ turn]
noisy = [np.vstack([x, rng.uniform(-2, 2, (12, 2))]) for x in shapes]

# %%
# One reference, two embeddings, and points between them
# ------------------------------------------------------
# The reference is the clean star here. With data, it is learnt: a barycentre, or
# typical training shapes. Distances at time t are averages; classical scaling finds
# points for them.

from skot.embedding import LGWEmbedding, LPGWEmbedding

times = np.linspace(0, 1, 5)
strips = {}
for name, embedding in {
    "LGW": LGWEmbedding(star, n_starts=16),
    "LPGW": LPGWEmbedding(lam=0.1, reference=star, n_starts=16),
}.items():
    vectors = embedding.fit_transform(noisy)
    strips[name] = embedding.interpolate(vectors, times)
    print(name, strips[name])

# %%
# Drawn from left to right. LGW must place the mass of the outliers somewhere, and drags
# nodes out of the shapes; LPGW leaves most of them out.

import matplotlib.pyplot as plt


def upright(frames, shape):
    """Turn a strip so that its first frame lies on the star, as nearly as it can."""
    first = frames[0].points
    u, _, v = np.linalg.svd(first.T @ shape[: len(first)])
    return [frame.points @ u @ v for frame in frames]


fig, axes = plt.subplots(2, 7, figsize=(11, 3.7), layout="constrained")
for row, (name, frames) in zip(axes, strips.items(), strict=True):
    for ax, cloud in zip(row[[0, -1]], noisy, strict=True):
        ax.scatter(*cloud[:60].T, s=5, color="#555555")
        ax.scatter(*cloud[60:].T, s=9, marker="x", color="#cc3311")
    for ax, t, points in zip(row[1:-1], times, upright(frames, star), strict=True):
        ax.scatter(*points.T, s=7, color=plt.get_cmap("viridis")(0.85 * t))
    row[0].set_ylabel(name, fontsize=12)
for ax in axes.ravel():
    ax.set(xlim=(-2.1, 2.1), ylim=(-2.1, 2.1), aspect="equal", xticks=[], yticks=[])
titles = ["given", *(f"t = {t:g}" for t in times), "given"]
for ax, title in zip(axes[0], titles, strict=True):
    ax.set_title(title, fontsize=10)
plt.show()
