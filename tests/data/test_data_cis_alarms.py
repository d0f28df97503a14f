"""The alarms of CIS AWS Foundations: each pattern matches the event it is for, and no other."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

import pytest

from tap_templates.data.cis_alarms import CisAlarm, cis_alarms

Event = dict[str, Any]
Test = Callable[[Event], bool]
TOKEN = re.compile(r'\s*(\$[\w.]+|"[^"]*"|&&|\|\||!=|[={}()]|NOT EXISTS|[\w.*-]+)')
ALARMS = {alarm.control: alarm for alarm in cis_alarms()}
NEUTRAL: Event = {
    "eventType": "AwsApiCall",
    "eventSource": "ec2.amazonaws.com",
    "eventName": "DescribeInstances",
    "sourceIPAddress": "192.0.2.1",
    "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/reader/me"},
}


def compiled(pattern: str) -> Test:
    """A JSON metric filter pattern as a predicate. Source: CloudWatch Logs user guide, filter pattern syntax."""
    tokens = TOKEN.findall(pattern)
    assert "".join(tokens).replace(" ", "") == pattern.replace(" ", ""), "a part is no token"

    def take(expected: str) -> None:
        assert tokens.pop(0) == expected

    def any_of() -> Test:
        tests = [all_of()]
        while tokens[0] == "||":
            take("||")
            tests.append(all_of())
        return lambda event: any(test(event) for test in tests)

    def all_of() -> Test:
        tests = [term()]
        while tokens[0] == "&&":
            take("&&")
            tests.append(term())
        return lambda event: all(test(event) for test in tests)

    def term() -> Test:
        if tokens[0] == "(":
            take("(")
            inner = any_of()
            take(")")
            return inner
        path = tokens.pop(0).removeprefix("$.").split(".")
        operator = tokens.pop(0)
        if operator == "NOT EXISTS":
            return lambda event: value_at(event, path) is None
        assert operator in ("=", "!=")
        wanted = tokens.pop(0).strip('"')
        return lambda event: (
            value_at(event, path) is not None and fnmatchcase(str(value_at(event, path)), wanted) is (operator == "=")
        )

    take("{")
    test = any_of()
    take("}")
    assert not tokens
    return test


def value_at(event: Event, path: list[str]) -> Any:
    """What the event has at the path; None where it has nothing."""
    value: Any = event
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def call(source: str, *names: str) -> list[Event]:
    """An API call of each name to one service."""
    return [{**NEUTRAL, "eventSource": f"{source}.amazonaws.com", "eventName": name} for name in names]


SIGN_IN: Event = {
    "eventType": "AwsConsoleSignIn",
    "eventSource": "signin.amazonaws.com",
    "eventName": "ConsoleLogin",
    "userIdentity": {"type": "IAMUser"},
    "additionalEventData": {"MFAUsed": "No"},
    "responseElements": {"ConsoleLogin": "Success"},
}
FAILURE: Event = {"errorMessage": "Failed authentication", "responseElements": {"ConsoleLogin": "Failure"}}
FAILED_SIGN_IN: Event = {**SIGN_IN, **FAILURE}
ROOT: Event = {**NEUTRAL, "userIdentity": {"type": "Root"}}
EVENTS: dict[str, list[Event]] = {
    "4.1": [{**NEUTRAL, "errorCode": "AccessDenied"}, {**NEUTRAL, "errorCode": "Client.UnauthorizedOperation"}],
    "4.2": [SIGN_IN],
    "4.3": [ROOT],
    "4.4": call("iam", "PutRolePolicy", "AttachUserPolicy", "CreatePolicyVersion", "DetachGroupPolicy"),
    "4.5": call("cloudtrail", "StopLogging", "DeleteTrail", "UpdateTrail"),
    "4.6": [FAILED_SIGN_IN],
    "4.7": call("kms", "DisableKey", "ScheduleKeyDeletion"),
    "4.8": call("s3", "PutBucketPolicy", "PutBucketAcl", "DeleteBucketReplication"),
    "4.9": call("config", "StopConfigurationRecorder", "DeleteDeliveryChannel"),
    "4.10": call("ec2", "AuthorizeSecurityGroupIngress", "DeleteSecurityGroup"),
    "4.11": call("ec2", "CreateNetworkAcl", "ReplaceNetworkAclAssociation"),
    "4.12": call("ec2", "AttachInternetGateway", "DeleteCustomerGateway"),
    "4.13": call("ec2", "CreateRoute", "DisassociateRouteTable"),
    "4.14": call("ec2", "CreateVpc", "EnableVpcClassicLink"),
    "4.15": call("organizations", "LeaveOrganization", "UpdateOrganizationalUnit", "AttachPolicy"),
}


def test_every_control_is_there() -> None:
    """The alarms are 4.1 to 4.15, in order."""
    assert [alarm.control for alarm in cis_alarms()] == [f"4.{number}" for number in range(1, 16)]
    assert list(EVENTS) == list(ALARMS)


def test_root_usage() -> None:
    """One row, written out."""
    assert ALARMS["4.3"] == CisAlarm(
        control="4.3",
        role="RootUsage",
        title="Root account was used",
        pattern='{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS'
        ' && $.eventType !="AwsServiceEvent"}',
        threshold=1,
        period_seconds=300,
        controls={"cis-aws": {"1.2": "3.3", "1.4": "4.3", "3.0": "4.3", "5.0": "4.3"}, "security-hub": "CloudWatch.1"},
        note="Security Hub also counts it for CIS 1.2 control 1.1 and CIS 1.4 control 1.7.",
        source="https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-1",
    )


def test_security_hub_has_all_but_the_last() -> None:
    """CloudWatch.1 to CloudWatch.14 occur once each."""
    controls = [alarm.controls.get("security-hub") for alarm in cis_alarms()]

    assert set(controls) == {f"CloudWatch.{number}" for number in range(1, 15)} | {None}
    assert controls[-1] is None
    assert len(set(controls)) == 15


@pytest.mark.parametrize("control", ALARMS)
def test_row_fits_its_uses(control: str) -> None:
    """Titles are short, roles are logical ids, patterns are within the limit of CloudWatch Logs."""
    alarm = ALARMS[control]

    assert 0 < len(alarm.title) <= 45
    assert re.fullmatch("([A-Z][a-z0-9]+)+", alarm.role)
    assert len(alarm.pattern) <= 1024
    assert (alarm.threshold, alarm.period_seconds) == (1, 300)
    assert alarm.source.startswith("https://")


@pytest.mark.parametrize("control", ALARMS)
def test_pattern_matches_its_events(control: str) -> None:
    """Every event that the control is about raises its alarm."""
    assert all(compiled(ALARMS[control].pattern)(event) for event in EVENTS[control])


@pytest.mark.parametrize("control", ALARMS)
def test_pattern_matches_nothing_else(control: str) -> None:
    """Neither a neutral event nor one that another control is about raises the alarm."""
    others = [NEUTRAL, *(event for other, events in EVENTS.items() if other != control for event in events)]

    assert not [event for event in others if compiled(ALARMS[control].pattern)(event)]


@pytest.mark.parametrize(
    ("control", "event"),
    [
        ("4.2", {**SIGN_IN, "additionalEventData": {"MFAUsed": "Yes"}}),
        ("4.2", {**SIGN_IN, "userIdentity": {"type": "AssumedRole"}}),
        ("4.2", FAILED_SIGN_IN),
        ("4.3", {**ROOT, "userIdentity": {"type": "Root", "invokedBy": "autoscaling.amazonaws.com"}}),
        ("4.3", {**ROOT, "eventType": "AwsServiceEvent"}),
        ("4.4", call("organizations", "CreatePolicy")[0]),
        ("4.6", SIGN_IN),
    ],
)
def test_pattern_spares_what_looks_alike(control: str, event: Event) -> None:
    """An event that differs in the one thing that matters raises no alarm."""
    assert not compiled(ALARMS[control].pattern)(event)
