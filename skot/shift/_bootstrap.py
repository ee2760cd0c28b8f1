# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Bootstrap over a validation set and a target, at a cost that stays bounded."""

import numpy as np

# Rows of a bootstrap sample, at most. Deviations shrink with the root of the number of
# rows, so that those of a part tell those of the whole.
ROWS = 2000


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
    n_replicas : int
        Number of replicas.
    seed : int
        Seed of all draws.
    """

    def __init__(self, validation, calibrate, learn, calibrator, n_replicas, seed):
        rng = np.random.RandomState(seed)
        self._seed = seed
        self.n_validation = len(validation)
        validation = _some(validation, rng)
        n = self.n_rows = len(validation)
        self._base = calibrator, learn(validation.calibrated(calibrator))
        self._replicas = []
        for _ in range(n_replicas):
            # sorted: equal results from equal draws, and rows are read in order
            part = validation.take(np.sort(rng.randint(n, size=n)))
            own = calibrate(part.proba, part.labels, calibrator)
            self._replicas.append((own, learn(part.calibrated(own))))

    def interval(self, estimate, error, target, level):
        """Percentile interval of an estimate.

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

        Returns
        -------
        tuple of float
            Lower and upper end, within [0, 1].
        """
        rng = np.random.RandomState(self._seed)
        n_target = len(target)
        target = _some(target, rng)
        n = len(target)
        calibrator, learned = self._base
        calibrated = target.calibrated(calibrator)
        middle = error(learned, calibrated)
        validation = np.sqrt(self.n_rows / self.n_validation)
        whole = np.sqrt(n / n_target)
        deviations = []
        for own, other in self._replicas:
            moved = error(other, target.calibrated(own)) - middle
            part = calibrated.take(rng.randint(n, size=n))
            drawn = error(learned, part) - middle
            deviations.append(validation * moved + whole * drawn)
        tail = (1 - level) / 2
        low, high = estimate + np.quantile(deviations, [tail, 1 - tail])
        return float(np.clip(low, 0, 1)), float(np.clip(high, 0, 1))


def _some(outputs, rng):
    if len(outputs) <= ROWS:
        return outputs
    return outputs.take(np.sort(rng.permutation(len(outputs))[:ROWS]))
