# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""
==================================
Morph one image into another
==================================

Half way between two images of ink, pixels show both, each at half strength. Half way
between their transforms the ink itself is half way. :class:`~skot.signal.RadonCDT`
describes an image by transport along many directions, and ``inverse_transform`` makes
an image of any average of such descriptions.
"""

# %%
# Two images
# ----------
# A small letter in one corner and a larger one in another, on 72 x 72 pixels.

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

side = 72


def letter(character, size, right, up):
    """Share of each pixel that a letter covers, by 3 x 3 points in it."""
    path = TextPath((0, 0), character, prop=FontProperties(weight="bold"), size=size)
    low, high = path.get_extents().get_points()
    fine = (np.arange(3 * side) + 0.5) / 3 - side / 2
    x, y = np.meshgrid(fine - right, -fine - up)
    points = np.column_stack([x.ravel(), y.ravel()]) + (low + high) / 2
    inside = path.contains_points(points).reshape(side, 3, side, 3)
    return inside.mean(axis=(1, 3))


images = np.array([letter("T", 25, -20, 20), letter("S", 45, 14, -14)])
images /= images.sum(axis=(1, 2), keepdims=True)

# %%
# From one to the other
# ---------------------
# Rows of ``vectors`` are the quantile functions of 180 projections. Their straight line
# runs along geodesics of optimal transport, direction by direction.

from skot.signal import RadonCDT

radon = RadonCDT(n_slices=180, n_quantiles=300)
vectors = radon.fit_transform(images)

steps = np.linspace(0, 1, 6)[:, None]
morph = radon.inverse_transform((1 - steps) * vectors[0] + steps * vectors[1])
fade = (1 - steps[:, :, None]) * images[0] + steps[:, :, None] * images[1]

distance = np.linalg.norm(vectors[0] - vectors[1])
print(f"sliced Wasserstein distance: {distance:.2f} pixels")

# %%
# Above, pixels fade. Below, ink moves and spreads: a letter half way is in between in
# place, in size and in shape. First and last are the images as they come back from
# their transforms: filtered back-projection softens edges and leaves a faint haze,
# which shows because grey is the square root of ink here.

import matplotlib.pyplot as plt

fig, axes = plt.subplots(2, 6, figsize=(9, 3.3), layout="constrained")
for row, frames, name in ((axes[0], fade, "pixels"), (axes[1], morph, "transforms")):
    for ax, frame, step in zip(row, frames, steps[:, 0], strict=True):
        ax.imshow(np.sqrt(frame), cmap="gray_r", vmin=0, vmax=np.sqrt(images.max()))
        ax.set(xticks=[], yticks=[])
        if row is axes[0]:
            ax.set_title(f"{step:.1f}")
    row[0].set_ylabel(name)
plt.show()

# %%
# What is half way
# ----------------
# Each projection of the image half way has, at every level, the mean of the two
# quantiles: ink that is as far from one letter as from the other. Here the projections
# on the horizontal and on the vertical.

fig, axes = plt.subplots(1, 2, figsize=(8, 3), layout="constrained", sharey=True)
for ax, angle in zip(axes, (0, 90), strict=True):
    quantiles = vectors.reshape(2, 180, 300)[:, angle] * np.sqrt(180 * 300)
    levels = (np.arange(300) + 0.5) / 300
    for quantile, name in zip(quantiles, "TS", strict=True):
        ax.plot(levels, quantile, label=name)
    ax.plot(levels, quantiles.mean(axis=0), "k--", label="half way")
    ax.set(title=f"projection at {angle}°", xlabel="level")
axes[0].set_ylabel("pixels from the centre")
axes[0].legend()
plt.show()
