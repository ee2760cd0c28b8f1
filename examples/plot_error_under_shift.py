# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""
========================================
What will the shift cost, without labels
========================================

A classifier of digits is in use, and its images change: they come rotated, noisy or
blurred. Nobody labels them. How many does it get wrong? Estimates of :mod:`skot.shift`
need a labelled validation set from before, and the new images as they are.
"""

# %%
# A classifier, a validation set, and fifteen shifts
# --------------------------------------------------
# The labels of the shifted images are kept aside, to judge the estimates.

import numpy as np
from scipy.ndimage import gaussian_filter, rotate
from sklearn.datasets import load_digits
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

X, y = load_digits(return_X_y=True)
X = X / 16
X_train, X_new, y_train, y_new = train_test_split(
    X, y, test_size=600, stratify=y, random_state=0
)
X_train, X_val, y_train, y_val = train_test_split(
    X_train, y_train, test_size=500, stratify=y_train, random_state=0
)
network = MLPClassifier((64,), max_iter=500, random_state=0).fit(X_train, y_train)

images = X_new.reshape(-1, 8, 8)
rng = np.random.RandomState(0)
shifts = {"none": images}
for angle in (10, 20, 30, 45, 60):
    turned = rotate(images, angle, axes=(1, 2), reshape=False, order=1)
    shifts[f"rotated {angle}°"] = turned
for noise in (0.1, 0.2, 0.3, 0.45, 0.6):
    shifts[f"noise {noise}"] = images + noise * rng.normal(size=images.shape)
for width in (0.5, 0.7, 0.9, 1.1):
    shifts[f"blur {width}"] = gaussian_filter(images, (0, width, width))

# %%
# One line for all methods
# ------------------------
# ``FrozenEstimator`` says that the network is to be judged as it is. Where labels are
# given, the table ends with the mean absolute error of each method.

from skot.shift import compare_error_estimators

targets = {name: (Z.reshape(-1, 64), y_new) for name, Z in shifts.items()}
table = compare_error_estimators(FrozenEstimator(network), X_val, y_val, targets)
table

# %%
# Transport sees what confidence does not
# ---------------------------------------
# Methods that look at confidence alone believe a network that is wrong with
# confidence. COT and COTT move the probabilities to labels of known shares: that too
# many images are called "1" costs something, however sure the network is. Points below
# the line are errors that nobody warned of: noise moves predictions little and
# confidence less. Points above it are false alarms: of blurred images the network
# doubts more than it errs.

import matplotlib.pyplot as plt

from skot.plot import ErrorEstimateDisplay

fig = plt.figure(figsize=(11, 4.6), layout="constrained")
left, right = fig.subfigures(1, 2, width_ratios=[1, 1.6])

kinds = ["none", "rotated 30°", "noise 0.45", "blur 1.1"]
for ax, name in zip(left.subplots(4, 4), kinds, strict=True):
    for i, a in enumerate(ax):
        a.imshow(shifts[name][i], cmap="gray_r", vmin=0, vmax=1)
        a.set_axis_off()
        a.set_title(" ")  # room for the line above all four
    i = table.targets.index(name)
    cott = table.errors[i, table.methods.index("cott")]
    says = f"{name}: {table.truth[i]:.0%} wrong, COTT says {cott:.0%}"
    ax[0].annotate(says, (0, 1.06), xycoords="axes fraction").set_in_layout(False)
ErrorEstimateDisplay.from_predictions(table, ax=right.subplots())
plt.show()

# %%
# One answer, with its interval
# -----------------------------
# The interval tells what the sampling of both sets leaves open. It does not know
# whether the assumptions hold: classes of the same shares as before, and errors that
# either lower the confidence or move the predictions.

from skot.shift import COTErrorEstimator

judge = COTErrorEstimator(FrozenEstimator(network), random_state=0).fit(X_val, y_val)
print(judge.estimate(targets["noise 0.45"][0]))
