"""E9705: every load balancer has alarms on errors and on unhealthy targets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.alarms import Measure, Monitoring
from tap_templates.checks.rule import CANNOT_TELL, Example, Rule, Verdict
from tap_templates.checks.view import Found, View

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
CLASSIC = "AWS::ElasticLoadBalancing::LoadBalancer"
NAMESPACES = {"application": "AWS/ApplicationELB", "network": "AWS/NetworkELB", "gateway": "AWS/GatewayELB"}
ERRORS = {  # Network and gateway load balancers see no HTTP.
    "AWS/ApplicationELB": ("HTTPCode_ELB_5XX_Count", "HTTPCode_Target_5XX_Count"),
    "AWS/ELB": ("HTTPCode_ELB_5XX", "HTTPCode_Backend_5XX"),
}
UNHEALTHY = "UnHealthyHostCount"


def _watched(*metrics: str) -> dict[str, Any]:
    common = {
        "Namespace": "AWS/ApplicationELB",
        "Dimensions": [{"Name": "LoadBalancer", "Value": {"Fn::GetAtt": ["Web", "LoadBalancerFullName"]}}],
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": 1,
    }
    web = {"Type": BALANCER, "Properties": {"Subnets": ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"]}}
    alarms = {
        f"Alarm{index}": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": metric, **common}}
        for index, metric in enumerate(metrics)
    }
    return {"Resources": {"Web": web, **alarms}}


class LoadBalancerIsMonitored(Rule):
    """Application and classic: HTTP 5XX, of the balancer or of its targets. All kinds: unhealthy targets."""

    id = "E9705"
    shortdesc = "A load balancer is monitored"
    description = "Each load balancer has alarms on HTTP 5XX, where it sees HTTP, and on UnHealthyHostCount."
    why = "What a balancer answers for its targets, or no longer sends to them, is seen nowhere else."
    fix = "add alarms on the load balancer"
    source_url = (
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html"
    )
    example = Example(failing=_watched(UNHEALTHY), passing=_watched(UNHEALTHY, "HTTPCode_ELB_5XX_Count"))

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each load balancer, for errors and for health."""
        monitoring = Monitoring(view)
        for balancer in view.of(BALANCER):
            for kind in balancer.get("Type"):
                namespace = _namespace(kind)
                if namespace is None:
                    yield Verdict(CANNOT_TELL, kind.path, kind.value, f"write one of {', '.join(NAMESPACES)}")
                else:
                    for options in _options(namespace, "LoadBalancer"):
                        yield monitoring.verdict(balancer, options)
        for balancer in view.of(CLASSIC):
            for options in _options("AWS/ELB", "LoadBalancerName"):
                yield monitoring.verdict(balancer, options)


def _namespace(kind: Found) -> str | None:
    """Where the metrics of a balancer's Type are; that of the default where there is none."""
    if kind.is_missing:
        return NAMESPACES["application"]
    return NAMESPACES.get(kind.value) if isinstance(kind.value, str) else None


def _options(namespace: str, dimension: str) -> Iterator[list[list[Measure]]]:
    yield [[Measure(namespace, UNHEALTHY, dimension)]]
    if namespace in ERRORS:
        yield [[Measure(namespace, name, dimension)] for name in ERRORS[namespace]]
