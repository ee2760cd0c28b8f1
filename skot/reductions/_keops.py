# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The reductions in KeOps: the speed, on the CPU and the GPU."""

import contextlib
import os
import threading
from pathlib import Path

import numpy as np

from .._optional import KEOPS_HINT, import_keops, silence

# Two threads that compile one formula spoil KeOps's cache on disk; so do two processes,
# of which one loads what the other is writing.
_COMPILING = threading.Lock()
LOCK_FILE = "skot.lock"
_compiled: set[tuple] = set()
_state = {"keops": None, "fault": None}


def keops():
    """Return ``pykeops.numpy``, or raise an ImportError that says what to install."""
    if _state["fault"] is not None:
        raise ImportError(KEOPS_HINT) from _state["fault"]
    if _state["keops"] is None:
        try:
            _state["keops"] = import_keops()
        except ImportError as error:
            _state["fault"] = error
            raise
    return _state["keops"]


def available():
    """Whether KeOps can be imported, and has not failed to compile."""
    with contextlib.suppress(ImportError):
        return keops() is not None
    return False


def n_cores():
    """Return the number of threads KeOps runs on the CPU."""
    import joblib

    return int(os.environ.get("OMP_NUM_THREADS") or joblib.cpu_count())


def sees_gpu():
    """Whether KeOps found a GPU as it was imported."""
    import pykeops

    return bool(pykeops.config.gpu_available)


def _marker(key):
    """File beside KeOps's modules that tells a new process a formula is compiled."""
    import pykeops

    name = "_".join("".join(c if c.isalnum() else "-" for c in str(k)) for k in key)
    return Path(pykeops.get_build_folder()) / f"skot_{name}.compiled"


def is_compiled(key):
    """Whether the formula is compiled, in this process or on disk."""
    return key in _compiled or (available() and _marker(key).exists())


def formula_key(kind, cost, d, width, dtype, ranged):
    """Name of a compiled formula: numbers of points are no part of it."""
    pattern = "ranges" if ranged else "dense"
    return kind, cost.name, padded_dimension(d), width, np.dtype(dtype).name, pattern


def padded_dimension(d):
    """Dimension of the compiled formula that serves dimension d.

    Columns of zeros change no cost, so that a few formulas serve all dimensions.
    """
    return d if d <= 4 else -(-d // 8) * 8


@contextlib.contextmanager
def _one_process():
    """Wait for other processes that compile; where nothing can be locked, do not."""
    import fcntl

    import pykeops

    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            path = Path(pykeops.get_build_folder()) / LOCK_FILE
            fcntl.flock(stack.enter_context(path.open("w")), fcntl.LOCK_EX)
        yield


def _run(key, reduction):
    """Evaluate, and compile before that if need be: one thread, no noise."""
    if key in _compiled:
        return reduction()
    known = contextlib.nullcontext() if is_compiled(key) else _one_process()
    with _COMPILING, silence(), known:
        try:
            out = reduction()
        except Exception as error:  # KeOps has no class for: no compiler, no disk
            _state["fault"] = error
            raise ImportError(KEOPS_HINT) from error
        _compiled.add(key)
        with contextlib.suppress(OSError):
            _marker(key).touch()
    return out


def _tensors(pairs):
    """Return LazyTensor costs of pairs of points."""
    module = keops()
    x, y = pairs.x, pairs.y
    if pairs.cost.prepare is not None:
        x, y = pairs.cost.prepare(x), pairs.cost.prepare(y)
    width = padded_dimension(x.shape[1])
    if width != x.shape[1]:
        x, y = (np.pad(v, [(0, 0), (0, width - v.shape[1])]) for v in (x, y))
    return pairs.cost.lazy(module.Vi(_rows(x)), module.Vj(_rows(y)))


def _rows(v):
    return np.ascontiguousarray(v if v.ndim == 2 else v[:, None])


def _reduce(pairs, kind, width, formula, reduce):
    """Build the formula from the costs, and reduce it over the columns."""

    def reduction():
        F = formula(_tensors(pairs))
        if pairs.ranges is not None:
            F.ranges = pairs.ranges.keops()
        return reduce(F)

    d, ranged = pairs.x.shape[1], pairs.ranges is not None
    key = formula_key(kind, pairs.cost, d, width, pairs.dtype, ranged)
    return _run(key, reduction)


def _exponents(pairs, h, eps):
    # an infinite exponent is nan to KeOps's running maximum
    low = -np.finfo(pairs.dtype).max / 1e8
    h = np.maximum(h, low)[:, None].astype(pairs.dtype)
    inverse = np.array([1.0 / eps], dtype=pairs.dtype)
    module = keops()
    return lambda C: module.Vj(h) - C * module.Pm(inverse)


def logsumexp(pairs, h, eps):
    """Row by row, ``log sum_j exp(h_j - C_ij / eps)``."""
    out = _reduce(
        pairs, "logsumexp", 1, _exponents(pairs, h, eps), lambda E: E.logsumexp(1)
    )[:, 0]
    out[out < -np.finfo(pairs.dtype).max / 1e9] = -np.inf
    return out


def weighted_sum(pairs, h, eps, v):
    """Row by row, mean of v under the weights ``exp(h_j - C_ij / eps)``."""
    values = keops().Vj(_rows(v.astype(pairs.dtype)))
    return _reduce(
        pairs,
        "weighted_sum",
        v.shape[1],
        _exponents(pairs, h, eps),
        lambda E: E.sumsoftmaxweight(values, 1),
    )


def kernel_matvec(pairs, v, eps):
    """Row by row, ``sum_j exp(-C_ij / eps) v_j``."""
    module = keops()
    inverse = np.array([-1.0 / eps], dtype=pairs.dtype)
    v = v.astype(pairs.dtype)
    return _reduce(
        pairs,
        "kernel_matvec",
        v.shape[1],
        lambda C: (C * module.Pm(inverse)).exp() * module.Vj(_rows(v)),
        lambda K: K.sum(1),
    )


def min_cost(pairs, h):
    """Row by row, ``min_j C_ij - h_j``."""
    h = h[:, None].astype(pairs.dtype)
    module = keops()
    return _reduce(
        pairs, "min_cost", 1, lambda C: C - module.Vj(h), lambda C: C.min(1)
    )[:, 0]


def argkmin(pairs, h, k):
    """Row by row, the k smallest ``C_ij - h_j``: columns and values, in order."""
    h = h[:, None].astype(pairs.dtype)
    module = keops()
    values, indices = _reduce(
        pairs,
        "argkmin",
        k,
        lambda C: C - module.Vj(h),
        lambda C: C.Kmin_argKmin(k, 1),
    )
    indices = np.where(np.isfinite(values), indices, -1)
    return indices.astype(np.intp), values
