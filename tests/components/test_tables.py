"""Tables: keys, recovery, protection, who reads and writes, and that what goes wrong is heard of."""

from __future__ import annotations

from typing import Any

import pytest
from support.clean import findings
from support.component_samples import ANSWERS, asked, fixed, fixed_name, untagged
from support.deployment import deployed
from support.resolved_template import Resolved
from troposphere import encode_to_dict

from tap_templates.components.alarms import alarm_topic
from tap_templates.components.identity import permissions_boundary
from tap_templates.components.keys import key, used_through
from tap_templates.components.tables import Index, Table, table
from tap_templates.deployment import Clients
from tap_templates.errors import PropertyError
from tap_templates.settings import Settings
from tap_templates.stack import Stack

KEYS = {"customer_managed_keys": ["tables"]}
ID = ("id", "string")
BY_DAY = Index("ByDay", ("day", "string"), ("amount", "number"))


def stack_with_table(settings: Settings | None = None, **given: Any) -> tuple[Stack, Table]:
    """A stack with one table and the topic that its alarms tell."""
    stack = Stack(settings or fixed())
    permissions_boundary(stack)
    return stack, table(stack, "Orders", topic=alarm_topic(stack), **{"partition": ID, **given})


def test_table() -> None:
    """Paid by the request, encrypted, restorable for the days of the environment, protected, and kept."""
    assert untagged(stack_with_table()[0].to_dict()["Resources"]["Orders"]) == {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "TableName": fixed_name("orders"),
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "SSESpecification": {"SSEEnabled": True, "SSEType": "KMS"},
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 35},
            "DeletionProtectionEnabled": True,
        },
    }


def test_keys_indexes_expiry_and_stream() -> None:
    """Each attribute is defined once, whatever it is a key of."""
    stack, _ = stack_with_table(
        sort=("day", "string"), indexes=[BY_DAY], expires="expires_at", stream="NEW_AND_OLD_IMAGES"
    )
    finished = stack.to_dict()
    properties = finished["Resources"]["Orders"]["Properties"]

    assert finished["Outputs"]["OrdersStreamArn"]["Value"] == {"Fn::GetAtt": ["Orders", "StreamArn"]}
    assert properties["AttributeDefinitions"] == [
        {"AttributeName": "id", "AttributeType": "S"},
        {"AttributeName": "day", "AttributeType": "S"},
        {"AttributeName": "amount", "AttributeType": "N"},
    ]
    assert properties["KeySchema"][1] == {"AttributeName": "day", "KeyType": "RANGE"}
    assert properties["GlobalSecondaryIndexes"] == [
        {
            "IndexName": "ByDay",
            "KeySchema": [
                {"AttributeName": "day", "KeyType": "HASH"},
                {"AttributeName": "amount", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        }
    ]
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert properties["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}


def test_nothing_keeps_a_table_that_must_go() -> None:
    """Where data must not be retained, neither protection nor a policy holds it."""
    demands = {"data_retention": "delete", "backup_retention_days": 0, "deletion_protection": False}
    resource = stack_with_table(fixed(requirements=demands))[0].to_dict()["Resources"]["Orders"]

    assert (resource["DeletionPolicy"], resource["Properties"]["DeletionProtectionEnabled"]) == ("Delete", False)


@pytest.mark.parametrize(
    ("verb", "actions"),
    [
        ("read", ["BatchGetItem", "ConditionCheckItem", "GetItem", "Query", "Scan"]),
        ("write", ["BatchWriteItem", "PutItem", "UpdateItem"]),
        ("delete", ["DeleteItem"]),
        ("follow", ["DescribeStream", "GetRecords", "GetShardIterator"]),
    ],
)
def test_verbs(verb: str, actions: list[str]) -> None:
    """Each grants its own actions, on the table or its stream; its key comes along where it has one."""
    _, plain = stack_with_table(stream="KEYS_ONLY")
    _, keyed = stack_with_table(fixed(requirements=KEYS), stream="KEYS_ONLY")
    [statement] = [encode_to_dict(each) for each in getattr(plain, verb)()]
    attribute = "StreamArn" if verb == "follow" else "Arn"

    assert statement["Action"] == [f"dynamodb:{action}" for action in actions]
    assert statement["Resource"] == [{"Fn::GetAtt": ["Orders", attribute]}]
    assert [encode_to_dict(each)["Resource"] for each in getattr(keyed, verb)()][1:] == [
        [{"Fn::GetAtt": ["OrdersKey", "Arn"]}]
    ]


def test_reading_through_an_index() -> None:
    """Queries of an index are calls on the index."""
    _, orders = stack_with_table(indexes=[BY_DAY])
    [statement] = [encode_to_dict(each) for each in orders.read()]

    assert statement["Resource"] == [{"Fn::GetAtt": ["Orders", "Arn"]}, {"Fn::Sub": "${Orders.Arn}/index/*"}]


def test_throttling_raises_alarms() -> None:
    """Reads and writes apart, in the table's own dimension."""
    template = Resolved(stack_with_table()[0].to_dict())

    for title, metric in (("OrdersReadThrottle", "ReadThrottleEvents"), ("OrdersWriteThrottle", "WriteThrottleEvents")):
        properties = template.properties(title)
        assert properties["MetricName"] == metric
        assert [row["Name"] for row in properties["Dimensions"]] == ["TableName"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"partition": ("id", "text")},
            "Orders.AttributeDefinitions.id: found 'text'; use string, number, binary",
        ),
        (
            {"indexes": [Index("ById", ("id", "number"))]},
            "Orders.AttributeDefinitions.id: found 'number'; use string as in its other key, or another attribute",
        ),
        (
            {"indexes": [BY_DAY, BY_DAY]},
            "Orders.GlobalSecondaryIndexes: found 'ByDay twice'; give each index a name of its own",
        ),
        (
            {"indexes": [BY_DAY._replace(name=f"By{number}") for number in range(21)]},
            "Orders.GlobalSecondaryIndexes: found 21; use at most 20 indexes",
        ),
        (
            {"stream": "ALL"},
            "Orders.StreamSpecification: found 'ALL'; use one of KEYS_ONLY, NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES",
        ),
    ],
)
def test_what_dynamodb_does_not_take(given: dict[str, Any], message: str) -> None:
    """It is said when the table is built, with place, value and remedy."""
    with pytest.raises(PropertyError) as caught:
        stack_with_table(**given)
    assert str(caught.value) == message


def test_table_without_a_stream_cannot_be_followed() -> None:
    """The grant would name what is not there."""
    with pytest.raises(PropertyError, match=r"Orders\.StreamSpecification: found None; give the table a stream"):
        stack_with_table()[1].follow()


@pytest.mark.parametrize("demands", [{}, KEYS])
@pytest.mark.parametrize("make", [fixed, asked])
def test_no_check_finds_anything(make: Any, demands: dict[str, Any]) -> None:
    """In both bindings, with and without a key of one's own."""
    settings = Settings(requirements=demands) if make is asked else fixed(requirements=demands)
    stack, _ = stack_with_table(settings, sort=("day", "string"), indexes=[BY_DAY], expires="gone", stream="KEYS_ONLY")

    assert findings(stack) == []


def test_deployed_and_used(component_clients: Clients) -> None:
    """All is applied, and an item that was put is there."""
    demands = {"data_retention": "any", "deletion_protection": False}
    stack, _ = stack_with_table(
        Settings(requirements=demands), indexes=[BY_DAY], expires="gone", stream="NEW_AND_OLD_IMAGES"
    )
    with deployed(stack, component_clients, ANSWERS) as sample:
        assert not sample.read_back().failures()
        items, name = component_clients("dynamodb"), sample.outputs["OrdersName"]
        items.put_item(TableName=name, Item={"id": {"S": "1"}, "day": {"S": "monday"}})
        assert items.get_item(TableName=name, Key={"id": {"S": "1"}})["Item"]["day"] == {"S": "monday"}


def test_one_attribute_cannot_be_both_keys() -> None:
    """DynamoDB refuses it after the upload; here it is said at build."""
    with pytest.raises(PropertyError, match=r"Orders\.KeySchema: found 'id'; use another attribute"):
        stack_with_table(sort=("id", "number"))


def test_shared_key_encrypts_it() -> None:
    """A key that is given goes before one of its own, and its actions come with the verbs."""
    stack = Stack(fixed(requirements=KEYS))
    shared = key(stack, "Shared", purpose="items", statements=[used_through("dynamodb")])
    made = table(stack, "Orders", topic=alarm_topic(stack), partition=ID, own_key=shared)

    resources = stack.to_dict()["Resources"]
    assert resources["Orders"]["Properties"]["SSESpecification"]["KMSMasterKeyId"] == {"Fn::GetAtt": ["Shared", "Arn"]}
    assert "OrdersKey" not in resources
    assert [statement.Sid for statement in made.read()] == ["ReadOrders", "DecryptShared"]


def test_alarms_say_what_was_throttled() -> None:
    """In a sentence."""
    resources = stack_with_table()[0].to_dict()["Resources"]

    assert resources["OrdersReadThrottle"]["Properties"]["AlarmDescription"] == "Orders: reads were throttled"
