"""The address plan: which part of a VPC's block each subnet has, decided by sizes and places alone.

A block of /24 or larger is divided the same way whatever is asked for, so that a tier or a zone can be added later
without moving, and so replacing, a subnet. Private subnets are twice as large as the others:

=========  =====================  =============================================================
tier       part of the block      its four parts, of which the first ones are subnets
=========  =====================  =============================================================
private    first half             an eighth of the block each: /19 of a /16, /27 of a /24
public     third quarter          a sixteenth each: /20 of a /16, /28 of a /24
isolated   last quarter           the same
=========  =====================  =============================================================

A smaller block has no room to spare: it is divided evenly among the subnets that are asked for.

Source: VPC user guide, "VPC CIDR blocks" and "Subnet sizing": /16 to /28, for a VPC and for a subnet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, ip_network
from typing import Any, NamedTuple

from troposphere import AWSHelperFn, Cidr, Select

from tap_templates.errors import PropertyError, did_you_mean

PUBLIC, PRIVATE, ISOLATED = "public", "private", "isolated"
TIERS = (PUBLIC, PRIVATE, ISOLATED)
LARGEST, SMALLEST = 16, 28  # Prefix lengths.
ROOMY = 24  # The longest prefix that is divided the same way whatever is asked for.
MOST_ZONES = 3
# VPC user guide, "IPv4 VPC CIDR blocks": RFC 1918, and RFC 6598.
PRIVATE_RANGES = tuple(map(IPv4Network, ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")))
OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
FIRST_OCTETS = rf"(10\.{OCTET}|100\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])|172\.(1[6-9]|2[0-9]|3[01])|192\.168)"


class Block(NamedTuple):
    """A part of a VPC's block: the one at ``place``, counted from 0, of all those with this prefix length."""

    prefix: int
    place: int

    def of(self, network: IPv4Network) -> IPv4Network:
        """The part of a block that is known."""
        size = 1 << (32 - self.prefix)
        return IPv4Network((int(network.network_address) + self.place * size, self.prefix))

    def expression(self, block: AWSHelperFn, prefix: int) -> AWSHelperFn:
        """The part of a block with this prefix length that is known only in AWS."""
        if self.prefix == prefix:
            return block
        return Select(self.place, Cidr(block, self.place + 1, 32 - self.prefix))


class Plan(NamedTuple):
    """Subnets of each tier, by zone, and the parts of the block that are the tier's."""

    prefix: int
    subnets: dict[str, tuple[Block, ...]]
    areas: dict[str, tuple[Block, ...]]


def plan(where: str, prefix: int, tiers: Sequence[str], zones: int) -> Plan:
    """The plan of a block of this prefix length.

    Args:
        where: Logical id of the VPC.

    Raises:
        PropertyError: The subnets do not fit.
    """
    if prefix <= ROOMY:
        first = {PRIVATE: (prefix + 3, 0), PUBLIC: (prefix + 4, 8), ISOLATED: (prefix + 4, 12)}
        areas = {PRIVATE: Block(prefix + 1, 0), PUBLIC: Block(prefix + 2, 2), ISOLATED: Block(prefix + 2, 3)}
        return Plan(
            prefix,
            {tier: tuple(Block(first[tier][0], first[tier][1] + zone) for zone in range(zones)) for tier in tiers},
            {tier: (areas[tier],) for tier in tiers},
        )
    count = len(tiers) * zones
    size = prefix + _halvings(count)
    if size > SMALLEST:
        remedy = f"use /{SMALLEST - _halvings(count)} or larger: {count} subnets have at least /{SMALLEST} each"
        raise PropertyError(where, "CidrBlock", found=f"/{prefix}", remedy=remedy)
    places = iter(range(count))
    subnets = {tier: tuple(Block(size, next(places)) for _ in range(zones)) for tier in tiers}
    return Plan(prefix, subnets, subnets)


def given_plan(where: str, network: IPv4Network, tiers: Mapping[str, str], zones: int) -> Plan:
    """The plan where each tier has a block of its own, which is divided evenly among its zones.

    Raises:
        PropertyError: A tier's block is none, lies outside the VPC's, overlaps another's, or is too small.
    """
    known: dict[str, IPv4Network] = {}
    for tier, text in tiers.items():
        block = parsed(where, f"tiers.{tier}", text)
        if not block.subnet_of(network):
            raise PropertyError(where, f"tiers.{tier}", found=text, remedy=f"use a block inside {network}")
        for other, taken in known.items():
            if block.overlaps(taken):
                remedy = f"use a block that does not overlap {taken} of tier {other}"
                raise PropertyError(where, f"tiers.{tier}", found=text, remedy=remedy)
        if block.prefixlen + _halvings(zones) > SMALLEST:
            remedy = f"use /{SMALLEST - _halvings(zones)} or larger for {zones} zones"
            raise PropertyError(where, f"tiers.{tier}", found=text, remedy=remedy)
        known[tier] = block
    subnets = {
        tier: tuple(_place(part, network) for part in list(block.subnets(_halvings(zones)))[:zones])
        for tier, block in known.items()
    }
    return Plan(network.prefixlen, subnets, {tier: (_place(block, network),) for tier, block in known.items()})


def vpc_block(where: str, text: str) -> IPv4Network:
    """The block of a VPC.

    Raises:
        PropertyError: It is no network address, not /16 to /28, or not private.
    """
    network = parsed(where, "CidrBlock", text)
    if not any(network.subnet_of(known) for known in PRIVATE_RANGES):
        remedy = f"use a block inside {', '.join(map(str, PRIVATE_RANGES))}: others belong to someone on the internet"
        raise PropertyError(where, "CidrBlock", found=text, remedy=remedy)
    return network


def parsed(where: str, path: str, text: str) -> IPv4Network:
    """A block of /16 to /28.

    Raises:
        PropertyError: It is none.
    """
    try:
        network = ip_network(text)
    except ValueError as error:
        nearest = _nearest(text)
        remedy = f"use a network address such as {nearest}"
        raise PropertyError(where, path, found=text, remedy=remedy) from error
    if not isinstance(network, IPv4Network):
        raise PropertyError(where, path, found=text, remedy="use an IPv4 block such as 10.0.0.0/16")
    if not LARGEST <= network.prefixlen <= SMALLEST:
        remedy = f"use a block of /{LARGEST} to /{SMALLEST}"
        raise PropertyError(where, path, found=text, remedy=remedy)
    return network


def pattern(prefix: int) -> str:
    """Regular expression that private network addresses of this prefix length match, and nothing else."""
    third, fourth = (OCTET, _multiples(prefix - 24)) if prefix > 24 else (_multiples(prefix - 16), "0")
    return rf"^{FIRST_OCTETS}\.{third}\.{fourth}/{prefix}$"


def check_tiers(where: str, tiers: Sequence[str] | Mapping[str, str]) -> None:
    """Raises a PropertyError for tiers that are none, unknown, or named twice."""
    names = list(tiers)
    if not names:
        raise PropertyError(where, "tiers", found="none", remedy=f"name at least one of {', '.join(TIERS)}")
    for tier in names:
        if tier not in TIERS:
            remedy = f"use {', '.join(TIERS)}{did_you_mean(tier, TIERS)}"
            raise PropertyError(where, "tiers", found=tier, remedy=remedy)
        if names.count(tier) > 1:
            raise PropertyError(where, "tiers", found=f"{tier} twice", remedy="name each tier once")


def _multiples(bits: int) -> str:
    """The values of an octet whose last ``8 - bits`` bits are 0."""
    values = [str(value) for value in range(0, 256, 1 << (8 - bits))]
    return OCTET if bits == 8 else values[0] if len(values) == 1 else f"({'|'.join(values)})"


def _halvings(count: int) -> int:
    """How often a block is halved so that there are at least ``count`` parts."""
    return (count - 1).bit_length()


def _place(part: IPv4Network, network: IPv4Network) -> Block:
    offset = int(part.network_address) - int(network.network_address)
    return Block(part.prefixlen, offset >> (32 - part.prefixlen))


def _nearest(text: Any) -> str:
    """A network address that is probably meant."""
    if isinstance(text, str) and re.fullmatch(rf"({OCTET}\.){{3}}{OCTET}/([0-9]|[12][0-9]|3[0-2])", text):
        return str(ip_network(text, strict=False))
    return "10.0.0.0/16"
