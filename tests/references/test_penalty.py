# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""What users mean by ``lam``."""

import numpy as np
import pytest

from skot.references import check_penalty, learn_penalty


def never():
    raise AssertionError("costs are not needed")


@pytest.mark.parametrize(
    "lam", [3, 3.0, np.float32(3), np.array(3.0), "auto", "q50", "q2.5", "q99"]
)
def test_forms(lam):
    check_penalty(lam)
    if not isinstance(lam, str):
        price = learn_penalty(lam, never)
        assert price == 3.0
        assert type(price) is float


@pytest.mark.parametrize(
    "lam",
    [0, -1.0, np.nan, np.inf, 1e308, None, [1.0], "q0", "q100", "50", "median", ""],
)
def test_what_is_refused(lam):
    with pytest.raises(ValueError, match="lam must be a positive finite number"):
        check_penalty(lam)
    with pytest.raises(ValueError, match='percent such as "q50", got'):
        learn_penalty(lam, never)


def test_quantiles_are_weighted():
    costs = np.array([8.0, 1.0, 4.0]), np.array([1.0, 7.0, 2.0])
    assert learn_penalty("q50", lambda: costs) == (1 + 2) / 4  # the next is far off
    assert learn_penalty("q80", lambda: costs) == (4 + 8) / 4
    assert learn_penalty("q95", lambda: costs) == (8 + 16) / 4


def test_nothing_to_learn_from():
    assert learn_penalty("q50", lambda: (np.zeros(5), np.ones(5))) == 1.0
    assert learn_penalty("q50", lambda: (np.empty(0), np.empty(0))) == 1.0


def test_auto_is_what_the_caller_says():
    costs = np.array([1.0, 4.0, 6.0, 100.0]), np.ones(4)
    assert learn_penalty("auto", lambda: costs) == 2.5
    assert learn_penalty("auto", lambda: costs, auto="q75") == (6 + 12) / 4
    assert learn_penalty("auto", never, auto=lambda: 7) == 7.0
