"""A function in a network: Lambda makes its interfaces where it was told to, and its code makes none."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from support.clean import findings
from support.component_samples import ANSWERS, asked, fixed
from support.deployment import deployed
from support.iam_evaluator import ALLOWED, DENIED, NOT_ALLOWED, Request, decision
from support.resolved_template import ACCOUNT, REGION, Resolved
from troposphere import Parameter, Ref, ec2

from tap_templates.components.alarms import alarm_topic
from tap_templates.components.functions import function
from tap_templates.components.identity import permissions_boundary
from tap_templates.deployment import Clients
from tap_templates.errors import PropertyError
from tap_templates.settings import Settings
from tap_templates.stack import Stack

SOURCE = "def handler(event, context): ..."
SUBNETS = ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"]
GROUPS = ["sg-0a1b2c3d4e5f60718"]
EC2 = f"arn:aws:ec2:{REGION}:{ACCOUNT}"
OWN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:payments-prod-echo-ab12cd34"


class Tier(NamedTuple):
    """A tier of a network, as a component hands it back."""

    name: str
    subnets: list[Any]


class Group(NamedTuple):
    """A security group, as a component hands it back."""

    name: str
    id: Any


def stack_with(settings: Settings | None = None, **given: Any) -> Stack:
    """A stack with one function."""
    stack = Stack(settings or fixed())
    permissions_boundary(stack)
    return with_function(stack, **given)


def with_function(stack: Stack, **given: Any) -> Stack:
    """A stack with one function more."""
    function(stack, "Echo", topic=alarm_topic(stack), source=SOURCE, description="Does nothing", **given)
    return stack


def with_network(settings: Settings | None = None) -> Stack:
    """A function in subnets of the stack, which are written by hand."""
    stack = Stack(settings or fixed())
    permissions_boundary(stack)
    vpc = stack.add(ec2.VPC("Vpc", CidrBlock="10.0.0.0/16", EnableDnsSupport=True, EnableDnsHostnames=True))
    for number in (1, 2):
        cidr = f"10.0.{number}.0/24"
        stack.add(ec2.Subnet(f"Subnet{number}", VpcId=Ref(vpc), CidrBlock=cidr, MapPublicIpOnLaunch=False))
    https = {
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        "CidrIp": "10.0.0.0/16",
        "Description": "To endpoints",
    }
    group = ec2.SecurityGroup("App", VpcId=Ref(vpc), GroupDescription="Of Echo", SecurityGroupEgress=[https])
    stack.add(group)
    subnets = [stack.template.resources[f"Subnet{number}"] for number in (1, 2)]
    return with_function(stack, subnets=subnets, security_groups=[group])


def test_function_in_no_network() -> None:
    """Its role has nothing to do with interfaces."""
    stack = stack_with()

    assert "VpcConfig" not in stack.to_dict()["Resources"]["Echo"]["Properties"]
    assert "ec2:" not in stack.to_json()


@pytest.mark.parametrize(
    ("subnets", "groups", "expected"),
    [
        (SUBNETS, GROUPS, {"SubnetIds": SUBNETS, "SecurityGroupIds": GROUPS}),
        (
            Tier("private", [Ref("AWS::StackName")]),
            [Group("app", Ref("AWS::StackId"))],
            {"SubnetIds": [{"Ref": "AWS::StackName"}], "SecurityGroupIds": [{"Ref": "AWS::StackId"}]},
        ),
        (
            Ref("AWS::NotificationARNs"),
            Ref("AWS::NotificationARNs"),
            {"SubnetIds": {"Ref": "AWS::NotificationARNs"}, "SecurityGroupIds": {"Ref": "AWS::NotificationARNs"}},
        ),
    ],
    ids=["ids", "handles", "asked at upload"],
)
def test_place(subnets: Any, groups: Any, expected: Any) -> None:
    """Ids, handles of a network, or lists that are known at upload."""
    stack = stack_with(subnets=subnets, security_groups=groups)

    assert stack.to_dict()["Resources"]["Echo"]["Properties"]["VpcConfig"] == expected


def test_place_among_resources_of_the_stack() -> None:
    """By what CloudFormation gives for each."""
    assert with_network().to_dict()["Resources"]["Echo"]["Properties"]["VpcConfig"] == {
        "SubnetIds": [{"Ref": "Subnet1"}, {"Ref": "Subnet2"}],
        "SecurityGroupIds": [{"Fn::GetAtt": ["App", "GroupId"]}],
    }


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("ec2:CreateNetworkInterface", f"{EC2}:network-interface/*", ALLOWED),
        ("ec2:CreateNetworkInterface", f"{EC2}:subnet/{SUBNETS[1]}", ALLOWED),
        ("ec2:CreateNetworkInterface", f"{EC2}:subnet/subnet-9", NOT_ALLOWED),
        ("ec2:CreateNetworkInterface", f"{EC2}:security-group/{GROUPS[0]}", ALLOWED),
        ("ec2:CreateNetworkInterface", f"{EC2}:security-group/sg-9", NOT_ALLOWED),
        ("ec2:DescribeNetworkInterfaces", "*", ALLOWED),
        ("ec2:DescribeSubnets", "*", ALLOWED),
        ("ec2:DeleteNetworkInterface", f"{EC2}:network-interface/eni-1", ALLOWED),
        ("ec2:AssignPrivateIpAddresses", f"{EC2}:network-interface/eni-1", ALLOWED),
        ("ec2:UnassignPrivateIpAddresses", f"{EC2}:network-interface/eni-1", ALLOWED),
        ("ec2:DeleteNetworkInterface", "arn:aws:ec2:us-west-2:999999999999:network-interface/eni-1", NOT_ALLOWED),
        ("ec2:AttachNetworkInterface", f"{EC2}:network-interface/eni-1", NOT_ALLOWED),
    ],
)
def test_what_the_role_is_for(action: str, resource: str, expected: str) -> None:
    """Lambda makes and keeps the function's interfaces; from the function's own code the same is denied."""
    template = Resolved(stack_with(subnets=SUBNETS, security_groups=GROUPS).to_dict())
    policy = template.properties("EchoRolePolicy")["PolicyDocument"]
    by_code = Request(action, resource, "role", context={"lambda:SourceFunctionArn": OWN})

    assert decision(Request(action, resource, "role"), policy) == expected
    assert decision(by_code, policy) == (DENIED if "Attach" not in action else NOT_ALLOWED)


def test_subnets_that_are_known_at_upload() -> None:
    """Interfaces may be made in the account's subnets: which ones, nobody knows yet."""
    stack = Stack(fixed())
    permissions_boundary(stack)
    for name in ("Subnet", "SecurityGroup"):
        parameter = Parameter(f"{name}Ids", Type=f"List<AWS::EC2::{name}::Id>", Description="Of the function")
        stack.parameter(parameter, group="Network", label=name)
    with_function(stack, subnets=Ref("SubnetIds"), security_groups=Ref("SecurityGroupIds"))
    [statement] = [
        each
        for each in stack.to_dict()["Resources"]["EchoRolePolicy"]["Properties"]["PolicyDocument"]["Statement"]
        if each["Sid"] == "MakeInterfaces"
    ]

    assert [resource["Fn::Sub"].rpartition(":")[2] for resource in statement["Resource"]] == [
        "network-interface/*",
        "subnet/*",
        "security-group/*",
    ]
    assert findings(stack) == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"subnets": SUBNETS},
            "Echo.VpcConfig.SecurityGroupIds: found (); name at least one security group: "
            "a function in a network has subnets and security groups",
        ),
        (
            {"security_groups": GROUPS},
            "Echo.VpcConfig.SubnetIds: found None; name at least one subnet: "
            "a function in a network has subnets and security groups",
        ),
        (
            {"subnets": Tier("private", []), "security_groups": GROUPS},
            "Echo.VpcConfig.SubnetIds: found []; name at least one subnet: "
            "a function in a network has subnets and security groups",
        ),
        (
            {"subnets": SUBNETS, "security_groups": GROUPS * 6},
            "Echo.VpcConfig.SecurityGroupIds: found 6; use at most 5 security groups",
        ),
        (
            {"subnets": SUBNETS * 9, "security_groups": GROUPS},
            "Echo.VpcConfig.SubnetIds: found 18; use at most 16 subnets",
        ),
        (
            {"subnets": ["vpc-0a1b2c3d"], "security_groups": GROUPS},
            "Echo.VpcConfig.SubnetIds: found 'vpc-0a1b2c3d'; "
            "use an id such as subnet-0a1b2c3d4e5f60718, a Ref, or a resource of the stack",
        ),
        (
            {"subnets": SUBNETS, "security_groups": [Tier("private", [])]},
            "Echo.VpcConfig.SecurityGroupIds: found 'Tier'; "
            "use an id such as sg-0a1b2c3d4e5f60718, a Ref, or a resource of the stack",
        ),
    ],
)
def test_what_is_no_place(given: dict[str, Any], message: str) -> None:
    """It is said when the function is built."""
    with pytest.raises(PropertyError) as caught:
        stack_with(**given)
    assert str(caught.value) == message


@pytest.mark.parametrize("make", [fixed, asked])
def test_no_check_of_policies_finds_anything(make: Any) -> None:
    """Least privilege holds in a network too; nothing else is found that the raw network does not have."""
    assert findings(stack_with(make(), subnets=SUBNETS, security_groups=GROUPS)) == []
    assert [found for found in findings(with_network(make())) if found.startswith("E94")] == []


def test_deployed(component_clients: Clients) -> None:
    """The function has its place."""
    with deployed(with_network(asked()), component_clients, ANSWERS) as sample:
        read = sample.read_back()
        assert not [each for each in read.failures(allow_undecided=True) if each.logical_id.startswith("Echo")]
        configuration = component_clients("lambda").get_function(FunctionName=sample.ids["Echo"])["Configuration"]
        assert configuration["VpcConfig"]["SubnetIds"] == [sample.ids["Subnet1"], sample.ids["Subnet2"]]
        assert configuration["VpcConfig"]["SecurityGroupIds"] == [sample.ids["App"]]
