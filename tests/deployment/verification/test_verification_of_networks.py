"""A network in the embedded AWS: whatever is altered behind CloudFormation's back is found, with its place."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from support.alterations import OPEN
from support.deployment import deployed
from support.network_samples import a_network, fixed

from tap_templates.deployment import Clients

Ids = Mapping[str, str]
HTTPS_FROM_APP = {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080}


def _vpc(ec2: Any, ids: Ids) -> None:
    ec2.modify_vpc_attribute(VpcId=ids["Network"], EnableDnsHostnames={"Value": False})


def _tag(ec2: Any, ids: Ids) -> None:
    ec2.create_tags(Resources=[ids["NetworkIsolated1"]], Tags=[{"Key": "Owner", "Value": "somebody"}])


def _subnet(ec2: Any, ids: Ids) -> None:
    ec2.modify_subnet_attribute(SubnetId=ids["NetworkPublic1"], MapPublicIpOnLaunch={"Value": True})


def _route(ec2: Any, ids: Ids) -> None:
    ec2.delete_route(RouteTableId=ids["NetworkPrivateRoutes1"], DestinationCidrBlock="0.0.0.0/0")


def _way_out(ec2: Any, ids: Ids) -> None:
    """An isolated subnet that is joined with the routes to the internet."""
    association = ids["NetworkIsolated1Routes"]
    ec2.replace_route_table_association(AssociationId=association, RouteTableId=ids["NetworkPublicRoutes"])


def _nat(ec2: Any, ids: Ids) -> None:
    ec2.delete_nat_gateway(NatGatewayId=ids["NetworkNat1"])


def _gateway(ec2: Any, ids: Ids) -> None:
    ec2.detach_internet_gateway(InternetGatewayId=ids["NetworkGateway"], VpcId=ids["Network"])


def _flow_log(ec2: Any, ids: Ids) -> None:
    ec2.delete_flow_logs(FlowLogIds=[ids["NetworkFlowLog"]])


def _acl(ec2: Any, ids: Ids) -> None:
    ec2.replace_network_acl_entry(
        NetworkAclId=ids["NetworkPublicAcl"],
        RuleNumber=500,
        Egress=True,
        Protocol="-1",
        RuleAction="allow",
        CidrBlock="0.0.0.0/0",
    )


def _acl_rule(ec2: Any, ids: Ids) -> None:
    ec2.delete_network_acl_entry(NetworkAclId=ids["NetworkPrivateAcl"], RuleNumber=500, Egress=True)


def _endpoint(ec2: Any, ids: Ids) -> None:
    ec2.modify_vpc_endpoint(VpcEndpointId=ids["NetworkS3Endpoint"], PolicyDocument=json.dumps(OPEN))


def _tables(ec2: Any, ids: Ids) -> None:
    tables = [ids["NetworkIsolatedRoutes"]]
    ec2.modify_vpc_endpoint(VpcEndpointId=ids["NetworkDynamodbEndpoint"], RemoveRouteTableIds=tables)


def _rule(ec2: Any, ids: Ids) -> None:
    pair = {"GroupId": ids["Balancer"]}
    permission = {**HTTPS_FROM_APP, "UserIdGroupPairs": [pair]}
    ec2.revoke_security_group_ingress(GroupId=ids["App"], IpPermissions=[permission])


def _more(ec2: Any, ids: Ids) -> None:
    everywhere = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_egress(GroupId=ids["Balancer"], IpPermissions=[everywhere])


ALTERATIONS: dict[str, Callable[[Any, Ids], None]] = {
    "Network.EnableDnsHostnames": _vpc,
    "NetworkIsolated1.Tags.Owner": _tag,
    "NetworkPublic1.MapPublicIpOnLaunch": _subnet,
    "NetworkPrivateRoutes1ToInternet": _route,
    "NetworkIsolated1Routes": _way_out,
    "NetworkNat1": _nat,
    "NetworkGatewayAttachment": _gateway,
    "NetworkFlowLog": _flow_log,
    "NetworkPublicAclOutHttps": _acl,
    "NetworkPrivateAclOutHttps": _acl_rule,
    "NetworkS3Endpoint.PolicyDocument": _endpoint,
    "NetworkDynamodbEndpoint.RouteTableIds": _tables,
    "AppFromBalancerOn8080": _rule,
    "Balancer.SecurityGroupEgress": _more,
}


@pytest.fixture(scope="module")
def altered(deployment_clients: Clients) -> set[str]:
    """Places that are not as the template says, after every alteration."""
    made = a_network(fixed(sizes={"nat_gateways": 1}), zones=1, acls=True)
    made.group("App", "application servers").accepts(made.group("Balancer", "load balancer"), port=8080)
    with deployed(made.stack, deployment_clients) as sample:
        assert not sample.read_back().failures()
        for alter in ALTERATIONS.values():
            alter(deployment_clients("ec2"), sample.ids)
        return {failure.place for failure in sample.read_back().failures()}


@pytest.mark.parametrize("place", ALTERATIONS)
def test_alteration_is_found_at_its_place(altered: set[str], place: str) -> None:
    """The resource, and the property where it is still there."""
    assert any(found == place or found.startswith((f"{place}.", f"{place}[")) for found in altered), sorted(altered)


def test_nothing_else_is_found(altered: set[str]) -> None:
    """But the group whose rule is gone."""
    expected = (*ALTERATIONS, "App.SecurityGroupIngress")

    assert [place for place in sorted(altered) if not place.startswith(expected)] == []
