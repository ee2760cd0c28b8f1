# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""The page of parameters: what each means from ``parameters.csv``, who from the code.

``tests/test_house.py`` reads the same table, and holds it against the code.
"""

import csv
import dataclasses
import inspect
import pkgutil
from collections import defaultdict
from importlib import import_module
from pathlib import Path

import skot

TABLE = Path(__file__).parents[1] / "parameters.csv"


def meanings():
    """Read the table: rows of name, rooms (none for all others) and meaning."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter=";"):
            yield row["name"], row["where"].replace(",", " ").split(), row["meaning"]


def holders():
    """Map each parameter to those public classes and functions that have it.

    A class has the parameters of its public methods as well.
    """
    found, seen = defaultdict(list), set()
    for module in pkgutil.walk_packages(skot.__path__, "skot."):
        if any(part.startswith("_") for part in module.name.split(".")):
            continue
        room = import_module(module.name)
        for name in getattr(room, "__all__", ()):
            thing = getattr(room, name)
            if id(thing) in seen:
                continue  # of a module that a package shows as well
            seen.add(id(thing))
            for parameter in dict.fromkeys(_parameters(thing)):
                found[parameter].append(f"{module.name}.{name}")
    return found


def _parameters(thing):
    if inspect.isfunction(thing):
        yield from inspect.signature(thing).parameters
    elif inspect.isclass(thing) and not dataclasses.is_dataclass(thing):
        for name, method in vars(thing).items():
            method = inspect.unwrap(getattr(method, "__func__", method))
            shown = name == "__init__" or not name.startswith("_")
            if shown and inspect.isfunction(method):
                names = inspect.signature(method).parameters
                yield from (n for n in names if n not in ("self", "cls"))


def entries():
    """Return rows of name, meaning and holders, in the order of names."""
    owners = holders()
    rows = []
    table = sorted(meanings(), key=lambda row: (row[0].lower(), row[0], not row[1]))
    for name, rooms, meaning in table:
        own = [h for h in owners[name] if not rooms or h.split(".")[1] in rooms]
        owners[name] = [h for h in owners[name] if h not in own]
        rows.append((name, meaning, own))
    return rows


def write_page(app):
    """Write ``parameters.rst``; an unchanged page stays untouched."""
    lines = [
        "Parameters",
        "==========",
        "",
        "A name means one thing wherever it stands; where two rooms need one word for",
        "two things, it stands here twice. Defaults, with their scale, are on the page",
        "of each estimator and function.",
        "",
        ".. list-table::",
        "   :header-rows: 1",
        "   :widths: 15 45 40",
        "",
        "   * - parameter",
        "     - meaning",
        "     - who has it",
    ]
    for name, meaning, own in entries():
        links = ", ".join(f":py:obj:`~{holder}`" for holder in sorted(set(own)))
        lines += [f"   * - ``{name}``", f"     - {meaning}", f"     - {links}"]
    path = app.srcdir / "parameters.rst"
    text = "\n".join(lines) + "\n"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def setup(app):
    """Register with Sphinx."""
    app.connect("builder-inited", write_page)
    return {"parallel_read_safe": True}
