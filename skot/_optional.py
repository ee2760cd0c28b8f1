# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Lazy imports of what is heavy, noisy, or may be missing."""

import contextlib
import io
import os
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

KEOPS_HINT = (
    'backend="keops" needs pykeops and a C++ compiler: pip install "pykeops>=2.3"; '
    'backend="numpy" gives the same results without them'
)


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Print nothing within."""
    noise = io.StringIO()
    with contextlib.redirect_stdout(noise), contextlib.redirect_stderr(noise):
        yield


def import_keops() -> ModuleType:
    """Import KeOps, on first use and in silence.

    Returns
    -------
    module
        ``pykeops.numpy``.

    Raises
    ------
    ImportError
        If it cannot be imported, with what to install.
    """
    # KeOps reads these while it is imported; a user who has set them is obeyed
    for name in ("KEOPS_VERBOSE", "PYKEOPS_VERBOSE"):
        os.environ.setdefault(name, "0")
    try:
        with silence():
            return import_module("pykeops.numpy")
    except Exception as error:  # KeOps runs compilers and drivers as it is imported
        raise ImportError(KEOPS_HINT) from error
