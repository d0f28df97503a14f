"""EC2: VPCs, subnets, where their traffic goes, endpoints and flow logs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tap_templates.deployment.verification.reading import GoneError, Subject
from tap_templates.deployment.verification.values import Policy, Tags, tags_of

Readers = dict[str, Callable[[Subject], Any]]
# EC2 API reference, error codes: what each Describe says of an id that is not there.
GONE = {
    "InvalidAddress.NotFound",
    "InvalidFlowLogId.NotFound",
    "InvalidGroup.NotFound",
    "InvalidInternetGatewayID.NotFound",
    "InvalidNetworkAclID.NotFound",
    "InvalidRouteTableID.NotFound",
    "InvalidSubnetID.NotFound",
    "InvalidVpcEndpointId.NotFound",
    "InvalidVpcID.NotFound",
    "NatGatewayNotFound",
}
TARGETS = ("GatewayId", "NatGatewayId", "EgressOnlyInternetGatewayId", "TransitGatewayId", "VpcPeeringConnectionId",
           "NetworkInterfaceId", "CarrierGatewayId", "LocalGatewayId", "InstanceId")  # fmt: skip


def described(subject: Subject, operation: str, key: str, **arguments: Any) -> dict[str, Any]:
    """The one thing that a Describe tells about.

    Raises:
        GoneError: There is none.
    """
    found = subject.every("ec2", operation, key, absent=GONE, **arguments)
    if not found:
        raise GoneError(subject.id)
    return dict(found[0])


def tags(told: Callable[[Subject], dict[str, Any]]) -> Callable[[Subject], Tags]:
    """Reader of the tags of what ``told`` describes."""
    return lambda subject: tags_of(told(subject).get("Tags"))


def words(told: Callable[[Subject], dict[str, Any]], *names: str) -> Readers:
    """Readers of properties that the service calls as the template does."""
    return {name: lambda subject, name=name: told(subject).get(name) for name in names}  # type: ignore[misc]


def _vpc(subject: Subject) -> dict[str, Any]:
    return described(subject, "describe_vpcs", "Vpcs", VpcIds=[subject.id])


def _dns(attribute: str) -> Callable[[Subject], Any]:
    asked = attribute[0].lower() + attribute[1:]

    def read(subject: Subject) -> Any:
        answer = subject.ask("ec2", "describe_vpc_attribute", VpcId=subject.id, Attribute=asked)
        return answer[attribute]["Value"]

    return read


def _subnet(subject: Subject) -> dict[str, Any]:
    return described(subject, "describe_subnets", "Subnets", SubnetIds=[subject.id])


def _gateway(subject: Subject, gateway: str) -> dict[str, Any]:
    return described(subject, "describe_internet_gateways", "InternetGateways", InternetGatewayIds=[gateway])


def _attachment(word: str) -> Callable[[Subject], Any]:
    """The gateway's own word of which VPC it is attached to."""

    def read(subject: Subject) -> Any:
        gateway = str(subject.properties["InternetGatewayId"])
        vpcs = [each["VpcId"] for each in _gateway(subject, gateway).get("Attachments", [])]
        if subject.properties.get("VpcId") not in vpcs:
            raise GoneError(subject.id)
        return {"InternetGatewayId": gateway, "VpcId": subject.properties["VpcId"]}[word]

    return read


def _table(subject: Subject, table: str) -> dict[str, Any]:
    return described(subject, "describe_route_tables", "RouteTables", RouteTableIds=[table])


def _own_table(subject: Subject) -> dict[str, Any]:
    return _table(subject, subject.id)


def _route(word: str) -> Callable[[Subject], Any]:
    def read(subject: Subject) -> Any:
        table = str(subject.properties["RouteTableId"])
        destination = subject.properties.get("DestinationCidrBlock")
        for found in _table(subject, table).get("Routes", []):
            if found.get("DestinationCidrBlock") == destination:
                return {**found, "RouteTableId": table}.get(word)
        raise GoneError(subject.id)

    return read


def _association(word: str) -> Callable[[Subject], Any]:
    def read(subject: Subject) -> Any:
        for found in _table(subject, str(subject.properties["RouteTableId"])).get("Associations", []):
            if found["RouteTableAssociationId"] == subject.id:
                return found.get(word)
        raise GoneError(subject.id)

    return read


def _address(subject: Subject) -> dict[str, Any]:
    for found in subject.every("ec2", "describe_addresses", "Addresses"):
        if found.get("PublicIp") == subject.id:
            return dict(found)
    raise GoneError(subject.id)


def _nat(subject: Subject) -> dict[str, Any]:
    found = described(subject, "describe_nat_gateways", "NatGateways", NatGatewayIds=[subject.id])
    if found["State"] in ("deleted", "deleting"):
        raise GoneError(subject.id)
    return found


def _allocation(subject: Subject) -> Any:
    addresses = _nat(subject).get("NatGatewayAddresses", [])
    return addresses[0].get("AllocationId") if addresses else None


def _endpoint(subject: Subject) -> dict[str, Any]:
    return described(subject, "describe_vpc_endpoints", "VpcEndpoints", VpcEndpointIds=[subject.id])


def _endpoint_policy(subject: Subject) -> Policy | None:
    text = _endpoint(subject).get("PolicyDocument")
    return Policy(json.loads(text)) if text else None


def _endpoint_groups(subject: Subject) -> list[str]:
    return [group["GroupId"] for group in _endpoint(subject).get("Groups", [])]


def _flow_log(subject: Subject) -> dict[str, Any]:
    return described(subject, "describe_flow_logs", "FlowLogs", FlowLogIds=[subject.id])


READERS: dict[str, Readers] = {
    "AWS::EC2::EIP": {**words(_address, "Domain"), "Tags": tags(_address)},
    "AWS::EC2::FlowLog": {
        **words(
            _flow_log,
            "DeliverLogsPermissionArn",
            "LogDestination",
            "LogDestinationType",
            "LogFormat",
            "LogGroupName",
            "MaxAggregationInterval",
            "ResourceId",
            "TrafficType",
        ),
        "Tags": tags(_flow_log),
    },
    "AWS::EC2::InternetGateway": {"Tags": tags(lambda subject: _gateway(subject, subject.id))},
    "AWS::EC2::NatGateway": {
        **words(_nat, "ConnectivityType", "SubnetId"),
        "AllocationId": _allocation,
        "Tags": tags(_nat),
    },
    "AWS::EC2::Route": {word: _route(word) for word in ("DestinationCidrBlock", "RouteTableId", *TARGETS)},
    "AWS::EC2::RouteTable": {**words(_own_table, "VpcId"), "Tags": tags(_own_table)},
    "AWS::EC2::Subnet": {
        **words(_subnet, "AvailabilityZone", "CidrBlock", "MapPublicIpOnLaunch", "VpcId"),
        "Tags": tags(_subnet),
    },
    "AWS::EC2::SubnetRouteTableAssociation": {word: _association(word) for word in ("RouteTableId", "SubnetId")},
    "AWS::EC2::VPC": {
        **words(_vpc, "CidrBlock", "InstanceTenancy"),
        **{name: _dns(name) for name in ("EnableDnsHostnames", "EnableDnsSupport")},
        "Tags": tags(_vpc),
    },
    "AWS::EC2::VPCEndpoint": {
        **words(
            _endpoint, "PrivateDnsEnabled", "RouteTableIds", "ServiceName", "SubnetIds", "VpcEndpointType", "VpcId"
        ),
        "PolicyDocument": _endpoint_policy,
        "SecurityGroupIds": _endpoint_groups,
        "Tags": tags(_endpoint),
    },
    "AWS::EC2::VPCGatewayAttachment": {word: _attachment(word) for word in ("InternetGatewayId", "VpcId")},
}
UNREADABLE = {("AWS::EC2::FlowLog", "ResourceType"): "DescribeFlowLogs tells the resource's id, which shows its type"}
