"""Readers of EC2: what is gone, what is one among others, and what only the rest of a template says."""

from __future__ import annotations

from typing import Any

import pytest
from deployment.verification.test_readers import read
from deployment.verification.test_verify_faults import Service, error, stack_of

from tap_templates.deployment.verification import verify
from tap_templates.deployment.verification.implied import with_implied
from tap_templates.deployment.verification.reading import GoneError

GATEWAY = {"describe_internet_gateways": {"InternetGateways": [{"Attachments": [{"VpcId": "vpc-2"}]}]}}
TABLE = {
    "describe_route_tables": {
        "RouteTables": [
            {
                "Routes": [
                    {"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1"},
                    {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1"},
                ],
                "Associations": [{"RouteTableAssociationId": "rtbassoc-1", "SubnetId": "subnet-1"}],
            }
        ]
    }
}
ACL = {
    "describe_network_acls": {
        "NetworkAcls": [
            {
                "Entries": [{"RuleNumber": 100, "Egress": True, "Protocol": "6"}],
                "Associations": [{"SubnetId": "subnet-1"}],
            }
        ]
    }
}
GROUP = {
    "describe_security_groups": {
        "SecurityGroups": [
            {
                "GroupId": "sg-1",
                "IpPermissions": [
                    {
                        "IpProtocol": "tcp",
                        "FromPort": 443,
                        "ToPort": 443,
                        "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "Inside"}, {"CidrIp": "10.1.0.0/16"}],
                    }
                ],
                "IpPermissionsEgress": [],
            }
        ]
    }
}
INSIDE = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/8", "Description": "Inside"}
OTHER = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.1.0.0/16"}


@pytest.mark.parametrize(
    ("kind", "name", "answers"),
    [
        ("AWS::EC2::VPC", "CidrBlock", {"describe_vpcs": error("InvalidVpcID.NotFound")}),
        ("AWS::EC2::Subnet", "VpcId", {"describe_subnets": {"Subnets": []}}),
        ("AWS::EC2::VPCGatewayAttachment", "VpcId", GATEWAY),
        ("AWS::EC2::Route", "GatewayId", TABLE),
        ("AWS::EC2::SubnetRouteTableAssociation", "SubnetId", TABLE),
        ("AWS::EC2::EIP", "Domain", {"describe_addresses": {"Addresses": [{"PublicIp": "192.0.2.9"}]}}),
        ("AWS::EC2::NatGateway", "SubnetId", {"describe_nat_gateways": {"NatGateways": [{"State": "deleted"}]}}),
        ("AWS::EC2::NetworkAclEntry", "Protocol", ACL),
        ("AWS::EC2::SubnetNetworkAclAssociation", "SubnetId", ACL),
        ("AWS::EC2::SecurityGroupIngress", "IpProtocol", GROUP),
        ("AWS::EC2::SecurityGroupEgress", "IpProtocol", GROUP),
    ],
)
def test_one_that_is_not_among_the_others_is_gone(kind: str, name: str, answers: dict[str, Any]) -> None:
    """An error that says so, an empty list, or a list of others."""
    stated = {
        "CidrIp": "10.2.0.0/16",
        "DestinationCidrBlock": "10.2.0.0/16",
        "GroupId": "sg-1",
        "InternetGatewayId": "igw-1",
        "IpProtocol": "tcp",
        "NetworkAclId": "acl-1",
        "RouteTableId": "rtb-1",
        "RuleNumber": 100,
        "SubnetId": "subnet-2",
        "VpcId": "vpc-1",
    }
    with pytest.raises(GoneError):
        read(kind, name, "R", stated, ec2=Service(answers))


@pytest.mark.parametrize(
    ("kind", "name", "stated", "answers", "expected"),
    [
        ("AWS::EC2::Route", "NatGatewayId", {"DestinationCidrBlock": "0.0.0.0/0"}, TABLE, "nat-1"),
        ("AWS::EC2::Route", "GatewayId", {"DestinationCidrBlock": "0.0.0.0/0"}, TABLE, None),
        ("AWS::EC2::NetworkAclEntry", "Protocol", {"RuleNumber": "100", "Egress": "true"}, ACL, "6"),
        ("AWS::EC2::SecurityGroupIngress", "Description", {**INSIDE, "Description": "Stated"}, GROUP, "Inside"),
        ("AWS::EC2::SecurityGroupIngress", "GroupId", OTHER, GROUP, "sg-1"),
        (
            "AWS::EC2::NatGateway",
            "AllocationId",
            {},
            {
                "describe_nat_gateways": {
                    "NatGateways": [{"State": "available", "NatGatewayAddresses": [{"AllocationId": "eipalloc-1"}]}]
                }
            },
            "eipalloc-1",
        ),
        (
            "AWS::EC2::VPCEndpoint",
            "PolicyDocument",
            {},
            {"describe_vpc_endpoints": {"VpcEndpoints": [{"VpcEndpointId": "vpce-1"}]}},
            None,
        ),
    ],
)
def test_one_is_found_among_the_others(
    kind: str, name: str, stated: dict[str, Any], answers: dict[str, Any], expected: Any
) -> None:
    """By what tells it from them; other words are the service's."""
    stated = {"RouteTableId": "rtb-1", "NetworkAclId": "acl-1", "GroupId": "sg-1", **stated}

    assert read(kind, name, "R", stated, ec2=Service(answers)) == expected


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ([OTHER, INSIDE], [OTHER, INSIDE]),
        ([OTHER], [OTHER, INSIDE]),
        ([{**OTHER, "CidrIp": "10.9.0.0/16"}], [INSIDE, OTHER]),
        (["a rule that cannot be told"], [INSIDE, OTHER]),
    ],
)
def test_rules_of_a_group_in_the_order_of_the_template(stated: list[Any], expected: list[Any]) -> None:
    """Then those that it does not state."""
    found = read(
        "AWS::EC2::SecurityGroup", "SecurityGroupIngress", "sg-1", {"SecurityGroupIngress": stated}, ec2=Service(GROUP)
    )

    assert found == expected


def test_default_group_that_is_open_is_told_with_its_rules() -> None:
    """In the place of its id."""
    opened = read("Custom::DefaultSecurityGroup", "GroupId", "sg-1", {"GroupId": "sg-1"}, ec2=Service(GROUP))
    closed = Service({"describe_security_groups": {"SecurityGroups": [{"GroupId": "sg-1"}]}})

    assert opened == [INSIDE, OTHER]
    assert read("Custom::DefaultSecurityGroup", "GroupId", "sg-1", {"GroupId": "sg-1"}, ec2=closed) == "sg-1"


def test_a_group_has_the_rules_that_the_template_gives_it_anywhere() -> None:
    """Its own, those that are resources, and EC2's where it states none for what goes out."""
    stated: dict[str, tuple[str, str | None, dict[str, Any]]] = {
        "App": ("AWS::EC2::SecurityGroup", "sg-1", {"SecurityGroupEgress": [OTHER]}),
        "Open": ("AWS::EC2::SecurityGroup", "sg-2", {}),
        "Gone": ("AWS::EC2::SecurityGroup", None, {"GroupName": "x"}),
        "In": ("AWS::EC2::SecurityGroupIngress", "sgr-1", {"GroupId": "sg-1", **INSIDE}),
        "Out": ("AWS::EC2::SecurityGroupEgress", "sgr-2", {"GroupId": "sg-1", **INSIDE}),
    }
    everything = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}

    assert with_implied("App", stated) == {"SecurityGroupIngress": [INSIDE], "SecurityGroupEgress": [OTHER, INSIDE]}
    assert with_implied("Open", stated) == {"SecurityGroupIngress": [], "SecurityGroupEgress": [everything]}
    assert with_implied("Gone", stated) == {"GroupName": "x"}


SUBNET = {
    "S": {
        "Type": "AWS::EC2::Subnet",
        "Properties": {"AvailabilityZone": {"Fn::Select": [1, {"Fn::GetAZs": {"Ref": "AWS::Region"}}]}},
    }
}


@pytest.mark.parametrize(
    ("subnets", "zone", "status"),
    [
        ([], "eu-west-1b", "applied"),
        ([{"AvailabilityZone": f"eu-west-1{end}", "DefaultForAz": True} for end in "ca"], "eu-west-1c", "applied"),
        ([{"AvailabilityZone": "eu-west-1c", "DefaultForAz": False}], "eu-west-1b", "applied"),
        ([], "eu-west-1a", "different"),
    ],
)
def test_zones_are_those_with_a_default_subnet_or_all(subnets: list[Any], zone: str, status: str) -> None:
    """As ``Fn::GetAZs`` lists them."""
    ec2 = Service(
        {
            "describe_subnets": {"Subnets": [{"AvailabilityZone": zone, "SubnetId": "subnet-1"}, *subnets]},
            "describe_availability_zones": {"AvailabilityZones": [{"ZoneName": f"eu-west-1{end}"} for end in "abc"]},
        }
    )
    services = {"cloudformation": stack_of({"Resources": SUBNET}, {"S": "subnet-1"}), "ec2": ec2}

    [verdict] = verify(services.__getitem__, "s").verdicts  # type: ignore[arg-type]

    assert verdict.status == status


def test_zones_that_are_not_told_decide_nothing() -> None:
    """Who may not list them gets no verdict."""
    ec2 = Service(
        {
            "describe_subnets": {"Subnets": [{"AvailabilityZone": "eu-west-1a"}]},
            "describe_availability_zones": error("UnauthorizedOperation"),
        }
    )
    services = {"cloudformation": stack_of({"Resources": SUBNET}, {"S": "subnet-1"}), "ec2": ec2}

    [verdict] = verify(services.__getitem__, "s").verdicts  # type: ignore[arg-type]

    assert verdict.status == "cannot tell"
    assert verdict.reason.startswith("Fn::GetAZs: An error occurred (UnauthorizedOperation)")
