"""SNS: topics, their policies and subscriptions."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tap_templates.deployment.verification.reading import GoneError, Subject
from tap_templates.deployment.verification.values import Policy, Tags, tags_of

ATTRIBUTES = ("ContentBasedDeduplication", "DisplayName", "FifoTopic", "KmsMasterKeyId", "SignatureVersion",
              "TracingConfig")  # fmt: skip
SUBSCRIBED = ("DeliveryPolicy", "Endpoint", "FilterPolicy", "FilterPolicyScope", "Protocol", "RawMessageDelivery",
              "RedrivePolicy", "SubscriptionRoleArn", "TopicArn")  # fmt: skip


def _attribute(word: str) -> Callable[[Subject], Any]:
    return lambda topic: topic.ask("sns", "get_topic_attributes", TopicArn=topic.id)["Attributes"].get(word)


def _name(topic: Subject) -> str:
    return str(_attribute("TopicArn")(topic)).rsplit(":", 1)[-1]


def _tags(topic: Subject) -> Tags:
    return tags_of(topic.ask("sns", "list_tags_for_resource", ResourceArn=topic.id).get("Tags"))


def _subscribed(word: str) -> Callable[[Subject], Any]:
    def read(subscription: Subject) -> Any:
        answer = subscription.ask("sns", "get_subscription_attributes", SubscriptionArn=subscription.id)
        return answer["Attributes"].get(word)

    return read


def _policies(policy: Subject) -> dict[str, Policy]:
    """The policy of each topic that the template names."""
    found = {}
    for topic in map(str, policy.properties["Topics"]):
        text = policy.ask("sns", "get_topic_attributes", TopicArn=topic)["Attributes"].get("Policy")
        if not text:
            raise GoneError(f"no policy on {topic}")
        found[topic] = Policy(json.loads(text))
    return found


def _document(policy: Subject) -> Policy:
    return next(iter(_policies(policy).values()))


def _topics(policy: Subject) -> list[str]:
    """The topics that have the policy of the first one."""
    found = _policies(policy)
    return [topic for topic, document in found.items() if document == _document(policy)]


READERS: dict[str, dict[str, Callable[[Subject], Any]]] = {
    "AWS::SNS::Subscription": {word: _subscribed(word) for word in SUBSCRIBED},
    "AWS::SNS::Topic": {**{word: _attribute(word) for word in ATTRIBUTES}, "Tags": _tags, "TopicName": _name},
    "AWS::SNS::TopicPolicy": {"PolicyDocument": _document, "Topics": _topics},
}
