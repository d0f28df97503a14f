"""E9105: every queue says how it is encrypted at rest."""

from __future__ import annotations

from collections.abc import Iterator

from tap_templates.checks.keys import CustomerKeyRule
from tap_templates.checks.rule import Example, Verdict, verdict
from tap_templates.checks.values import is_on
from tap_templates.checks.view import Found, Resource, View


class QueueIsEncrypted(CustomerKeyRule):
    """A queue names a KMS key, or switches on SSE-SQS where no key of the customer's own is required."""

    id = "E9105"
    shortdesc = "A queue is encrypted"
    description = (
        "Each queue sets SqsManagedSseEnabled or KmsMasterKeyId; a customer key where the requirement lists queues."
    )
    why = "Encryption that is only a default of today is neither reviewed nor kept when it changes."
    fix = "set SqsManagedSseEnabled to true, or KmsMasterKeyId"
    source_url = (
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html"
    )
    service = "queues"
    encrypted_anyway = False
    example = Example(
        failing={"Resources": {"Work": {"Type": "AWS::SQS::Queue", "Properties": {"SqsManagedSseEnabled": False}}}},
        passing={"Resources": {"Work": {"Type": "AWS::SQS::Queue", "Properties": {"SqsManagedSseEnabled": True}}}},
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """The key where there is one, else the switch."""
        for queue in view.of("AWS::SQS::Queue"):
            for key in queue.get("KmsMasterKeyId"):
                if self.needs_customer_key or not (key.is_missing or key.value == ""):
                    yield self.judge_key(queue, key)
                else:
                    yield from self._switch(queue, key)

    def _switch(self, queue: Resource, key: Found) -> Iterator[Verdict]:
        for found in queue.get("SqsManagedSseEnabled", key.when):
            yield verdict(found, None if found.is_unknown else is_on(found.value), self.fix)
