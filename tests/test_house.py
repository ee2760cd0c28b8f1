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
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

import skot
from skot.utils import all_estimators

PACKAGE = Path(skot.__file__).parent
TESTS = Path(__file__).parent

# A file imports only from floors below its own, or from its own folder.
FLOORS = {
    "_sklearn": 0,
    "_optional": 0,
    "_parallel": 0,
    "_random": 0,
    "_warnings": 0,
    "sets": 1,
    "reductions": 2,
    "solvers": 3,
    "base": 4,
    "references": 4,
    "utils": 4,
    "embedding": 5,
    "signal": 5,
    "distance": 5,
    "graph": 5,
    "preprocessing": 5,
    "spd": 5,
    "classification": 6,
    "cluster": 6,
    "neighbors": 6,
    "kernel": 6,
    "transport": 6,
    "shift": 6,
    "plot": 7,
    "datasets": 8,  # stands beside the house
}

# The same inside `solvers`: families of problems, from the ground up.
FAMILIES = {
    "_arrays": 0,
    "_result": 0,
    "_costs": 1,
    "_gaussian": 1,
    "_line": 1,
    "_loop": 1,
    "_rigid": 1,
    "_subspaces": 1,
    "_sliced": 2,
    "_exact": 3,
    "_entropic": 4,
    "_samples": 4,
    "_partial": 5,
    "_gromov": 6,
}

# Who may know what: a package, and the rooms whose files import it. Inside `solvers`,
# POT is known to `_exact` alone, and Numba to files of kernels.
KNOWN_TO = {
    "ot": {"solvers"},
    "numba": {"solvers"},
    "pykeops": {"reductions", "_optional"},
    "matplotlib": {"plot"},
    "pandas": {"sets", "utils", "datasets", "shift"},
    "networkx": set(),
    "pooch": {"datasets"},
    "warnings": {"_warnings"},
}


def room_of(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path):
    """Packages a file imports, and the modules and names of ours, as full paths.

    Yields ``(package, None, None)``, or ``(None, module, name)`` with the module as a
    tuple of names below `skot`; a module imported as a whole has no name.
    """
    tree = ast.parse(path.read_text())
    here = path.relative_to(PACKAGE).parent.parts
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name.split(".")[0], None, None
        elif isinstance(node, ast.ImportFrom):
            if node.level == 0:
                yield node.module.split(".")[0], None, None
                continue
            base = here[: len(here) - node.level + 1]
            base += tuple(node.module.split(".")) if node.module else ()
            for alias in node.names:
                if is_module((*base, alias.name)):
                    yield None, (*base, alias.name), None
                else:
                    yield None, base, alias.name


def is_module(parts):
    place = PACKAGE.joinpath(*parts)
    return place.is_dir() or place.with_suffix(".py").exists()


FILES = sorted(p for p in PACKAGE.rglob("*.py") if p.parent != PACKAGE)
FILES += [p for p in PACKAGE.glob("*.py") if p.name != "__init__.py"]


def relative(path):
    return str(path.relative_to(PACKAGE))


each_file = pytest.mark.parametrize("path", FILES, ids=relative)


@each_file
def test_floors(path):
    room = room_of(path)
    for package, module, _ in imports(path):
        if module and module[0] != room:
            assert FLOORS[module[0]] < FLOORS[room], f"{room} imports {module[0]}"
        if package in KNOWN_TO:
            assert room in KNOWN_TO[package], f"{room} knows {package}"
        if room == "solvers":
            assert package != "sklearn", "solvers know no scikit-learn"


@pytest.mark.parametrize(
    "path", [p for p in FILES if room_of(p) == "solvers"], ids=relative
)
def test_families(path):
    inside = path.relative_to(PACKAGE / "solvers").parts
    if inside == ("__init__.py",):
        return
    family = inside[0].removesuffix(".py")
    for package, module, _ in imports(path):
        if module and module[0] == "solvers" and module[1] != family:
            assert FAMILIES[module[1]] < FAMILIES[family], f"imports {module[1]}"
        if package == "ot":
            assert family == "_exact"
        if package == "numba":
            assert path.stem.endswith("kernels")


def private_doors(path):
    """What a file takes from behind another's door."""
    room = room_of(path)
    for _, module, name in imports(path):
        if not module:
            continue
        inner = module[1:] if module[0] != room else ()
        if any(part.startswith("_") for part in (*inner, name or "")):
            yield ".".join((*module, name or ""))


@each_file
def test_no_private_door(path):
    """No private module or name of another room, no private name of another file."""
    assert not list(private_doors(path))


def test_no_circles():
    """No module imports itself by way of others, inside functions or out."""
    graph = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        graph[parts] = {m for _, m, _ in imports(path) if m} - {parts}

    done, open_ = set(), []

    def visit(module):
        assert module not in open_, " -> ".join(".".join(m) for m in [*open_, module])
        if module in done or module not in graph:
            return
        open_.append(module)
        for other in sorted(graph[module]):
            visit(other)
        done.add(open_.pop())

    for module in graph:
        visit(module)


# Files without tests of their own, and why.
TESTED_ELSEWHERE = {
    "_optional": "tests/reductions/test_keops.py has KeOps missing and broken",
    "_sklearn": "hands on names of scikit-learn",
    "classification/_transformed": "the base of three classifiers, in test_cdt.py",
    "reductions/_numpy": "one of two sides of every test in test_reductions.py",
    "utils/_discovery": "tests/common lists what it finds",
    "utils/estimator_checks": "tests/common runs it on sound and faulty estimators",
}


def mirror(path):
    """Where the tests of a file stand."""
    *rooms, name = path.relative_to(PACKAGE).with_suffix("").parts
    place = TESTS.joinpath(*(room.strip("_") for room in rooms))
    return place / f"test_{name.strip('_')}.py"


@pytest.mark.parametrize(
    "path", [p for p in FILES if p.name != "__init__.py"], ids=relative
)
def test_tests_mirror_the_source(path):
    name = relative(path).removesuffix(".py")
    assert mirror(path).exists() != (name in TESTED_ELSEWHERE)


@each_file
def test_a_file_is_one_room(path):
    assert len(path.read_text().splitlines()) <= 600


@each_file
def test_bodies_of_functions_are_short(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            first = node.body[0]
            if ast.get_docstring(node) is not None:
                start = first.end_lineno
            else:
                start = first.lineno - 1
            assert node.end_lineno - start <= 60, f"{node.name} is too long"


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


def test_solvers_load_no_scikit_learn():
    code = "import sys, skot.solvers; print('sklearn' in sys.modules)"
    assert run_python(code).strip() == "False"


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


@each_file
def test_header(path):
    head = path.read_text().splitlines()[:2]
    assert head == [
        "# Authors: The skot developers",
        "# SPDX-License-Identifier: BSD-3-Clause",
    ]


# -- parameters ------------------------------------------------------------------------

# Other words for what has a name here.
RETIRED = {
    "angles": "slices, n_slices",
    "epsilon": "reg",
    "kwargs": "parameters by name",
    "lambda_": "lam",
    "n_bootstraps": "n_bootstrap",
    "n_boot": "n_bootstrap",
    "n_proj": "n_slices",
    "n_projections": "n_slices",
    "n_iter": "max_iter",
    "numItermax": "max_iter",
    "reg_scale": 'reg="auto"',
    "seed": "random_state",
    "variant": "method",
}


@pytest.fixture(scope="module")
def parameters():
    """The module that writes the page of parameters."""
    folder = PACKAGE.parent / "doc" / "_ext"
    if not folder.exists():
        pytest.skip("the documentation is not here")
    spec = spec_from_file_location("parameters", folder / "parameters.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_shared_parameters_are_on_their_page(parameters):
    holders = parameters.holders()
    named = {name for name, _, _ in parameters.meanings()}
    shared = {name for name, own in holders.items() if len(set(own)) > 1}
    assert not shared - named, "say what they mean in doc/parameters.csv"
    assert not named - set(holders), "nobody has these any more"
    for name, meaning, own in parameters.entries():
        assert own, f"nobody has {name} in the sense of {meaning!r}"


def test_one_name_for_each_meaning(parameters):
    for name, own in parameters.holders().items():
        assert name not in RETIRED, f"{own}: {RETIRED.get(name)} is the name for {name}"
