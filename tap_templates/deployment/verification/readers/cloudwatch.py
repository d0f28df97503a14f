"""CloudWatch: metric alarms. ``DescribeAlarms`` speaks the template's words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tap_templates.deployment.verification.reading import GoneError, Subject
from tap_templates.deployment.verification.values import Tags, tags_of

SAME_WORDS = (
    "ActionsEnabled",
    "AlarmActions",
    "AlarmDescription",
    "AlarmName",
    "ComparisonOperator",
    "DatapointsToAlarm",
    "Dimensions",
    "EvaluateLowSampleCountPercentile",
    "EvaluationPeriods",
    "ExtendedStatistic",
    "InsufficientDataActions",
    "MetricName",
    "Metrics",
    "Namespace",
    "OKActions",
    "Period",
    "Statistic",
    "Threshold",
    "ThresholdMetricId",
    "TreatMissingData",
    "Unit",
)


def _alarm(alarm: Subject) -> dict[str, Any]:
    for found in alarm.every("cloudwatch", "describe_alarms", "MetricAlarms", AlarmNames=[alarm.id]):
        return dict(found)
    raise GoneError(alarm.id)


def _told(word: str) -> Callable[[Subject], Any]:
    return lambda alarm: _alarm(alarm).get(word)


def _tags(alarm: Subject) -> Tags:
    arn = _alarm(alarm)["AlarmArn"]
    return tags_of(alarm.ask("cloudwatch", "list_tags_for_resource", ResourceARN=arn).get("Tags"))


READERS = {"AWS::CloudWatch::Alarm": {**{word: _told(word) for word in SAME_WORDS}, "Tags": _tags}}
