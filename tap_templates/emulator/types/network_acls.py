"""EC2: network ACLs, their rules, and which subnets have them, none of which ministack's CloudFormation knows."""

from __future__ import annotations

import uuid
from typing import Any

from tap_templates.emulator.hooks.network import PORTS
from tap_templates.emulator.types._registry import Made, Properties, Type, as_bool, aws, changed_tags


def _create_acl(logical_id: str, props: Properties, stack_name: str) -> Made:
    tags = changed_tags({}, props)[1]
    said = {"TagSpecifications": [{"ResourceType": "network-acl", "Tags": tags}]} if tags else {}
    acl = aws("ec2").create_network_acl(VpcId=props["VpcId"], **said)["NetworkAcl"]["NetworkAclId"]
    return acl, {"Id": acl}


def _update_acl(acl: str, old: Properties, new: Properties) -> dict[str, str]:
    gone, wanted = changed_tags(old, new)
    if gone:
        aws("ec2").delete_tags(Resources=[acl], Tags=[{"Key": key} for key in gone])
    if wanted:
        aws("ec2").create_tags(Resources=[acl], Tags=wanted)
    return {"Id": acl}


def _delete_acl(acl: str, props: Properties) -> None:
    if acl in _stored():
        aws("ec2").delete_network_acl(NetworkAclId=acl)


def _create_entry(logical_id: str, props: Properties, stack_name: str) -> Made:
    _put_entry(props)
    direction = "egress" if as_bool(props.get("Egress")) else "ingress"
    return f"{props['NetworkAclId']}|{props['RuleNumber']}|{direction}", {}


def _update_entry(entry: str, old: Properties, new: Properties) -> dict[str, str]:
    _delete_entry(entry, old)
    _put_entry(new)
    return {}


def _put_entry(props: Properties) -> None:
    """The rule, with its ports, which ministack's own API drops."""
    names = ("NetworkAclId", "CidrBlock", "Ipv6CidrBlock", "RuleAction")
    number, egress = int(props["RuleNumber"]), as_bool(props.get("Egress"))
    aws("ec2").create_network_acl_entry(
        **{name: props[name] for name in names if name in props},
        Protocol=str(props["Protocol"]),
        RuleNumber=number,
        Egress=egress,
    )
    for entry in _stored()[props["NetworkAclId"]]["Entries"]:
        if (entry["RuleNumber"], entry["Egress"]) == (number, egress) and PORTS in props:
            entry[PORTS] = {end: int(port) for end, port in props[PORTS].items()}


def _delete_entry(entry: str, props: Properties) -> None:
    acl, number, direction = entry.split("|")
    if acl in _stored():
        aws("ec2").delete_network_acl_entry(NetworkAclId=acl, RuleNumber=int(number), Egress=direction == "egress")


def _create_association(logical_id: str, props: Properties, stack_name: str) -> Made:
    """Written where ministack keeps them: its own API loses the subnet."""
    association = f"aclassoc-{uuid.uuid4().hex[:17]}"
    associations = _stored()[props["NetworkAclId"]]["Associations"]
    associations.append({"NetworkAclAssociationId": association, "SubnetId": props["SubnetId"]})
    return association, {"AssociationId": association}


def _keep_association(association: str, old: Properties, new: Properties) -> dict[str, str]:
    return {"AssociationId": association}


def _delete_association(association: str, props: Properties) -> None:
    for acl in _stored().values():
        acl["Associations"] = [each for each in acl["Associations"] if each["NetworkAclAssociationId"] != association]


def _stored() -> Any:
    """ministack's network ACLs of the account and region of the stack at work."""
    from ministack.services import ec2

    return ec2._network_acls


ENTRIES = (
    Type("AWS::EC2::NetworkAcl", _create_acl, _update_acl, _delete_acl, ("VpcId",), tags=True),
    Type(
        "AWS::EC2::NetworkAclEntry",
        _create_entry,
        _update_entry,
        _delete_entry,
        ("NetworkAclId", "RuleNumber", "Egress"),
    ),
    Type(
        "AWS::EC2::SubnetNetworkAclAssociation",
        _create_association,
        _keep_association,
        _delete_association,
        ("NetworkAclId", "SubnetId"),
    ),
)
