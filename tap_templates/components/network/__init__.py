"""Networks: a VPC with tiers in up to three zones, its ways out and in, and groups that open nothing by themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network
from typing import NamedTuple

import awacs.aws as aws
from troposphere import AWSHelperFn, GetAtt, Join, Parameter, Ref, ec2

from tap_templates.components.network import addresses
from tap_templates.components.network.acls import Tier, network_acls
from tap_templates.components.network.addresses import ISOLATED, PRIVATE, PUBLIC, TIERS, Block, Plan
from tap_templates.components.network.default_group import closed_default_group
from tap_templates.components.network.endpoints import (
    Further,
    chosen,
    endpoint_policy,
    endpoint_title,
    gateway_endpoint,
    interface_endpoint,
)
from tap_templates.components.network.flow_logs import LOGS, flow_log
from tap_templates.components.network.routes import (
    Nat,
    internet_gateway,
    isolated_routes,
    nat_gateways,
    private_routes,
    public_routes,
    subnets,
)
from tap_templates.components.network.security_groups import SecurityGroup, security_group
from tap_templates.components.storage import Bucket
from tap_templates.components.topics import Topic
from tap_templates.data.availability_zones import zones as zones_of
from tap_templates.data.endpoint_services import EndpointService
from tap_templates.errors import PropertyError
from tap_templates.policies import extend
from tap_templates.stack import Stack

__all__ = ["ISOLATED", "LOGS", "PRIVATE", "PUBLIC", "TIERS", "Network", "NetworkTier", "SecurityGroup", "network"]

DEFAULT_BLOCK = "10.0.0.0/16"
HOSTS_OF_ENDPOINTS = (PRIVATE, ISOLATED, PUBLIC)  # The first of these tiers that is there has the interface endpoints.


class NetworkTier(NamedTuple):
    """The subnets of one tier, one in each zone, in the order of the zones."""

    name: str
    resources: tuple[ec2.Subnet, ...]

    @property
    def subnets(self) -> list[AWSHelperFn]:
        """Ids of the subnets: what ``VpcConfig.SubnetIds`` of a function takes."""
        return [Ref(subnet) for subnet in self.resources]


class Network(NamedTuple):
    """A VPC, its tiers, and the group in front of its interface endpoints, if it has any.

    What is put into it names a tier's subnets and a group of its own, and says what that group reaches::

        group = network.group("Worker", "functions that send orders")
        group.reaches(network.endpoints)
        awslambda.VPCConfig(SubnetIds=network.private.subnets, SecurityGroupIds=[group.id])
    """

    stack: Stack
    title: str
    resource: ec2.VPC
    tiers: dict[str, tuple[ec2.Subnet, ...]]
    endpoint_group: SecurityGroup | None

    @property
    def vpc(self) -> AWSHelperFn:
        """Id of the VPC."""
        return Ref(self.resource)

    @property
    def public(self) -> NetworkTier:
        """The public tier; raises as ``tier`` does."""
        return self.tier(PUBLIC)

    @property
    def private(self) -> NetworkTier:
        """The private tier; raises as ``tier`` does."""
        return self.tier(PRIVATE)

    @property
    def isolated(self) -> NetworkTier:
        """The isolated tier; raises as ``tier`` does."""
        return self.tier(ISOLATED)

    @property
    def endpoints(self) -> SecurityGroup:
        """The group in front of the interface endpoints.

        Raises:
            PropertyError: The network has no interface endpoint.
        """
        if self.endpoint_group is None:
            remedy = "name a service that has an interface endpoint, such as secretsmanager"
            raise PropertyError(self.title, "endpoints", found="no interface endpoint", remedy=remedy)
        return self.endpoint_group

    def tier(self, name: str) -> NetworkTier:
        """A tier by its name.

        Raises:
            PropertyError: The network has no such tier.
        """
        if name not in self.tiers:
            remedy = f"use {' or '.join(self.tiers)}, or add the tier to the network"
            raise PropertyError(self.title, "tiers", found=name, remedy=remedy)
        return NetworkTier(name, self.tiers[name])

    def lets_through(self, service: str, *statements: aws.Statement) -> None:
        """Lets more through the endpoint of a service, once; nothing where the network has no such endpoint.

        Args:
            service: ``s3``.
        """
        endpoint = self.stack.template.resources.get(endpoint_title(self.title, service))
        if endpoint is not None:
            extend(endpoint.PolicyDocument, *statements)

    def group(self, title: str, description: str) -> SecurityGroup:
        """Security group that lets nothing in and nothing out until its verbs say so.

        Args:
            description: What is in it, in the letters that EC2 takes: ``web servers``.

        Raises:
            PropertyError: A description that EC2 does not take.
            StackError: The title is taken.
        """
        return security_group(self.stack, title, vpc=self.resource, description=description)


def network(
    stack: Stack,
    title: str = "Network",
    *,
    topic: Topic,
    cidr: str | None = DEFAULT_BLOCK,
    prefix_length: int = 16,
    zones: int = 2,
    tiers: Sequence[str] | Mapping[str, str] = TIERS,
    endpoints: Sequence[str] = ("s3", "dynamodb"),
    endpoint_statements: Further | None = None,
    flow_logs: str | Bucket = LOGS,
    acls: bool = False,
) -> Network:
    """VPC with a subnet of each tier in each zone, flow logs, and a default security group without rules.

    Public subnets have a route to the internet, but nothing in them gets a public address by itself. Private ones reach
    it through NAT gateways, as many as the environment's ``nat_gateways`` says; without a public tier, or with none of
    them, not at all. Isolated ones never do. The Region gives the zones at deployment; ``addresses.py`` has the plan.

    Args:
        topic: Hears of what NAT gateways cannot do, and of failures of the function that closes the default group.
        cidr: The block, private, of /16 to /28; None asks for it in the console's form.
        prefix_length: Size of the block that is asked for: the plan depends on it.
        zones: 1 to 3, and no more than every allowed Region has; where all are allowed, us-west-1 may have two only.
        tiers: Which there are, or the block of each.
        endpoints: Names of services (``secretsmanager``, ``ecr.api``), see ``data/endpoint_services.json``.
        endpoint_statements: What goes through the endpoint of a service besides this account's own.
        flow_logs: ``"logs"``, or a bucket of the stack.
        acls: Whether each tier has a network ACL of its own; the VPC's default one lets everything through.

    Raises:
        PropertyError: A block that does not fit or is none, overlapping tiers, too many zones, an unknown tier or
            service.
        StackError: The title is taken.

    Source: Security Hub controls EC2.2, EC2.6, EC2.10, EC2.15, EC2.21; CIS AWS Foundations 3.7, 5.1, 5.5.
    """
    addresses.check_tiers(title, tiers)
    _check_zones(stack, title, zones)
    services = chosen(title, endpoints, endpoint_statements or {})
    block, plan = _planned(title, cidr, prefix_length, tiers, zones)
    vpc = stack.add(
        ec2.VPC(
            title,
            CidrBlock=str(block) if block else _asked_block(stack, title, prefix_length),
            EnableDnsSupport=True,
            EnableDnsHostnames=True,
        ),
        says=f"VPC {title}",
    )

    def written(part: Block) -> str | AWSHelperFn:
        return str(part.of(block)) if block else part.expression(GetAtt(vpc, "CidrBlock"), plan.prefix)

    members = {
        tier: subnets(stack, title, tier, [written(part) for part in plan.subnets[tier]], vpc=vpc)
        for tier in TIERS
        if tier in plan.subnets
    }
    nats, tables = _routes(stack, title, members, vpc=vpc, topic=topic)
    further = endpoint_statements or {}
    policies = {each.name: endpoint_policy(each, endpoints, further.get(each.name, ())) for each in services}
    group = _endpoints(stack, title, services, policies, vpc=vpc, members=members, tables=tables)
    flow_log(stack, title, vpc=vpc, to=flow_logs)
    closed_default_group(stack, title, vpc=vpc, topic=topic)
    if acls:
        gateways = any(service.gateway for service in services)
        leaving = {PUBLIC: True, PRIVATE: bool(nats) or gateways, ISOLATED: gateways}
        areas = {tier: [written(part) for part in plan.areas[tier]] for tier in members}
        as_seen = [Tier(tier, members[tier], areas[tier], leaving[tier]) for tier in members]
        network_acls(stack, title, as_seen, vpc=vpc)
    _outputs(stack, title, vpc, members)
    return Network(stack, title, vpc, members, group)


def _planned(
    title: str, cidr: str | None, prefix_length: int, tiers: Sequence[str] | Mapping[str, str], zones: int
) -> tuple[IPv4Network | None, Plan]:
    """The block, where it is known, and its plan."""
    if cidr is None:
        if isinstance(tiers, Mapping):
            remedy = "give the network's cidr too, or name the tiers alone"
            raise PropertyError(title, "tiers", found="blocks inside a block that is asked for", remedy=remedy)
        if prefix_length not in range(addresses.LARGEST, addresses.SMALLEST + 1):
            remedy = f"use {addresses.LARGEST} to {addresses.SMALLEST}"
            raise PropertyError(title, "prefix_length", found=prefix_length, remedy=remedy)
        return None, addresses.plan(title, prefix_length, tiers, zones)
    block = addresses.vpc_block(title, cidr)
    if isinstance(tiers, Mapping):
        return block, addresses.given_plan(title, block, tiers, zones)
    return block, addresses.plan(title, block.prefixlen, tiers, zones)


def _asked_block(stack: Stack, title: str, prefix_length: int) -> Ref:
    hint = f"a private network address of this size, such as 10.0.0.0/{prefix_length}"
    return stack.parameter(
        Parameter(
            f"{title}Cidr",
            Type="String",
            Default=f"10.0.0.0/{prefix_length}",
            AllowedPattern=addresses.pattern(prefix_length),
            ConstraintDescription=hint,
            MaxLength=len(f"255.255.255.255/{prefix_length}"),
            Description="Addresses of the network; no other network that it will be connected to may have them.",
        ),
        group="Network",
        label=f"Address block (/{prefix_length})",
    )


def _routes(
    stack: Stack, title: str, members: Mapping[str, tuple[ec2.Subnet, ...]], *, vpc: ec2.VPC, topic: Topic
) -> tuple[list[Nat], list[ec2.RouteTable]]:
    """Where the traffic of each tier goes."""
    nats: list[Nat] = []
    tables: list[ec2.RouteTable] = []
    if PUBLIC in members:
        attachment = internet_gateway(stack, title, vpc=vpc)
        tables.append(public_routes(stack, title, members[PUBLIC], vpc=vpc, attachment=attachment))
        if PRIVATE in members:
            nats = nat_gateways(stack, title, members[PUBLIC], attachment=attachment, topic=topic)
    if PRIVATE in members:
        tables += private_routes(stack, title, members[PRIVATE], vpc=vpc, nats=nats)
    if ISOLATED in members:
        tables.append(isolated_routes(stack, title, members[ISOLATED], vpc=vpc))
    return nats, tables


def _endpoints(
    stack: Stack,
    title: str,
    services: Sequence[EndpointService],
    policies: Mapping[str, aws.PolicyDocument],
    *,
    vpc: ec2.VPC,
    members: Mapping[str, tuple[ec2.Subnet, ...]],
    tables: Sequence[ec2.RouteTable],
) -> SecurityGroup | None:
    """The endpoints of the services, and the group in front of those that are interfaces."""
    group = None
    for service in services:
        policy = policies[service.name]
        if service.gateway:
            gateway_endpoint(stack, title, service, vpc=vpc, tables=tables, policy=policy)
            continue
        description = f"interface endpoints of {title}"
        group = group or security_group(stack, f"{title}Endpoints", vpc=vpc, description=description)
        host = next(members[tier] for tier in HOSTS_OF_ENDPOINTS if tier in members)
        interface_endpoint(stack, title, service, vpc=vpc, subnets=host, group=group, policy=policy)
    return group


def _outputs(stack: Stack, title: str, vpc: ec2.VPC, members: Mapping[str, tuple[ec2.Subnet, ...]]) -> None:
    """The VPC, and lists of what has one of its kind in each zone."""
    stack.output(f"{title}Id", Ref(vpc), f"Id of the VPC {title}")
    stack.output(f"{title}Block", GetAtt(vpc, "CidrBlock"), f"Addresses of {title}")
    for tier, of_tier in members.items():
        ids = Join(",", [Ref(subnet) for subnet in of_tier])
        says = f"Ids of the {tier} subnets of {title}, separated by commas"
        stack.output(f"{title}{tier.title()}SubnetIds", ids, says)
    of_zones = Join(",", [GetAtt(subnet, "AvailabilityZone") for subnet in next(iter(members.values()))])
    stack.output(f"{title}Zones", of_zones, f"Availability Zones of {title}, separated by commas")


def _check_zones(stack: Stack, title: str, zones: int) -> None:
    if zones not in range(1, addresses.MOST_ZONES + 1):
        remedy = f"use 1 to {addresses.MOST_ZONES}"
        raise PropertyError(title, "zones", found=zones, remedy=remedy)
    for region in stack.requirements.allowed_regions:
        if zones > zones_of(region):
            remedy = f"use at most {zones_of(region)}, or take {region} out of requirements.allowed_regions"
            raise PropertyError(title, "zones", found=f"{zones}, where {region} has {zones_of(region)}", remedy=remedy)
