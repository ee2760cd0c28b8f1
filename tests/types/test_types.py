# Authors: The skot developers
# SPDX-License-Identifier: BSD-3-Clause
"""Types reach the user: what is annotated is what comes out."""

import inspect
import pkgutil
from importlib import import_module
from importlib.resources import files
from typing import Any

import pytest

import skot
from skot.utils import all_estimators

from .user_script import main

METHODS = ("fit", "transform", "predict", "predict_proba", "score", "inverse_transform")


def public_functions():
    for module in pkgutil.walk_packages(skot.__path__, "skot."):
        if any(part.startswith("_") for part in module.name.split(".")):
            continue
        room = import_module(module.name)
        for name in getattr(room, "__all__", ()):
            if inspect.isfunction(getattr(room, name)):
                yield f"{module.name}.{name}", getattr(room, name)


def test_the_package_says_it_has_types():
    assert files("skot").joinpath("py.typed").is_file()


def test_a_script_of_a_user_runs():
    assert main() > 1


@pytest.mark.parametrize(("name", "function"), sorted(public_functions()))
def test_functions_are_annotated(name, function):
    hints = function.__annotations__
    missing = [p for p in inspect.signature(function).parameters if p not in hints]
    assert not missing
    assert hints.get("return", Any) not in (Any, "Any")


@pytest.mark.parametrize(("name", "cls"), all_estimators())
def test_methods_are_annotated(name, cls):
    for method in METHODS:
        function = getattr(cls, method, None)
        if inspect.isfunction(function) and function.__module__.startswith("skot."):
            function = inspect.unwrap(function)
            hints = function.__annotations__
            own = [p for p in inspect.signature(function).parameters if p != "self"]
            assert not [p for p in own if p not in hints], f"{name}.{method}"
            assert hints.get("return", Any) not in (Any, "Any"), f"{name}.{method}"
