"""SNS: what ministack drops of a topic, its encryption first of all, and does not tell of a subscription."""

from __future__ import annotations

import json

from tap_templates.emulator.types._registry import Properties, Repair, aws

ATTRIBUTES = (
    "KmsMasterKeyId",
    "SignatureVersion",
    "TracingConfig",
    "DeliveryPolicy",
    "ArchivePolicy",
    "ContentBasedDeduplication",
)


def _complete_topic(arn: str, old: Properties, new: Properties) -> None:
    for name in ATTRIBUTES:
        if name in new or name in old:
            value = new.get(name, "")
            said = json.dumps(value) if isinstance(value, dict) else str(value).lower() if value is True else str(value)
            aws("sns").set_topic_attributes(TopicArn=arn, AttributeName=name, AttributeValue=said)


def _complete_subscription(arn: str, old: Properties, new: Properties) -> None:
    """GetSubscriptionAttributes answers with what is stored as attributes, and these are not."""
    from ministack.services import sns

    record = sns._find_subscription(sns._sub_arn_to_topic[arn], arn)
    record["attributes"].update(
        SubscriptionArn=arn,
        TopicArn=record["topic_arn"],
        Protocol=record["protocol"],
        Endpoint=record["endpoint"],
        Owner=record["owner"],
        PendingConfirmation=str(not record["confirmed"]).lower(),
    )


ENTRIES = (
    Repair("AWS::SNS::Topic", _complete_topic),
    Repair("AWS::SNS::Subscription", _complete_subscription),
)
