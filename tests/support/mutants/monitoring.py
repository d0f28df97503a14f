"""Alarms, metric filters, log groups and trails."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from support.mutants.mutant import Deployed, Mutant, listed, of_tags, pairs, setting

OF_THE_ALARM = {
    "ActionsEnabled": False,
    "AlarmActions": [],
    "AlarmDescription": "other",
    "ComparisonOperator": "LessThanThreshold",
    "Dimensions": [{"Name": "Other", "Value": "x"}],
    "EvaluationPeriods": 9,
    "MetricName": "Other",
    "Namespace": "Other",
    "OKActions": ["arn:aws:sns:us-east-1:111122223333:other"],
    "Period": 3600,
    "Statistic": "Minimum",
    "Threshold": 99999.0,
    "TreatMissingData": "breaching",
}


def of_alarm(deployed: Deployed, title: str) -> Iterator[Mutant]:
    """Each property, other receivers, and tags."""
    cloudwatch = deployed.aws("cloudwatch")
    [found] = cloudwatch.describe_alarms(AlarmNames=[deployed.ids[title]])["MetricAlarms"]
    words = cloudwatch.meta.service_model.operation_model("PutMetricAlarm").input_shape.members
    said = {word: value for word, value in found.items() if word in words}
    for word, value in OF_THE_ALARM.items():
        yield setting(title, word, lambda some: cloudwatch.put_metric_alarm(**some), said, {**said, word: value})
    elsewhere = {**said, "AlarmActions": ["arn:aws:sns:us-east-1:111122223333:other"]}
    yield setting(title, "other receiver", lambda some: cloudwatch.put_metric_alarm(**some), said, elsewhere)
    arn = {"ResourceARN": found["AlarmArn"]}
    yield from of_tags(
        title,
        pairs(cloudwatch.list_tags_for_resource(**arn)["Tags"]),
        lambda some: cloudwatch.tag_resource(**arn, Tags=listed(some)),
        lambda key: cloudwatch.untag_resource(**arn, TagKeys=[key]),
    )


def of_filter(deployed: Deployed, title: str) -> Iterator[Mutant]:
    """Pattern, metric, and none at all."""
    logs = deployed.aws("logs")
    filters = logs.describe_metric_filters(logGroupName=deployed.ids["TrailLog"])["metricFilters"]
    [found] = [each for each in filters if each["filterName"] == deployed.ids[title]]
    said = {word: found[word] for word in ("filterName", "filterPattern", "logGroupName", "metricTransformations")}
    name = {word: said[word] for word in ("filterName", "logGroupName")}

    def put(some: Any) -> None:
        logs.put_metric_filter(**some)

    yield Mutant(title, "dropped", lambda: logs.delete_metric_filter(**name), lambda: put(said))
    yield setting(title, "pattern", put, said, {**said, "filterPattern": "never"})
    for word in ("metricName", "metricNamespace", "metricValue"):
        other = copy.deepcopy(said)
        other["metricTransformations"][0][word] = "0" if word == "metricValue" else "Other"
        yield setting(title, word, put, said, other)


def of_log_group(deployed: Deployed, title: str) -> Iterator[Mutant]:
    """Retention and tags."""
    logs, name = deployed.aws("logs"), {"logGroupName": deployed.ids[title]}
    [found] = logs.describe_log_groups(logGroupNamePrefix=deployed.ids[title])["logGroups"]

    def keep(days: int) -> None:
        logs.put_retention_policy(**name, retentionInDays=days)

    days = found["retentionInDays"]
    yield setting(title, "retention", keep, days, 1)
    yield Mutant(title, "retention dropped", lambda: logs.delete_retention_policy(**name), lambda: keep(days))
    arn = {"resourceArn": found["arn"].removesuffix(":*")}
    yield from of_tags(
        title,
        logs.list_tags_for_resource(**arn)["tags"],
        lambda some: logs.tag_resource(**arn, tags=some),
        lambda key: logs.untag_resource(**arn, tagKeys=[key]),
    )


def of_trail(deployed: Deployed, title: str) -> Iterator[Mutant]:
    """Whether it records, what, where to, and tags."""
    trail, name = deployed.aws("cloudtrail"), deployed.ids[title]
    found = trail.get_trail(Name=name)["Trail"]
    yield Mutant(title, "stopped", lambda: trail.stop_logging(Name=name), lambda: trail.start_logging(Name=name))
    for word, said, value in (
        ("IsMultiRegionTrail", "IsMultiRegionTrail", False),
        ("IncludeGlobalServiceEvents", "IncludeGlobalServiceEvents", False),
        ("EnableLogFileValidation", "LogFileValidationEnabled", False),
        ("S3BucketName", "S3BucketName", deployed.first("AWS::S3::Bucket")),
        ("CloudWatchLogsLogGroupArn", "CloudWatchLogsLogGroupArn", ""),
        ("CloudWatchLogsRoleArn", "CloudWatchLogsRoleArn", ""),
    ):
        yield setting(
            title,
            word,
            lambda to, w=word: trail.update_trail(Name=name, **{w: to}),  # type: ignore[misc]
            found[said],
            value,
        )
    selectors = trail.get_event_selectors(TrailName=name)["EventSelectors"]
    for word, value in (("ReadWriteType", "ReadOnly"), ("IncludeManagementEvents", False), ("DataResources", [])):
        changed = copy.deepcopy(selectors)
        changed[0][word] = value
        yield setting(
            title, word, lambda some: trail.put_event_selectors(TrailName=name, EventSelectors=some), selectors, changed
        )
    arn = found["TrailARN"]
    yield from of_tags(
        title,
        pairs(trail.list_tags(ResourceIdList=[arn])["ResourceTagList"][0]["TagsList"]),
        lambda some: trail.add_tags(ResourceId=arn, TagsList=listed(some)),
        lambda key: trail.remove_tags(ResourceId=arn, TagsList=[{"Key": key}]),
    )
