# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""
====================================================
What lies between two shapes, if both have outliers?
====================================================

Between two clouds, balanced transport moves every point, outliers included: they are
torn out of one shape and pushed into the other. Partial transport moves what is near,
and lets the rest fade. Both ways are read off an embedding: vectors at its ends, and
sets in between by ``inverse_transform`` or ``interpolate``.
"""

# %%
# Two shapes with outliers
# ------------------------
# A heart and a star, of 150 points each, and 30 points that belong to neither.

import numpy as np

rng = np.random.default_rng(0)
angle = 2 * np.pi * np.arange(150) / 150
heart = np.column_stack(
    [
        16 * np.sin(angle) ** 3,
        13 * np.cos(angle)
        - 5 * np.cos(2 * angle)
        - 2 * np.cos(3 * angle)
        - np.cos(4 * angle),
    ]
)
radius = 8 + 8 * np.abs((5 * angle / np.pi) % 2 - 1)
star = radius[:, None] * np.column_stack([np.sin(angle), np.cos(angle)])

X = [
    np.vstack([shape, rng.uniform(low, high, (30, 2))])
    for shape, low, high in [(heart, (25, -20), (45, 0)), (star, (-45, 0), (-25, 20))]
]

# %%
# Embed both
# ----------
# The first cloud is the reference, so that its own embedding moves nothing. Nothing
# moves farther than :math:`\sqrt{2 \lambda} = 12` in the partial one.

from skot.embedding import LOPTEmbedding, WassersteinEmbedding

TIMES = np.linspace(0, 1, 5)

balanced = WassersteinEmbedding(X[0])
start, stop = balanced.fit_transform(X)
strips = {
    "balanced": balanced.inverse_transform([(1 - t) * start + t * stop for t in TIMES])
}

partial = LOPTEmbedding(X[0], lam=72.0)
vectors = partial.fit_transform(X)
strips["partial"] = partial.interpolate(vectors, TIMES)
print(f"left unmatched: {vectors[1, -1]:.0f} of {len(X[1])} points of the star")

# %%
# The strips
# ----------
# Above, outliers of the heart are pushed into it, and points of it leave for those of
# the star. Below, the heart becomes a star; outliers fade where they are.
# Those of the star, in grey, are not part of its embedding, which knows only their
# mass.

import matplotlib.pyplot as plt

fig, axes = plt.subplots(2, 5, figsize=(11, 3.4), layout="constrained")
for row, (name, strip) in zip(axes, strips.items(), strict=True):
    for ax, t, cloud in zip(row, TIMES, strip, strict=True):
        if name == "partial" and t == 1:
            ax.scatter(*X[1][150:].T, s=6, c="0.8")
        opacity = np.ones(len(cloud)) if cloud.weights is None else cloud.weights
        ax.scatter(*cloud.points.T, s=6, c="C0", alpha=np.minimum(opacity, 1))
        ax.set(xlim=(-48, 48), ylim=(-26, 26), xticks=[], yticks=[], aspect="equal")
        ax.set_title(f"t = {t:g}")
    row[0].set_ylabel(name)
plt.show()
