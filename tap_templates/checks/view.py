"""A template as the rules see it: every value that a property can have, on each side of each condition.

``Fn::If`` is followed to both sides, a ``Ref`` to a Parameter with AllowedValues and a ``Fn::FindInMap`` to each value
that can come out. What remains an intrinsic is known to AWS alone, and a rule that depends on it cannot tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

Path = tuple[str | int, ...]
Scenario = Mapping[str, bool]
NO_VALUE = {"Ref": "AWS::NoValue"}
PLACEHOLDER = re.compile(r"\$\{([^!}]+)\}")
MOST_ALTERNATIVES = 1_000  # Of one property; conditions inside conditions multiply.
LONG_FORMS = ("Ref", "Condition")


class _Missing:
    """The value of a property that is not there."""

    def __repr__(self) -> str:
        return "nothing"

    def __bool__(self) -> bool:
        return False


MISSING = _Missing()


class Found(NamedTuple):
    """One value that a place in the template can have; ``path`` is as far as the template goes towards the place."""

    path: Path
    value: Any
    when: Scenario

    @property
    def is_missing(self) -> bool:
        """Whether nothing is there."""
        return self.value is MISSING

    @property
    def is_unknown(self) -> bool:
        """Whether only AWS knows the value: an intrinsic that the template alone cannot resolve."""
        return is_intrinsic(self.value)


class Resource(NamedTuple):
    """One resource of a template."""

    view: View
    logical_id: str
    type: str
    body: Mapping[str, Any]

    @property
    def properties(self) -> Mapping[str, Any]:
        """Its properties as written; none where they are no mapping."""
        found = self.body.get("Properties")
        return found if isinstance(found, Mapping) else {}

    @property
    def scenario(self) -> Scenario:
        """The condition under which it exists."""
        condition = self.body.get("Condition")
        return {condition: True} if isinstance(condition, str) else {}

    def get(self, dotted: str, when: Scenario | None = None) -> Iterator[Found]:
        """Every value of a property: ``"A.B"``, or ``"A.*.B"`` for B of each item of the list A.

        A property that is missing, or that one side of a condition leaves out, is found once with ``MISSING``.
        ``when`` narrows it to what can be together with another value of the resource.
        """
        path = ("Resources", self.logical_id, "Properties")
        yield from self.view.walk(self.properties, tuple(dotted.split(".")), path, {**self.scenario, **(when or {})})

    def attribute(self, name: str) -> Any:
        """DeletionPolicy, UpdateReplacePolicy, Metadata, …: what stands beside Type; MISSING when it is not there."""
        return self.body.get(name, MISSING)

    @property
    def path(self) -> Path:
        """Path of the whole resource."""
        return ("Resources", self.logical_id)

    def at(self, name: str = "Type") -> Path:
        """Path of the resource's attribute, for what is said of the resource as a whole."""
        return ("Resources", self.logical_id, name)


class View:
    """A template and the questions that rules ask of it. Nothing of it is changed."""

    def __init__(self, template: Mapping[str, Any], satisfiable: Callable[[Scenario], bool] | None = None) -> None:
        self.template = template
        self._satisfiable = satisfiable
        self._known: dict[frozenset[tuple[str, bool]], bool] = {}

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """All resources that have a type, in the order of the template."""
        return tuple(
            Resource(self, str(logical_id), body["Type"], body)
            for logical_id, body in self.section("Resources").items()
            if isinstance(body, Mapping) and isinstance(body.get("Type"), str)
        )

    @cached_property
    def _by_type(self) -> dict[str, list[Resource]]:
        by_type: dict[str, list[Resource]] = {}
        for resource in self.resources:
            by_type.setdefault(resource.type, []).append(resource)
        return by_type

    @cached_property
    def _by_id(self) -> dict[str, Resource]:
        return {resource.logical_id: resource for resource in self.resources}

    def of(self, *types: str) -> Iterator[Resource]:
        """Resources of the types, in the order of the template for each type."""
        for name in types:
            yield from self._by_type.get(name, ())

    def resource(self, logical_id: object) -> Resource | None:
        """The resource with a logical id, or None."""
        return self._by_id.get(logical_id) if isinstance(logical_id, str) else None

    def section(self, name: str) -> Mapping[str, Any]:
        """Parameters, Mappings, Conditions, Outputs, …; empty where there is none."""
        found = self.template.get(name)
        return found if isinstance(found, Mapping) else {}

    def referred(self, value: object) -> Resource | None:
        """The resource that a ``Ref`` or ``Fn::GetAtt`` (or a ``Fn::Sub`` of nothing else) names, or None."""
        if not isinstance(value, Mapping) or len(value) != 1:
            return None
        [(function, argument)] = value.items()
        if function == "Ref":
            return self.resource(argument)
        if function == "Fn::GetAtt":
            name = argument.split(".")[0] if isinstance(argument, str) else _first(argument)
            return self.resource(name)
        if function == "Fn::Sub" and isinstance(argument, str):
            whole = PLACEHOLDER.fullmatch(argument)
            return self.resource(whole.group(1).split(".")[0]) if whole else None
        return None

    def walk(self, value: Any, towards: Sequence[str], path: Path, when: Scenario) -> Iterator[Found]:
        """Every value at the end of ``towards``, seen from ``value``, which stands at ``path``."""
        for count, found in enumerate(self._walk(value, towards, path, when)):
            if count == MOST_ALTERNATIVES:
                yield Found(path, {"Fn::If": ["more than can be judged"]}, when)
                return
            yield found

    def _walk(self, value: Any, towards: Sequence[str], path: Path, when: Scenario) -> Iterator[Found]:
        for found in self.alternatives(value, path, when):
            if not towards or found.is_missing or found.is_unknown:
                yield found
            elif towards[0] == "*":
                yield from self._each(found, towards[1:])
            elif isinstance(found.value, Mapping) and towards[0] in found.value:
                deeper = (*found.path, towards[0])
                yield from self._walk(found.value[towards[0]], towards[1:], deeper, found.when)
            else:
                yield Found(found.path, MISSING, found.when)

    def _each(self, found: Found, towards: Sequence[str]) -> Iterator[Found]:
        items = found.value if isinstance(found.value, list) else [found.value]
        if not items:
            yield Found(found.path, MISSING, found.when)
        for index, item in enumerate(items):
            path = (*found.path, index) if isinstance(found.value, list) else found.path
            yield from self._walk(item, towards, path, found.when)

    def alternatives(self, value: Any, path: Path = (), when: Scenario | None = None) -> Iterator[Found]:
        """What a value can be: itself, or where it is an intrinsic, each value that the template lets come out."""
        when = when or {}
        if value == NO_VALUE:
            yield Found(path, MISSING, when)
        elif not is_intrinsic(value):
            yield Found(path, value, when)
        elif "Fn::If" in value:
            yield from self._sides(value, path, when)
        else:
            known = self._resolved(value)
            yield from (Found(path, each, when) for each in ([value] if known is None else known))

    def _sides(self, value: Mapping[str, Any], path: Path, when: Scenario) -> Iterator[Found]:
        arguments = value["Fn::If"]
        if not isinstance(arguments, list) or len(arguments) != 3 or not isinstance(arguments[0], str):
            yield Found(path, value, when)
            return
        name = arguments[0]
        for index, holds in ((1, True), (2, False)):
            scenario = {**when, name: holds}
            if when.get(name, holds) == holds and self.is_possible(scenario):
                yield from self.alternatives(arguments[index], (*path, "Fn::If", index), scenario)

    def is_possible(self, scenario: Scenario) -> bool:
        """Whether conditions can have these values together."""
        if len(scenario) < 2 or self._satisfiable is None:
            return True
        key = frozenset(scenario.items())
        if key not in self._known:
            self._known[key] = self._satisfiable(scenario)
        return self._known[key]

    def _resolved(self, value: Mapping[str, Any]) -> list[Any] | None:
        """Every value that an intrinsic can have; None when the template does not say."""
        [(function, argument)] = value.items()
        if function == "Ref":
            parameter = self.section("Parameters").get(argument) if isinstance(argument, str) else None
            allowed = parameter.get("AllowedValues") if isinstance(parameter, Mapping) else None
            return list(allowed) if isinstance(allowed, list) and allowed else None
        if function == "Fn::FindInMap" and isinstance(argument, list) and len(argument) >= 3:
            return self._mapped(argument[:3])
        if function == "Fn::Sub" and isinstance(argument, str) and not PLACEHOLDER.search(argument):
            return [argument.replace("${!", "${")]
        return None

    def _mapped(self, keys: Sequence[Any]) -> list[Any] | None:
        name, first, second = keys
        table = self.section("Mappings").get(name) if isinstance(name, str) else None
        if not isinstance(table, Mapping):
            return None
        rows = [table.get(first)] if isinstance(first, str) else list(table.values())
        values = []
        for row in rows:
            if not isinstance(row, Mapping):
                return None
            values += [row[second]] if isinstance(second, str) and second in row else []
            values += list(row.values()) if not isinstance(second, str) else []
        return values or None


def is_intrinsic(value: object) -> bool:
    """Whether a value is a function of CloudFormation, and not plain data."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return False
    [key] = value
    return isinstance(key, str) and (key in LONG_FORMS or key.startswith("Fn::"))


def _first(argument: object) -> object:
    return argument[0] if isinstance(argument, list) and argument else None
