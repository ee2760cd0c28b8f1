# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""
======================================
Time series under unknown time warps
======================================

How does one compare series whose time runs unevenly? A warp of the time axis acts on
the transform of a signal by composition, which for small warps is nearly linear. So
after :class:`~skot.signal.SCDT` linear methods serve. Which of them, and whether to
transform at all, is a question for a grid search.
"""

# %%
# Three wave forms, each under its own smooth change of time. A warp that runs faster
# also makes the wave higher, so that the area under each part is kept.

import numpy as np
from sklearn.model_selection import train_test_split

names = ["sine", "saw tooth", "square"]
time = (np.arange(200) + 0.5) / 200


def draw(label, rng):
    """Draw a wave packet in warped time."""
    power, bend, shift = rng.uniform(0.75, 1.35), *rng.uniform(-0.04, 0.04, 2)
    warped = time**power + bend * np.sin(2 * np.pi * time) + shift
    phase = 14 * np.pi * warped
    forms = np.sin(phase), phase / np.pi % 2 - 1, np.sign(np.sin(phase))
    packet = np.exp(-((warped - 0.5) ** 2) / 0.02) * forms[label]
    return packet * np.gradient(warped, time)


rng = np.random.RandomState(0)
y = np.arange(330) % 3
X = np.stack([draw(label, rng) for label in y])
X_train, X_test, y_train, y_test = train_test_split(
    X, y, train_size=30, stratify=y, random_state=0
)

# %%
# A transform is a step of a pipeline, and a step is a parameter
# --------------------------------------------------------------
# The search has ten series of each form to learn from.

from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC

from skot.classification import NearestSubspaceClassifier
from skot.signal import SCDT

classifiers = {
    "1-NN": KNeighborsClassifier(1),
    "LDA": LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto"),
    "SVC": SVC(C=100),
    "subspaces": NearestSubspaceClassifier(),
}
views = {"series": "passthrough", "SCDT": SCDT(include_mass=False)}
pipeline = Pipeline([("view", "passthrough"), ("classifier", SVC())])
grid = {
    "view": list(views.values()),
    "classifier": list(classifiers.values()),
}
search = GridSearchCV(pipeline, grid, cv=5, n_jobs=1).fit(X_train, y_train)
print("best:", search.best_params_)
print(f"held-out accuracy of the best: {search.score(X_test, y_test):.3f}")

# %%
# Every combination, on the held-out series; and the classifier that is transform and
# subspaces in one, which besides ignores where in time a packet lies.

from skot.classification import SCDTClassifier

scores = np.empty((len(views), len(classifiers)))
for i, view in enumerate(views.values()):
    for j, classifier in enumerate(classifiers.values()):
        pipeline.set_params(view=view, classifier=classifier).fit(X_train, y_train)
        scores[i, j] = pipeline.score(X_test, y_test)
for name, row in zip(views, scores, strict=True):
    cells = (f"{c} {s:.2f} " for c, s in zip(classifiers, row, strict=True))
    print(f"{name:8s}", *cells)
whole = SCDTClassifier().fit(X_train, y_train).score(X_test, y_test)
print(f"SCDTClassifier {whole:.2f}")

# %%
# In one picture: series of each form, their transforms along the two discriminant axes,
# and the accuracies.

import matplotlib.pyplot as plt

COLORS = ["#0077bb", "#ee7733", "#117733"]
fig = plt.figure(figsize=(13, 4.2), layout="constrained")
left, middle, end = fig.subfigures(1, 3, width_ratios=[1, 1.3, 1])

for label, ax in enumerate(left.subplots(3, 1, sharex=True)):
    for series in X_train[y_train == label][:3]:
        ax.plot(time, series, color=COLORS[label], lw=1, alpha=0.7)
    ax.set(yticks=[], ylabel=names[label])
ax.set_xlabel("time")
left.suptitle("Three of each form", fontsize=12)

for ax, (name, view) in zip(middle.subplots(1, 2), views.items(), strict=True):
    axes = LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto")
    flat = Pipeline([("view", view), ("axes", axes)]).fit(X_train, y_train)
    place = flat.transform(X_test)
    for label in range(3):
        dots = place[y_test == label].T
        ax.scatter(*dots, s=12, color=COLORS[label], alpha=0.7, label=names[label])
    ax.set(xticks=[], yticks=[], title=f"{name}, held out")
ax.legend(fontsize=9)
middle.suptitle("Discriminant axes of the training series", fontsize=12)

ax = end.subplots()
where = np.arange(len(classifiers))
for i, (name, color) in enumerate(zip(views, ["#bbbbbb", "#cc3311"], strict=True)):
    ax.bar(where + 0.4 * i - 0.2, scores[i], 0.38, color=color, label=name)
ax.axhline(1 / 3, color="black", lw=1, ls=":", label="chance")
ax.set_xticks(where, classifiers)
ax.set(ylabel="held-out accuracy", ylim=(0, 1.15))
ax.legend(loc="upper left", ncols=3, fontsize=9, columnspacing=1)
ax.set_title("Ten training series of each form")

# a script keeps the picture: python examples/plot_time_series.py picture.png
import sys

if len(sys.argv) > 1:
    fig.savefig(sys.argv[1], dpi=90)
plt.show()
