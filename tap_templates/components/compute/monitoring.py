"""Alarms on a group: fewer instances than it must have, and instances that are too busy, too full or out of memory."""

from __future__ import annotations

from typing import Any

from troposphere import Ref, cloudwatch

from tap_templates.components.alarms import PERIOD_SECONDS, alarm
from tap_templates.components.compute.role import NAMESPACE
from tap_templates.components.topics import Topic

DIMENSION = "AutoScalingGroupName"
# EC2 Auto Scaling user guide, CloudWatch metrics: those of a group are sent where it says so.
GROUP_METRICS = (
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupMaxSize",
    "GroupMinSize",
    "GroupTotalInstances",
)
BUSY_PERCENT = 90  # Scaling keeps them well below it.
FULL_PERCENT = 85
PERIODS = 3  # A quarter of an hour: a deployment, or an instance that is replaced, is no alarm.
ROOT_VOLUME = {"path": "/", "fstype": "xfs"}  # Amazon Linux 2023; CloudWatch user guide, metrics of the agent.


def group_alarms(topic: Topic, title: str, *, group: Ref) -> None:
    """On the whole group, by its own metrics, those of EC2 and those of the agent."""
    of_group = {DIMENSION: group}
    _too_few(topic, title, group)
    for ending, says, namespace, metric, dimensions, percent in (
        ("Cpu", "is busy although it has scaled", "AWS/EC2", "CPUUtilization", {}, BUSY_PERCENT),
        ("Memory", "has little memory left", NAMESPACE, "mem_used_percent", {}, BUSY_PERCENT),
        ("Disk", "has an instance whose volume is nearly full", NAMESPACE, "disk_used_percent", ROOT_VOLUME,
         FULL_PERCENT),
    ):  # fmt: skip
        alarm(
            topic,
            f"{title}{ending}",
            says=f"{title} {says}",
            namespace=namespace,
            metric=metric,
            dimensions={**of_group, **dimensions},
            statistic="Maximum" if ending == "Disk" else "Average",
            threshold=percent,
            periods=PERIODS,
        )


def _too_few(topic: Topic, title: str, group: Ref) -> None:
    """Against the minimum that the group has at the time: outside its hours that is none."""
    alarm_title = f"{title}TooFew"
    topic.stack.add(
        cloudwatch.Alarm(
            alarm_title,
            AlarmName=topic.stack.name(alarm_title, cloudwatch.Alarm),
            AlarmDescription=f"{title} has fewer instances in service than its minimum",
            AlarmActions=[topic.arn],
            Metrics=[
                cloudwatch.MetricDataQuery(
                    Id="missing", Expression="minimum - serving", Label="Instances missing", ReturnData=True
                ),
                _measured("minimum", "GroupMinSize", group),
                _measured("serving", "GroupInServiceInstances", group),
            ],
            EvaluationPeriods=PERIODS,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            Threshold=1,
            TreatMissingData="notBreaching",
        ),
        says=f"alarm: {title} has fewer instances in service than its minimum",
    )


def _measured(name: str, metric: str, group: Ref) -> cloudwatch.MetricDataQuery:
    dimension: Any = cloudwatch.MetricDimension(Name=DIMENSION, Value=group)
    return cloudwatch.MetricDataQuery(
        Id=name,
        MetricStat=cloudwatch.MetricStat(
            Metric=cloudwatch.Metric(Namespace="AWS/AutoScaling", MetricName=metric, Dimensions=[dimension]),
            Period=PERIOD_SECONDS,
            Stat="Minimum",
        ),
        ReturnData=False,
    )
