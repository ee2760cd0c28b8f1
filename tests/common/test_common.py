# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Every estimator under scikit-learn's checks and under ours."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.utils import estimator_checks as sk
from sklearn.utils.estimator_checks import check_estimator, parametrize_with_checks
from sklearn.utils.validation import check_is_fitted

from skot.base import SetTransformerMixin
from skot.sets import PointSets, validate_sets
from skot.utils import all_estimators, check_set_estimator, parametrize_with_set_checks
from skot.utils import estimator_checks as ours

from .instances import EXPECTED_FAILURES, OF_ROWS, VARIANTS, instances, settings

# Not part of `check_estimator`, which leaves them to scikit-learn's own tests.
EXTRA_CHECKS = [
    sk.check_n_features_in,
    sk.check_dataframe_column_names_consistency,
    sk.check_param_validation,
    sk.check_inplace_ensure_writeable,
]
EXTRA_TRANSFORMER_CHECKS = [
    sk.check_transformer_get_feature_names_out,
    sk.check_transformer_get_feature_names_out_pandas,
    sk.check_set_output_transform,
    sk.check_set_output_transform_pandas,
    sk.check_global_output_transform_pandas,
    sk.check_set_output_transform_polars,
    sk.check_global_set_output_transform_polars,
]


def expected_failures(estimator):
    return EXPECTED_FAILURES.get(type(estimator).__name__, {})


def test_no_failure_is_expected():
    assert EXPECTED_FAILURES == {}


def test_variants_name_estimators():
    assert set(VARIANTS) | OF_ROWS <= {name for name, _ in all_estimators()}


@parametrize_with_checks(instances(), expected_failed_checks=expected_failures)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


@pytest.mark.parametrize("estimator", instances(), ids=ours._name_of)
@pytest.mark.parametrize("check", EXTRA_CHECKS + EXTRA_TRANSFORMER_CHECKS)
def test_scikit_learn_extra_checks(estimator, check):
    if check in EXTRA_TRANSFORMER_CHECKS and not hasattr(estimator, "transform"):
        pytest.skip("not a transformer")
    check(type(estimator).__name__, clone(estimator))


@parametrize_with_set_checks(instances(), settings=settings)
def test_set_checks(estimator, check):
    check(estimator)


def test_array_api_input():
    """`check_array_api_input` is skipped unless SciPy's switch is set: set it."""
    code = (
        "from sklearn.utils import get_tags\n"
        "from sklearn.utils.estimator_checks import check_array_api_input as check\n"
        "from tests.common.instances import instances\n"
        "for e in instances():\n"
        "    if not get_tags(e).input_tags.two_d_array:\n"
        "        continue  # scikit-learn leaves them out as well\n"
        "    check(type(e).__name__, e, array_namespace='numpy',\n"
        "          expect_only_array_outputs=False)\n"
    )
    root = Path(__file__).parents[2]
    subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        cwd=root,
        env={**os.environ, "SCIPY_ARRAY_API": "1", "PYTHONPATH": str(root)},
    )


# -- our checks have teeth -------------------------------------------------------------


class Broken(SetTransformerMixin, BaseEstimator):
    """A mean embedding with one fault."""

    def __init__(self, fault=None):
        self.fault = fault

    def fit(self, X, y=None):
        X = validate_sets(self, X, reset=True)
        if self.fault != "forgets to forget" or not hasattr(self, "centre_"):
            self.centre_ = X.points.mean(axis=0)
        self._n_features_out = X.shape[1]
        return self

    def transform(self, X):
        check_is_fitted(self)
        masses = "positive" if self.fault == "sums" else "probability"
        given, X = X, validate_sets(self, X, reset=False, masses=masses)
        weights = X.weights
        if self.fault == "loses weights" and isinstance(given, PointSets):
            weights = None
        if weights is None and self.fault == "sums":
            weights = np.ones(len(X.points))
        if weights is None or self.fault == "ignores weights":
            weights = np.repeat(1 / X.sizes, X.sizes)
        if self.fault == "looks at the order":
            return X.points[X.offsets[:-1]]
        if self.fault == "counts points":
            return np.repeat(X.sizes[:, None], X.shape[1], axis=1).astype(X.dtype)
        means = np.add.reduceat(X.points * weights[:, None], X.offsets[:-1])
        if self.fault == "looks at the batch":
            return means - means.mean(axis=0)
        if self.fault == "changes its input" and isinstance(given, PointSets):
            given.points[0] += 1
        if self.fault == "widens":
            return means.astype(np.float64)
        return (means - self.centre_).astype(X.dtype)


def test_a_sound_estimator_passes():
    check_set_estimator(Broken())
    check_estimator(Broken())


@pytest.mark.parametrize(
    ("fault", "check"),
    [
        ("ignores weights", ours.check_duplicated_point),
        ("loses weights", ours.check_splits),
        ("loses weights", ours.check_containers),
        ("looks at the order", ours.check_point_order),
        ("counts points", ours.check_coincident_points),
        ("looks at the batch", ours.check_batch),
        ("changes its input", ours.check_input_untouched),
        ("forgets to forget", ours.check_refit),
        ("widens", ours.check_float32),
    ],
)
def test_a_faulty_estimator_fails(fault, check):
    with pytest.raises(AssertionError):
        check(Broken(fault))


@pytest.mark.parametrize(
    ("fault", "check"),
    [
        (None, None),
        ("looks at the batch", ours.check_batch),
        ("forgets to forget", ours.check_refit),
        ("widens", ours.check_float32),
    ],
)
def test_rows_have_checks_of_their_own(fault, check):
    """Rows are read as sets of one point."""
    if fault is None:
        check_set_estimator(Broken(), samples="rows")
        return
    checks = [c for _, c in ours.yield_set_checks(Broken(fault), samples="rows")]
    (ours_of_rows,) = [c for c in checks if c.func is check]
    with pytest.raises(AssertionError):
        ours_of_rows(Broken(fault))


def test_weights_may_be_masses():
    with pytest.raises(AssertionError):
        ours.check_weight_scale(Broken("sums"))
    with pytest.raises(AssertionError):
        check_set_estimator(Broken("sums"))
    check_set_estimator(Broken("sums"), masses="positive")
    with pytest.raises(ValueError, match="samples must be"):
        check_set_estimator(Broken(), samples="graphs")
    with pytest.raises(ValueError, match="masses must be"):
        check_set_estimator(Broken(), masses="relative")


def test_bad_input_must_be_refused():
    class Careless(Broken):
        def fit(self, X, y=None):
            return self

    with pytest.raises(AssertionError, match="accepted what it should refuse"):
        ours.check_bad_input(Careless(), "NaN")
