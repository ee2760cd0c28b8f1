# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The temperature at which scores of classes are probabilities."""

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["learn_temperature"]

# Rows worked on at a time: temporaries are no larger.
ROWS = 2**16
# Steps of Newton's method that are taken as they come, so long as they stay within
# the bracket: near the optimum they square the error.
TRUSTED = 8


def learn_temperature(
    logits: ArrayLike,
    labels: ArrayLike,
    *,
    bounds: tuple[float, float] = (0.05, 20.0),
    start: float = 1.0,
    max_iter: int = 60,
) -> float:
    r"""Find the temperature at which labels are likeliest.

    .. math::
        \min_T \sum_i \log \sum_j e^{z_{ij} / T} - z_{i y_i} / T,

    the negative log-likelihood of the labels under ``softmax(logits / T)`` [1]_.

    Parameters
    ----------
    logits : array-like of shape (n_samples, n_classes)
        Scores of the classes, the higher the likelier, such as logarithms of
        probabilities or minus squared distances.
    labels : array-like of int of shape (n_samples,)
        True classes, 0 to n_classes - 1.
    bounds : tuple of two float, default=(0.05, 20.0)
        Least and largest temperature, in units of the logits. Labels that are all the
        likeliest ask for zero; of temperatures that are as good to rounding, the
        hottest is taken.
    start : float, default=1.0
        Where to begin, within the bounds.
    max_iter : int, default=60
        Steps, at most. From the optimum of nearly the same data two are enough.

    Returns
    -------
    float
        The temperature, to five digits; within as much of a bound where it lies there.

    Raises
    ------
    ValueError
        If shapes do not match, a label is none of the classes, or bounds and start are
        not positive and in order.

    Notes
    -----
    The likelihood is concave in the inverse of the temperature: Newton's method, kept
    within a bracket. A step is a pass over the logits.

    References
    ----------
    .. [1] Guo, Pleiss, Sun, Weinberger, "On calibration of modern neural networks",
       ICML 2017. https://arxiv.org/abs/1706.04599

    Examples
    --------
    >>> import numpy as np
    >>> from skot.solvers import learn_temperature
    >>> logits = np.log([[0.8, 0.2]] * 3)
    >>> round(learn_temperature(logits, [0, 0, 1]), 4)  # sure of 0.8, right in 2 of 3
    2.0
    """
    logits, labels = np.asarray(logits), np.asarray(labels)
    coldest, hottest = bounds
    _check(logits, labels, coldest, hottest, start)
    low, high = 1 / hottest, 1 / coldest
    inverse, moved = 1 / start, np.inf
    for k in range(max_iter):
        slope, curvature = _derivatives(logits, labels, inverse)
        low, high = (inverse, high) if slope < 0 else (low, inverse)
        new = inverse - slope / curvature if curvature > 0 else np.inf
        slow = k >= TRUSTED and abs(new - inverse) > moved / 2
        if slow or not low < new < high:
            new = np.sqrt(low * high)
        moved, inverse = abs(new - inverse), new
        if moved <= 1e-5 * inverse:
            break
    return float(1 / inverse)


def _check(
    logits: np.ndarray,
    labels: np.ndarray,
    coldest: float,
    hottest: float,
    start: float,
) -> None:
    if logits.ndim != 2 or logits.size == 0 or logits.dtype.kind != "f":
        raise ValueError(
            "logits must be floats of shape (n_samples, n_classes), got "
            f"{logits.dtype} of shape {logits.shape}"
        )
    if labels.shape != (len(logits),) or labels.dtype.kind not in "iu":
        raise ValueError(
            f"labels must be whole numbers of shape ({len(logits)},), got "
            f"{labels.dtype} of shape {labels.shape}"
        )
    if labels.min() < 0 or labels.max() >= logits.shape[1]:
        raise ValueError(f"labels must be from 0 to {logits.shape[1] - 1}")
    if not 0 < coldest <= start <= hottest < np.inf:
        raise ValueError(
            "bounds and start must be positive and in order, got "
            f"bounds=({coldest}, {hottest}) and start={start}"
        )


def _derivatives(
    logits: np.ndarray, labels: np.ndarray, inverse: float
) -> tuple[float, float]:
    """First two derivatives of the negative log-likelihood in 1 / temperature."""
    slope = curvature = 0.0
    for start in range(0, len(logits), ROWS):
        z = logits[start : start + ROWS]
        p = inverse * z
        p -= p.max(axis=1, keepdims=True)
        np.exp(p, out=p)
        p /= p.sum(axis=1, keepdims=True)
        mean = np.einsum("ij,ij->i", p, z)
        own = z[np.arange(len(z)), labels[start : start + ROWS]]
        slope += float(np.sum(mean - own, dtype=np.float64))
        square = np.einsum("ij,ij,ij->i", p, z, z) - mean**2
        curvature += float(np.sum(square, dtype=np.float64))
    return slope, curvature
