# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Results: one base, one repr, compared by identity."""

import dataclasses
import inspect

import numpy as np
import pytest

from skot import solvers
from skot.solvers._result import Result


@dataclasses.dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Answer(Result):
    error_of = "duality gap"
    told = ("mass",)

    plan: np.ndarray
    mass: float = 2.0


def test_identity_hash_and_repr():
    one, two = (
        Answer(value=1 / 3, converged=True, error=1e-9, plan=np.eye(2)) for _ in "12"
    )
    assert one == one
    assert one != two
    assert len({one, two}) == 2
    assert repr(one) == "Answer(value=0.333333, mass=2, converged, duality gap 1e-09)"
    lost = dataclasses.replace(one, converged=False)
    assert "NOT CONVERGED" in repr(lost)
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.value = 2.0


CLASSES = [
    cls
    for _, cls in inspect.getmembers(solvers, inspect.isclass)
    if dataclasses.is_dataclass(cls)
]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.__name__)
def test_every_result_has_the_one_base(cls):
    assert cls.__dataclass_params__.frozen
    assert not cls.__dataclass_params__.eq
    if cls.__name__.endswith("Result"):
        assert issubclass(cls, Result)
        assert cls.error_of
