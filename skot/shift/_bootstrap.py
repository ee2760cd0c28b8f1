# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Bootstrap over a validation set and a target, at a cost that stays bounded."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .._random import RandomState, check_random_state
from ._calibration import Calibrate, Calibrator
from ._probabilities import Outputs

# Rows of a bootstrap sample, at most. Deviations shrink with the root of the number of
# rows, so that those of a part tell those of the whole.
ROWS = 2000
# Replicas that are solved, where others are linear.
N_REPLICAS_OF_CURVATURE = 10


class Bootstrap:
    """Replicas of what is learned on a validation set.

    Parameters
    ----------
    validation : Outputs
        Raw, with labels.
    calibrate : callable
        ``(proba, labels, start) -> calibrator``.
    learn : callable
        Maps calibrated `Outputs` to what the method keeps of them.
    calibrator : callable
        That of the whole validation set.
    n_bootstrap : int or None
        Number of replicas; 0 or None for none, and for no interval.
    random_state : int, RandomState, Generator or None
        Source of the seed of all draws.
    """

    def __init__(
        self,
        validation: Outputs,
        calibrate: Calibrate,
        learn: Callable[[Outputs], Any],
        calibrator: Calibrator,
        n_bootstrap: int | None,
        random_state: RandomState,
    ) -> None:
        source = check_random_state(random_state)
        self._seed = source.randint(np.iinfo(np.int32).max)
        rng = np.random.RandomState(self._seed)
        self._replicas: list[tuple[Calibrator, Any]] = []
        if not n_bootstrap:
            return
        self.n_validation = len(validation)
        validation = _some(validation, rng)
        n = self.n_rows = len(validation)
        self._base = calibrator, learn(validation.calibrated(calibrator))
        for _ in range(n_bootstrap):
            # sorted: equal results from equal draws, and rows are read in order
            part = validation.take(np.sort(rng.randint(n, size=n)))
            own = calibrate(part.proba, part.labels, calibrator)
            self._replicas.append((own, learn(part.calibrated(own))))

    def interval(
        self,
        estimate: float,
        error: Callable[[Any, Outputs], float],
        target: Outputs,
        level: float,
        *,
        smooth: bool,
        curvature: Callable[[Any, Outputs], float] | None = None,
    ) -> tuple[tuple[float, float] | None, float | None]:
        """Interval of an estimate, corrected for its bias where that is known.

        Parameters
        ----------
        estimate : float
            The estimate of the whole target.
        error : callable
            Maps what was learned and calibrated `Outputs` to an estimate.
        target : Outputs
            Raw.
        level : float
            Confidence level.
        smooth : bool
            Whether the mean of the replicas tells the bias. Of shares beyond a
            threshold it tells where the next sample stands, and is left alone.
        curvature : callable or None, default=None
            The same, to what ``error`` leaves out of an estimate. It is small and dear,
            and asked for the mean of few replicas alone.

        Returns
        -------
        interval : tuple of float or None
            Lower and upper end, within [0, 1]; None without replicas.
        bias : float or None
            Bias of the estimate, of order 1 / n; of a smooth one, with replicas.
        """
        if not self._replicas:
            return None, None
        rng = np.random.RandomState(self._seed)
        n_target = len(target)
        target = _some(target, rng)
        n = len(target)
        calibrator, learned = self._base
        calibrated = target.calibrated(calibrator)
        middle = error(learned, calibrated)
        # of validation and target, whose parts in the deviation add up
        deviations = np.empty((2, len(self._replicas)))
        rests = np.zeros_like(deviations)
        for i, (own, other) in enumerate(self._replicas):
            sides = (
                (other, target.calibrated(own)),
                (learned, calibrated.take(rng.randint(n, size=n))),
            )
            deviations[:, i] = [error(*side) - middle for side in sides]
            if curvature is not None and i < N_REPLICAS_OF_CURVATURE:
                rests[:, i] = [curvature(*side) for side in sides]
        # deviations shrink with the root of the number of rows, biases with the number
        shares = np.array([self.n_rows / self.n_validation, n / n_target])
        biases = deviations.mean(axis=1) if smooth else np.zeros(2)
        spread = np.sqrt(shares) @ (deviations - biases[:, None])
        bias = float(shares @ biases)
        if curvature is not None:
            rests = shares @ rests[:, :N_REPLICAS_OF_CURVATURE].mean(axis=1)
            # a square of as many normal numbers as there are free shares: its standard
            # deviation follows from its mean
            own = rests**2 * 2 / (target.proba.shape[1] - 1)
            if spread.var() > 0:  # not of a single replica, nor of a single sample
                spread *= np.sqrt(1 + own / spread.var())
            bias += float(rests)
        tail = (1 - level) / 2
        # of B replicas the (B + 1) t-th: a new one is beyond it with probability t
        ends = np.quantile(spread, [tail, 1 - tail], method="weibull")
        low, high = estimate - bias + ends
        interval = float(np.clip(low, 0, 1)), float(np.clip(high, 0, 1))
        return interval, bias if smooth else None


def _some(outputs: Outputs, rng: np.random.RandomState) -> Outputs:
    if len(outputs) <= ROWS:
        return outputs
    return outputs.take(np.sort(rng.permutation(len(outputs))[:ROWS]))
