"""E9309: no network ACL lets every address in on the ports of SSH and RDP."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from tap_templates.checks.ports import ALL_PROTOCOLS, Ports, in_words, ports_of
from tap_templates.checks.rule import CANNOT_TELL, FAILS, Example, Rule, Verdict, as_number
from tap_templates.checks.security_groups import Access, is_everywhere, judged
from tap_templates.checks.values import as_text, is_dynamic, is_on
from tap_templates.checks.view import Found, Resource, View
from tap_templates.data.admin_ports import remote_shell_ports

ACL, ENTRY = "AWS::EC2::NetworkAcl", "AWS::EC2::NetworkAclEntry"
ENDS = (("PortRange", "From"), ("PortRange", "To"))
FAMILIES = ("CidrBlock", "Ipv6CidrBlock")
UNNUMBERED = float("inf")  # Before which nothing is known to come.


def _subnets(source: str) -> dict[str, Any]:
    acl = {"Type": ACL, "Properties": {"VpcId": {"Fn::ImportValue": "network"}}}
    entry = {
        "NetworkAclId": {"Ref": "Subnets"},
        "RuleNumber": 100,
        "Protocol": 6,
        "RuleAction": "allow",
        "CidrBlock": source,
        "PortRange": {"From": 22, "To": 22},
    }
    return {"Resources": {"Subnets": acl, "Shell": {"Type": ENTRY, "Properties": entry}}}


class _Entry(NamedTuple):
    """One inbound entry of an ACL, for one network."""

    number: float
    denies: bool
    unclear: Found | None  # What only AWS knows of whether it is inbound, and whether it allows.
    family: str
    access: Access


class NetworkAclKeepsShellsClosed(Rule):
    """What an entry with a lower number denies to everyone stays closed; entries of other templates are not seen."""

    id = "E9309"
    shortdesc = "A network ACL keeps SSH and RDP closed"
    description = "No inbound entry allows ports 22 or 3389 to 0.0.0.0/0 or ::/0, unless an earlier one denies them."
    why = "The ACL is what is left when a security group is opened by mistake."
    fix = "name a narrower network or other ports, or deny them in an entry with a lower RuleNumber"
    source_url = "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-21"
    example = Example(failing=_subnets("0.0.0.0/0"), passing=_subnets("10.0.0.0/16"))

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each network of each inbound entry that allows."""
        for entries in _by_acl(view).values():
            denials = [entry for entry in entries if entry.denies]
            for entry in entries:
                if not entry.denies:
                    said = judged(entry.access, partial(_accepts, _closed(entry, denials)), self._remedy)
                    if said.result == FAILS and entry.unclear is not None:
                        said = Verdict(CANNOT_TELL, entry.unclear.path, entry.unclear.value, said.remedy)
                    yield said

    def _remedy(self, ports: Sequence[Ports]) -> str:
        return f"SSH or RDP is among {in_words(ports)}: {self.fix}"


def _by_acl(view: View) -> dict[str, list[_Entry]]:
    acls: dict[str, list[_Entry]] = {}
    for resource in view.of(ENTRY):
        acl = as_text(resource.properties.get("NetworkAclId"))
        acls.setdefault(acl, []).extend(_entries(view, resource))
    return acls


def _entries(view: View, resource: Resource) -> Iterator[_Entry]:
    whole = Found(resource.at("Properties"), resource.properties, resource.scenario)
    for egress in resource.get("Egress"):
        if not (egress.is_unknown or egress.is_missing) and is_on(egress.value):
            continue
        for action in resource.get("RuleAction", egress.when):
            unclear = next((each for each in (egress, action) if each.is_unknown or is_dynamic(each.value)), None)
            denies = unclear is None and str(action.value).lower() == "deny"
            number = as_number(resource.properties.get("RuleNumber"))
            for family in FAMILIES:
                for place in resource.get(family, action.when):
                    if not place.is_missing:
                        opened = tuple(ports_of(view, whole, "Protocol", ENDS, place.when))
                        access = Access(place, is_everywhere(view, place.value), opened)
                        yield _Entry(UNNUMBERED if number is None else number, denies, unclear, family, access)


def _closed(entry: _Entry, denials: list[_Entry]) -> frozenset[int]:
    """Ports that every address has been denied, wherever the entry is there, before it comes to it."""
    when = entry.access.place.when
    return frozenset(
        port
        for denial in denials
        if denial.number < entry.number < UNNUMBERED and denial.family == entry.family and denial.access.everywhere
        if all(when.get(name) == side for name, side in denial.access.place.when.items())
        if all(_covers(ours, its) for ours in denial.access.ports for its in entry.access.ports)
        for port in remote_shell_ports()
        if all(each.numbers is not None and port in each.numbers for each in denial.access.ports)
    )


def _covers(denied: Ports, allowed: Ports) -> bool:
    """Whether a protocol is denied as far as a shell needs it: neither SSH nor RDP begins without TCP."""
    if denied.protocol in ALL_PROTOCOLS or denied.protocol == allowed.protocol:
        return True
    return denied.protocol == "tcp" and allowed.protocol in ALL_PROTOCOLS


def _accepts(closed: frozenset[int], ports: Ports) -> bool:
    numbers = ports.numbers or range(0)
    return all(port in closed for port in remote_shell_ports() if port in numbers)
