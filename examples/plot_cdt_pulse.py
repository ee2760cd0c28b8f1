# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""
======================================================
What a transport transform does to a moved, wide pulse
======================================================

A pulse arrives early or late, is short or long: as vectors of samples such signals
have little in common, and a linear model cannot follow. :class:`~skot.signal.CDT`
describes a positive signal by the map that transports a uniform law to it. Then to move
a pulse adds a constant, and to stretch it multiplies.
"""

# %%
# Move, and stretch
# -----------------
# One pulse at five places, and at five widths. Every signal is a density on 200 cells
# of the interval from 0 to 1.

import numpy as np

from skot.signal import CDT

n_cells = 200
t = (np.arange(n_cells) + 0.5) / n_cells


def pulse(shift=0.0, width=1.0):
    """Two bumps, one higher; moved, and stretched about the middle."""
    u = (t - 0.5 - shift) / width
    bumps = np.exp(-(((u + 0.06) / 0.03) ** 2)) + 0.5 * np.exp(
        -(((u - 0.06) / 0.03) ** 2)
    )
    return bumps / width


shifts, widths = np.linspace(-0.25, 0.25, 5), np.linspace(0.5, 2, 5)
moved = np.array([pulse(shift=s) for s in shifts])
wide = np.array([pulse(width=w) for w in widths])

cdt = CDT(grid=(0, 1)).fit(moved)

# %%
# The transform of a signal is its quantile function. On the right, curves of moved
# pulses are one curve, moved up and down; those of stretched pulses are one curve,
# stretched about the middle.

import matplotlib.pyplot as plt

levels = (np.arange(n_cells) + 0.5) / n_cells
fig, axes = plt.subplots(2, 2, figsize=(8, 5.5), layout="constrained", sharex="col")
for row, signals, values, name in (
    (axes[0], moved, shifts, "shift"),
    (axes[1], wide, widths, "width"),
):
    colours = plt.cm.viridis(np.linspace(0, 0.9, 5))
    maps = np.sqrt(n_cells) * cdt.transform(signals)
    for signal, curve, value, colour in zip(
        signals, maps, values, colours, strict=True
    ):
        label = f"{value:.3g}".replace("-", "\N{MINUS SIGN}")
        row[0].plot(t, signal, color=colour)
        row[1].plot(levels, curve, color=colour, label=label)
    row[1].legend(title=name, loc="center left", bbox_to_anchor=(1, 0.5))
    row[0].set(ylabel="density")
    row[1].set(ylabel="place", ylim=(0, 1))
axes[0, 0].set_title("signal")
axes[0, 1].set_title("its transform")
axes[1, 0].set_xlabel("place")
axes[1, 1].set_xlabel("level")
plt.show()

# %%
# A family of signals becomes flat
# --------------------------------
# All pulses, at 15 places and of 15 widths, are a surface of two dimensions. Among
# vectors of samples it is so curved that two principal components hold but a third of
# its variance. Among transforms it lies in a plane, with one axis for the place and
# one for the width: two components hold all of it.

from sklearn.decomposition import PCA

places, stretches = np.meshgrid(np.linspace(-0.25, 0.25, 15), np.linspace(0.5, 2, 15))
family = np.array(
    [pulse(s, w) for s, w in zip(places.flat, stretches.flat, strict=True)]
)

fig, axes = plt.subplots(1, 2, figsize=(8, 3.8), layout="constrained")
for ax, vectors, name in (
    (axes[0], family, "samples"),
    (axes[1], cdt.transform(family), "transforms"),
):
    pca = PCA(2)
    first, second = pca.fit_transform(vectors).reshape(15, 15, 2).transpose(2, 0, 1)
    share = pca.explained_variance_ratio_.sum()
    print(f"{name}: {share:.1%} of the variance in two components")
    ax.plot(first.T, second.T, color="0.8", zorder=0)
    ax.plot(first, second, color="0.8", zorder=0)
    points = ax.scatter(first, second, c=places, s=12 * stretches, cmap="viridis")
    ax.set(title=f"{name}: {share:.0%} of variance", xticks=[], yticks=[])
    ax.set(xlabel="component 1", ylabel="component 2")
fig.colorbar(points, ax=axes, label="shift (size: width)")
plt.show()

# %%
# Between two pulses
# ------------------
# The mean of two signals has the bumps of both. The mean of their transforms is the
# transform of a pulse half way: ``inverse_transform`` makes a signal of it.

ends = np.array([pulse(-0.2, 0.6), pulse(0.2, 1.6)])
ends /= ends.mean(axis=1, keepdims=True)
between = cdt.inverse_transform(cdt.transform(ends).mean(axis=0, keepdims=True))[0]

fig, ax = plt.subplots(figsize=(8, 3), layout="constrained")
for signal in ends:
    ax.fill_between(t, signal, color="0.85")
ax.plot(t, ends.mean(axis=0), "--", color="C3", label="mean of the signals")
ax.plot(t, between, color="C0", label="of the mean of the transforms")
ax.set(xlabel="place", ylabel="density")
ax.legend()
plt.show()
