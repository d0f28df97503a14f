"""CloudWatch: metric alarms and dashboards. ``DescribeAlarms`` speaks the template's words."""

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


def _dashboard(dashboard: Subject) -> dict[str, Any]:
    return dashboard.ask("cloudwatch", "get_dashboard", DashboardName=dashboard.id)


def _dashboard_tags(dashboard: Subject) -> Tags:
    arn, absent = _dashboard(dashboard)["DashboardArn"], ["ResourceNotFound"]  # The dashboard itself is there.
    return tags_of(dashboard.ask("cloudwatch", "list_tags_for_resource", absent=absent, ResourceARN=arn).get("Tags"))


READERS: dict[str, dict[str, Callable[[Subject], Any]]] = {
    "AWS::CloudWatch::Alarm": {**{word: _told(word) for word in SAME_WORDS}, "Tags": _tags},
    "AWS::CloudWatch::Dashboard": {
        "DashboardName": lambda dashboard: _dashboard(dashboard)["DashboardName"],
        "DashboardBody": lambda dashboard: _dashboard(dashboard)["DashboardBody"],
        "Tags": _dashboard_tags,
    },
}
