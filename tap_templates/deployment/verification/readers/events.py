"""EventBridge: buses, their archives, rules and their targets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tap_templates.deployment.verification.reading import Subject
from tap_templates.deployment.verification.values import Tags, Whole, tags_of

SAME_WORDS = ("Description", "EventBusName", "EventPattern", "Name", "RoleArn", "ScheduleExpression", "State")


def _place(rule: Subject) -> dict[str, str]:
    """Name and bus: the physical id is ``bus|name`` on a bus other than the default one, in AWS if not elsewhere."""
    bus, _, name = rule.id.rpartition("|")
    bus = bus or str(rule.properties.get("EventBusName", ""))
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


def _of_bus(word: str) -> Callable[[Subject], Any]:
    return lambda bus: bus.ask("events", "describe_event_bus", Name=bus.id).get(word)


def _tags_of_bus(bus: Subject) -> Tags:
    return tags_of(bus.ask("events", "list_tags_for_resource", ResourceARN=_of_bus("Arn")(bus)).get("Tags"))


def _of_archive(word: str) -> Callable[[Subject], Any]:
    return lambda archive: archive.ask("events", "describe_archive", ArchiveName=archive.id).get(word)


READERS: dict[str, dict[str, Callable[[Subject], Any]]] = {
    "AWS::Events::Archive": {
        **{word: _of_archive(word) for word in ("ArchiveName", "Description", "EventPattern", "RetentionDays")},
        "SourceArn": _of_archive("EventSourceArn"),
    },
    "AWS::Events::EventBus": {
        **{word: _of_bus(word) for word in ("DeadLetterConfig", "Description", "KmsKeyIdentifier", "Name")},
        "Tags": _tags_of_bus,
    },
    "AWS::Events::Rule": {**{word: _told(word) for word in SAME_WORDS}, "Tags": _tags, "Targets": _targets},
}
