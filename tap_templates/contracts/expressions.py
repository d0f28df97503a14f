"""Values of a template, evaluated to every text that they may become."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping
from typing import Any

from tap_templates.contracts.resources import Identifiers
from tap_templates.contracts.texts import ANYTHING, MOST_ALTERNATIVES, Places, combined, escaped, grouped
from tap_templates.data.attribute_forms import word_patterns
from tap_templates.data.parameter_types import parameter_type

VARIABLE = re.compile(r"\$\{(!?)([^}]*)\}")
NUMBER = r"-?[0-9]+(?:\.[0-9]+)?"
NOT_COMMON = re.compile(r"\\[0-9AZzGhHkpPQERXNux]|\(\?(?!:)|&&|\[\[|[*+?}]\+|\\\\")
"""What regular expressions of Java, Python and JavaScript mean differently, or may not stand inside another one."""

Item = list[str | None]
"""Every text that an item of a list may become; None where it may be left out."""

DEEPEST = 60
ALIKE = {"Fn::Base64": "[A-Za-z0-9+/]+={0,2}", "Fn::Length": "[0-9]+"}
"""Functions whose value always looks the same."""


class Expressions:
    """The values of one template."""

    def __init__(self, template: Mapping[str, Any]) -> None:
        self._parameters: Mapping[str, Any] = template.get("Parameters", {})
        self._mappings: Mapping[str, Any] = template.get("Mappings", {})
        self._resources: Mapping[str, Any] = template.get("Resources", {})
        self._places = Places()
        self._depth = 0
        self._identifiers = Identifiers(self._resources, self._places, self.texts)

    def pattern(self, value: Any) -> str:
        """A regular expression that each value matches as a whole, without anchors."""
        return self._places.pattern(self.texts(value))

    def texts(self, value: Any) -> list[str]:
        """Every text that a value may become, with open places."""
        if isinstance(value, bool):
            return [str(value).lower()]
        if not isinstance(value, (Mapping, list)):
            return [str(value)]
        self._depth += 1
        found = self._evaluated(value) if self._depth < DEEPEST else None
        self._depth -= 1
        return list(dict.fromkeys(found)) if found and len(found) <= MOST_ALTERNATIVES else [self._places.unknown]

    def _evaluated(self, value: Any) -> list[str] | None:
        if not isinstance(value, Mapping) or len(value) != 1:
            return None
        [(function, argument)] = value.items()
        match function, argument:
            case "Ref", str():
                return self._reference(argument, None)
            case "Fn::GetAtt", str() | [str(), str()]:
                return self._reference(*(argument.split(".", 1) if isinstance(argument, str) else argument))
            case "Fn::Sub", str() | [str(), Mapping()]:
                return self._substituted(argument)
            case "Fn::If", [_, _, _]:
                return [text for text in self._item(value) if text is not None]
            case "Fn::Join", [str(delimiter), items]:
                return self._joined(delimiter, items)
            case "Fn::Select", [index, items]:
                return self._selected(index, items)
            case "Fn::FindInMap", [str(name), first, second]:
                return self._found(name, first, second)
        return [self._places.text(ALIKE[function])] if function in ALIKE else None

    def _reference(self, name: str, attribute: str | None = None) -> list[str]:
        if name in self._parameters:
            return [self._places.text(parameter_pattern(self._parameters[name]))]
        if name in self._resources:
            return self._identifiers.of(name, attribute)
        pseudo = self._places.pseudo(name)
        return [pseudo] if pseudo is not None else [self._places.unknown]

    def _substituted(self, argument: Any) -> list[str] | None:
        text, variables = argument if isinstance(argument, list) else (argument, {})
        parts: list[list[str]] = []
        end = 0
        for match in VARIABLE.finditer(text):
            parts.append([text[end : match.start()]])
            end, name = match.end(), match.group(2).strip()
            if match.group(1):
                parts.append([f"${{{match.group(2)}}}"])
            elif name in variables:
                parts.append(self.texts(variables[name]))
            else:
                parts.append(self._reference(*name.split(".", 1)))
        ways = combined([*parts, [text[end:]]])
        return None if ways is None else list(map("".join, ways))

    def _joined(self, delimiter: str, items: Any) -> list[str] | None:
        listed = self._items(items)
        if listed is None:
            return self._joined_parameter(delimiter, items)
        ways = combined(listed)
        return None if ways is None else [delimiter.join(text for text in way if text is not None) for way in ways]

    def _joined_parameter(self, delimiter: str, items: Any) -> list[str] | None:
        name = str(items.get("Ref")) if isinstance(items, Mapping) else ""
        if name not in self._parameters:
            return None
        item = grouped(parameter_pattern(self._parameters[name]))
        return [self._places.text(f"{item}(?:{escaped(delimiter)}{item})*")]

    def _selected(self, index: Any, items: Any) -> list[str] | None:
        if isinstance(items, Mapping):
            kinds = {"Fn::GetAZs": "zone", "Fn::Cidr": "cidr"}
            kind = next((word for function, word in kinds.items() if function in items), None)
            if kind:
                return [self._places.text(word_patterns()[kind])]
        listed = self._items(items)
        if listed is None or not str(index).isdigit() or any(None in item for item in listed):
            return None
        if int(index) >= len(listed):
            return None
        return [text for text in listed[int(index)] if text is not None]

    def _item(self, value: Any) -> Item:
        if value == {"Ref": "AWS::NoValue"}:
            return [None]
        branches = value.get("Fn::If") if isinstance(value, Mapping) and len(value) == 1 else None
        if isinstance(branches, list) and len(branches) == 3:
            return list(dict.fromkeys([*self._item(branches[1]), *self._item(branches[2])]))
        return [*self.texts(value)]

    def _items(self, value: Any) -> list[Item] | None:
        """The items of a list; None where the template does not say how many there are."""
        if isinstance(value, list):
            return [self._item(item) for item in value]
        split = value.get("Fn::Split") if isinstance(value, Mapping) else None
        if not isinstance(split, list) or len(split) != 2 or not split[0]:
            return None
        ways = [self._places.split(text, str(split[0])) for text in self.texts(split[1])]
        if len(ways) != 1 or ways[0] is None:
            return None
        return [[part] for part in ways[0]]

    def _found(self, name: str, first: Any, second: Any) -> list[str] | None:
        """The entries of a mapping that the keys may mean; of a key that is not known, every one."""
        rows = _entries(self._mappings.get(name), first)
        found = [entry for row in rows for entry in _entries(row, second)]
        return None if any(isinstance(entry, list) for entry in found) else [str(entry) for entry in found]


def parameter_pattern(declaration: Mapping[str, Any]) -> str:
    """What an answer to a parameter is like, of a list each item."""
    kind = str(declaration.get("Type", "String"))
    allowed = declaration.get("AllowedValues", [])
    if allowed:
        return "|".join(escaped(str(value).lower() if isinstance(value, bool) else str(value)) for value in allowed)
    if "Number" in kind:
        return NUMBER
    form = parameter_type(kind.removeprefix("AWS::SSM::Parameter::Value<").removesuffix(">"))
    if form:
        return form.pattern
    if "AWS::SSM" in kind:
        return ANYTHING
    return _common(str(declaration.get("AllowedPattern", ""))) or _of_length(declaration)


def _common(pattern: str) -> str | None:
    """The pattern where each program reads it alike, without its anchors."""
    bare = pattern.removeprefix("^").removesuffix("$")
    if not bare or NOT_COMMON.search(bare) or re.search(r"[$^]", re.sub(r"\\.|\[[^\]]*\]", "", bare)):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(f"(?:{bare})")
    except (re.error, Warning):
        return None
    return bare


def _of_length(declaration: Mapping[str, Any]) -> str:
    shortest, longest = declaration.get("MinLength"), declaration.get("MaxLength")
    if shortest is None and longest is None:
        return ANYTHING
    return f"[\\s\\S]{{{shortest or 0},{'' if longest is None else longest}}}"


def _entries(table: Any, key: Any) -> Iterable[Any]:
    if not isinstance(table, Mapping):
        return []
    return table.values() if isinstance(key, Mapping) else [table[key]] if key in table else []
