# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""
============================================
Can transport leave outliers where they are?
============================================

Balanced transport must move all mass: a few points far off bend the whole plan, and
with it every vector of a :class:`~skot.embedding.WassersteinEmbedding`. Partial
transport may leave mass unmatched, at a price ``lam`` a unit. Here, the classes of
handwritten digits drown in noise in the first way, and stay apart in the second.
"""

# %%
# Digits in noise
# ---------------
# Bright pixels are points, and a full one has mass 1. Noise is uniform in a square
# three times as wide; its mass is a fraction of that of the digit.

import numpy as np

from skot.datasets import load_digit_clouds
from skot.sets import PointSets

digits = load_digit_clouds()
chosen = np.isin(digits.target, [0, 1, 3, 7])
clouds, y = digits.data[chosen][:320], digits.target[chosen][:320]
clouds = clouds.with_weights(clouds.weights / 16)


def add_noise(clouds, fraction, rng):
    sets = []
    for cloud, mass in zip(clouds, clouds.masses, strict=True):
        noise = rng.uniform(-8, 16, (round(fraction * mass), 2))
        points = np.vstack([cloud.points, noise])
        sets.append((points, np.append(cloud.weights, np.ones(len(noise)))))
    return PointSets.from_list(sets)


rng = np.random.default_rng(0)
FRACTIONS = [0.0, 0.3, 0.75]
noisy = {fraction: add_noise(clouds, fraction, rng) for fraction in FRACTIONS}

# %%
# Two embeddings, one reference
# -----------------------------
# The reference is the barycentre of some clean clouds. With ``lam=2`` nothing moves
# farther than :math:`\sqrt{2 \lambda} = 2` pixels, so that noise out of reach of the
# digits changes one number of the vector, the unmatched mass, and no other.

from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from skot.cluster import WassersteinBarycenter
from skot.embedding import LOPTEmbedding, WassersteinEmbedding
from skot.sets import Measure

centre = WassersteinBarycenter(n_atoms=25, random_state=0).fit(clouds[:60])
mass = clouds.masses.mean()
reference = Measure(centre.barycenter_.points, np.full(25, mass / 25))

embeddings = {
    "balanced (LOT)": WassersteinEmbedding(reference),
    "partial (LOPT)": LOPTEmbedding(reference, lam=2.0),
}
lda = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
accuracy = {
    name: [
        cross_val_score(make_pipeline(embedding, lda), noisy[f], y, cv=5).mean()
        for f in FRACTIONS
    ]
    for name, embedding in embeddings.items()
}
for name, values in accuracy.items():
    print(name, np.round(values, 3))

# %%
# The picture
# -----------
# At the top, a cloud with 75 % noise, and where the reference goes on its way to it:
# all over the square, or onto the digit. Below, the first two principal components of
# the displacements, and the accuracy of a linear classifier.

import matplotlib.pyplot as plt
from sklearn.decomposition import PCA

fig, axes = plt.subplots(2, 3, figsize=(9, 6), layout="constrained")
shown = int(np.flatnonzero(y == 3)[0])
cloud = noisy[0.75][shown]
axes[0, 0].scatter(*cloud.points.T, s=14 * cloud.weights, c="0.3")
axes[0, 0].set_title("a 3 in noise")
colours = np.array(["C0", "C1", "C2", "C3"])[np.unique(y, return_inverse=True)[1]]
for column, (name, embedding) in enumerate(embeddings.items(), start=1):
    vectors = embedding.fit(clouds).transform(noisy[0.75])
    back = embedding.inverse_transform(vectors[[shown]])[0]
    weights = np.ones(len(back)) if back.weights is None else back.weights
    axes[0, column].scatter(*back.points.T, s=30 * weights / weights.max(), c="C4")
    axes[0, column].set_title(f"moved onto it: {name}")
    plane = PCA(2).fit_transform(vectors[:, :50])
    axes[1, column - 1].scatter(*plane.T, s=8, c=colours)
    axes[1, column - 1].set_title(f"75 % noise, {name}")
    axes[1, column - 1].set(xlabel="first component", ylabel="second component")
    axes[1, 2].plot(FRACTIONS, accuracy[name], "o-", label=name)
for digit, colour in zip([0, 1, 3, 7], ["C0", "C1", "C2", "C3"], strict=True):
    axes[1, 1].scatter([], [], s=20, c=colour, label=str(digit))
axes[1, 1].set_ylim(top=1.45 * axes[1, 1].get_ylim()[1])  # room for the legend
axes[1, 1].legend(title="digit", loc="upper center", ncol=4, columnspacing=0.8)
for ax in axes[0]:
    ax.set(xlim=(-8.5, 16.5), ylim=(-8.5, 16.5), aspect="equal")
axes[1, 2].axhline(0.25, c="0.7", ls=":", label="chance")
axes[1, 2].set(xlabel="mass of noise / of the digit", ylabel="accuracy", ylim=(0, 1.02))
axes[1, 2].legend(loc="center right")
plt.show()
