"""What a value of a CloudFormation parameter type looks like. Source: ``parameter_types.json``."""

from __future__ import annotations

from typing import NamedTuple

from tap_templates.data import load


class ParameterType(NamedTuple):
    """The form of a value: a regular expression for the whole of it, and an example."""

    pattern: str
    example: str


def parameter_type(name: str) -> ParameterType | None:
    """The form of a type's values, of ``List<TYPE>`` that of each item; None where any value may be right."""
    row = load("parameter_types.json")["types"].get(name.removeprefix("List<").removesuffix(">"))
    return ParameterType(**row) if row else None
