# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Write the API reference from the code: one page for each public name.

Estimators come from `skot.utils.all_estimators`, other names from the ``__all__`` of
each room, so that a new class is documented the day it exists. Pages are named as
`skot.base.SkotEstimator` links to them, ``api/{room}.{name}.html``.
"""

import inspect
import pkgutil
from importlib import import_module

from sphinx.util.nodes import make_refnode

import skot
from skot.utils import all_estimators

# Rooms in the order in which a reader meets them; others stand between.
FIRST = ["skot.embedding", "skot.graph"]
LAST = ["skot.sets", "skot.datasets", "skot.references", "skot.solvers", "skot.utils"]


def public_names():
    """Map each room to its estimators and to its other public classes and functions."""
    estimators = set(dict(all_estimators()).values())
    packages = [m for m in pkgutil.walk_packages(skot.__path__, "skot.") if m.ispkg]
    found = [m.name for m in packages if "._" not in m.name]  # but private ones
    middle = [room for room in found if room not in FIRST + LAST]
    rooms = {}
    for room in [*FIRST, *middle, *LAST]:
        module = import_module(room)
        things = {name: getattr(module, name) for name in sorted(module.__all__)}
        rooms[room] = (
            [n for n, thing in things.items() if _is_one_of(thing, estimators)],
            [
                n
                for n, thing in things.items()
                if callable(thing) and not _is_one_of(thing, estimators)
            ],
        )
    return {room: names for room, names in rooms.items() if any(names)}


def _is_one_of(thing, classes):
    return inspect.isclass(thing) and thing in classes


def own_members(cls):
    """List public methods and properties that are defined in skot."""
    names = []
    for name, member in inspect.getmembers(cls):
        function = member.fget if isinstance(member, property) else member
        module = getattr(function, "__module__", None) or ""
        if not name.startswith("_") and module.split(".")[0] == "skot":
            names.append(name)
    return names


def inherited_members(cls):
    """List public methods that scikit-learn provides."""
    own = own_members(cls)
    methods = inspect.getmembers(cls, callable)
    return [n for n, _ in methods if not n.startswith("_") and n not in own]


def write_pages(app):
    """Write ``api/index.rst`` and one page a name; unchanged pages stay untouched."""
    folder = app.srcdir / "api"
    folder.mkdir(exist_ok=True)
    rooms = public_names()
    pages = {"index": _index(rooms)}
    for room, (estimators, others) in rooms.items():
        for name in [*estimators, *others]:
            pages[f"{room}.{name}"] = _page(room, name, name in estimators)
    for old in folder.glob("*.rst"):
        if old.stem not in pages:
            old.unlink()
    for stem, text in pages.items():
        path = folder / f"{stem}.rst"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    app.config.skot_public_names = {
        name: f"{room}.{name}"
        for room, (estimators, others) in rooms.items()
        for name in [*estimators, *others]
    }


def _title(text, underline):
    return [text, underline * len(text), ""]


def _index(rooms):
    lines = [
        *_title("API reference", "="),
        "Estimators first, then the containers, data sets and solvers they stand on.",
        "",
    ]
    for room, (estimators, others) in rooms.items():
        lines += [*_title(room, "-"), import_module(room).__doc__.split("\n\n")[0], ""]
        lines += [f".. currentmodule:: {room}", ""]
        for names in (estimators, others):
            if names:
                lines += [".. autosummary::", "   :nosignatures:", ""]
                lines += [*(f"   {name}" for name in names), ""]
    for room, (estimators, others) in rooms.items():
        lines += [".. toctree::", "   :hidden:", f"   :caption: {room}", ""]
        lines += [*(f"   {room}.{name}" for name in [*estimators, *others]), ""]
    return "\n".join(lines)


def _page(room, name, is_estimator):
    thing = getattr(import_module(room), name)
    lines = [*_title(name, "="), f".. currentmodule:: {room}", ""]
    if not inspect.isclass(thing):
        lines += [f".. autofunction:: {name}", ""]
    else:
        lines += [f".. autoclass:: {name}"]
        if members := own_members(thing):
            lines += [f"   :members: {', '.join(members)}"]
        lines += ["   :member-order: bysource", ""]
    if is_estimator:
        names = ", ".join(f"``{member}``" for member in inherited_members(thing))
        lines += [f"Inherited from scikit-learn: {names}.", ""]
    lines += [
        f".. minigallery:: {room}.{name}",
        "   :add-heading: Examples in the gallery",
        "   :heading-level: -",
        "",
    ]
    return "\n".join(lines)


def resolve_bare_name(app, env, node, contnode):
    """Let `PointSets`, without its module, be a link from anywhere."""
    target = node.get("reftarget", "")
    if node.get("refdomain") != "py":
        return None
    head, _, tail = target.partition(".")
    full = app.config.skot_public_names.get(head)
    if full is None:
        return None
    full = f"{full}.{tail}" if tail else full
    entry = env.domains.python_domain.objects.get(full)
    if entry is None:
        return None
    return make_refnode(
        app.builder, node["refdoc"], entry.docname, entry.node_id, contnode, full
    )


def setup(app):
    """Register with Sphinx."""
    app.add_config_value("skot_public_names", {}, "", dict)
    app.connect("builder-inited", write_pages)
    app.connect("missing-reference", resolve_bare_name)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
