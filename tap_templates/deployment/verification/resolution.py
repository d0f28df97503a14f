"""Intrinsic functions with the values of a deployed stack; what cannot be resolved is ``Unknown``, never guessed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from ipaddress import ip_network
from itertools import islice
from typing import Any

from tap_templates.deployment.verification.values import Unknown, first_unknown

Refer = Callable[[str, "str | None"], Any]
"""What a resource's Ref (attribute None) or GetAtt gives."""
Zones = Callable[[], "list[str] | Unknown"]
"""What Fn::GetAZs gives for the Region of the stack."""

VARIABLE = re.compile(r"\$\{([^}]*)\}")
DYNAMIC = re.compile(r"\{\{resolve:")
NOTHING = object()
"""What ``Ref: AWS::NoValue`` gives."""


class Resolver:
    """One template with what its parameters and pseudo parameters are; ``refer`` knows its resources."""

    def __init__(
        self,
        template: Mapping[str, Any],
        bindings: Mapping[str, Any],
        refer: Refer,
        zones: Zones = lambda: Unknown("Fn::GetAZs"),
    ) -> None:
        self._template, self._bindings, self._refer = template, {**bindings, "AWS::NoValue": NOTHING}, refer
        self._zones = zones
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Fn::And": lambda tests: all(tests),
            "Fn::Base64": lambda text: Unknown("Fn::Base64"),
            "Fn::Cidr": lambda given: _parts(*given),
            "Fn::Equals": lambda sides: _text(sides[0]) == _text(sides[1]),
            "Fn::FindInMap": self._found_in_map,
            "Fn::GetAZs": self._zones_of,
            "Fn::Join": lambda given: given[0].join(map(_text, given[1])),
            "Fn::Length": len,
            "Fn::Not": lambda tests: not tests[0],
            "Fn::Or": lambda tests: any(tests),
            "Fn::Select": lambda given: given[1][int(given[0])],
            "Fn::Split": lambda given: given[1].split(given[0]),
            "Fn::ToJsonString": lambda value: json.dumps(value, separators=(",", ":")),
        }

    def value(self, encoded: Any) -> Any:
        """A value with its intrinsics evaluated; what has no value is left out."""
        if isinstance(encoded, list):
            return [item for item in map(self.value, encoded) if item is not NOTHING]
        if isinstance(encoded, str):
            return Unknown("a dynamic reference") if DYNAMIC.search(encoded) else encoded
        if not isinstance(encoded, Mapping):
            return encoded
        if len(encoded) == 1:
            [(name, argument)] = encoded.items()
            if name == "Ref":
                return self._referred(argument, None)
            if name == "Condition" and isinstance(argument, str) and argument in self._template.get("Conditions", {}):
                return self.holds(argument)
            if name.startswith("Fn::"):
                return self._called(name, argument)
        resolved = {key: self.value(item) for key, item in encoded.items()}
        return {key: item for key, item in resolved.items() if item is not NOTHING}

    def holds(self, condition: str) -> bool | Unknown:
        """What a Condition is."""
        found = self.value(self._template.get("Conditions", {}).get(condition, Unknown(f"no Condition {condition}")))
        return found if isinstance(found, Unknown) else bool(found)

    def _referred(self, name: str, attribute: str | None) -> Any:
        if attribute is None and name in self._bindings:
            return self._bindings[name]
        return self._refer(name, attribute)

    def _called(self, name: str, argument: Any) -> Any:
        if name == "Fn::GetAtt":
            title, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
            return self._refer(title, attribute)
        if name == "Fn::If":
            holds = self.holds(argument[0])
            return holds if isinstance(holds, Unknown) else self.value(argument[1 if holds else 2])
        if name == "Fn::Sub":
            return self._substituted(argument)
        if name not in self._functions:
            return Unknown(name)
        given = self.value(argument)
        try:
            return first_unknown(given) or self._functions[name](given)
        except (LookupError, TypeError, ValueError, AttributeError):
            return Unknown(f"{name} of {json.dumps(given, default=str)}")

    def _zones_of(self, region: Any) -> Any:
        own = region in ("", self._bindings["AWS::Region"])
        return self._zones() if own else Unknown(f"Fn::GetAZs of {region}")

    def _found_in_map(self, keys: list[Any]) -> Any:
        found: Any = self._template["Mappings"]
        for key in keys[:3]:
            found = found[_text(key)]
        return found

    def _substituted(self, argument: Any) -> Any:
        text, given = argument if isinstance(argument, list) else (argument, {})
        variables = {name: self.value(value) for name, value in given.items()}
        unknown: list[Unknown] = []

        def one(match: re.Match[str]) -> str:
            name = match.group(1).strip()
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            title, _, attribute = name.partition(".")
            if name in variables:
                value = variables[name]
            elif name in self._bindings:
                value = self._bindings[name]
            else:
                value = self._refer(title, attribute or None)
            if isinstance(value, Unknown):
                unknown.append(value)
            return _text(value)

        resolved = VARIABLE.sub(one, text)
        return unknown[0] if unknown else resolved


def _parts(block: str, count: Any, bits: Any = 8) -> list[str]:
    """The first parts of a block of addresses; ``bits`` are those that tell the addresses of a part apart."""
    network = ip_network(block)
    parts = network.subnets(new_prefix=network.max_prefixlen - int(bits))
    return [str(part) for part in islice(parts, int(count))]


def _text(value: Any) -> str:
    """A value as a part of text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return str(value)
