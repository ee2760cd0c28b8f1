# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Random numbers: one source, whatever a user names as ``random_state``."""

from numbers import Integral

import numpy as np

# What ``random_state`` may be, for the parameter constraints of estimators.
RANDOM_STATE = ["random_state", np.random.Generator]

RandomState = int | np.random.RandomState | np.random.Generator | None


def check_random_state(seed: RandomState) -> np.random.RandomState:
    """Turn a ``random_state`` into a source of random numbers.

    Parameters
    ----------
    seed : int, numpy.random.RandomState, numpy.random.Generator or None
        An int seeds a new source; a `RandomState` is the source itself; from a
        `Generator` the seed of a source is drawn, so that the next call gives another;
        None takes NumPy's global source.

    Returns
    -------
    numpy.random.RandomState
        The source.

    Raises
    ------
    ValueError
        If it is none of these.
    """
    if seed is None or seed is np.random:
        return np.random.mtrand._rand
    if isinstance(seed, np.random.RandomState):
        return seed
    if isinstance(seed, np.random.Generator):
        return np.random.RandomState(seed.integers(2**32, size=4, dtype=np.uint32))
    if isinstance(seed, Integral) and not isinstance(seed, bool):
        if 0 <= seed < 2**32:
            return np.random.RandomState(int(seed))
        raise ValueError(f"random_state must be from 0 to 2**32 - 1, got {seed}")
    raise ValueError(
        "random_state must be None, an int, a numpy.random.RandomState or a "
        f"numpy.random.Generator, got {seed!r}"
    )
