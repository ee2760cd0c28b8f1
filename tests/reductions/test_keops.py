# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""KeOps is silent, compiled once, and not missed where it is missing."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from skot.reductions import gpu_available, prepare, softmin
from skot.reductions._keops import LOCK_FILE


def run(code, **environment):
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr
    return done


WORK = """
    import numpy as np
    from skot.reductions import argmin, choose_backend, prepare, softmin
    x = np.linspace(0.0, 1.0, 900).reshape(300, 3)
    expected = softmin(x, x, np.zeros(300), 0.1, backend="numpy")
"""

BLOCK = """
    import sys
    class Block:
        def find_spec(self, name, path=None, target=None):
            if name.split(".")[0] in ("pykeops", "keopscore"):
                raise ModuleNotFoundError(name)
    sys.meta_path.insert(0, Block())
"""


def test_silent_and_compiled_once(tmp_path):
    pytest.importorskip("pykeops", exc_type=ImportError)
    # a folder of its own, so that the formula is compiled here: threads wait for it
    code = (
        WORK
        + """
    from concurrent.futures import ThreadPoolExecutor
    def work(_):
        return softmin(x, x, np.zeros(300), 0.1, backend="keops")
    with ThreadPoolExecutor(4) as pool:
        for out in pool.map(work, range(8)):
            assert abs(out - expected).max() < 1e-10
    """
    )
    done = run(code, KEOPS_CACHE_FOLDER=str(tmp_path))
    assert done.stdout == ""
    assert done.stderr == ""


@pytest.mark.slow
def test_processes_do_not_compile_side_by_side(tmp_path):
    pytest.importorskip("pykeops", exc_type=ImportError)
    import fcntl

    environment = {"KEOPS_CACHE_FOLDER": str(tmp_path)}
    folder = run("import pykeops; print(pykeops.get_build_folder())", **environment)
    folder = Path(folder.stdout.split()[-1])
    code = textwrap.dedent(WORK) + textwrap.dedent(
        """
        import fcntl
        import os

        wait = fcntl.flock

        def flock(*args):
            os.write(1, b"waits\\n")  # not silenced
            wait(*args)
            os.write(1, b"goes on\\n")

        fcntl.flock = flock
        print(softmin(x, x, np.zeros(300), 0.1, backend="keops").shape, flush=True)
        """
    )
    with (folder / LOCK_FILE).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = set(folder.iterdir())
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdout=subprocess.PIPE,
            env={**os.environ, **environment},
        )
        assert process.stdout.readline() == b"waits\n"
        assert set(folder.iterdir()) == before
    assert process.communicate()[0] == b"goes on\n(300,)\n"
    assert len(set(folder.iterdir())) > len(before)


def test_compiled_formulas_are_known_to_new_processes():
    pytest.importorskip("pykeops", exc_type=ImportError)
    prepare(3)
    code = WORK + "    print(choose_backend(10**6, 3), choose_backend(10**6 - 1, 3))"
    assert run(code, OMP_NUM_THREADS="4").stdout.startswith("keops ")
    if not gpu_available():
        assert run(code, OMP_NUM_THREADS="4").stdout == "keops numpy\n"
        assert run(code, OMP_NUM_THREADS="3").stdout == "numpy numpy\n"
    prepare(3, backend="numpy")


def test_without_keops():
    code = (
        BLOCK
        + WORK
        + """
    import pytest
    prepare(3, backend="numpy")
    assert choose_backend(10**12, 3) == "numpy"
    out = softmin(x, x, np.zeros(300), 0.1, n_calls=10**9)
    assert (out == expected).all()
    from skot.solvers import sinkhorn_divergence
    for solver in ("lazy", "multiscale"):
        assert sinkhorn_divergence(x, x[::-1] ** 2, reg=0.2, solver=solver).converged
    for call in (
        lambda: softmin(x, x, np.zeros(300), 0.1, backend="keops"),
        lambda: prepare(3),
    ):
        with pytest.raises(ImportError, match='pip install "pykeops'):
            call()
    """
    )
    done = run(code)
    assert done.stdout == ""
    assert done.stderr == ""


def test_without_a_compiler(tmp_path):
    pytest.importorskip("pykeops", exc_type=ImportError)
    code = (
        WORK
        + """
    import pytest
    out = softmin(x, x, np.zeros(300), 0.1, n_calls=10**9)
    assert (out == expected).all()
    with pytest.raises(ImportError, match="C.. compiler"):
        softmin(x, x, np.zeros(300), 0.1, backend="keops")
    assert choose_backend(10**12, 3) == "numpy"
    """
    )
    done = run(
        code, KEOPS_CACHE_FOLDER=str(tmp_path), CXX="/nowhere/g++", PATH=str(tmp_path)
    )
    assert done.stdout == ""


def test_gpu_is_a_question_with_an_answer():
    assert gpu_available() in (True, False)


def test_small_problems_do_not_import_it():
    code = (
        WORK
        + """
    import sys
    softmin(x, x, np.zeros(300), 0.1)
    print("pykeops" in sys.modules)
    """
    )
    assert run(code).stdout == "False\n"


def test_an_array_of_one_row():
    out = softmin(np.zeros((1, 3)), np.zeros((1, 3)), [0.0], 1.0)
    np.testing.assert_array_equal(out, [0.0])
