# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""
================================
Features chosen by transport
================================

Which features tell something about the target? A correlation sees lines. The distance
between the pairs (x, y) as they came and pairs put together at random sees any relation
there is: `wasserstein_dependence` measures it with the signature of scikit-learn's
scoring functions, so that `SelectKBest` takes it.
"""

# %%
# Six ways to depend, and none
# ----------------------------
# The target is a sum of parts, none of which stands out; each feature has its own form.

import numpy as np

rng = np.random.RandomState(0)
n = 400
x = rng.uniform(-1, 1, size=(n, 6))
y_of = {
    "line": lambda x, e: x + 0.5 * e,
    "parabola": lambda x, e: 2 * x**2 + 0.3 * e,
    "wave": lambda x, e: np.sin(7 * x) + 0.4 * e,
    "circle": lambda x, e: np.sign(e) * np.sqrt(1 - x**2) + 0.1 * e,
    "spread": lambda x, e: (0.1 + np.abs(x)) * e,
    "nothing": lambda x, e: e,
}
pairs = {
    name: (x[:, k], make(x[:, k], rng.normal(size=n)))
    for k, (name, make) in enumerate(y_of.items())
}

# %%
# Five scores
# -----------
# Of each pair, beside the correlation and scikit-learn's mutual information. Scores
# have units of their own, so the picture shows each beside what shuffled targets give:
# by how many standard deviations it is above that. Transport scores come with
# permutation p-values, exact at any sample size.

from functools import partial
from time import perf_counter

from sklearn.feature_selection import mutual_info_regression

from skot.shift import wasserstein_dependence


def correlation(X, y):
    """Absolute value of Pearson's correlation."""
    return np.array([abs(np.corrcoef(column, y)[0, 1]) for column in X.T])


# on fewer samples than there are, for speed: all scores on the same ones
plain = {"debias": False, "max_samples": 200, "n_shuffles": 1, "random_state": 0}
scores = {
    "correlation": correlation,
    "mutual\ninformation": partial(mutual_info_regression, random_state=0),
    "wcorr": partial(wasserstein_dependence, measure="wcorr", **plain),
    "wdm": partial(wasserstein_dependence, measure="wdm", **plain),
    "etic": partial(wasserstein_dependence, measure="etic", **plain),
}
part = rng.permutation(n)[:200]
above = np.empty((len(pairs), len(scores)))
seconds = np.zeros(len(scores))
for i, (u, v) in enumerate(pairs.values()):
    X, y = u[part, None], v[part]
    shuffled = [y[rng.permutation(len(y))] for _ in range(20)]
    for j, score in enumerate(scores.values()):
        start = perf_counter()
        chance = np.array([score(X, other)[0] for other in shuffled])
        above[i, j] = (score(X, y)[0] - chance.mean()) / chance.std()
        seconds[j] += (perf_counter() - start) / 21 / len(pairs)

# %%
# In a pipeline
# -------------
# Twenty features, of which four matter to the target, none of them linearly.

from sklearn.ensemble import RandomForestRegressor
from sklearn.feature_selection import SelectKBest, f_regression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

X = rng.uniform(-1, 1, size=(n, 20))
y = X[:, 0] ** 2 + X[:, 1] ** 2 + np.sin(6 * X[:, 2]) + np.abs(X[:, 3])
y = y + 0.2 * rng.normal(size=n)
transport = partial(wasserstein_dependence, measure="wcorr", random_state=0)
for name, chosen in {"f_regression": f_regression, "transport": transport}.items():
    forest = RandomForestRegressor(50, random_state=0)
    pipeline = make_pipeline(SelectKBest(chosen, k=4), forest)
    print(f"{name:13} R2 {cross_val_score(pipeline, X, y, cv=3).mean():.2f}")

values, p_values = wasserstein_dependence(
    X, y, measure="wcorr", n_permutations=199, random_state=0
)
print("p-values of the four:", p_values[:4], "least of the others:", p_values[4:].min())

# %%
# The correlation sees lines, and what it can take for one. Every transport score sees
# all of it, "wcorr" at the least price: it is where to start, and asks how well x tells
# y. "wdm" and "etic" ask the same of x and y, at the scale of the data: they are
# strongest where the relation is wide, and weak on waves. Mutual information does not
# mind how fine a relation is, and has no p-values and no unit.

import matplotlib.pyplot as plt

fig = plt.figure(figsize=(10, 6), layout="constrained")
left, right = fig.subfigures(1, 2, width_ratios=[1, 3.2])
for ax, (u, v) in zip(left.subplots(len(pairs), 1), pairs.values(), strict=True):
    ax.scatter(u, v, s=3, color="#0077bb")
    ax.set(xticks=[], yticks=[])
left.suptitle("y against x", fontsize=12)
ax = right.subplots()
ax.imshow(np.clip(above, 0, 12), cmap="Blues", vmin=0, vmax=16, aspect="auto")
for (i, j), value in np.ndenumerate(above):
    color = "white" if value > 11 else "black" if value > 3 else "#888888"
    ax.text(j, i, f"{value:.0f}", ha="center", va="center", color=color, fontsize=14)
ax.set_xticks(
    range(len(scores)),
    [f"{name}\n{1e3 * t:.1f} ms" for name, t in zip(scores, seconds, strict=True)],
)
ax.set_yticks(range(len(pairs)), pairs)
ax.tick_params(length=0)
ax.spines[:].set_visible(False)
ax.set_title("Standard deviations above chance, 200 samples")
plt.show()
