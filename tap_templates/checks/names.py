"""Physical names as rules see them: the parts that a name is joined from, and what each of them can become.

A part is unique when no other stack has it: what CloudFormation makes from ``AWS::StackId`` or ``AWS::StackName``, or
a name that AWS generates. The answer to a Parameter is not: two stacks can be given the same one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from tap_templates.checks.rule import as_number
from tap_templates.checks.values import as_text, is_dynamic, parameter
from tap_templates.checks.view import PLACEHOLDER, Found, Resource, Scenario, View
from tap_templates.data.names import NameRule, name_rule
from tap_templates.data.pseudo_parameters import pseudo_parameters

UNIQUE_PSEUDO_PARAMETERS = ("AWS::StackId", "AWS::StackName")
LENGTHS_IN_UUID = (8, 4, 4, 4, 12)
CUSTOM = ("Custom::", "AWS::CloudFormation::CustomResource")


class Part(NamedTuple):
    """A piece of a name."""

    token: str  # As it stands in the template: ``data``, ``${Project}``.
    texts: tuple[str, ...] | None  # Every text that it can become; None where the template does not say.
    longest: float  # Characters; infinite where the template does not say.
    unique: bool | None  # Whether no other stack has it; None when it cannot be told.
    pattern: str = ".*"  # Of the whole, where there are no texts.
    character: str = "."  # Of each character, where there are no texts.


class Name(NamedTuple):
    """One value of a resource's name property."""

    resource: Resource
    rule: NameRule
    found: Found
    parts: tuple[Part, ...]


@lru_cache(maxsize=2)  # Several rules ask for the names of one template.
def names(view: View) -> tuple[Name, ...]:
    """Every physical name that a template gives, on each side of each condition."""
    return tuple(
        Name(resource, rule, found, tuple(parts_of(view, found.value, found.when)))
        for resource, rule, found in given_names(view)
    )


def given_names(view: View) -> Iterator[tuple[Resource, NameRule, Found]]:
    """The same, as they stand in the template."""
    for resource in view.resources:
        rule = name_rule(resource.type)
        if rule is not None:
            for found in resource.get(rule.property):
                if not found.is_missing:
                    yield resource, rule, found


def is_unique(parts: Sequence[Part]) -> bool | None:
    """Whether no other stack has a name; None when it cannot be told."""
    if any(part.unique for part in parts):
        return True
    return None if any(part.unique is None for part in parts) else False


def parts_of(view: View, value: Any, when: Scenario | None = None) -> list[Part]:
    """The parts of a text that a template forms."""
    return _Reader(view, when or {}, frozenset()).parts(value)


def literal(text: str) -> Part:
    """A part that is written out."""
    return Part(text, (text,), len(text), False)


class _Reader:
    """Reads values of one template under some conditions; ``seen`` are the resources whose names are being read."""

    def __init__(self, view: View, when: Scenario, seen: frozenset[str]) -> None:
        self.view, self.when, self.seen = view, when, seen

    def parts(self, value: Any) -> list[Part]:
        found = list(self.view.alternatives(value, (), self.when))
        sides = [[] if each.is_missing else self._single(each.value) for each in found]
        if len(sides) == 1:
            return sides[0]
        return [_one_of(as_text(value), sides)]

    def _single(self, value: Any) -> list[Part]:
        if isinstance(value, Mapping) and len(value) == 1:
            [(function, argument)] = value.items()
            if function == "Ref" and isinstance(argument, str):
                return self._reference(argument)
            if function == "Fn::GetAtt":
                return [self._of_resource(as_text(value), self.view.referred(value))]
            if function == "Fn::Sub":
                return self._substituted(argument)
            if function == "Fn::Join" and isinstance(argument, list) and len(argument) == 2:
                return self._joined(*argument)
            if function == "Fn::Select" and isinstance(argument, list) and len(argument) == 2:
                return self._selected(*argument)
        if isinstance(value, (Mapping, list)):
            return [_unknown(as_text(value), None)]
        text = str(value)
        return [_unknown(text, None) if is_dynamic(text) else literal(text)]

    def _reference(self, name: str) -> list[Part]:
        if name == "AWS::StackId":
            return _stack_id()
        if name in pseudo_parameters():
            return [_pseudo(name)]
        found = parameter(self.view, {"Ref": name})
        if not found:
            return [self._of_resource(f"${{{name}}}", self.view.resource(name))]
        longest = as_number(found.get("MaxLength"))
        if found.get("Type") == "Number" and found.get("MaxValue") is not None:
            longest = len(str(found["MaxValue"]))
        return [Part(f"${{{name}}}", None, math.inf if longest is None else longest, False)]

    def _of_resource(self, token: str, resource: Resource | None) -> Part:
        """Something of another resource: as unique as that one's own name, which AWS generates where it has none."""
        if resource is None or resource.type.startswith(CUSTOM) or resource.logical_id in self.seen:
            return _unknown(token, None)
        rule = name_rule(resource.type)
        if rule is None:
            return _unknown(token, True)
        reader = _Reader(self.view, self.when, self.seen | {resource.logical_id})
        found = [each for each in resource.get(rule.property) if not each.is_missing]
        return _unknown(token, _all(is_unique(reader.parts(each.value)) for each in found))

    def _substituted(self, argument: Any) -> list[Part]:
        text, variables = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})
        if not isinstance(text, str) or not isinstance(variables, Mapping):
            return [_unknown(as_text({"Fn::Sub": argument}), None)]
        parts: list[Part] = []
        end = 0
        for match in PLACEHOLDER.finditer(text):
            parts += self._plain(text[end : match.start()])
            name, end = match.group(1), match.end()
            if name in variables:
                parts += self.parts(variables[name])
            elif "." in name:
                parts += self.parts({"Fn::GetAtt": name.split(".", 1)})
            else:
                parts += self.parts({"Ref": name})
        return parts + self._plain(text[end:])

    def _plain(self, text: str) -> list[Part]:
        return self._single(text.replace("${!", "${")) if text else []

    def _joined(self, delimiter: Any, items: Any) -> list[Part]:
        if not isinstance(items, list) or not isinstance(delimiter, str):
            return [_unknown(as_text({"Fn::Join": [delimiter, items]}), None)]
        parts: list[Part] = []
        for index, item in enumerate(items):
            parts += [literal(delimiter)] if index and delimiter else []
            parts += self.parts(item)
        return parts

    def _selected(self, index: Any, source: Any) -> list[Part]:
        unknown = [_unknown(as_text({"Fn::Select": [index, source]}), None)]
        position = as_number(index)
        groups = self._groups(source)
        if groups is None or position is None or not 0 <= position < len(groups):
            return unknown
        return groups[int(position)]

    def _groups(self, source: Any) -> list[list[Part]] | None:
        if isinstance(source, list):
            return [self.parts(item) for item in source]
        split = source.get("Fn::Split") if isinstance(source, Mapping) and len(source) == 1 else None
        if not isinstance(split, list) or len(split) != 2 or not isinstance(split[0], str) or not split[0]:
            return None
        return _split(self.parts(split[1]), split[0])


def _split(parts: Sequence[Part], delimiter: str) -> list[list[Part]] | None:
    """The parts between delimiters; None where one could stand in a part that is not known."""
    groups: list[list[Part]] = [[]]
    for part in parts:
        if part.texts is not None and len(part.texts) == 1:
            first, *more = part.texts[0].split(delimiter)
            groups[-1] += [literal(first)] if first else []
            groups += [[literal(piece)] if piece else [] for piece in more]
        elif _may_hold(part, delimiter):
            return None
        else:
            groups[-1].append(part)
    return groups


def _may_hold(part: Part, delimiter: str) -> bool:
    if part.texts is not None:
        return any(delimiter in text for text in part.texts)
    return all(re.fullmatch(part.character, letter) for letter in delimiter)


def _one_of(token: str, sides: Sequence[Sequence[Part]]) -> Part:
    """One part that can be each of several."""
    texts = tuple(dict.fromkeys(text for side in sides for text in _texts(side)))
    known = all(len(part.texts or ()) == 1 for side in sides for part in side)
    longest = max((sum(part.longest for part in side) for side in sides), default=0)
    return Part(token, texts if known else None, longest, _all(is_unique(side) for side in sides))


def _texts(side: Sequence[Part]) -> list[str]:
    return ["".join(part.texts[0] for part in side if part.texts)]


def _all(answers: Iterator[bool | None]) -> bool | None:
    """Whether all are true: False where one is, otherwise None where one is."""
    given = list(answers)
    return False if False in given else None if None in given else True


def _unknown(token: str, unique: bool | None) -> Part:
    return Part(token, None, math.inf, unique)


def _pseudo(name: str) -> Part:
    longest, pattern, character = pseudo_parameters()[name]
    return Part(f"${{{name}}}", None, longest, name in UNIQUE_PSEUDO_PARAMETERS, pattern, character)


def _stack_id() -> list[Part]:
    """``arn:PARTITION:cloudformation:REGION:ACCOUNT:stack/NAME/UUID``, so that what is cut from it is known."""
    parts = [literal("arn:"), _pseudo("AWS::Partition"), literal(":cloudformation:"), _pseudo("AWS::Region")]
    parts += [literal(":"), _pseudo("AWS::AccountId"), literal(":stack/"), _pseudo("AWS::StackName"), literal("/")]
    for index, length in enumerate(LENGTHS_IN_UUID):
        parts += [literal("-")] if index else []
        digits = Part(f"${{AWS::StackId digits {index}}}", None, length, True, f"[0-9a-f]{{{length}}}", "[0-9a-f]")
        parts.append(digits)
    return parts
