# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""
=========================================
Quickstart: from point clouds to classes
=========================================

How do sets of different sizes go through a scikit-learn pipeline? Here a sample is a
handwritten digit, read as a weighted point set: inked pixels are points, and the ink is
their weight. The pipeline embeds each set as a vector and classifies the vectors. One
grid search tunes both steps.
"""

# %%
# Sets in
# -------
# The clouds have 16 to 42 points. They travel in a :class:`~skot.sets.PointSets`,
# which scikit-learn splits like an array.

import numpy as np
from sklearn.model_selection import train_test_split

from skot.datasets import load_digit_clouds

X, y = load_digit_clouds(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=1 / 3, stratify=y, random_state=0
)
print(X_train)
print(X_train[0])

# %%
# A pipeline, tuned as a whole
# ----------------------------
# :class:`~skot.embedding.SlicedWassersteinEmbedding` projects every cloud on
# ``n_slices`` directions and notes the quantiles of each projection. More slices tell
# more of the shape; how hard the classifier should fit depends on them. So the two are
# searched together, within the training clouds.

from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC

from skot.embedding import SlicedWassersteinEmbedding

pipeline = Pipeline(
    [("embedding", SlicedWassersteinEmbedding()), ("classifier", SVC())]
)
grid = {
    "embedding__n_slices": [4, 16, 64],
    "classifier__C": [10, 100, 1000, 10000],
}
search = GridSearchCV(pipeline, grid, cv=3).fit(X_train, y_train)

print("cross-validated accuracy")
print("n_slices ", *(f"{n:6d}" for n in grid["embedding__n_slices"]))
scores = search.cv_results_["mean_test_score"].reshape(4, 3)
for C, row in zip(grid["classifier__C"], scores, strict=True):
    print(f"C = {C:<5d}", *(f"{score:6.3f}" for score in row))

# %%
# The winner has been fitted again on all training clouds. It is judged on clouds it
# has not seen.

y_pred = search.predict(X_test)
print("chosen:", search.best_params_)
print(f"held-out accuracy: {np.mean(y_pred == y_test):.3f}")

# %%
# All images lie on one grid, so that vectors of 64 pixels do even better here.
# Clouds need no grid: their points may lie anywhere, in any number.

from sklearn.datasets import load_digits

P_train, P_test = train_test_split(
    load_digits().data, test_size=1 / 3, stratify=y, random_state=0
)
pixels = GridSearchCV(SVC(), {"C": [1, 10, 100]}, cv=3).fit(P_train, y_train)
print(f"held-out accuracy from pixels: {pixels.score(P_test, y_test):.3f}")

# %%
# Vectors out
# -----------
# The embedding is a table, one row a cloud. Euclidean distances between rows are
# sliced Wasserstein distances between clouds, at the resolution of the quantiles. Any
# method for tables applies; here t-SNE lays out the held-out clouds.

from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

vectors = search.best_estimator_["embedding"].transform(X_test)
print(vectors.shape)
with threadpool_limits(1):  # 600 rows are too few to share among threads
    positions = TSNE(random_state=0).fit_transform(vectors)

# %%
# In one picture: a cloud of each class, what the classifier confuses, and the layout,
# where its mistakes are ringed.

import matplotlib.pyplot as plt
from sklearn.metrics import ConfusionMatrixDisplay

# told apart by readers with any colour vision
COLORS = ["#0077bb", "#ee7733", "#117733", "#cc3311", "#aa4499"]
COLORS += ["#999933", "#882255", "#555555", "#44aa99", "#332288"]

fig = plt.figure(figsize=(13, 5), layout="constrained")
clouds, confusion, chart = fig.subfigures(1, 3, width_ratios=[0.52, 1.1, 1.25])

for digit, ax in enumerate(clouds.subplots(5, 2).flat):
    cloud = X_train[np.flatnonzero(y_train == digit)[0]]
    ax.scatter(*cloud.points.T, s=1.2 * cloud.weights, color=COLORS[digit])
    ax.set(xlim=(0, 8), ylim=(0, 8), aspect="equal", xticks=[], yticks=[])
clouds.suptitle("Samples are clouds", fontsize=12)

ax = confusion.subplots()
display = ConfusionMatrixDisplay.from_predictions(
    y_test, y_pred, ax=ax, cmap="Greys", colorbar=False
)
for count in display.text_.flat:
    count.set_visible(count.get_text() != "0")
ax.set(xlabel="predicted digit", ylabel="true digit")
ax.set_title(f"{np.mean(y_pred == y_test):.1%} of held-out clouds are right")

ax = chart.subplots()
for digit in range(10):
    group = positions[y_test == digit]
    marker = {"marker": f"${digit}$", "linewidths": 0.2, "color": COLORS[digit]}
    ax.scatter(*group.T, s=30, **marker)
wrong = positions[y_pred != y_test]
ring = {"facecolors": "none", "edgecolors": "black", "label": "mistake"}
ax.scatter(*wrong.T, s=130, **ring)
ax.set(xticks=[], yticks=[])
ax.legend(loc="lower right")
ax.set_title("Layout of their embedding (t-SNE)")

# a script keeps the picture: python examples/plot_quickstart.py picture.png
import sys

if len(sys.argv) > 1:
    fig.savefig(sys.argv[1], dpi=120)
plt.show()
