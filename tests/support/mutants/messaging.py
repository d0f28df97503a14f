"""Topics, subscriptions, queues, keys and aliases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from support.mutants.mutant import Deployed, Mutant, listed, of_document, of_tags, pairs, setting


def _topic(deployed: Deployed, title: str, word: str) -> Any:
    def put(value: str) -> None:
        arn = deployed.ids[title]
        deployed.aws("sns").set_topic_attributes(TopicArn=arn, AttributeName=word, AttributeValue=value)

    return put


def of_topic(deployed: Deployed, title: str) -> Iterator[Mutant]:
    """Key and tags."""
    sns, arn = deployed.aws("sns"), deployed.ids[title]
    key = sns.get_topic_attributes(TopicArn=arn)["Attributes"]["KmsMasterKeyId"]
    yield setting(title, "other key", _topic(deployed, title, "KmsMasterKeyId"), key, "alias/aws/sns")
    yield setting(title, "no key", _topic(deployed, title, "KmsMasterKeyId"), key, "")
    yield from of_tags(
        title,
        pairs(sns.list_tags_for_resource(ResourceArn=arn)["Tags"]),
        lambda some: sns.tag_resource(ResourceArn=arn, Tags=listed(some)),
        lambda key: sns.untag_resource(ResourceArn=arn, TagKeys=[key]),
    )


def of_topic_policy(deployed: Deployed, title: str) -> Iterator[Mutant]:
    """Each statement, and one more."""
    topic = title.removesuffix("Policy")
    found = deployed.aws("sns").get_topic_attributes(TopicArn=deployed.ids[topic])["Attributes"]
    yield from of_document(title, _topic(deployed, topic, "Policy"), found["Policy"])


def of_subscription(deployed: Deployed, title: str) -> Iterator[Mutant]:
    """What it lets through."""
    sns, arn = deployed.aws("sns"), deployed.ids[title]
    policy = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"].get("FilterPolicy")
    if policy:
        yield setting(
            title,
            "filter",
            lambda text: sns.set_subscription_attributes(
                SubscriptionArn=arn, AttributeName="FilterPolicy", AttributeValue=text
            ),
            policy,
            '{"user": ["nobody"]}',
        )


def _queue(deployed: Deployed, title: str, word: str) -> Any:
    def put(value: str) -> None:
        deployed.aws("sqs").set_queue_attributes(QueueUrl=deployed.ids[title], Attributes={word: value})

    return put


def of_queue(deployed: Deployed, title: str) -> Iterator[Mutant]:
    """Retention, encryption and tags."""
    sqs, url = deployed.aws("sqs"), deployed.ids[title]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    for word, value in (("MessageRetentionPeriod", "60"), ("SqsManagedSseEnabled", "false")):
        yield setting(title, word, _queue(deployed, title, word), found[word], value)
    yield from of_tags(
        title,
        sqs.list_queue_tags(QueueUrl=url)["Tags"],
        lambda some: sqs.tag_queue(QueueUrl=url, Tags=some),
        lambda key: sqs.untag_queue(QueueUrl=url, TagKeys=[key]),
    )


def of_queue_policy(deployed: Deployed, title: str) -> Iterator[Mutant]:
    """Each statement, one more, and none at all."""
    queue = title.removesuffix("Policy")
    url = deployed.ids[queue]
    policy = deployed.aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"]
    put = _queue(deployed, queue, "Policy")
    yield setting(title, "dropped", put, policy, "")
    yield from of_document(title, put, policy)


def of_key(deployed: Deployed, title: str) -> Iterator[Mutant]:
    """Rotation, use, policy, description, end and tags."""
    kms, key = deployed.aws("kms"), {"KeyId": deployed.ids[title]}
    described = kms.describe_key(**key)["KeyMetadata"]["Description"]
    policy = kms.get_key_policy(**key, PolicyName="default")["Policy"]
    yield Mutant(title, "rotation", lambda: kms.disable_key_rotation(**key), lambda: kms.enable_key_rotation(**key))
    yield Mutant(title, "disabled", lambda: kms.disable_key(**key), lambda: kms.enable_key(**key))

    def revive() -> None:
        kms.cancel_key_deletion(**key)
        kms.enable_key(**key)

    yield Mutant(title, "to be deleted", lambda: kms.schedule_key_deletion(**key, PendingWindowInDays=7), revive)
    yield setting(
        title, "description", lambda said: kms.update_key_description(**key, Description=said), described, "other"
    )
    yield from of_document(title, lambda text: kms.put_key_policy(**key, PolicyName="default", Policy=text), policy)
    tags = {tag["TagKey"]: tag["TagValue"] for tag in kms.list_resource_tags(**key)["Tags"]}
    yield from of_tags(
        title,
        tags,
        lambda some: kms.tag_resource(**key, Tags=[{"TagKey": word, "TagValue": said} for word, said in some.items()]),
        lambda word: kms.untag_resource(**key, TagKeys=[word]),
    )


def of_alias(deployed: Deployed, title: str) -> Iterator[Mutant]:
    """Another key, and none at all."""
    kms, alias = deployed.aws("kms"), {"AliasName": deployed.ids[title]}
    key = kms.describe_key(KeyId=deployed.ids[title])["KeyMetadata"]["KeyId"]
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    yield setting(title, "other key", lambda to: kms.update_alias(**alias, TargetKeyId=to), key, other)
    yield Mutant(
        title, "dropped", lambda: kms.delete_alias(**alias), lambda: kms.create_alias(**alias, TargetKeyId=key)
    )
