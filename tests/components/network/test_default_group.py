"""The default group: the custom resource, its function, and what that may do."""

from __future__ import annotations

from support.network_samples import a_network, of_type, resolved
from support.resolved_template import ACCOUNT

from tap_templates.runtime.permissions import DEFAULT_SECURITY_GROUP
from tap_templates.runtime.source import inline_source

GROUP = f"arn:aws:ec2:eu-central-1:{ACCOUNT}:security-group/Network.DefaultSecurityGroup"


def test_custom_resource() -> None:
    """Names the VPC's own group, and how long CloudFormation waits for an answer."""
    seen = resolved(a_network())

    assert seen.properties("NetworkDefaultGroup") == {
        "ServiceToken": seen.arn("NetworkCloser"),
        "ServiceTimeout": 900,
        "GroupId": "Network.DefaultSecurityGroup",
    }
    assert seen.resources["NetworkDefaultGroup"]["Type"] == "Custom::DefaultSecurityGroup"


def test_function() -> None:
    """The handler, inlined, one run at a time, with time for all its tries."""
    function = of_type(resolved(a_network()), "Lambda::Function")["NetworkCloser"]

    assert function["Code"] == {"ZipFile": inline_source("default_security_group")}
    assert (function["Handler"], function["Timeout"], function["ReservedConcurrentExecutions"]) == (
        "index.handler",
        180,
        1,
    )
    assert "Environment" not in function


def test_function_may_change_the_default_group_alone() -> None:
    """Only to look at groups there is no ARN."""
    policy = of_type(resolved(a_network()), "IAM::ManagedPolicy")["NetworkCloserRolePolicy"]
    granted = {
        action: statement["Resource"]
        for statement in policy["PolicyDocument"]["Statement"]
        for action in statement["Action"]
        if action.startswith("ec2:")
    }

    assert granted == {
        action: ["*"] if action == "ec2:DescribeSecurityGroups" else [GROUP] for action in DEFAULT_SECURITY_GROUP
    }


def test_policy_is_there_before_the_resource_and_after_it() -> None:
    """The function waits for its policy, and the resource for the function, so that deletion goes the other way."""
    resources = a_network().stack.to_dict()["Resources"]

    assert resources["NetworkCloser"]["DependsOn"] == ["NetworkCloserRolePolicy"]
    assert resources["NetworkDefaultGroup"]["Properties"]["ServiceToken"] == {"Fn::GetAtt": ["NetworkCloser", "Arn"]}


def test_answer_comes_before_cloudformation_gives_up() -> None:
    """Three runs, which is how often Lambda tries, with a minute and two minutes between them."""
    seen = resolved(a_network())
    longest = 3 * seen.properties("NetworkCloser")["Timeout"] + 60 + 120

    assert longest <= seen.properties("NetworkDefaultGroup")["ServiceTimeout"]


def test_outputs() -> None:
    """Which group it is, and the resource that closes it."""
    outputs = resolved(a_network()).outputs()

    assert outputs["NetworkDefaultGroupId"] == "Network.DefaultSecurityGroup"
    assert outputs["NetworkClosedGroupId"] == "NetworkDefaultGroup"
