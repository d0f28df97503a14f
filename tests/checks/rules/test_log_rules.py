"""Log groups that keep their events, and trails that are complete."""

from __future__ import annotations

from typing import Any

import pytest
from support.judged import NO_VALUE, either, one, results, said

from tap_templates.checks.rules.log_group_keeps_logs import LogGroupKeepsLogs
from tap_templates.checks.rules.trail_is_complete import TrailIsComplete

GROUP, TRAIL = "AWS::Logs::LogGroup", "AWS::CloudTrail::Trail"
COMPLETE = {
    "EnableLogFileValidation": True,
    "IsLogging": True,
    "IsMultiRegionTrail": True,
    "CloudWatchLogsLogGroupArn": {"Fn::GetAtt": ["Log", "Arn"]},
    "CloudWatchLogsRoleArn": "arn:aws:iam::111122223333:role/audit",
}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (365, ["holds"]),
        ("731", ["holds"]),
        ({"Ref": "Offered"}, ["holds", "holds"]),
        ({"Ref": "AtLeast"}, ["holds"]),
        ({"Fn::FindInMap": ["Environments", {"Ref": "Environment"}, "Days"]}, ["fails", "holds"]),
        (30, ["fails"]),
        (NO_VALUE, ["fails"]),
        ("for ever", ["fails"]),
        ({"Ref": "Any"}, ["cannot tell"]),
        ("{{resolve:ssm:/days}}", ["cannot tell"]),
    ],
)
def test_events_are_kept_as_long_as_required(value: Any, expected: list[str]) -> None:
    """Every value that a Parameter or a Mapping can give is judged."""
    sections = {
        "Parameters": {
            "Offered": {"Type": "Number", "AllowedValues": [365, 400]},
            "AtLeast": {"Type": "Number", "MinValue": 365},
            "Any": {"Type": "Number", "MinValue": 1},
            "Environment": {"Type": "String"},
        },
        "Mappings": {"Environments": {"dev": {"Days": 30}, "prod": {"Days": 365}}},
    }

    assert results(LogGroupKeepsLogs, one(GROUP, RetentionInDays=value), **sections) == expected


def test_message_names_the_days() -> None:
    """The remedy is the demanded number."""
    found = said(LogGroupKeepsLogs, one(GROUP, RetentionInDays=365), demands={"log_retention_days": 400})

    message = (
        "It.RetentionInDays: found 365; set RetentionInDays to 400 or more days (requirement log_retention_days: 400)"
    )
    assert found == [("fails", "Resources/It/Properties/RetentionInDays", message)]


def test_group_for_delivery_is_not_judged() -> None:
    """Its two days cannot be changed; on the other side they can."""
    assert results(LogGroupKeepsLogs, one(GROUP, LogGroupClass="DELIVERY")) == []
    assert results(LogGroupKeepsLogs, one(GROUP, LogGroupClass=either("X", "DELIVERY", "STANDARD"))) == ["fails"]


def test_complete_trail_holds_five_times() -> None:
    """Each part is a place of its own."""
    resources = {**one(TRAIL, **COMPLETE), "Log": {"Type": GROUP}}

    assert results(TrailIsComplete, resources) == ["holds"] * 5


@pytest.mark.parametrize("name", ["EnableLogFileValidation", "IsLogging", "IsMultiRegionTrail"])
@pytest.mark.parametrize(("value", "result"), [(False, "fails"), (NO_VALUE, "fails"), ({"Ref": "X"}, "cannot tell")])
def test_each_switch_of_a_trail_counts(name: str, value: Any, result: str) -> None:
    """The message names the switch."""
    resources = {**one(TRAIL, **{**COMPLETE, name: value}), "Log": {"Type": GROUP}}
    [found] = said(TrailIsComplete, resources)

    assert found[:2] == (result, f"Resources/It/Properties/{name}")
    assert found[2].endswith(f"; set {name} to true")


@pytest.mark.parametrize("name", ["CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn"])
@pytest.mark.parametrize(
    ("value", "result"),
    [
        (NO_VALUE, "fails"),
        ("", "fails"),
        ("log", "fails"),
        ({"Ref": "X"}, "cannot tell"),
        ("{{resolve:ssm:/x}}", "cannot tell"),
    ],
)
def test_trail_writes_to_a_log_group_by_a_role(name: str, value: Any, result: str) -> None:
    """Without one nobody can be alarmed."""
    [found] = said(TrailIsComplete, {**one(TRAIL, **{**COMPLETE, name: value}), "Log": {"Type": GROUP}})

    assert found[0] == result
    assert found[2].endswith(f"; set {name}, so that the trail can be watched")
