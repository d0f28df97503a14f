"""CloudTrail: trails, what they record, and whether they do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tap_templates.deployment.verification.reading import Subject
from tap_templates.deployment.verification.values import Tags, tags_of

# Property of the resource: its word in GetTrail.
WORDS = {
    "CloudWatchLogsLogGroupArn": "CloudWatchLogsLogGroupArn",
    "CloudWatchLogsRoleArn": "CloudWatchLogsRoleArn",
    "EnableLogFileValidation": "LogFileValidationEnabled",
    "IncludeGlobalServiceEvents": "IncludeGlobalServiceEvents",
    "IsMultiRegionTrail": "IsMultiRegionTrail",
    "IsOrganizationTrail": "IsOrganizationTrail",
    "KMSKeyId": "KmsKeyId",
    "S3BucketName": "S3BucketName",
    "S3KeyPrefix": "S3KeyPrefix",
    "SnsTopicName": "SnsTopicName",
    "TrailName": "Name",
}


def _trail(trail: Subject) -> dict[str, Any]:
    return dict(trail.ask("cloudtrail", "get_trail", Name=trail.id)["Trail"])


def _told(word: str) -> Callable[[Subject], Any]:
    return lambda trail: _trail(trail).get(word)


def _logging(trail: Subject) -> Any:
    return trail.ask("cloudtrail", "get_trail_status", Name=trail.id)["IsLogging"]


def _selectors(word: str) -> Callable[[Subject], Any]:
    return lambda trail: trail.ask("cloudtrail", "get_event_selectors", TrailName=trail.id).get(word)


def _tags(trail: Subject) -> Tags:
    found = trail.every("cloudtrail", "list_tags", "ResourceTagList", ResourceIdList=[_trail(trail)["TrailARN"]])
    return tags_of(found[0]["TagsList"] if found else None)


READERS = {
    "AWS::CloudTrail::Trail": {
        **{word: _told(api) for word, api in WORDS.items()},
        "AdvancedEventSelectors": _selectors("AdvancedEventSelectors"),
        "EventSelectors": _selectors("EventSelectors"),
        "IsLogging": _logging,
        "Tags": _tags,
    }
}
