"""What the rules of security groups let through: from or to which place, on which ports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from tap_templates.checks.ports import UNTOLD, Ports, ports
from tap_templates.checks.references import references
from tap_templates.checks.rule import CANNOT_TELL, FAILS, HOLDS, Verdict
from tap_templates.checks.values import as_text, is_dynamic
from tap_templates.checks.view import Found, Scenario, View, is_intrinsic

GROUP = "AWS::EC2::SecurityGroup"
PREFIX_LIST = "AWS::EC2::PrefixList"
INSIDE = ("AWS::EC2::VPC", "AWS::EC2::Subnet")  # Their networks are never all addresses.
WIDEST_PREFIX = 1  # Two halves of all addresses are as open as the whole.
MOST_PORTS = 50  # Alternatives of one rule's ports; beyond that they cannot be told.


class Direction(NamedTuple):
    """Inbound or outbound, in the words of the template."""

    property: str  # Of the group.
    type: str  # Of a rule that is a resource of its own.
    prefix_list: str


INGRESS = Direction("SecurityGroupIngress", "AWS::EC2::SecurityGroupIngress", "SourcePrefixListId")
EGRESS = Direction("SecurityGroupEgress", "AWS::EC2::SecurityGroupEgress", "DestinationPrefixListId")


class Access(NamedTuple):
    """What one rule lets through between its group and one place."""

    place: Found  # CidrIp, CidrIpv6 or the prefix list; the whole rule where only AWS knows it.
    everywhere: bool | None  # Whether it is every address; None where only AWS knows.
    ports: tuple[Ports, ...]  # Each that the rule can have.


def group_rules(view: View, direction: Direction) -> Iterator[Found]:
    """Every rule, inside its group or as a resource of its own, also what stands there and only AWS knows."""
    for group in view.of(GROUP):
        for found in group.get(f"{direction.property}.*"):
            if not found.is_missing:
                yield found
    for resource in view.of(direction.type):
        yield Found(resource.at("Properties"), resource.properties, resource.scenario)


def accesses(view: View, direction: Direction) -> Iterator[Access]:
    """What every rule lets through; nothing where the other side is a security group."""
    for rule in group_rules(view, direction):
        if rule.is_unknown:
            yield Access(rule, None, (Ports(UNTOLD, None, rule),))
            continue
        for name in ("CidrIp", "CidrIpv6", direction.prefix_list):
            for place in view.walk(rule.value, (name,), rule.path, rule.when):
                if not place.is_missing:
                    listed = name == direction.prefix_list
                    everywhere = _list_is_everywhere(view, place) if listed else is_everywhere(view, place.value)
                    yield Access(place, everywhere, _ports(view, rule, place.when))


def judged(access: Access, accepts: Callable[[Ports], bool], remedy: Callable[[Sequence[Ports]], str]) -> Verdict:
    """The verdict on one access, when it is only for some ports that every address may be let through.

    Args:
        accepts: whether ports may be open to every address
        remedy: what to do about those that may not, or that only AWS knows
    """
    place = access.place
    refused = [each for each in access.ports if each.numbers is not None and not accepts(each)]
    untold = [each for each in access.ports if each.numbers is None]
    if access.everywhere is False or not (refused or untold):
        return Verdict(HOLDS, place.path, place.value)
    said = remedy(refused or untold)
    if access.everywhere is None or not refused:
        unclear = place if access.everywhere is None else untold[0].found
        return Verdict(CANNOT_TELL, unclear.path, unclear.value, said)
    return Verdict(FAILS, place.path, place.value, said)


def is_everywhere(view: View, value: object) -> bool | None:
    """Whether a network is every address, or half of them; None where only AWS knows.

    Networks of a VPC and its subnets that the template makes are not.
    """
    text = as_text(value)
    if is_dynamic(text):
        return None
    length = text.rpartition("/")[2]
    if length.isascii() and length.isdigit():
        return int(length) <= WIDEST_PREFIX
    if not is_intrinsic(value):
        return False
    named = [view.resource(name) for name in references(value)]
    inside = all(resource is not None and resource.type in INSIDE for resource in named)
    return False if named and inside else None


def _list_is_everywhere(view: View, place: Found) -> bool | None:
    """Whether a prefix list of the template has every address in it; None for any other list."""
    listed = view.referred(place.value)
    if listed is None or listed.type != PREFIX_LIST:
        return None
    answers = [is_everywhere(view, entry.value) for entry in listed.get("Entries.*.Cidr", place.when)]
    return next((answer for answer in (True, None) if answer in answers), False)


def _ports(view: View, rule: Found, when: Scenario) -> tuple[Ports, ...]:
    found = tuple(islice(ports(view, rule, when), MOST_PORTS + 1))
    return found if len(found) <= MOST_PORTS else (Ports(UNTOLD, None, rule),)
