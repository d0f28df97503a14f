"""Subnets, where their traffic goes, and the NAT gateways that some of it goes through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from troposphere import AWSHelperFn, GetAtt, GetAZs, If, Ref, Select, ec2

from tap_templates.components.alarms import alarm
from tap_templates.components.network.addresses import PRIVATE
from tap_templates.components.topics import Topic
from tap_templates.stack import Stack

EVERYWHERE = "0.0.0.0/0"
AMOUNT = "nat_gateways"
# VPC user guide, "NAT gateway metrics": a few packets are lost at any time.
DROPPED_PACKETS = 100


class Nat(NamedTuple):
    """A NAT gateway, and the condition on which it is there; True when it always is."""

    resource: ec2.NatGateway
    there: bool | str


def subnets(
    stack: Stack, title: str, tier: str, blocks: Sequence[str | AWSHelperFn], *, vpc: ec2.VPC
) -> tuple[ec2.Subnet, ...]:
    """One subnet for each block, each in a zone of its own that the Region gives at deployment.

    Nothing in them gets a public address by itself, in no tier.

    Source: Security Hub control EC2.15.
    """
    return tuple(
        stack.add(
            ec2.Subnet(
                f"{title}{tier.title()}{zone}",
                VpcId=Ref(vpc),
                AvailabilityZone=Select(zone - 1, GetAZs(Ref("AWS::Region"))),
                CidrBlock=block,
                MapPublicIpOnLaunch=False,
            ),
            says=f"{tier} subnet of zone {zone}",
        )
        for zone, block in enumerate(blocks, start=1)
    )


def internet_gateway(stack: Stack, title: str, *, vpc: ec2.VPC) -> ec2.VPCGatewayAttachment:
    """Internet gateway, and its attachment, which whatever has a public address waits for."""
    gateway = stack.add(ec2.InternetGateway(f"{title}Gateway"), says=f"internet gateway of {title}")
    return stack.add(
        ec2.VPCGatewayAttachment(f"{title}GatewayAttachment", VpcId=Ref(vpc), InternetGatewayId=Ref(gateway))
    )


def nat_gateways(
    stack: Stack, title: str, public: Sequence[ec2.Subnet], *, attachment: ec2.VPCGatewayAttachment, topic: Topic
) -> list[Nat]:
    """As many NAT gateways as the amount ``nat_gateways`` says, the first in the first zone, at most one in a zone.

    Each has alarms on connections that it could not make and on packets that it lost.

    Source: VPC user guide, "NAT gateway metrics"; Amazon CloudWatch user guide, recommended alarms.
    """
    made = []
    for zone, subnet in enumerate(public, start=1):
        there = stack.at_least(AMOUNT, zone)
        if there is False:
            break
        made.append(Nat(_nat_gateway(stack, f"{title}Nat{zone}", subnet, attachment, there, topic), there))
    return made


def public_routes(
    stack: Stack,
    title: str,
    members: Sequence[ec2.Subnet],
    *,
    vpc: ec2.VPC,
    attachment: ec2.VPCGatewayAttachment,
) -> ec2.RouteTable:
    """Route table of the public subnets: everything goes to the internet gateway."""
    table = _table(stack, f"{title}PublicRoutes", members, vpc=vpc, says="route table of the public subnets")
    _to_internet(stack, table, GatewayId=Ref(f"{title}Gateway"), DependsOn=[str(attachment.title)])
    return table


def private_routes(
    stack: Stack, title: str, members: Sequence[ec2.Subnet], *, vpc: ec2.VPC, nats: Sequence[Nat]
) -> list[ec2.RouteTable]:
    """A route table for each private subnet: everything goes to the NAT gateway of its zone, or to the first one.

    Without NAT gateways there is no way to the internet. One table for each zone, so that their number can change.
    """
    tables = []
    for zone, subnet in enumerate(members, start=1):
        says = f"route table of the private subnet of zone {zone}"
        table = _table(stack, f"{title}{PRIVATE.title()}Routes{zone}", [subnet], vpc=vpc, says=says)
        if nats:
            _to_internet(stack, table, NatGatewayId=_nearest(nats, zone), **_if_there(nats[0].there))
        tables.append(table)
    return tables


def isolated_routes(stack: Stack, title: str, members: Sequence[ec2.Subnet], *, vpc: ec2.VPC) -> ec2.RouteTable:
    """Route table of the isolated subnets: nothing leaves the VPC, but through gateway endpoints."""
    return _table(stack, f"{title}IsolatedRoutes", members, vpc=vpc, says="route table of the isolated subnets")


def _nat_gateway(
    stack: Stack,
    title: str,
    subnet: ec2.Subnet,
    attachment: ec2.VPCGatewayAttachment,
    there: bool | str,
    topic: Topic,
) -> ec2.NatGateway:
    waiting = {"DependsOn": [str(attachment.title)], **_if_there(there)}
    address = stack.add(ec2.EIP(f"{title}Address", Domain="vpc", **waiting), says=f"public address of {title}")
    allocation = GetAtt(address, "AllocationId")
    says = f"Allocation id of the public address of {title}"
    stack.output(f"{title}AllocationId", allocation, says, condition=there if isinstance(there, str) else None)
    gateway = stack.add(
        ec2.NatGateway(title, AllocationId=allocation, SubnetId=Ref(subnet), **waiting),
        says=f"NAT gateway in {subnet.title}",
    )
    for metric, threshold, says in (
        ("ErrorPortAllocation", 1, "has no port left for a connection"),
        ("PacketsDropCount", DROPPED_PACKETS, "drops packets"),
    ):
        alarm(
            topic,
            f"{title}{metric}",
            says=f"{title} {says}",
            namespace="AWS/NATGateway",
            metric=metric,
            dimensions={"NatGatewayId": Ref(gateway)},
            threshold=threshold,
            condition=there if isinstance(there, str) else None,
        )
    return gateway


def _nearest(nats: Sequence[Nat], zone: int) -> AWSHelperFn:
    """The gateway of a zone where there is one, else the first."""
    first = Ref(nats[0].resource)
    if zone > len(nats) or zone == 1:
        return first
    own = nats[zone - 1]
    return If(own.there, Ref(own.resource), first) if isinstance(own.there, str) else Ref(own.resource)


def _table(stack: Stack, title: str, members: Sequence[ec2.Subnet], *, vpc: ec2.VPC, says: str) -> ec2.RouteTable:
    table = stack.add(ec2.RouteTable(title, VpcId=Ref(vpc)), says=says)
    for subnet in members:
        stack.add(
            ec2.SubnetRouteTableAssociation(f"{subnet.title}Routes", SubnetId=Ref(subnet), RouteTableId=Ref(table))
        )
    return table


def _to_internet(stack: Stack, table: ec2.RouteTable, **target: Any) -> None:
    stack.add(
        ec2.Route(
            f"{table.title}ToInternet",
            RouteTableId=Ref(table),
            DestinationCidrBlock=EVERYWHERE,
            **target,
        )
    )


def _if_there(there: bool | str) -> dict[str, str]:
    return {"Condition": there} if isinstance(there, str) else {}
