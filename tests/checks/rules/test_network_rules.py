"""Networks and what stands in them: metadata of instances, public addresses, flow logs, network ACLs."""

from __future__ import annotations

from typing import Any

import pytest
from support.judged import NO_VALUE, either, one, results, said

from tap_templates.checks.rules.instance_metadata_needs_token import InstanceMetadataNeedsToken
from tap_templates.checks.rules.network_acl_keeps_shells_closed import NetworkAclKeepsShellsClosed
from tap_templates.checks.rules.resource_has_no_public_address import ResourceHasNoPublicAddress
from tap_templates.checks.rules.vpc_has_flow_log import VpcHasFlowLog
from tap_templates.data.public_addresses import public_addresses

INSTANCE, TEMPLATE = "AWS::EC2::Instance", "AWS::EC2::LaunchTemplate"
CONFIGURATION = "AWS::AutoScaling::LaunchConfiguration"
ENTRY = "AWS::EC2::NetworkAclEntry"
CLOSED = {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}
VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
OPEN_SHELL = {"Protocol": 6, "RuleAction": "allow", "CidrBlock": "0.0.0.0/0", "PortRange": {"From": 22, "To": 22}}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (CLOSED, ["holds", "holds"]),
        ({**CLOSED, "HttpPutResponseHopLimit": "1"}, ["holds", "holds"]),
        ({**CLOSED, "HttpPutResponseHopLimit": 2}, ["holds", "fails"]),
        ({**CLOSED, "HttpPutResponseHopLimit": {"Ref": "Hops"}}, ["holds", "cannot tell"]),
        ({"HttpTokens": "optional"}, ["fails"]),
        ({"HttpTokens": {"Ref": "Tokens"}}, ["cannot tell"]),
        ({"HttpTokens": "{{resolve:ssm:/tokens}}"}, ["cannot tell"]),
        ({"HttpEndpoint": "disabled"}, ["holds"]),
        (either("IsOld", {"HttpTokens": "optional"}, CLOSED), ["fails", "holds", "holds"]),
    ],
)
def test_metadata_needs_a_token_for_one_hop(options: Any, expected: list[str]) -> None:
    """Of launch templates, instances and launch configurations."""
    for resources in (
        one(TEMPLATE, LaunchTemplateData={"MetadataOptions": options}),
        one(INSTANCE, MetadataOptions=options),
        one(CONFIGURATION, MetadataOptions=options),
    ):
        assert results(InstanceMetadataNeedsToken, resources) == expected


def test_what_is_left_out_is_left_to_the_account_and_the_image() -> None:
    """Tokens are optional then; one hop is the default of launch configurations."""
    tokens = {"HttpTokens": "required"}

    assert results(InstanceMetadataNeedsToken, one(CONFIGURATION, MetadataOptions=tokens)) == ["holds", "holds"]
    assert results(InstanceMetadataNeedsToken, one(INSTANCE, MetadataOptions=tokens)) == ["holds", "fails"]
    assert said(InstanceMetadataNeedsToken, one(TEMPLATE, LaunchTemplateData={"MetadataOptions": tokens})) == [
        (
            "fails",
            "Resources/It/Properties/LaunchTemplateData/MetadataOptions",
            "It.LaunchTemplateData.MetadataOptions: found nothing; set HttpPutResponseHopLimit to 1",
        )
    ]
    assert said(InstanceMetadataNeedsToken, one(TEMPLATE, LaunchTemplateData={})) == [
        (
            "fails",
            "Resources/It/Properties/LaunchTemplateData",
            "It.LaunchTemplateData: found nothing; set MetadataOptions.HttpTokens to required",
        )
    ]


@pytest.mark.parametrize(
    ("used", "expected"),
    [
        ({"LaunchTemplateId": {"Ref": "Workers"}, "Version": "1"}, []),
        ({"LaunchTemplateName": "workers", "Version": "1"}, []),
        ({"LaunchTemplateId": "lt-0123456789abcdef0"}, ["cannot tell"]),
        ({"LaunchTemplateName": {"Ref": "Name"}}, ["cannot tell"]),
        ({"Ref": "Used"}, ["cannot tell"]),
        ({"LaunchTemplateId": {"Ref": "It"}}, ["cannot tell"]),
        (NO_VALUE, ["fails"]),
    ],
)
def test_instance_takes_over_the_options_of_its_launch_template(used: Any, expected: list[str]) -> None:
    """One of the same template is judged itself; one of elsewhere is not seen."""
    workers = {"LaunchTemplateName": "workers", "LaunchTemplateData": {"MetadataOptions": CLOSED}}
    resources = {**one(INSTANCE, LaunchTemplate=used), "Workers": {"Type": TEMPLATE, "Properties": workers}}

    assert results(InstanceMetadataNeedsToken, resources) == ["holds", "holds", *expected]


def test_metadata_is_not_judged_where_it_is_not_demanded() -> None:
    """Polarity: nothing is a violation then."""
    assert results(InstanceMetadataNeedsToken, one(INSTANCE), demands={"instance_metadata_v2": False}) == []


def nested(dotted: str, value: Any) -> Any:
    """Properties with a value at a dotted place."""
    first, _, rest = dotted.partition(".")
    inner = nested(rest, value) if rest else value
    return [inner] if first == "*" else {first: inner}


PUBLIC = {False: True, "DISABLED": "ENABLED"}


@pytest.mark.parametrize("address", public_addresses(), ids=lambda address: address.type)
def test_public_address_is_found_wherever_one_can_be_given(address: Any) -> None:
    """By every property of the table: on, off, unknown, and AWS's default."""

    def judged(value: Any, **demands: Any) -> list[str]:
        resources = one(address.type, **nested(address.property, value))
        return results(ResourceHasNoPublicAddress, resources, demands=demands)

    for private in address.private:
        assert judged(private) == ["holds"]
        assert judged(PUBLIC[private]) == ["fails"]
        assert judged(str(PUBLIC[private])) == ["fails"]
        assert judged(either("IsPublic", PUBLIC[private], private)) == ["fails", "holds"]
        assert judged({"Ref": "Switch"}) == ["cannot tell"]
    if not address.private:
        assert judged({"Ref": "Server"}) == ["fails"]
    by_default = {"private": ["holds"], "public": ["fails"], "unknown": ["cannot tell"], "elsewhere": []}
    assert judged(NO_VALUE) == by_default[address.default]
    assert judged(True, public_access="allowed") == []


def test_public_address_is_found_where_it_stands() -> None:
    """With the property, the value to use and the requirement."""
    interfaces = [{"AssociatePublicIpAddress": True, "DeviceIndex": 0}]
    place = "LaunchTemplateData.NetworkInterfaces.0.AssociatePublicIpAddress"
    remedy = "set AssociatePublicIpAddress to false (requirement public_access: denied)"

    assert said(ResourceHasNoPublicAddress, one(TEMPLATE, LaunchTemplateData={"NetworkInterfaces": interfaces})) == [
        ("fails", f"Resources/It/Properties/{place.replace('.', '/')}", f"It.{place}: found True; {remedy}")
    ]
    assert said(ResourceHasNoPublicAddress, one("AWS::EC2::EIP", InstanceId="i-1")) == [
        (
            "fails",
            "Resources/It/Properties/InstanceId",
            "It.InstanceId: found 'i-1'; leave InstanceId out (requirement public_access: denied)",
        )
    ]


def flow_log(traffic: Any = "ALL", kind: Any = "VPC", of: Any = None, **attributes: Any) -> dict[str, Any]:
    """A flow log, of the VPC unless told otherwise."""
    properties = {"ResourceId": of or {"Ref": "It"}, "ResourceType": kind, "TrafficType": traffic}
    return {"Type": "AWS::EC2::FlowLog", "Properties": properties, **attributes}


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (flow_log(), ["holds", "holds"]),
        (flow_log("REJECT"), ["holds", "holds"]),
        (flow_log("ACCEPT"), ["fails", "fails"]),
        (flow_log(NO_VALUE), ["fails", "fails"]),
        (flow_log({"Ref": "Traffic"}), ["cannot tell", "cannot tell"]),
        (flow_log(of={"Fn::GetAtt": ["It", "VpcId"]}), ["holds", "holds"]),
        (flow_log(of={"Ref": "Elsewhere"}), ["fails"]),
        (flow_log(kind="Subnet"), ["fails"]),
        (flow_log(Condition="IsProduction"), ["holds", "fails"]),
        (flow_log(either("IsProduction", "ALL", "ACCEPT")), ["holds", "fails", "fails"]),
    ],
)
def test_vpc_has_a_flow_log_on_every_side_of_conditions(log: dict[str, Any], expected: list[str]) -> None:
    """Of what is refused at least."""
    assert results(VpcHasFlowLog, {"It": VPC, "Flows": log}) == expected


def test_vpc_without_flow_log_is_found() -> None:
    """At the VPC; a flow log under its own condition is enough."""
    remedy = "add an AWS::EC2::FlowLog with the VPC as its ResourceId, ResourceType VPC and TrafficType ALL"
    assert said(VpcHasFlowLog, {"It": VPC}) == [("fails", "Resources/It", f"It: found 'AWS::EC2::VPC'; {remedy}")]

    conditional = {"It": {**VPC, "Condition": "HasNetwork"}, "Flows": flow_log(Condition="HasNetwork")}
    assert results(VpcHasFlowLog, conditional) == ["holds", "holds"]


def acl(*entries: dict[str, Any]) -> dict[str, Any]:
    """Entries of one ACL, numbered by hundreds unless they say otherwise."""
    return {
        f"E{index}": {"Type": ENTRY, "Properties": {"NetworkAclId": {"Ref": "Acl"}, "RuleNumber": index * 100, **entry}}
        for index, entry in enumerate(entries, 1)
    }


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ["fails"]),
        ({"PortRange": {"From": 3389, "To": 3389}}, ["fails"]),
        ({"PortRange": {"From": 1024, "To": 65535}}, ["fails"]),
        ({"PortRange": {"From": 443, "To": 443}}, ["holds"]),
        ({"PortRange": {"From": 3390, "To": 65535}}, ["holds"]),
        ({"Protocol": "17"}, ["fails"]),
        ({"Protocol": -1}, ["fails"]),
        ({"Protocol": 1}, ["holds"]),
        ({"CidrBlock": "10.0.0.0/8"}, ["holds"]),
        ({"CidrBlock": NO_VALUE, "Ipv6CidrBlock": "::/0"}, ["fails"]),
        ({"RuleAction": "deny"}, []),
        ({"Egress": True}, []),
        ({"Egress": "false"}, ["fails"]),
        ({"RuleAction": {"Ref": "Action"}}, ["cannot tell"]),
        ({"Egress": {"Ref": "Direction"}}, ["cannot tell"]),
        ({"CidrBlock": {"Ref": "Office"}}, ["cannot tell"]),
        ({"PortRange": {"From": {"Ref": "Port"}, "To": 65535}}, ["cannot tell"]),
        ({"CidrBlock": either("IsOpen", "0.0.0.0/0", "10.0.0.0/8")}, ["fails", "holds"]),
    ],
)
def test_network_acl_keeps_shells_closed(change: dict[str, Any], expected: list[str]) -> None:
    """By direction, action, protocol, ports and network."""
    assert results(NetworkAclKeepsShellsClosed, acl({**OPEN_SHELL, **change})) == expected


DENIED = {**OPEN_SHELL, "RuleAction": "deny", "RuleNumber": 10}
ALL_OPEN = {**OPEN_SHELL, "PortRange": {"From": 0, "To": 65535}}


@pytest.mark.parametrize(
    ("denial", "result"),
    [
        ({}, "fails"),
        ({"PortRange": {"From": 22, "To": 3389}}, "holds"),
        ({"Protocol": -1}, "holds"),
        ({"Protocol": 17, "PortRange": {"From": 22, "To": 3389}}, "fails"),
        ({"PortRange": {"From": 22, "To": 3389}, "RuleNumber": 900}, "fails"),
        ({"PortRange": {"From": 22, "To": 3389}, "RuleNumber": {"Ref": "Number"}}, "fails"),
        ({"PortRange": {"From": 22, "To": 3389}, "CidrBlock": "10.0.0.0/8"}, "fails"),
        ({"PortRange": {"From": 22, "To": 3389}, "CidrBlock": NO_VALUE, "Ipv6CidrBlock": "::/0"}, "fails"),
        ({"PortRange": {"From": 22, "To": 3389}, "NetworkAclId": {"Ref": "Other"}}, "fails"),
        ({"PortRange": {"From": 22, "To": 3389}, "CidrBlock": either("X", "0.0.0.0/0", "10.0.0.0/8")}, "fails"),
    ],
)
def test_what_an_earlier_entry_denies_stays_closed(denial: dict[str, Any], result: str) -> None:
    """Both ports, to everyone, in the same ACL, always, under a lower number."""
    assert results(NetworkAclKeepsShellsClosed, acl({**DENIED, **denial}, ALL_OPEN)) == [result]


def test_all_protocols_are_closed_by_what_denies_tcp() -> None:
    """Neither SSH nor RDP begins without it."""
    denial = {**DENIED, "PortRange": {"From": 22, "To": 3389}}

    assert results(NetworkAclKeepsShellsClosed, acl(denial, {**ALL_OPEN, "Protocol": -1})) == ["holds"]


def test_open_shell_is_found_at_the_network() -> None:
    """With the ports."""
    assert said(NetworkAclKeepsShellsClosed, acl(ALL_OPEN)) == [
        (
            "fails",
            "Resources/E1/Properties/CidrBlock",
            "E1.CidrBlock: found '0.0.0.0/0'; SSH or RDP is among all ports of tcp: name a narrower network or other "
            "ports, or deny them in an entry with a lower RuleNumber",
        )
    ]
