# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""What readers meet first is true: the README runs, links lead somewhere."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

import skot
from skot.utils import all_estimators

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("plot_*.py"))


def test_readme_runs(capsys):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})
    (printed,) = re.findall(r"print\(.*?# ([\d.]+)\.\.\.", "".join(blocks))
    assert capsys.readouterr().out.startswith(printed)


def test_readme_names_every_estimator():
    text = (ROOT / "README.md").read_text()
    assert [name for name, _ in all_estimators() if f"`{name}`" not in text] == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.name)
def test_examples_have_a_title_and_a_place(path):
    first, title, last, blank, *_ = ast.get_docstring(
        ast.parse(path.read_text())
    ).splitlines()
    assert set(first) == set(last) == {"="}
    assert 0 < len(title) <= len(first)
    assert not blank
    assert f'"{path.name}"' in (ROOT / "doc/_ext/gallery_order.py").read_text()


@pytest.mark.parametrize(("name", "cls"), all_estimators())
def test_documentation_links_name_the_public_class(name, cls):
    page = object.__new__(cls)._get_doc_link().rsplit("/", 1)[1]
    room, _, found = page.removesuffix(".html").rpartition(".")
    assert getattr(import_module(room), found) is cls


def test_one_version():
    for document in ("CHANGELOG.md", "CITATION.cff"):
        assert skot.__version__ in (ROOT / document).read_text()
