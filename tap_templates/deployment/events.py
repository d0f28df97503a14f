"""A stack's events: each told once and in order, from a moment or an operation on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tap_templates.deployment.clients import aws_errors

STACK = "AWS::CloudFormation::Stack"
# Reasons that say "because another one failed": never a cause.
CONSEQUENCES = re.compile(
    r"Resource (creation|update|deletion)( Initiated)? cancell?ed"
    r"|The following resource\(s\) failed"
    r"|Resource creation Initiated",
    re.IGNORECASE,
)
# A stack's own first event of an operation: CREATE_IN_PROGRESS, IMPORT_IN_PROGRESS, ... and not those of its rollback.
BEGINNING = re.compile(r"(CREATE|UPDATE|DELETE|IMPORT|REVIEW)_IN_PROGRESS")

OnEvent = Callable[["StackEvent"], None]
OnWait = Callable[[], None]
"""Told each time that a question for new events brought none."""


@dataclass(frozen=True)
class StackEvent:
    """One step of one resource, or of the stack itself (``of_stack``)."""

    id: str
    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str
    time: datetime | None = None
    token: str = ""
    of_stack: bool = False

    @property
    def failed(self) -> bool:
        """True for a failure that is not merely the consequence of another."""
        return self.status.endswith("_FAILED") and not CONSEQUENCES.search(self.reason)


class EventStream:
    """The events of a stack from now on; ``poll`` returns those not seen yet, oldest first."""

    def __init__(self, client: Any, stack: str, on_event: OnEvent | None = None, on_wait: OnWait | None = None) -> None:
        self.stack = stack
        self._client, self._on_event, self._on_wait = client, on_event, on_wait
        self._seen: set[str] = set()
        self.told: list[StackEvent] = []

    def skip_past(self) -> EventStream:
        """Count everything that has happened so far as seen."""
        self._seen.update(event.id for event in newest_first(self._client, self.stack))
        return self

    def skip_to_operation(self) -> StackEvent | None:
        """Count everything before the operation at work as seen; the event that began it."""
        found: StackEvent | None = None
        for event in newest_first(self._client, self.stack):
            if found is not None:
                self._seen.add(event.id)
            elif event.of_stack and BEGINNING.fullmatch(event.status):
                found = event
        return found

    def poll(self) -> list[StackEvent]:
        """What is new; the callbacks have been told."""
        new: list[StackEvent] = []
        for page in pages(self._client, self.stack):
            unseen = [event for event in page if event.id not in self._seen]
            new = [*reversed(unseen), *new]
            if len(unseen) < len(page):
                break  # All older ones have been told: the history of a stack can be long.
        for event in new:
            self._seen.add(event.id)
            self.told.append(event)
            if self._on_event:
                self._on_event(event)
        if not new and self._on_wait:
            self._on_wait()
        return new


def newest_first(client: Any, stack: str) -> Iterator[StackEvent]:
    """All events, the newest first."""
    for page in pages(client, stack):
        yield from page


def pages(client: Any, stack: str) -> Iterator[list[StackEvent]]:
    """Events as CloudFormation answers: the newest first, a page at a time."""
    with aws_errors(f"stack {stack}"):
        for page in client.get_paginator("describe_stack_events").paginate(StackName=stack):
            yield [_event(said) for said in page.get("StackEvents", [])]


def _event(said: Mapping[str, Any]) -> StackEvent:
    return StackEvent(
        id=said["EventId"],
        logical_id=said.get("LogicalResourceId", ""),
        physical_id=said.get("PhysicalResourceId", ""),
        type=said.get("ResourceType", ""),
        status=said.get("ResourceStatus", ""),
        reason=said.get("ResourceStatusReason", ""),
        time=said.get("Timestamp"),
        token=said.get("ClientRequestToken", ""),
        of_stack=said.get("PhysicalResourceId") == said.get("StackId", ""),
    )
