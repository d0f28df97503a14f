"""EventBridge: rules and their targets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tap_templates.deployment.verification.reading import Subject
from tap_templates.deployment.verification.values import Tags, Whole, tags_of

SAME_WORDS = ("Description", "EventBusName", "EventPattern", "Name", "RoleArn", "ScheduleExpression", "State")


def _place(rule: Subject) -> dict[str, str]:
    """Name and bus: the physical id is ``bus|name`` on a bus other than the default one."""
    bus, _, name = rule.id.rpartition("|")
    return {"Name": name, **({"EventBusName": bus} if bus else {})}


def _told(word: str) -> Callable[[Subject], Any]:
    return lambda rule: rule.ask("events", "describe_rule", **_place(rule)).get(word)


def _targets(rule: Subject) -> list[Whole]:
    _told("Name")(rule)
    place = {("Rule" if key == "Name" else key): value for key, value in _place(rule).items()}
    return list(map(Whole, rule.every("events", "list_targets_by_rule", "Targets", **place)))


def _tags(rule: Subject) -> Tags:
    arn = _told("Arn")(rule)
    return tags_of(rule.ask("events", "list_tags_for_resource", ResourceARN=arn).get("Tags"))


READERS = {"AWS::Events::Rule": {**{word: _told(word) for word in SAME_WORDS}, "Tags": _tags, "Targets": _targets}}
