# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Label-free estimates of the error: learn on a validation set, apply to a target.

All functions take `Outputs`, calibrated, and know neither classifiers nor bootstrap.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy.special import entr

from ..solvers import semidiscrete
from ._probabilities import Outputs


def total_variation(p: np.ndarray, q: np.ndarray) -> float:
    """Total variation distance of two histograms."""
    return float(np.abs(p - q).sum() / 2)


# -- thresholds ------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Threshold:
    """Scores above ``value`` count as errors, those at it by ``share``.

    Parameters
    ----------
    value : float
        The threshold.
    share : float
        Between 0 and 1.
    """

    value: float
    share: float

    @classmethod
    def learn(cls, scores: np.ndarray, n_errors: int) -> Self:
        """Threshold that ``n_errors`` of the scores pass; ties count in part."""
        if n_errors == 0:
            return cls(float(scores.max()), 0.0)
        value = -np.partition(-scores, n_errors - 1)[n_errors - 1]
        share = (n_errors - np.sum(scores > value)) / np.sum(scores == value)
        return cls(float(value), float(share))

    def error(self, scores: np.ndarray) -> float:
        """Share of scores that pass."""
        passed = np.sum(scores > self.value) + self.share * np.sum(scores == self.value)
        return float(passed / len(scores))


# -- transport to the labels -----------------------------------------------------------


@dataclass(frozen=True, eq=False)
class LabelTransport:
    """Transport of probabilities to one-hot labels of given shares.

    Parameters
    ----------
    value : float
        Its cost, COT.
    costs : ndarray of shape (n_samples,)
        Cost of each sample; their mean is ``value``.
    prices : ndarray of shape (n_classes,)
        Potentials of the classes: the gradient of ``value`` in the shares.
    gap : float
        Duality gap.
    """

    value: float
    costs: np.ndarray
    prices: np.ndarray
    gap: float

    @classmethod
    def solve(cls, proba: np.ndarray, shares: np.ndarray) -> Self:
        """Solve the program of n_samples by n_classes exactly.

        For p in the simplex the cost ``max |p - e_j|`` is ``1 - p_j``.
        """
        n = len(proba)
        result = semidiscrete(np.negative(proba), b=shares)
        moved = result.masses * proba[result.rows, result.columns]
        costs = 1 - n * np.bincount(result.rows, moved, n)
        return cls(1 + result.value, costs, result.potentials[1], result.error)


def costs_at(prices: np.ndarray, proba: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cost of each sample at fixed prices, and the potentials that go with them."""
    wanted = proba + prices
    best = wanted.argmax(axis=1)
    rows = np.arange(len(proba))
    return 1 - proba[rows, best], 1 - wanted[rows, best]


# -- baselines: name -> (learn, error) -------------------------------------------------


def _nothing(validation: Outputs) -> None:
    return None


def _ac(_: None, target: Outputs) -> float:
    return 1 - float(target.confidence.mean(dtype=np.float64))


def _learn_doc(validation: Outputs) -> float:
    return validation.error - _ac(None, validation)


def _doc(gap: float, target: Outputs) -> float:
    return gap + _ac(None, target)


N_BINS = 10


def _bins(outputs: Outputs) -> np.ndarray:
    return np.minimum((outputs.confidence * N_BINS).astype(int), N_BINS - 1)


def _learn_im(validation: Outputs) -> np.ndarray:
    """Error in each bin of confidence; an empty bin takes that of the nearest."""
    bins = _bins(validation)
    counts = np.bincount(bins, minlength=N_BINS)
    wrong = np.bincount(bins, validation.predicted != validation.labels, N_BINS)
    seen = np.flatnonzero(counts)
    nearest = seen[np.abs(np.arange(N_BINS)[:, None] - seen).argmin(axis=1)]
    return (wrong / np.maximum(counts, 1))[nearest]


def _im(errors: np.ndarray, target: Outputs) -> float:
    return float(errors[_bins(target)].mean())


def _n_errors(outputs: Outputs) -> int:
    return int(np.sum(outputs.predicted != outputs.labels))


def _learn_atc_mc(validation: Outputs) -> Threshold:
    return Threshold.learn(-validation.confidence, _n_errors(validation))


def _atc_mc(threshold: Threshold, target: Outputs) -> float:
    return threshold.error(-target.confidence)


def _learn_atc_ne(validation: Outputs) -> Threshold:
    return Threshold.learn(entr(validation.proba).sum(axis=1), _n_errors(validation))


def _atc_ne(threshold: Threshold, target: Outputs) -> float:
    return threshold.error(entr(target.proba).sum(axis=1))


def _learn_pseudo_tv(validation: Outputs) -> tuple[np.ndarray, float]:
    return validation.shares(validation.true_labels), validation.error


def _pseudo_tv(learned: tuple[np.ndarray, float], target: Outputs) -> float:
    shares, error = learned
    return total_variation(target.shares(target.predicted), shares) + error


def _gde(_: None, target: Outputs) -> float:
    return float(np.mean(target.predicted != target.second))


BASELINES: dict[str, tuple[Callable[[Outputs], Any], Callable[..., float]]] = {
    "ac": (_nothing, _ac),
    "doc": (_learn_doc, _doc),
    "im": (_learn_im, _im),
    "atc_mc": (_learn_atc_mc, _atc_mc),
    "atc_ne": (_learn_atc_ne, _atc_ne),
    "pseudo_tv": (_learn_pseudo_tv, _pseudo_tv),
    "gde": (_nothing, _gde),
    "cbpe": (_nothing, _ac),
}
