"""E9706: every alarm measures a metric that there is, by dimensions that it has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.alarms import ALARM, Metric, metrics
from tap_templates.checks.rule import CANNOT_TELL, Example, Rule, Verdict, verdict
from tap_templates.checks.values import as_text
from tap_templates.checks.view import Found, View
from tap_templates.data.metrics import namespace
from tap_templates.errors import did_you_mean

FILTER = "AWS::Logs::MetricFilter"
OF_AWS = "AWS/"


def _alarm(metric: str) -> dict[str, Any]:
    properties = {
        "Namespace": "AWS/Lambda",
        "MetricName": metric,
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": 1,
    }
    return {"Resources": {"Failures": {"Type": ALARM, "Properties": properties}}}


class AlarmMetricExists(Rule):
    """Namespaces of AWS are judged by a table; any other metric must come from a metric filter or the CloudWatch agent.

    A metric of its own that a program sends cannot be told from one that is misspelt.
    """

    id = "E9706"
    shortdesc = "An alarm's metric exists"
    description = "Namespace, MetricName and the names of Dimensions are real, or a metric filter makes the metric."
    why = "An alarm on a misspelt metric has no data, and silence is mostly counted as healthy: it never fires."
    fix = "use a metric that the namespace has"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html"
    example = Example(failing=_alarm("Error"), passing=_alarm("Errors"))

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each metric of each alarm."""
        filtered = set(_filtered(view))
        for metric in metrics(view):
            if str(metric.namespace.value).startswith(OF_AWS):
                yield from self._of_aws(metric)
            else:
                made = (as_text(metric.namespace.value), as_text(metric.name.value)) in filtered or _of_agent(metric)
                remedy = "check that a program sends it, or add a metric filter that makes it"
                yield verdict(metric.name, True if made else None, remedy)

    def _of_aws(self, metric: Metric) -> Iterator[Verdict]:
        known = namespace(str(metric.namespace.value))
        if known is None:
            remedy = "look the metric up: this namespace is not in the table of metrics"
            yield Verdict(CANNOT_TELL, metric.namespace.path, metric.namespace.value, remedy)
            return
        yield _verdict(metric.name, known.metrics, f"use a metric that {metric.namespace.value} has")
        for name, _ in metric.dimensions:
            yield _verdict(name, known.dimensions, f"use a dimension that {metric.namespace.value} has")


def _of_agent(metric: Metric) -> bool:
    """Whether it is one that the CloudWatch agent measures; its dimensions are as its configuration says."""
    known = namespace(str(metric.namespace.value))
    return known is not None and metric.name.value in known.metrics


def _verdict(found: Found, known: tuple[str, ...], remedy: str) -> Verdict:
    accepted = None if found.is_unknown else found.value in known
    return verdict(found, accepted, f"{remedy}{did_you_mean(str(found.value), known)}")


def _filtered(view: View) -> Iterator[tuple[str, str]]:
    """Namespace and name of each metric that the template's metric filters make."""
    for each in view.of(FILTER):
        for name in each.get("MetricTransformations.*.MetricName"):
            for space in each.get("MetricTransformations.*.MetricNamespace", name.when):
                yield as_text(space.value), as_text(name.value)
