"""Buses and rules: what matches arrives, what does not is kept, and only the rule may send."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.clean import findings
from support.component_samples import ANSWERS, asked, fixed, fixed_name, untagged
from support.deployment import deployed

from tap_templates.components.alarms import alarm_topic
from tap_templates.components.events import Bus, bus, route
from tap_templates.components.functions import Function, function
from tap_templates.components.identity import permissions_boundary
from tap_templates.components.queues import Queue, dead_letter_queue, queue
from tap_templates.components.topics import Topic, topic
from tap_templates.deployment import Clients
from tap_templates.errors import PropertyError
from tap_templates.settings import Settings
from tap_templates.stack import Stack

PATTERN = {"source": ["shop"]}


def stack_with_bus(settings: Settings | None = None) -> tuple[Stack, Bus, Topic, Queue]:
    """A stack with a bus, and a queue to send to."""
    stack = Stack(settings or fixed())
    permissions_boundary(stack)
    alarms = alarm_topic(stack)
    return stack, bus(stack, "Shop", topic=alarms), alarms, queue(stack, "Orders", topic=alarms, says="orders")


def worker(stack: Stack, alarms: Topic) -> Function:
    """A function that does nothing."""
    return function(
        stack, "Work", topic=alarms, source="def handler(event, context):\n    return {}\n", description="Does nothing"
    )


def test_bus_keeps_its_events() -> None:
    """Encrypted with a key of its own, with an archive for a replay, and a queue for what could not be delivered."""
    resources = stack_with_bus()[0].to_dict()["Resources"]

    assert untagged(resources["Shop"])["Properties"] == {
        "Name": fixed_name("shop"),
        "KmsKeyIdentifier": {"Fn::GetAtt": ["ShopKey", "Arn"]},
        "DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["ShopFailures", "Arn"]}},
    }
    assert resources["ShopArchive"]["Properties"] == {
        "SourceArn": {"Fn::GetAtt": ["Shop", "Arn"]},
        "RetentionDays": 365,
        "Description": "Events of Shop, for a replay",
    }


def test_rule_of_a_bus() -> None:
    """What could not be delivered goes to the bus's failures, and raises an alarm of this rule on this bus."""
    stack, shop, _, orders = stack_with_bus()
    shop.route("NewOrders", PATTERN, orders, says="Sends new orders to the queue")
    resources = stack.to_dict()["Resources"]

    assert untagged(resources["NewOrders"])["Properties"] == {
        "Name": fixed_name("new-orders"),
        "Description": "Sends new orders to the queue",
        "EventPattern": {"source": ["shop"]},
        "State": "ENABLED",
        "EventBusName": {"Ref": "Shop"},
        "Targets": [
            {
                "Id": "Orders",
                "Arn": {"Fn::GetAtt": ["Orders", "Arn"]},
                "DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["ShopFailures", "Arn"]}},
            }
        ],
    }
    assert resources["NewOrdersFailed"]["Properties"]["Dimensions"] == [
        {"Name": "EventBusName", "Value": {"Ref": "Shop"}},
        {"Name": "RuleName", "Value": fixed_name("new-orders")},
    ]


@pytest.mark.parametrize(
    ("pattern", "count", "message"),
    [
        (PATTERN, 0, "Rule.Targets: found 0; name 1 to 5 targets"),
        (PATTERN, 6, "Rule.Targets: found 6; name 1 to 5 targets"),
        ({}, 1, 'Rule.EventPattern: found {}; match on something: {"source": [...]}'),
    ],
)
def test_what_a_rule_cannot_be(pattern: dict[str, Any], count: int, message: str) -> None:
    """It is said when the rule is built."""
    _, shop, _, orders = stack_with_bus()
    with pytest.raises(PropertyError) as caught:
        shop.route("Rule", pattern, *[orders] * count, says="Anything")
    assert str(caught.value) == message


@pytest.mark.parametrize("make", [fixed, asked])
def test_no_check_finds_anything(make: Any) -> None:
    """A queue, a topic and a function as targets, of a bus and of the account's default one, in both bindings."""
    stack, shop, alarms, orders = stack_with_bus(make())
    news, work = topic(stack, "News", says="topic for news"), worker(stack, alarms)
    shop.route("NewOrders", PATTERN, orders, news, work, says="Sends new orders")
    failures = dead_letter_queue(stack, "Undelivered", topic=alarms, says="events that could not be delivered")
    route(
        stack,
        "Findings",
        {"source": ["aws.guardduty"]},
        news,
        topic=alarms,
        failures=failures,
        says="Tells of findings",
    )

    assert findings(stack) == []


def test_deployed_and_used(component_clients: Clients) -> None:
    """All is applied; what matches arrives in the queue, and what does not, does not."""
    stack, shop, _, orders = stack_with_bus(asked())
    shop.route("NewOrders", PATTERN, orders, says="Sends new orders to the queue")
    with deployed(stack, component_clients, ANSWERS) as sample:
        assert not sample.read_back().failures()
        component_clients("events").put_events(
            Entries=[
                {"Source": source, "DetailType": "order", "Detail": "{}", "EventBusName": sample.outputs["ShopName"]}
                for source in ("cellar", "shop")
            ]
        )
        received = component_clients("sqs").receive_message(
            QueueUrl=sample.ids["Orders"], WaitTimeSeconds=5, MaxNumberOfMessages=10
        )
        assert [json.loads(message["Body"])["source"] for message in received["Messages"]] == ["shop"]
