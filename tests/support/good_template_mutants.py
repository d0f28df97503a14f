"""Mutants of good templates: each place that a rule's verdicts name, changed in every way that fits what stands there.

Nothing is picked by hand: the verdicts give the places, and a rule's own failing example gives the worst that may stand
at them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from support.good_templates import good_templates

from tap_templates.checks.rule import FAILS, HOLDS, Rule
from tap_templates.checks.view import NO_VALUE, Path, View, is_intrinsic

ELSEWHERE = {"Fn::ImportValue": "elsewhere"}
OPPOSITES = {
    "AES256": "aws:kms",
    "AWS::IAM::ManagedPolicy": "AWS::IAM::Policy",
    "Active": "PassThrough",
    "Allow": "Deny",
    "BucketOwnerEnforced": "ObjectWriter",
    "Enabled": "Suspended",
    "Retain": "Delete",
    "false": "true",
}
OPPOSITE = {**OPPOSITES, **{second: first for first, second in OPPOSITES.items()}}
ABOUT_TWO = ("E9516",)  # The rule about resources that take something from each other.
ABOUT_TEXT = ("E9501", "E9502", "E9503", "E9504", "E9512")  # Rules about a text, wherever it stands.
WIDEST = {
    "Action": "*",
    "AWS": "*",
    "CidrBlock": "0.0.0.0/0",
    "CidrIp": "0.0.0.0/0",
    "NotAction": "*",
    "Principal": "*",
    "Resource": "*",
    "Service": "*",
}


class Mutant(NamedTuple):
    """A good template with one change."""

    kind: str
    name: str  # Of the good template.
    path: Path
    good: Mapping[str, Any]
    template: Mapping[str, Any]

    @property
    def was(self) -> Any:
        """What stood at the place."""
        return at(self.good, self.path)

    @property
    def resource(self) -> Any:
        """The resource that the place is of."""
        return at(self.good, self.path[:2])

    @property
    def around(self) -> Any:
        """The nearest statement or resource around the place."""
        for length in range(len(self.path), 2, -1):
            found = at(self.good, self.path[:length])
            if isinstance(found, Mapping) and "Effect" in found:
                return found
        return self.resource


def at(value: Any, path: Path) -> Any:
    """What stands at a place; None where nothing does."""
    for key in path:
        holds = isinstance(value, Mapping) or (isinstance(value, list) and isinstance(key, int) and key < len(value))
        value = (value.get(key) if isinstance(value, Mapping) else value[key]) if holds else None
    return value


def changed(value: Any, path: Path, change: Callable[[Any], None]) -> Any:
    """A copy in which ``change`` was made to what holds the place; all that is beside the way there is shared."""
    copied = dict(value) if isinstance(value, Mapping) else list(value)
    if len(path) == 1:
        change(copied)
    else:
        copied[path[0]] = changed(copied[path[0]], path[1:], change)
    return copied


def put(template: Any, path: Path, value: Any) -> Any:
    """A copy with another value at a place."""
    return changed(template, path, lambda holder: holder.__setitem__(path[-1], value))


def drop(template: Any, path: Path) -> Any:
    """A copy without a place."""
    return changed(template, path, lambda holder: holder.__delitem__(path[-1]))


def flipped(value: Any) -> Any:
    """The opposite of a value; itself where it has none."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return 0
    for key in ("Effect", "Type"):
        if isinstance(value, Mapping) and value.get(key) in OPPOSITE:
            return {**value, key: OPPOSITE[value[key]]}
    return OPPOSITE.get(value, value) if isinstance(value, str) else value


def inverted(value: Any, key: str) -> Any:
    """A statement that says what it is not about; any other value is itself."""
    if not isinstance(value, Mapping) or "Effect" not in value:
        return value
    return {f"Not{name}" if name == key else name: item for name, item in value.items()}


def shape(template: Mapping[str, Any], path: Path) -> tuple[Any, ...]:
    """What a place is, whatever its resource is called and however many stand before it in a list."""
    if path[0] != "Resources" or len(path) < 2:
        return path
    return (at(template, (*path[:2], "Type")), *("#" if isinstance(key, int) else key for key in path[2:]))


def worst(rule: Rule, template: Mapping[str, Any], path: Path) -> Iterator[Any]:
    """A template with what a rule's failing example has, where the rule fails, in a place of the same kind.

    The same place, or one around it or beside it, or one of the same name; where a rule is about texts, any place.
    """
    failing, here, value = rule.example.failing, shape(template, path), at(template, path)
    for verdict in rule.judge(View(failing)):
        there = shape(failing, verdict.path)
        bad = at(failing, verdict.path)
        if verdict.result != FAILS:
            continue
        if there[: len(here)] == here:
            yield put(template, path, merged(value, at(failing, tuple(verdict.path)[: len(path)])))
        elif len(path) > 2 and path[-1] == "Type" and there[0] == here[0]:
            yield put(template, path[:2], merged(at(template, path[:2]), at(failing, tuple(verdict.path)[:2])))
        elif there[:-1] == here[:-1] and isinstance(path[-1], str):
            yield put(template, (*path[:-1], verdict.path[-1]), bad)
        elif is_text(value) and is_text(bad) and (rule.id in ABOUT_TEXT or word(path) == word(verdict.path)):
            yield put(template, path, bad)


def is_text(value: Any) -> bool:
    """Whether a value is a text, or becomes one."""
    return isinstance(value, str) or is_intrinsic(value)


def word(path: Path) -> str:
    """The last name on the way to a place."""
    return next((key for key in reversed(path) if isinstance(key, str)), "")


def merged(value: Any, bad: Any) -> Any:
    """What is bad in the place of a value; a resource gets the properties that make the other one bad."""
    if isinstance(value, Mapping) and isinstance(bad, Mapping) and "Type" in value:
        return {**value, "Properties": {**value.get("Properties", {}), **bad.get("Properties", {})}}
    return bad


def stranded(template: Mapping[str, Any], logical_id: Any) -> Mapping[str, Any]:
    """A template without all other resources and outputs that name a resource."""
    return {
        **template,
        **{
            section: {
                key: item
                for key, item in template.get(section, {}).items()
                if key == logical_id or f'"{logical_id}"' not in json.dumps(item, default=str)
            }
            for section in ("Resources", "Outputs")
        },
    }


def changes(rule: Rule, template: Mapping[str, Any], path: Path) -> Iterator[tuple[str, Any]]:
    """Every change of one place, by its kind."""
    value = at(template, path)
    if len(path) == 2 or path[-1] == "Type":
        yield "stranded", stranded(template, path[1])
    elif path[-1] != "Properties":
        yield "dropped", drop(template, path)
        yield "unknown", put(template, path, ELSEWHERE)
        if isinstance(path[-1], str):
            yield "one-sided", put(template, path, {"Fn::If": ["C", value, NO_VALUE]})
    if rule.id in ABOUT_TWO:
        yield "doubled", put(template, ("Resources", "Twin"), at(template, path[:2]))
    yield "flipped", put(template, path, flipped(value))
    for key in ("Action", "Resource"):
        yield f"Not{key}", put(template, path, inverted(value, key))
    if word(path) in WIDEST:
        yield "widened", put(template, path, WIDEST[word(path)])
    for bad in worst(rule, template, path):
        yield "worst", bad


def mutants(rule: Rule, every: int = 1) -> Iterator[tuple[Rule, Mutant]]:
    """Every mutant that a rule is shown, with the rule as its template demands; the same resource is changed once.

    Args:
        every: Of this many places, one is changed.
    """
    for index, (demanding, name, template, path) in enumerate(_places(rule)):
        if index % every == 0:
            for kind, mutant in changes(demanding, template, path):
                if mutant != template:
                    yield demanding, Mutant(kind, name, path, template, mutant)


def _places(rule: Rule) -> Iterator[tuple[Rule, str, Mapping[str, Any], Path]]:
    """The places that hold, of the rule's own passing example and of the gallery."""
    seen = set()
    own = type(rule)()
    own.configure(dict(rule.example_demands))
    goods = [(name, good.template, good.configured(rule)) for name, good in good_templates().items()]
    for name, template, demanding in [("example", rule.example.passing, own), *goods]:
        for verdict in demanding.judge(View(template)):
            path = tuple(verdict.path)
            about = json.dumps([at(template, path[:2]), path[1:], dict(demanding.config)], default=str)
            if verdict.result == HOLDS and about not in seen:
                seen.add(about)
                yield demanding, name, template, path


def is_caught(rule: Rule, template: Mapping[str, Any]) -> bool:
    """Whether a rule says that something fails or cannot be told."""
    return any(verdict.result != HOLDS for verdict in rule.judge(View(template)))
