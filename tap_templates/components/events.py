"""Events: buses of one's own, what is kept of them, and rules that send what matches to where it is processed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import awacs.aws as aws
import awacs.events as event_actions
from troposphere import AWSHelperFn, GetAtt, Ref, events

from tap_templates.components.alarms import alarm
from tap_templates.components.keys import Key, key, used_for_own, used_through
from tap_templates.components.queues import Queue, dead_letter_queue
from tap_templates.components.topics import Topic
from tap_templates.errors import PropertyError
from tap_templates.policies import allow
from tap_templates.stack import Stack

EVENTS = "events.amazonaws.com"
MOST_TARGETS = 5  # EventBridge user guide, quotas: targets of a rule.


class Target(Protocol):
    """What a rule can send to: a queue, a topic or a function of this library."""

    @property
    def title(self) -> str:
        """Logical id."""

    @property
    def arn(self) -> AWSHelperFn:
        """ARN."""

    def accept(self, principal: str, *, source: AWSHelperFn, title: str) -> Any:
        """Lets a service send on behalf of one resource."""


class Bus(NamedTuple):
    """An event bus of the stack's own, with its archive and the queue for what could not be delivered."""

    stack: Stack
    resource: events.EventBus
    failures: Queue
    topic: Topic
    key: Key

    @property
    def title(self) -> str:
        """Logical id of the bus."""
        return str(self.resource.title)

    @property
    def arn(self) -> AWSHelperFn:
        """ARN of the bus."""
        return GetAtt(self.resource, "Arn")

    def put(self) -> list[aws.Statement]:
        """Put events on the bus."""
        own = allow([event_actions.PutEvents], on=self.arn, sid=f"Put{self.title}")
        return [own, *self.key.encrypt()]

    def route(self, title: str, pattern: Mapping[str, Any], *targets: Target, says: str) -> events.Rule:
        """Rule of this bus; see ``route``."""
        return _rule(self.stack, title, pattern, targets, says=says, failures=self.failures, topic=self.topic, bus=self)


def bus(stack: Stack, title: str, *, topic: Topic, says: str | None = None) -> Bus:
    """Event bus with an archive of the environment's ``archive_days`` for a replay, encrypted with a key of its own.

    Source: EventBridge user guide, "Encrypting EventBridge event buses with customer managed keys", "Archiving events".
    """
    stack.check_free(title)
    own_key = key(
        stack,
        f"{title}Key",
        purpose=f"events of {title}",
        statements=[used_through("events"), used_for_own(stack, EVENTS, sid="UseForBus")],
    )
    failures = dead_letter_queue(
        stack, f"{title}Failures", topic=topic, says=f"queue for events that {title} could not deliver"
    )
    made = stack.add(
        events.EventBus(
            title,
            Name=stack.name(title, events.EventBus),
            KmsKeyIdentifier=own_key.arn,
            DeadLetterConfig=events.DeadLetterConfig(Arn=failures.arn),
        ),
        says=says or f"event bus {title}",
    )
    failures.accept(EVENTS, source=GetAtt(made, "Arn"), title=title)
    stack.add(
        events.Archive(  # Named by CloudFormation: 48 characters do not hold the longest name of the convention.
            f"{title}Archive",
            SourceArn=GetAtt(made, "Arn"),
            RetentionDays=stack.per_environment("archive_days"),
            Description=f"Events of {title}, for a replay",
        ),
        says=f"archive of {title}",
    )
    return Bus(stack, made, failures, topic, own_key)


def route(
    stack: Stack, title: str, pattern: Mapping[str, Any], *targets: Target, topic: Topic, failures: Queue, says: str
) -> events.Rule:
    """Rule of the account's default bus, on which AWS's services put their events.

    Args:
        pattern: As EventBridge writes it: ``{"source": ["aws.s3"]}``.
        targets: Where what matches goes; each lets this rule in, and no other.
        failures: Queue for events that could not be delivered.
        says: What it does, for its description: ``Sends new orders to the queue``.

    Raises:
        PropertyError: No target, or more than a rule may have; a pattern that matches nothing.

    Source: EventBridge API reference, PutRule, PutTargets.
    """
    return _rule(stack, title, pattern, targets, says=says, failures=failures, topic=topic)


def _rule(
    stack: Stack,
    title: str,
    pattern: Mapping[str, Any],
    targets: Sequence[Target],
    *,
    says: str,
    failures: Queue,
    topic: Topic,
    bus: Bus | None = None,
) -> events.Rule:
    if not 0 < len(targets) <= MOST_TARGETS:
        raise PropertyError(title, "Targets", found=len(targets), remedy=f"name 1 to {MOST_TARGETS} targets")
    if not pattern:
        raise PropertyError(title, "EventPattern", found=dict(pattern), remedy='match on something: {"source": [...]}')
    rule = stack.add(
        events.Rule(
            title,
            Name=stack.name(title, events.Rule),
            Description=says,
            EventPattern=dict(pattern),
            State="ENABLED",
            **({"EventBusName": Ref(bus.resource)} if bus else {}),
            Targets=[
                events.Target(Id=each.title, Arn=each.arn, DeadLetterConfig=events.DeadLetterConfig(Arn=failures.arn))
                for each in targets
            ],
        ),
        says=f"rule: {says[:1].lower()}{says[1:]}",
    )
    arn = GetAtt(rule, "Arn")
    for each in targets:
        each.accept(EVENTS, source=arn, title=f"{title}To{each.title}")
    failures.accept(EVENTS, source=arn, title=title)
    alarm(
        topic,
        f"{title}Failed",
        says=f"{title} could not deliver an event",
        namespace="AWS/Events",
        metric="FailedInvocations",
        dimensions={**({"EventBusName": Ref(bus.resource)} if bus else {}), "RuleName": stack.name(title, events.Rule)},
    )
    return rule
