"""Networks in the embedded AWS: read back value by value, with a default group that is closed and opened again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from support.deployment import POLL_SECONDS, Sample, deployed
from support.network_samples import ANSWERS, a_network, a_stack, asked, fixed

from tap_templates.components.network import Network, network
from tap_templates.components.storage import access_log_bucket, data_bucket
from tap_templates.deployment import Clients, deploy, uploader

SERVICES = ("s3", "dynamodb", "secretsmanager", "ecs-agent")


def with_groups() -> Network:
    """Everything asked for, with ACLs, endpoints, and two groups."""
    made = a_network(asked(), cidr=None, acls=True, endpoints=SERVICES)
    app, balancer = made.group("App", "application servers"), made.group("Balancer", "load balancer")
    app.accepts(balancer, port=8080)
    app.reaches(made.endpoints)
    app.reaches_listed("pl-63a5400a", title="S3", says="Objects")
    app.reaches_anywhere(says="Payment provider")
    return made


@pytest.fixture(scope="module")
def sample(component_clients: Clients) -> Iterator[Sample]:
    """The network with groups, deployed; each test leaves it as it was."""
    with deployed(with_groups().stack, component_clients, {**ANSWERS, "NetworkCidr": "172.20.0.0/16"}) as made:
        yield made


def default_group(sample: Sample) -> dict[str, Any]:
    """The VPC's default group."""
    groups = sample.clients("ec2").describe_security_groups(GroupIds=[sample.outputs["NetworkDefaultGroupId"]])
    return dict(groups["SecurityGroups"][0])


def test_everything_is_applied(sample: Sample) -> None:
    """Every value of the template is what the services say, with the block that was answered."""
    assert not sample.read_back().failures()
    assert sample.outputs["NetworkBlock"] == "172.20.0.0/16"
    assert len(sample.outputs["NetworkPrivateSubnetIds"].split(",")) == 2


def test_zones_differ(sample: Sample) -> None:
    """The Region gave them."""
    subnets = sample.outputs["NetworkPrivateSubnetIds"].split(",")
    found = sample.clients("ec2").describe_subnets(SubnetIds=subnets)["Subnets"]

    assert len({subnet["AvailabilityZone"] for subnet in found}) == 2


def test_default_group_is_closed(sample: Sample) -> None:
    """By the function, under the role that the template gives it."""
    found = default_group(sample)

    assert (found["GroupName"], found["IpPermissions"], found["IpPermissionsEgress"]) == ("default", [], [])
    assert sample.outputs["NetworkClosedGroupId"] == found["GroupId"]


@pytest.mark.parametrize(
    ("output", "place"), [("NetworkDefaultGroupId", "NetworkDefaultGroup.GroupId"), ("AppGroupId", "App.")]
)
def test_rule_that_someone_added_is_found(sample: Sample, output: str, place: str) -> None:
    """In the default group as in another one."""
    group = sample.outputs[output] if output in sample.outputs else sample.ids["App"]
    added = {
        "GroupId": group,
        "IpPermissions": [
            {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.9.0.0/16"}]}
        ],
    }
    sample.clients("ec2").authorize_security_group_ingress(**added)
    try:
        failures = sample.read_back().failures()
    finally:
        sample.clients("ec2").revoke_security_group_ingress(**added)

    assert failures
    assert all(failure.place.startswith(place) for failure in failures)
    assert not sample.read_back().failures()


def test_default_group_is_as_before_when_the_resource_goes(component_clients: Clients) -> None:
    """All from itself, all to everywhere, as EC2 makes it."""
    made = a_network(fixed(), tiers=("isolated",), zones=1, endpoints=())
    with deployed(made.stack, component_clients) as before:
        template = made.stack.to_dict()
        del template["Resources"]["NetworkDefaultGroup"], template["Outputs"]["NetworkClosedGroupId"]
        deploy(
            json.dumps(template),
            stack_name=before.name,
            client=component_clients("cloudformation"),
            upload=uploader(component_clients),
            poll_seconds=POLL_SECONDS,
        )
        found = default_group(before)

    [ingress], [egress] = found["IpPermissions"], found["IpPermissionsEgress"]
    assert [pair["GroupId"] for pair in ingress["UserIdGroupPairs"]] == [found["GroupId"]]
    assert [place["CidrIp"] for place in egress["IpRanges"]] == ["0.0.0.0/0"]
    assert ingress["IpProtocol"] == egress["IpProtocol"] == "-1"


def test_flow_logs_in_a_bucket(component_clients: Clients) -> None:
    """Are read back, too."""
    stack, topic = a_stack(fixed(requirements={"data_retention": "any"}))
    bucket = data_bucket(stack, "FlowLogs", access_logs=access_log_bucket(stack), says="bucket for flow logs")
    network(stack, topic=topic, zones=1, tiers={"private": "10.0.1.0/24"}, flow_logs=bucket)
    with deployed(stack, component_clients) as sample:
        assert not sample.read_back().failures()


@pytest.mark.slow
@pytest.mark.parametrize("tiers", [("public",), ("private",), ("public", "isolated"), ("public", "private")])
@pytest.mark.parametrize("amount", [0, 2, 3])
def test_whatever_tiers_there_are(component_clients: Clients, tiers: tuple[str, ...], amount: int) -> None:
    """With none to three NAT gateways."""
    made = a_network(fixed(sizes={"nat_gateways": amount}), tiers=tiers, zones=3, acls=True, endpoints=("s3", "sqs"))
    with deployed(made.stack, component_clients) as sample:
        assert not sample.read_back().failures()
