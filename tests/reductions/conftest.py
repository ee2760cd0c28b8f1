# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Both backends, and which KeOps formulas the quick suite compiles."""

from pathlib import Path

import pytest

# On a fresh machine each formula is compiled, some ten seconds of a processor. The
# quick suite keeps those the solvers use most; the slow one has them all.
QUICK = ("test_logsumexp[keops-sqeuclidean]", "test_kernel_matvec[keops]")


@pytest.fixture(params=["numpy", "keops"])
def backend(request):
    if request.param == "keops":
        pytest.importorskip("pykeops", exc_type=ImportError)
    return request.param


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent not in item.path.parents:
            continue
        backend = getattr(item, "callspec", None) and item.callspec.params.get(
            "backend"
        )
        if backend == "keops" and item.name not in QUICK:
            item.add_marker(pytest.mark.slow)
