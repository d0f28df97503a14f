"""Topics: who publishes, who receives, and that nothing goes over plain HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from support.clean import findings
from support.component_samples import ANSWERS, asked, fixed, fixed_name, untagged
from support.deployment import deployed
from support.iam_evaluator import ALLOWED, NOT_ALLOWED, Request, decision
from support.resolved_template import ACCOUNT, OTHER_ACCOUNT, Resolved

from tap_templates.components.alarms import alarm_topic
from tap_templates.components.identity import permissions_boundary
from tap_templates.components.queues import dead_letter_queue, queue
from tap_templates.components.storage import access_log_bucket
from tap_templates.components.topics import Topic, topic
from tap_templates.deployment import Clients
from tap_templates.stack import Stack


def stack_with_topics(settings: Any = None, **given: Any) -> tuple[Stack, Topic, Topic]:
    """A stack with a topic for news beside that for alarms."""
    stack = Stack(settings or fixed())
    permissions_boundary(stack)
    return stack, topic(stack, "News", says="topic for news", **given), alarm_topic(stack)


def test_topic_has_a_key_of_its_own() -> None:
    """Named by the convention and encrypted; the key says what for."""
    resources = stack_with_topics()[0].to_dict()["Resources"]

    assert untagged(resources["News"])["Properties"] == {
        "TopicName": fixed_name("news"),
        "KmsMasterKeyId": {"Fn::GetAtt": ["NewsKey", "Arn"]},
    }
    assert resources["NewsKey"]["Properties"]["Description"] == "payments prod: messages of News"


def test_order_is_kept_where_it_is_asked_for() -> None:
    """A FIFO topic has a name that ends as SNS asks."""
    properties = stack_with_topics(fifo=True)[0].to_dict()["Resources"]["News"]["Properties"]

    assert properties["TopicName"]["Fn::Sub"][0] == "payments-prod-news-${Suffix}.fifo"
    assert (properties["FifoTopic"], properties["ContentBasedDeduplication"]) == (True, True)


@pytest.mark.parametrize(
    ("account", "bucket", "expected"),
    [
        (ACCOUNT, "payments-prod-access-logs-ab12cd34", ALLOWED),
        (ACCOUNT, "payments-prod-access-logs-99999999", NOT_ALLOWED),
        (OTHER_ACCOUNT, "payments-prod-access-logs-ab12cd34", NOT_ALLOWED),
    ],
)
def test_bucket_publishes_and_uses_the_key(account: str, bucket: str, expected: str) -> None:
    """A bucket's ARN has neither Region nor account: the name and the account it acts for close it."""
    stack, news, _ = stack_with_topics()
    news.accept("s3.amazonaws.com", source=access_log_bucket(stack).arn, title="AccessLogs")
    policy = Resolved(stack.to_dict()).properties("NewsKey")["KeyPolicy"]
    context = {"aws:SourceAccount": account, "aws:SourceArn": f"arn:aws:s3:::{bucket}"}

    assert (
        decision(Request("kms:Decrypt", "arn:aws:kms:::key/k", "s3.amazonaws.com", context=context), policy) == expected
    )


def test_delivery_names_what_could_not_be_delivered() -> None:
    """A queue with dead letters takes them for the subscription too; the filter stands in the subscription."""
    stack, news, alarms = stack_with_topics()
    news.deliver(queue(stack, "Orders", topic=alarms, says="orders"), only={"kind": ["order"]})
    news.deliver(dead_letter_queue(stack, "Rest", topic=alarms, says="the rest"))
    resources = stack.to_dict()["Resources"]

    assert resources["NewsToOrders"]["Properties"] == {
        "TopicArn": {"Ref": "News"},
        "Protocol": "sqs",
        "Endpoint": {"Fn::GetAtt": ["Orders", "Arn"]},
        "RawMessageDelivery": True,
        "RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["OrdersDeadLetters", "Arn"]}},
        "FilterPolicy": {"kind": ["order"]},
    }
    assert resources["NewsToOrders"]["DependsOn"] == ["OrdersPolicy", "OrdersDeadLettersPolicy"]
    assert "RedrivePolicy" not in resources["NewsToRest"]["Properties"]


@pytest.mark.parametrize("make", [fixed, asked])
def test_no_check_finds_anything(make: Any) -> None:
    """In both bindings, with a subscription."""
    stack, news, alarms = stack_with_topics(make())
    news.deliver(queue(stack, "Orders", topic=alarms, says="orders"))

    assert findings(stack) == []


def test_filter_keeps_others_out(component_clients: Clients) -> None:
    """Deployed, all is applied, and only what the filter lets through arrives."""
    stack, news, alarms = stack_with_topics(asked())
    news.deliver(queue(stack, "Orders", topic=alarms, says="orders"), only={"kind": ["order"]})
    with deployed(stack, component_clients, ANSWERS) as sample:
        assert not sample.read_back().failures()
        for kind in ("joke", "order"):
            attributes = {"kind": {"DataType": "String", "StringValue": kind}}
            component_clients("sns").publish(
                TopicArn=sample.outputs["NewsArn"], Message=kind, MessageAttributes=attributes
            )
        received = component_clients("sqs").receive_message(
            QueueUrl=sample.ids["Orders"], WaitTimeSeconds=5, MaxNumberOfMessages=10
        )
        assert [message["Body"] for message in received["Messages"]] == ["order"]
