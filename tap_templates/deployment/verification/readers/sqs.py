"""SQS: queues and their policies."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tap_templates.deployment.verification.reading import GoneError, Subject
from tap_templates.deployment.verification.values import Policy, Tags, tags_of

ATTRIBUTES = ("ContentBasedDeduplication", "DeduplicationScope", "DelaySeconds", "FifoQueue", "FifoThroughputLimit",
              "KmsDataKeyReusePeriodSeconds", "KmsMasterKeyId", "MaximumMessageSize", "MessageRetentionPeriod",
              "ReceiveMessageWaitTimeSeconds", "RedriveAllowPolicy", "RedrivePolicy", "SqsManagedSseEnabled",
              "VisibilityTimeout")  # fmt: skip


def _attributes(subject: Subject, url: str) -> dict[str, Any]:
    return dict(subject.ask("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=["All"])["Attributes"])


def _told(word: str) -> Callable[[Subject], Any]:
    return lambda queue: _attributes(queue, queue.id).get(word)


def _name(queue: Subject) -> str:
    return str(_attributes(queue, queue.id)["QueueArn"]).rsplit(":", 1)[-1]


def _tags(queue: Subject) -> Tags:
    return tags_of(queue.ask("sqs", "list_queue_tags", QueueUrl=queue.id).get("Tags"))


def _policies(policy: Subject) -> dict[str, Policy]:
    """The policy of each queue that the template names."""
    found = {}
    for queue in map(str, policy.properties["Queues"]):
        text = _attributes(policy, queue).get("Policy")
        if not text:
            raise GoneError(f"no policy on {queue}")
        found[queue] = Policy(json.loads(text))
    return found


def _document(policy: Subject) -> Policy:
    return next(iter(_policies(policy).values()))


def _queues(policy: Subject) -> list[str]:
    """The queues that have the policy of the first one."""
    found = _policies(policy)
    return [queue for queue, document in found.items() if document == _document(policy)]


READERS: dict[str, dict[str, Callable[[Subject], Any]]] = {
    "AWS::SQS::Queue": {**{word: _told(word) for word in ATTRIBUTES}, "QueueName": _name, "Tags": _tags},
    "AWS::SQS::QueuePolicy": {"PolicyDocument": _document, "Queues": _queues},
}
