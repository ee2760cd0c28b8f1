# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Find the estimators of the house."""

import inspect
import pkgutil
from importlib import import_module

from sklearn.base import BaseEstimator

import skot


def all_estimators() -> list[tuple[str, type]]:
    """List every public estimator of skot.

    The common checks, the API pages and the tables of the documentation are made from
    this list: a new class is under test, and documented, the moment it exists.

    Returns
    -------
    list of tuple (str, type)
        Names and classes, sorted by name.

    Examples
    --------
    >>> from skot.utils import all_estimators
    >>> [name for name, _ in all_estimators() if name.endswith("Kernel")]
    ['SlicedWassersteinKernel', 'TransportKernel']
    """
    found = {}
    for module in pkgutil.walk_packages(skot.__path__, "skot."):
        if not module.ispkg:
            continue
        room = import_module(module.name)
        for name in getattr(room, "__all__", []):
            thing = getattr(room, name)
            if inspect.isclass(thing) and issubclass(thing, BaseEstimator):
                found[name] = thing
    return sorted(found.items())
