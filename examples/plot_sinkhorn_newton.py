# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""
==================================================
Annealing and Newton, against Sinkhorn's algorithm
==================================================

Entropic transport is often stopped early: Sinkhorn's algorithm needs ever more sweeps
the smaller the regularisation, and a plan whose marginals are wrong by a percent looks
as good as any. Distances, gradients and kernels computed from it are wrong by as much.

:func:`~skot.solvers.sinkhorn` reports the marginal error of what it returns, and makes
a small one cheap: it lowers the regularisation step by step (annealing), and finishes
with a few Newton steps on a sparse matrix.
"""

# %%
# Two clouds
# ----------
# A ring goes to three blobs. The regularisation is 1/1000 of the largest cost.

from functools import partial
from time import perf_counter

import matplotlib.pyplot as plt
import numpy as np
from scipy.spatial.distance import cdist

from skot.solvers import exact, sinkhorn

rng = np.random.default_rng(0)
n = 250
angle = rng.uniform(0, 2 * np.pi, n)
x = np.column_stack([np.cos(angle), np.sin(angle)]) + 0.08 * rng.normal(size=(n, 2))
centres = np.array([[-1.2, 0.9], [1.3, 0.6], [0.1, -1.4]])
y = centres[rng.integers(3, size=n)] + 0.25 * rng.normal(size=(n, 2))
a = np.full(n, 1 / n)
C = cdist(x, y, "sqeuclidean")

result = sinkhorn(C, a, a, reg=C.max() / 1000)
result

# %%
# What an error costs
# -------------------
# We ask for one marginal error after the other, and note what each takes. Sinkhorn's
# algorithm gains a fixed factor with each sweep, and a small one. Annealing saves its
# first sweeps, Newton all of the last: near the solution, the number of right digits
# doubles with each step.

METHODS = {
    "Sinkhorn": {"method": "sinkhorn", "anneal": False},
    "annealed Sinkhorn": {"method": "sinkhorn"},
    "Newton": {"method": "newton", "anneal": False},
    "annealed Newton": {"method": "newton"},
}
COLORS = dict(zip(METHODS, ["#bbbbbb", "#ee7733", "#33bbee", "#cc3311"], strict=True))


def best_time(solve, n_times=2):
    """Return the shortest time of a call in seconds, and its last result."""
    seconds = []
    for _ in range(n_times):
        start = perf_counter()
        answer = solve()
        seconds.append(perf_counter() - start)
    return min(seconds), answer


curves = {}
for name, arguments in METHODS.items():
    curves[name] = [
        best_time(partial(sinkhorn, C, a, a, reg=C.max() / 1000, tol=tol, **arguments))
        for tol in 10.0 ** -np.array([1, 2, 4, 6, 8, 10])
    ]

figure, (left, middle, right) = plt.subplots(
    1, 3, figsize=(12, 4), layout="constrained"
)
strong = np.argwhere(result.plan > 0.2 / n)
left.plot(
    *np.stack([x[strong[:, 0]], y[strong[:, 1]]]).transpose(2, 0, 1), c="0.8", lw=0.5
)
left.scatter(*x.T, s=6, c="#0077bb", label="source", zorder=2)
left.scatter(*y.T, s=6, c="#cc3311", label="target", zorder=2)
left.set(title="Where most of the mass goes", xticks=[], yticks=[], aspect="equal")
left.legend(loc="lower right", frameon=False)
for name, curve in curves.items():
    errors = [answer.error for _, answer in curve]
    style = {"c": COLORS[name], "marker": "o", "ms": 4, "label": name}
    middle.loglog([answer.n_iter for _, answer in curve], errors, **style)
    right.loglog([1e3 * seconds for seconds, _ in curve], errors, **style)
middle.set(xlabel="sweeps", ylabel="marginal error", title="Error against sweeps")
right.set(xlabel="milliseconds", title="Error against time")
right.sharey(middle)
right.xaxis.set_minor_formatter("")
middle.legend(frameon=False)
plt.show()

# %%
# Small regularisations
# ---------------------
# The sweeps that Sinkhorn's algorithm needs grow with the range of the costs over the
# regularisation; those of Newton hardly do. Where the entropy is only a means to an
# optimal plan, the network simplex of :func:`~skot.solvers.exact` is the better choice.
# An answer that missed its tolerance says so: ``converged`` is False, and ``error``
# tells by how much (open circles).

solve = partial(sinkhorn, C, a, a, max_iter=5000)
ratios = np.geomspace(10, 10_000, 7)
exact_time, best = best_time(partial(exact, C, a, a))

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
for name in ("annealed Sinkhorn", "annealed Newton"):
    curve = [
        best_time(partial(solve, reg=C.max() / ratio, **METHODS[name]), n_times=1)
        for ratio in ratios
    ]
    seconds = np.array([seconds for seconds, _ in curve])
    reached = np.array([answer.converged for _, answer in curve])
    left.loglog(ratios, seconds, c=COLORS[name], label=name)
    for kept, face in ((reached, COLORS[name]), (~reached, "white")):
        style = {"c": face, "edgecolors": COLORS[name], "zorder": 3}
        left.scatter(ratios[kept], seconds[kept], **style)
left.axhline(exact_time, c="k", ls=":", label="exact (network simplex)")
left.set(
    xlabel="range of the costs / regularisation",
    ylabel="seconds",
    ylim=(None, 20 * seconds.max()),
    title="Time to a marginal error of 1e-9",
)
left.legend(frameon=False)
excess = [answer.value / best.value - 1 for _, answer in curve]
right.loglog(ratios, excess, c=COLORS["annealed Newton"], marker="o")
right.set(
    xlabel="range of the costs / regularisation",
    ylabel="cost of the plan / optimal cost - 1",
    title="What the entropy costs",
)
plt.show()
