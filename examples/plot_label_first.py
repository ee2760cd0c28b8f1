# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""
==============================
Which samples to label first
==============================

Labels are dear. Of 1000 new images a classifier gets many wrong, and there is time to
label a hundred: which ones? Among those of largest transport cost more are wrong than
among those of least confidence.
"""

# %%
# Images from elsewhere
# ---------------------
# The digits come darker than those the classifier knows, and a little noisy. It takes
# too many of them for the same few digits, often with confidence.

import numpy as np
from sklearn.datasets import load_digits
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

X, y = load_digits(return_X_y=True)
X = X / 16
X_train, X_new, y_train, y_new = train_test_split(
    X, y, test_size=1000, stratify=y, random_state=0
)
X_train, X_val, y_train, y_val = train_test_split(
    X_train, y_train, test_size=350, stratify=y_train, random_state=0
)
network = MLPClassifier((64,), max_iter=800, random_state=0).fit(X_train, y_train)
rng = np.random.RandomState(0)
X_new = 0.5 + 0.5 * (X_new - 0.5) + 0.1 * rng.normal(size=X_new.shape)

# %%
# The cost of each sample
# -----------------------
# Transport moves the probabilities of all images to labels, a tenth of them to each
# digit. An image is dear where the network doubts, and also where it is one too many of
# its kind: then it has to be moved to a digit that the network thinks unlikely.

from skot.shift import COTErrorEstimator

judge = COTErrorEstimator(FrozenEstimator(network), random_state=0).fit(X_val, y_val)
costs = judge.sample_costs(X_new)
doubts = 1 - judge.predict_proba(X_new).max(axis=1)
wrong = network.predict(X_new) != y_new
estimate = judge.estimate(X_new)
estimate

# %%
# What a hundred labels find
# --------------------------
# Of the samples labelled first, how many were wrong? The first few dozens tell nothing
# either way; of a hundred and more, transport finds most. In the middle, images that
# are dear although the network is sure stand at the top left. On the right are some of
# the hundred that the hundred of least confidence leave out.

import matplotlib.pyplot as plt

orders = {
    "largest transport cost": np.argsort(-costs, kind="stable"),
    "least confidence": np.argsort(-doubts, kind="stable"),
    "random": rng.permutation(len(costs)),
}
colors = {
    "largest transport cost": "#0077bb",
    "least confidence": "#ee7733",
    "random": "#999999",
}

fig = plt.figure(figsize=(11.5, 4), layout="constrained")
curves, cloud, dear = fig.subfigures(1, 3, width_ratios=[1.1, 1, 1])

ax = curves.subplots()
labelled = np.arange(1, 401)
for name, order in orders.items():
    found = np.cumsum(wrong[order])[:400]
    ax.plot(labelled, found, color=colors[name], lw=2, label=f"{name}: {found[99]}")
ax.axvline(100, color="#cccccc", lw=1, zorder=0)
ax.set(xlabel="samples labelled", ylabel="errors found")
ax.margins(y=0.35)  # room for the legend
ax.set_ylim(bottom=0)
ax.legend(frameon=False, loc="upper left", title="errors among the first 100")
ax.spines[["top", "right"]].set_visible(False)

ax = cloud.subplots()
for flag, color, name in ((False, "#bbbbbb", "right"), (True, "#cc3311", "wrong")):
    ax.scatter(
        doubts[wrong == flag], costs[wrong == flag], s=9, color=color, label=name
    )
ax.set(xlabel="1 - confidence", ylabel="transport cost")
ax.legend(frameon=False, loc="lower right")
ax.spines[["top", "right"]].set_visible(False)

axes = dear.subplots(3, 4)
predicted = network.predict(X_new)
first = {name: order[:100] for name, order in orders.items()}
doubted = first["least confidence"]
missed = [i for i in first["largest transport cost"] if i not in doubted]
for ax, i in zip(axes.flat, missed[:: len(missed) // 12], strict=False):
    ax.imshow(X_new[i].reshape(8, 8), cmap="gray_r", vmin=0, vmax=1)
    color = "#cc3311" if wrong[i] else "black"
    ax.set_title(f"{predicted[i]}, is {y_new[i]}", fontsize=10, color=color)
    ax.set_axis_off()
dear.suptitle("Dear, and not doubted", fontsize=11)
plt.show()
