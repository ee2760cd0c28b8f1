# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""
=============================================
A divergence between clouds of 100 000 points
=============================================

The matrix of costs between two clouds of 100 000 points has 10 billion entries, 80 GB.
The debiased Sinkhorn divergence needs none of it: potentials are one number per point,
and costs are computed as they are used. In up to three dimensions they are found coarse
to fine, from the centres of cells to the points, and cells that are too far to matter
are left out, within a bound.

The gradient of the divergence is a displacement: where each point would go to make the
clouds more alike. Here it takes a noisy ball towards a knot.
"""

import time

import matplotlib.pyplot as plt
import numpy as np

from skot.solvers import sinkhorn_divergence

# %%
# Two clouds in the unit cube, of 100 000 points each.

rng = np.random.default_rng(0)
n_points = 100_000


def ball(n):
    x = rng.standard_normal((n, 3))
    x *= (rng.random(n) ** (1 / 3) / np.linalg.norm(x, axis=1))[:, None]
    return 0.5 + 0.33 * x


def knot(n, noise=0.03):
    t = 2 * np.pi * rng.random(n)
    radius = 2 + np.cos(3 * t)
    x = np.stack(
        [radius * np.cos(2 * t), radius * np.sin(2 * t), -1.5 * np.sin(3 * t)], 1
    )
    return 0.5 + x / 7 + noise * rng.standard_normal((n, 3))


x, y = ball(n_points), knot(n_points)

# %%
# Details below the blur, here 3 % of the side of the cube, are not looked at. ``reg``
# is in units of the cost ``|x - y|^2``: twice the square of the blur, which spreads the
# mass of a point like a Gaussian of that width. The tolerance is that of the marginals;
# the value is more accurate than that, by its square.

blur = 0.03
start = time.perf_counter()
result = sinkhorn_divergence(x, y, reg=2 * blur**2, tol=5e-2)
seconds = time.perf_counter() - start
print(result)
print(
    f"{seconds:.1f} s, where a dense matrix would take {8 * n_points**2 / 1e9:.0f} GB"
)

# %%
# How much was needed? A tenth of the points tells how far one sees with less: the
# difference is the noise of sampling, not of the solver.

few = sinkhorn_divergence(x[::10], y[::10], reg=2 * blur**2, tol=5e-2)
print(f"100 000 points: {result.value:.6f}    10 000 points: {few.value:.6f}")

# %%
# The gradient with respect to the points, times half their number, is minus the
# displacement that brings the clouds together.

start = time.perf_counter()
displacement = -n_points / 2 * result.gradient
print(f"gradient: {time.perf_counter() - start:.1f} s")

shown = np.flatnonzero(np.abs(x[:, 2] - 0.5) < 0.05)[:900]
length = np.linalg.norm(displacement, axis=1)
fig, axes = plt.subplots(1, 3, figsize=(12, 4.2), layout="constrained")
titles = ["from a ball, to a knot", "displacement, in a slice", "the ball, displaced"]
for ax, title in zip(axes, titles, strict=True):
    ax.set(title=title, xlim=(0, 1), ylim=(0, 1), aspect="equal", xticks=[], yticks=[])

dots = {"s": 0.5, "linewidths": 0, "rasterized": True}
axes[0].scatter(*x[::5, :2].T, color="tab:blue", alpha=0.35, **dots)
axes[0].scatter(*y[::5, :2].T, color="tab:orange", alpha=0.6, **dots)
arrows = axes[1].quiver(
    *x[shown, :2].T, *displacement[shown, :2].T, length[shown],
    angles="xy", scale_units="xy", scale=1, width=0.003, cmap="viridis",
)  # fmt: skip
fig.colorbar(arrows, ax=axes[1], label="distance moved", shrink=0.8)
moved = x + displacement
axes[2].scatter(*moved[::5, :2].T, c=length[::5], cmap="viridis", alpha=0.6, **dots)
plt.show()
