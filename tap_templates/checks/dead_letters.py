"""Queues that receive what could not be processed: of a queue, a function, a rule, a schedule, a subscription."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tap_templates.checks.view import View

# CloudFormation template reference, SQS, SNS, Lambda, EventBridge, Scheduler and Pipes: where dead letters go.
NAMES = ("DeadLetterConfig", "OnFailure", "RedrivePolicy")


def dead_letter_queues(view: View) -> frozenset[str]:
    """Logical ids of the queues of a template to which dead letters go."""
    return frozenset(
        resource.logical_id
        for each in view.resources
        for place in _places(each.properties)
        for resource in _referred(view, place)
        if resource.type == "AWS::SQS::Queue"
    )


def _places(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            if key in NAMES:
                yield part
            else:
                yield from _places(part)
    elif isinstance(value, list):
        for part in value:
            yield from _places(part)


def _referred(view: View, value: Any) -> Iterator[Any]:
    resource = view.referred(value)
    if resource is not None:
        yield resource
    elif isinstance(value, (Mapping, list)):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from _referred(view, part)
