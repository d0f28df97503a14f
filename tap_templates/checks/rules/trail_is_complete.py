"""E9608: every trail records all Regions, can be proven unchanged, and can be watched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.rule import Example, Rule, Verdict, verdict
from tap_templates.checks.values import is_dynamic, is_given, is_on
from tap_templates.checks.view import View

SWITCHES = ("EnableLogFileValidation", "IsLogging", "IsMultiRegionTrail")
DELIVERY = ("CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn")


def _trail(**properties: Any) -> dict[str, Any]:
    given = {"S3BucketName": "example-trail-files", **dict.fromkeys(SWITCHES, True), **properties}
    return {"Resources": {"Trail": {"Type": "AWS::CloudTrail::Trail", "Properties": given}}}


class TrailIsComplete(Rule):
    """Its three switches are on, and it writes to a log group by a role."""

    id = "E9608"
    shortdesc = "A trail is complete"
    description = "Each trail logs, in every Region, with file validation, and to CloudWatch Logs."
    why = "An attacker uses the Region that nobody watches; files that can be changed unseen prove nothing."
    fix = "switch it on"
    source_url = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html"
    example = Example(
        failing=_trail(IsMultiRegionTrail=False),
        passing=_trail(
            CloudWatchLogsLogGroupArn={
                "Fn::Sub": "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:audit:*"
            },
            CloudWatchLogsRoleArn={"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/audit"},
        ),
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """Three switches, the log group, and the role that writes to it, of each trail."""
        for trail in view.of("AWS::CloudTrail::Trail"):
            for switch in SWITCHES:
                for found in trail.get(switch):
                    yield verdict(found, None if found.is_unknown else is_on(found.value), f"set {switch} to true")
            for name in DELIVERY:
                for found in trail.get(name):
                    yield verdict(found, _is_arn(view, found.value), f"set {name}, so that the trail can be watched")


def _is_arn(view: View, value: Any) -> bool | None:
    if is_dynamic(value):
        return None
    return value.startswith("arn:") if isinstance(value, str) else is_given(view, value)
