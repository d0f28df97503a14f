"""CloudTrail: trails, which ministack's CloudFormation refuses."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from tap_templates.emulator.types._registry import Made, Properties, Type, as_bool, aws, changed_tags, generated_name

# Property of the resource: parameter of CreateTrail and UpdateTrail.
WORDS = {
    "S3BucketName": "S3BucketName",
    "S3KeyPrefix": "S3KeyPrefix",
    "SnsTopicName": "SnsTopicName",
    "CloudWatchLogsLogGroupArn": "CloudWatchLogsLogGroupArn",
    "CloudWatchLogsRoleArn": "CloudWatchLogsRoleArn",
    "KMSKeyId": "KmsKeyId",
}
SWITCHES = {
    "IsMultiRegionTrail": ("IsMultiRegionTrail", False),
    "EnableLogFileValidation": ("EnableLogFileValidation", False),
    "IncludeGlobalServiceEvents": ("IncludeGlobalServiceEvents", True),
    "IsOrganizationTrail": ("IsOrganizationTrail", False),
}
MANAGEMENT_EVENTS = [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}]


def _create(logical_id: str, props: Properties, stack_name: str) -> Made:
    trail = aws("cloudtrail")
    name = props.get("TrailName") or generated_name(stack_name, logical_id, maximum=128)
    trail.create_trail(Name=name, S3BucketName=props["S3BucketName"])
    try:
        return name, _update(name, {}, props)
    except Exception:
        trail.delete_trail(Name=name)
        raise


def _update(name: str, old: Properties, new: Properties) -> dict[str, str]:
    trail = aws("cloudtrail")
    said: dict[str, Any] = {api: new.get(prop, "") for prop, api in WORDS.items() if prop in new or prop in old}
    said.update({api: as_bool(new.get(prop, default)) for prop, (api, default) in SWITCHES.items()})
    arn = trail.update_trail(Name=name, **said)["TrailARN"]
    if new.get("AdvancedEventSelectors"):
        trail.put_event_selectors(TrailName=name, AdvancedEventSelectors=new["AdvancedEventSelectors"])
    elif new.get("EventSelectors") or old.get("EventSelectors") or old.get("AdvancedEventSelectors"):
        trail.put_event_selectors(TrailName=name, EventSelectors=new.get("EventSelectors") or MANAGEMENT_EVENTS)
    gone, wanted = changed_tags(old, new)
    if gone:
        trail.remove_tags(ResourceId=arn, TagsList=[{"Key": key} for key in gone])
    if wanted:
        trail.add_tags(ResourceId=arn, TagsList=wanted)
    (trail.start_logging if as_bool(new["IsLogging"]) else trail.stop_logging)(Name=name)
    return {"Arn": arn}


def _delete(name: str, props: Properties) -> None:
    trail = aws("cloudtrail")
    with suppress(trail.exceptions.TrailNotFoundException):
        trail.delete_trail(Name=name)


ENTRIES = (Type("AWS::CloudTrail::Trail", _create, _update, _delete, ("TrailName",), named_by="TrailName", tags=True),)
