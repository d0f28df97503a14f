"""E9702: every function has alarms on its errors and on its throttles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.alarms import Measure, Monitoring
from tap_templates.checks.functions import FUNCTION, example
from tap_templates.checks.rule import Example, Rule, Verdict
from tap_templates.checks.view import View

MEASURES = [Measure("AWS/Lambda", name, "FunctionName") for name in ("Errors", "Throttles")]


def _alarm(metric: str) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "Namespace": "AWS/Lambda",
            "MetricName": metric,
            "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": "Work"}}],
            "Statistic": "Sum",
            "Period": 300,
            "EvaluationPeriods": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "Threshold": 1,
        },
    }


def _watched(*metrics: str) -> dict[str, Any]:
    return {"Resources": {**example()["Resources"], **{metric: _alarm(metric) for metric in metrics}}}


class FunctionIsMonitored(Rule):
    """The alarm's dimension FunctionName names the function; an alarm over all functions does not count."""

    id = "E9702"
    shortdesc = "A function is monitored"
    description = "Each Lambda function has an alarm on Errors and one on Throttles, in every case in which it exists."
    why = "A function that fails in silence is noticed by whoever misses its results."
    fix = "add alarms on Errors and Throttles of the function"
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html"
    example = Example(
        failing=_watched("Errors"),
        passing=_watched("Errors", "Throttles"),
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each function, for each of the two."""
        monitoring = Monitoring(view)
        for function in view.of(FUNCTION):
            for measure in MEASURES:
                yield monitoring.verdict(function, [[measure]])
