"""Which sides of conditions come together: values without ``Fn::If``, and whether something is there on every side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tap_templates.checks.view import MISSING, NO_VALUE, Found, Scenario, View

MOST_CONDITIONS = 6  # Inside one value; each doubles the number of its forms.


def settled(view: View, found: Found) -> Iterator[Found]:
    """A value in each form that its conditions can give it, without any ``Fn::If`` inside.

    With more conditions than can be judged it is found once, as something that only AWS knows.
    """
    names = dict.fromkeys(_conditions_of(found.value))
    if len(names) > MOST_CONDITIONS:
        yield Found(found.path, {"Fn::If": ["more conditions than can be judged"]}, found.when)
        return
    for when in _scenarios(view, found.when, list(names)):
        yield Found(found.path, _chosen(found.value, when), when)


def uncovered(view: View, when: Scenario, covers: Iterable[Scenario]) -> Scenario | None:
    """Conditions below ``when`` for which none of ``covers`` is there; None when there always is one."""
    consistent = [cover for cover in covers if all(when.get(name, side) == side for name, side in cover.items())]
    if any(all(name in when for name in cover) for cover in consistent):
        return None
    name = next((name for cover in consistent for name in cover if name not in when), None)
    if name is None or len(when) > MOST_CONDITIONS:
        return when
    for side in (True, False):
        scenario = {**when, name: side}
        if view.is_possible(scenario):
            missing = uncovered(view, scenario, consistent)
            if missing is not None:
                return missing
    return None


def _conditions_of(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if _is_if(value):
            yield value["Fn::If"][0]
        for part in value.values():
            yield from _conditions_of(part)
    elif isinstance(value, list):
        for part in value:
            yield from _conditions_of(part)


def _scenarios(view: View, when: Scenario, names: list[str]) -> Iterator[Scenario]:
    if not names:
        yield when
        return
    for side in (True, False):
        scenario = {**when, names[0]: side}
        if when.get(names[0], side) == side and view.is_possible(scenario):
            yield from _scenarios(view, scenario, names[1:])


def _chosen(value: Any, when: Scenario) -> Any:
    if value == NO_VALUE:
        return MISSING
    if isinstance(value, dict):
        if _is_if(value):
            name, true, false = value["Fn::If"]
            return _chosen(true if when[name] else false, when)
        chosen = {key: _chosen(part, when) for key, part in value.items()}
        return {key: part for key, part in chosen.items() if part is not MISSING}
    if isinstance(value, list):
        return [part for part in (_chosen(part, when) for part in value) if part is not MISSING]
    return value


def _is_if(value: dict[Any, Any]) -> bool:
    sides = value.get("Fn::If")
    return len(value) == 1 and isinstance(sides, list) and len(sides) == 3 and isinstance(sides[0], str)
