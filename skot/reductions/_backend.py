# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Who does a reduction: the rule of ``backend="auto"``."""

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from . import _keops, _numpy
from ._costs import CostLike, read_cost
from ._pairs import Pairs, read_pairs

# Measured in d = 3, 16 and 64, in float64, in time of the processor: NumPy, in blocks
# that stay in the cache, takes 4.5, 7.5 and 58 ns for a pair of points, KeOps 8, 18 and
# 83 ns, spread over the cores, and some ms for a call. So on a CPU it needs a few cores
# to win; a GPU has more. Compiling takes as long as COMPILE_PAIRS in NumPy.
MIN_CORES = 4
MIN_PAIRS = 1_000_000
MIN_PAIRS_GPU = 100_000
COMPILE_PAIRS = 2_000_000_000
# Past this dimension inner products by BLAS win, and formulas take long to compile.
MAX_DIMENSION = 64
# What rows without columns are reduced to.
NOTHING = {
    "logsumexp": (-np.inf,),
    "weighted_sum": (np.nan,),
    "kernel_matvec": (0.0,),
    "min_cost": (np.inf,),
    "argkmin": (-1, np.inf),
}


def choose_backend(
    n_pairs: int,
    d: int,
    *,
    kind: str = "logsumexp",
    width: int = 1,
    cost: CostLike = "sqeuclidean",
    dtype: DTypeLike = np.float64,
    ranged: bool = False,
    n_calls: int = 1,
) -> str:
    """Say which backend ``"auto"`` takes for a reduction.

    Parameters
    ----------
    n_pairs : int
        Number of pairs of points.
    d : int
        Dimension of the points.
    kind : str, default="logsumexp"
        The reduction: ``"logsumexp"`` (also of `softmin`), ``"weighted_sum"``,
        ``"kernel_matvec"``, ``"min_cost"`` or ``"argkmin"`` (also of `argmin`).
    width : int, default=1
        Columns of the values to sum, or k of `argkmin`.
    cost : str, Cost or callable, default="sqeuclidean"
        As in `logsumexp`.
    dtype : dtype, default=numpy.float64
        Of the points.
    ranged : bool, default=False
        Whether a pattern of pairs is given.
    n_calls : int, default=1
        Number of such calls to expect.

    Returns
    -------
    {"numpy", "keops"}
        Its name.

    Notes
    -----
    A pair of points takes KeOps on one core about twice what it takes NumPy, whose
    blocks stay in the cache; KeOps uses all cores, or the GPU, and needs some ms for a
    call. So it serves calls of at least a million pairs where there are four cores or
    more (``OMP_NUM_THREADS`` counts), or 100 000 pairs where there is a GPU, in at most
    64 dimensions (past that inner products by BLAS win), if it can be imported, knows
    the cost, and its formula is compiled already or ``n_pairs * n_calls`` is at least
    2e9, which takes NumPy as long as compiling takes: about 10 s, once for all numbers
    of points, kept on disk.

    Examples
    --------
    >>> from skot.reductions import choose_backend
    >>> choose_backend(100, 3)
    'numpy'
    """
    known = read_cost(cost)
    if known is None or known.lazy is None:
        return "numpy"
    if n_pairs < MIN_PAIRS_GPU or d > MAX_DIMENSION or not _keops.available():
        return "numpy"
    many = n_pairs >= MIN_PAIRS and _keops.n_cores() >= MIN_CORES
    if not many and not _keops.sees_gpu():
        return "numpy"
    key = _keops.formula_key(kind, known, d, width, dtype, ranged)
    if n_pairs * n_calls < COMPILE_PAIRS and not _keops.is_compiled(key):
        return "numpy"
    return "keops"


def gpu_available() -> bool:
    """Whether KeOps is there and sees a GPU, which it then uses.

    Returns
    -------
    bool
        False where KeOps cannot be imported.
    """
    return _keops.available() and _keops.sees_gpu()


def prepare(
    d: int,
    *,
    kind: str = "logsumexp",
    width: int = 1,
    cost: CostLike = "sqeuclidean",
    dtype: DTypeLike = np.float64,
    ranged: bool = False,
    backend: str = "keops",
) -> None:
    """Compile a formula, if it is not: before work fans out to processes, or in images.

    Parameters
    ----------
    d : int
        Dimension of the points.
    kind : str, default="logsumexp"
        The reduction, as in `choose_backend`.
    width : int, default=1
        Columns of the values to sum, or k of `argkmin`.
    cost : str, Cost or callable, default="sqeuclidean"
        As in `logsumexp`.
    dtype : dtype, default=numpy.float64
        Of the points.
    ranged : bool, default=False
        Whether a pattern of pairs will be given.
    backend : {"keops", "numpy"}, default="keops"
        What `choose_backend` said; nothing is to be done for ``"numpy"``.

    Raises
    ------
    ImportError
        If KeOps is missing or cannot compile.

    Notes
    -----
    About 10 s per formula, kept on disk (``~/.cache/keops*``). Processes that compile
    one formula at the same time spoil that cache, so callers prepare in the parent.
    """
    if backend == "numpy":
        return
    key = _keops.formula_key(kind, read_cost(cost), d, width, dtype, ranged)
    _keops.keops()
    if _keops.is_compiled(key):
        return
    from ._ranges import batch_ranges

    points = np.zeros((2, d), dtype=dtype)
    ranges = batch_ranges([0, 2], [0, 2]) if ranged else None
    pairs = read_pairs(points, points, cost, ranges)
    h, v = np.zeros(2), np.zeros((2, width))
    arguments = {
        "logsumexp": (h, 1.0),
        "weighted_sum": (h, 1.0, v),
        "kernel_matvec": (v, 1.0),
        "min_cost": (h,),
        "argkmin": (h, width),
    }
    getattr(_keops, kind)(pairs, *arguments[kind])


def evaluate(
    pairs: Pairs, backend: str, kind: str, width: int, *arguments: Any, n_calls: int = 1
) -> Any:
    """Do a reduction where it is done fastest."""
    if backend not in ("auto", "numpy", "keops"):
        raise ValueError(f"backend must be 'auto', 'numpy' or 'keops', got {backend!r}")
    chosen = backend
    if backend == "auto":
        chosen = "numpy"
        if pairs.cost is not None:
            chosen = choose_backend(
                pairs.n_pairs,
                pairs.x.shape[1],
                kind=kind,
                width=width,
                cost=pairs.cost,
                dtype=pairs.dtype,
                ranged=pairs.ranges is not None,
                n_calls=n_calls,
            )
    if chosen == "keops":
        if pairs.cost is None or pairs.cost.lazy is None:
            name = "precomputed" if pairs.cost is None else pairs.cost.name
            raise ValueError(f"KeOps has no formula for the cost {name!r}")
        _keops.keops()
        if pairs.n_pairs:
            try:
                return _by_keops(pairs, kind, arguments)
            except ImportError:  # the formula did not compile
                if backend == "keops":
                    raise
    return getattr(_numpy, kind)(pairs, *arguments)


def _by_keops(pairs, kind, arguments):
    out = getattr(_keops, kind)(pairs, *arguments)
    if pairs.ranges is not None:  # KeOps reduces nothing to anything
        nothing = pairs.ranges.without_columns(pairs.shape[0])
        if nothing.any():
            parts = out if isinstance(out, tuple) else (out,)
            for part, value in zip(parts, NOTHING[kind], strict=True):
                part[nothing] = value
    return out
