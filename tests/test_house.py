# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The house stays in order: floors, light imports, documented names."""

import ast
import inspect
import json
import pkgutil
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import skot
from skot.utils import all_estimators

PACKAGE = Path(skot.__file__).parent

# A file imports only from floors below its own, or from its own folder.
FLOORS = {
    "_sklearn": 0,
    "_optional": 0,
    "_parallel": 0,
    "sets": 1,
    "reductions": 2,
    "solvers": 3,
    "base": 4,
    "utils": 4,
    "embedding": 5,
    "signal": 5,
    "distance": 5,
    "graph": 5,
    "classification": 6,
    "cluster": 6,
    "neighbors": 6,
    "kernel": 6,
    "transport": 6,
    "shift": 6,
    "plot": 7,
    "datasets": 8,  # stands beside the house
}

# Who may know what: a package, and the rooms whose files import it.
KNOWN_TO = {
    "ot": {"solvers"},
    "numba": {"solvers"},
    "pykeops": {"reductions", "_optional"},
    "matplotlib": {"plot"},
    "pandas": {"sets", "utils", "datasets", "shift"},
    "networkx": set(),
    "pooch": {"datasets"},
}


def room_of(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path):
    """Top-level packages a file imports, and the rooms of ours."""
    tree = ast.parse(path.read_text())
    depth = len(path.relative_to(PACKAGE).parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name.split(".")[0], None
        elif isinstance(node, ast.ImportFrom):
            if node.level == 0:
                yield node.module.split(".")[0], None
            elif node.level == depth:  # relative to skot itself
                names = [node.module] if node.module else [a.name for a in node.names]
                for name in names:
                    yield None, name.split(".")[0]


FILES = sorted(p for p in PACKAGE.rglob("*.py") if p.parent != PACKAGE)
FILES += [p for p in PACKAGE.glob("*.py") if p.name != "__init__.py"]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_floors(path):
    room = room_of(path)
    for package, other in imports(path):
        if other is not None and other != room:
            assert FLOORS[other] < FLOORS[room], f"{room} imports {other}"
        if package in KNOWN_TO:
            assert room in KNOWN_TO[package], f"{room} knows {package}"
        if room == "solvers":
            assert package != "sklearn", "solvers know no scikit-learn"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_file_is_one_room(path):
    assert len(path.read_text().splitlines()) <= 600


def run_python(code):
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return out.stdout


def test_import_loads_nothing_heavy():
    code = (
        "import sys, json, numpy; before = set(sys.modules); import skot;"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    new = set(json.loads(run_python(code)))
    heavy = {"sklearn", "scipy", "ot", "numba", "pykeops", "torch", "pandas"}
    heavy |= {"matplotlib", "joblib", "polars", "networkx", "pooch"}
    assert not heavy & {name.split(".")[0] for name in new}


def test_embeddings_by_sorting_load_no_solver():
    code = (
        "import sys, numpy as np; from skot.embedding import *;"
        "X = [np.eye(2), np.ones((3, 2))];"
        "SlicedWassersteinEmbedding().fit_transform(X);"
        "PoolingEmbedding().fit_transform(X);"
        "print({'ot', 'numba', 'pykeops', 'matplotlib'} & set(sys.modules))"
    )
    assert run_python(code).strip() == "set()"


def test_import_is_fast():
    code = (
        "import numpy, time; start = time.perf_counter(); import skot;"
        "print(time.perf_counter() - start)"
    )
    assert min(float(run_python(code)) for _ in range(3)) < 0.05


# -- public names ----------------------------------------------------------------------


def public_names():
    """Qualified names of all public classes, functions and methods."""
    for module in pkgutil.walk_packages(skot.__path__, "skot."):
        if any(part.startswith("_") for part in module.name.split(".")):
            continue
        room = import_module(module.name)
        for name in room.__all__:
            thing = getattr(room, name)
            if inspect.ismodule(thing):
                continue
            if inspect.isclass(thing) or inspect.isfunction(thing):
                yield f"{module.name}.{name}"
            if inspect.isclass(thing):
                for attribute, member in vars(thing).items():
                    if not attribute.startswith("_") and (
                        inspect.isfunction(member)
                        or isinstance(member, classmethod | property)
                    ):
                        yield f"{module.name}.{name}.{attribute}"


# numpydoc's rules we do not follow, and why
IGNORED = {
    "GL08",  # properties without a getter's docstring are reported twice
    "ES01",  # an extended summary where the summary says it all
    "SA01",  # See Also where there is nothing to see
    "EX01",  # examples stand where they help, and are run
    "GL01",  # summaries start on the line of the quotes, as ruff's D rules ask
    "YD01",  # yields are described by their section
    "PR09",  # a parameter that is "As in `read_sets`" needs no full stop
    "RT03",  # self needs no description
}


@pytest.mark.parametrize("name", sorted(set(public_names())))
def test_docstrings(name):
    validate = pytest.importorskip("numpydoc.validate")
    result = validate.validate(name)
    errors = [e for e in result["errors"] if e[0] not in IGNORED]
    assert not errors, "\n".join(f"{code}: {text}" for code, text in errors)


@pytest.mark.parametrize(("name", "cls"), all_estimators())
def test_every_parameter_and_attribute_is_documented(name, cls):
    text = inspect.getdoc(cls)
    for parameter in inspect.signature(cls).parameters:
        assert re.search(rf"^{parameter} :", text, re.M), f"{parameter} of {name}"
    assert "References" in text, f"{name} names no paper"
    assert "Notes" in text, f"{name} tells no cost"
    assert ">>>" in text, f"{name} has no example"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_header(path):
    head = path.read_text().splitlines()[:2]
    assert head == [
        "# Authors: The skot developers",
        "# SPDX-License-Identifier: BSD-3-Clause",
    ]
