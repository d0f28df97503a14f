"""EC2: elastic addresses, NAT gateways and flow logs, which ministack refuses; what a new VPC has by itself."""

from __future__ import annotations

from typing import Any

from tap_templates.emulator.types._registry import Made, Properties, Repair, Type, aws, changed_tags


def _tag_specification(kind: str, props: Properties) -> dict[str, Any]:
    tags = changed_tags({}, props)[1]
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": tags}]} if tags else {}


def _retag(resource: str, old: Properties, new: Properties) -> None:
    gone, wanted = changed_tags(old, new)
    if gone:
        aws("ec2").delete_tags(Resources=[resource], Tags=[{"Key": key} for key in gone])
    if wanted:
        aws("ec2").create_tags(Resources=[resource], Tags=wanted)


def _open_default_group(vpc: str, old: Properties, new: Properties) -> None:
    """A new VPC's default group lets in whatever is in the group; ministack's lets nothing in."""
    if old:
        return
    groups = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    [group] = aws("ec2").describe_security_groups(Filters=groups)["SecurityGroups"]
    from_itself = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group["GroupId"]}]}
    aws("ec2").authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[from_itself])


def _create_address(logical_id: str, props: Properties, stack_name: str) -> Made:
    made = aws("ec2").allocate_address(Domain="vpc", **_tag_specification("elastic-ip", props))
    return made["PublicIp"], {"AllocationId": made["AllocationId"], "PublicIp": made["PublicIp"]}


def _address(public_ip: str) -> dict[str, Any] | None:
    found = aws("ec2").describe_addresses()["Addresses"]
    return next((address for address in found if address["PublicIp"] == public_ip), None)


def _update_address(public_ip: str, old: Properties, new: Properties) -> dict[str, str]:
    address = _address(public_ip) or {}
    _retag(address["AllocationId"], old, new)
    return {"AllocationId": address["AllocationId"], "PublicIp": public_ip}


def _delete_address(public_ip: str, props: Properties) -> None:
    address = _address(public_ip)
    if address:
        aws("ec2").release_address(AllocationId=address["AllocationId"])


def _create_nat(logical_id: str, props: Properties, stack_name: str) -> Made:
    said = {name: props[name] for name in ("SubnetId", "AllocationId", "ConnectivityType") if name in props}
    made = aws("ec2").create_nat_gateway(**said, **_tag_specification("natgateway", props))
    nat = made["NatGateway"]["NatGatewayId"]
    return nat, {"NatGatewayId": nat}


def _update_nat(nat: str, old: Properties, new: Properties) -> dict[str, str]:
    _retag(nat, old, new)
    return {"NatGatewayId": nat}


def _delete_nat(nat: str, props: Properties) -> None:
    aws("ec2").delete_nat_gateway(NatGatewayId=nat)


def _create_flow_log(logical_id: str, props: Properties, stack_name: str) -> Made:
    names = ("ResourceType", "TrafficType", "LogDestinationType", "LogDestination", "LogGroupName", "LogFormat")
    said: dict[str, Any] = {name: props[name] for name in (*names, "DeliverLogsPermissionArn") if name in props}
    if "MaxAggregationInterval" in props:
        said["MaxAggregationInterval"] = int(props["MaxAggregationInterval"])
    made = aws("ec2").create_flow_logs(
        ResourceIds=[props["ResourceId"]], **said, **_tag_specification("vpc-flow-log", props)
    )
    flow_log = made["FlowLogIds"][0]
    _retag(flow_log, {}, props)  # its own create drops them
    return flow_log, {"Id": flow_log}


def _update_flow_log(flow_log: str, old: Properties, new: Properties) -> dict[str, str]:
    _retag(flow_log, old, new)
    return {"Id": flow_log}


def _delete_flow_log(flow_log: str, props: Properties) -> None:
    aws("ec2").delete_flow_logs(FlowLogIds=[flow_log])


ENTRIES = (
    Repair(
        "AWS::EC2::VPC", _open_default_group, attributes=lambda props: {"CidrBlock": str(props.get("CidrBlock", ""))}
    ),
    Type("AWS::EC2::EIP", _create_address, _update_address, _delete_address, ("Domain",), tags=True),
    Type(
        "AWS::EC2::NatGateway",
        _create_nat,
        _update_nat,
        _delete_nat,
        ("SubnetId", "AllocationId", "ConnectivityType"),
        tags=True,
    ),
    Type(
        "AWS::EC2::FlowLog",
        _create_flow_log,
        _update_flow_log,
        _delete_flow_log,
        (
            "ResourceId",
            "ResourceType",
            "TrafficType",
            "LogDestinationType",
            "LogDestination",
            "LogGroupName",
            "LogFormat",
            "MaxAggregationInterval",
            "DeliverLogsPermissionArn",
        ),
        tags=True,
    ),
)
