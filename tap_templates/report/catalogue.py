"""What there is to build with: every component, and the verbs of the handle that it returns, read from the code."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, NamedTuple

import tap_templates.components as components
from tap_templates.stack import Stack

WITHOUT_A_PIECE = ("str", "aws.Statement")  # Results of what only reads a stack.


class Component(NamedTuple):
    """A function that adds one piece to a stack."""

    concern: str  # Its module: storage.
    name: str
    says: str
    takes: str  # What comes first: stack, or the handle that it adds to.
    verbs: tuple[str, ...]  # What the handle that it returns can do: read, write, accepts.


class Concern(NamedTuple):
    """A module of components: what it is about, and what it has."""

    name: str
    says: str
    components: tuple[Component, ...]


def catalogue() -> tuple[Concern, ...]:
    """Every concern that has components, by name."""
    found = []
    for each in pkgutil.iter_modules(components.__path__):
        module = importlib.import_module(f"{components.__name__}.{each.name}")
        rows = tuple(_components(module))
        if rows:
            found.append(Concern(each.name, summary(module), rows))
    return tuple(found)


def summary(thing: Any) -> str:
    """First line of a docstring."""
    return (inspect.getdoc(thing) or "").partition("\n")[0].replace("``", "`")


def markdown() -> str:
    """The catalogue as a table."""
    lines = ["| component | what it adds | verbs of its handle |", "|---|---|---|"]
    for concern in catalogue():
        lines.append(f"| **{concern.name}** | *{_cell(concern.says)}* | |")
        for row in concern.components:
            verbs = ", ".join(f"`{verb}`" for verb in row.verbs)
            lines.append(f"| `{row.name}({row.takes}, …)` | {_cell(row.says)} | {verbs} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _components(module: ModuleType) -> Iterator[Component]:
    """Functions that the module makes public, that begin with a stack or with a handle, and that add to it."""
    concern = module.__name__.rpartition(".")[2]
    for name, function in inspect.getmembers(module, inspect.isfunction):
        listed = name in getattr(module, "__all__", ())
        if name.startswith("_") or not (listed or function.__module__ == module.__name__):
            continue
        first = next(iter(inspect.signature(function).parameters), "")
        result = function.__annotations__["return"]
        if _is_built_on(_named(function, first)) and result not in WITHOUT_A_PIECE:
            yield Component(concern, name, summary(function), first, tuple(_verbs(_named(function, "return"))))


def _named(function: Callable[..., Any], parameter: str) -> Any:
    """The class that an annotation names; None for any other annotation."""
    annotation = function.__annotations__.get(parameter, "")
    return vars(sys.modules[function.__module__]).get(annotation)


def _is_built_on(kind: Any) -> bool:
    return kind is Stack or _is_handle(kind)


def _is_handle(kind: Any) -> bool:
    """A named tuple of the components."""
    return hasattr(kind, "_fields") and kind.__module__.startswith(f"{components.__name__}.")


def _verbs(handle: Any) -> Iterator[str]:
    """Public methods of a handle, in the order in which they stand in its class."""
    if _is_handle(handle):
        for name, member in vars(handle).items():
            if inspect.isfunction(member) and not name.startswith("_"):
                yield name
