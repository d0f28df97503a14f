"""E9607: every log group keeps its events as long as required, and not for ever."""

from __future__ import annotations

from collections.abc import Iterator

from tap_templates.checks.rule import Example, Rule, Verdict, verdict
from tap_templates.checks.values import is_at_least
from tap_templates.checks.view import View

DELIVERY = "DELIVERY"  # CloudWatch Logs user guide, log classes: keeps events for two days, which cannot be changed.


class LogGroupKeepsLogs(Rule):
    """RetentionInDays is there, and at least what is required. Groups of class DELIVERY are not judged."""

    id = "E9607"
    shortdesc = "A log group keeps logs"
    description = "RetentionInDays of each log group is set, to at least requirements.log_retention_days."
    why = "An investigation looks back further than a month; events that never expire cost for ever."
    fix = "set RetentionInDays"
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html"
    )
    demands = ("log_retention_days",)
    example = Example(
        failing={"Resources": {"Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 30}}}},
        passing={"Resources": {"Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 365}}}},
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """The days of each log group."""
        days = self.demand("log_retention_days")
        remedy = f"set RetentionInDays to {days} or more days (requirement log_retention_days: {days})"
        for group in view.of("AWS::Logs::LogGroup"):
            for kind in group.get("LogGroupClass"):
                if kind.value != DELIVERY:
                    for found in group.get("RetentionInDays", kind.when):
                        yield verdict(found, is_at_least(view, found.value, days), remedy)
