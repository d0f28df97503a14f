"""Endpoints: where they are, their services' names, and what their policies let through."""

from __future__ import annotations

import re
from typing import Any

import awacs.aws as aws
import awacs.sts as sts
import pytest
from support.network_samples import ANSWERS, a_network, asked, of_type, resolved, rows
from support.resolved_template import ACCOUNT, Resolved

from tap_templates.data.endpoint_services import endpoint_services
from tap_templates.errors import PropertyError
from tap_templates.naming import logical_id
from tap_templates.policies import allow, anyone

OWN = {
    "StringEquals": {"aws:PrincipalAccount": ACCOUNT},
    "StringEqualsIfExists": {"aws:ResourceAccount": ACCOUNT},
}


def statements(seen: Resolved, title: str) -> dict[str, Any]:
    """Statements of an endpoint's policy by their Sid, without it."""
    policy = seen.properties(title)["PolicyDocument"]
    return {each["Sid"]: {name: part for name, part in each.items() if name != "Sid"} for each in policy["Statement"]}


def test_gateway_endpoints_are_in_every_route_table() -> None:
    """Also in that of isolated subnets: nothing of it leaves AWS."""
    seen = resolved(a_network())
    endpoints = of_type(seen, "EC2::VPCEndpoint")
    tables = ["NetworkPublicRoutes", "NetworkPrivateRoutes1", "NetworkPrivateRoutes2", "NetworkIsolatedRoutes"]

    assert rows(endpoints, "VpcEndpointType", "ServiceName", "RouteTableIds") == {
        "NetworkS3Endpoint": ("Gateway", "com.amazonaws.eu-central-1.s3", tables),
        "NetworkDynamodbEndpoint": ("Gateway", "com.amazonaws.eu-central-1.dynamodb", tables),
    }


def test_network_without_interface_endpoints_has_no_group_for_them() -> None:
    """Whoever wants to reach it is told."""
    made = a_network()

    assert made.endpoint_group is None
    with pytest.raises(PropertyError, match=r"Network.endpoints: found 'no interface endpoint'; name a service that"):
        made.endpoints  # noqa: B018


def test_interface_endpoint() -> None:
    """In each zone, under the service's usual name, behind a group of their own."""
    made = a_network(endpoints=("secretsmanager",))
    endpoint = of_type(resolved(made), "EC2::VPCEndpoint")["NetworkSecretsmanagerEndpoint"]

    assert {name: value for name, value in endpoint.items() if name != "PolicyDocument"} == {
        "VpcId": "Network",
        "VpcEndpointType": "Interface",
        "ServiceName": "com.amazonaws.eu-central-1.secretsmanager",
        "SubnetIds": ["NetworkPrivate1", "NetworkPrivate2"],
        "SecurityGroupIds": ["NetworkEndpoints.GroupId"],
        "PrivateDnsEnabled": True,
    }
    assert made.endpoints.title == "NetworkEndpoints"


@pytest.mark.parametrize(
    ("tiers", "host"),
    [(("public", "private"), "Private"), (("public", "isolated"), "Isolated"), (("public",), "Public")],
)
def test_interface_endpoints_are_as_far_inside_as_possible(tiers: Any, host: str) -> None:
    """In private subnets, else in isolated ones, else in public ones."""
    seen = resolved(a_network(tiers=tiers, endpoints=("sqs",)))

    assert of_type(seen, "EC2::VPCEndpoint")["NetworkSqsEndpoint"]["SubnetIds"] == [
        f"Network{host}1",
        f"Network{host}2",
    ]


def test_endpoints_are_reached_only_by_whom_it_is_said_of() -> None:
    """Their group lets nothing in by itself."""
    made = a_network(endpoints=("sqs", "sns"))
    assert of_type(resolved(made), "EC2::SecurityGroupIngress") == {}

    app = made.group("App", "application servers")
    app.reaches(made.endpoints)

    assert rows(of_type(resolved(made), "EC2::SecurityGroupIngress"), "GroupId", "SourceSecurityGroupId", "ToPort") == {
        "NetworkEndpointsFromAppOn443": ("NetworkEndpoints.GroupId", "App.GroupId", 443)
    }


@pytest.mark.parametrize(
    ("partition", "region", "sqs", "sns", "registry"),
    [
        ("aws", "eu-west-1", "com.amazonaws", "com.amazonaws", "com.amazonaws"),
        ("aws-us-gov", "us-gov-west-1", "com.amazonaws", "com.amazonaws", "com.amazonaws"),
        ("aws-cn", "cn-north-1", "cn.com.amazonaws", "com.amazonaws", "cn.com.amazonaws"),
        ("aws-eusc", "eusc-de-east-1", "com.amazonaws", "com.amazonaws", "eu.amazonaws"),
    ],
)
def test_names_begin_as_they_do_in_the_partition(
    partition: str, region: str, sqs: str, sns: str, registry: str
) -> None:
    """In China most services have a prefix of their own."""
    made = a_network(endpoints=("sqs", "sns", "ecr.api"))
    found = of_type(resolved(made, AWS__Partition=partition, AWS__Region=region), "EC2::VPCEndpoint")

    assert [each["ServiceName"] for each in found.values()] == [
        f"{sqs}.{region}.sqs",
        f"{sns}.{region}.sns",
        f"{registry}.{region}.ecr.api",
    ]


@pytest.mark.parametrize("name", [name for name, service in endpoint_services().items() if service.policy])
def test_policy_lets_this_account_and_its_resources_through(name: str) -> None:
    """All actions of the service, for nobody else."""
    title = f"Network{logical_id(name.replace('.', '-'))}Endpoint"
    seen = resolved(a_network(endpoints=(name,)))

    assert statements(seen, title)["OwnAccount"] == {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"{endpoint_services()[name].actions}:*"],
        "Resource": ["*"],
        "Condition": OWN,
    }


def test_service_without_policies_has_none() -> None:
    """EC2 refuses one."""
    found = of_type(resolved(a_network(endpoints=("ecs-agent",))), "EC2::VPCEndpoint")

    assert "PolicyDocument" not in found["NetworkEcsAgentEndpoint"]


def test_images_can_be_pulled() -> None:
    """Layers lie in a bucket of Amazon's, to which ECR hands out presigned addresses."""
    seen = resolved(a_network(endpoints=("s3", "ecr.api", "ecr.dkr")))

    assert statements(seen, "NetworkS3Endpoint")["ReadImageLayers"] == {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["s3:GetObject"],
        "Resource": ["arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/*"],
    }
    assert "ReadImageLayers" not in statements(resolved(a_network()), "NetworkS3Endpoint")


def test_agents_can_be_managed() -> None:
    """Documents and parameters of Amazon's own are read by this account's principals; files by anyone."""
    seen = resolved(a_network(endpoints=("s3", "ssm")))
    documents = statements(seen, "NetworkSsmEndpoint")["ReadDocumentsOfAmazon"]

    assert documents["Condition"] == {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}
    assert documents["Resource"] == [
        "arn:aws:ssm:eu-central-1::document/*",
        "arn:aws:ssm:eu-central-1::parameter/aws/*",
    ]
    assert "Condition" not in statements(seen, "NetworkS3Endpoint")["ReadAgentFiles"]


def test_images_of_amazon_can_be_started() -> None:
    """Of no one else's."""
    seen = resolved(a_network(endpoints=("ec2",)))

    assert statements(seen, "NetworkEc2Endpoint")["UseImagesOfAmazon"]["Condition"] == {
        "StringEquals": {"ec2:Owner": "amazon", "aws:PrincipalAccount": ACCOUNT}
    }


def test_more_can_be_let_through() -> None:
    """Statements of the caller's own join the policy of their endpoint."""
    role = f"arn:aws:iam::{ACCOUNT}:role/pods"
    further = allow(
        [sts.AssumeRoleWithWebIdentity],
        on=role,
        to=anyone(),
        when=aws.StringEquals("aws:ResourceAccount", ACCOUNT),
        sid="Pods",
    )
    seen = resolved(a_network(endpoints=("sts", "sqs"), endpoint_statements={"sts": [further]}))

    assert statements(seen, "NetworkStsEndpoint")["Pods"]["Action"] == ["sts:AssumeRoleWithWebIdentity"]
    assert set(statements(seen, "NetworkSqsEndpoint")) == {"OwnAccount"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"endpoints": ("sqs", "sqs")}, "Network.endpoints: found 'sqs twice'; name each service once"),
        ({"endpoints": ("s33",)}, "did you mean s3?"),
        ({"endpoints": ("s3",), "endpoint_statements": {"sts": []}}, "Network.endpoint_statements: found 'sts'"),
        (
            {"endpoints": ("ecs-agent",), "endpoint_statements": {"ecs-agent": []}},
            "name an endpoint of this network that has a policy",
        ),
    ],
)
def test_bad_input_is_refused(given: dict[str, Any], said: str) -> None:
    """With its place, what was found and what to use."""
    with pytest.raises(PropertyError, match=re.escape(said)):
        a_network(**given)


def test_conditions_of_partitions_are_only_where_they_are_used() -> None:
    """A network whose services have one name has none."""
    assert "InAwsCn" not in a_network(asked(), endpoints=("sns",)).stack.to_dict()["Conditions"]
    assert "InAwsCn" in a_network(asked(), endpoints=("sqs",)).stack.to_dict()["Conditions"]
    assert resolved(a_network(asked(), endpoints=("sqs",)), ANSWERS)
