"""What starts a function: it arrives, only it may, and nothing waits for itself."""

from __future__ import annotations

import time
from typing import Any

import pytest
from support.clean import findings
from support.component_samples import ANSWERS, asked, fixed, fixed_name, untagged
from support.deployment import Sample, deployed

from tap_templates.components.alarms import alarm_topic
from tap_templates.components.functions import Function, function
from tap_templates.components.functions.triggers import consume, every, follow, on_new_objects, receive
from tap_templates.components.identity import permissions_boundary
from tap_templates.components.queues import queue
from tap_templates.components.storage import access_log_bucket, data_bucket
from tap_templates.components.tables import Table, table
from tap_templates.components.topics import Topic, topic
from tap_templates.deployment import Clients
from tap_templates.errors import PropertyError
from tap_templates.settings import Settings
from tap_templates.stack import Stack

# Writes down what it was started with: the source of each record, or of the event.
SOURCE = """import os
import boto3


def handler(event, context):
    table = boto3.client("dynamodb")
    for record in event.get("Records", [event]):
        source = record.get("eventSource") or record.get("EventSource") or record.get("source") or "?"
        table.put_item(TableName=os.environ["TABLE"], Item={"id": {"S": source}})
"""
PATIENCE_SECONDS = 20


def stack_with_recorder(settings: Settings | None = None) -> tuple[Stack, Function, Table, Topic]:
    """A function that writes down what starts it, and the table it writes to."""
    stack = Stack(settings or fixed())
    permissions_boundary(stack)
    alarms = alarm_topic(stack)
    seen = table(stack, "Seen", topic=alarms, partition=("id", "string"))
    made = function(
        stack,
        "Recorder",
        topic=alarms,
        source=SOURCE,
        description="Writes down what starts it",
        statements=seen.write(),
        variables={"TABLE": seen.resource.ref()},
    )
    return stack, made, seen, alarms


def with_all_triggers(settings: Settings | None = None) -> Stack:
    """Everything that can start a function starts this one."""
    stack, recorder, _, alarms = stack_with_recorder(settings)
    every(recorder, "rate(1 day)", title="Daily", says="once a day")
    consume(recorder, queue(stack, "Orders", topic=alarms, says="orders", visibility_seconds=180))
    receive(recorder, topic(stack, "News", says="topic for news"))
    follow(recorder, table(stack, "Stock", topic=alarms, partition=("id", "string"), stream="NEW_IMAGE"))
    bucket = data_bucket(stack, "Incoming", access_logs=access_log_bucket(stack))
    on_new_objects(recorder, bucket, topic=alarms, prefix="new/")
    return stack


def test_queue_is_polled() -> None:
    """In batches, of which the handler may say what failed; it may read the queue before it is started."""
    stack, recorder, _, alarms = stack_with_recorder()
    orders = queue(stack, "Orders", topic=alarms, says="orders", visibility_seconds=180)
    consume(recorder, orders, batch_size=100, window_seconds=5)
    resources = stack.to_dict()["Resources"]

    assert untagged(resources["RecorderFromOrders"])["Properties"] == {
        "FunctionName": {"Ref": "Recorder"},
        "EventSourceArn": {"Fn::GetAtt": ["Orders", "Arn"]},
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "BatchSize": 100,
        "MaximumBatchingWindowInSeconds": 5,
    }
    [statement] = resources["RecorderReadsOrders"]["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Sid"] == "ConsumeOrders"
    assert resources["Recorder"]["DependsOn"] == ["RecorderRolePolicy", "RecorderReadsOrders"]


def test_stream_is_followed() -> None:
    """A batch that fails is halved and tried again; what fails for good goes to the dead letters."""
    stack, recorder, _, alarms = stack_with_recorder()
    follow(recorder, table(stack, "Stock", topic=alarms, partition=("id", "string"), stream="NEW_IMAGE"))
    properties = untagged(stack.to_dict()["Resources"]["RecorderFromStock"])["Properties"]

    assert properties == {
        "FunctionName": {"Ref": "Recorder"},
        "EventSourceArn": {"Fn::GetAtt": ["Stock", "StreamArn"]},
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "BatchSize": 100,
        "StartingPosition": "LATEST",
        "BisectBatchOnFunctionError": True,
        "MaximumRetryAttempts": 5,
        "MaximumRecordAgeInSeconds": 86400,
        "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": ["RecorderFailures", "Arn"]}}},
    }


def test_stream_from_its_start() -> None:
    """What the stream still has is processed too."""
    stack, recorder, _, alarms = stack_with_recorder()
    stock = table(stack, "Stock", topic=alarms, partition=("id", "string"), stream="NEW_IMAGE")

    assert follow(recorder, stock, from_start=True).StartingPosition == "TRIM_HORIZON"


def test_topic_starts_it() -> None:
    """Only this topic may; what is not delivered goes to the dead letters; the filter stands in the subscription."""
    stack, recorder, _, _ = stack_with_recorder()
    receive(recorder, topic(stack, "News", says="topic for news"), only={"kind": ["order"]})
    resources = stack.to_dict()["Resources"]

    assert resources["NewsToRecorderStart"]["Properties"]["SourceArn"] == {"Ref": "News"}
    assert resources["NewsToRecorder"]["Properties"] == {
        "TopicArn": {"Ref": "News"},
        "Protocol": "lambda",
        "Endpoint": {"Fn::GetAtt": ["Recorder", "Arn"]},
        "RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["RecorderFailures", "Arn"]}},
        "FilterPolicy": {"kind": ["order"]},
    }


def test_new_objects_start_it_through_the_event_bus() -> None:
    """The bucket names no function, so that neither waits for the other."""
    stack, recorder, _, alarms = stack_with_recorder()
    bucket = data_bucket(stack, "Incoming", access_logs=access_log_bucket(stack))
    on_new_objects(recorder, bucket, topic=alarms, prefix="new/")
    resources = stack.to_dict()["Resources"]

    assert resources["Incoming"]["Properties"]["NotificationConfiguration"] == {
        "EventBridgeConfiguration": {"EventBridgeEnabled": True}
    }
    assert untagged(resources["IncomingToRecorder"])["Properties"]["EventPattern"] == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": [{"Ref": "Incoming"}]}, "object": {"key": [{"prefix": "new/"}]}},
    }
    assert resources["IncomingToRecorder"]["Properties"]["Name"] == fixed_name("incoming-to-recorder")


def test_new_objects_go_to_a_queue() -> None:
    """What the queue does not take goes to its dead letters."""
    stack, _, _, alarms = stack_with_recorder()
    orders = queue(stack, "Orders", topic=alarms, says="orders")
    bucket = data_bucket(stack, "Incoming", access_logs=access_log_bucket(stack))
    on_new_objects(orders, bucket, topic=alarms)
    [target] = stack.to_dict()["Resources"]["IncomingToOrders"]["Properties"]["Targets"]

    assert target["Arn"] == {"Fn::GetAtt": ["Orders", "Arn"]}
    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["OrdersDeadLetters", "Arn"]}}


@pytest.mark.parametrize(
    ("of_queue", "given", "message"),
    [
        (
            {"visibility_seconds": 29},
            {},
            "Orders.VisibilityTimeout: found 29; "
            "Recorder runs for up to 30 seconds: use at least that, better six times (180)",
        ),
        ({}, {"batch_size": 10_001}, "RecorderFromOrders.BatchSize: found 10001; use 1 to 10000 messages"),
        ({"fifo": True}, {"batch_size": 11}, "RecorderFromOrders.BatchSize: found 11; use 1 to 10 messages"),
        (
            {},
            {"batch_size": 11},
            "RecorderFromOrders.MaximumBatchingWindowInSeconds: found 0; "
            "gather for at least 1 second, or use a batch of at most 10",
        ),
        (
            {},
            {"window_seconds": 301},
            "RecorderFromOrders.MaximumBatchingWindowInSeconds: found 301; use 0 to 300 seconds",
        ),
    ],
)
def test_what_cannot_be_consumed(of_queue: dict[str, Any], given: dict[str, int], message: str) -> None:
    """It is said when it is built, with the queue's or the mapping's place."""
    stack, recorder, _, alarms = stack_with_recorder()
    with pytest.raises(PropertyError) as caught:
        consume(recorder, queue(stack, "Orders", topic=alarms, says="orders", **of_queue), **given)
    assert str(caught.value) == message


def test_schedule_that_is_none() -> None:
    """Neither a rate nor a cron expression."""
    _, recorder, _, _ = stack_with_recorder()
    with pytest.raises(PropertyError, match=r"RecorderDaily\.ScheduleExpression: found 'daily'; write rate\(1 day\)"):
        every(recorder, "daily", title="Daily", says="once a day")


@pytest.mark.parametrize("make", [fixed, asked])
def test_no_check_finds_anything(make: Any) -> None:
    """All triggers together, in both bindings: no circle either."""
    assert findings(with_all_triggers(make())) == []


def test_each_source_starts_the_function(component_clients: Clients) -> None:
    """Deployed and read back; a message, a notice, a changed item and a new object each reach it under its role."""
    demands = {"data_retention": "any", "deletion_protection": False}
    with deployed(with_all_triggers(Settings(requirements=demands)), component_clients, ANSWERS) as sample:
        assert not sample.read_back().failures()
        _start(sample)
        assert _seen(sample, 4) == {"aws:sqs", "aws:sns", "aws:dynamodb", "aws.s3"}


def _start(sample: Sample) -> None:
    clients = sample.clients
    clients("sqs").send_message(QueueUrl=sample.ids["Orders"], MessageBody="an order")
    clients("sns").publish(TopicArn=sample.outputs["NewsArn"], Message="news")
    clients("dynamodb").put_item(TableName=sample.outputs["StockName"], Item={"id": {"S": "1"}})
    clients("s3").put_object(Bucket=sample.outputs["IncomingName"], Key="new/1", Body=b"x")
    clients("s3").put_object(Bucket=sample.outputs["IncomingName"], Key="old/1", Body=b"x")


def _seen(sample: Sample, wanted: int) -> set[str]:
    """The sources that were written down, as soon as there are enough."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        items = sample.clients("dynamodb").scan(TableName=sample.outputs["SeenName"])["Items"]
        if len(items) >= wanted or time.monotonic() > deadline:
            return {item["id"]["S"] for item in items}
        time.sleep(0.1)
