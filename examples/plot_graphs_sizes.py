# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""
====================================
Graphs of different sizes as vectors
====================================

Graphs of 12 to 40 nodes, of four classes: two or three communities, and labels of the
nodes that follow the communities or are scattered over them. Neither structure
alone nor how frequent labels are tells the class.
:class:`~skot.embedding.LGWEmbedding` with ``alpha`` below 1 matches both with one
reference, and any classifier does the rest.
"""

# %%
# Adjacency matrices and features, one-hot labels. Each label is equally frequent in
# all classes.

import numpy as np


def draw_graph(kind, rng):
    n_nodes = rng.randint(12, 41)
    n_blocks = 2 + kind % 2
    block = np.sort(np.arange(n_nodes) % n_blocks)
    joined = np.where(np.equal.outer(block, block), 0.7, 0.04)
    upper = np.triu(rng.uniform(size=(n_nodes, n_nodes)) < joined, 1)
    follows = kind >= 2
    label = np.sort(np.arange(n_nodes) % 2)
    if not follows:
        label = rng.permutation(label)
    order = rng.permutation(n_nodes)
    adjacency = (upper + upper.T).astype(float)[np.ix_(order, order)]
    return adjacency, np.eye(2)[label[order]]


rng = np.random.RandomState(0)
y = np.arange(72) % 4
graphs = [draw_graph(kind, rng) for kind in y]

# %%
# Structure, labels, or both
# --------------------------
# Distances are lengths of shortest paths. With ``alpha=1`` they are all that counts;
# the smaller alpha, the more labels count. Mean labels are the baseline.

from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from skot.embedding import LGWEmbedding, PoolingEmbedding
from skot.sets import GraphSets

X = GraphSets.from_list(graphs)
forest = RandomForestClassifier(200, random_state=0)
alphas = [1.0, 0.75, 0.25]
scores = {}
for alpha in alphas:
    embedding = LGWEmbedding(
        "sample", metric="hop", alpha=alpha, n_reference=20, n_starts=2, random_state=0
    )
    scores[alpha] = cross_val_score(make_pipeline(embedding, forest), X, y, cv=3)
    print(f"alpha {alpha:4g}: accuracy {scores[alpha].mean():.2f}")
pooling = make_pipeline(PoolingEmbedding("mean"), forest)
baseline = cross_val_score(pooling, X.nodes, y, cv=3).mean()
print(f"mean labels: accuracy {baseline:.2f}")

# %%
# One graph of each class, and the accuracies.

import matplotlib.pyplot as plt
import networkx as nx

fig = plt.figure(figsize=(10, 4.4), layout="constrained")
drawings, chart = fig.subfigures(1, 2, width_ratios=[1.3, 1])
names = [
    f"{n} communities, labels {how}" for how in ("scattered", "follow") for n in "23"
]
for kind, ax in enumerate(drawings.subplots(2, 2).ravel()):
    adjacency, features = graphs[kind + 4]
    graph = nx.from_numpy_array(adjacency)
    colors = np.array(["#0077bb", "#ee7733"])[features[:, 1].astype(int)]
    place = nx.spring_layout(graph, seed=0)
    nx.draw(graph, place, ax=ax, node_size=28, node_color=colors, edge_color="#bbbbbb")
    ax.set_title(f"{names[kind]}\n{len(graph)} nodes", fontsize=9)
ax = chart.subplots()
places = np.arange(len(alphas))
ax.bar(places, [scores[a].mean() for a in alphas], color="#0077bb")
ax.axhline(baseline, color="#cc3311", linestyle="--", label="mean labels")
ax.set_xticks(places, ["1\nstructure", *(f"{a:g}" for a in alphas[1:])])
ax.set(ylim=(0, 1), xlabel="alpha", ylabel="accuracy, 3 folds")
ax.legend(loc="upper left")
plt.show()
