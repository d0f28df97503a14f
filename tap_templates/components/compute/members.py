"""Where the instances of a group are: the security group that they have, what they reach, and what they wait for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import awacs.s3 as s3_actions
from troposphere import Sub, autoscaling

from tap_templates.components.balancing import TargetGroup
from tap_templates.components.compute.user_data import HEALTH_EVERY_SECONDS, Health
from tap_templates.components.network import Network, SecurityGroup
from tap_templates.components.network.security_groups import HTTPS
from tap_templates.errors import PropertyError, StackError
from tap_templates.policies import allow, anyone
from tap_templates.stack import Encoded, Stack

CALLS = "AWS services and package repositories"
# Amazon Linux 2023 user guide, repositories: a bucket of Amazon's in each Region, read without credentials.
REPOSITORIES = "arn:${AWS::Partition}:s3:::al2023-repos-${AWS::Region}-de612dc2/*"
EGRESS, ROUTE, ASSOCIATION = (
    f"AWS::EC2::{kind}" for kind in ("SecurityGroupEgress", "Route", "SubnetRouteTableAssociation")
)


def members_of(
    stack: Stack, title: str, *, network: Network, behind: TargetGroup | None, group: SecurityGroup | None
) -> SecurityGroup:
    """The security group of the instances, which lets them call AWS and fetch packages.

    Raises:
        StackError: It is in another network, or is not that of the targets.
    """
    if behind is not None and group not in (None, behind.group):
        remedy = f"leave group out: the balancer sends its requests to {behind.group.title}"
        raise StackError(title, found=f"group {group.title if group else ''}", remedy=remedy)
    members = behind.group if behind else group or network.group(f"{title}Group", f"instances of {title}")
    if members.network != network.resource.title:
        remedy = f"use a group of {network.title}"
        raise StackError(title, found=f"{members.title} of {members.network}", remedy=remedy)
    said = stack.template.resources
    if f"{members.title}ToAnywhereOn{HTTPS}" not in said:
        members.reaches_anywhere(says=CALLS)
    endpoints = network.endpoint_group
    if endpoints and f"{endpoints.title}From{members.title}On{HTTPS}" not in said:
        members.reaches(endpoints)
    network.lets_through(
        "s3", allow([s3_actions.GetObject], on=Sub(REPOSITORIES), to=anyone(), sid="ReadPackagesOfAmazonLinux")
    )
    return members


def health_of(title: str, behind: TargetGroup | None, boot_minutes: int) -> Health | None:
    """What the balancer asks the instances, for half of the time that they have.

    Raises:
        PropertyError: The targets are no instances.
    """
    if behind is None:
        return None
    target = behind.resource
    if target.TargetType != "instance":
        remedy = "forward to targets of type instance"
        raise PropertyError(title, "TargetGroupARNs", found=f"targets of type {target.TargetType}", remedy=remedy)
    attempts = boot_minutes * 60 // 2 // HEALTH_EVERY_SECONDS
    return Health(target.Port, target.HealthCheckPath, attempts)


def wait_for_network(
    stack: Stack, made: autoscaling.AutoScalingGroup, *, group: SecurityGroup, network: Network
) -> None:
    """Launches nothing before the ways out are there: rules and routes are resources of their own, in no order."""
    subnets = [{"Ref": str(subnet.title)} for subnet in network.tiers["private"]]
    group_id = {"Fn::GetAtt": [group.title, "GroupId"]}

    def wait(encoded: Encoded) -> None:
        resources = encoded["Resources"]
        own = resources[str(made.title)]
        own["DependsOn"] = [*own["DependsOn"], *_ways_out(resources, subnets, group_id)]

    stack.last(wait)


def _ways_out(resources: Encoded, subnets: list[Any], group_id: Any) -> Iterator[str]:
    tables = []
    for title, resource in resources.items():
        properties = resource.get("Properties", {})
        if resource["Type"] == ASSOCIATION and properties["SubnetId"] in subnets:
            tables.append(properties["RouteTableId"])
            yield title
    for title, resource in resources.items():
        properties = resource.get("Properties", {})
        if (resource["Type"] == ROUTE and properties["RouteTableId"] in tables) or (
            resource["Type"] == EGRESS and properties["GroupId"] == group_id
        ):
            yield title
