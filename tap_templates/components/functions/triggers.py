"""What starts a function: a schedule, a queue, a bucket, a topic, a table's stream.

The source never refers to the function: a bucket tells EventBridge, queues and streams are polled, and what a function
may do comes in policies of their own. So no two of them can wait for each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from troposphere import GetAtt, Ref, awslambda, events, s3, sns

from tap_templates.components.events import EVENTS, Target, route
from tap_templates.components.functions import Function
from tap_templates.components.queues import Queue
from tap_templates.components.storage import Bucket
from tap_templates.components.tables import Table
from tap_templates.components.topics import Topic
from tap_templates.errors import PropertyError

SNS = "sns.amazonaws.com"
# Lambda API reference, CreateEventSourceMapping, BatchSize.
QUEUE_BATCH, STREAM_BATCH = range(1, 10_001), range(1, 10_001)
FIFO_BATCH = range(1, 11)
WITHOUT_WINDOW = 10  # The largest batch of a queue that needs no batching window.
WINDOW_SECONDS = range(301)
STREAM_RETRIES = 5
STREAM_AGE_SECONDS = 86_400  # As long as a stream keeps its records.
PARTIAL = ["ReportBatchItemFailures"]  # What a batch's handler may answer: which of its messages failed.


def every(function: Function, schedule: str, *, title: str, says: str) -> events.Rule:
    """Starts a function on a schedule; events that could not be delivered go to its dead letters.

    Args:
        schedule: ``rate(1 day)`` or ``cron(0 3 * * ? *)``, in UTC.
        title: Joins the function's title to the logical id of the rule: ``Daily``.
        says: When that is, for its description: ``once a day``.

    Raises:
        PropertyError: Not a rate, and not a cron expression.

    Source: EventBridge user guide, "Using dead-letter queues to process undelivered events".
    """
    stack = function.stack
    rule_title = f"{function.title}{title}"
    if not schedule.startswith(("rate(", "cron(")) or not schedule.endswith(")"):
        remedy = "write rate(1 day) or cron(0 3 * * ? *), in UTC"
        raise PropertyError(rule_title, "ScheduleExpression", found=schedule, remedy=remedy)
    rule = stack.add(
        events.Rule(
            rule_title,
            Name=stack.name(rule_title, events.Rule),
            Description=f"Starts {function.title} {says}",
            ScheduleExpression=schedule,
            State="ENABLED",
            Targets=[
                events.Target(
                    Id=function.title,
                    Arn=function.arn,
                    DeadLetterConfig=events.DeadLetterConfig(Arn=function.failures.arn),
                )
            ],
        ),
        says=f"rule that starts {function.title} {says}",
    )
    arn = GetAtt(rule, "Arn")
    function.accept(EVENTS, source=arn, title=f"{rule_title}Start")
    function.failures.accept(EVENTS, source=arn, title=rule_title)
    return rule


def consume(
    function: Function, queue: Queue, *, batch_size: int = 10, window_seconds: int = 0
) -> awslambda.EventSourceMapping:
    """Has a function process the messages of a queue; it may say which of a batch failed.

    Args:
        batch_size: Most messages of one run.
        window_seconds: How long messages are gathered for a batch.

    Raises:
        PropertyError: A queue that shows a message again while the function is still at it; a batch or a window that
            Lambda does not take.

    Source: Lambda developer guide, "Using Lambda with Amazon SQS".
    """
    hidden, runs = int(queue.resource.VisibilityTimeout), int(function.resource.Timeout)
    if hidden < runs:
        remedy = f"{function.title} runs for up to {runs} seconds: use at least that, better six times ({6 * runs})"
        raise PropertyError(queue.title, "VisibilityTimeout", found=hidden, remedy=remedy)
    fifo = "FifoQueue" in queue.resource.properties
    title = f"{function.title}From{queue.title}"
    _in_range(title, "BatchSize", batch_size, FIFO_BATCH if fifo else QUEUE_BATCH, "messages")
    _in_range(title, "MaximumBatchingWindowInSeconds", window_seconds, WINDOW_SECONDS, "seconds")
    if batch_size > WITHOUT_WINDOW and not window_seconds:
        remedy = f"gather for at least 1 second, or use a batch of at most {WITHOUT_WINDOW}"
        raise PropertyError(title, "MaximumBatchingWindowInSeconds", found=window_seconds, remedy=remedy)
    gathering = {"MaximumBatchingWindowInSeconds": window_seconds} if window_seconds else {}
    return _poll(function, queue.title, queue.arn, queue.consume(), BatchSize=batch_size, **gathering)


def follow(function: Function, table: Table, *, batch_size: int = 100, from_start: bool = False) -> Any:
    """Has a function process the changes of a table; what it fails on five times goes to its dead letters.

    Args:
        batch_size: Most changes of one run.
        from_start: Whether to begin with what the stream still has; otherwise with what comes.

    Raises:
        PropertyError: The table has no stream; a batch that Lambda does not take.

    Source: Lambda developer guide, "Using Lambda with Amazon DynamoDB".
    """
    _in_range(f"{function.title}From{table.title}", "BatchSize", batch_size, STREAM_BATCH, "changes")
    failed = awslambda.OnFailure(Destination=function.failures.arn)
    return _poll(
        function,
        table.title,
        table.stream_arn,
        table.follow(),
        BatchSize=batch_size,
        StartingPosition="TRIM_HORIZON" if from_start else "LATEST",
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=STREAM_RETRIES,
        MaximumRecordAgeInSeconds=STREAM_AGE_SECONDS,
        DestinationConfig=awslambda.DestinationConfig(OnFailure=failed),
    )


def receive(function: Function, topic: Topic, *, only: Mapping[str, Sequence[Any]] | None = None) -> Any:
    """Subscribes a function to a topic; messages that could not be delivered go to its dead letters.

    Args:
        only: Filter policy on the messages' attributes: ``{"kind": ["order"]}``.
    """
    title = f"{topic.title}To{function.title}"
    permission = function.accept(SNS, source=topic.arn, title=f"{title}Start")
    function.failures.accept(SNS, source=topic.arn, title=topic.title)
    return function.stack.add(
        sns.SubscriptionResource(
            title,
            TopicArn=topic.arn,
            Protocol="lambda",
            Endpoint=function.arn,
            RedrivePolicy={"deadLetterTargetArn": function.failures.arn},
            **({"FilterPolicy": dict(only)} if only else {}),
            DependsOn=[str(permission.title), str(function.failures.policy.title)],
        )
    )


def on_new_objects(target: Function | Queue, bucket: Bucket, *, topic: Topic, prefix: str = "") -> events.Rule:
    """Sends each object that is created in a bucket to a function or a queue, through EventBridge.

    Args:
        prefix: Of the objects' keys: ``incoming/``.

    Source: Amazon S3 user guide, "Using EventBridge".
    """
    told = s3.EventBridgeConfiguration(EventBridgeEnabled=True)
    bucket.resource.NotificationConfiguration = s3.NotificationConfiguration(EventBridgeConfiguration=told)
    failures = target.failures if isinstance(target, Function) else target.dead_letters or target
    detail: dict[str, Any] = {"bucket": {"name": [Ref(bucket.resource)]}}
    if prefix:
        detail["object"] = {"key": [{"prefix": prefix}]}
    to: Target = target
    return route(
        bucket.stack,
        f"{bucket.title}To{target.title}",
        {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": detail},
        to,
        topic=topic,
        failures=failures,
        says=f"Sends new objects of {bucket.title} to {target.title}",
    )


def _poll(function: Function, source: str, arn: Any, statements: Sequence[Any], **properties: Any) -> Any:
    """An event source mapping, which is there when the function may read its source."""
    function.may(statements, title=f"Reads{source}")
    return function.stack.add(
        awslambda.EventSourceMapping(
            f"{function.title}From{source}",
            FunctionName=Ref(function.resource),
            EventSourceArn=arn,
            FunctionResponseTypes=PARTIAL,
            **properties,
        )
    )


def _in_range(title: str, path: str, found: int, allowed: range, unit: str) -> None:
    if found not in allowed:
        raise PropertyError(title, path, found=found, remedy=f"use {allowed[0]} to {allowed[-1]} {unit}")
