"""Queues: who sends and receives, what is kept, and that a late or dead message is heard of."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.clean import findings
from support.component_samples import ANSWERS, asked, fixed, fixed_name, untagged
from support.deployment import deployed
from support.iam_evaluator import ALLOWED, DENIED, NOT_ALLOWED, Request, decision
from support.resolved_template import ACCOUNT, OTHER_ACCOUNT, Resolved
from troposphere import GetAtt, events, iam

from tap_templates.components.alarms import alarm_topic
from tap_templates.components.identity import permissions_boundary, service_role
from tap_templates.components.queues import Queue, dead_letter_queue, queue
from tap_templates.components.topics import topic
from tap_templates.deployment import Clients
from tap_templates.errors import PropertyError
from tap_templates.settings import Settings
from tap_templates.stack import Stack

ORDERS = f"arn:aws:sqs:eu-central-1:{ACCOUNT}:Orders"
RULE = f"arn:aws:events:eu-central-1:{ACCOUNT}:rule/payments-prod-new-orders-ab12cd34"
KEYS = {"customer_managed_keys": ["queues", "logs"]}


def stack_with_queue(settings: Settings | None = None, **given: Any) -> tuple[Stack, Queue]:
    """A stack with one queue and the topic that its alarms tell."""
    stack = Stack(settings or fixed())
    permissions_boundary(stack)
    return stack, queue(stack, "Orders", topic=alarm_topic(stack), says="orders to ship", **given)


def with_rule(stack: Stack, orders: Queue) -> Stack:
    """A rule that sends to the queue."""
    rule = stack.add(
        events.Rule(
            "NewOrders",
            Name=stack.name("NewOrders", events.Rule),
            EventPattern={"source": ["shop"]},
            Targets=[events.Target(Id="Orders", Arn=orders.arn)],
        )
    )
    orders.accept("events.amazonaws.com", source=GetAtt(rule, "Arn"), title="NewOrders")
    return stack


def test_queue_and_its_dead_letters() -> None:
    """What was received five times goes to a queue that keeps it for 14 days; both are encrypted and stay."""
    resources = stack_with_queue(visibility_seconds=180)[0].to_dict()["Resources"]

    assert untagged(resources["Orders"]) == {
        "Type": "AWS::SQS::Queue",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "QueueName": fixed_name("orders"),
            "SqsManagedSseEnabled": True,
            "MessageRetentionPeriod": 345600,
            "VisibilityTimeout": 180,
            "RedrivePolicy": {
                "deadLetterTargetArn": {"Fn::GetAtt": ["OrdersDeadLetters", "Arn"]},
                "maxReceiveCount": 5,
            },
        },
    }
    assert resources["OrdersDeadLetters"]["Properties"]["MessageRetentionPeriod"] == 1209600


def test_late_and_dead_messages_raise_alarms() -> None:
    """A message older than a tenth of what it is kept for, and any dead letter."""
    template = Resolved(stack_with_queue()[0].to_dict())
    late, dead = template.properties("OrdersAge"), template.properties("OrdersDeadLettersDepth")

    assert (late["MetricName"], late["Threshold"]) == ("ApproximateAgeOfOldestMessage", 34560)
    assert (dead["MetricName"], dead["Threshold"]) == ("ApproximateNumberOfMessagesVisible", 1)
    assert late["Dimensions"] == [{"Name": "QueueName", "Value": "Orders.QueueName"}]


def test_order_is_kept_where_it_is_asked_for() -> None:
    """A FIFO queue has FIFO dead letters, and names that end as SQS asks."""
    resources = stack_with_queue(fifo=True)[0].to_dict()["Resources"]
    for title, role in (("Orders", "orders"), ("OrdersDeadLetters", "orders-dead-letters")):
        name = fixed_name(role)
        name["Fn::Sub"][0] += ".fifo"
        assert resources[title]["Properties"]["QueueName"] == name
        assert resources[title]["Properties"]["FifoQueue"] is True
        assert resources[title]["Properties"]["ContentBasedDeduplication"] is True


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ({"aws:SourceAccount": ACCOUNT, "aws:SourceArn": RULE}, ALLOWED),
        ({"aws:SourceAccount": ACCOUNT, "aws:SourceArn": f"{RULE}-2"}, NOT_ALLOWED),
        ({"aws:SourceAccount": OTHER_ACCOUNT, "aws:SourceArn": RULE}, NOT_ALLOWED),
        ({"aws:SourceAccount": ACCOUNT, "aws:SourceArn": RULE, "aws:SecureTransport": "false"}, DENIED),
        ({}, NOT_ALLOWED),
    ],
)
def test_service_sends_for_one_source(context: dict[str, str], expected: str) -> None:
    """The rule sends; no other rule and no other account does."""
    template = Resolved(with_rule(*stack_with_queue()).to_dict())
    policy = template.properties("OrdersPolicy")["PolicyDocument"]
    [source] = policy["Statement"][1]["Condition"]["ArnLike"].values()
    request = Request("sqs:SendMessage", ORDERS, "events.amazonaws.com", context=context)

    assert decision(request, _bound(policy, source)) == expected


@pytest.mark.parametrize(
    ("account", "source", "expected"),
    [
        (ACCOUNT, RULE, ALLOWED),
        (ACCOUNT, RULE.replace("new-orders", "others"), ALLOWED),
        (ACCOUNT, RULE.replace("ab12cd34", "99999999"), NOT_ALLOWED),
        (OTHER_ACCOUNT, RULE.replace(ACCOUNT, OTHER_ACCOUNT), NOT_ALLOWED),
    ],
)
def test_service_uses_the_key_for_the_stack(account: str, source: str, expected: str) -> None:
    """The queue's key is used on behalf of this stack's rules: a reference to the one would close a circle."""
    template = Resolved(with_rule(*stack_with_queue(fixed(requirements=KEYS))).to_dict())
    context = {"aws:SourceAccount": account, "aws:SourceArn": source}
    request = Request("kms:GenerateDataKey", "arn:aws:kms:::key/k", "events.amazonaws.com", context=context)

    assert decision(request, template.properties("OrdersKey")["KeyPolicy"]) == expected


def _bound(policy: Any, source: str) -> Any:
    return json.loads(json.dumps(policy).replace(f'"{source}"', f'"{RULE}"'))


def test_verbs_name_the_queue_and_its_key() -> None:
    """Sending and consuming bring the key's actions where there is a key."""
    plain, keyed = stack_with_queue()[1], stack_with_queue(fixed(requirements=KEYS))[1]

    assert [[s.properties["Sid"] for s in verb] for verb in (plain.send(), plain.consume())] == [
        ["SendOrders"],
        ["ConsumeOrders"],
    ]
    assert [s.properties["Sid"] for s in (*keyed.send(), *keyed.consume())] == [
        "SendOrders",
        "EncryptOrdersKey",
        "ConsumeOrders",
        "DecryptOrdersKey",
    ]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"retention_seconds": 30}, "Orders.MessageRetentionPeriod: found 30; use 60 to 1209600 seconds"),
        ({"visibility_seconds": 43201}, "Orders.VisibilityTimeout: found 43201; use 0 to 43200 seconds"),
        ({"receives": 0}, "Orders.RedrivePolicy.maxReceiveCount: found 0; use 1 to 1000 times"),
    ],
)
def test_number_that_sqs_does_not_take(given: dict[str, int], message: str) -> None:
    """It is said when the queue is built."""
    with pytest.raises(PropertyError) as caught:
        stack_with_queue(**given)
    assert str(caught.value) == message


@pytest.mark.parametrize("fifo", [False, True])
@pytest.mark.parametrize("make", [fixed, asked])
@pytest.mark.parametrize("demands", [{}, KEYS])
def test_no_check_finds_anything(make: Any, fifo: bool, demands: dict[str, Any]) -> None:
    """In both bindings, with and without keys of one's own."""
    settings = Settings(requirements=demands) if make is asked else fixed(requirements=demands)
    stack, orders = stack_with_queue(settings, fifo=fifo)
    stack = stack if fifo else with_rule(stack, orders)

    assert findings(stack) == []


def test_deployed_and_used(component_clients: Clients) -> None:
    """All is applied; a message that is published reaches the queue, as it was published; a role sends to it alone."""
    stack, orders = stack_with_queue(asked())
    with_rule(stack, orders)
    news = topic(stack, "News", says="topic for news")
    news.deliver(orders)
    service_role(stack, "Sender", service="lambda.amazonaws.com", statements=orders.send(), description="Sends orders")
    with deployed(stack, component_clients, ANSWERS) as sample:
        assert not sample.read_back().failures()
        component_clients("sns").publish(TopicArn=sample.outputs["NewsArn"], Message="one order")
        received = component_clients("sqs").receive_message(QueueUrl=sample.ids["Orders"], WaitTimeSeconds=5)
        assert [message["Body"] for message in received["Messages"]] == ["one order"]
    assert isinstance(stack.template.resources["Sender"], iam.Role)


def test_topic_delivers_to_a_queue_with_a_key() -> None:
    """The queue and its dead letters share the key, which lets the topic in once."""
    stack, orders = stack_with_queue(fixed(requirements=KEYS))
    topic(stack, "News", says="news").deliver(orders)
    statements = stack.to_dict()["Resources"]["OrdersKey"]["Properties"]["KeyPolicy"]["Statement"]

    assert [statement["Sid"] for statement in statements].count("UseForNews") == 1
    assert findings(stack) == []


def test_queue_of_dead_letters_alone_has_the_key_that_is_required() -> None:
    """Where keys for queues are demanded, also the queue of a function's failures has one; the checks find nothing."""
    stack = Stack(fixed(requirements=KEYS))
    made = dead_letter_queue(stack, "Failures", topic=alarm_topic(stack), says="queue for what failed")

    assert made.key is not None
    assert stack.to_dict()["Resources"]["Failures"]["Properties"]["KmsMasterKeyId"] == {
        "Fn::GetAtt": ["FailuresKey", "Arn"]
    }
    assert findings(stack) == []
