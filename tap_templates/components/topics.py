"""Topics: encrypted with a key of their own, closed to plain HTTP, and subscribed to by what may receive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import awacs.aws as aws
import awacs.sns as sns_actions
from troposphere import AWSHelperFn, Ref, sns

from tap_templates.components.keys import Key, key, used_for_own, used_through
from tap_templates.naming import FIFO
from tap_templates.policies import allow, anyone, deny, document, extend, from_source, service
from tap_templates.stack import Stack

if TYPE_CHECKING:
    from tap_templates.components.queues import Queue


class Topic(NamedTuple):
    """A topic, its policy, and the key of its own that encrypts it."""

    stack: Stack
    resource: sns.Topic
    policy: sns.TopicPolicy
    key: Key

    @property
    def title(self) -> str:
        """Logical id of the topic."""
        return str(self.resource.title)

    @property
    def arn(self) -> AWSHelperFn:
        """ARN of the topic."""
        return Ref(self.resource)

    def publish(self) -> list[aws.Statement]:
        """Publish to the topic, and use its key for that."""
        own = allow([sns_actions.Publish], on=self.arn, sid=f"Publish{self.title}")
        return [own, *self.key.encrypt()]

    def accept(self, principal: str, *, source: Any, title: str) -> None:
        """Lets an AWS service publish to the topic on behalf of one resource, and use its key for that.

        Args:
            principal: ``cloudwatch.amazonaws.com``, ``events.amazonaws.com``, ...
            source: ARN of that resource, or a pattern of ARNs.
            title: What stands in the Sids: its logical id.
        """
        when = from_source(source)
        publishing = allow([sns_actions.Publish], on=self.arn, to=service(principal), when=when, sid=f"Publish{title}")
        extend(self.policy.PolicyDocument, publishing)
        self.key.admit(used_for_own(self.stack, principal, sid=f"UseFor{title}"))

    def deliver(self, queue: Queue, *, only: Mapping[str, Sequence[Any]] | None = None) -> sns.SubscriptionResource:
        """Subscribes a queue, which receives the messages as they were published.

        What cannot be delivered goes to the queue's dead letters.

        Args:
            only: Filter policy on the messages' attributes: ``{"kind": ["order"]}``.
        """
        failed = queue.dead_letters
        for each in (queue, failed):
            if each is not None:
                each.accept("sns.amazonaws.com", source=self.arn, title=self.title)
        redrive = {"RedrivePolicy": {"deadLetterTargetArn": failed.arn}} if failed else {}
        return self.stack.add(
            sns.SubscriptionResource(
                f"{self.title}To{queue.title}",
                TopicArn=self.arn,
                Protocol="sqs",
                Endpoint=queue.arn,
                RawMessageDelivery=True,
                **redrive,
                **({"FilterPolicy": dict(only)} if only else {}),
                DependsOn=[str(each.policy.title) for each in (queue, failed) if each is not None],
            )
        )


def topic(stack: Stack, title: str, *, says: str, purpose: str | None = None, fifo: bool = False) -> Topic:
    """Topic to which principals of this account publish as their own policies say, over TLS.

    Always with a key of its own: with the key that AWS manages, neither alarms nor rules nor buckets could publish.

    Args:
        says: What it is: ``topic for orders``.
        purpose: What its key encrypts, for the key's description.
        fifo: Keeps the order within message groups, and drops duplicates by their content.

    Source: SNS developer guide, "Key management"; Security Hub control SNS.1.
    """
    stack.check_free(title)
    own_key = key(stack, f"{title}Key", purpose=purpose or f"messages of {title}", statements=[used_through("sns")])
    resource = stack.add(
        sns.Topic(
            title,
            TopicName=stack.name(title, sns.Topic, ending=FIFO if fifo else ""),
            KmsMasterKeyId=own_key.arn,
            **({"FifoTopic": True, "ContentBasedDeduplication": True} if fifo else {}),
        ),
        says=says,
    )
    deny_http = deny(
        [sns_actions.Publish],
        on=Ref(resource),
        to=anyone(),
        when=aws.Bool(aws.SecureTransport, "false"),
        sid="DenyPlainHttp",
    )
    policy = stack.add(sns.TopicPolicy(f"{title}Policy", Topics=[Ref(resource)], PolicyDocument=document(deny_http)))
    return Topic(stack, resource, policy, own_key)
