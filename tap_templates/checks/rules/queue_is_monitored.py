"""E9703: every queue has an alarm that tells when its messages are not processed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.alarms import Measure, Monitoring
from tap_templates.checks.dead_letters import dead_letter_queues
from tap_templates.checks.rule import Example, Rule, Verdict
from tap_templates.checks.view import Resource, View

DEPTH = Measure("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName")
AGE = Measure("AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName")
QUEUE = "AWS::SQS::Queue"


def _watched(dead_letters: dict[str, Any]) -> dict[str, Any]:
    alarm = {
        "Namespace": "AWS/SQS",
        "MetricName": "ApproximateAgeOfOldestMessage",
        "Dimensions": [{"Name": "QueueName", "Value": {"Fn::GetAtt": ["Orders", "QueueName"]}}],
        "Statistic": "Maximum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": 600,
    }
    return {
        "Resources": {
            "Orders": {"Type": QUEUE},
            "OrdersAge": {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm},
            **dead_letters,
        }
    }


class QueueIsMonitored(Rule):
    """A dead-letter queue: its depth, because nothing should be in it, and its age says when a message was first sent.

    Any other queue: the age of its oldest message, or its depth where a backlog is counted.
    """

    id = "E9703"
    shortdesc = "A queue is monitored"
    description = "Each dead-letter queue has an alarm on its depth, each other queue one on age or depth."
    why = "Messages that nobody processes are lost when their retention is over."
    fix = "add an alarm on the queue"
    source_url = (
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/"
        "sqs-available-cloudwatch-metrics.html"
    )
    example = Example(failing=_watched({"Failures": {"Type": QUEUE}}), passing=_watched({}))

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each queue."""
        monitoring, dead_letters = Monitoring(view), dead_letter_queues(view)
        for queue in view.of(QUEUE):
            last = queue.logical_id in dead_letters or _allows_redrive(queue)
            yield monitoring.verdict(queue, [[DEPTH]] if last else [[AGE], [DEPTH]])


def _allows_redrive(queue: Resource) -> bool:
    """Whether it says itself that other queues may name it as theirs for dead letters."""
    return any(not found.is_missing for found in queue.get("RedriveAllowPolicy"))
