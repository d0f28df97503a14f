"""Alarms, and the encrypted topic that every one of them tells; there is no alarm without an action."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from troposphere import Equals, GetAtt, Join, Not, Ref, awslambda, cloudwatch, sns, sqs

from tap_templates.components import topics
from tap_templates.components.logs import LogGroup
from tap_templates.components.topics import Topic
from tap_templates.data.cis_alarms import cis_alarms
from tap_templates.settings import SETTING, User
from tap_templates.stack import Stack

PERIOD_SECONDS = 300
PERCENTILE = re.compile(r"p(?:\d{1,2}(?:\.\d+)?|100)")  # CloudWatch API reference, PutMetricAlarm, ExtendedStatistic.
NEAR_TIMEOUT = 0.8  # Share of a function's timeout above which a run counts as nearly too long.
HAS_ALARM_EMAIL = "HasAlarmEmail"


def alarm_topic(stack: Stack, title: str = "AlarmTopic") -> Topic:
    """Encrypted topic to which only this account's alarms and principals publish, over TLS.

    CloudWatch may use its key; with the key that AWS manages it could not. The address of the setting ``alarm_email``
    is subscribed; users with an ``email`` are subscribed to the notices about themselves.

    Source: SNS developer guide, "Key management"; Security Hub control SNS.1.
    """
    own_alarms = stack.convention.sub(
        "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:{prefix}-*-{suffix}"
    )
    topic = topics.topic(stack, title, says="topic for alarms and notices", purpose="alarms and notices")
    topic.accept("cloudwatch.amazonaws.com", source=own_alarms, title="Alarms")
    _subscribe_operators(topic)
    return topic


def subscribe_user(topic: Topic, title: str, user: User) -> None:
    """Subscribes a user's address to the notices about that user alone; nothing where the user has no address."""
    if user.email:
        topic.stack.add(
            sns.SubscriptionResource(
                title,
                TopicArn=topic.arn,
                Protocol="email",
                Endpoint=user.email,
                FilterPolicy={"user": [topic.stack.convention.physical_name(user.name, "AWS::IAM::User")]},
            )
        )


def alarm(
    topic: Topic,
    title: str,
    *,
    says: str,
    namespace: Any,
    metric: str,
    dimensions: Mapping[str, Any] | None = None,
    statistic: str = "Sum",
    threshold: Any = 1,
    period_seconds: int = PERIOD_SECONDS,
    periods: int = 1,
    below: bool = False,
    condition: str | None = None,
) -> cloudwatch.Alarm:
    """Alarm that tells the topic as soon as one period reaches the threshold; silence counts as healthy.

    Args:
        periods: How many periods in a row must reach it.
        below: Whether it is reached from above: of what runs out.
        statistic: ``Sum``, ``Maximum``, ..., or a percentile: ``p95``.
        condition: The condition of what is measured, where it has one.
    """
    measured = [cloudwatch.MetricDimension(Name=name, Value=value) for name, value in (dimensions or {}).items()]
    return topic.stack.add(
        cloudwatch.Alarm(
            title,
            AlarmName=topic.stack.name(title, cloudwatch.Alarm),
            AlarmDescription=says,
            AlarmActions=[topic.arn],
            Namespace=namespace,
            MetricName=metric,
            **({"Dimensions": measured} if measured else {}),
            **({"ExtendedStatistic": statistic} if PERCENTILE.fullmatch(statistic) else {"Statistic": statistic}),
            Period=period_seconds,
            EvaluationPeriods=periods,
            ComparisonOperator=f"{'Less' if below else 'Greater'}ThanOrEqualToThreshold",
            Threshold=threshold,
            TreatMissingData="notBreaching",
            **({"Condition": condition} if condition else {}),
        ),
        says=f"alarm: {says}",
    )


def cis_monitoring(topic: Topic, trail_log: LogGroup) -> list[cloudwatch.Alarm]:
    """Metric filter and alarm for each of CIS AWS Foundations 4.1 to 4.15, on the log group that the trail writes.

    One output lists the names of all.

    Source: CIS AWS Foundations Benchmark 5.0, section 4; ``data/cis_alarms.json`` has the patterns.
    """
    added = []
    for row in cis_alarms():
        trail_log.measure(row.role, row.pattern)
        added.append(
            alarm(
                topic,
                row.role,
                says=f"CIS {row.control}: {row.title}",
                namespace=Ref("AWS::StackName"),
                metric=row.role,
                threshold=row.threshold,
                period_seconds=row.period_seconds,
            )
        )
    names = Join(",", [Ref(each) for each in added])
    topic.stack.output(
        "CisAlarmNames", names, "Names of the alarms of CIS AWS Foundations 4.1 to 4.15, separated by commas"
    )
    return added


def function_alarms(topic: Topic, function: awslambda.Function, *, timeout_seconds: int) -> None:
    """Alarms on a function's errors and throttles, and on runs that come near its timeout.

    Source: Lambda developer guide, function metrics (namespace AWS/Lambda).
    """
    title, of_function = str(function.title), {"FunctionName": Ref(function)}
    for metric, says in (("Errors", "failed"), ("Throttles", "was throttled")):
        alarm(
            topic,
            f"{title}{metric}",
            says=f"{title} {says}",
            namespace="AWS/Lambda",
            metric=metric,
            dimensions=of_function,
        )
    alarm(
        topic,
        f"{title}NearTimeout",
        says=f"{title} ran for {NEAR_TIMEOUT:.0%} of its timeout",
        namespace="AWS/Lambda",
        metric="Duration",
        dimensions=of_function,
        statistic="Maximum",
        threshold=int(timeout_seconds * 1000 * NEAR_TIMEOUT),
    )


def depth_alarm(topic: Topic, queue: sqs.Queue, *, says: str) -> None:
    """Alarm as soon as a message waits in a queue that should stay empty.

    Source: SQS developer guide, CloudWatch metrics (namespace AWS/SQS).
    """
    alarm(
        topic,
        f"{queue.title}Depth",
        says=says,
        namespace="AWS/SQS",
        metric="ApproximateNumberOfMessagesVisible",
        dimensions={"QueueName": GetAtt(queue, "QueueName")},
        statistic="Maximum",
    )


def _subscribe_operators(topic: Topic) -> None:
    """Subscribes the address for alarms: now, on a condition of the form's answer, or not at all."""
    stack, address = topic.stack, topic.stack.settings.get("alarm_email")
    if address == "":
        return
    condition = {}
    if address is None:
        empty = Equals(Ref(SETTING["alarm_email"].parameter), "")
        condition = {"Condition": stack.condition(HAS_ALARM_EMAIL, Not(empty))}
    stack.add(
        sns.SubscriptionResource(
            f"{topic.resource.title}Email",
            TopicArn=topic.arn,
            Protocol="email",
            Endpoint=stack.setting("alarm_email"),
            **condition,
        )
    )
