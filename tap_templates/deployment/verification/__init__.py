"""Reading a deployed stack back through its services, and comparing it with its template value by value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tap_templates.deployment.clients import Clients
from tap_templates.deployment.verification.comparison import Pair, pairs
from tap_templates.deployment.verification.deployed import Resource, deployed_template
from tap_templates.deployment.verification.documents import statements
from tap_templates.deployment.verification.implied import with_implied
from tap_templates.deployment.verification.readers import READERS, UNREADABLE
from tap_templates.deployment.verification.reading import Calls, GoneError, Subject, UnreadableError
from tap_templates.deployment.verification.values import Unknown
from tap_templates.deployment.verification.verdicts import (
    APPLIED,
    CANNOT_READ,
    CANNOT_TELL,
    DIFFERENT,
    KNOWN_GAP,
    NOT_TOLD,
    STALE_GAP,
    Verdict,
    Verification,
)

__all__ = ["GapReason", "OnResource", "Verdict", "Verification", "statements", "verify"]

GapReason = Callable[[str, str], "str | None"]
"""Why a property (type, dotted path) is known not to be applied where the stack is; None when it has to be."""

OnResource = Callable[[str, int, int], None]
"""Told before each resource: its logical id, its number, and how many there are."""


def verify(
    clients: Clients,
    stack_name: str,
    *,
    gap_reason: GapReason | None = None,
    on_resource: OnResource | None = None,
) -> Verification:
    """Every value that the template of a deployed stack states, with what its service says of it.

    Roles, groups and users are compared with all policies that the template gives them, too. Nothing is changed.

    Args:
        gap_reason: What the place of the stack is known not to apply (``emulator.gap_reason`` for the embedded AWS).
        on_resource: Told of the progress.

    Raises:
        UsageError: No such stack, or no credentials.
        DeploymentError: The stack is at work, or AWS cannot be reached.
    """
    deployed, calls = deployed_template(clients, stack_name), Calls(clients)
    resources = deployed.resources()
    stated = {each.logical_id: (each.type, each.id, deployed.properties(each.logical_id)) for each in resources}
    found: list[Verdict] = []
    for number, resource in enumerate(resources, 1):
        if on_resource:
            on_resource(resource.logical_id, number, len(resources))
        verdicts = _of_resource(resource, with_implied(resource.logical_id, stated), calls)
        found += [_with_gap(verdict, gap_reason) for verdict in verdicts]
    return Verification(stack_name, tuple(found))


def _of_resource(resource: Resource, properties: Mapping[str, Any], calls: Calls) -> list[Verdict]:
    if resource.id is None:
        return [Verdict(resource.logical_id, resource.type, "", DIFFERENT, found="not in the stack")]
    subject = Subject(calls, resource.logical_id, resource.type, resource.id, properties)
    try:
        return [verdict for name in properties for verdict in _of_property(subject, name)] or [_exists(subject)]
    except GoneError as gone:
        return [Verdict(subject.logical_id, subject.type, "", DIFFERENT, found="no such resource", reason=str(gone))]


def _exists(subject: Subject) -> Verdict:
    """The verdict on a resource without properties."""
    readers = READERS.get(subject.type, {})
    if not readers:
        return Verdict(subject.logical_id, subject.type, "", CANNOT_READ, reason="no reader for this type")
    next(iter(readers.values()))(subject)
    return Verdict(subject.logical_id, subject.type, "", APPLIED, found=subject.id)


def _of_property(subject: Subject, name: str) -> Iterator[Verdict]:
    expected = subject.properties[name]

    def verdict(status: str, pair: Pair, reason: str = "") -> Verdict:
        return Verdict(subject.logical_id, subject.type, pair.path, status, pair.expected, pair.found, reason)

    whole = Pair(name, expected, None, False)
    if (subject.type, name) in UNREADABLE:
        yield verdict(NOT_TOLD, whole, UNREADABLE[subject.type, name])
        return
    reader = READERS.get(subject.type, {}).get(name)
    if reader is None:
        what = "property" if subject.type in READERS else "type"
        yield verdict(CANNOT_READ, whole, f"no reader for this {what}")
        return
    try:
        found = list(pairs(name, expected, reader(subject)))
    except UnreadableError as error:
        yield verdict(CANNOT_READ, whole, str(error))
        return
    for pair in found or [Pair(name, expected, None, True)]:
        if isinstance(pair.expected, Unknown):
            yield verdict(CANNOT_TELL, pair, pair.expected.reason)
        else:
            yield verdict(APPLIED if pair.same else DIFFERENT, pair)


def _with_gap(verdict: Verdict, gap_reason: GapReason | None) -> Verdict:
    reason = gap_reason(verdict.type, verdict.path) if gap_reason else None
    if reason is None:
        return verdict
    status = STALE_GAP if verdict.status == APPLIED else KNOWN_GAP
    return Verdict(verdict.logical_id, verdict.type, verdict.path, status, verdict.expected, verdict.found, reason)
