# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Score features by transport between joint laws and products of marginals."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata
from sklearn.utils import check_X_y
from sklearn.utils.parallel import Parallel, delayed

from .._random import RandomState, check_random_state
from ..solvers import etic, joint_product_cost, wasserstein_correlation

# Samples that are affordable: assignments, and products of matrices.
MAX_SAMPLES: dict[str, int | None] = {"wdm": 500, "wcorr": None, "etic": 200}


def wasserstein_dependence(
    X: ArrayLike,
    y: ArrayLike,
    *,
    measure: str = "wdm",
    p: int = 1,
    discrete_target: bool | Literal["auto"] = "auto",
    standardize: str | None = "zscore",
    n_shuffles: int = 5,
    debias: bool = True,
    max_samples: int | Literal["auto"] | None = "auto",
    n_permutations: int = 0,
    n_jobs: int | None = None,
    random_state: RandomState = None,
) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
    r"""Measure how far each feature is from being independent of the target.

    A drop-in for `sklearn.feature_selection.mutual_info_regression` and
    `sklearn.feature_selection.f_regression`, for any form of dependence and at the
    scale of the data.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Features.
    y : array-like of shape (n_samples,)
        Target, numbers or classes.
    measure : {"wdm", "wcorr", "etic"}, default="wdm"
        What is measured:

        - "wdm": Wasserstein distance of the pairs (x, y) to pairs of x with the y of
          another sample [1]_, in units of standardised values;
        - "wcorr": Wasserstein correlation [2]_, between 0 and 1: how far the law of y
          in a cell of x is from that of all y; the cheapest. With classes, how far the
          law of x in a class is from that of all x;
        - "etic": entropic, debiased, squared distances [3]_.
    p : {1, 2}, default=1
        Order of "wdm": costs are sums of ``abs(difference) ** p`` of x and of y.
    discrete_target : bool or "auto", default="auto"
        Whether y holds classes, which are at distance 1 from one another. "auto" is
        True for anything but floating numbers.
    standardize : {"zscore", "rank", None}, default="zscore"
        What is done to each feature, and to a target of numbers: mean 0 and variance
        1, ranks scaled to that, or nothing.
    n_shuffles : int, default=5
        Random pairings over which "wdm" is averaged, one where there are permutations;
        and shuffles of y for ``debias``.
    debias : bool, default=True
        Subtract the mean over shuffles of y: what independent variables would have at
        this sample size.
    max_samples : int, "auto" or None, default="auto"
        Samples at most, drawn at random. "auto" is 500 for "wdm", 200 for "etic", and
        all for "wcorr", as None.
    n_permutations : int, default=0
        Random permutations of y for p-values ``(1 + k) / (1 + n_permutations)``; 0
        computes none.
    n_jobs : int or None, default=None
        Workers, as in joblib, one feature each. The result does not depend on it.
    random_state : int, RandomState, Generator or None, default=None
        Source of pairings, shuffles and samples.

    Returns
    -------
    scores : ndarray of shape (n_features,)
        Dependence of each feature and the target. Without ``n_permutations``, this
        alone.
    p_values : ndarray of shape (n_features,)
        Permutation p-values of independence, exact at any sample size; not corrected
        for the number of features.

    Raises
    ------
    ValueError
        If X or y has NaN or infinite values, there are fewer than 3 samples, a name
        is unknown, or a number is too small.

    See Also
    --------
    sklearn.feature_selection.SelectKBest : Takes this as ``score_func``.

    Notes
    -----
    For each feature and each shuffle or permutation: "wdm" takes an assignment of n
    samples, and ``n_shuffles`` of them for the observed pairs; "etic" some tens of
    products of (n, n) matrices; "wcorr" ``O(n^(4/3))``, or with classes ``O(n)`` for
    each class. "wcorr" is not symmetric in x and y; its cells are ``n ** (-1/3)`` of
    the range of x wide. Without ``debias`` all are positive for independent
    variables, the more so the fewer samples: compare at equal n only.

    References
    ----------
    .. [1] Ozair, Lynch, Bengio, van den Oord, Levine, Sermanet, "Wasserstein dependency
       measure for representation learning", NeurIPS 2019.
       https://arxiv.org/abs/1903.11780
    .. [2] Wiesel, "Measuring association with Wasserstein distances", Bernoulli 28(4),
       2022. https://arxiv.org/abs/2102.00356
    .. [3] Liu, Pal, Harchaoui, "Entropy regularized optimal transport independence
       criterion", AISTATS 2022. https://arxiv.org/abs/2112.15265

    Examples
    --------
    >>> import numpy as np
    >>> from functools import partial
    >>> from sklearn.feature_selection import SelectKBest
    >>> from skot.shift import wasserstein_dependence
    >>> X = np.random.RandomState(0).normal(size=(200, 4))
    >>> y = np.abs(X[:, 2])  # no correlation
    >>> score = partial(wasserstein_dependence, measure="wcorr", random_state=0)
    >>> SelectKBest(score, k=1).fit(X, y).get_support()
    array([False, False,  True, False])
    """
    most = MAX_SAMPLES.get(measure) if max_samples == "auto" else max_samples
    counts = {
        "n_shuffles": n_shuffles,
        "n_permutations": n_permutations,
        "max_samples": np.inf if most is None else most,
    }
    table, target, classes = _read(
        X, y, measure, p, discrete_target, standardize, counts
    )
    rng = check_random_state(random_state)
    if most is not None and len(target) > most:
        index = rng.choice(len(target), most, replace=False)
        table, target = table[index], target[index]
    table = _standardize(table, standardize)
    if not classes:
        target = _standardize(target[:, None], standardize)[:, 0]
    n_null = n_permutations or (n_shuffles if debias else 0)
    shuffles = np.array([rng.permutation(len(target)) for _ in range(n_null)])
    seeds = rng.randint(2**31 - 1, size=(table.shape[1],))
    # one pairing for each permutation and for the observed pairs: all must be alike
    n_pairings = 1 if n_permutations else n_shuffles
    work = delayed(_score)
    values = np.array(
        Parallel(n_jobs=n_jobs, prefer="threads")(
            work(column, target, measure, p, classes, shuffles, n_pairings, seed)
            for column, seed in zip(table.T, seeds, strict=True)
        )
    )
    scores = values[:, 0] - (values[:, 1:].mean(axis=1) if debias else 0.0)
    if not n_permutations:
        return scores
    slack = 1e-10 * np.abs(values).max(axis=1, keepdims=True)
    return scores, (values >= values[:, :1] - slack).mean(axis=1)


def _read(
    X: ArrayLike,
    y: ArrayLike,
    measure: str,
    p: int,
    discrete_target: bool | Literal["auto"],
    standardize: str | None,
    counts: Mapping[str, float],
) -> tuple[np.ndarray, np.ndarray, bool]:
    if measure not in MAX_SAMPLES:
        raise ValueError(f"measure must be one of {set(MAX_SAMPLES)}, got {measure!r}")
    if p not in (1, 2):
        raise ValueError(f"p must be 1 or 2, got {p!r}")
    if standardize not in ("zscore", "rank", None):
        raise ValueError(
            f"standardize must be 'zscore', 'rank' or None, got {standardize!r}"
        )
    least = {"n_shuffles": 1, "n_permutations": 0, "max_samples": 3}
    for name, value in counts.items():
        if not value >= least[name]:
            raise ValueError(f"{name} must be {least[name]} at least, got {value!r}")
    table, target = check_X_y(X, y, dtype=np.float64, ensure_min_samples=3)
    classes = discrete_target
    if classes == "auto":
        classes = target.dtype.kind != "f"
    if classes:
        return table, np.unique(target, return_inverse=True)[1], True
    return table, target.astype(np.float64), False


def _standardize(X: np.ndarray, how: str | None) -> np.ndarray:
    if how is None:
        return X
    if how == "rank":
        X = rankdata(X, axis=0)
    spread = X.std(axis=0)
    # a constant may have a spread of rounding errors
    spread = np.where(spread > 1e-12 * np.abs(X).max(axis=0), spread, np.inf)
    return (X - X.mean(axis=0)) / spread


def _score(
    x: np.ndarray,
    y: np.ndarray,
    measure: str,
    p: int,
    classes: bool,
    shuffles: np.ndarray,
    n_pairings: int,
    seed: int,
) -> list[float]:
    """Measure of one feature for the target, and then for each shuffle of it."""
    n = len(x)
    if measure == "wcorr":
        if classes:  # classes are the cells
            return [wasserstein_correlation(t, x) for t in _targets(y, shuffles)]
        cells = _cells(x)
        return [wasserstein_correlation(cells, t) for t in _targets(y, shuffles)]
    if measure == "wdm":
        A, B = _costs(x, False, p), _costs(y, classes, p)
        rng = np.random.RandomState(seed)
        values = []
        for k, shuffle in enumerate([np.arange(n), *shuffles]):
            times = n_pairings if k == 0 else 1
            pairings = np.array([rng.permutation(n) for _ in range(times)])
            value = joint_product_cost(A, B[np.ix_(shuffle, shuffle)], pairings)
            values.append(value ** (1 / p))
        return values
    A, B = (_scaled(_costs(v, c, 2)) for v, c in ((x, False), (y, classes)))
    indices = [np.arange(n), *shuffles]
    return [etic(A, B[np.ix_(index, index)]) for index in indices]


def _targets(y: np.ndarray, shuffles: np.ndarray) -> list[np.ndarray]:
    return [y, *(y[shuffle] for shuffle in shuffles)]


def _cells(x: np.ndarray) -> np.ndarray:
    """Cells of one width on the range of x, about the cube root of n."""
    low, width = x.min(), np.ptp(x)
    n_cells = int(np.ceil(round(len(x) ** (1 / 3), 9)))
    place = (x - low) / width if width > 0 else np.zeros(len(x))
    return np.minimum((place * n_cells).astype(np.intp), n_cells - 1)


def _costs(values: np.ndarray, classes: bool, p: int) -> np.ndarray:
    if classes:
        return (values[:, None] != values).astype(np.float64)
    gaps = np.abs(values[:, None] - values)
    return gaps if p == 1 else gaps**2


def _scaled(C: np.ndarray) -> np.ndarray:
    """Costs in units of their median between different samples."""
    median = np.median(C[np.triu_indices(len(C), 1)])
    return C / median if median > 0 else C
