"""What a value of a template refers to, however odd the value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tap_templates.checks.view import PLACEHOLDER


def references(value: Any) -> Iterator[str]:
    """Every name that ``Ref``, ``Fn::GetAtt`` and ``Fn::Sub`` in a value name, as often as it stands there."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key == "Ref" and isinstance(item, str):
                yield item
            elif key == "Fn::GetAtt":
                yield from _attribute(item)
            elif key == "Fn::Sub":
                yield from _substituted(item)
            else:
                yield from references(item)


def _attribute(argument: Any) -> Iterator[str]:
    first = argument[0] if isinstance(argument, list) and argument else argument
    if isinstance(first, str):
        yield first.split(".")[0]


def _substituted(argument: Any) -> Iterator[str]:
    text, variables = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})
    if isinstance(text, str):
        own = variables if isinstance(variables, Mapping) else {}
        for name in PLACEHOLDER.findall(text):
            if name not in own:
                yield name.split(".")[0]
    yield from references(variables)
