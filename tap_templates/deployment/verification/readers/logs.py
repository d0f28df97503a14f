"""CloudWatch Logs: log groups and metric filters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tap_templates.deployment.verification.reading import GoneError, Subject
from tap_templates.deployment.verification.values import Tags, Whole, tags_of

TRANSFORMATION = {
    "DefaultValue": "defaultValue",
    "MetricName": "metricName",
    "MetricNamespace": "metricNamespace",
    "MetricValue": "metricValue",
    "Unit": "unit",
}


def _group(group: Subject) -> dict[str, Any]:
    for found in group.every("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=group.id):
        if found["logGroupName"] == group.id:
            return dict(found)
    raise GoneError(group.id)


def _told(word: str) -> Callable[[Subject], Any]:
    return lambda group: _group(group).get(word)


def _tags(group: Subject) -> Tags:
    arn = _group(group)["arn"].removesuffix(":*")
    return tags_of(group.ask("logs", "list_tags_for_resource", resourceArn=arn).get("tags"))


def _filter(word: str) -> Callable[[Subject], Any]:
    def read(subject: Subject) -> Any:
        log_group = str(subject.properties["LogGroupName"])
        for found in subject.every("logs", "describe_metric_filters", "metricFilters", logGroupName=log_group):
            if found["filterName"] == subject.id:
                return found.get(word)
        raise GoneError(subject.id)

    return read


def _transformations(subject: Subject) -> list[Whole]:
    return [
        Whole({word: said.get(api) for word, api in TRANSFORMATION.items()})
        for said in _filter("metricTransformations")(subject)
    ]


READERS: dict[str, dict[str, Callable[[Subject], Any]]] = {
    "AWS::Logs::LogGroup": {
        "KmsKeyId": _told("kmsKeyId"),
        "LogGroupClass": _told("logGroupClass"),
        "LogGroupName": _told("logGroupName"),
        "RetentionInDays": _told("retentionInDays"),
        "Tags": _tags,
    },
    "AWS::Logs::MetricFilter": {
        "FilterName": _filter("filterName"),
        "FilterPattern": _filter("filterPattern"),
        "LogGroupName": _filter("logGroupName"),
        "MetricTransformations": _transformations,
    },
}
