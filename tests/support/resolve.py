"""What CloudFormation makes of a template's intrinsics, written apart from the library so that it can judge it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_network
from itertools import islice
from typing import Any

Template = Mapping[str, Any]
Refer = Callable[[str, "str | None"], Any]  # What a resource's Ref (no attribute) or GetAtt gives.
NO_VALUE = object()
PSEUDO = {
    "AWS::AccountId": "123456789012",
    "AWS::NoValue": NO_VALUE,
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/first/0a1b2c3d-1111-2222-3333-444455556666",
    "AWS::StackName": "first",
    "AWS::URLSuffix": "amazonaws.com",
}


def bound(template: Template, given: Mapping[str, str] | None = None, **pseudo: str) -> dict[str, Any]:
    """Values of all parameters and pseudo parameters: given, by default, or the longest that the template lets pass.

    Args:
        pseudo: without ``AWS::``: ``Region="us-gov-east-1"``
    """
    values: dict[str, Any] = {**PSEUDO, **{f"AWS::{name}": value for name, value in pseudo.items()}}
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


def placeholder(title: str, attribute: str | None) -> str:
    """What only AWS knows: ``<Title>`` or ``<Title.Attribute>``."""
    return f"<{title}.{attribute}>" if attribute else f"<{title}>"


def resolve(template: Template, value: Any, bindings: Mapping[str, Any], refer: Refer = placeholder) -> Any:
    """A value with its intrinsics evaluated; what has no value is left out."""
    return _Resolver(template, bindings, refer).value(value)


class _Resolver:
    """One template with the values of its parameters, and what its resources refer to."""

    def __init__(self, template: Template, bindings: Mapping[str, Any], refer: Refer) -> None:
        self.template, self.bindings, self.refer = template, bindings, refer

    def value(self, encoded: Any) -> Any:
        if isinstance(encoded, list):
            return [item for item in map(self.value, encoded) if item is not NO_VALUE]
        if not isinstance(encoded, dict):
            return encoded
        if len(encoded) == 1:
            [(name, argument)] = encoded.items()
            if name == "Ref":
                return self.bindings[argument] if argument in self.bindings else self.refer(argument, None)
            if name == "Condition" and argument in self.template.get("Conditions", {}):
                return self.holds(argument)
            if name.startswith("Fn::"):
                return self._function(name.removeprefix("Fn::"), argument)
        pairs = {key: self.value(item) for key, item in encoded.items()}
        return {key: item for key, item in pairs.items() if item is not NO_VALUE}

    def holds(self, condition: str) -> bool:
        return bool(self.value(self.template["Conditions"][condition]))

    def _function(self, name: str, argument: Any) -> Any:
        if name == "GetAtt":
            title, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
            return self.refer(title, attribute)
        if name == "Sub":
            return self._substituted(argument)
        if name == "If":
            condition, then, otherwise = argument
            return self.value(then if self.holds(condition) else otherwise)
        arguments = self.value(argument)
        if name == "Select":
            return arguments[1][int(arguments[0])]
        if name == "Split":
            return arguments[1].split(arguments[0])
        if name == "Join":
            return arguments[0].join(map(str, arguments[1]))
        if name in ("Cidr", "GetAZs"):
            return _parts(*arguments) if name == "Cidr" else [f"{arguments}{letter}" for letter in "abc"]
        if name == "FindInMap":
            return self.template["Mappings"][arguments[0]][arguments[1]][arguments[2]]
        if name == "Equals":
            return str(arguments[0]) == str(arguments[1])
        if name == "Not":
            return not arguments[0]
        if name in ("And", "Or"):
            return all(arguments) if name == "And" else any(arguments)
        raise NotImplementedError(name)

    def _substituted(self, argument: Any) -> str:
        text, variables = argument if isinstance(argument, list) else (argument, {})
        known = {**self.bindings, **{key: self.value(item) for key, item in variables.items()}}

        def one(match: re.Match[str]) -> str:
            name = match.group(1)
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            if name in known:
                return str(known[name])
            title, _, attribute = name.partition(".")
            return str(self.refer(title, attribute or None))

        return re.sub(r"\$\{([^}]+)\}", one, text)


def _parts(block: str, count: Any, bits: Any) -> list[str]:
    parts = ip_network(block).subnets(new_prefix=32 - int(bits))
    return [str(part) for part in islice(parts, int(count))]


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
