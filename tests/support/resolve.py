"""What CloudFormation makes of a template's intrinsics, written apart from the library so that it can judge it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

Template = Mapping[str, Any]
PSEUDO = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/first/0a1b2c3d-1111-2222-3333-444455556666",
    "AWS::StackName": "first",
    "AWS::URLSuffix": "amazonaws.com",
}


def bound(template: Template, given: Mapping[str, str] | None = None, **pseudo: str) -> dict[str, str]:
    """Values of all parameters and pseudo parameters: given, by default, or the longest that the template lets pass.

    Args:
        pseudo: without ``AWS::``: ``Region="us-gov-east-1"``
    """
    values = {**PSEUDO, **{f"AWS::{name}": value for name, value in pseudo.items()}}
    for name, parameter in template.get("Parameters", {}).items():
        values[name] = (given or {}).get(name) or str(parameter.get("Default", longest_answer(parameter)))
    return values


def longest_answer(parameter: Mapping[str, Any]) -> str:
    """The longest answer that a parameter accepts."""
    if "AllowedValues" in parameter:
        return max((str(value) for value in parameter["AllowedValues"]), key=len)
    if parameter["Type"] == "Number":
        return str(parameter["MaxValue"])
    return "z" * int(parameter["MaxLength"])


def resolve(template: Template, value: Any, bindings: Mapping[str, str]) -> Any:
    """A value with its intrinsics evaluated; what only AWS knows becomes ``<Title>`` or ``<Title.Attribute>``."""
    if isinstance(value, list):
        return [resolve(template, item, bindings) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        [(name, argument)] = value.items()
        if name == "Ref":
            return bindings.get(argument, f"<{argument}>")
        if name == "Condition" and argument in template.get("Conditions", {}):
            return resolve(template, template["Conditions"][argument], bindings)
        if name.startswith("Fn::"):
            return _function(template, name.removeprefix("Fn::"), argument, bindings)
    return {key: resolve(template, item, bindings) for key, item in value.items()}


def _function(template: Template, name: str, argument: Any, bindings: Mapping[str, str]) -> Any:
    if name == "GetAtt":
        return f"<{argument if isinstance(argument, str) else '.'.join(argument)}>"
    if name == "Sub":
        return _substituted(template, argument, bindings)
    if name == "If":
        condition, then, otherwise = argument
        holds = resolve(template, template["Conditions"][condition], bindings)
        return resolve(template, then if holds else otherwise, bindings)
    arguments = resolve(template, argument, bindings)
    if name == "Select":
        return arguments[1][int(arguments[0])]
    if name == "Split":
        return arguments[1].split(arguments[0])
    if name == "Join":
        return arguments[0].join(arguments[1])
    if name == "FindInMap":
        return template["Mappings"][arguments[0]][arguments[1]][arguments[2]]
    if name == "Equals":
        return str(arguments[0]) == str(arguments[1])
    if name == "Not":
        return not arguments[0]
    if name in ("And", "Or"):
        return all(arguments) if name == "And" else any(arguments)
    raise NotImplementedError(name)


def _substituted(template: Template, argument: Any, bindings: Mapping[str, str]) -> str:
    text, variables = argument if isinstance(argument, list) else (argument, {})
    known = {**bindings, **{key: resolve(template, item, bindings) for key, item in variables.items()}}

    def one(match: re.Match[str]) -> str:
        name = match.group(1)
        return f"${{{name[1:]}}}" if name.startswith("!") else str(known.get(name, f"<{name}>"))

    return re.sub(r"\$\{([^}]+)\}", one, text)


def names(
    template: Template, properties: Mapping[str, str], bindings: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Logical id, type and resolved physical name of each resource that has one.

    Args:
        properties: dotted name property of each type: ``{"AWS::S3::Bucket": "BucketName"}``
    """
    for title, resource in template["Resources"].items():
        value: Any = resource.get("Properties", {})
        for step in properties.get(resource["Type"], "").split("."):
            value = value.get(step) if isinstance(value, dict) else None
        if value is not None:
            yield title, resource["Type"], str(resolve(template, value, bindings))
