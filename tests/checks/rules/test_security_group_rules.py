"""Security groups: who gets in on which port, what gets out, and what each rule says of itself."""

from __future__ import annotations

from typing import Any

import pytest
from support.judged import NO_VALUE, either, one, results, said

from tap_templates.checks.rule import Rule
from tap_templates.checks.rules.admin_ports_are_not_open import AdminPortsAreNotOpen
from tap_templates.checks.rules.egress_is_not_open import EgressIsNotOpen
from tap_templates.checks.rules.ingress_is_only_on_open_ports import IngressIsOnlyOnOpenPorts
from tap_templates.checks.rules.security_group_is_described import SecurityGroupIsDescribed

GROUP, INGRESS, EGRESS = "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"
WORLD = "0.0.0.0/0"
VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
OUT = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": WORLD}
WEB = {"open_ingress_ports": [80, 443]}


def rule(first: Any = 443, last: Any = None, protocol: Any = "tcp", **source: Any) -> dict[str, Any]:
    """A rule from every IPv4 address, unless told otherwise."""
    ports = {"FromPort": first, "ToPort": first if last is None else last}
    return {"IpProtocol": protocol, **ports, **(source or {"CidrIp": WORLD})}


def inbound(*rules: Any) -> dict[str, Any]:
    """A group with inbound rules."""
    return one(GROUP, GroupDescription="Web", SecurityGroupIngress=list(rules))


@pytest.mark.parametrize(
    ("given", "result"),
    [
        (rule(443), "holds"),
        (rule(80), "holds"),
        (rule("443"), "holds"),
        (rule(8080), "fails"),
        (rule(80, 443), "fails"),
        (rule(0, 65535), "fails"),
        (rule(80, protocol="udp"), "holds"),
        (rule(53, protocol="udp"), "fails"),
        (rule(443, protocol="6"), "holds"),
        (rule(443, protocol=6), "holds"),
        (rule(443, protocol=-1), "fails"),
        (rule(443, protocol="-1"), "fails"),
        (rule(443, protocol="50"), "fails"),
        (rule(8, -1, "icmp"), "holds"),
        (rule(-1, protocol="icmpv6", CidrIpv6="::/0"), "holds"),
        ({"IpProtocol": "tcp", "CidrIp": WORLD}, "fails"),
        ({"CidrIp": WORLD}, "fails"),
        (rule(-1), "fails"),
        (rule(22, CidrIpv6="::/0"), "fails"),
        (rule(22, CidrIpv6="0:0:0:0:0:0:0:0/0"), "fails"),
        (rule(22, CidrIp="128.0.0.0/1"), "fails"),
        (rule(22, CidrIp="10.0.0.0/8"), "holds"),
        (rule(22, CidrIp="10.0.0.1"), "holds"),
        (rule(22, CidrIp={"Fn::Sub": "${Address}/32"}), "holds"),
        (rule(22, CidrIp={"Fn::Sub": "${Address}/0"}), "fails"),
        (rule(22, CidrIp={"Fn::GetAtt": ["Network", "CidrBlock"]}), "holds"),
        (rule(22, CidrIpv6={"Fn::Select": [0, {"Fn::GetAtt": ["Network", "Ipv6CidrBlocks"]}]}), "holds"),
        (rule(22, CidrIp={"Ref": "Office"}), "cannot tell"),
        (rule(443, CidrIp={"Ref": "Office"}), "holds"),
        (rule(22, CidrIp={"Fn::ImportValue": "office"}), "cannot tell"),
        (rule(22, CidrIp="{{resolve:ssm:/office/0}}"), "cannot tell"),
        (rule({"Ref": "Port"}), "cannot tell"),
        (rule({"Ref": "Port"}, CidrIp="10.0.0.0/8"), "holds"),
        (rule("{{resolve:ssm:/port}}"), "cannot tell"),
        (rule(443, protocol={"Ref": "Protocol"}), "cannot tell"),
        (rule(443, SourcePrefixListId="pl-12345678"), "holds"),
        (rule(22, SourcePrefixListId="pl-12345678"), "cannot tell"),
        (rule(22, SourcePrefixListId={"Ref": "Offices"}), "holds"),
        (rule(22, SourcePrefixListId={"Ref": "Everyone"}), "fails"),
        (rule(22, SourcePrefixListId={"Ref": "Someone"}), "cannot tell"),
        ({"Fn::Transform": {"Name": "Rules"}}, "cannot tell"),
    ],
)
def test_every_address_gets_in_on_the_open_ports_alone(given: dict[str, Any], result: str) -> None:
    """By protocol, range, family of addresses and prefix list, inside a group and on its own."""
    lists = {
        name: {"Type": "AWS::EC2::PrefixList", "Properties": {"Entries": [{"Cidr": "10.0.0.0/8"}, {"Cidr": cidr}]}}
        for name, cidr in {"Offices": "192.0.2.0/24", "Everyone": WORLD, "Someone": {"Ref": "Office"}}.items()
    }
    more = {**lists, "Network": VPC}

    assert results(IngressIsOnlyOnOpenPorts, {**inbound(given), **more}, demands=WEB) == [result]
    if "Fn::Transform" not in given:
        assert results(IngressIsOnlyOnOpenPorts, {**one(INGRESS, **given), **more}, demands=WEB) == [result]


def test_source_that_is_a_group_is_not_judged() -> None:
    """It is not a network."""
    assert results(IngressIsOnlyOnOpenPorts, inbound(rule(22, SourceSecurityGroupId={"Ref": "Jump"}))) == []


def test_no_port_is_open_unless_it_is_said() -> None:
    """The finding stands at the network, and names ports and requirement."""
    assert said(IngressIsOnlyOnOpenPorts, inbound(rule(22, CidrIp="10.0.0.0/8"), rule(443))) == [
        (
            "fails",
            "Resources/It/Properties/SecurityGroupIngress/1/CidrIp",
            "It.SecurityGroupIngress.1.CidrIp: found '0.0.0.0/0'; not every address may reach tcp 443: name a narrower "
            "network, or the security group that calls (requirement open_ingress_ports: none)",
        )
    ]


def test_what_cannot_be_told_is_named_where_it_stands() -> None:
    """The port of a rule that everyone may use."""
    assert said(IngressIsOnlyOnOpenPorts, one(INGRESS, **rule(22, {"Ref": "Last"}))) == [
        (
            "cannot tell",
            "Resources/It/Properties/ToPort",
            "It.ToPort: cannot tell what {'Ref': 'Last'} becomes; not every address may reach a port that only AWS "
            "knows: name a narrower network, or the security group that calls (requirement open_ingress_ports: none)",
        )
    ]


def test_both_sides_of_conditions_are_judged() -> None:
    """Of a whole rule, of its network, and of its port together with it."""
    sides = inbound(
        either("IsPublic", rule(22), rule(22, CidrIp="10.0.0.0/8")), either("IsPublic", rule(443), NO_VALUE)
    )
    together = inbound(rule(either("IsPublic", 443, 22), CidrIp=either("IsPublic", WORLD, "10.0.0.0/8")))

    assert results(IngressIsOnlyOnOpenPorts, sides, demands=WEB) == ["fails", "holds", "holds"]
    assert results(IngressIsOnlyOnOpenPorts, together, demands=WEB) == ["holds", "holds"]


def test_more_ports_than_can_be_judged_cannot_be_told() -> None:
    """A choice of sixty first ports."""
    choice = {"Parameters": {"Port": {"Type": "Number", "AllowedValues": list(range(1, 61))}}}

    assert results(IngressIsOnlyOnOpenPorts, inbound(rule({"Ref": "Port"}, 70)), **choice) == ["cannot tell"]


@pytest.mark.parametrize("port", [22, 3389, 3306, 5432, 1433, 6379, 27017, 9200])
def test_admin_ports_are_never_open(port: int) -> None:
    """Whatever is required; a narrower network may reach them."""
    assert results(AdminPortsAreNotOpen, inbound(rule(port), rule(port, CidrIp="10.0.0.0/8"))) == ["fails", "holds"]
    assert results(AdminPortsAreNotOpen, inbound(rule(port - 1, port + 1))) == ["fails"]


@pytest.mark.parametrize(
    ("given", "result"),
    [
        (rule(443), "holds"),
        (rule(8080), "holds"),
        (rule(-1, protocol="icmp"), "holds"),
        (rule(22, protocol="-1"), "fails"),
        (rule({"Ref": "Port"}), "cannot tell"),
        (rule(22, CidrIp={"Ref": "Office"}), "cannot tell"),
        (rule(443, CidrIp={"Ref": "Office"}), "holds"),
    ],
)
def test_other_ports_are_not_its_affair(given: dict[str, Any], result: str) -> None:
    """Those are judged by what is required."""
    assert results(AdminPortsAreNotOpen, inbound(given)) == [result]


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (rule(22), "tcp 22 (SSH)"),
        (rule(3306, 3389), "tcp 3306-3389 (MySQL, RDP)"),
        (rule(0, 65535), "all ports of tcp (FTP data, FTP, SSH and "),
        (rule(0, protocol="-1"), "all protocols (FTP data, FTP, SSH and "),
        (rule(0, protocol="47"), "protocol 47 (FTP data, FTP, SSH and "),
    ],
)
def test_finding_names_the_services(given: dict[str, Any], what: str) -> None:
    """The first three of them."""
    [(_, path, message)] = said(AdminPortsAreNotOpen, inbound(given))

    assert path == "Resources/It/Properties/SecurityGroupIngress/0/CidrIp"
    assert message.startswith(
        f"It.SecurityGroupIngress.0.CidrIp: found '0.0.0.0/0'; not every address may reach {what}"
    )
    assert message.endswith("): use Session Manager, a VPN or a narrower network")


@pytest.mark.parametrize(
    ("description", "result"),
    [
        ("HTTPS from the balancer", "holds"),
        ({"Fn::Sub": "HTTPS for ${AWS::StackName}"}, "holds"),
        ("", "fails"),
        (" ", "fails"),
        (NO_VALUE, "fails"),
        (7, "fails"),
        ({"Ref": "Text"}, "cannot tell"),
        ("{{resolve:ssm:/text}}", "cannot tell"),
    ],
)
def test_rules_of_both_directions_are_described(description: Any, result: str) -> None:
    """Inside a group, and on their own."""
    for name in ("SecurityGroupIngress", "SecurityGroupEgress"):
        group = one(GROUP, GroupDescription="Web", **{name: [{**OUT, "Description": description}]})
        assert results(SecurityGroupIsDescribed, group) == ["holds", result]
        assert results(SecurityGroupIsDescribed, one(f"AWS::EC2::{name}", Description=description)) == [result]
    assert results(SecurityGroupIsDescribed, one(GROUP, GroupDescription=description)) == [result]


def test_rule_without_description_is_found_where_it_stands() -> None:
    """The path is the rule."""
    assert said(SecurityGroupIsDescribed, inbound(rule())) == [
        (
            "fails",
            "Resources/It/Properties/SecurityGroupIngress/0",
            "It.SecurityGroupIngress.0: found nothing; say who calls, and what for",
        )
    ]


@pytest.mark.parametrize(
    ("egress", "expected"),
    [
        ([OUT], ["holds", "holds"]),
        ([{**OUT, "IpProtocol": "-1"}], ["holds", "fails"]),
        ([{"IpProtocol": "-1", "CidrIpv6": "::/0"}], ["holds", "fails"]),
        ([{"IpProtocol": "-1", "CidrIp": "10.0.0.0/8"}], ["holds", "holds"]),
        ([{"IpProtocol": "-1", "DestinationPrefixListId": "pl-1"}], ["holds", "cannot tell"]),
        ([{"IpProtocol": "-1", "DestinationSecurityGroupId": {"Ref": "Other"}}], ["holds"]),
        ([{"IpProtocol": {"Ref": "Protocol"}, "CidrIp": WORLD}], ["holds", "cannot tell"]),
        ([], ["fails"]),
        (NO_VALUE, ["fails"]),
        ([NO_VALUE], ["fails"]),
        ([either("IsBusy", OUT, NO_VALUE)], ["fails", "holds"]),
        (either("IsBusy", [OUT], [{**OUT, "CidrIp": "10.0.0.0/8"}]), ["holds", "holds", "holds"]),
        ({"Ref": "Rules"}, ["holds", "cannot tell"]),
    ],
)
def test_not_everything_is_let_out(egress: Any, expected: list[str]) -> None:
    """A group that has no outbound rule on one side of a condition gets AWS's, which lets everything out."""
    assert results(EgressIsNotOpen, one(GROUP, SecurityGroupEgress=egress)) == expected


def test_default_egress_is_found() -> None:
    """At the group."""
    assert said(EgressIsNotOpen, one(GROUP, GroupDescription="Web")) == [
        (
            "fails",
            "Resources/It/Properties",
            "It: found nothing; without a rule AWS adds one that lets everything out: name the protocol and ports "
            "that it needs in SecurityGroupEgress, 443 for AWS's APIs",
        )
    ]


def test_rule_of_its_own_replaces_the_default() -> None:
    """And is judged itself."""
    separate = {"Type": EGRESS, "Properties": {**OUT, "GroupId": {"Fn::GetAtt": ["It", "GroupId"]}}}
    group = one(GROUP, GroupDescription="Web")

    assert results(EgressIsNotOpen, {**group, "Out": separate}) == ["holds", "holds"]
    assert results(EgressIsNotOpen, {**group, "Out": {**separate, "Condition": "IsBusy"}}) == ["fails", "holds"]
    open_out = {**separate, "Properties": {**separate["Properties"], "IpProtocol": "-1"}}
    [(_, path, message)] = said(EgressIsNotOpen, {**group, "Out": open_out})
    assert path == "Resources/Out/Properties/CidrIp"
    assert message.startswith(
        "Out.CidrIp: found '0.0.0.0/0'; lets out all protocols to every address: name the protocol"
    )


@pytest.mark.parametrize(
    "judging", [IngressIsOnlyOnOpenPorts, AdminPortsAreNotOpen, SecurityGroupIsDescribed, EgressIsNotOpen]
)
def test_properties_that_are_no_mapping_make_no_rule_stumble(judging: type[Rule]) -> None:
    """A list where a mapping belongs, text where a list belongs."""
    odd = {"A": {"Type": GROUP, "Properties": [1]}, "B": {"Type": INGRESS}, "C": {"Type": EGRESS, "Properties": "x"}}

    assert "holds" not in results(judging, odd)
    assert "cannot tell" not in results(judging, one(GROUP, SecurityGroupIngress="all", SecurityGroupEgress=[OUT]))
