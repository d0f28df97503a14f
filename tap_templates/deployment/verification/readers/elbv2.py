"""Elastic Load Balancing: balancers, listeners, their rules, and groups of targets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tap_templates.deployment.verification.reading import Subject
from tap_templates.deployment.verification.values import Tags, tags_of

PREFIX = "AWS::ElasticLoadBalancingV2::"
OF_BALANCER = ("IpAddressType", "Scheme", "SecurityGroups", "Type")
OF_LISTENER = ("Port", "Protocol", "SslPolicy")
OF_TARGET_GROUP = (
    "HealthCheckEnabled",
    "HealthCheckIntervalSeconds",
    "HealthCheckPath",
    "HealthCheckPort",
    "HealthCheckProtocol",
    "HealthCheckTimeoutSeconds",
    "HealthyThresholdCount",
    "Matcher",
    "Port",
    "Protocol",
    "TargetType",
    "UnhealthyThresholdCount",
    "VpcId",
)


def _balancer(subject: Subject) -> dict[str, Any]:
    return dict(subject.ask("elbv2", "describe_load_balancers", LoadBalancerArns=[subject.id])["LoadBalancers"][0])


def _listener(subject: Subject) -> dict[str, Any]:
    return dict(subject.ask("elbv2", "describe_listeners", ListenerArns=[subject.id])["Listeners"][0])


def _rule(subject: Subject) -> dict[str, Any]:
    return dict(subject.ask("elbv2", "describe_rules", RuleArns=[subject.id])["Rules"][0])


def _target_group(subject: Subject) -> dict[str, Any]:
    return dict(subject.ask("elbv2", "describe_target_groups", TargetGroupArns=[subject.id])["TargetGroups"][0])


def _told(describe: Callable[[Subject], dict[str, Any]], word: str) -> Callable[[Subject], Any]:
    return lambda subject: describe(subject).get(word)


def _subnets(subject: Subject) -> list[str]:
    return [zone["SubnetId"] for zone in _balancer(subject)["AvailabilityZones"]]


def _balancer_attributes(subject: Subject) -> list[dict[str, str]]:
    found = subject.ask("elbv2", "describe_load_balancer_attributes", LoadBalancerArn=subject.id)
    return _stated(subject, "LoadBalancerAttributes", found["Attributes"])


def _target_attributes(subject: Subject) -> list[dict[str, str]]:
    found = subject.ask("elbv2", "describe_target_group_attributes", TargetGroupArn=subject.id)
    return _stated(subject, "TargetGroupAttributes", found["Attributes"])


def _stated(subject: Subject, name: str, told: list[dict[str, str]]) -> list[dict[str, str]]:
    """Of all attributes, those that the template speaks of, in its order."""
    values = {row["Key"]: row["Value"] for row in told}
    stated = [row["Key"] for row in subject.properties.get(name, [])]
    return [{"Key": key, "Value": values[key]} for key in stated if key in values]


def _certificates(subject: Subject) -> list[dict[str, str]]:
    return [{"CertificateArn": row["CertificateArn"]} for row in _listener(subject).get("Certificates", [])]


def _priority(subject: Subject) -> int:
    return int(_rule(subject)["Priority"])


def _listener_of_rule(subject: Subject) -> str:
    """No API tells it, but the ARN of a rule is that of its listener and one more part.

    Source: Service authorization reference, resource types of Elastic Load Balancing V2.
    """
    rule = str(_rule(subject)["RuleArn"])
    return rule.replace(":listener-rule/", ":listener/").rpartition("/")[0]


def _tags(subject: Subject) -> Tags:
    found = subject.ask("elbv2", "describe_tags", ResourceArns=[subject.id])["TagDescriptions"]
    return tags_of(found[0]["Tags"])


READERS: dict[str, dict[str, Callable[[Subject], Any]]] = {
    f"{PREFIX}LoadBalancer": {
        **{word: _told(_balancer, word) for word in OF_BALANCER},
        "LoadBalancerAttributes": _balancer_attributes,
        "Name": _told(_balancer, "LoadBalancerName"),
        "Subnets": _subnets,
        "Tags": _tags,
    },
    f"{PREFIX}Listener": {
        **{word: _told(_listener, word) for word in OF_LISTENER},
        "Certificates": _certificates,
        "DefaultActions": _told(_listener, "DefaultActions"),
        "LoadBalancerArn": _told(_listener, "LoadBalancerArn"),
        "Tags": _tags,
    },
    f"{PREFIX}ListenerRule": {
        "Actions": _told(_rule, "Actions"),
        "Conditions": _told(_rule, "Conditions"),
        "ListenerArn": _listener_of_rule,
        "Priority": _priority,
        "Tags": _tags,
    },
    f"{PREFIX}TargetGroup": {
        **{word: _told(_target_group, word) for word in OF_TARGET_GROUP},
        "Name": _told(_target_group, "TargetGroupName"),
        "Tags": _tags,
        "TargetGroupAttributes": _target_attributes,
    },
}
