"""Writes a troposphere and awacs script, without this library, that builds the same resources as a blueprint.

One call a resource, as a person would write it down, and imports of what it uses; the benchmark checks that what it
builds is the same.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from functools import cache
from pathlib import Path
from typing import Any

import troposphere
from troposphere import AWSProperty

NO_SERVICES = ("compat", "template_generator", "type_defs", "utils", "validators")
FUNCTIONS = {
    "Fn::Equals": "Equals",
    "Fn::FindInMap": "FindInMap",
    "Fn::If": "If",
    "Fn::Join": "Join",
    "Fn::Not": "Not",
    "Fn::Or": "Or",
    "Fn::And": "And",
    "Fn::Select": "Select",
    "Fn::Split": "Split",
    "Fn::Cidr": "Cidr",
    "Fn::GetAZs": "GetAZs",
}
HEAD = """import awacs.aws as aws
from troposphere import (
    And, Cidr, Equals, FindInMap, GetAtt, GetAZs, If, Join, NoValue, Not, Or, Output, Parameter, Ref, Select, Split,
    Sub, Tags, Template, {services},
)


def build():
    t = Template(Description={description!r}, Metadata={metadata!r})
    t.set_version("2010-09-09")
"""
TAIL = """    return t


def main():
    print(build().to_json(indent=2, sort_keys=False))
"""


def write_bare(encoded: dict[str, Any], path: Path) -> None:
    """Writes the script of a template, which has ``build`` and ``main``."""
    lines = [f"    t.add_parameter(Parameter({k!r}, **{v!r}))\n" for k, v in encoded["Parameters"].items()]
    lines += [f"    t.add_mapping({k!r}, {v!r})\n" for k, v in encoded.get("Mappings", {}).items()]
    lines += [f"    t.add_condition({k!r}, {expression(v)})\n" for k, v in encoded.get("Conditions", {}).items()]
    for title, resource in encoded["Resources"].items():
        made = call(resource_class(resource["Type"]), resource.get("Properties", {}), title, resource)
        lines.append(f"    t.add_resource({made})\n")
    for key, output in encoded["Outputs"].items():
        parts = "".join(f", {name}={expression(value)}" for name, value in output.items())
        lines.append(f"    t.add_output(Output({key!r}{parts}))\n")
    services = sorted({module for line in lines for module in re.findall(r"t\.add_resource\((\w+)\.", line)})
    head = HEAD.format(services=", ".join(services), description=encoded["Description"], metadata=encoded["Metadata"])
    path.write_text(head + "".join(lines) + TAIL, encoding="utf-8")


def resource_class(name: str) -> Any:
    """The troposphere class of a resource type."""
    for module in modules():
        for candidate in vars(module).values():
            if getattr(candidate, "resource_type", None) == name and candidate.__module__ == module.__name__:
                return candidate
    raise SystemExit(f"no troposphere class for {name}")


@cache
def modules() -> tuple[Any, ...]:
    """troposphere's modules, one for each service."""
    names = sorted(each.name for each in pkgutil.iter_modules(troposphere.__path__))
    services = [
        name for name in names if name not in ("compat", "template_generator", "type_defs", "utils", "validators")
    ]
    return tuple(importlib.import_module(f"troposphere.{name}") for name in services)


def call(
    cls: Any, properties: dict[str, Any], title: str | None = None, attributes: dict[str, Any] | None = None
) -> str:
    """The constructor call that makes ``properties``."""
    parts = [repr(title)] if title else []
    parts += [f"{name}={value_of(cls.props[name][0], value)}" for name, value in properties.items()]
    for name in ("Condition", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy"):
        if attributes and name in attributes:
            parts.append(f"{name}={attributes[name]!r}")
    return f"{cls.__module__.rpartition('.')[2]}.{cls.__name__}({', '.join(parts)})"


def value_of(expected: Any, value: Any) -> str:
    """One property's value, as the class that troposphere expects."""
    if isinstance(value, dict) and "Statement" in value:
        statements = ", ".join(statement(each) for each in value["Statement"])
        return f"aws.PolicyDocument(Version={value['Version']!r}, Statement=[{statements}])"
    if expected is troposphere.Tags:
        pairs = ", ".join(f"{{{tag['Key']!r}: {expression(tag['Value'])}}}" for tag in value)
        return f"Tags({pairs})"
    if isinstance(expected, list) and isinstance(value, list):
        return f"[{', '.join(value_of(expected[0], item) for item in value)}]"
    if isinstance(expected, type) and issubclass(expected, AWSProperty) and not is_function(value):
        return call(expected, value)
    return expression(value)


def statement(value: dict[str, Any]) -> str:
    """One policy statement in awacs."""
    parts = []
    for name, part in value.items():
        if name in ("Action", "NotAction"):
            actions = part if isinstance(part, list) else [part]
            words = ", ".join(f"aws.Action({', '.join(map(repr, action.split(':')))})" for action in actions)
            parts.append(f"{name}=[{words}]")
        elif name == "Principal":
            [(kind, who)] = part.items()
            parts.append(f"Principal=aws.Principal({kind!r}, {expression(who)})")
        elif name == "Condition":
            tests = ", ".join(f"aws.{operator}({expression(keys)})" for operator, keys in part.items())
            parts.append(f"Condition=aws.Condition([{tests}])")
        else:
            parts.append(f"{name}={expression(part)}")
    return f"aws.Statement({', '.join(parts)})"


def is_function(value: Any) -> bool:
    """Whether an encoded value is an intrinsic."""
    return (
        isinstance(value, dict)
        and len(value) == 1
        and (next(iter(value)) == "Ref" or next(iter(value)).startswith("Fn::"))
    )


def expression(value: Any) -> str:
    """Python for an encoded value."""
    if isinstance(value, list):
        return f"[{', '.join(expression(item) for item in value)}]"
    if not isinstance(value, dict):
        return repr(value)
    if not is_function(value):
        return f"{{{', '.join(f'{key!r}: {expression(item)}' for key, item in value.items())}}}"
    [(name, argument)] = value.items()
    if name == "Ref":
        return "NoValue" if argument == "AWS::NoValue" else f"Ref({argument!r})"
    if name == "Fn::GetAtt":
        return f"GetAtt({argument[0]!r}, {argument[1]!r})"
    if name == "Fn::Sub":
        text, variables = argument if isinstance(argument, list) else (argument, {})
        extra = "".join(f", {key}={expression(item)}" for key, item in variables.items())
        return f"Sub({text!r}{extra})"
    return f"{FUNCTIONS[name]}({', '.join(expression(item) for item in argument)})"
