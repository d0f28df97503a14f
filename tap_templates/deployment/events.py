"""A stack's events: each told once and in order; the first failure among them is the cause."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tap_templates.deployment.clients import aws_errors

# Reasons that say "because another one failed": never a cause.
CONSEQUENCES = re.compile(
    r"Resource (creation|update|deletion)( Initiated)? cancell?ed"
    r"|The following resource\(s\) failed"
    r"|Resource creation Initiated",
    re.IGNORECASE,
)
# What to do about a reason; first match counts.
REMEDIES: tuple[tuple[str, str], ...] = (
    (
        r"already exists|EntityAlreadyExists|BucketAlreadyOwnedByYou|ownership",
        "somebody else owns this name: deploy under another project or environment name, or remove the old one",
    ),
    (r"AccessDenied|not authorized|UnauthorizedOperation", "ask for the permission that the message names"),
    (r"[Ll]imitExceeded|quota|Cannot exceed", "raise the quota in Service Quotas, or delete what is no longer used"),
    (r"Requires capabilities|InsufficientCapabilities", "acknowledge the capability that the message names"),
    (r"Throttl|Rate exceeded", "AWS throttled the call: run the deployment again"),
    (r"not found|does not exist|NoSuch", "create what the message names first, or correct its name"),
)
DEFAULT_REMEDY = "correct this resource in the template and deploy again"

OnEvent = Callable[["StackEvent"], None]


@dataclass(frozen=True)
class StackEvent:
    """One step of one resource, or of the stack itself."""

    id: str
    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str

    @property
    def failed(self) -> bool:
        """True for a failure that is not merely the consequence of another."""
        return self.status.endswith("_FAILED") and not CONSEQUENCES.search(self.reason)


class EventStream:
    """The events of a stack from now on; ``poll`` returns those not seen yet, oldest first."""

    def __init__(self, client: Any, stack: str, on_event: OnEvent | None = None) -> None:
        self._client, self._stack, self._on_event = client, stack, on_event
        self._seen: set[str] = set()
        self.told: list[StackEvent] = []

    def skip_past(self) -> EventStream:
        """Count everything that has happened so far as seen."""
        self._seen.update(event.id for event in self._all())
        return self

    def poll(self) -> list[StackEvent]:
        """What is new; the callback has been told."""
        new = [event for event in self._all() if event.id not in self._seen]
        for event in new:
            self._seen.add(event.id)
            self.told.append(event)
            if self._on_event:
                self._on_event(event)
        return new

    def _all(self) -> list[StackEvent]:
        """Oldest first. CloudFormation answers newest first, in pages."""
        with aws_errors(f"stack {self._stack}"):
            pages = list(self._client.get_paginator("describe_stack_events").paginate(StackName=self._stack))
        return [_event(said) for page in reversed(pages) for said in reversed(page["StackEvents"])]


def _event(said: Mapping[str, Any]) -> StackEvent:
    return StackEvent(
        id=said["EventId"],
        logical_id=said.get("LogicalResourceId", ""),
        physical_id=said.get("PhysicalResourceId", ""),
        type=said.get("ResourceType", ""),
        status=said.get("ResourceStatus", ""),
        reason=said.get("ResourceStatusReason", ""),
    )


def first_cause(events: Iterable[StackEvent]) -> StackEvent | None:
    """The failure that the others followed from: the earliest one of a resource, else of the stack."""
    failures = [event for event in events if event.failed]
    of_resources = [event for event in failures if event.type != "AWS::CloudFormation::Stack"]
    return next(iter([*of_resources, *failures]), None)


def remedy_for(reason: str) -> str:
    """What to do about a reason that CloudFormation gave."""
    return next((remedy for pattern, remedy in REMEDIES if re.search(pattern, reason)), DEFAULT_REMEDY)
