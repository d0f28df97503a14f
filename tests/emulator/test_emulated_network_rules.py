"""Network ACLs, rules of security groups, and a VPC's default group in the embedded AWS."""

from __future__ import annotations

from typing import Any

import pytest
from emulator.conftest import tag_list

from tap_templates.emulator import EmbeddedAws

VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
ACL = {"Type": "AWS::EC2::NetworkAcl", "Properties": {"VpcId": {"Ref": "Vpc"}}}
SUBNET = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/24"}}
GROUP = {"Type": "AWS::EC2::SecurityGroup", "Properties": {"VpcId": {"Ref": "Vpc"}, "GroupDescription": "a group"}}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([{"Key": "Environment", "Value": "dev"}, {"Key": "Owner", "Value": "a"}], [{"Key": "Owner", "Value": "b"}]),
        ([{"Key": "Owner", "Value": "a"}], []),
        ([], [{"Key": "Owner", "Value": "a"}]),
    ],
)
def test_network_acl_is_created_updated_and_deleted(check_type: Any, before: Any, after: Any) -> None:
    """VPC and tags arrive; tags that go are gone."""

    def read(clients: Any, acl: str) -> dict[str, Any]:
        """Properties in the template's words."""
        [found] = clients("ec2").describe_network_acls(NetworkAclIds=[acl])["NetworkAcls"]
        return {"VpcId": found["VpcId"], "Tags": tag_list(found["Tags"])}

    fixed = {"VpcId": {"Ref": "Vpc"}}
    check_type(
        "AWS::EC2::NetworkAcl",
        before={**fixed, "Tags": before},
        after={**fixed, "Tags": after},
        support={"Vpc": VPC},
        read=read,
    )


@pytest.mark.parametrize(("number", "replaced"), [(100, False), (200, True)])
def test_rule_of_a_network_acl_is_created_updated_and_deleted(check_type: Any, number: int, replaced: bool) -> None:
    """With its ports; another number is another rule."""

    def read(clients: Any, entry: str) -> dict[str, Any]:
        """Properties in the template's words."""
        acl, rule_number, direction = entry.split("|")
        [found] = clients("ec2").describe_network_acls(NetworkAclIds=[acl])["NetworkAcls"]
        [rule] = [
            each
            for each in found["Entries"]
            if (each["RuleNumber"], each["Egress"]) == (int(rule_number), direction == "egress")
        ]
        return {**rule, "NetworkAclId": acl, "Protocol": int(rule["Protocol"])}

    fixed = {"NetworkAclId": {"Ref": "Acl"}, "Protocol": 6, "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}
    check_type(
        "AWS::EC2::NetworkAclEntry",
        before={**fixed, "RuleNumber": 100, "Egress": False, "PortRange": {"From": 443, "To": 443}},
        after={**fixed, "RuleNumber": number, "Egress": False, "PortRange": {"From": 1024, "To": 65535}},
        support={"Vpc": VPC, "Acl": ACL},
        read=read,
        replaced=replaced,
    )


def test_rules_of_an_acl_that_is_gone_are_gone_with_it(stack: Any, clients: Any) -> None:
    """Someone deleted it by hand: the stack can be deleted all the same."""
    entry = {"NetworkAclId": {"Ref": "Acl"}, "RuleNumber": 100, "Protocol": -1, "RuleAction": "deny"}
    rule = {"Type": "AWS::EC2::NetworkAclEntry", "Properties": {**entry, "CidrBlock": "0.0.0.0/0"}}
    stack.deploy({"Vpc": VPC, "Acl": ACL, "Rule": rule})

    clients("ec2").delete_network_acl(NetworkAclId=stack.ids["Acl"])

    stack.delete()


def test_subnet_has_another_network_acl_after_an_update(check_type: Any) -> None:
    """The association with the first one is gone."""

    def read(clients: Any, association: str) -> dict[str, Any]:
        """Properties in the template's words."""
        [found] = [
            {"NetworkAclId": acl["NetworkAclId"], "SubnetId": each["SubnetId"]}
            for acl in clients("ec2").describe_network_acls()["NetworkAcls"]
            for each in acl["Associations"]
            if each["NetworkAclAssociationId"] == association
        ]
        return found

    subnet = {"SubnetId": {"Ref": "Subnet"}}
    check_type(
        "AWS::EC2::SubnetNetworkAclAssociation",
        before={**subnet, "NetworkAclId": {"Ref": "Acl"}},
        after={**subnet, "NetworkAclId": {"Ref": "Other"}},
        support={"Vpc": VPC, "Acl": ACL, "Other": ACL, "Subnet": SUBNET},
        read=read,
        replaced=True,
    )


@pytest.mark.parametrize(
    ("side", "place", "word"),
    [
        ("Ingress", {"CidrIp": "10.1.0.0/16"}, "CidrIpv4"),
        ("Ingress", {"SourceSecurityGroupId": {"Fn::GetAtt": ["Other", "GroupId"]}}, "ReferencedGroupInfo"),
        ("Egress", {"DestinationSecurityGroupId": {"Fn::GetAtt": ["Other", "GroupId"]}}, "ReferencedGroupInfo"),
        ("Egress", {"DestinationPrefixListId": "pl-63a5400a"}, "PrefixListId"),
    ],
)
def test_rule_of_a_group_is_created_updated_and_deleted(
    stack: Any, clients: Any, side: str, place: dict[str, Any], word: str
) -> None:
    """In place, where its description changes; with another port it is another rule."""
    support = {"Vpc": VPC, "Group": GROUP, "Other": GROUP}
    key = "IpPermissions" if side == "Ingress" else "IpPermissionsEgress"

    def rules(port: int, says: str) -> list[Any]:
        """The rules of the group after a deployment."""
        properties = {"GroupId": {"Fn::GetAtt": ["Group", "GroupId"]}, "IpProtocol": "tcp", "FromPort": port,
                      "ToPort": port, "Description": says, **place}  # fmt: skip
        stack.deploy({**support, "Rule": {"Type": f"AWS::EC2::SecurityGroup{side}", "Properties": properties}})
        return found()

    def found() -> list[Any]:
        """What the group has, but the rule that EC2 made."""
        [group] = clients("ec2").describe_security_groups(GroupIds=[stack.ids["Group"]])["SecurityGroups"]
        return [
            (rule["FromPort"], rule["ToPort"], each.get("Description"))
            for rule in group[key]
            if rule["IpProtocol"] != "-1"
            for list_ in ("IpRanges", "UserIdGroupPairs", "PrefixListIds")
            for each in rule.get(list_, [])
        ]

    assert rules(443, "first") == [(443, 443, "first")]
    first = stack.ids["Rule"]
    assert rules(443, "second") == [(443, 443, "second")]
    assert stack.ids["Rule"] == first
    assert rules(8443, "third") == [(8443, 8443, "third")]
    assert stack.ids["Rule"] != first
    stack.deploy(support)
    assert found() == []


def test_default_group_of_a_new_vpc_lets_itself_in(stack: Any, clients: Any) -> None:
    """And everything out, as EC2 makes it; an update leaves it alone."""
    for name in ("one", "two"):
        properties = {**VPC["Properties"], "Tags": [{"Key": "Name", "Value": name}]}  # type: ignore[dict-item]
        vpc = {"Type": "AWS::EC2::VPC", "Properties": properties}
        stack.deploy({"Vpc": vpc, "Out": {"Type": "AWS::EC2::Subnet", "Properties": {
            "VpcId": {"Ref": "Vpc"}, "CidrBlock": {"Fn::GetAtt": ["Vpc", "CidrBlock"]}}}})  # fmt: skip
        filters = [
            {"Name": "vpc-id", "Values": [stack.ids["Vpc"]]},
            {"Name": "group-name", "Values": ["default"]},
        ]
        [group] = clients("ec2").describe_security_groups(Filters=filters)["SecurityGroups"]
        [rule] = group["IpPermissions"]

        assert [pair["GroupId"] for pair in rule["UserIdGroupPairs"]] == [group["GroupId"]]
        assert stack.attributes["Vpc", "CidrBlock"] == "10.0.0.0/16"


def test_rule_can_be_revoked_as_it_was_described(embedded: EmbeddedAws, clients: Any) -> None:
    """Rules between groups, with descriptions, among them."""
    ec2 = clients("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="g", Description="g", VpcId=vpc)["GroupId"]
    pair = {"GroupId": group, "Description": "itself"}
    ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[{"IpProtocol": "-1", "UserIdGroupPairs": [pair]}]
    )

    [described] = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=described["IpPermissions"])

    [left] = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    assert left["IpPermissions"] == []
    ec2.delete_security_group(GroupId=group)
    ec2.delete_vpc(VpcId=vpc)
