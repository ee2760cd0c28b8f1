# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""
===================================
Learning digits from a few examples
===================================

How far does one example of each class go? A class of images is often one template under
smooth deformations. :class:`~skot.classification.RadonCDTClassifier` transforms images
so that such a class becomes nearly a linear subspace, which a few examples span. It has
nothing to tune. Here it learns handwritten digits from 1 to 32 examples of each, beside
four learners of pixels: once where all digits lie in the middle of their frame, once
where they lie anywhere in it.
"""

# %%
# Two versions of one task
# ------------------------
# Scikit-learn's digits are 8 x 8 and cut out tightly. They go into frames of 16 x 16,
# in the middle or moved by up to 4 pixels along each axis.

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

digits = load_digits()
centred = np.pad(digits.images, ((0, 0), (4, 4), (4, 4)))
rng = np.random.RandomState(0)
shifts = rng.randint(-4, 5, (len(centred), 2))
moved = np.stack(
    [np.roll(image, s, (0, 1)) for image, s in zip(centred, shifts, strict=True)]
)
versions = {"in the middle": centred, "anywhere in the frame": moved}

pool, test = train_test_split(
    np.arange(len(centred)), test_size=1 / 3, stratify=digits.target, random_state=0
)
y = digits.target


def draw(n, seed):
    """Draw n images of each digit, none of them held out."""
    rng = np.random.RandomState(seed)
    by_digit = [pool[y[pool] == k] for k in range(10)]
    return np.concatenate([rng.choice(rows, n, replace=False) for rows in by_digit])


# %%
# ``deformations`` says what no class depends on. "translation" is the default; with
# "scale" and "shear" every example also stands for what it is when a little wider,
# higher or slanted. Images enter as they are, or flat.

from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC

from skot.classification import RadonCDTClassifier

learners = {
    "R-CDT subspaces": RadonCDTClassifier(),
    "R-CDT, scale and shear": RadonCDTClassifier(
        deformations=("translation", "scale", "shear")
    ),
    "k-NN": KNeighborsClassifier(1),
    "SVC": SVC(C=10),
    "MLP": MLPClassifier(max_iter=100, tol=1e-2, random_state=0),
    "gradient boosting": HistGradientBoostingClassifier(max_iter=10, random_state=0),
}
counts = [1, 2, 4, 8, 16, 32]


def learning_curves(images):
    """Accuracy on held-out images, learner by learner."""
    flat = images.reshape(len(images), -1)
    curves = {}
    for name, learner in learners.items():
        n_draws = 1 if name == "gradient boosting" else 3  # it takes its time
        curves[name] = [
            np.mean(
                [
                    learner.fit(flat[train], y[train]).score(flat[test], y[test])
                    for train in (draw(n, 100 * n + i) for i in range(n_draws))
                ]
            )
            for n in counts
        ]
    return curves


# %%
# In the middle, all do well, and the others can count on the same pixels being on. Once
# digits move, pixels have little in common, and learners of pixels would need to see
# every digit in every place.

from threadpoolctl import threadpool_limits

with threadpool_limits(1):  # small problems
    results = {name: learning_curves(images) for name, images in versions.items()}
for version, curves in results.items():
    print(f"{version:24s}", *(f"{n:5d}" for n in counts))
    for name, accuracies in curves.items():
        print(f"  {name:22s}", *(f"{a:5.2f}" for a in accuracies))

# %%
# Can it tell when it is wrong?
# -----------------------------
# ``residuals`` holds squared distances to all subspaces. Where the nearest is hardly
# nearer than the second, mistakes are many. With ``probability=True`` there is
# ``predict_proba``, calibrated within the training images.

classifier = RadonCDTClassifier(deformations=("translation", "scale", "shear"))
train = draw(4, 1)
distances = np.sort(classifier.fit(moved[train], y[train]).residuals(moved[test]))
margin = 1 - np.sqrt(distances[:, 0] / distances[:, 1])
right = classifier.predict(moved[test]) == y[test]

# %%
# In one picture: four examples of each digit, the learning curves, and the margin of
# right and wrong predictions.

import matplotlib.pyplot as plt

STYLES = {
    "R-CDT subspaces": ("#cc3311", "o--"),
    "R-CDT, scale and shear": ("#cc3311", "o-"),
    "k-NN": ("#0077bb", "s-"),
    "SVC": ("#117733", "^-"),
    "MLP": ("#ee7733", "v-"),
    "gradient boosting": ("#555555", "x-"),
}
fig = plt.figure(figsize=(14, 4.4), layout="constrained")
left, middle, end = fig.subfigures(1, 3, width_ratios=[0.5, 1.7, 0.75])

for ax, image in zip(left.subplots(10, 4).flat, moved[train], strict=True):
    ax.imshow(image, cmap="Greys")
    ax.set(xticks=[], yticks=[])
left.suptitle("4 of each", fontsize=12)

for ax, (version, curves) in zip(
    middle.subplots(1, 2, sharey=True), results.items(), strict=True
):
    for name, accuracies in curves.items():
        color, style = STYLES[name]
        ax.plot(counts, accuracies, style, color=color, ms=5, label=name)
    ax.set_xscale("log", base=2)
    ax.set_xticks(counts, counts)
    ax.set(xlabel="examples of each digit", title=f"Digits {version}", ylim=(0, 1))
middle.axes[0].set_ylabel("accuracy on held-out digits")
middle.axes[0].legend(loc="lower right", fontsize=9)

ax = end.subplots()
bins = np.linspace(0, margin.max(), 25)
ax.hist(margin[right], bins, color="#0077bb", alpha=0.7, label="right")
ax.hist(margin[~right], bins, color="#ee7733", alpha=0.9, label="wrong")
ax.set(xlabel="margin of the nearest subspace", ylabel="held-out digits")
ax.legend()
ax.set_title(f"4 of each: {right.mean():.0%} right")

# a script keeps the picture: python examples/plot_few_shot_digits.py picture.png
import sys

if len(sys.argv) > 1:
    fig.savefig(sys.argv[1], dpi=90)
plt.show()
