"""Queues: encrypted, closed to plain HTTP, with a queue for what cannot be processed, and alarms on both."""

from __future__ import annotations

from typing import Any, NamedTuple

import awacs.aws as aws
import awacs.sqs as sqs_actions
from troposphere import AWSHelperFn, GetAtt, Ref, sqs

from tap_templates.components.alarms import alarm, depth_alarm
from tap_templates.components.keys import Key, key, used_for_own, used_through
from tap_templates.components.topics import Topic
from tap_templates.errors import PropertyError
from tap_templates.naming import FIFO
from tap_templates.policies import allow, anyone, deny, document, extend, from_source, service
from tap_templates.stack import Stack

# SQS API reference, SetQueueAttributes: what each attribute may be, in seconds.
RETENTION_SECONDS = range(60, 1_209_601)
VISIBILITY_SECONDS = range(43_201)
LONGEST_RETENTION = RETENTION_SECONDS[-1]
RECEIVES = range(1, 1001)  # SQS developer guide, dead-letter queues, maxReceiveCount.
LATE_SHARE = 0.1  # Of a queue's retention: a message this old is not being processed.


class Queue(NamedTuple):
    """A queue, its policy, the verbs that grant access to it, its key if any, and the queue of its dead letters."""

    stack: Stack
    resource: sqs.Queue
    policy: sqs.QueuePolicy
    key: Key | None = None
    dead_letters: Queue | None = None

    @property
    def title(self) -> str:
        """Logical id of the queue."""
        return str(self.resource.title)

    @property
    def arn(self) -> AWSHelperFn:
        """ARN of the queue."""
        return GetAtt(self.resource, "Arn")

    @property
    def url(self) -> AWSHelperFn:
        """URL of the queue."""
        return Ref(self.resource)

    def send(self) -> list[aws.Statement]:
        """Send messages."""
        own = allow([sqs_actions.SendMessage], on=self.arn, sid=f"Send{self.title}")
        return [own, *(self.key.encrypt() if self.key else [])]

    def consume(self) -> list[aws.Statement]:
        """Receive messages, hide them for longer, and delete them."""
        receiving = [
            sqs_actions.ChangeMessageVisibility,
            sqs_actions.DeleteMessage,
            sqs_actions.GetQueueAttributes,
            sqs_actions.ReceiveMessage,
        ]
        own = allow(receiving, on=self.arn, sid=f"Consume{self.title}")
        return [own, *(self.key.decrypt() if self.key else [])]

    def accept(self, principal: str, *, source: AWSHelperFn, title: str) -> None:
        """Lets an AWS service send to the queue on behalf of one resource.

        Args:
            principal: ``events.amazonaws.com``, ``sns.amazonaws.com``, ...
            source: ARN of that resource.
            title: Its logical id, for the statement's Sid.
        """
        when = from_source(source)
        sending = allow(
            [sqs_actions.SendMessage], on=self.arn, to=service(principal), when=when, sid=f"SendFrom{title}"
        )
        extend(self.policy.PolicyDocument, sending)
        using = used_for_own(self.stack, principal, sid=f"UseFor{title}")
        if self.key and not self.key.admits(using):  # The queue and its dead letters share the key.
            self.key.admit(using)


def queue(
    stack: Stack,
    title: str,
    *,
    topic: Topic,
    says: str,
    visibility_seconds: int = 30,
    retention_seconds: int = 4 * 24 * 3600,
    receives: int = 5,
    late_after_seconds: int | None = None,
    fifo: bool = False,
) -> Queue:
    """Queue with a dead-letter queue and alarms on the age of its oldest message and on any dead letter.

    Encrypted by SQS, or with a key of its own where ``customer_managed_keys`` lists queues.

    Args:
        says: What it holds: ``orders to be shipped``.
        visibility_seconds: How long a message that was received is hidden; six times the time-out of a function.
        retention_seconds: How long a message is kept.
        receives: How often a message is received before it is a dead letter.
        late_after_seconds: Age of the oldest message that raises the alarm; a tenth of the retention by default.
        fifo: Keeps the order within message groups, and drops duplicates by their content.

    Raises:
        PropertyError: A number that SQS does not take.

    Source: SQS API reference, SetQueueAttributes; Security Hub control SQS.1.
    """
    stack.check_free(title)
    _check(title, "MessageRetentionPeriod", retention_seconds, RETENTION_SECONDS, "seconds")
    _check(title, "VisibilityTimeout", visibility_seconds, VISIBILITY_SECONDS, "seconds")
    _check(title, "RedrivePolicy.maxReceiveCount", receives, RECEIVES, "times")
    own_key = _key(stack, title)
    dead_letters = dead_letter_queue(
        stack,
        f"{title}DeadLetters",
        topic=topic,
        says=f"{says} that could not be processed",
        own_key=own_key,
        fifo=fifo,
    )
    redrive = sqs.RedrivePolicy(deadLetterTargetArn=dead_letters.arn, maxReceiveCount=receives)
    made = _queue(
        stack,
        title,
        says=says,
        retention=retention_seconds,
        own_key=own_key,
        fifo=fifo,
        VisibilityTimeout=visibility_seconds,
        RedrivePolicy=redrive,
    )
    alarm(
        topic,
        f"{title}Age",
        says=f"{title} has messages that nobody processes",
        namespace="AWS/SQS",
        metric="ApproximateAgeOfOldestMessage",
        dimensions={"QueueName": GetAtt(made.resource, "QueueName")},
        statistic="Maximum",
        threshold=late_after_seconds or max(1, int(retention_seconds * LATE_SHARE)),
    )
    return made._replace(dead_letters=dead_letters)


def dead_letter_queue(
    stack: Stack,
    title: str,
    *,
    topic: Topic,
    says: str,
    own_key: Key | None = None,
    fifo: bool = False,
    keep: bool = True,
) -> Queue:
    """Queue that should stay empty: what was given up stays in it as long as SQS can, and the first raises an alarm.

    Args:
        own_key: Key of the queue whose dead letters it takes; otherwise its own where the requirements ask for one.
        keep: Whether its messages are worth keeping when the stack goes.
    """
    own_key = own_key or _key(stack, title)
    made = _queue(stack, title, says=says, retention=LONGEST_RETENTION, own_key=own_key, fifo=fifo, keep=keep)
    depth_alarm(topic, made.resource, says=f"{title} has received something")
    return made


def _queue(
    stack: Stack,
    title: str,
    *,
    says: str,
    retention: int,
    own_key: Key | None,
    fifo: bool,
    keep: bool = True,
    **properties: Any,
) -> Queue:
    """A queue and the policy that closes it to plain HTTP."""
    ordered = {"FifoQueue": True, "ContentBasedDeduplication": True} if fifo else {}
    encryption = {"KmsMasterKeyId": own_key.arn} if own_key else {"SqsManagedSseEnabled": True}
    resource = stack.add(
        sqs.Queue(
            title,
            QueueName=stack.name(title, sqs.Queue, ending=FIFO if fifo else ""),
            **encryption,
            **ordered,
            MessageRetentionPeriod=retention,
            **properties,
            **(stack.retention if keep else {"DeletionPolicy": "Delete", "UpdateReplacePolicy": "Delete"}),
        ),
        says=says,
    )
    deny_http = deny(
        "sqs:*",
        on=GetAtt(resource, "Arn"),
        to=anyone(),
        when=aws.Bool(aws.SecureTransport, "false"),
        sid="DenyPlainHttp",
    )
    policy = stack.add(
        sqs.QueuePolicy(f"{title}Policy", Queues=[Ref(resource)], PolicyDocument=document(deny_http)),
    )
    return Queue(stack, resource, policy, own_key)


def _key(stack: Stack, title: str) -> Key | None:
    if "queues" not in stack.requirements.customer_managed_keys:
        return None
    return key(stack, f"{title}Key", purpose=f"messages in {title}", statements=[used_through("sqs")])


def _check(title: str, path: str, found: int, allowed: range, unit: str) -> None:
    if found not in allowed:
        raise PropertyError(title, path, found=found, remedy=f"use {allowed[0]} to {allowed[-1]} {unit}")
