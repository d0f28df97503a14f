"""DynamoDB tables: encrypted, restorable to the second, protected from deletion, and with alarms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import awacs.aws as aws
import awacs.dynamodb as table_actions
from troposphere import AWSHelperFn, GetAtt, Ref, Sub, dynamodb

from tap_templates.components.alarms import alarm
from tap_templates.components.keys import Key, key, used_through
from tap_templates.components.topics import Topic
from tap_templates.errors import PropertyError
from tap_templates.policies import allow
from tap_templates.requirements import DELETE
from tap_templates.stack import Stack

KINDS = {"string": "S", "number": "N", "binary": "B"}  # DynamoDB API reference, AttributeDefinition, AttributeType.
STREAMS = ("KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES")
MOST_INDEXES = 20  # DynamoDB developer guide, quotas: global secondary indexes of a table.

READING = [
    table_actions.BatchGetItem,
    table_actions.ConditionCheckItem,
    table_actions.GetItem,
    table_actions.Query,
    table_actions.Scan,
]
WRITING = [table_actions.BatchWriteItem, table_actions.PutItem, table_actions.UpdateItem]


class Index(NamedTuple):
    """A global secondary index: its name and its keys, each an attribute and its kind."""

    name: str
    partition: tuple[str, str]
    sort: tuple[str, str] | None = None


class Table(NamedTuple):
    """A table, the verbs that grant access to its items, and its key, if any."""

    stack: Stack
    resource: dynamodb.Table
    key: Key | None
    has_indexes: bool

    @property
    def title(self) -> str:
        """Logical id of the table."""
        return str(self.resource.title)

    @property
    def arn(self) -> AWSHelperFn:
        """ARN of the table."""
        return GetAtt(self.resource, "Arn")

    @property
    def stream_arn(self) -> AWSHelperFn:
        """ARN of its stream.

        Raises:
            PropertyError: It has none.
        """
        if "StreamSpecification" not in self.resource.properties:
            remedy = f"give the table a stream: one of {', '.join(STREAMS)}"
            raise PropertyError(self.title, "StreamSpecification", found=None, remedy=remedy)
        return GetAtt(self.resource, "StreamArn")

    def read(self) -> list[aws.Statement]:
        """Read items, of the table and through its indexes."""
        indexes = [Sub(f"${{{self.title}.Arn}}/index/*")] if self.has_indexes else []
        own = allow(READING, on=[self.arn, *indexes], sid=f"Read{self.title}")
        return [own, *(self.key.decrypt() if self.key else [])]

    def write(self) -> list[aws.Statement]:
        """Put and update items."""
        own = allow(WRITING, on=self.arn, sid=f"Write{self.title}")
        return [own, *(self.key.encrypt() if self.key else [])]

    def delete(self) -> list[aws.Statement]:
        """Delete items."""
        own = allow([table_actions.DeleteItem], on=self.arn, sid=f"Delete{self.title}")
        return [own, *(self.key.encrypt() if self.key else [])]

    def follow(self) -> list[aws.Statement]:
        """Read the table's stream.

        Raises:
            PropertyError: It has none.
        """
        following = [table_actions.DescribeStream, table_actions.GetRecords, table_actions.GetShardIterator]
        own = allow(following, on=self.stream_arn, sid=f"Follow{self.title}")
        return [own, *(self.key.decrypt() if self.key else [])]


def table(
    stack: Stack,
    title: str,
    *,
    topic: Topic,
    partition: tuple[str, str],
    sort: tuple[str, str] | None = None,
    indexes: Sequence[Index] = (),
    expires: str | None = None,
    stream: str | None = None,
    own_key: Key | None = None,
    says: str | None = None,
) -> Table:
    """Table that is paid by the request, restorable to any second of the environment's ``recovery_days``.

    Deletion is refused where ``deletion_protection`` asks for it, and the table stays when the stack goes. Without
    ``own_key`` it has a key of its own where ``customer_managed_keys`` lists tables, otherwise that of DynamoDB.
    Throttled reads and writes tell the topic.

    Args:
        partition: The partition key: an attribute and its kind, ``("id", "string")``.
        sort: The sort key, in the same form.
        indexes: Global secondary indexes, with all attributes.
        expires: Attribute with the second after which an item may be deleted (TTL).
        stream: What its stream shows of a change: ``NEW_AND_OLD_IMAGES``, ...
        own_key: A key that it shares with others, ``used_through("dynamodb")``.
        says: Completes "Name of the …" in its outputs; by default from its title.

    Raises:
        PropertyError: A kind, a stream or a number of indexes that DynamoDB does not have; two indexes of one name, an
            attribute with two kinds, or one attribute for both keys.

    Source: Security Hub controls DynamoDB.1, .2, .6; DynamoDB developer guide.
    """
    stack.check_free(title)
    _check(title, partition, sort, indexes, stream)
    if own_key is None and "tables" in stack.requirements.customer_managed_keys:
        own_key = key(stack, f"{title}Key", purpose=f"items of {title}", statements=[used_through("dynamodb")])
    keys = [partition, *([sort] if sort else []), *(each for index in indexes for each in _keys(index))]
    made = stack.add(
        dynamodb.Table(
            title,
            TableName=stack.name(title, dynamodb.Table),
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=_attributes(title, keys),
            KeySchema=_schema(partition, sort),
            **_optional(indexes, expires, stream),
            SSESpecification=_encryption(own_key),
            PointInTimeRecoverySpecification=dynamodb.PointInTimeRecoverySpecification(
                PointInTimeRecoveryEnabled=True, RecoveryPeriodInDays=stack.per_environment("recovery_days")
            ),
            DeletionProtectionEnabled=stack.requirements.deletion_protection
            and stack.requirements.data_retention != DELETE,
            **stack.retention,
        ),
        says=says or f"table {title}",
    )
    if stream:
        what = says or f"table {title}"
        stack.output(f"{title}Name", Ref(made), f"Name of the {what}")
        stack.output(f"{title}Arn", GetAtt(made, "Arn"), f"ARN of the {what}")
        stack.output(f"{title}StreamArn", GetAtt(made, "StreamArn"), f"ARN of the stream of the {what}")
    _alarms(topic, made)
    return Table(stack, made, own_key, bool(indexes))


def _alarms(topic: Topic, made: dynamodb.Table) -> None:
    """Source: DynamoDB developer guide, metrics (namespace AWS/DynamoDB)."""
    for metric, what in (
        ("ReadThrottleEvents", "reads were throttled"),
        ("WriteThrottleEvents", "writes were throttled"),
    ):
        alarm(
            topic,
            f"{made.title}{metric.removesuffix('Events')}",
            says=f"{made.title}: {what}",
            namespace="AWS/DynamoDB",
            metric=metric,
            dimensions={"TableName": Ref(made)},
        )


def _optional(indexes: Sequence[Index], expires: str | None, stream: str | None) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if indexes:
        given["GlobalSecondaryIndexes"] = [
            dynamodb.GlobalSecondaryIndex(
                IndexName=index.name,
                KeySchema=_schema(index.partition, index.sort),
                Projection=dynamodb.Projection(ProjectionType="ALL"),
            )
            for index in indexes
        ]
    if expires:
        given["TimeToLiveSpecification"] = dynamodb.TimeToLiveSpecification(AttributeName=expires, Enabled=True)
    if stream:
        given["StreamSpecification"] = dynamodb.StreamSpecification(StreamViewType=stream)
    return given


def _encryption(own_key: Key | None) -> dynamodb.SSESpecification:
    """With DynamoDB's own key in KMS: AWS manages it, and CloudTrail shows its use.

    Source: DynamoDB developer guide, encryption at rest, key types.
    """
    named = {"KMSMasterKeyId": own_key.arn} if own_key else {}
    return dynamodb.SSESpecification(SSEEnabled=True, SSEType="KMS", **named)


def _schema(partition: tuple[str, str], sort: tuple[str, str] | None) -> list[dynamodb.KeySchema]:
    named = [(partition[0], "HASH"), *([(sort[0], "RANGE")] if sort else [])]
    return [dynamodb.KeySchema(AttributeName=name, KeyType=kind) for name, kind in named]


def _keys(index: Index) -> list[tuple[str, str]]:
    return [index.partition, *([index.sort] if index.sort else [])]


def _attributes(title: str, keys: Sequence[tuple[str, str]]) -> list[dynamodb.AttributeDefinition]:
    """Each attribute once."""
    kinds: dict[str, str] = {}
    for name, kind in keys:
        if kind not in KINDS:
            raise PropertyError(title, f"AttributeDefinitions.{name}", found=kind, remedy=f"use {', '.join(KINDS)}")
        if kinds.setdefault(name, kind) != kind:
            remedy = f"use {kinds[name]} as in its other key, or another attribute"
            raise PropertyError(title, f"AttributeDefinitions.{name}", found=kind, remedy=remedy)
    return [dynamodb.AttributeDefinition(AttributeName=name, AttributeType=KINDS[kind]) for name, kind in kinds.items()]


def _check(
    title: str,
    partition: tuple[str, str],
    sort: tuple[str, str] | None,
    indexes: Sequence[Index],
    stream: str | None,
) -> None:
    if sort and sort[0] == partition[0]:
        remedy = "use another attribute than that of the partition key"
        raise PropertyError(title, "KeySchema", found=sort[0], remedy=remedy)
    names = [index.name for index in indexes]
    if len(names) > MOST_INDEXES:
        remedy = f"use at most {MOST_INDEXES} indexes"
        raise PropertyError(title, "GlobalSecondaryIndexes", found=len(names), remedy=remedy)
    for name in names:
        if names.count(name) > 1:
            remedy = "give each index a name of its own"
            raise PropertyError(title, "GlobalSecondaryIndexes", found=f"{name} twice", remedy=remedy)
    if stream is not None and stream not in STREAMS:
        raise PropertyError(title, "StreamSpecification", found=stream, remedy=f"use one of {', '.join(STREAMS)}")
