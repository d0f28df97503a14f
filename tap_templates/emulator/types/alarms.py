"""CloudWatch: alarms over metric math and percentiles, which ministack's handler refuses or blurs; composite alarms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tap_templates.emulator.types._registry import (
    Made,
    Properties,
    Repair,
    Type,
    account_id,
    as_bool,
    aws,
    changed_tags,
    generated_name,
    region_name,
)

BEYOND_MINISTACK = ("Metrics", "ThresholdMetricId")


def _simplified(props: Properties) -> Properties:
    """The alarm as ministack's handler takes it; what it lacks is put on top of it afterwards."""
    if "Metrics" not in props:
        return props
    kept = {name: value for name, value in props.items() if name not in BEYOND_MINISTACK}
    return {"Threshold": 0, **kept, "MetricName": "-", "Namespace": "-"}


def _complete_alarm(name: str, old: Properties, new: Properties) -> None:
    """Stored and told, not evaluated: PutMetricAlarm itself drops these, so they are put into its record."""
    from ministack.services import cloudwatch

    alarm = cloudwatch._alarms[name]
    if "Metrics" in new:
        alarm.update(Metrics=[_query(query) for query in new["Metrics"]], MetricName=None, Namespace=None)
    if "Metrics" in new or "ExtendedStatistic" in new:
        alarm["Statistic"] = None
    for prop in ("ThresholdMetricId", "EvaluateLowSampleCountPercentile"):
        if prop in new:
            alarm[prop] = new[prop]


def _query(query: Mapping[str, Any]) -> dict[str, Any]:
    said = dict(query)
    if "ReturnData" in said:
        said["ReturnData"] = as_bool(said["ReturnData"])
    if "Period" in said:
        said["Period"] = int(said["Period"])
    if "MetricStat" in said:
        said["MetricStat"] = {**said["MetricStat"], "Period": int(said["MetricStat"]["Period"])}
    return said


def _create_composite(logical_id: str, props: Properties, stack_name: str) -> Made:
    name = props.get("AlarmName") or generated_name(stack_name, logical_id, maximum=255)
    return name, _update_composite(name, {}, props)


def _update_composite(name: str, old: Properties, new: Properties) -> dict[str, str]:
    said = {prop: value for prop, value in new.items() if prop not in ("AlarmName", "Tags")}
    if "ActionsEnabled" in said:
        said["ActionsEnabled"] = as_bool(said["ActionsEnabled"])
    client = aws("cloudwatch")
    client.put_composite_alarm(AlarmName=name, **said)
    arn = f"arn:aws:cloudwatch:{region_name()}:{account_id()}:alarm:{name}"
    gone, wanted = changed_tags(old, new)
    if gone:
        client.untag_resource(ResourceARN=arn, TagKeys=gone)
    if wanted:
        client.tag_resource(ResourceARN=arn, Tags=wanted)
    return {"Arn": arn}


def _delete_composite(name: str, props: Properties) -> None:
    aws("cloudwatch").delete_alarms(AlarmNames=[name])


ENTRIES: tuple[Type | Repair, ...] = (
    Repair("AWS::CloudWatch::Alarm", _complete_alarm, prepare=_simplified, replacing=("AlarmName",)),
    Type(
        "AWS::CloudWatch::CompositeAlarm",
        _create_composite,
        _update_composite,
        _delete_composite,
        ("AlarmName",),
        "AlarmName",
        tags=True,
    ),
)
