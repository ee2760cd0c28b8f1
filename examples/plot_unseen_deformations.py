# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""
========================================
Test images deformed, training ones not
========================================

What if images come moved, turned, slanted or of another size, and no training image
does? :class:`~skot.classification.RadonCDTClassifier` takes the deformations to ignore
as a parameter, so that training need not show them. Learners of pixels must see
deformed copies instead. Here both are judged on digits under stronger and stronger
affine maps.
"""

# %%
# Digits, and affine maps of them
# -------------------------------
# Digits of 8 x 8 pixels are enlarged to 16 x 16 in a frame of 32 x 32. At strength 1
# they are turned by up to 30 degrees, each axis is scaled by up to a third, sheared by
# up to 0.3, and moved by up to 6 pixels; at strength 0 they stay as they are.

import numpy as np
from scipy import ndimage
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def deform(images, strength, rng):
    """Apply an affine map to each image, about its centre."""
    centre = (np.array(images.shape[1:]) - 1) / 2
    out = np.empty_like(images)
    for i, image in enumerate(images):
        angle = strength * np.deg2rad(rng.uniform(-30, 30))
        cos, sin = np.cos(angle), np.sin(angle)
        stretch = np.diag(1.33 ** (strength * rng.uniform(-1, 1, 2)))
        slant = np.array([[1, strength * rng.uniform(-0.3, 0.3)], [0, 1]])
        back = np.linalg.inv(np.array([[cos, -sin], [sin, cos]]) @ slant @ stretch)
        offset = centre - back @ (centre + strength * rng.uniform(-6, 6, 2))
        out[i] = ndimage.affine_transform(image, back, offset, order=1)
    return out


digits = load_digits()
images = ndimage.zoom(digits.images, (1, 2, 2), order=1)
images = np.pad(images, ((0, 0), (8, 8), (8, 8)))
y = digits.target
X_train, X_test, y_train, y_test = train_test_split(
    images, y, train_size=200, test_size=200, stratify=y, random_state=0
)
strengths = [0, 0.25, 0.5, 0.75, 1]
rng = np.random.RandomState(0)
tests = [deform(X_test, strength, rng) for strength in strengths]

# %%
# Four ways to learn from 20 images of each digit
# -----------------------------------------------
# "scale" and "shear" add to each training image how its transform changes under small
# affine maps, so that their span holds the maps to first order. "rotation" turns test
# images, by cyclic shifts of the angles of their transform, and takes the best fit. The
# two SVCs see pixels; the second learns from ten deformed copies of each training
# image as well.

from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

from skot.classification import RadonCDTClassifier
from skot.signal import RadonCDT

copies = np.concatenate([X_train, *(deform(X_train, 1, rng) for _ in range(10))])
pixels = make_pipeline(FunctionTransformer(lambda X: X.reshape(len(X), -1)), SVC(C=10))
everything = ("translation", "scale", "shear", "rotation")
runs = {
    "R-CDT, all deformations": (
        RadonCDTClassifier(RadonCDT(30), deformations=everything),
        (X_train, y_train),
    ),
    "R-CDT, translation": (RadonCDTClassifier(RadonCDT(30)), (X_train, y_train)),
    "SVC, 10 deformed copies": (pixels, (copies, np.tile(y_train, 11))),
    "SVC": (pixels, (X_train, y_train)),
}
accuracies = {}
with threadpool_limits(1):  # small problems
    for name, (classifier, training) in runs.items():
        classifier.fit(*training)
        accuracies[name] = [classifier.score(test, y_test) for test in tests]

print(f"{'strength':26s}", *(f"{s:5.2f}" for s in strengths))
for name, values in accuracies.items():
    print(f"{name:26s}", *(f"{v:5.2f}" for v in values))

# %%
# In one picture: digits at each strength, and what becomes of the accuracy.

import matplotlib.pyplot as plt

STYLES = {
    "R-CDT, all deformations": ("#cc3311", "o-"),
    "R-CDT, translation": ("#cc3311", "o--"),
    "SVC, 10 deformed copies": ("#117733", "^-"),
    "SVC": ("#117733", "^--"),
}
fig = plt.figure(figsize=(11, 4.6), layout="constrained")
left, right = fig.subfigures(1, 2, width_ratios=[1, 1.25])

axes = left.subplots(6, len(strengths))
for j, test in enumerate(tests):
    for i in range(6):
        axes[i, j].imshow(test[i], cmap="Greys")
        axes[i, j].set(xticks=[], yticks=[])
    axes[0, j].set_title(f"{strengths[j]:g}", fontsize=10)
left.suptitle("Test digits, by strength of the maps", fontsize=12)

ax = right.subplots()
for name, values in accuracies.items():
    color, style = STYLES[name]
    ax.plot(strengths, values, style, color=color, ms=6, label=name)
ax.set(xlabel="strength", ylabel="accuracy", ylim=(0, 1), xticks=strengths)
ax.legend(loc="lower left")
ax.set_title("Learnt from 20 images of each digit")

# a script keeps the picture: python examples/plot_unseen_deformations.py picture.png
import sys

if len(sys.argv) > 1:
    fig.savefig(sys.argv[1], dpi=90)
plt.show()
