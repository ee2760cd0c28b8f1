# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Optimal transport for scikit-learn: samples that are sets, in pipelines."""

from importlib import import_module as _import_module

__version__ = "0.1.0.dev0"

__all__ = [
    "classification",
    "cluster",
    "datasets",
    "distance",
    "embedding",
    "graph",
    "kernel",
    "plot",
    "reductions",
    "references",
    "sets",
    "shift",
    "signal",
    "solvers",
    "utils",
]


def __getattr__(name):
    # rooms are imported when they are entered, so `import skot` costs nothing
    if name in __all__:
        return _import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return [*__all__, "__version__"]
