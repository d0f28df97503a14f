"""Network ACLs: what passes between tiers, and between a tier and the internet, with the way back of each.

They are stateless: an answer is let through by the ports that its receiver waits on (ephemeral ports). Security groups
still decide what is accepted; ACLs hold where a group was opened too far.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from troposphere import AWSHelperFn, Ref, ec2

from tap_templates.components.network.addresses import ISOLATED, PRIVATE, PUBLIC, TIERS
from tap_templates.errors import PropertyError
from tap_templates.stack import Stack

EVERYWHERE = "0.0.0.0/0"
ALL, TCP = -1, 6  # IANA protocol numbers, and EC2's for all.
HTTPS = 443
# VPC user guide, network ACLs, ephemeral ports: NAT gateways, load balancers and functions use 1024 to 65535. Remote
# desktop is left out (CIS AWS Foundations 5.1, Security Hub control EC2.21): one connection in 64,512 is tried again.
WAYS_BACK = ((1024, 3388), (3390, 65535))
MOST_ENTRIES = 20  # VPC user guide, "Amazon VPC quotas": rules in each direction.
NEIGHBOURS = {PUBLIC: (PUBLIC, PRIVATE), PRIVATE: TIERS, ISOLATED: (PRIVATE, ISOLATED)}


class Entry(NamedTuple):
    """One rule: its label in the logical id, its number, from or to where, and the TCP ports; all traffic without."""

    label: str
    number: int
    cidr: str | AWSHelperFn
    ports: tuple[int, int] | None = None
    action: str = "allow"


class Tier(NamedTuple):
    """A tier as its ACL sees it: its subnets, its parts of the block, and whether it leaves the VPC."""

    name: str
    members: Sequence[ec2.Subnet]
    areas: Sequence[str | AWSHelperFn]
    leaves: bool


def network_acls(stack: Stack, title: str, tiers: Sequence[Tier], *, vpc: ec2.VPC) -> None:
    """An ACL for each tier.

    Tiers that touch talk about anything; public and isolated ones do not touch, and have no word for each other, unless
    there is no private tier between them. From everywhere come answers and, into the public tier, connections to the
    requirements' ``open_ingress_ports``. To everywhere go HTTPS and answers; nothing does where a tier has no way out
    of the VPC.

    Raises:
        PropertyError: More rules than an ACL takes.

    Source: VPC user guide, "Control subnet traffic with network access control lists".
    """
    for tier in tiers:
        acl = stack.add(
            ec2.NetworkAcl(f"{title}{tier.name.title()}Acl", VpcId=Ref(vpc)),
            says=f"network ACL of the {tier.name} subnets",
        )
        inside = list(_inside(tier, tiers))
        opened = stack.requirements.open_ingress_ports if tier.name == PUBLIC else ()
        _add(stack, acl, "In", [*inside, *_opened(opened), *_ways_back(tier)], Egress=False)
        _add(stack, acl, "Out", [*inside, *_way_out(tier)], Egress=True)
        for subnet in tier.members:
            stack.add(
                ec2.SubnetNetworkAclAssociation(f"{subnet.title}Acl", SubnetId=Ref(subnet), NetworkAclId=Ref(acl))
            )


def _inside(tier: Tier, tiers: Sequence[Tier]) -> Iterator[Entry]:
    """All traffic with the tiers that it touches, and none with the others: rules about everywhere come later."""
    names = [each.name for each in tiers]
    touching = NEIGHBOURS[tier.name] if PRIVATE in names else names
    for other in tiers:
        touches = other.name in touching
        for place, area in enumerate(other.areas):
            number = (100 if touches else 10) * (1 + TIERS.index(other.name)) + place
            label = f"{other.name.title()}{place + 1}"
            yield Entry(label, number, area, action="allow" if touches else "deny")


def _opened(ports: Sequence[int]) -> Iterator[Entry]:
    """Connections from everywhere. A port keeps its number when others come and go."""
    taken: set[int] = set()
    for port in sorted(ports):
        number = 1000 + port % 30_000
        while number in taken:
            number += 1
        taken.add(number)
        yield Entry(f"Port{port}", number, EVERYWHERE, (port, port))


def _ways_back(tier: Tier) -> Iterator[Entry]:
    if tier.leaves:
        for place, ports in enumerate(WAYS_BACK):
            yield Entry(f"Answers{place + 1}", 400 + 10 * place, EVERYWHERE, ports)


def _way_out(tier: Tier) -> Iterator[Entry]:
    """HTTPS; and from the public tier the answers to whoever connected."""
    if tier.leaves:
        yield Entry("Https", 500, EVERYWHERE, (HTTPS, HTTPS))
    if tier.name == PUBLIC:
        yield Entry("Answers", 400, EVERYWHERE, (WAYS_BACK[0][0], WAYS_BACK[-1][1]))


def _add(stack: Stack, acl: ec2.NetworkAcl, direction: str, entries: Sequence[Entry], **properties: Any) -> None:
    if len(entries) > MOST_ENTRIES:
        remedy = f"list fewer ports in requirements.open_ingress_ports: an ACL takes {MOST_ENTRIES} in a direction"
        raise PropertyError(str(acl.title), "entries", found=f"{len(entries)} rules", remedy=remedy)
    for entry in entries:
        ports = {"PortRange": ec2.PortRange(From=entry.ports[0], To=entry.ports[1])} if entry.ports else {}
        stack.add(
            ec2.NetworkAclEntry(
                f"{acl.title}{direction}{entry.label}",
                NetworkAclId=Ref(acl),
                RuleNumber=entry.number,
                Protocol=TCP if entry.ports else ALL,
                RuleAction=entry.action,
                CidrBlock=entry.cidr,
                **ports,
                **properties,
            )
        )
