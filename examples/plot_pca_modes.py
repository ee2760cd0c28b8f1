# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""
=====================================
How does a class vary? Modes, decoded
=====================================

Principal components of images fade pixels in and out. Principal components of a
:class:`~skot.embedding.WassersteinEmbedding` move mass, and ``inverse_transform`` turns
any vector back into a cloud. So a mode of variation can be looked at: here, of the
digit 3 as people write it.
"""

# %%
# Embed one class
# ---------------
# The reference is the Wasserstein barycentre of the training clouds, with 50 atoms. A
# cloud is embedded as the displacement of these atoms that optimal transport finds.

from skot.datasets import load_digit_clouds
from skot.embedding import WassersteinEmbedding

digits = load_digit_clouds()
threes = digits.data[digits.target == 3]

embedding = WassersteinEmbedding("barycenter", n_reference=50, random_state=0)
vectors = embedding.fit_transform(threes)
print(threes)
print(vectors.shape)

# %%
# Principal components
# --------------------
# PCA is the one of scikit-learn, on the vectors.

import numpy as np
from sklearn.decomposition import PCA

pca = PCA(n_components=3).fit(vectors)
print(pca.explained_variance_ratio_.round(2))

# %%
# Walk along a mode: mean :math:`+\; c \sqrt{\lambda_k} \, v_k`, with :math:`v_k` the
# component, :math:`\lambda_k` its variance, and :math:`c` from -2 to 2 standard
# deviations. Every stop is decoded to a cloud.

STEPS = np.array([-2, -1, 0, 1, 2])


def walk(pca, mode):
    deviation = np.sqrt(pca.explained_variance_[mode]) * pca.components_[mode]
    return pca.mean_ + STEPS[:, None] * deviation


modes = [embedding.inverse_transform(walk(pca, mode)) for mode in range(3)]
print(modes[0])

# %%
# The pictures
# ------------
# Atoms keep their colour, given by their height in the mean, so that one can follow
# them. Mode 1 widens one arc as it narrows the other, mode 2 slants the digit. Below,
# for comparison, the first mode of the same images as vectors of pixels: ink fades in
# one place and appears in another, and falls below zero (red) in some.

import matplotlib.pyplot as plt

images = digits.images[digits.target == 3].reshape(len(threes), -1)
pixel_pca = PCA(n_components=1).fit(images)
pixel_mode = walk(pixel_pca, 0).reshape(-1, 8, 8)

fig, axes = plt.subplots(4, 5, figsize=(8, 7), layout="constrained")
height = pca.mean_.reshape(-1, 2)[:, 1] + embedding.reference_[:, 1]
shares = pca.explained_variance_ratio_
for mode, row in enumerate(axes[:3]):
    for cloud, ax in zip(modes[mode], row, strict=True):
        ax.scatter(*cloud.points.T, s=14, c=height, cmap="viridis")
        ax.set(xlim=(-0.7, 8.7), ylim=(-0.7, 8.7), aspect="equal")
    row[0].set_ylabel(f"clouds, mode {mode + 1}\n{shares[mode]:.0%} of variance")
for image, ax in zip(pixel_mode, axes[3], strict=True):
    shown = ax.imshow(image, cmap="RdGy", vmin=-16, vmax=16)
(share,) = pixel_pca.explained_variance_ratio_
axes[3, 0].set_ylabel(f"pixels, mode 1\n{share:.0%} of variance")
for c, ax in zip(STEPS, axes[0], strict=True):
    ax.set_title("mean" if c == 0 else f"{c:+d} s.d.".replace("-", "\N{MINUS SIGN}"))
for ax in axes.flat:
    ax.set(xticks=[], yticks=[])
plt.show()
