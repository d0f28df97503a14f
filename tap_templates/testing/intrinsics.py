"""Intrinsic functions, evaluated as far as the template alone allows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from tap_templates.errors import TapTemplatesError, did_you_mean
from tap_templates.testing.bindings import UNSET, Bindings, as_text

NO_VALUE = UNSET
VARIABLE = re.compile(r"\$\{(!?)([^}]*)\}")
PLAIN_NAMES = ("Ref", "Condition")


class ResolutionError(TapTemplatesError):
    """A template that CloudFormation would refuse; ``where`` is the dotted path."""


class Resolver:
    """One template with the values of its parameters."""

    def __init__(self, template: Mapping[str, Any], bindings: Bindings) -> None:
        self._bindings = bindings
        self._bodies: Mapping[str, Any] = template.get("Conditions", {})
        self._mappings: Mapping[str, Any] = template.get("Mappings", {})
        self._resources: Mapping[str, Any] = template.get("Resources", {})
        self._in_ssm = set(bindings.texts) - set(bindings.values)
        self._known: dict[str, bool] = {}
        self._asked: list[str] = []
        self._functions: dict[str, Callable[[Any, str], Any]] = {
            "Fn::FindInMap": self._find_in_map,
            "Fn::GetAtt": self._get_att,
            "Fn::If": self._if,
            "Fn::Join": self._join,
            "Fn::Length": self._length,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::Sub": self._sub,
            "Fn::ToJsonString": self._to_json_string,
            "Ref": self._ref,
        }

    def conditions(self) -> dict[str, bool]:
        """Every Condition with what it is."""
        return {name: self.holds(name, "Conditions") for name in self._bodies}

    def holds(self, name: Any, where: str) -> bool:
        """What a Condition is."""
        if name not in self._bodies:
            known = did_you_mean(name, self._bodies)
            raise ResolutionError(where, found=f"Condition {name}", remedy=f"declare it in Conditions{known}")
        if name in self._asked:
            raise ResolutionError(
                f"Conditions.{name}", found=" -> ".join([*self._asked, name]), remedy="break the circle"
            )
        if name not in self._known:
            self._asked.append(name)
            self._known[name] = self._truth(self._bodies[name], f"Conditions.{name}")
            self._asked.pop()
        return self._known[name]

    def is_there(self, item: Mapping[str, Any], where: str) -> bool:
        """Whether a resource or an output is made."""
        return "Condition" not in item or self.holds(item["Condition"], f"{where}.Condition")

    def depends_on(self, title: str, where: str) -> bool:
        """Whether there is such a resource to wait for."""
        if title not in self._resources:
            raise self._unknown(title, where)
        return self.is_there(self._resources[title], f"Resources.{title}")

    def value(self, encoded: Any, where: str) -> Any:
        """A value without the intrinsics that can be evaluated; what has no value is left out."""
        if isinstance(encoded, list):
            items = [self.value(item, f"{where}[{i}]") for i, item in enumerate(encoded)]
            return [item for item in items if item is not NO_VALUE]
        if not isinstance(encoded, Mapping):
            return encoded
        function = _function(encoded)
        if function in self._functions:
            return self._functions[function](encoded[function], where)
        pairs = {key: self.value(item, f"{where}.{key}") for key, item in encoded.items()}
        return {key: item for key, item in pairs.items() if item is not NO_VALUE}

    def _truth(self, encoded: Any, where: str) -> bool:
        """A condition function."""
        function = _function(encoded) or ""
        argument = encoded[function] if function else None
        if function == "Condition":
            return self.holds(argument, where)
        if function not in ("Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals") or not argument:
            raise ResolutionError(
                where, found=json.dumps(encoded), remedy="use Fn::And, Fn::Or, Fn::Not, Fn::Equals or Condition"
            )
        if function == "Fn::Equals":
            return self._equal(argument, where)
        truths = [self._truth(part, f"{where}.{function}[{i}]") for i, part in enumerate(argument)]
        return not truths[0] if function == "Fn::Not" else (all if function == "Fn::And" else any)(truths)

    def _equal(self, argument: Any, where: str) -> bool:
        _shaped(argument, 2, "Fn::Equals", where)
        left, right = (self.value(part, f"{where}.Fn::Equals[{i}]") for i, part in enumerate(argument))
        if not is_concrete([left, right]):
            raise ResolutionError(
                where,
                found=json.dumps({"Fn::Equals": [left, right]}),
                remedy="compare what is known before anything is created: parameters, mappings, text",
            )
        return self._compared(left, argument[0]) == self._compared(right, argument[1])

    def _compared(self, value: Any, encoded: Any) -> str:
        """A side of an Equals as text; a parameter as it was answered (``0365`` is not ``365``)."""
        if _function(encoded) == "Ref" and encoded["Ref"] in self._bindings.texts:
            return self._bindings.texts[encoded["Ref"]]
        return as_text(value)

    def _ref(self, name: Any, where: str) -> Any:
        if name in self._bindings.values:
            return self._bindings.values[name]
        if name not in self._in_ssm:
            self._must_be_there(name, where)
        return {"Ref": name}

    def _get_att(self, argument: Any, where: str) -> Any:
        title, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
        self._must_be_there(title, where)
        return {"Fn::GetAtt": [title, self.value(attribute, where)]}

    def _if(self, argument: Any, where: str) -> Any:
        _shaped(argument, 3, "Fn::If", where)
        holds = self.holds(argument[0], where)
        return self.value(argument[1] if holds else argument[2], f"{where}.Fn::If[{1 if holds else 2}]")

    def _join(self, argument: Any, where: str) -> Any:
        _shaped(argument, 2, "Fn::Join", where)
        delimiter, parts = argument[0], self.value(argument[1], where)
        if not isinstance(parts, list):
            return {"Fn::Join": [delimiter, parts]}
        texts = list(map(self._text, parts, argument[1] if isinstance(argument[1], list) else parts))
        merged: list[Any] = []
        for part in texts:
            if merged and isinstance(part, str) and isinstance(merged[-1], str):
                merged[-1] += delimiter + part
            else:
                merged.append(part)
        if not merged:
            return ""
        return merged[0] if len(merged) == 1 and isinstance(merged[0], str) else {"Fn::Join": [delimiter, merged]}

    def _select(self, argument: Any, where: str) -> Any:
        _shaped(argument, 2, "Fn::Select", where)
        index, items = self.value(argument[0], where), self.value(argument[1], where)
        if not isinstance(items, list) or not is_concrete(index):
            return {"Fn::Select": [index, items]}
        if not str(index).isdigit() or int(index) >= len(items):
            raise ResolutionError(where, found=f"Fn::Select {index} of {len(items)}", remedy="select an item there is")
        return items[int(index)]

    def _split(self, argument: Any, where: str) -> Any:
        _shaped(argument, 2, "Fn::Split", where)
        text = self.value(argument[1], where)
        if not isinstance(text, str):
            return {"Fn::Split": [argument[0], text]}
        return text.split(argument[0])

    def _length(self, argument: Any, where: str) -> Any:
        items = self.value(argument, where)
        return len(items) if isinstance(items, list) else {"Fn::Length": items}

    def _to_json_string(self, argument: Any, where: str) -> Any:
        value = self.value(argument, where)
        return json.dumps(value, separators=(",", ":")) if is_concrete(value) else {"Fn::ToJsonString": value}

    def _find_in_map(self, argument: Any, where: str) -> Any:
        if not isinstance(argument, list) or len(argument) not in (3, 4):
            raise ResolutionError(where, found="Fn::FindInMap", remedy="give it a map and two keys")
        path = [self.value(part, where) for part in argument[:3]]
        if not all(map(is_concrete, path)):
            return {"Fn::FindInMap": [*path, *argument[3:]]}
        found: Any = self._mappings
        for at, key in enumerate(map(as_text, path)):
            if key not in found:
                if len(argument) == 4:
                    return self.value(argument[3]["DefaultValue"], where)
                place = ".".join(["Mappings", *map(as_text, path[:at])])
                raise ResolutionError(
                    where,
                    found=f"key {key} in {place}",
                    remedy=f"use one of {', '.join(found)}{did_you_mean(key, found)}",
                )
            found = found[key]
        return found

    def _sub(self, argument: Any, where: str) -> Any:
        text, given = argument if isinstance(argument, list) else (argument, {})
        variables = {name: self.value(value, f"{where}.{name}") for name, value in given.items()}
        open_names: set[str] = set()

        def one(match: re.Match[str]) -> str:
            literal, name = match.group(1), match.group(2).strip()
            if literal:
                return match.group()
            value = self._text(variables[name], given[name]) if name in variables else self._named(name, where)
            if isinstance(value, str):
                return value.replace("${", "${!")
            open_names.add(name)
            return "${" + name + "}"

        settled = VARIABLE.sub(one, text)
        if not open_names:
            return settled.replace("${!", "${")
        kept = {name: variables[name] for name in variables if name in open_names}
        return {"Fn::Sub": [settled, kept] if kept else settled}

    def _named(self, name: str, where: str) -> Any:
        """What ``${Name}`` or ``${Name.Attribute}`` stands for: text, or the intrinsic when only AWS knows it."""
        if name in self._bindings.values or name in self._in_ssm:
            return self._text(self._ref(name, where), {"Ref": name})
        title, _, attribute = name.partition(".")
        return self._get_att([title, attribute], where) if attribute else self._ref(title, where)

    def _text(self, value: Any, encoded: Any) -> Any:
        """A value as a part of text; a parameter as it was answered; what is not known yet as it is."""
        if isinstance(value, Mapping) or not is_concrete(value):
            return value
        return self._compared(value, encoded)

    def _must_be_there(self, title: Any, where: str) -> None:
        if title not in self._resources:
            raise self._unknown(title, where)
        condition = self._resources[title].get("Condition")
        if condition is not None and not self.holds(condition, f"Resources.{title}.Condition"):
            raise ResolutionError(
                where,
                found=f"a reference to {title}, which is not made: its Condition {condition} is false",
                remedy=f"put the reference into Fn::If with {condition}",
            )

    def _unknown(self, name: Any, where: str) -> ResolutionError:
        known = [*self._resources, *self._bindings.texts, *self._bindings.values]
        return ResolutionError(
            where, found=f"a reference to {name}", remedy=f"declare it, or correct the name{did_you_mean(name, known)}"
        )


def is_concrete(value: Any) -> bool:
    """True when nothing in the value is left for AWS to fill in."""
    if isinstance(value, Mapping):
        return _function(value) is None and all(map(is_concrete, value.values()))
    return all(map(is_concrete, value)) if isinstance(value, list) else True


def _function(encoded: Any) -> str | None:
    """The intrinsic function that this object is; None when it is plain data."""
    if isinstance(encoded, Mapping) and len(encoded) == 1:
        [name] = encoded
        if name in PLAIN_NAMES and isinstance(encoded[name], str):
            return str(name)
        if isinstance(name, str) and name.startswith("Fn::"):
            return name
    return None


def _shaped(argument: Any, length: int, function: str, where: str) -> None:
    if not isinstance(argument, list) or len(argument) != length:
        raise ResolutionError(where, found=f"{function} with {json.dumps(argument)}", remedy=f"give it {length} parts")
